"""What is scored when branches are merged or people move: no point is lost, none counts twice."""

import datetime as dt
from decimal import Decimal

import pytest

from assessments.belongings.cycles import CycleBelonging
from assessments.belongings.marks import MarkBelonging
from assessments.cards import Subject
from assessments.models import Mark, SchemeDraft, Scorecard
from assessments.queries.cycles import subjects_in
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from assessments.services.marks import give_mark
from assessments.services.schemes import load_scheme
from assessments.services.scorecards import store_scorecards
from branches.services.events import EventRefused, merge_organization, take_back_event
from members.models import Member
from partybuild.periods import Period
from partybuild.scoping import within
from tests.assessments.cycles import fresh, launched
from tests.cast import enrolled
from tests.factories.assessments import SchemeDraftFactory
from tests.factories.branches import PartyOrganizationFactory

YEAR = Period.year(2026)
AS_OF = dt.date(2026, 11, 21)
TEXT = """
format: scheme/1
code: {subject}s
title: 考核
subject: {subject}
lines:
  - {{code: A, title: 活动, rules: [{{kind: per_event, code: '1', when: 活动, points: 2, unit: 次}}]}}
"""

pytestmark = pytest.mark.usefixtures("today", "everywhere")


def scheme_of(subject):
    return load_scheme(actor=None, raw=TEXT.format(subject=subject).encode())[0]


def mark(scheme, subject, actor, times):
    return give_mark(
        actor=actor,
        item=scheme.items.get(number=1),
        subject=subject,
        period=YEAR,
        values={"1": {"count": str(times)}},
        reason="看了记录",
        version=0,
    )


def points(scheme, place):
    with within(place.path):
        cards = scorecards(scheme, subjects_of(scheme, YEAR), YEAR, as_of=AS_OF)
    return {card.subject.name: card.points for card in cards}


def merged(first_branch, second_branch):
    return merge_organization(
        actor=None, organization=first_branch, target=second_branch, on=dt.date(2026, 6, 1)
    )


def test_what_was_said_of_a_member_counts_at_the_branch_after_a_merge_and_comes_back(
    first_branch, second_branch, zhao
):
    scheme = scheme_of("member")
    chen = enrolled("陈立", first_branch)
    given = mark(scheme, Subject(first_branch, chen), zhao, 2)
    given_at = Mark.objects.get().given_at

    event = merged(first_branch, second_branch)

    assert (points(scheme, first_branch), points(scheme, second_branch)) == (
        {},
        {"陈立": Decimal(4)},
    )
    assert store_scorecards(scheme=scheme, period=YEAR, as_of=AS_OF) == 1
    assert Scorecard.objects.get().organization == second_branch
    assert (Mark.objects.get().pk, Mark.objects.get().given_at) == (given.pk, given_at)

    take_back_event(actor=None, event=event, reason="误操作")

    assert points(scheme, first_branch) == {"陈立": Decimal(4)}


def test_what_is_said_at_the_next_branch_takes_the_place_of_what_was_said_before(
    first_branch, second_branch, zhao
):
    scheme = scheme_of("member")
    chen = enrolled("陈立", first_branch)
    mark(scheme, Subject(first_branch, chen), zhao, 2)
    merged(first_branch, second_branch)
    chen = Member.objects.get(pk=chen.pk)

    mark(scheme, Subject(chen.branch, chen), zhao, 3)

    assert points(scheme, second_branch) == {"陈立": Decimal(6)}


def test_a_branch_that_was_merged_keeps_its_own_marks_for_the_year_in_which_it_existed(
    first_branch, second_branch, zhao
):
    scheme = scheme_of("branch")
    for branch, times in ((first_branch, 2), (second_branch, 3)):
        mark(scheme, Subject(branch), zhao, times)

    merged(first_branch, second_branch)

    assert points(scheme, first_branch) == {"第一党支部": Decimal(4)}
    assert points(scheme, second_branch) == {"第二党支部": Decimal(6)}


def test_before_a_merge_it_is_told_how_many_marks_of_members_go_along(
    first_branch, second_branch, zhao
):
    scheme = scheme_of("member")
    chen = enrolled("陈立", first_branch)
    mark(scheme, Subject(first_branch, chen), zhao, 2)

    assert MarkBelonging().counts(first_branch) == [("本期的党员评分", 1)]
    assert MarkBelonging().counts(second_branch) == []


def test_a_running_cycle_goes_on_with_the_committee_its_own_is_merged_into_and_comes_back(
    zhao, committee, first_branch
):
    other = PartyOrganizationFactory(name="第二机关党委", kind=committee.kind)
    cycle = launched(zhao, other)
    draft = SchemeDraftFactory(organization=other, drafted_by=zhao)
    counted = CycleBelonging().counts(other)

    event = merge_organization(
        actor=None, organization=other, target=committee, on=dt.date(2026, 11, 20)
    )

    assert counted == [("没有公布的考核批次", 1), ("考核方案草稿", 1)]
    assert (
        fresh(cycle).organization == SchemeDraft.objects.get(pk=draft.pk).organization == committee
    )
    assert first_branch in subjects_in(fresh(cycle))
    take_back_event(actor=None, event=event, reason="并错了")
    assert fresh(cycle).organization == other


def test_two_cycles_of_one_scheme_and_period_are_not_merged_into_one(zhao, committee):
    other = PartyOrganizationFactory(name="第二机关党委", kind=committee.kind)
    launched(zhao, other)
    launched(zhao, committee)

    with pytest.raises(EventRefused, match="用同一个方案考核同一期"):
        merge_organization(
            actor=None, organization=other, target=committee, on=dt.date(2026, 11, 20)
        )


def test_a_committee_whose_results_are_not_published_is_not_dissolved(zhao, committee):
    launched(zhao, committee)

    barred = CycleBelonging().bars_dissolution(committee, dt.date(2026, 11, 20))

    assert barred == "“青岚市档案局机关党委”还有 1 批考核没有公布，请先公布。"
