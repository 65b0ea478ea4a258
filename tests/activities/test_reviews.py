"""The committee reviews records, closes months, gives leave to correct; nothing is lost meanwhile."""

import datetime as dt

import pytest

from activities.models import Activity, Amendment, Attendance, Review
from activities.queries.hints import hints_of, likeness
from activities.services.occasions import Form, Presence, record_activity
from activities.services.reviews import (
    MonthClosed,
    ReviewRefused,
    answer_amendment,
    ask_to_amend,
    close_month,
    review_activity,
)
from partybuild.models import AuditEntry
from partybuild.scoping import everything, scoped_to
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.reviews import MonthClosingFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 10)
LONG = "传达学习上级会议精神，结合本支部实际讨论全年重点工作，逐项明确责任人和完成时限，" * 3


def held_on(day, li, branch, roll, **details):
    with everything(reason="the test records a meeting"):
        return record_activity(
            actor=li,
            organization=branch,
            held_on=day,
            topic=f"{day}学习",
            forms=[Form("party_day", minutes=details.pop("minutes", "学习。"))],
            presences={person: Presence() for person in roll},
            **details,
        )


@pytest.fixture
def held(li, first_branch, roll, today):
    return held_on(DAY, li, first_branch, roll)


def correct(client, activity, **changed):
    page = client.get(f"/activities/{activity.public_id}/correct/").context
    posted = {name: value for name, value in page["form"].initial.items() if value not in ("", [])}
    posted |= {name: page[name] for name in ("version", "base", "submission_key")}
    return client.post(f"/activities/{activity.public_id}/correct/", posted | changed)


def queue(client):
    return [line["activity"].topic for line in client.get("/activities/review/").context["queue"]]


def act(client, activity, **said):
    return client.post(f"/activities/{activity.public_id}/review/", {"version": 1} | said)


def fresh(activity):
    with everything(reason="the test looks at the row"):
        return Activity.objects.get(pk=activity.pk)


# --- review ----------------------------------------------------------------------------------


def test_one_key_passes_a_record_and_opens_the_next(client, li, zhao, first_branch, roll, held):
    later = held_on(dt.date(2026, 11, 12), li, first_branch, roll)
    client.force_login(zhao)
    assert queue(client) == ["2026-11-10学习", "2026-11-12学习"]

    answer = act(client, held, verdict="passed")

    assert later.public_id in answer["Location"]
    assert queue(client) == ["2026-11-12学习"]


def test_a_return_says_its_reason_beside_its_field_and_a_correction_sends_it_again(
    client, li, zhao, held
):
    client.force_login(zhao)
    act(client, held, verdict="returned", field="minutes", reason="缺少讨论内容")
    assert queue(client) == []
    client.force_login(li)
    shown = client.get(f"/activities/{held.public_id}/correct/").content.decode()
    assert '上级退回：<a href="#id_minutes">会议内容</a>' in shown
    assert "缺少讨论内容" in shown

    correct(client, held, minutes="学习，讨论。")

    assert client.get(held.get_absolute_url()).context["review"] is None
    client.force_login(zhao)
    assert queue(client) == ["2026-11-10学习"]


def test_a_return_needs_a_reason_and_leaves_the_record_waiting(client, zhao, held):
    client.force_login(zhao)

    page = client.post(
        f"/activities/{held.public_id}/review/",
        {"version": 1, "verdict": "returned"},
        follow=True,
    )

    assert "请写明退回的原因" in page.content.decode()
    assert queue(client) == ["2026-11-10学习"]


def test_what_was_corrected_while_it_was_read_is_not_passed_unseen(client, li, zhao, held):
    client.force_login(li)
    correct(client, held, place="二楼")
    client.force_login(zhao)

    page = client.post(
        f"/activities/{held.public_id}/review/", {"version": 1, "verdict": "passed"}, follow=True
    )

    assert "刚被更正过" in page.content.decode()
    with everything(reason="the test looks at all rows"):
        assert not Review.objects.exists()


def test_nobody_reviews_what_they_recorded_themselves(zhao, committee, first_branch, today):
    own = ActivityFactory(organization=committee, recorded_by=zhao, held_on=DAY)

    with everything(reason="the test tries"), pytest.raises(ReviewRefused, match="自己记录的"):
        review_activity(actor=zhao, activity=own, version=1, verdict="passed")


def test_the_last_reasons_are_offered_again(client, zhao, held):
    client.force_login(zhao)
    act(client, held, verdict="returned", field="minutes", reason="缺少讨论内容")

    assert client.get("/activities/review/").context["reasons"] == [("缺少讨论内容", "minutes")]


