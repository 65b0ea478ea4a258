"""Fourteen defects of systems in use elsewhere, one test each: here none of them can happen.

Where the sum can be done by hand, the hand's sum stands in the test.
"""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.utils import timezone

from activities.models import Activity, Meeting
from assessments.cards import Subject
from assessments.engine.ladders import Record, Rung, read
from assessments.engine.rules.measures import Threshold
from assessments.engine.states import State
from assessments.models import Mark, Scorecard
from assessments.queries.evidence import Piece
from assessments.queries.scorecards import quota_readings, scorecards
from assessments.queries.subjects import subjects_of
from assessments.services.marks import MarkRefused, give_mark
from assessments.services.schemes import load_scheme
from assessments.services.scorecards import store_scorecards
from assessments.transcripts import read_transcript
from members.models import Member
from partybuild.checks import walk_urls
from partybuild.indicators import indicators
from partybuild.periods import Period
from partybuild.scoping import everything, within
from partybuild.submissions import new_key
from tests.assessments.conftest import hold
from tests.assessments.engine.schemes import count, document, line, n, plus, points_of, said
from tests.assessments.test_pages import card_page, list_page, mark, mark_page
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.dues import DuesPaymentFactory

YEAR, BEFORE = Period.year(2026), Period.year(2025)
AS_OF = dt.date(2026, 11, 21)
MEETING, LECTURE = Meeting.Kind.GENERAL_MEETING, Meeting.Kind.PARTY_LECTURE
COMMITTEE = Meeting.Kind.COMMITTEE_MEETING

pytestmark = pytest.mark.usefixtures("today")


def line_of(scheme, branch, title, period=YEAR, as_of=AS_OF):
    with everything(reason="this test is not about places"), within(branch.path):
        [card] = scorecards(scheme, subjects_of(scheme, period), period, as_of=as_of)
    return next(one for one in card.lines if one.title == title)


def kept(scheme, period=YEAR, as_of=AS_OF):
    with everything(reason="this test is not about places"):
        store_scorecards(scheme=scheme, period=period, as_of=as_of)
        return list(Scorecard.objects.filter(scheme=scheme, period=period.code))


def test_1_no_element_is_lost_when_a_list_is_sorted():
    """A swap without a third hand wrote one element over the other."""
    lines = [line(code, plus(points)) for code, points in (("甲", 1), ("乙", 2), ("丙", 4))]
    inputs = said(甲=count(1), 乙=count(1), 丙=count(1))

    for order in itertools.permutations(lines):
        assert points_of(document(*order), inputs) == n(7)


def test_1_levels_in_any_order_are_all_read():
    """Levels of a scheme are put in order when it is read: all of them are still there."""
    for order in itertools.permutations([1, 3, 5, 2]):
        options = ", ".join(f"{{pts: {points}, when: 第{points}档}}" for points in order)
        raw = (
            "format: scheme-transcript/1\nid: a\ntitle: 乙\nsubject: branch\nperiod: year\n"
            f"indicators:\n  - {{about: 丙, options: [{options}]}}\n"
        )
        [rule] = read_transcript(raw.encode()).document.lines[0].rules
        assert [option.points for option in rule.options] == [n(5), n(3), n(2), n(1)]


QUARTERLY = (
    Rung(Decimal(5), "每季 1 次", "quarter"),
    Rung(Decimal(1), "偶尔", "ever"),
    Rung(Decimal(0), "没有", "never", 0),
)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-03-30", State.PENDING),
        ("2026-03-31", State.PENDING),
        ("2026-04-01", State.SCORED),
        ("2026-12-31", State.SCORED),
    ],
)
def test_2_before_its_end_nothing_is_late_and_after_it_nothing_is_early(as_of, state):
    """A deadline that was compared the wrong way round."""
    record = Record(YEAR, (0,) * 12, (True,) * 12, dt.date.fromisoformat(as_of))

    reading = read(QUARTERLY, record)

    assert (reading.state, reading.points) == (state, Decimal(0) if state is State.SCORED else None)


def test_3_a_share_of_nobody_does_not_apply_and_nothing_done_is_zero():
    """Nought by nought was an error, or full marks."""
    turnout = Threshold(
        metric="到会 ÷ 应到", operator="lt", limit=n("0.8"), points=n(1), minus=True
    )
    scheme = document(line("到会率", turnout, base=n(3)), line("活动", plus(2)))
    nobody = said(到会率={"part": 0, "whole": 0}, 活动=count(0))

    assert points_of(scheme, nobody) == n(0)
    assert points_of(scheme, said(到会率={"part": 0, "whole": 9}, 活动=count(0))) == n(2)


