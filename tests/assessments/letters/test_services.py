"""What may be done with responsibility letters, by whom, and what is left in the trail."""

import datetime as dt

import pytest

from assessments.models import Goal, ResponsibilityLetter
from assessments.queries.letters import change_of, successor_of
from assessments.services.goals import (
    add_goal,
    confirm_goal,
    correct_goal,
    remove_goal,
    report_goal,
)
from assessments.services.letters import (
    GoalText,
    correct_letter,
    delete_letter,
    issue_successor,
    name_secretary,
    restore_letter,
    sign_letter,
)
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.refusals import Refused
from tests.assessments.letters.conftest import GOALS, KIND, SPAN, file_of, in_office, issued, signed
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import OfficeFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")

CHANGED_ON = dt.date(2026, 9, 1)


def reported(goal, by, state="done", progress="开了 12 次"):
    return report_goal(actor=by, goal=goal, version=goal.version, state=state, progress=progress)


def replaced(office, branch):
    """Let Chen take over from Li on 1 September 2026."""
    office.ended_on = CHANGED_ON
    office.save()
    chen = enrolled("陈立", branch)
    OfficeFactory(
        organization=branch,
        post="secretary",
        member=chen,
        holder_name="陈立",
        started_on=CHANGED_ON,
    )
    return chen


def refusal(act, **said):
    with pytest.raises(Refused) as refused:
        act(**said)
    return str(refused.value)


def test_one_text_goes_to_many_each_with_its_secretary_of_the_day(
    zhao, li, committee, first_branch, second_branch, office
):
    issue = issued(zhao, committee, first_branch, second_branch)

    told = [(one.organization, one.secretary_name, one.secretary) for one in issue.letters]
    assert told == [(first_branch, "李秀岩", file_of(li)), (second_branch, "", None)]
    assert issue.without_secretary == [second_branch]
    assert [[goal.text for goal in one.goals.all()] for one in issue.letters] == [
        ["每月开好主题党日", "党费按月收缴"]
    ] * 2
    trail = AuditEntry.objects.filter(action="assessments.letter.issued").order_by("sequence")
    assert [one.place for one in trail] == [first_branch.path, second_branch.path]


def test_a_committee_below_a_committee_owes_a_letter_too(zhao, committee):
    general = PartyOrganizationFactory(name="中心党总支", superior=committee, kind="general_branch")

    issue = issued(zhao, committee, general)

    assert [one.organization for one in issue.letters] == [general]


def test_who_has_one_of_the_kind_for_these_days_is_passed_over(
    zhao, committee, first_branch, second_branch, letter
):
    issue = issued(zhao, committee, first_branch, second_branch)
    next_year = issued(
        zhao,
        committee,
        first_branch,
        started_on=dt.date(2027, 1, 1),
        ended_on=dt.date(2028, 1, 1),
        goals=[GoalText("目标")],
    )

    assert [one.organization for one in issue.letters] == [second_branch]
    assert issue.passed_over == [first_branch]
    assert len(next_year.letters) == 1
    with pytest.raises(Refused, match="都已经有党建工作责任书"):
        issued(zhao, committee, first_branch)


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"goals": []}, "至少写一个目标"),
        ({"ended_on": dt.date(2026, 1, 1)}, "结束的日子在开始以前"),
        ({"goals": [GoalText("目标", "", dt.date(2027, 1, 1))]}, "不在责任书的起止日期里"),
    ],
)
def test_a_letter_that_makes_no_sense_is_refused(zhao, committee, first_branch, details, reason):
    with pytest.raises(Refused, match=reason):
        issued(zhao, committee, first_branch, **details)

    assert not ResponsibilityLetter.objects.exists()


def test_nobody_gets_a_letter_from_a_committee_that_is_not_above(zhao, committee, foreign_branch):
    with pytest.raises(Refused, match="云渚第七党支部不在机关党委下面"):
        issued(zhao, committee, foreign_branch)


def test_the_secretary_signs_and_it_is_noted(letter, li):
    sign_letter(actor=li, letter=letter, version=letter.version)

    letter.refresh_from_db()
    entry = AuditEntry.objects.get(action="assessments.letter.signed")
    assert (letter.signed_on, letter.signed_by) == (dt.date(2026, 11, 21), li)
    assert (entry.actor, entry.summary) == (li, "李秀岩签订“2026年党建工作责任书”")


