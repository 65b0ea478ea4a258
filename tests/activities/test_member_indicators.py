"""The indicators of members: whose records they count, wherever made, and the ledgers that list them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.models import Attendance, Meeting
from members.indicators.people import MEMBER
from members.models import Member
from partybuild.indicators import indicators
from partybuild.ledgers import ledgers
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to, within
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.dues import DuesPaymentFactory, DuesStandingFactory
from tests.factories.members import PostHolderFactory, VanguardPostFactory
from tests.factories.offices import TrainingRecordFactory
from tests.factories.talks import talked

YEAR = Period.year(2026)
OF_MEMBERS = [each for each in indicators if each.subject == MEMBER]
Status, Reason = Attendance.Status, Attendance.Reason

pytestmark = pytest.mark.usefixtures("today")


def attend(member, branch, day, status=Status.PRESENT, reason="", **details):
    activity = ActivityFactory(organization=branch, held_on=dt.date.fromisoformat(day), **details)
    MeetingFactory(activity=activity)
    return AttendanceFactory(activity=activity, member=member, status=status, reason=reason)


def measured(code, member, period=YEAR):
    """What an indicator says of a member when only the member's own branch may be read."""
    with within(member.branch.path):
        subjects = Member.objects.filter(pk=member.pk)
        return indicators[code].measure(subjects, period).get(member.pk)


def listed(code, member, period=YEAR):
    """The rows of the ledger behind an indicator, for a reader of the member's branch."""
    ledger, conditions = indicators[code].evidence
    with within(member.branch.path):
        asked = {**conditions, "member": member.public_id}
        return list(ledgers[ledger].table(period, conditions=asked))


def moved(member, to, day):
    """Let a member belong elsewhere from a day on, as a transfer leaves the file."""
    old = member.memberships.get()
    old.ended_on = dt.date.fromisoformat(day)
    old.save()
    member.branch = to
    member.save()
    type(old).objects.create(
        member=member, organization=to, started_on=dt.date.fromisoformat(day), kind=old.kind
    )


@pytest.mark.usefixtures("everywhere")
def test_what_was_attended_in_the_branch_before_counts_for_the_person(first_branch, second_branch):
    chen = enrolled("陈立", first_branch)
    attend(chen, first_branch, "2026-02-10", topic="学习党章")
    attend(chen, first_branch, "2026-03-10", status=Status.ON_LEAVE, reason=Reason.ILLNESS)
    moved(chen, second_branch, "2026-05-01")
    attend(chen, second_branch, "2026-06-10", topic="主题党日")

    months = measured("activities.meetings_attended", chen)

    assert [at for at, held in enumerate(months, 1) if held] == [2, 6]
    rows = listed("activities.meetings_attended", chen)
    # Held elsewhere: branch and day are told, the topic stays there.
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (first_branch.name, dt.date(2026, 2, 10), ""),
        (second_branch.name, dt.date(2026, 6, 10), "主题党日"),
    ]


@pytest.mark.usefixtures("everywhere")
def test_a_moved_party_day_counts_for_the_person_in_the_month_it_serves(first_branch):
    chen = enrolled("陈立", first_branch)
    details = {"counts_for": dt.date(2026, 9, 1), "counts_for_reason": "国庆假期"}
    attend(chen, first_branch, "2026-10-09", **details)

    assert measured("activities.meetings_attended", chen)[8:10] == (1, 0)
    assert len(listed("activities.meetings_attended", chen, Period.parse("2026Q3"))) == 1
    assert listed("activities.meetings_attended", chen, Period.parse("2026Q4")) == []


@pytest.mark.usefixtures("everywhere")
def test_only_absence_without_a_reason_is_counted_as_such(first_branch):
    chen = enrolled("陈立", first_branch)
    attend(chen, first_branch, "2026-02-10", Status.ABSENT, Reason.NONE)
    attend(chen, first_branch, "2026-03-10", Status.ABSENT, "")
    attend(chen, first_branch, "2026-04-10", Status.ON_LEAVE, Reason.ILLNESS)
    attend(chen, first_branch, "2026-05-10")

    assert sum(measured("activities.absences_without_reason", chen)) == 1
    [row] = listed("activities.absences_without_reason", chen)
    assert row[1] == dt.date(2026, 2, 10)