@pytest.mark.parametrize("count", [2, 25])
def test_the_queue_asks_the_same_however_long_it_is(
    client, zhao, first_branch, held, count, django_assert_num_queries
):
    for number in range(count):
        MeetingFactory(activity=ActivityFactory(organization=first_branch, topic=f"第{number}次"))
    client.force_login(zhao)
    client.get("/activities/review/")

    with django_assert_num_queries(13):
        client.get("/activities/review/")


# --- closed months ---------------------------------------------------------------------------


@pytest.fixture
def closed(zhao, committee, li, first_branch, roll, today):
    """A record of October, which the committee has closed."""
    october = held_on(dt.date(2026, 10, 15), li, first_branch, roll)
    with everything(reason="the fixture closes a month"):
        close_month(actor=zhao, organization=committee, month=dt.date(2026, 10, 1))
    return october


def test_a_record_of_a_closed_month_is_not_changed_and_what_was_typed_stays(client, li, closed):
    client.force_login(li)

    page = correct(client, closed, place="二楼学习室")

    assert fresh(closed).place == ""
    [said] = page.context["form"].errors["held_on"]
    assert "10月已归档" in said
    assert page.context["form"]["place"].value() == "二楼学习室"


def test_a_record_of_an_open_month_is_not_moved_into_a_closed_one(client, li, held, closed):
    client.force_login(li)

    correct(client, held, held_on="2026-10-20")

    assert fresh(held).held_on == DAY


def test_nothing_is_recorded_into_deleted_from_or_restored_to_a_closed_month(
    client, li, post, closed
):
    client.force_login(li)

    client.post("/activities/new/", post | {"held_on": "2026-10-20"})
    client.post(f"/activities/{closed.public_id}/delete/", {"version": closed.version})

    with everything(reason="the test looks at all rows"):
        assert [row.pk for row in Activity.objects.all()] == [closed.pk]


def test_a_closing_binds_below_it_also_where_the_secretary_cannot_see_it(li, first_branch, closed):
    with scoped_to(li.scope_for("activities.add_activity")), pytest.raises(MonthClosed):
        record_activity(
            actor=li,
            organization=first_branch,
            held_on=dt.date(2026, 10, 20),
            topic="补记",
            forms=[Form("party_day")],
            presences={},
        )


def test_leave_lets_a_record_be_corrected_once(client, li, zhao, closed):
    client.force_login(li)
    page = client.get(f"/activities/{closed.public_id}/amend/").context
    client.post(
        f"/activities/{closed.public_id}/amend/",
        {"submission_key": page["submission_key"], "reason": "地点写错"},
    )
    correct(client, closed, place="二楼")
    assert fresh(closed).place == ""
    client.force_login(zhao)
    [asked] = client.get("/activities/closed/").context["page"].rows
    page = client.get(f"/activities/amendments/{asked.public_id}/answer/").context
    client.post(
        f"/activities/amendments/{asked.public_id}/answer/",
        {"submission_key": page["submission_key"], "decision": "grant"},
    )
    client.force_login(li)

    correct(client, closed, place="二楼")
    correct(client, closed, place="三楼")

    assert fresh(closed).place == "二楼"
    with everything(reason="the test looks at the rows"):
        assert Amendment.objects.get().state == "used"
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {"activities.amendment.asked", "activities.amendment.answered"}


def test_a_refusal_of_leave_says_why(zhao, li, closed):
    with everything(reason="the test asks and answers"):
        asked = ask_to_amend(actor=li, activity=closed, reason="地点写错")
        with pytest.raises(ReviewRefused, match="请写明不同意的原因"):
            answer_amendment(actor=zhao, amendment=asked, granted=False)
        with pytest.raises(ReviewRefused, match="自己的申请"):
            answer_amendment(actor=li, amendment=asked, granted=True)
        answer_amendment(actor=zhao, amendment=asked, granted=False, answer="与签到不符")
        asked.refresh_from_db()

    assert (asked.state, asked.answer) == ("refused", "与签到不符")


def test_a_reopened_month_takes_records_again(client, li, zhao, post, closed):
    client.force_login(zhao)
    [closing] = client.get("/activities/closed/").context["closings"]

    client.post(f"/activities/closed/{closing.public_id}/reopen/")

    client.force_login(li)
    client.post("/activities/new/", post | {"held_on": "2026-10-20"})
    with everything(reason="the test looks at all rows"):
        assert Activity.objects.count() == 2


