"""Schemes of members that records measure: whose months count, what is excused, what a page shows."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from activities.models import Attendance
from assessments.engine.states import State
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from assessments.services.schemes import load_scheme
from assessments.transcripts import read_transcript
from partybuild.periods import Period
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory
from tests.factories.members import AttendanceExemptionFactory, MembershipFactory

YEAR = Period.year(2026)
HEAD = """
format: scheme/1
code: points
title: 党员积分
subject: member
lines:
"""
LINES = """
  - code: A
    title: 到会
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.meetings_attended
        rungs:
          - {points: 5, when: 每季 1 次, per: quarter}
          - {points: 1, when: 偶尔, per: ever}
          - {points: 0, when: 没有, per: never, times: 0}
  - code: B
    title: 无故缺席
    base: 3
    floor: 0
    rules:
      - {kind: per_event, code: '1', when: 无故缺席, points: 1, minus: true, unit: 次,
         indicator: activities.absences_without_reason}
  - code: C
    title: 学时
    rules:
      - kind: steps
        code: '1'
        indicator: activities.study_hours
        spans: [{points: 4, gte: 32}, {points: 2, gte: 1, lt: 32}, {points: 0, lt: 1}]
"""

pytestmark = pytest.mark.usefixtures("today")


def loaded(lines=LINES, head=HEAD):
    scheme, _ = load_scheme(actor=None, raw=(head + lines).encode())
    return scheme


def attend(member, *days, status="present", reason="", **details):
    for day in days:
        activity = ActivityFactory(
            organization=member.branch, held_on=dt.date.fromisoformat(day), **details
        )
        AttendanceFactory(activity=activity, member=member, status=status, reason=reason)


def lines_of(scheme, member, as_of=dt.date(2026, 11, 21)):
    subjects = subjects_of(scheme, YEAR).filter(pk=member.pk)
    [card] = scorecards(scheme, subjects, YEAR, as_of=as_of)
    return {line.title: line for line in card.lines}


@pytest.mark.usefixtures("everywhere")
def test_records_of_a_member_become_points_with_their_arithmetic(first_branch):
    chen = enrolled("陈立", first_branch)
    attend(chen, "2026-02-10", "2026-05-10", "2026-08-10", hours=Decimal("1.5"))
    attend(chen, "2026-09-10", status="absent", reason=Attendance.Reason.NONE)

    lines = lines_of(loaded(), chen)

    assert {title: (line.points, line.records) for title, line in lines.items()} == {
        "到会": (Decimal(5), 3),
        "无故缺席": (Decimal(2), 1),
        "学时": (Decimal(2), Decimal("4.5")),
    }
    assert lines["无故缺席"].why == "无故缺席：1 次 × −1；合计 3 −1"


@pytest.mark.usefixtures("everywhere")
def test_only_whole_months_on_a_roll_are_owed_and_a_move_breaks_none(first_branch, second_branch):
    moved, late = enrolled("陈立", second_branch), enrolled("张三", first_branch)
    moved.memberships.update(started_on=dt.date(2026, 5, 20))
    MembershipFactory(
        member=moved,
        organization=first_branch,
        started_on=dt.date(2020, 1, 1),
        ended_on=dt.date(2026, 5, 20),
    )
    late.memberships.update(started_on=dt.date(2026, 5, 20))
    scheme = loaded()

    def states(member):
        return [one.state.label for one in lines_of(scheme, member)["到会"].stretches]

    assert states(moved) == ["缺", "缺", "缺", "未到期"]
    assert states(late) == ["不计", "不计", "缺", "未到期"]


@pytest.mark.usefixtures("everywhere")
def test_who_joined_during_the_year_owes_nothing_before(first_branch):
    new = enrolled("陈立", first_branch, joined_on=dt.date(2026, 7, 1))

    stretches = lines_of(loaded(), new)["到会"].stretches

    assert [one.state.label for one in stretches] == ["不计", "不计", "缺", "未到期"]


@pytest.mark.usefixtures("everywhere")
def test_who_is_exempt_from_attendance_is_not_measured_by_it(first_branch):
    old = enrolled("陈立", first_branch)
    AttendanceExemptionFactory(member=old, started_on=dt.date(2024, 1, 1))

    lines = lines_of(loaded(), old)

    assert lines["到会"].state is State.NOT_APPLICABLE


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.usefixtures("everywhere")
def test_many_members_take_no_more_queries_than_one(count, first_branch, django_assert_num_queries):
    for at in range(count):
        attend(enrolled(f"党员{at:02}", first_branch), "2026-02-10")
    scheme = loaded()

    # Members, marks, memberships; three indicators, two of which know of exemptions.
    with django_assert_num_queries(3 + 3 + 2):
        cards = scorecards(scheme, subjects_of(scheme, YEAR), YEAR, as_of=dt.date(2026, 11, 21))

    assert len(cards) == count


def test_the_page_leads_to_exactly_the_records_of_this_member(client, li, first_branch):
    chen, other = enrolled("陈立", first_branch), enrolled("张三", first_branch)
    attend(chen, "2026-02-10", "2026-05-10", hours=Decimal("1.5"))
    attend(other, "2026-02-10")
    scheme = loaded()
    client.force_login(li)

    url = reverse("assessments:scorecard", args=[scheme.public_id, chen.public_id])
    page = client.get(f"{url}?period=2026").content.decode()
    [attended] = re.findall(r'<a href="([^"]+)">2 次记录</a>', page)
    [hours] = re.findall(r'<a href="([^"]+)">3 学时记录</a>', page)

    assert client.get(attended.replace("&amp;", "&")).context["page"].count == 2
    assert client.get(hours.replace("&amp;", "&")).context["page"].count == 1


# What the reader of a file says of it.


@pytest.mark.parametrize(
    ("head", "indicator", "warning"),
    [
        (
            HEAD,
            "activities.general_meetings",
            "“项”由党支部的记录计算，方案考核的是党员：这一项算不出来，会一直是“未评”。",
        ),
        (
            HEAD.replace("subject: member\n", ""),
            "activities.meetings_attended",
            "“项”由党员的记录计算，方案考核的是党支部：这一项算不出来，会一直是“未评”。",
        ),
    ],
)
@pytest.mark.usefixtures("everywhere")
def test_an_indicator_of_other_subjects_is_warned_of_and_measures_nobody(
    head, indicator, warning, first_branch
):
    lines = f"""
  - code: A
    title: 项
    rules: [{{kind: per_event, code: '1', when: 次数, points: 1, unit: 次, indicator: {indicator}}}]
"""
    enrolled("陈立", first_branch)
    read = read_transcript((head + lines).encode())
    scheme = loaded(lines, head)

    cards = scorecards(scheme, subjects_of(scheme, YEAR), YEAR, as_of=dt.date(2026, 11, 21))

    assert warning in read.warnings
    assert {card.lines[0].state for card in cards} == {State.UNSCORED}
    assert cards[0].lines[0].why == "没有读到记录，还不能计分"


def test_a_printed_scheme_of_members_is_measured_by_what_it_names():
    raw = """
format: scheme-transcript/1
id: points
title: 党员积分
subject: member
period: year
indicators:
  - about: 到会
    metric: attendance.present.per_quarter
    options: [{pts: 5, when: 每季 1 次}, {pts: 0, when: 没有}]
"""
    read = read_transcript(raw.encode())

    assert [line.indicator for line in read.document.lines] == ["activities.meetings_attended"]
    other = read_transcript(raw.replace("subject: member", "subject: branch").encode())
    assert other.measured == []
    assert "“到会”是党支部的项目，不能由党员的记录计算，改由人评分。" in other.warnings
