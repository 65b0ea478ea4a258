"""Calendars: who may read what under a secret address, and that the file is what RFC 5545 asks."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from activities.calendars import calendar_of
from activities.models import FeedAddress
from activities.services.plans import cancel_planned, change_planned
from branches.roles import Role
from members.models import Membership
from partybuild.models import AuditEntry, LocalRegulation
from partybuild.scoping import everything
from tests.cast import account
from tests.factories.activities import ActivityFactory
from tests.factories.plans import FeedAddressFactory, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def address_made(client, organization=""):
    """Make an address as the page does and return the path under which it is read."""
    page = client.post("/calendar/", {"organization": organization})
    return page.context["address"].removeprefix("http://testserver")


def read(client, address):
    """Read a calendar as a program without a session does."""
    return type(client)().get(address)


def events(answer):
    return Calendar.from_ical(answer.content).walk("VEVENT")


def written(planned):
    with everything(reason="the test writes a calendar"):
        return calendar_of(planned, title="组织生活", url_of=lambda one: f"https://x/{one.pk}/")


# Who may read what.


def test_an_address_is_shown_once_and_only_its_fingerprint_is_kept(client, li):
    client.force_login(li)

    page = client.post("/calendar/", {"organization": ""})

    token = page.context["address"].rpartition("/")[2].removesuffix(".ics")
    [feed] = FeedAddress.objects.all()
    assert len(token) == 22  # 128 bits
    assert token not in str(FeedAddress.objects.values().get())
    assert token not in client.get("/calendar/").content.decode()
    assert page["Cache-Control"] == "no-store"
    with everything(reason="the test looks at the trail"):
        [entry] = AuditEntry.objects.filter(action="activities.feed.made")
    assert (feed.user, entry.actor, token in str(entry.after)) == (li, li, False)


def test_a_calendar_opens_without_a_session_and_shows_the_own_branch_alone(
    client, li, first_branch, second_branch
):
    plan(first_branch, "2026-11-27", theme="自己的")
    plan(second_branch, "2026-11-27", theme="别人的")
    client.force_login(li)

    answer = read(client, address_made(client))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["summary"]) for event in events(answer)] == ["主题党日：自己的"]
    assert "Set-Cookie" not in answer.headers


def test_a_committees_clerk_reads_a_branch_that_was_chosen_and_no_foreign_one(
    client, zhao, first_branch, second_branch, foreign_branch
):
    plan(first_branch, "2026-11-27", theme="一支部的")
    plan(second_branch, "2026-11-27", theme="二支部的")
    client.force_login(zhao)

    answer = read(client, address_made(client, second_branch.public_id))
    foreign = client.post("/calendar/", {"organization": foreign_branch.public_id})

    assert [str(event["summary"]) for event in events(answer)] == ["主题党日：二支部的"]
    assert list(foreign.context["form"].errors) == ["organization"]
    assert FeedAddress.objects.count() == 1


def test_an_ordinary_member_reads_where_they_belong_today(client, sun, first_branch, second_branch):
    plan(first_branch, "2026-11-27", theme="自己的")
    plan(second_branch, "2026-11-27", theme="别人的")
    client.force_login(sun)

    answer = read(client, address_made(client))

    assert [str(event["summary"]) for event in events(answer)] == ["主题党日：自己的"]


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00", "甲", "a" * 3000])
def test_a_wrong_secret_finds_nothing_and_costs_the_same_however_it_is_wrong(
    client, token, django_assert_num_queries
):
    """One question looks for the address; the others note that somebody has guessed."""
    FeedAddressFactory()

    with django_assert_num_queries(1 + 9):
        answer = client.get(f"/calendar/{token}.ics")

    assert answer.status_code == 404


def test_a_secret_with_a_stroke_in_it_is_no_address(client):
    assert client.get("/calendar/a/b.ics").status_code == 404


def test_a_revoked_address_opens_no_more(client, li, first_branch):
    client.force_login(li)
    address = address_made(client)
    before = read(client, address).status_code
    feed = FeedAddress.objects.get()

    client.post(f"/calendar/{feed.public_id}/revoke/")

    assert (before, read(client, address).status_code) == (200, 404)
    assert list(client.get("/calendar/").context["feeds"]) == []


def test_a_closed_account_and_a_lost_role_close_the_calendar(client, li, sun, first_branch):
    plan(first_branch, "2026-11-27")
    client.force_login(li)
    address = address_made(client)
    client.force_login(sun)
    members = address_made(client)

    li.is_active = False
    li.save()
    sun.grants.all().delete()

    assert read(client, address).status_code == 404
    assert events(read(client, members)) == []


def test_who_has_left_the_branch_reads_its_plans_no_more(client, sun, first_branch):
    plan(first_branch, "2026-11-27")
    client.force_login(sun)
    address = address_made(client)
    sun.grants.update(organization=first_branch.superior)
    with everything(reason="the test ends a membership"):
        before = len(events(read(client, address)))
        Membership.objects.filter(member__user=sun).update(ended_on=dt.date(2026, 11, 1))

    assert (before, events(read(client, address))) == (1, [])


def test_the_address_of_a_branch_is_stopped_by_whoever_records_there_but_not_by_others(
    client, li, wang, first_branch
):
    former = account("qiaoyu", "乔雨", Role.SECRETARY, first_branch)
    client.force_login(former)
    address_made(client, first_branch.public_id)
    own = FeedAddressFactory(user=former)
    feed = FeedAddress.objects.get(organization=first_branch)
    client.force_login(wang)
    refused = client.post(f"/calendar/{feed.public_id}/revoke/").status_code
    client.force_login(li)

    shown = list(client.get("/calendar/").context["feeds"])
    personal = client.post(f"/calendar/{own.public_id}/revoke/").status_code
    client.post(f"/calendar/{feed.public_id}/revoke/")

    assert (refused, personal, shown) == (404, 404, [feed])
    feed.refresh_from_db()
    own.refresh_from_db()
    assert (feed.revoked_at is None, own.revoked_at) == (False, None)


def test_the_last_use_is_noted_once_an_hour(client, li, first_branch):
    client.force_login(li)
    address = address_made(client)

    read(client, address)
    first = FeedAddress.objects.get().last_used_at
    read(client, address)

    assert first is not None
    assert FeedAddress.objects.get().last_used_at == first


def test_the_eleventh_address_is_refused(client, li):
    FeedAddressFactory.create_batch(10, user=li)
    client.force_login(li)

    page = client.post("/calendar/", {"organization": ""})

    assert page.context["form"].errors == {"__all__": ["已有 10 个地址，请先停用不用的。"]}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_calendar_asks_the_same_for_any_number_of_plans(
    client, li, first_branch, count, django_assert_num_queries
):
    planned = [plan(first_branch, "2026-11-27") for _ in range(count)]
    client.force_login(li)
    address = address_made(client)
    read(client, address)
    client.logout()

    with django_assert_num_queries(6):
        answer = client.get(address)

    assert len(events(answer)) == len(planned)


# What the file says.


def test_an_event_says_what_when_and_where_and_names_nobody(client, li, first_branch):
    planned = plan(
        first_branch,
        "2026-11-27",
        "party_day",
        "party_lecture",
        starts_at=dt.time(14, 30),
        place="三楼会议室，东侧; A座",
        agenda="一、孙知远领学。",
    )
    ActivityFactory(organization=first_branch)

    [event] = Calendar.from_ical(written([planned])).walk("VEVENT")

    assert str(event["summary"]) == "主题党日、党课：学习贯彻全会精神"
    assert event.decoded("dtstart").astimezone(SHANGHAI) == dt.datetime(
        2026, 11, 27, 14, 30, tzinfo=SHANGHAI
    )
    assert event.decoded("duration") == dt.timedelta(minutes=90)
    assert str(event["location"]) == "三楼会议室，东侧; A座"
    assert str(event["url"]) == f"https://x/{planned.pk}/"
    assert str(event["uid"]) == f"{planned.public_id}@planned.partybuild"
    assert "孙知远" not in written([planned]).decode().replace("\r\n ", "")
    rings = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    # The day before and the day itself, both at nine.
    assert rings == [dt.timedelta(days=-1, hours=-5.5), dt.timedelta(hours=-5.5)]


def test_a_plan_without_a_time_is_a_whole_day_and_rings_at_nine(first_branch):
    planned = plan(first_branch, "2026-11-27")

    [event] = Calendar.from_ical(written([planned])).walk("VEVENT")

    assert event.decoded("dtstart") == dt.date(2026, 11, 27)
    assert b"DTSTART;VALUE=DATE:20261127\r\n" in written([planned])
    rings = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert rings == [dt.timedelta(hours=-15), dt.timedelta(hours=9)]


def test_nothing_rings_after_an_early_meeting_has_begun(first_branch):
    planned = plan(first_branch, "2026-11-27", starts_at=dt.time(8, 30))

    [event] = Calendar.from_ical(written([planned])).walk("VEVENT")

    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [
        dt.timedelta(hours=-23.5)
    ]


def test_an_agency_sets_its_own_alarms(first_branch):
    LocalRegulation.objects.create(
        code="activities.calendar_alarms",
        place=first_branch.path,
        in_force_from=dt.date(2026, 1, 1),
        document="本单位",
        values={"alarms": [{"days_before": 3, "at": "15:00"}]},
    )
    planned = plan(first_branch, "2026-11-27", starts_at=dt.time(15, 0))

    [event] = Calendar.from_ical(written([planned])).walk("VEVENT")

    assert [a.decoded("trigger") for a in event.walk("VALARM")] == [dt.timedelta(days=-3)]


def test_a_change_keeps_the_identity_and_raises_the_sequence(everywhere, li, first_branch):
    planned = plan(first_branch, "2026-11-27")
    before = Calendar.from_ical(written([planned])).walk("VEVENT")[0]

    moved = change_planned(
        actor=li,
        planned=planned,
        version=1,
        kinds=["party_day"],
        planned_on=dt.date(2026, 11, 30),
        theme="改了",
    )
    after = Calendar.from_ical(written([moved])).walk("VEVENT")[0]
    cancelled = cancel_planned(actor=li, planned=moved, version=2, reason="张三请假")
    last = Calendar.from_ical(written([cancelled])).walk("VEVENT")[0]

    assert before["uid"] == after["uid"] == last["uid"]
    assert [int(event["sequence"]) for event in (before, after, last)] == [0, 1, 2]
    assert [str(event["status"]) for event in (before, after, last)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert last.walk("VALARM") == []
    assert "张三" not in written([cancelled]).decode()
    assert last.decoded("last-modified") == last.decoded("dtstamp")
    assert last.decoded("dtstamp").utcoffset() == dt.timedelta(0)


def test_a_cancelled_plan_stays_in_the_calendar_marked_so(client, li, first_branch):
    plan(first_branch, "2026-11-27", cancelled_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    client.force_login(li)

    [event] = events(read(client, address_made(client)))

    assert str(event["status"]) == "CANCELLED"


def test_the_same_plans_give_the_same_bytes(first_branch):
    planned = [plan(first_branch, "2026-11-27"), plan(first_branch, "2026-12-28")]

    assert written(planned) == written(planned)


@pytest.fixture
def planned_once(first_branch):
    return plan(first_branch, "2026-11-27", starts_at=dt.time(14, 30))


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=150)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(theme=words, place=words)
def test_whatever_is_written_comes_back_and_every_line_is_as_the_rules_want(
    everywhere, planned_once, theme, place
):
    planned_once.theme, planned_once.place = theme, place
    content = written([planned_once])

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines) <= 75
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == f"主题党日：{theme}"
    assert str(event.get("location", "")) == place
    names = {re.split(rb"[:;]", line)[0] for line in content.replace(b"\r\n ", b"").split(b"\r\n")}
    assert {b"UID", b"DTSTAMP", b"SEQUENCE", b"LAST-MODIFIED", b"STATUS"} <= names
    assert {b"PRODID", b"VERSION", b"BEGIN", b"END"} <= names
