"""What others read of responsibility letters: reminders, the ledger, a merge."""

import datetime as dt

import pytest

from assessments.alerts.letters import GoalToConfirmAlert, OverdueGoalAlert, UnsignedLetterAlert
from assessments.belongings.letters import LetterBelonging
from assessments.ledgers.letters import LetterLedger
from assessments.models import ResponsibilityLetter
from assessments.services.goals import confirm_goal, report_goal
from assessments.services.letters import issue_successor
from branches.services.events import merge_organization, take_back_event
from partybuild.models import LocalRegulation
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.assessments.letters.conftest import signed
from tests.cast import account, enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.letters import GoalFactory, ResponsibilityLetterFactory
from tests.factories.members import OfficeFactory

TODAY = dt.date(2026, 11, 21)
pytestmark = pytest.mark.usefixtures("today")


def noticed(alert, user, day=TODAY):
    with scoped_to(user.scope_for(alert.permission)):
        return [(one.text, one.place, one.due_on) for one in alert().notices(day)]


def report(goal, by, state="done"):
    with everything(reason="a test arranges its rows"):
        return report_goal(actor=by, goal=goal, version=goal.version, state=state, progress="做了")


def test_an_unsigned_letter_is_reminded_of_after_the_days_of_the_rule(letter, li, zhao, wang):
    days = [TODAY + dt.timedelta(days=30), TODAY + dt.timedelta(days=31)]

    assert [noticed(UnsignedLetterAlert, li, day) for day in days] == [
        [],
        [("2026年党建工作责任书：李秀岩，2026-11-21 下发", "第一党支部", dt.date(2026, 12, 21))],
    ]
    assert len(noticed(UnsignedLetterAlert, zhao, days[1])) == 1
    assert noticed(UnsignedLetterAlert, wang, days[1]) == []
    signed(letter, li)
    assert noticed(UnsignedLetterAlert, li, days[1]) == []


def test_an_agency_may_ask_for_signatures_sooner(letter, li, committee):
    with everything(reason="a test arranges its rows"):
        LocalRegulation.objects.create(
            code="assessments.responsibility",
            place=committee.path,
            in_force_from=dt.date(2026, 1, 1),
            values={"sign_within_days": 7},
            document="青档党〔2026〕1号",
        )

    assert len(noticed(UnsignedLetterAlert, li, TODAY + dt.timedelta(days=8))) == 1


def test_a_letter_that_is_over_is_not_reminded_of(letter, li):
    assert noticed(UnsignedLetterAlert, li, dt.date(2027, 1, 1)) == []


def test_a_goal_past_its_day_is_reminded_of_until_it_is_reported_done(letter, li, zhao):
    assert noticed(OverdueGoalAlert, li) == []  # nobody owes what is not signed
    signed(letter, li)
    with everything(reason="a test looks at everything"):
        goal = letter.goals.get(number=1)
    expected = [
        ("2026年党建工作责任书：1. 每月开好主题党日（未开始）", "第一党支部", dt.date(2026, 10, 31))
    ]

    assert (noticed(OverdueGoalAlert, li), noticed(OverdueGoalAlert, zhao)) == (expected, expected)
    report(goal, li)

    assert noticed(OverdueGoalAlert, li) == []
    assert noticed(GoalToConfirmAlert, zhao) == [
        (
            "2026年党建工作责任书：1. 每月开好主题党日，2026-11-21 报完成",
            "第一党支部",
            dt.date(2026, 10, 31),
        )
    ]


def test_a_committee_is_not_asked_to_confirm_what_it_owes_itself(zhao, committee, today):
    general = PartyOrganizationFactory(name="中心党总支", superior=committee, kind="general_branch")
    clerk = account("zong", "宗一平", "office_staff", general)
    letter = ResponsibilityLetterFactory(organization=general, signed_on=dt.date(2026, 2, 2))
    at = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
    GoalFactory(letter=letter, number=1, state="done", reported_at=at)

    assert len(noticed(GoalToConfirmAlert, zhao)) == 1
    assert noticed(GoalToConfirmAlert, clerk) == []


def test_what_another_letter_goes_on_with_is_not_late_twice(letter, li, zhao, first_branch, office):
    signed(letter, li)
    with everything(reason="the test changes the secretary"):
        office.ended_on = dt.date(2026, 9, 1)
        office.save()
        chen = enrolled("陈立", first_branch)
        OfficeFactory(
            organization=first_branch,
            post="secretary",
            member=chen,
            holder_name="陈立",
            started_on=dt.date(2026, 9, 1),
        )
        letter.refresh_from_db()
        issue_successor(actor=zhao, letter=letter, version=letter.version, on=dt.date(2026, 9, 1))

    assert noticed(OverdueGoalAlert, zhao) == []


def test_the_ledger_lists_the_letters_of_a_period_with_their_goals(letter, li, zhao):
    signed(letter, li)
    with everything(reason="a test looks at everything"):
        goal = letter.goals.get(number=1)
    report(goal, li)
    with everything(reason="a test arranges its rows"):
        confirm_goal(actor=zhao, goal=goal, version=goal.version, is_confirmed=True)

    with scoped_to(li.scope_for(LetterLedger.permission)):
        tables = [list(LetterLedger().table(Period.parse(code))) for code in ("2026Q4", "2027")]

    assert tables == [
        [
            (
                "第一党支部",
                "党建工作责任书",
                "2026年党建工作责任书",
                "青岚市档案局机关党委",
                "李秀岩",
                dt.date(2026, 1, 1),
                dt.date(2026, 12, 31),
                TODAY,
                2,
                1,
                1,
            )
        ],
        [],
    ]


@pytest.mark.usefixtures("everywhere")
def test_what_still_holds_goes_on_with_the_branch_that_theirs_is_merged_into(
    letter, first_branch, second_branch
):
    over = ResponsibilityLetterFactory(
        organization=first_branch,
        started_on=dt.date(2025, 1, 1),
        ended_on=dt.date(2026, 1, 1),
    )
    assert LetterBelonging().counts(first_branch) == [("没有到期的责任书", 1)]

    event = merge_organization(
        actor=None, organization=first_branch, target=second_branch, on=dt.date(2026, 6, 1)
    )
    after = {one.pk: one.organization for one in ResponsibilityLetter.objects.all()}
    take_back_event(actor=None, event=event, reason="合并决定撤回")

    assert after == {letter.pk: second_branch, over.pk: first_branch}
    assert {one.organization for one in ResponsibilityLetter.objects.all()} == {first_branch}
