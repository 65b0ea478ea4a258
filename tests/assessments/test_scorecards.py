"""Scorecards of branches: which lines have points, why, and with how many queries."""

import datetime as dt
from decimal import Decimal

import pytest

from activities.models import Meeting
from assessments.cards import best_lifts
from assessments.engine.states import State
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from branches.models import PartyOrganization
from partybuild.periods import Period
from partybuild.scoping import scoped_to, within
from tests.assessments.conftest import hold
from tests.factories.assessments import MarkFactory
from tests.factories.branches import PartyOrganizationFactory, TermFactory

YEAR = Period.year(2026)
AS_OF = dt.date(2026, 11, 21)
MEETING, COMMITTEE = Meeting.Kind.GENERAL_MEETING, Meeting.Kind.COMMITTEE_MEETING


def card_of(scheme, branch, period=YEAR, as_of=AS_OF):
    with within(branch.path):
        [card] = scorecards(scheme, subjects_of(scheme, period), period, as_of=as_of)
    return card


def line_of(scheme, branch, title, **when):
    lines = card_of(scheme, branch, **when).lines
    return next(line for line in lines if line.title == title)


pytestmark = pytest.mark.usefixtures("everywhere")


def test_a_card_has_the_lines_of_the_scheme_in_their_order(rubric, first_branch):
    lines = card_of(rubric, first_branch).lines

    assert [line.number for line in lines] == list(range(1, 13))
    assert lines[5].title == "支部党员大会"


