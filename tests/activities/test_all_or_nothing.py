"""The save path fails at its first, second, third … step: each time all is there or nothing."""

from contextlib import contextmanager, suppress

import pytest
from django.db import DatabaseError, connection

from activities.models import Activity, Attendance, Meeting
from partybuild.audit import verify
from partybuild.models import AuditEntry, Submission
from partybuild.scoping import everything

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 200


class Broken(DatabaseError):
    """The fault we make."""


@contextmanager
def broken_at(step):
    """Let the `step`-th statement fail, and tell whether it came to that."""
    seen = {"statements": 0, "broke": False}

    def count(execute, sql, params, many, context):
        seen["statements"] += 1
        if seen["statements"] == step:
            seen["broke"] = True
            raise Broken(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield seen


def rows():
    with everything(reason="the test counts what is there"):
        return {
            model.__name__: model.objects.count()
            for model in (Activity, Meeting, Attendance, Submission)
        } | {
            "recorded": AuditEntry.objects.filter(action="activities.activity.recorded").count(),
            "corrected": AuditEntry.objects.filter(action="activities.activity.corrected").count(),
        }


def break_every_step(act, before, after):
    """Run `act` with a fault at every step until none is left to break."""
    for step in range(1, MANY):
        # Without a fault of ours an error shows in the rows: `after` is not reached.
        with broken_at(step) as seen, suppress(DatabaseError):
            act()
        found = rows()
        assert found in (before, after), f"step {step}"
        if not seen["broke"]:
            assert found == after
            return step
    raise AssertionError("the save path never ended")


def test_recording_leaves_all_or_nothing_wherever_it_fails(client, li, roll, post, today):
    client.force_login(li)
    client.raise_request_exception = True
    before = rows()
    once = {"Activity": 1, "Meeting": 1, "Attendance": 5, "Submission": 1, "recorded": 1}

    steps = break_every_step(lambda: client.post("/activities/new/", post), before, before | once)

    assert steps > 10
    assert verify()[1] is None


def test_correcting_leaves_all_or_nothing_wherever_it_fails(client, li, roll, post, today):
    client.force_login(li)
    client.post("/activities/new/", post)
    with everything(reason="the test needs the record"):
        activity = Activity.objects.get()
    context = client.get(f"/activities/{activity.public_id}/correct/").context
    changed = post | {
        "place": "二楼学习室",
        "version": context["version"],
        "base": context["base"],
        "submission_key": context["submission_key"],
    }
    before = rows()

    steps = break_every_step(
        lambda: client.post(f"/activities/{activity.public_id}/correct/", changed),
        before,
        before | {"Submission": 2, "corrected": 1},
    )

    assert steps > 10
    with everything(reason="the test looks at the record"):
        assert Activity.objects.get().place == "二楼学习室"
    assert verify()[1] is None