def test_a_running_month_is_not_closed_and_none_twice(zhao, committee, closed):
    with everything(reason="the test tries"):
        with pytest.raises(ReviewRefused, match="还没有过完"):
            close_month(actor=zhao, organization=committee, month=DAY)
        with pytest.raises(ReviewRefused, match="已经归档"):
            close_month(actor=zhao, organization=committee, month=dt.date(2026, 10, 8))


def test_a_closing_elsewhere_binds_nobody_here(client, li, post, foreign_committee, today, roll):
    MonthClosingFactory(organization=foreign_committee, month=dt.date(2026, 11, 1))
    client.force_login(li)

    client.post("/activities/new/", post)

    with everything(reason="the test looks at all rows"):
        assert Activity.objects.count() == 1


# --- make-up lessons -------------------------------------------------------------------------


def test_who_was_away_makes_it_up_and_a_correction_keeps_that(client, li, roll, held):
    with everything(reason="the test lets somebody be away"):
        Attendance.objects.filter(activity=held, member=roll[1]).update(
            status="on_leave", reason="illness"
        )
        row = Attendance.objects.get(activity=held, member=roll[1])
    client.force_login(li)
    page = client.get(f"/activities/{held.public_id}/make-up/").context

    client.post(
        f"/activities/{held.public_id}/make-up/",
        {
            "submission_key": page["submission_key"],
            f"on-{row.pk}": "2026-11-18",
            f"how-{row.pk}": "自学原文",
        },
    )
    correct(client, held, place="二楼")

    with everything(reason="the test looks at the row"):
        row.refresh_from_db()
    assert (row.made_up_on, row.made_up_how) == (dt.date(2026, 11, 18), "自学原文")


# --- hints -----------------------------------------------------------------------------------


def texts(activity):
    with everything(reason="the test asks for hints"):
        return [hint.text for hint in hints_of(fresh(activity))]


def test_minutes_copied_from_an_earlier_record_are_pointed_out_and_new_ones_are_not(
    li, first_branch, roll, today
):
    held_on(dt.date(2026, 9, 28), li, first_branch, roll, minutes=f"9月28日。{LONG}")
    copied = held_on(DAY, li, first_branch, roll, minutes=f"11月10日。{LONG}")
    fresh_text = held_on(
        dt.date(2026, 11, 11),
        li,
        first_branch,
        roll,
        minutes="大家围绕便民窗口延时服务谈体会，提出五条建议，书记逐条回应，"
        "会后由两名委员分头落实，下次会议报告进展，并征求服务对象的意见，作为改进依据。",
    )

    assert texts(copied) == ["会议内容有 100% 与 2026-09-28 的记录相同。"]
    assert texts(fresh_text) == []


@pytest.mark.parametrize(
    ("text", "other", "percent"),
    [
        ("", "", 0),
        ("一二三四", "一二三四", 100),
        ("一二三四五", "一二三四", 50),
        ("一二三", "一二三", 0),
    ],
)
def test_likeness_is_the_share_of_runs_of_four(text, other, percent):
    assert likeness(text, other) == percent


def test_somebody_in_two_places_at_once_is_pointed_out(
    li, first_branch, second_branch, roll, today
):
    here = held_on(DAY, li, first_branch, roll, started_at=dt.time(14, 30))
    there = ActivityFactory(
        organization=second_branch, held_on=DAY, started_at=dt.time(15, 0), topic="座谈"
    )
    AttendanceFactory(activity=there, member=roll[1])
    assert texts(here) == ["安小河同一时间也在“第二党支部”的活动里到会。"]

    with everything(reason="the test moves the other one to the evening"):
        Activity.objects.filter(pk=there.pk).update(started_at=dt.time(19, 0))
    assert texts(here) == []


def test_a_record_written_long_after_the_meeting_is_pointed_out(li, first_branch, roll, today):
    late = held_on(dt.date(2026, 9, 1), li, first_branch, roll)

    assert texts(late) == ["会后 81 天才记录。"]


def test_chair_and_recorder_in_one_person_is_pointed_out(li, first_branch, roll, today):
    one = held_on(DAY, li, first_branch, roll, chair=roll[0], recorder=roll[0])

    assert texts(one) == ["主持人和记录人是同一个人。"]


def test_hints_are_for_those_who_record_and_review_only(client, li, first_branch, roll, today):
    one = held_on(DAY, li, first_branch, roll, chair=roll[0], recorder=roll[0])
    client.force_login(li)

    assert "只是提示，不影响台账和考核" in client.get(one.get_absolute_url()).content.decode()
