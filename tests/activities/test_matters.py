"""Matters that a meeting left to be done are carried along until they are closed."""

import datetime as dt

import pytest

from activities.models import ActionItem
from activities.services.action_items import MatterRefused, close_matter, raise_matter
from activities.services.occasions import Form, Presence, record_activity
from partybuild.belongings import belongings
from partybuild.scoping import everything

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 10)


@pytest.fixture
def held(li, first_branch, roll):
    with everything(reason="the fixture records a meeting"):
        return record_activity(
            actor=li,
            organization=first_branch,
            held_on=DAY,
            topic="支委会",
            forms=[Form("committee_meeting")],
            presences={roll[0]: Presence()},
        )


@pytest.fixture
def matter(li, held):
    with everything(reason="the fixture raises a matter"):
        return raise_matter(
            actor=li,
            activity=held,
            text="更新党务公开栏",
            responsible="白一舟",
            due_on=dt.date(2026, 11, 18),
        )


def shown_while_recording(client):
    return [row.text for row in client.get("/activities/new/").context["matters"]]


def test_a_matter_is_shown_at_every_record_until_it_is_closed(client, li, matter, today):
    client.force_login(li)
    assert shown_while_recording(client) == ["更新党务公开栏"]
    page = client.get(f"/activities/matters/{matter.public_id}/close/").context

    client.post(
        f"/activities/matters/{matter.public_id}/close/",
        {name: page[name] for name in ("version", "base", "submission_key")}
        | {"closed_on": "2026-11-17", "outcome": "已换新"},
    )

    assert shown_while_recording(client) == []
    with everything(reason="the test looks at the row"):
        matter.refresh_from_db()
    assert (matter.closed_on, matter.outcome) == (dt.date(2026, 11, 17), "已换新")


def test_a_matter_is_raised_from_the_record_of_its_meeting(client, li, held, today):
    client.force_login(li)
    page = client.get(f"/activities/{held.public_id}/matter/").context

    client.post(
        f"/activities/{held.public_id}/matter/",
        {
            "submission_key": page["submission_key"],
            "text": "走访困难党员",
            "responsible": "安小河",
            "due_on": "2026-12-10",
        },
    )

    with everything(reason="the test looks at the row"):
        raised = ActionItem.objects.get()
    assert (raised.organization, raised.raised_in, raised.raised_on) == (
        held.organization,
        held,
        DAY,
    )
    assert "走访困难党员" in client.get(held.get_absolute_url()).content.decode()


def test_a_matter_past_its_term_is_an_alert_and_stands_in_its_list(client, li, matter, today):
    client.force_login(li)

    assert "更新党务公开栏" in client.get("/alerts/activities.matters/").content.decode()
    assert "更新党务公开栏" in client.get("/activities/matters/?state=late").content.decode()
    assert "更新党务公开栏" not in client.get("/activities/matters/?state=closed").content.decode()


def test_a_closed_matter_can_be_taken_up_again_and_its_outcome_stays_in_the_history(
    client, li, matter, today
):
    with everything(reason="the test closes it"):
        close_matter(
            actor=li, matter=matter, version=1, closed_on=dt.date(2026, 11, 17), outcome="已换新"
        )
    client.force_login(li)

    client.post(f"/activities/matters/{matter.public_id}/reopen/", {"version": "2"})

    assert shown_while_recording(client) == ["更新党务公开栏"]
    steps = client.get(matter.get_absolute_url()).context["steps"]
    assert any("已换新" in step["note"] for step in steps)


def test_a_term_before_its_meeting_and_an_end_before_it_are_refused(li, held, matter):
    with everything(reason="the test tries"):
        with pytest.raises(MatterRefused, match="早于议定日期"):
            raise_matter(actor=li, activity=held, text="早", due_on=dt.date(2026, 11, 9))
        with pytest.raises(MatterRefused, match="早于议定日期"):
            close_matter(
                actor=li, matter=matter, version=1, closed_on=dt.date(2026, 11, 9), outcome="早"
            )


def test_deleting_the_meeting_leaves_its_matters(client, li, held, matter, today):
    client.force_login(li)

    client.post(f"/activities/{held.public_id}/delete/", {"version": held.version})

    assert shown_while_recording(client) == ["更新党务公开栏"]
    assert client.get(matter.get_absolute_url()).status_code == 200


def test_what_is_open_goes_with_a_merger_and_comes_back_when_it_is_taken_back(
    everywhere, li, held, matter, first_branch, second_branch
):
    done = raise_matter(actor=li, activity=held, text="已办的")
    close_matter(actor=li, matter=done, version=1, closed_on=dt.date(2026, 11, 12), outcome="好")
    matters = belongings["activities.matters"]
    merger = {"actor": None, "source": first_branch, "target": second_branch}
    merger |= {"on": dt.date(2026, 12, 1), "event": "merger0000000000"}

    counted = matters.counts(first_branch)
    moved = matters.merge(**merger)
    stood = dict(ActionItem.objects.values_list("text", "organization__name"))
    matters.unmerge(**merger)

    assert (counted, moved) == ([("未办结的议定事项", 1)], [("未办结的议定事项", 1)])
    assert stood == {"更新党务公开栏": "第二党支部", "已办的": "第一党支部"}
    assert set(ActionItem.objects.values_list("organization", flat=True)) == {first_branch.pk}
