"""Care: whom the branch looks after, visits, the reminder, who may know."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from members.models import CareRecord, CareVisit
from partybuild.alerts import alerts
from partybuild.localrules import lay_over
from partybuild.milestones import life_of
from partybuild.models import AuditEntry
from partybuild.scoping import everything, scoped_to
from tests.cast import account, enrolled
from tests.factories.people import CareRecordFactory, CareVisitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def he(first_branch):
    return enrolled("何应秋", first_branch)


@pytest.fixture
def as_li(client, li):
    client.force_login(li)
    return client


def post(client, address, **answers):
    key = client.get(address).context["submission_key"]
    return client.post(address, {"submission_key": key} | answers)


def record():
    with everything(reason="the test looks at the record"):
        return CareRecord.objects.select_related("helper").get()


def due(user):
    with scoped_to(user.scope_for("members.view_care")):
        return [(notice.text, notice.due_on) for notice in alerts["members.care"].notices(TODAY)]


def test_somebody_is_put_on_the_list_visited_and_taken_off(as_li, he, first_branch):
    helper = enrolled("林望舒", first_branch)
    answer = post(
        as_li,
        f"/members/{he.public_id}/care/",
        category="illness",
        started_on="2026-01-10",
        health="心脏病",
        need="药费高",
        helper=helper.public_id,
    )
    page = answer.url
    post(
        as_li,
        f"{page}visit/",
        visited_on="2026-02-01",
        visitors="李秀岩",
        amount="500.00",
        goods="米一袋",
        source="dues",
        signed_by="何应秋",
    )

    shown = as_li.get(page).content.decode()
    assert "心脏病" in shown
    assert "500.00 元，米一袋" in shown
    with everything(reason="the test looks at the visit"):
        assert CareVisit.objects.get().amount == Decimal("500.00")
    assert (record().helper, record().helper_since) == (helper, dt.date(2026, 1, 10))

    form = as_li.get(f"{page}correct/").context
    as_li.post(
        f"{page}correct/",
        {
            "submission_key": form["submission_key"],
            "version": form["version"],
            "health": "心脏病",
            "ended_on": "2026-11-20",
        },
    )
    assert (record().ended_on, record().helper) == (dt.date(2026, 11, 20), None)


def test_health_and_need_stand_nowhere_in_plain(as_li, he):
    post(
        as_li,
        f"/members/{he.public_id}/care/",
        category="illness",
        started_on="2026-01-10",
        health="心脏病",
        need="药费高",
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT health, need FROM members_carerecord")
        stored = str(cursor.fetchall())
    with everything(reason="the test looks at the trail"):
        trail = str(list(AuditEntry.objects.values_list("summary", "after", "before")))
    assert "心脏病" not in stored + trail
    assert "药费高" not in stored + trail


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("visited_on", "2025-12-31", "早于列入时间 2026-01-10，请核对。"),
        ("visited_on", "2026-12-01", "这一天还没到，请核对。"),
        ("visitors", "", "请填写慰问人。"),
        ("amount", "-1", "不能小于 0。"),
        ("amount", "很多", "请填写数字。"),
        ("source", "none", "有慰问金或慰问品时，请选择经费来源。"),
    ],
)
def test_bad_input_gets_a_reason_at_its_field(as_li, he, field, typed, reason):
    care = CareRecordFactory(member=he)
    answers = {
        "visited_on": "2026-02-01",
        "visitors": "李秀岩",
        "amount": "500",
        "source": "dues",
    }

    answer = post(as_li, f"{care.get_absolute_url()}visit/", **answers | {field: typed})

    assert answer.context["form"].errors == {field: [reason]}
    with everything(reason="the test counts the visits"):
        assert CareVisit.objects.count() == 0


def test_the_same_reason_is_entered_once_and_nobody_helps_oneself(as_li, he):
    CareRecordFactory(member=he, category="illness")
    answers = {"category": "illness", "started_on": "2026-01-10"}

    twice = post(as_li, f"/members/{he.public_id}/care/", **answers)
    oneself = post(
        as_li,
        f"/members/{he.public_id}/care/",
        **answers | {"category": "old_age", "helper": he.public_id},
    )

    assert twice.context["form"].errors == {"category": ["何应秋已经按“患重病”列入关怀名单。"]}
    assert "helper" in oneself.context["form"].errors


def test_whoever_was_not_visited_for_months_is_named_and_the_months_are_local(li, he, first_branch):
    never = CareRecordFactory(member=he, started_on=dt.date(2026, 5, 21))
    fresh = CareRecordFactory(member=enrolled("林望舒", first_branch))
    CareVisitFactory(record=fresh, visited_on=dt.date(2026, 6, 1))
    assert due(li) == [
        ("何应秋（生活困难）：2026-05-21 列入后还没有走访", dt.date(2026, 11, 21)),
    ]

    with everything(reason="the test lays a local rule over"):
        lay_over(
            actor=None,
            place=first_branch,
            code="members.care",
            values={"visits": {"months": 3}},
            in_force_from=dt.date(2026, 1, 1),
            document="《关怀办法》",
        )
        never.ended_on = TODAY
        never.save()

    assert due(li) == [("林望舒（生活困难）：上次走访 2026-06-01", dt.date(2026, 9, 1))]


def test_a_committee_member_sees_nothing_of_care(client, he, first_branch, li):
    CareRecordFactory(member=he)
    colleague = account("wu", "吴清", "committee_member", first_branch)
    client.force_login(colleague)

    assert client.get("/members/care/").status_code == 403
    assert "关怀名单（" not in client.get(he.get_absolute_url()).content.decode()
    with scoped_to(li.scope_for("members.view_member")):
        told = [event.text for event in life_of(he, li)]
    assert "列入关怀名单（生活困难）" in told