def test_4_only_the_form_and_the_year_that_were_asked_for_are_counted(rubric, first_branch):
    """“Of this kind and last year or this year” counted every kind of this year."""
    hold(first_branch, MEETING, "2025-03-12", "2026-03-12", "2027-03-12")
    hold(first_branch, LECTURE, "2025-06-12", "2026-06-12", "2026-09-12")
    moved = {"counts_for": dt.date(2025, 12, 1), "counts_for_reason": "元旦假期"}
    hold(first_branch, MEETING, "2026-01-04", **moved)

    figures = {
        (title, period.code): line_of(rubric, first_branch, title, period).records
        for title in ("支部党员大会", "党课")
        for period in (BEFORE, YEAR)
    }

    assert figures == {
        ("支部党员大会", "2025"): 2,
        ("支部党员大会", "2026"): 1,
        ("党课", "2025"): 1,
        ("党课", "2026"): 2,
    }


def test_5_what_is_approved_again_counts_once(rubric, first_branch, zhao):
    """Approving a second time added the points a second time."""
    hold(first_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    mark(rubric, first_branch, zhao, points=3)
    [once] = kept(rubric)

    mark(rubric, first_branch, zhao, points=3, version=1)
    again = kept(rubric)

    assert [card.points for card in again] == [once.points] == [Decimal(8)]
    with everything(reason="looking at what was written"):
        assert Mark.objects.count() == 1


def test_6_a_year_shows_its_own_figure_and_not_this_years(client, li, rubric, first_branch):
    """Last year's page showed what was computed for this year."""
    hold(first_branch, MEETING, "2025-03-12", "2025-06-20", "2025-09-24", "2025-12-10")
    hold(first_branch, MEETING, "2026-03-12")
    for period in (BEFORE, YEAR):
        kept(rubric, period)
    client.force_login(li)

    points = {}
    for period in (BEFORE, YEAR):
        card = client.get(card_page(rubric, first_branch, period.code)).context["card"]
        [row] = client.get(list_page(rubric, period.code)).context["page"].rows
        points[period.code] = (card.points, row.points, row.period)

    assert points == {
        "2025": (Decimal(5), Decimal(5), "2025"),
        "2026": (Decimal(2), Decimal(2), "2026"),
    }


def test_7_january_and_december_belong_to_their_year(first_branch):
    """Months from nought to eleven let a year begin in December or end in November."""
    hold(first_branch, MEETING, "2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")
    general = indicators["activities.general_meetings"]
    with everything(reason="this test is not about places"):
        subjects = type(first_branch).objects.filter(pk=first_branch.pk)
        months = {year: general.measure(subjects, Period.year(year)) for year in (2025, 2026, 2027)}

    assert months[2025][first_branch.pk] == (*(0,) * 11, 1)
    assert months[2026][first_branch.pk] == (1, *(0,) * 10, 1)
    assert months[2027][first_branch.pk] == (1, *(0,) * 11)


def test_8_each_form_has_its_own_frequency_and_a_new_branch_is_scored_at_once(rubric, committee):
    """One figure for all forms, and the organisations written into the program."""
    new = PartyOrganizationFactory(superior=committee, name="刚成立的党支部")
    TermFactory(organization=new)
    hold(new, COMMITTEE, *(f"2026-{month:02}-05" for month in range(1, 11)))
    hold(new, MEETING, "2026-03-12", "2026-06-12", "2026-09-12")
    hold(new, LECTURE, "2026-09-12")

    lines = [line_of(rubric, new, title) for title in ("支委会", "支部党员大会", "党课")]

    # 每月 holds for ten months, 每季 for three quarters; 每半年 fails in the first half, 每年 holds.
    assert [(one.records, one.points) for one in lines] == [
        (10, Decimal(2)),
        (3, Decimal(5)),
        (1, Decimal(1)),
    ]
    assert new.name in [card.organization.name for card in kept(rubric)]


def test_9_what_came_in_time_is_not_late(first_branch):
    """A condition that always held made everything late."""
    noon = dt.datetime(2026, 8, 31, 12, tzinfo=timezone.get_current_timezone())
    day = dt.date(2026, 8, 10)
    late = [Piece(day, "", noon + dt.timedelta(days=after), "").is_late for after in (0, 1)]
    chen = enrolled("陈立", first_branch)
    for month, paid_on in ((6, dt.date(2026, 6, 30)), (7, dt.date(2026, 8, 1))):
        DuesPaymentFactory(member=chen, month=dt.date(2026, month, 1), paid_on=paid_on)
    with everything(reason="this test is not about places"):
        months = indicators["members.dues_in_time"].measure(Member.objects.all(), YEAR)[chen.pk]

    assert late == [False, True]
    assert months[5:7] == (1, 0)


def test_10_a_total_that_a_browser_sends_is_not_looked_at(client, zhao, rubric, first_branch):
    """The page added up, and the server believed it."""
    client.force_login(zhao)
    typed = {"points": "2", "reason": "述职材料一般", "version": 0, "submission_key": new_key()}

    client.post(
        mark_page(rubric, first_branch, 2),
        {**typed, "total": "99", "score": "99", "full_score": "1", "band": "优秀"},
    )
    [card] = kept(rubric)

    assert (card.points, card.band) == (Decimal(2), "")
    with everything(reason="looking at what was written"):
        assert Mark.objects.get().values == {"1": {"points": "2"}}


BANDED = """
format: scheme/1
code: banded
title: 有等次的方案
lines:
  - {code: A, title: 评议, rules: [{kind: options, code: '1', options: [{points: 5}, {points: 0}]}]}
bands: [{name: 好, gte: 3}, {name: 差, lt: 3}]
quotas: [{band: 差, max_share: 0.5}]
"""


def test_11_who_has_no_score_is_not_ranked_as_nought(first_branch, second_branch, zhao):
    """A missing score was sorted and graded as zero."""
    scheme, _ = load_scheme(actor=None, raw=BANDED.encode())
    with everything(reason="this test arranges its marks"):
        give_mark(
            actor=zhao,
            item=scheme.items.get(number=1),
            subject=Subject(second_branch),
            period=YEAR,
            values={"1": {"points": "0"}},
            reason="没有材料",
            version=0,
        )

    cards = {card.organization.name: card for card in kept(scheme)}
    with everything(reason="this test is not about places"):
        told = quota_readings(scheme, YEAR)

    assert (cards[first_branch.name].band, cards[first_branch.name].unscored) == ("", 1)
    assert cards[second_branch.name].band == "差"
    assert told == ["差 1 个，最多 50%（2 个中 1 个）"]


def test_12_points_go_with_the_record_they_come_from(rubric, first_branch):
    """The record was deleted, and its points stayed."""
    hold(first_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    before = [card.points for card in kept(rubric)]

    with everything(reason="the record goes into the trash"):
        Activity.objects.filter(held_on=dt.date(2026, 6, 20)).update(deleted_at=timezone.now())

    # Two of three quarters: every half-year has one.
    assert line_of(rubric, first_branch, "支部党员大会").points == Decimal(2)
    assert (before, [card.points for card in kept(rubric)]) == ([Decimal(5)], [Decimal(2)])


def test_13_nobody_enters_anything_without_signing_in(client, rubric, first_branch):
    """Some addresses asked for no account."""
    values = {
        "scheme": rubric.public_id,
        "organization": first_branch.public_id,
        "number": 2,
        "code": rubric.code,
    }
    tried = 0
    for route, pattern in walk_urls():
        if not route.startswith("assessments/"):
            continue
        address = "/" + route
        for name, value in values.items():
            for kind in ("str", "int", "slug"):
                address = address.replace(f"<{kind}:{name}>", str(value))
        if "<" in address:
            continue
        tried += 1
        for answer in (client.get(address), client.post(address, {"points": "3", "reason": "x"})):
            assert answer.status_code == 302, (address, pattern)
            assert answer.url.startswith(resolve_url(settings.LOGIN_URL)), address

    assert tried >= 6
    with everything(reason="looking at what was written"):
        assert (Mark.objects.count(), Scorecard.objects.count()) == (0, 0)


def test_14_no_grade_is_typed_where_records_decide_and_none_without_a_reason(
    client, zhao, rubric, first_branch
):
    """Grades were typed by hand, with nothing behind them."""
    client.force_login(zhao)
    measured = rubric.items.get(title="支部党员大会")
    typed = {"points": "2", "reason": " ", "version": 0, "submission_key": new_key()}

    answer = client.post(mark_page(rubric, first_branch, 2), typed)
    by_hand = client.post(mark_page(rubric, first_branch, measured.number), typed)

    assert answer.context["form"].errors == {"reason": ["请写明理由。"]}
    assert by_hand.status_code == 404
    with everything(reason="this test is not about places"):
        with pytest.raises(MarkRefused):
            give_mark(
                actor=zhao,
                item=measured,
                subject=Subject(first_branch),
                period=YEAR,
                values={"1": {"points": "5"}},
                reason="手工",
                version=0,
            )
        assert Mark.objects.count() == 0