@pytest.mark.usefixtures("everywhere")
def test_hours_are_those_of_occasions_and_trainings_each_once(first_branch):
    chen = enrolled("陈立", first_branch)
    attend(chen, first_branch, "2026-02-10", topic="集中学习", hours=Decimal("1.5"))
    attend(chen, first_branch, "2026-02-20", Status.ON_LEAVE, hours=Decimal(3))
    day = {"member": chen, "held_on": dt.date(2026, 2, 10)}
    TrainingRecordFactory(**day, topic="集中学习", hours=Decimal("1.5"))
    TrainingRecordFactory(**day, topic="书记培训班", hours=Decimal(8))

    months = measured("activities.study_hours", chen)

    assert (months[1], sum(months)) == (Decimal("9.5"), Decimal("9.5"))
    [row] = listed("activities.study_hours", chen)
    assert row[-1] == Decimal("9.5")


def lecture(branch, day, lecturer):
    activity = ActivityFactory(organization=branch, held_on=dt.date.fromisoformat(day))
    MeetingFactory(activity=activity, kind=Meeting.Kind.PARTY_LECTURE, lecturer=lecturer)


@pytest.mark.usefixtures("everywhere")
def test_a_lecture_counts_for_whom_its_branch_names_and_for_no_namesake(
    first_branch, second_branch
):
    chen, elsewhere = enrolled("陈立", first_branch), enrolled("陈立", second_branch)
    zhang = enrolled("张三", first_branch)
    lecture(first_branch, "2026-02-10", "陈立（支部书记）、王五")
    lecture(first_branch, "2026-04-10", "陈立群")
    code = "activities.lectures_given"

    assert [
        measured(code, one) and sum(measured(code, one)) for one in (chen, elsewhere, zhang)
    ] == [
        1,
        None,
        None,
    ]
    [row] = listed(code, chen)
    assert row[3] == "陈立（支部书记）、王五"

    # Two of one name in one branch: nobody knows who it was.
    enrolled("陈立", first_branch)
    assert measured(code, chen) is None
    assert listed(code, chen) == []


@pytest.mark.usefixtures("everywhere")
def test_dues_count_when_paid_in_their_month_or_before(first_branch):
    chen = enrolled("陈立", first_branch)
    for month, paid_on in ((1, None), (2, (2026, 2, 28)), (3, (2026, 4, 1)), (4, (2025, 12, 30))):
        day = dt.date(*paid_on) if paid_on else None
        DuesPaymentFactory(member=chen, month=dt.date(2026, month, 1), paid_on=day)
    DuesPaymentFactory(member=chen, month=dt.date(2026, 5, 1), kind="big")

    assert measured("members.dues_in_time", chen)[:6] == (1, 1, 0, 1, 0, 0)
    assert [row[2].month for row in listed("members.dues_in_time", chen)] == [1, 2, 4]


@pytest.mark.usefixtures("everywhere")
def test_who_has_nothing_to_pay_owes_no_months(first_branch):
    chen, exempt = enrolled("陈立", first_branch), enrolled("张三", first_branch)
    DuesStandingFactory(member=chen, started_on=dt.date(2026, 3, 1))
    DuesStandingFactory(member=exempt, relief="exempt")
    subjects = Member.objects.filter(pk__in=[chen.pk, exempt.pk])

    excused = indicators["members.dues_in_time"].excused(subjects, YEAR)

    assert sorted(day.month for day in excused[chen.pk]) == [1, 2]
    assert len(excused[exempt.pk]) == 12


@pytest.mark.usefixtures("everywhere")
def test_a_post_counts_once_in_the_month_in_which_it_was_held_first(first_branch):
    chen = enrolled("陈立", first_branch)

    def post(awarded, start, end=None, withdrawn=None):
        days = [None if one is None else dt.date.fromisoformat(one) for one in (start, end)]
        kept = VanguardPostFactory(
            organization=first_branch,
            awarded_on=awarded and dt.date.fromisoformat(awarded),
            ended_on=withdrawn and dt.date.fromisoformat(withdrawn),
        )
        PostHolderFactory(post=kept, member=chen, started_on=days[0], ended_on=days[1])

    post("2024-05-01", "2024-05-01")
    post("2026-03-01", "2026-03-15", end="2026-08-01")
    post("2025-01-01", "2025-01-01", end="2025-12-31")
    post("2025-01-01", "2025-01-01", withdrawn="2026-01-01")
    post(None, "2026-01-01")
    post("2027-01-01", "2027-01-01")

    months = measured("members.vanguard_posts_held", chen)

    assert [at for at, held in enumerate(months, 1) if held] == [1, 3]
    assert len(listed("members.vanguard_posts_held", chen)) == 2


