"""学时: what a member's year sums to, how it stands to the rule, who sees it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activities.models import Activity, Attendance, Meeting
from activities.queries.study import Standing, studies, study_of, sums_of
from activities.queries.study_lines import lines_of
from branches.models import PartyOrganization
from members.models import AttendanceExemption, Member, Membership
from partybuild import paths
from partybuild.alerts import alerts
from partybuild.ledgers import ledgers
from partybuild.localrules import lay_over
from partybuild.panels import own_panels_for, panels_for
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.offices import TrainingRecordFactory

TODAY = dt.date(2026, 11, 21)
YEAR = Period.year(2026)
in_november = pytest.mark.usefixtures("today")


def held(branch, hours, *present, on=dt.date(2026, 3, 6), status="present", **fields):
    """Hold an occasion with 学时 and let people be there."""
    activity = ActivityFactory(organization=branch, held_on=on, hours=hours, **fields)
    MeetingFactory(activity=activity, kind=Meeting.Kind.STUDY_SESSION)
    for member in present:
        AttendanceFactory(activity=activity, member=member, status=status)
    return activity


def read(branch, year=YEAR, as_of=TODAY):
    with everything(reason="the test reads"):
        return study_of(branch, year, as_of=as_of)


def hours(branch, **when):
    """Return per person on the roll the 学时 of the year."""
    return {one.member.name: one.sums.hours for one in read(branch, **when).people}


def standings(branch, **when):
    return {one.member.name: one.words for one in read(branch, **when).people}


@in_november
def test_the_hours_of_an_occasion_count_for_whoever_was_present(roll, first_branch):
    li, an, bai, chen, ding = roll
    activity = held(first_branch, 2, li, an)
    held(first_branch, Decimal("1.5"), li)
    for member, status in ((bai, "guest"), (chen, "on_leave"), (ding, "absent")):
        AttendanceFactory(activity=activity, member=member, status=status)

    assert hours(first_branch) == {
        "李秀岩": Decimal("3.5"),
        "安小河": 2,
        "白一舟": 0,
        "陈望南": 0,
        "丁初晴": 0,
    }


@in_november
def test_occasions_without_hours_of_other_years_and_in_the_trash_do_not_count(roll, first_branch):
    li = roll[0]
    held(first_branch, None, li)
    held(first_branch, 4, li, on=dt.date(2025, 12, 31))
    held(first_branch, 8, li, deleted_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))

    assert hours(first_branch)["李秀岩"] == 0
    assert hours(first_branch, year=Period.year(2025))["李秀岩"] == 4


@in_november
def test_trainings_of_the_leading_body_count_and_nothing_counts_twice(roll, first_branch):
    li = roll[0]
    day = dt.date(2026, 5, 8)
    TrainingRecordFactory(member=li, held_on=day, hours=16, topic="书记培训班")
    TrainingRecordFactory(member=li, held_on=day, hours=3, topic="条例辅导")
    held(first_branch, 3, li, on=day, topic="条例辅导")
    held(first_branch, 3, roll[1], on=day, topic="书记培训班")

    sums = read(first_branch).people[0].sums

    assert (sums.occasions, sums.occasion_hours) == (1, 3)
    assert (sums.trainings, sums.training_hours) == (1, 16)
    assert sums.hours == 19


@in_november
def test_what_was_attended_elsewhere_counts_and_its_record_stays_there(
    client, li, roll, first_branch, second_branch
):
    held(first_branch, 2, roll[1], topic="本支部学习")
    held(second_branch, 6, roll[1], topic="邻支部学习")
    client.force_login(li)

    page = client.get(reverse("activities:study_member", args=[roll[1].public_id]))

    assert hours(first_branch)["安小河"] == 8
    assert "合计 8 学时" in page.text
    assert "另外在别的党组织参加 1 次，共 6 学时" in page.text
    assert ("本支部学习" in page.text, "邻支部学习" in page.text) == (True, False)


@in_november
def test_the_running_year_is_not_judged_and_a_year_that_is_over_only_in_general_words(
    roll, first_branch
):
    held(first_branch, 32, roll[0])
    held(first_branch, Decimal("31.5"), roll[1])
    over = dt.date(2027, 1, 1)

    assert standings(first_branch)["李秀岩"] == "已达到"
    assert standings(first_branch)["安小河"] == "未到期"
    assert standings(first_branch, as_of=over)["李秀岩"] == "已达到"
    assert standings(first_branch, as_of=over)["安小河"] == "未达到一般要求"
    assert read(first_branch).rule_words == (
        "一般每人每年不少于 32 学时（《中国共产党党员教育管理工作条例》第二十条）"
    )


@in_november
def test_who_came_during_the_year_is_told_since_when_and_not_compared(roll, first_branch):
    late = enrolled("江晚舟", first_branch)
    with everything(reason="came in March"):
        Membership.objects.filter(member=late).update(started_on=dt.date(2026, 3, 1))

    assert standings(first_branch)["江晚舟"] == "未到期（3月1日起在册）"
    over = standings(first_branch, as_of=dt.date(2027, 1, 1))
    assert over["江晚舟"] == "年中入册（3月1日起在册）"


@in_november
def test_a_move_between_branches_is_no_new_beginning_and_keeps_the_hours(
    roll, first_branch, second_branch
):
    bai = roll[2]
    held(first_branch, 10, bai, on=dt.date(2026, 2, 6))
    with everything(reason="moved in June"):
        moved = Membership.objects.get(member=bai)
        moved.ended_on = dt.date(2026, 6, 1)
        moved.save()
        bai.branch = second_branch
        bai.save()
        Membership.objects.create(
            member=bai, organization=second_branch, started_on=dt.date(2026, 6, 1)
        )
    held(second_branch, 25, bai, on=dt.date(2026, 7, 3))

    assert "白一舟" not in hours(first_branch)
    assert hours(second_branch) == {"白一舟": 35}
    assert standings(second_branch) == {"白一舟": "已达到"}


@in_november
def test_whoever_need_not_attend_is_not_compared(roll, first_branch):
    with everything(reason="frail since May"):
        AttendanceExemption.objects.create(
            member=roll[1], reason="年老体弱", started_on=dt.date(2026, 5, 1)
        )
        AttendanceExemption.objects.create(
            member=roll[2], reason="已痊愈", ended_on=dt.date(2026, 1, 1)
        )

    assert standings(first_branch)["安小河"] == "免予参加"
    assert standings(first_branch)["白一舟"] == "未到期"


@in_november
def test_of_a_year_in_which_nobody_noted_hours_nothing_is_said(client, zhao, roll, first_branch):
    held(first_branch, None, *roll, on=dt.date(2025, 3, 6))
    last = {"year": Period.year(2025), "as_of": TODAY}
    with everything(reason="on the roll since long ago"):
        Membership.objects.filter(organization=first_branch).update(started_on=dt.date(2020, 1, 1))

    untold = set(standings(first_branch, **last).values())
    client.force_login(zhao)
    page = client.get(reverse("activities:study_branches"), {"year": "2025"})
    cells = {row[0].text: row[-1] for row in page.context["rows"]}
    opened = client.get(cells["第一党支部"].url)
    held(first_branch, 1, roll[0], on=dt.date(2025, 5, 6))

    assert (page.context["reached"], page.context["done"], page.context["behind"]) == (0, 0, 0)
    assert untold == {"当年没有记学时"}
    assert (cells["第一党支部"].text, opened.context["count"]) == ("4", 4)
    assert set(standings(first_branch, **last).values()) == {"未达到一般要求"}


@in_november
def test_before_the_rule_there_is_nothing_to_compare_with(roll, first_branch):
    with everything(reason="on the roll since nobody knows when"):
        Membership.objects.filter(organization=first_branch).update(started_on=None)

    found = read(first_branch, year=Period.year(2018))

    assert found.rule is None
    assert {one.standing for one in found.people} == {Standing.UNRULED}


@in_november
def test_an_agency_may_ask_for_more(roll, zhao, first_branch):
    held(first_branch, 32, roll[0])
    with everything(reason="the agency lays its rule over"):
        lay_over(
            actor=zhao,
            place=first_branch,
            code="activities.study",
            values={"member": {"hours": 40}},
            in_force_from=dt.date(2026, 1, 1),
            document="《教育培训办法》",
        )

    found = read(first_branch)

    assert found.people[0].standing is Standing.RUNNING
    assert found.rule_words.endswith("每人每年不少于 40 学时（《教育培训办法》）")


OCCASIONS = st.lists(
    st.tuples(
        st.decimals(min_value="0.1", max_value="99.9", places=1),
        st.integers(min_value=0, max_value=364),
        st.sampled_from(Attendance.Status.values),
    ),
    max_size=8,
)


class AnyYear(TestCase):
    """Whatever was held in a year, the sum is that of the occasions attended."""

    def setUp(self):
        self.branch = PartyOrganizationFactory()
        self.member = enrolled("甲", self.branch)

    @given(OCCASIONS, st.randoms(use_true_random=False))
    def test_the_sum_is_that_of_the_occasions_attended_in_any_order(self, occasions, random):
        expected = sum((one for one, _, status in occasions if status == "present"), Decimal(0))
        random.shuffle(occasions)
        made = [
            held(
                self.branch,
                one,
                self.member,
                on=dt.date(2026, 1, 1) + dt.timedelta(days=day),
                status=status,
            )
            for one, day, status in occasions
        ]
        with everything(reason="the test reads"):
            assert self.summed() == expected
            for activity in made:
                before = self.summed()
                there = activity.attendances.filter(status="present").exists()
                Activity.objects.filter(pk=activity.pk).update(
                    deleted_at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
                )
                after = self.summed()
                lines = lines_of(self.member, YEAR)
                assert before - after == (activity.hours if there else 0)
                assert after == sum((line.hours for line in lines), Decimal(0))

    def summed(self):
        found = sums_of([self.member.pk], YEAR).get(self.member.pk)
        return found.hours if found else 0


def many_branches(count, committee, size):
    """Make branches of so many members, each at ten occasions of two hours."""
    with everything(reason="the test makes many"):
        branches = PartyOrganization.objects.bulk_create(
            PartyOrganization(
                name=f"第{number}支部",
                code=f"S-{number}",
                kind="branch",
                superior=committee,
                path=paths.child_path(committee.path, number),
            )
            for number in range(100, 100 + count)
        )
        members = Member.objects.bulk_create(
            Member(branch=branch, name=f"党员{at}", category="full")
            for branch in branches
            for at in range(size)
        )
        Membership.objects.bulk_create(
            Membership(member=one, organization_id=one.branch_id) for one in members
        )
        activities = Activity.objects.bulk_create(
            Activity(
                organization=branch,
                held_on=dt.date(2026, 1 + at, 6),
                topic=f"第{at}讲",
                hours=2,
            )
            for branch in branches
            for at in range(10)
        )
        by_place = {}
        for one in members:
            by_place.setdefault(one.branch_id, []).append(one)
        Attendance.objects.bulk_create(
            [
                Attendance(activity=activity, member=one)
                for activity in activities
                for one in by_place[activity.organization_id]
            ],
            batch_size=5000,
        )
    return branches


@in_november
@pytest.mark.parametrize("count", [1, 40])
def test_one_pass_of_six_queries_reads_any_number_of_people(
    committee, count, django_assert_num_queries
):
    branches = many_branches(count, committee, 25)

    with everything(reason="the test reads"), django_assert_num_queries(6):
        found = list(studies(branches, YEAR, as_of=TODAY))

    assert [len(one.people) for one in found] == [25] * count
    assert {person.sums.hours for one in found for person in one.people} == {20}


@in_november
def test_each_number_of_a_branch_opens_the_occasions_it_sums(client, li, roll, first_branch):
    held(first_branch, 2, roll[1], topic="学习条例")
    TrainingRecordFactory(member=roll[1], hours=16, topic="培训班", held_on=dt.date(2026, 4, 2))
    client.force_login(li)

    page = client.get(reverse("activities:study"))
    cells = next(row for row in page.context["rows"] if row[0] == "安小河")
    opened = [client.get(cell.url).text for cell in cells[1:4]]

    assert [cell.text for cell in cells[1:4]] == ["2（1 次）", "16（1 次）", "18"]
    assert [("学习条例" in text, "培训班" in text) for text in opened] == [
        (True, False),
        (False, True),
        (True, True),
    ]


@in_november
def test_each_figure_of_the_committee_opens_the_people_it_counts(
    client, zhao, committee, roll, first_branch, second_branch
):
    held(first_branch, 40, *roll[:2])
    enrolled("邻", second_branch)
    third = PartyOrganizationFactory(superior=committee)
    held(third, 40, enrolled("远", third))
    client.force_login(zhao)

    page = client.get(reverse("activities:study_branches"))
    cells = {row[0].text: row[1:] for row in page.context["rows"]}
    number, reached, not_yet, late, exempt, untold = cells["第一党支部"]

    assert (number, reached.text, not_yet.text, late, exempt, untold) == (5, "2", "3", 0, 0, 0)
    assert client.get(reached.url).context["count"] == 2
    assert client.get(not_yet.url).context["count"] == 3
    assert page.context["reached"] == 3
    assert (page.context["done"], page.context["behind"]) == (1, 2)


@in_november
def test_the_neighbour_sees_no_member_and_no_number(client, wang, roll, first_branch):
    held(first_branch, 2, roll[1])
    client.force_login(wang)

    assert (
        client.get(reverse("activities:study_member", args=[roll[1].public_id])).status_code == 404
    )
    branch = client.get(reverse("activities:study"), {"organization": first_branch.public_id})
    assert branch.status_code == 404
    assert "安小河" not in client.get(reverse("activities:study")).text


@in_november
def test_the_ledger_says_what_the_page_says(li, roll, first_branch, second_branch):
    held(first_branch, 2, roll[1])
    held(second_branch, Decimal("1.5"), roll[1])
    TrainingRecordFactory(member=roll[1], hours=16, held_on=dt.date(2026, 4, 2))

    with scoped_to(li.scope_for("activities.view_activity")):
        rows = {row[1]: row[3:] for row in ledgers["activities.study_hours"].table(YEAR)}

    assert rows["安小河"] == (2, Decimal("3.5"), 1, 16, Decimal("19.5"))
    assert rows["李秀岩"] == (0, 0, 0, 0, 0)


@in_november
def test_a_member_reads_the_own_hours_wherever_they_were_held(sun, li, first_branch, second_branch):
    with everything(reason="the test asks for the file"):
        member = Member.objects.get(user=sun)
    held(first_branch, 2, member, topic="本支部学习")
    held(second_branch, 30, member, topic="邻支部学习")

    own = next(one for one in own_panels_for(member) if one["title"] == "今年的学时")
    branch = next(one for one in panels_for(member, li) if one["title"] == "今年的学时")

    assert [cells[2] for _, cells in own["rows"]] == ["邻支部学习", "本支部学习"]
    assert own["summary"].startswith("2026年合计 32 学时，已达到。一般每人每年不少于 32 学时")
    assert [cells[2] for _, cells in branch["rows"]] == ["本支部学习"]
    assert "其中在别的党组织 30 学时，已达到" in branch["summary"]


@pytest.mark.parametrize(
    ("day", "told"),
    [(dt.date(2026, 9, 30), []), (dt.date(2026, 10, 1), ["还有 4 名党员今年不到 16 学时"])],
)
def test_the_last_quarter_reminds_of_those_far_below(li, roll, first_branch, day, told):
    held(first_branch, 16, roll[0])

    with scoped_to(li.scope_for("activities.view_activity")):
        notices = list(alerts["activities.study"].notices(day))

    assert [one.text for one in notices] == told
    assert {one.place for one in notices} <= {"第一党支部"}


def test_before_the_last_quarter_nobodys_year_is_read(
    li, roll, first_branch, django_assert_num_queries
):
    with scoped_to(li.scope_for("activities.view_activity")), django_assert_num_queries(2):
        assert list(alerts["activities.study"].notices(dt.date(2026, 9, 30))) == []


@in_november
def test_the_reminder_opens_those_it_counts(client, li, roll, first_branch):
    held(first_branch, 16, roll[0])
    client.force_login(li)
    with scoped_to(li.scope_for("activities.view_activity")):
        [notice] = alerts["activities.study"].notices(TODAY)

    page = client.get(notice.url)

    assert [row[0] for row in page.context["rows"]] == ["安小河", "白一舟", "陈望南", "丁初晴"]