def test_nobody_signs_for_a_secretary_with_an_account(letter, wang):
    assert "请用他本人的账号签" in refusal(
        sign_letter, actor=wang, letter=letter, version=letter.version
    )


def test_a_letter_without_a_secretary_is_signed_once_one_is_written_in(
    zhao, wang, committee, second_branch
):
    letter = issued(zhao, committee, second_branch).letters[0]
    assert "还没有写明书记" in refusal(sign_letter, actor=wang, letter=letter, version=1)
    letter.refresh_from_db()
    assert "班子里还没有登记现任书记" in refusal(
        name_secretary, actor=zhao, letter=letter, version=letter.version
    )
    in_office(wang, second_branch)
    letter.refresh_from_db()

    name_secretary(actor=zhao, letter=letter, version=letter.version)
    sign_letter(actor=wang, letter=letter, version=letter.version)

    assert (letter.secretary_name, letter.signed_by) == ("王若川", wang)


def test_a_signed_letter_is_not_rewritten(signed_letter, zhao):
    goal, version = signed_letter.goals.first(), signed_letter.version

    for act, said in (
        (correct_letter, {"letter": signed_letter, "version": version, "title": "另一份"}),
        (delete_letter, {"letter": signed_letter, "version": version}),
        (name_secretary, {"letter": signed_letter, "version": version}),
        (add_goal, {"letter": signed_letter, "values": {"text": "再加一条"}}),
        (correct_goal, {"goal": goal, "version": goal.version, "values": {"text": "少一点"}}),
        (remove_goal, {"goal": goal, "version": goal.version}),
    ):
        assert "已经签订的责任书不能再改" in refusal(act, actor=zhao, **said)
        signed_letter.refresh_from_db()
    assert [one.text for one in signed_letter.goals.all()] == [one.text for one in GOALS]


def test_until_it_is_signed_goals_come_and_go(letter, zhao):
    added = add_goal(actor=zhao, letter=letter, values={"text": "办三件实事"})
    correct_goal(actor=zhao, goal=added, version=1, values={"text": "办五件实事"})
    for goal in letter.goals.exclude(pk=added.pk):
        remove_goal(actor=zhao, goal=goal, version=goal.version)
    added.refresh_from_db()

    assert [(one.number, one.text) for one in letter.goals.all()] == [(3, "办五件实事")]
    assert "至少要有一个目标" in refusal(remove_goal, actor=zhao, goal=added, version=added.version)


def test_a_new_span_keeps_the_days_of_the_goals_inside(letter, zhao):
    told = refusal(
        correct_letter,
        actor=zhao,
        letter=letter,
        version=letter.version,
        started_on=dt.date(2026, 11, 1),
    )

    assert told.startswith("目标 1. 每月开好主题党日 的期限 2026-10-31 不在新的起止日期里")


def test_two_who_act_at_once_do_not_overwrite_one_another(letter, zhao):
    correct_letter(actor=zhao, letter=letter, version=1, title="甲")

    with pytest.raises(StaleVersion):
        correct_letter(actor=zhao, letter=letter, version=1, title="乙")


def test_progress_is_reported_after_signing_and_confirmed_by_somebody_else(letter, li, zhao):
    goal = letter.goals.first()
    assert "签订以后再填写进展" in refusal(
        report_goal, actor=li, goal=goal, version=1, state="running", progress="开了 3 次"
    )
    signed(letter, li)
    goal = Goal.objects.get(pk=goal.pk)
    assert "请写明做了什么" in refusal(
        report_goal, actor=li, goal=goal, version=goal.version, state="running", progress=" "
    )
    goal = reported(Goal.objects.get(pk=goal.pk), li)
    assert goal.standing == "已完成，等确认"
    assert "不能确认自己填写的进展" in refusal(
        confirm_goal, actor=li, goal=goal, version=goal.version, is_confirmed=True
    )

    goal = Goal.objects.get(pk=goal.pk)
    confirm_goal(actor=zhao, goal=goal, version=goal.version, is_confirmed=True)

    assert (goal.standing, goal.confirmed_by) == ("已确认", zhao)
    assert "已经确认完成" in refusal(
        report_goal, actor=li, goal=goal, version=goal.version, state="running", progress="又开"
    )