@pytest.mark.usefixtures("everywhere")
def test_a_talk_counts_for_both_sides_and_tells_nothing_of_what_was_said(first_branch):
    chen, zhang = enrolled("陈立", first_branch), enrolled("张三", first_branch)
    talked(first_branch, chen, zhang, held_on=dt.date(2026, 3, 6))
    talked(first_branch, chen, zhang, held_on=dt.date(2026, 4, 6), kind="reminder")

    for one in (chen, zhang):
        assert sum(measured("activities.talks_taken_part", one)) == 1
        [row] = listed("activities.talks_taken_part", one)
        assert row[1:3] == (dt.date(2026, 3, 6), one.name)


def furnish(member):
    """Make one record of every kind for a member."""
    branch = member.branch
    attend(member, branch, "2026-02-10", hours=Decimal(1))
    attend(member, branch, "2026-03-10", Status.ABSENT, Reason.NONE)
    lecture(branch, "2026-04-10", member.name)
    DuesPaymentFactory(member=member)
    post = VanguardPostFactory(organization=branch, awarded_on=dt.date(2026, 1, 5))
    PostHolderFactory(post=post, member=member, started_on=dt.date(2026, 1, 5))
    talked(branch, member)


@pytest.mark.parametrize("indicator", OF_MEMBERS, ids=lambda each: each.code)
@pytest.mark.parametrize("count", [1, 30])
def test_every_indicator_asks_one_query_for_any_number_of_members(
    indicator, count, first_branch, everywhere, django_assert_num_queries
):
    people = [enrolled(f"党员{at:02}", first_branch) for at in range(count)]
    for one in people:
        furnish(one)
    subjects = Member.objects.filter(pk__in=[one.pk for one in people])

    with django_assert_num_queries(1):
        found = indicator.measure(subjects, YEAR)

    assert {pk: sum(months) for pk, months in found.items()} == {one.pk: 1 for one in people}


@pytest.mark.parametrize("indicator", OF_MEMBERS, ids=lambda each: each.code)
def test_the_neighbours_people_are_never_measured(indicator, first_branch, second_branch, li):
    mine, other = enrolled("陈立", first_branch), enrolled("吴明", second_branch)
    with everything(reason="this test furnishes two branches"):
        furnish(mine)
        furnish(other)
        assert set(indicator.measure(Member.objects.all(), YEAR)) == {mine.pk, other.pk}
    with scoped_to(li.scope_for("assessments.view_scorecard")):
        assert set(indicator.measure(Member.objects.all(), YEAR)) == {mine.pk}
        ledger, conditions = indicator.evidence
        rows = list(ledgers[ledger].table(YEAR, conditions={**conditions}))
        assert "吴明" not in str(rows)


days = st.dates(dt.date(2025, 11, 1), dt.date(2027, 2, 28))
occasions = st.lists(
    st.tuples(
        days, st.integers(0, 2), st.sampled_from([Status.PRESENT, Status.ABSENT, Status.GUEST])
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=occasions, codes=st.sampled_from(["2026", "2026H1", "2026Q4", "2026-03"]))
def test_the_sum_over_members_is_the_total_of_the_ledger(held, codes, first_branch, everywhere):
    Attendance.objects.all().delete()
    people = [enrolled(name, first_branch) for name in ("陈立", "张三", "李四")]
    for day, who, status in held:
        attend(people[who], first_branch, day.isoformat(), status)
    period = Period.parse(codes)
    indicator = indicators["activities.meetings_attended"]
    ledger, conditions = indicator.evidence

    total = sum(sum(months) for months in indicator.measure(Member.objects.all(), period).values())

    assert total == len(list(ledgers[ledger].table(period, conditions=conditions)))
    assert total == sum(day in period and status == Status.PRESENT for day, _, status in held)