def test_general_meetings_in_three_quarters_give_full_marks(rubric, first_branch):
    hold(first_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")

    line = line_of(rubric, first_branch, "支部党员大会")

    assert (line.points, line.records) == (Decimal(5), 3)
    assert [(s.title, s.held, s.state.label) for s in line.stretches] == [
        ("第一季度", 1, "够"),
        ("第二季度", 1, "够"),
        ("第三季度", 1, "够"),
        ("第四季度", 0, "未到期"),
    ]
    assert line.why == "3 个季度都达到；第四季度未到期"
    assert line.upkeep == "第四季度（12月31日前）组织 1 次，保持满分"


def test_a_meeting_moved_to_another_month_counts_there(rubric, first_branch):
    hold(first_branch, MEETING, "2026-03-12", "2026-06-20")
    hold(first_branch, MEETING, "2026-10-09", counts_for=dt.date(2026, 9, 30))

    assert line_of(rubric, first_branch, "支部党员大会").points == Decimal(5)


def test_a_branch_without_a_committee_is_not_scored_for_its_meetings(rubric, first_branch):
    TermFactory(organization=first_branch, has_committee=False)

    line = line_of(rubric, first_branch, "支委会")
    card = card_of(rubric, first_branch)

    assert (line.state, line.points) == (State.NOT_APPLICABLE, None)
    assert line.why == "本届没有设支部委员会，此项不计分"
    assert card.full_score == Decimal(31)


def test_committee_meetings_are_owed_from_the_month_of_the_election(rubric, first_branch):
    TermFactory(organization=first_branch, elected_on=None, has_committee=False)
    TermFactory(organization=first_branch, elected_on=dt.date(2026, 9, 15))
    hold(first_branch, COMMITTEE, "2026-09-28", "2026-10-20")

    line = line_of(rubric, first_branch, "支委会")

    assert line.points == Decimal(2)
    assert [s.state.label for s in line.stretches] == ["不计"] * 8 + [
        "够",
        "够",
        "未到期",
        "未到期",
    ]


def test_a_committee_given_up_is_not_owed_any_more(rubric, first_branch):
    TermFactory(organization=first_branch, elected_on=dt.date(2023, 6, 1))
    TermFactory(organization=first_branch, elected_on=dt.date(2026, 3, 10), has_committee=False)
    hold(first_branch, COMMITTEE, "2026-01-10", "2026-02-10")

    assert line_of(rubric, first_branch, "支委会").points == Decimal(2)


def test_a_branch_founded_on_20_may_owes_june_and_the_third_quarter_first(rubric, committee):
    young = PartyOrganizationFactory(superior=committee, founded_on=dt.date(2026, 5, 20))
    TermFactory(organization=young, elected_on=dt.date(2026, 5, 20))

    quarters = line_of(rubric, young, "支部党员大会").stretches
    months = line_of(rubric, young, "支委会").stretches

    assert [s.state.label for s in quarters] == ["不计", "不计", "缺", "未到期"]
    assert [s.state.label for s in months] == ["不计"] * 5 + ["缺"] * 5 + ["未到期"] * 2


def test_a_branch_founded_in_october_has_no_whole_quarter_this_year(rubric, committee):
    young = PartyOrganizationFactory(superior=committee, founded_on=dt.date(2026, 10, 5))

    line = line_of(rubric, young, "支部党员大会")

    assert line.state is State.NOT_APPLICABLE
    assert line.why == "10月5日成立，之后的完整期间才计；本期没有完整的季度，不计分"


def test_a_branch_dissolved_on_30_june_owes_up_to_may(rubric, committee):
    gone = PartyOrganizationFactory(superior=committee, dissolved_on=dt.date(2026, 6, 30))
    TermFactory(organization=gone)

    assert [s.state.label for s in line_of(rubric, gone, "支委会").stretches] == (
        ["缺"] * 5 + ["不计"] * 7
    )


def test_what_lies_in_the_trash_takes_its_points_along(rubric, first_branch):
    hold(first_branch, Meeting.Kind.DEMOCRATIC_APPRAISAL, "2026-11-10")
    assert line_of(rubric, first_branch, "民主评议党员").points == Decimal(3)

    activity = first_branch.activities.get()
    activity.deleted_at = dt.datetime(2026, 11, 11, tzinfo=dt.UTC)
    activity.save()

    assert line_of(rubric, first_branch, "民主评议党员").state is State.PENDING


def test_last_years_meetings_count_for_last_year_only(rubric, first_branch):
    hold(first_branch, Meeting.Kind.PARTY_LECTURE, "2025-03-12", "2025-12-31")

    last_year = line_of(rubric, first_branch, "党课", period=Period.year(2025))
    this_year = line_of(rubric, first_branch, "党课")

    assert (last_year.points, this_year.points) == (Decimal(2), Decimal(0))


def test_a_judged_line_without_a_mark_is_unscored_and_the_total_unfinished(rubric, first_branch):
    card = card_of(rubric, first_branch)

    assert [line.state for line in card.lines[:5]] == [State.UNSCORED] * 5
    assert (card.unscored, card.pending, card.is_complete) == (8, 1, False)


def test_a_mark_scores_its_line_with_the_reason(rubric, first_branch, zhao):
    MarkFactory(
        item=rubric.items.get(number=2),
        organization=first_branch,
        points=Decimal(2),
        reason="述职材料一般",
        given_by=zhao,
    )

    line = line_of(rubric, first_branch, "支部书记")

    assert (line.state, line.points, line.why) == (State.SCORED, Decimal(2), "评 2 分")
    assert line.mark.reason == "述职材料一般"


def test_a_mark_of_another_period_does_not_score(rubric, first_branch):
    MarkFactory(item=rubric.items.get(number=2), organization=first_branch, period="2025")

    assert line_of(rubric, first_branch, "支部书记").state is State.UNSCORED


def test_a_mark_of_zero_is_zero_and_not_unscored(rubric, first_branch):
    item = rubric.items.get(number=1)
    MarkFactory(item=item, organization=first_branch, points=Decimal(0))

    line = line_of(rubric, first_branch, "班子配备")

    assert (line.state, line.points) == (State.SCORED, Decimal(0))


def finished(rubric, branch):
    """Give a branch full marks on every judged line, and what it needs on the measured ones."""
    TermFactory(organization=branch)
    for item in rubric.items.filter(is_judged=True):
        MarkFactory(item=item, organization=branch, points=item.line.full)
    hold(branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    hold(branch, COMMITTEE, *[f"2026-{month:02}-05" for month in range(1, 11) if month != 8])
    hold(branch, Meeting.Kind.PARTY_LECTURE, "2026-04-02", "2026-10-09")
    hold(branch, Meeting.Kind.DEMOCRATIC_APPRAISAL, "2026-11-10")


def test_a_finished_card_sums_all_its_lines(rubric, first_branch):
    finished(rubric, first_branch)

    card = card_of(rubric, first_branch)

    assert (card.points, card.full_score, card.is_complete) == (Decimal(32), Decimal(33), True)
    assert [(part.name, part.points) for part in card.parts] == [
        ("scored", Decimal(32)),
        ("lost", Decimal(1)),
    ]


def test_what_would_lift_a_card_most_comes_first(rubric, first_branch):
    finished(rubric, first_branch)

    [best] = best_lifts(card_of(rubric, first_branch))

    assert (best.title, best.lift.act, best.gain) == (
        "支委会",
        "8月如已组织，补录后",
        Decimal(1),
    )


def test_the_parts_of_the_full_marks_make_up_the_whole(rubric, first_branch):
    TermFactory(organization=first_branch)
    hold(first_branch, MEETING, "2026-03-12", "2026-09-24")

    card = card_of(rubric, first_branch)

    assert [(part.name, part.points) for part in card.parts] == [
        ("scored", Decimal(2)),
        ("lost", Decimal(7)),
        ("pending", Decimal(3)),
        ("unscored", Decimal(21)),
    ]
    assert sum(part.points for part in card.parts) == card.full_score


def test_only_branches_that_existed_in_the_period_are_subjects(rubric, committee, first_branch):
    PartyOrganizationFactory(superior=committee, founded_on=dt.date(2027, 1, 1))
    PartyOrganizationFactory(superior=committee, dissolved_on=dt.date(2025, 12, 31))
    PartyOrganizationFactory(superior=first_branch, kind=PartyOrganization.Kind.GROUP)
    leaving = PartyOrganizationFactory(superior=committee, dissolved_on=dt.date(2026, 1, 1))

    assert list(subjects_of(rubric, YEAR)) == [first_branch, leaving]


def test_the_neighbours_meetings_never_count(rubric, first_branch, second_branch, li):
    hold(second_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    hold(first_branch, MEETING, "2026-03-12")

    with scoped_to(li.scope_for("assessments.view_scorecard")):
        cards = scorecards(rubric, subjects_of(rubric, YEAR), YEAR, as_of=AS_OF)

    assert [(card.organization, card.lines[5].records) for card in cards] == [(first_branch, 1)]
    assert line_of(rubric, second_branch, "支部党员大会").records == 3


@pytest.mark.parametrize("count", [1, 3, 30])
def test_any_number_of_cards_takes_three_queries_and_one_per_indicator(
    count, rubric, committee, django_assert_num_queries
):
    for _ in range(count):
        branch = PartyOrganizationFactory(superior=committee)
        TermFactory(organization=branch)
        MarkFactory(item=rubric.items.get(number=1), organization=branch)
        hold(branch, MEETING, "2026-03-12", "2026-06-20")

    with django_assert_num_queries(4 + 3):
        cards = scorecards(rubric, subjects_of(rubric, YEAR), YEAR, as_of=AS_OF)
        explained = [line.why for card in cards for line in card.lines]

    assert len(explained) == 12 * count