def test_what_is_not_confirmed_has_a_reason_and_goes_on(signed_letter, li, zhao):
    goal = reported(signed_letter.goals.first(), li)
    assert "请写明原因" in refusal(
        confirm_goal, actor=zhao, goal=goal, version=goal.version, is_confirmed=False
    )
    goal = Goal.objects.get(pk=goal.pk)

    confirm_goal(
        actor=zhao, goal=goal, version=goal.version, is_confirmed=False, opinion="还差一次"
    )
    assert (goal.standing, goal.opinion) == ("推进中", "还差一次")
    reported(goal, li, progress="补开了一次")

    assert (goal.standing, goal.opinion, goal.confirmed_by) == ("已完成，等确认", "", None)


def test_a_new_secretary_gets_the_rest_of_the_term(signed_letter, office, first_branch, li, zhao):
    done, under_way = signed_letter.goals.all()
    reported(done, li)
    confirm_goal(actor=zhao, goal=done, version=done.version, is_confirmed=True)
    reported(under_way, li, state="running")
    chen = replaced(office, first_branch)

    change = change_of(signed_letter, dt.date(2026, 11, 21))
    successor = issue_successor(
        actor=zhao, letter=signed_letter, version=signed_letter.version, on=CHANGED_ON
    )

    assert (change.on, change.name) == (CHANGED_ON, "陈立")
    assert (signed_letter.ended_on, signed_letter.secretary_name) == (CHANGED_ON, "李秀岩")
    assert (successor.started_on, successor.ended_on) == (CHANGED_ON, SPAN["ended_on"])
    assert (successor.secretary, successor.succeeds) == (chen, signed_letter)
    assert [(one.text, one.state) for one in successor.goals.all()] == [
        ("党费按月收缴", "not_started")
    ]
    assert "已由下一份接续" in refusal(
        report_goal,
        actor=li,
        goal=under_way,
        version=under_way.version,
        state="done",
        progress="收齐了",
    )


def test_without_a_change_there_is_nothing_to_go_on_with(signed_letter, zhao):
    assert "书记没有变" in refusal(
        issue_successor,
        actor=zhao,
        letter=signed_letter,
        version=signed_letter.version,
        on=CHANGED_ON,
    )


def test_while_nobody_has_taken_over_no_letter_goes_on(signed_letter, office, zhao):
    office.ended_on = CHANGED_ON
    office.save()

    change = change_of(signed_letter, dt.date(2026, 11, 21))

    assert (change.on, change.name) == (CHANGED_ON, "")
    assert "还没有登记现任书记" in refusal(
        issue_successor,
        actor=zhao,
        letter=signed_letter,
        version=signed_letter.version,
        on=CHANGED_ON,
    )


def test_deleting_a_successor_gives_the_former_letter_its_end_back_and_restoring_takes_it_again(
    signed_letter, office, first_branch, zhao
):
    replaced(office, first_branch)
    successor = issue_successor(
        actor=zhao, letter=signed_letter, version=signed_letter.version, on=CHANGED_ON
    )
    ends = []
    delete_letter(actor=zhao, letter=successor, version=successor.version)
    signed_letter.refresh_from_db()
    ends.append((signed_letter.ended_on, successor_of(signed_letter)))
    restore_letter(actor=zhao, letter=successor)
    signed_letter.refresh_from_db()
    ends.append((signed_letter.ended_on, successor_of(signed_letter)))

    assert ends == [(SPAN["ended_on"], None), (CHANGED_ON, successor)]


def test_a_deleted_letter_comes_back_unless_another_has_taken_its_place(
    letter, zhao, committee, first_branch
):
    delete_letter(actor=zhao, letter=letter, version=letter.version)
    assert list(Goal.objects.all()) == []
    another = issued(zhao, committee, first_branch).letters[0]
    assert f"已经另有{KIND}" in refusal(restore_letter, actor=zhao, letter=letter)
    delete_letter(actor=zhao, letter=another, version=another.version)

    restore_letter(actor=zhao, letter=letter)

    assert [one.letter for one in Goal.objects.all()] == [letter, letter]
