"""The cycle of a scheme: who may say what when, appeals, sealing, and what holds afterwards."""

import datetime as dt
import json
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.alerts.cycles import AppealAlert, SelfAssessmentAlert
from assessments.cards import Subject
from assessments.forms.cycles import RatersForm
from assessments.forms.ratings import MarkColumn, MarkGrid
from assessments.models import (
    Adjustment,
    Ballot,
    BandDecision,
    Cycle,
    Mark,
    Rater,
    SealedScorecard,
)
from assessments.queries.ballots import rated_lines
from assessments.queries.cycles import (
    committee_items,
    cycles,
    overview,
    own_items,
    result_of,
    subjects_in,
)
from assessments.services.adjustments import (
    decide_adjustment,
    propose_adjustment,
    withdraw_adjustment,
)
from assessments.services.appeals import answer_appeal, file_appeal
from assessments.services.ballots import Vote, cast_ballot, cast_ballots
from assessments.services.cycles import (
    appoint_raters,
    begin_publicity,
    decide_band,
    fingerprint_of,
    launch_cycle,
    reopen_review,
    seal_cycle,
)
from assessments.services.marks import MarkChange, MarkRefused, give_mark, give_marks
from branches.models import PartyOrganization
from branches.roles import Role
from partybuild.merging import CellsTaken, StaleVersion
from partybuild.models import AuditEntry
from partybuild.refusals import CellsRefused, Refused
from partybuild.scoping import scoped_to
from tests.assessments.cycles import (
    RATED,
    SCHEME,
    YEAR,
    card_in,
    fresh,
    launched,
    led,
    mark,
    public_until,
    scheme_of,
    scored,
)
from tests.cast import account
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def cycle(zhao, committee, first_branch, second_branch):
    return launched(zhao, committee)


@pytest.fixture
def scored_cycle(cycle, li, wang, zhao, first_branch, second_branch):
    return scored(cycle, (li, wang), zhao, (first_branch, second_branch))


@pytest.fixture
def public_cycle(scored_cycle, zhao):
    begin_publicity(actor=zhao, cycle=scored_cycle, version=scored_cycle.version)
    return fresh(scored_cycle)


@pytest.fixture
def sealed_cycle(public_cycle, zhao, today):
    over = public_until(public_cycle, today - dt.timedelta(days=1))
    seal_cycle(actor=zhao, cycle=over, version=over.version)
    return fresh(over)


# Launching.


def test_one_scheme_and_period_is_carried_out_once_over_the_same_branches(cycle, zhao, committee):
    below = PartyOrganizationFactory(
        name="第一党总支", superior=committee, kind=PartyOrganization.Kind.GENERAL_BRANCH
    )

    for place in (committee, below):
        with pytest.raises(Refused, match="已经有一批用这个方案的考核"):
            launch_cycle(
                actor=zhao, scheme=cycle.scheme, organization=place, period=YEAR, title="再来"
            )


def test_a_branch_launches_nothing_and_neither_does_a_future_year(zhao, first_branch, committee):
    scheme = scheme_of()

    with pytest.raises(Refused, match="由上级党组织组织"):
        launch_cycle(
            actor=zhao, scheme=scheme, organization=first_branch, period=YEAR, title="自办"
        )
    with pytest.raises(Refused, match="还没有开始"):
        launch_cycle(
            actor=zhao, scheme=scheme, organization=committee, period=YEAR.next(), title="明年"
        )


# Who may say what when.


def test_own_lines_are_typed_by_the_branch_in_its_stage_only(cycle, li, wang, zhao, first_branch):
    with pytest.raises(MarkRefused, match="自评在自评阶段填写，现在是“筹备”"):
        mark(li, cycle, first_branch, "team", 30, side="own")
    led(cycle, zhao, "self_assessment")
    mark(li, cycle, first_branch, "team", 30, side="own")
    for other in (zhao, wang):
        with pytest.raises(MarkRefused, match="自评由党支部自己填写"):
            mark(other, cycle, first_branch, "work", 50, side="own")
    with pytest.raises(MarkRefused, match="上级评分在评审阶段填写"):
        mark(zhao, cycle, first_branch, "team", 30)
    led(cycle, zhao, "review")
    with pytest.raises(MarkRefused, match="自评在自评阶段填写，现在是“评审”"):
        mark(li, cycle, first_branch, "team", 40, side="own", version=1)

    assert [(one.side, one.given_by) for one in Mark.objects.all()] == [("own", li)]


def test_whoever_scored_a_branch_for_itself_does_not_review_it(
    cycle, zhao, committee, first_branch
):
    both = account("both", "双岗", Role.SECRETARY, first_branch)
    both.grants.create(role=Role.OFFICE_STAFF, organization=committee)
    led(cycle, zhao, "self_assessment")
    mark(both, cycle, first_branch, "team", 40, side="own")
    led(cycle, zhao, "review")

    with pytest.raises(MarkRefused, match="自评是您填的，上级评分请由别人填写"):
        mark(both, cycle, first_branch, "team", 40)
    mark(zhao, cycle, first_branch, "team", 35)


def test_without_a_cycle_both_sides_are_typed_from_paper(zhao, committee, first_branch):
    class NoCycle:
        scheme = scheme_of()

    mark(zhao, NoCycle, first_branch, "team", 30, side="own")
    mark(zhao, NoCycle, first_branch, "team", 30)

    assert Mark.objects.count() == 2


def test_both_sides_weigh_into_one_total(scored_cycle, zhao, first_branch):
    mark(zhao, scored_cycle, first_branch, "work", 30, version=1)

    # 自评 (40 + 60) × 0.2 + 党委评 (40 + 30) × 0.8 = 20 + 56
    assert card_in(scored_cycle, first_branch).result.total.points == Decimal(76)
    assert card_in(scored_cycle, first_branch).band == "合格"


# Many marks at once.


def columns(cycle):
    return {(one.item.code, one.side): one for one in MarkGrid.columns_of(committee_items(cycle))}


def change(column: MarkColumn, branch, value, was=""):
    return MarkChange(
        column.item, column.side, Subject(branch), column.rule, column.ask.name, value, was
    )


def test_the_grid_holds_the_committees_lines_and_not_the_subjects_own(cycle):
    assert [(item.code, side) for item, side in committee_items(cycle)] == [
        ("team", "sup"),
        ("work", "sup"),
    ]
    assert [(item.code, side) for item, side in own_items(cycle)] == [
        ("team", "own"),
        ("work", "own"),
    ]


def test_a_grid_is_saved_whole_or_not_at_all(cycle, zhao, first_branch, second_branch):
    led(cycle, zhao, "review")
    team = columns(cycle)["team", "sup"]
    good, wrong = change(team, first_branch, "35"), change(team, second_branch, "41")

    with pytest.raises(CellsRefused) as refused:
        give_marks(actor=zhao, cycle=cycle, changes=[good, wrong], reason="查阅台账")

    assert refused.value.reasons.keys() == {wrong.key}
    assert Mark.objects.count() == 0


def test_a_cell_that_somebody_else_entered_is_not_overwritten(cycle, zhao, first_branch):
    led(cycle, zhao, "review")
    team = columns(cycle)["team", "sup"]
    give_marks(actor=zhao, cycle=cycle, changes=[change(team, first_branch, "35")], reason="一")

    with pytest.raises(CellsTaken) as taken:
        give_marks(actor=zhao, cycle=cycle, changes=[change(team, first_branch, "30")], reason="二")
    again = give_marks(
        actor=zhao, cycle=cycle, changes=[change(team, first_branch, "35")], reason="三"
    )

    assert list(taken.value.theirs.values()) == ["35"]
    assert again == 0
    [kept] = Mark.objects.all()
    assert (kept.values, kept.reason) == ({"1": {"points": "35"}}, "一")


def test_queries_of_a_grid_do_not_grow_with_its_cells(cycle, zhao, committee):
    led(cycle, zhao, "review")
    found = columns(cycle)
    assert zhao.current_grants  # read once a request

    def queries(branches):
        cells = [change(one, branch, "20") for one in found.values() for branch in branches]
        with CaptureQueriesContext(connection) as captured:
            give_marks(actor=zhao, cycle=cycle, changes=cells, reason="查阅台账")
        return len(captured)

    few = queries([PartyOrganizationFactory(name="甲支部", superior=committee)])
    many = queries(
        [PartyOrganizationFactory(name=f"第{at}支部", superior=committee) for at in range(20)]
    )

    assert few == many
    assert Mark.objects.count() == 42


# Raters.


@pytest.fixture
def rated_cycle(zhao, he, wang, committee, first_branch, second_branch):
    cycle = launched(zhao, committee, RATED)
    appoint_raters(actor=zhao, cycle=cycle, users=[he], group="上级")
    appoint_raters(actor=zhao, cycle=cycle, users=[wang], group="党员代表")
    led(cycle, zhao, "review")
    return fresh(cycle)


def rater(user, cycle):
    return Rater.objects.select_related("cycle__scheme", "cycle__organization", "user").get(
        cycle=cycle, user=user
    )


def cast(user, cycle, branch, vote, **more):
    return cast_ballot(
        actor=user,
        rater=rater(user, cycle),
        subject=Subject(branch),
        votes={"talk/1": vote} if vote else {},
        version=more.pop("version", 0),
        **more,
    )


def test_votes_of_groups_become_the_points_of_the_line(rated_cycle, zhao, he, wang, first_branch):
    mark(zhao, rated_cycle, first_branch, "deed", 15, side="")
    cast(he, rated_cycle, first_branch, "90")
    waiting = card_in(rated_cycle, first_branch).result.total.points
    cast(wang, rated_cycle, first_branch, "80")

    assert waiting is None  # 党员代表 have not voted yet
    # 90 × 0.6 + 80 × 0.4 + 15
    assert card_in(rated_cycle, first_branch).result.total.points == Decimal(101)


def test_a_rater_leaves_his_own_branch_to_others(rated_cycle, wang, second_branch, first_branch):
    with pytest.raises(Refused, match="请回避"):
        cast(wang, rated_cycle, second_branch, "100")
    with pytest.raises(CellsRefused):
        cast_ballots(
            actor=wang,
            rater=rater(wang, rated_cycle),
            changes=[
                Vote(Subject(first_branch), "talk/1", "90", ""),
                Vote(Subject(second_branch), "talk/1", "100", ""),
            ],
        )

    assert Ballot.objects.count() == 0


def test_a_ballot_is_refused_outside_its_stage_and_its_range(rated_cycle, he, zhao, first_branch):
    with pytest.raises(CellsRefused, match="不在 0 至 100 分之内"):
        cast(he, rated_cycle, first_branch, "101")
    with pytest.raises(Refused, match="一项也没有评"):
        cast(he, rated_cycle, first_branch, "")
    cast(he, rated_cycle, first_branch, "90")
    with pytest.raises(StaleVersion):
        cast(he, rated_cycle, first_branch, "80")
    begin_publicity(actor=zhao, cycle=rated_cycle, version=rated_cycle.version)
    with pytest.raises(Refused, match="现在是“公示”阶段"):
        cast(he, fresh(rated_cycle), first_branch, "80", version=1)

    [kept] = Ballot.objects.all()
    assert kept.votes == {"talk/1": "90"}


def test_nobody_of_another_agency_is_appointed_or_found(cycle, zhao, li, qian):
    form = RatersForm({"users": "李秀岩、钱别浦"}, cycle=cycle)

    assert form.errors == {"users": ["没有找到“钱别浦”的账号。"]}
    assert RatersForm({"users": "李秀岩"}, cycle=cycle).is_valid()


def test_recusal_counts_for_nothing_and_is_told(rated_cycle, he, wang, first_branch):
    cast(he, rated_cycle, first_branch, "", recusal="配偶在该支部")
    cast(wang, rated_cycle, first_branch, "80")

    [one] = overview(rated_cycle, subjects_in(rated_cycle).filter(pk=first_branch.pk)).standings
    assert "1 名评分人回避" in one.remarks
    assert one.card.result.total.points is None


def test_votes_far_apart_are_a_hint(rated_cycle, zhao, he, wang, first_branch):
    cast(he, rated_cycle, first_branch, "95")
    cast(wang, rated_cycle, first_branch, "20")

    [one] = overview(rated_cycle, subjects_in(rated_cycle).filter(pk=first_branch.pk)).standings
    assert "“述职”各人评分相差大：最低 20，最高 95" in one.remarks


def test_the_audit_chain_says_that_somebody_voted_and_never_what(rated_cycle, he, first_branch):
    cast(he, rated_cycle, first_branch, "37")

    entry = AuditEntry.objects.order_by("sequence").last()
    assert entry.action == "assessments.ballot.cast"
    assert "37" not in json.dumps([entry.before, entry.after, entry.summary], ensure_ascii=False)


def test_where_raters_voted_nothing_is_typed_instead(rated_cycle, zhao, he, first_branch):
    cast(he, rated_cycle, first_branch, "90")

    with pytest.raises(MarkRefused, match="由评分人的票计算"):
        give_mark(
            actor=zhao,
            item=rated_cycle.scheme.items.select_related("scheme").get(code="talk"),
            subject=Subject(first_branch),
            period=YEAR,
            values={"1": {"上级/marks": "100", "党员代表/marks": "100"}},
            reason="纸质票",
            version=0,
        )


def test_only_the_lines_of_raters_are_rated(rated_cycle, he, first_branch):
    with pytest.raises(Refused, match="不由评分人评"):
        cast_ballot(
            actor=he,
            rater=rater(he, rated_cycle),
            subject=Subject(first_branch),
            votes={"deed/1": "20"},
            version=0,
        )
    assert [one.key for one in rated_lines(rated_cycle.scheme.plan)] == ["talk/1"]


# Adjustments.


def proposed(actor, scheme, branch, points, **more):
    return propose_adjustment(
        actor=actor,
        scheme=scheme,
        subject=Subject(branch),
        period=YEAR,
        points=Decimal(points),
        reason=more.get("reason", "抢险救灾"),
        paper="青档党〔2026〕7 号",
    )


def test_an_adjustment_counts_when_somebody_else_approved_it(scored_cycle, zhao, he, first_branch):
    one = proposed(zhao, scored_cycle.scheme, first_branch, "-3")
    before = card_in(scored_cycle, first_branch).result.total.points
    with pytest.raises(Refused, match="不能批准自己提出的"):
        decide_adjustment(actor=zhao, adjustment=one, version=1, is_approved=True, opinion="")
    decide_adjustment(actor=he, adjustment=one, version=1, is_approved=True, opinion="同意")
    during = card_in(scored_cycle, first_branch).result.total.points
    with pytest.raises(Refused, match="已经办过"):
        decide_adjustment(actor=he, adjustment=one, version=2, is_approved=True, opinion="")
    withdraw_adjustment(actor=he, adjustment=one, version=2, reason="查明不实")

    assert (before, during) == (Decimal(100), Decimal(97))
    assert card_in(scored_cycle, first_branch).result.total.points == before
    assert Adjustment.objects.get().state == Adjustment.State.WITHDRAWN


def test_an_adjustment_stays_inside_the_limits_of_its_scheme(scored_cycle, zhao, first_branch):
    with pytest.raises(Refused, match="最多加 5 分"):
        proposed(zhao, scored_cycle.scheme, first_branch, "6")
    with pytest.raises(Refused, match="没有规定加减分"):
        proposed(zhao, scheme_of(RATED), first_branch, "1")

    assert Adjustment.objects.count() == 0


# Bands.


def decided(actor, cycle, branch, band, version=0):
    return decide_band(
        actor=actor,
        cycle=cycle,
        subject=Subject(branch),
        card=card_in(cycle, branch),
        band=band,
        reason="党委会议定",
        version=version,
    )


def test_people_settle_a_band_with_a_reason_and_the_number_stays(
    scored_cycle, zhao, first_branch, second_branch
):
    decided(zhao, scored_cycle, second_branch, "合格")
    whole = overview(scored_cycle)

    assert [(one.card.band, one.final_band) for one in whole.standings] == [
        ("优秀", "优秀"),
        ("优秀", "合格"),
    ]
    assert whole.bands == [("优秀", 1), ("合格", 1), ("不合格", 0)]
    with pytest.raises(StaleVersion):
        decided(zhao, scored_cycle, second_branch, "优秀")


def test_no_band_is_settled_for_what_is_not_scored(cycle, zhao, first_branch):
    led(cycle, zhao, "review")

    with pytest.raises(Refused, match="还没有评完"):
        decided(zhao, fresh(cycle), first_branch, "优秀")
    assert BandDecision.objects.count() == 0


# Publicity and appeals.


def test_public_days_are_working_days_after_the_first(public_cycle, today):
    # Saturday, 21 November 2026: five working days are Monday to Friday.
    assert (public_cycle.publicity_from, public_cycle.publicity_until) == (
        today,
        dt.date(2026, 11, 27),
    )


def appealed(actor, cycle, branch, line="work"):
    return file_appeal(
        actor=actor,
        cycle=cycle,
        subject=Subject(branch),
        card=card_in(cycle, branch),
        item=cycle.scheme.items.get(code=line),
        text="漏计一次党课",
        evidence="9 月党课记录",
    )


def answered(actor, appeal, *, upheld, version=1):
    return answer_appeal(
        actor=actor,
        appeal=appeal,
        card=card_in(appeal.cycle, appeal.organization),
        version=version,
        is_upheld=upheld,
        answer="已核对记录",
    )


def test_marks_are_closed_while_public_and_open_for_an_appeal(
    public_cycle, li, zhao, first_branch, second_branch
):
    with pytest.raises(MarkRefused, match="没有待答复的申诉"):
        mark(zhao, public_cycle, first_branch, "work", 55, version=1)
    appeal = appealed(li, public_cycle, first_branch)
    mark(zhao, public_cycle, first_branch, "work", 50, version=1)
    with pytest.raises(MarkRefused, match="没有待答复的申诉"):
        mark(zhao, public_cycle, second_branch, "work", 55, version=1)
    appeal = answered(zhao, appeal, upheld=True)

    assert (appeal.before["points"], appeal.after["points"]) == ("100", "92")
    assert appeal.after["line"] == "自评 60 分；党委评 50 分"


def test_upholding_without_putting_right_is_refused_and_so_is_answering_oneself(
    public_cycle, li, zhao, first_branch
):
    appeal = appealed(li, public_cycle, first_branch)

    with pytest.raises(Refused, match="采纳申诉要先更正评分"):
        answered(zhao, appeal, upheld=True)
    with pytest.raises(Refused, match="不能答复自己提出的申诉"):
        answered(li, appeal, upheld=False)
    done = answered(zhao, appeal, upheld=False)
    with pytest.raises(Refused, match="已经答复过"):
        answered(zhao, done, upheld=False, version=2)


def test_appeals_are_filed_in_the_public_days_only(scored_cycle, li, zhao, first_branch, today):
    with pytest.raises(Refused, match="不在公示期内"):
        appealed(li, scored_cycle, first_branch)
    begin_publicity(actor=zhao, cycle=scored_cycle, version=scored_cycle.version)
    over = public_until(scored_cycle, today - dt.timedelta(days=1))
    with pytest.raises(Refused, match="不在公示期内"):
        appealed(li, over, first_branch)
    last_day = public_until(scored_cycle, today)
    appealed(li, last_day, first_branch)


# Sealing.


def test_nothing_is_sealed_before_its_days_are_over_and_every_appeal_is_answered(
    public_cycle, li, zhao, first_branch, today
):
    with pytest.raises(Refused, match="公示到11月27日（含）为止"):
        seal_cycle(actor=zhao, cycle=public_cycle, version=public_cycle.version)
    appeal = appealed(li, public_cycle, first_branch)
    over = public_until(public_cycle, today - dt.timedelta(days=1))
    with pytest.raises(Refused, match="还有申诉没有答复"):
        seal_cycle(actor=zhao, cycle=over, version=over.version)
    answered(zhao, appeal, upheld=False)
    seal_cycle(actor=zhao, cycle=fresh(over), version=over.version)

    assert fresh(over).stage == Cycle.Stage.SEALED
    assert SealedScorecard.objects.count() == 2


def test_what_is_not_scored_to_its_end_is_sealed_with_a_reason_only(
    cycle, zhao, first_branch, today
):
    led(cycle, zhao, "review", "publicity")
    over = public_until(cycle, today - dt.timedelta(days=1))
    with pytest.raises(Refused, match="还有 2 个没有评完"):
        seal_cycle(actor=zhao, cycle=over, version=over.version)
    again = fresh(over)
    seal_cycle(actor=zhao, cycle=again, version=again.version, unfinished_reason="支部撤并")

    assert set(SealedScorecard.objects.values_list("points", flat=True)) == {None}
    assert fresh(over).unfinished_reason == "支部撤并"


def test_a_sealed_cycle_computed_again_gives_identical_numbers(sealed_cycle):
    rows = list(SealedScorecard.objects.order_by("position"))

    assert [(one.points, one.final_band) for one in rows] == [(Decimal(100), "优秀")] * 2
    for one in rows:
        assert result_of(one, sealed_cycle.document).fingerprint == one.fingerprint
    assert fingerprint_of(sealed_cycle, rows) == sealed_cycle.fingerprint


def test_any_change_of_what_was_sealed_shows_in_its_fingerprint(sealed_cycle):
    rows = list(SealedScorecard.objects.order_by("position"))
    rows[0].inputs["given"][0][2]["1"]["points"] = "1"

    assert fingerprint_of(sealed_cycle, rows) != sealed_cycle.fingerprint


def test_after_sealing_nothing_is_marked_adjusted_appealed_or_led_on(
    sealed_cycle, li, zhao, first_branch
):
    with pytest.raises(MarkRefused, match="已经公布封存"):
        mark(zhao, sealed_cycle, first_branch, "work", 1, version=1)
    with pytest.raises(CellsRefused, match="已经公布封存"):
        give_marks(
            actor=zhao,
            cycle=sealed_cycle,
            changes=[change(columns(sealed_cycle)["team", "sup"], first_branch, "1", "40")],
            reason="改",
        )
    with pytest.raises(Refused, match="已经公布封存"):
        proposed(zhao, sealed_cycle.scheme, first_branch, "1")
    with pytest.raises(Refused, match="不在公示期内"):
        appealed(li, sealed_cycle, first_branch)
    with pytest.raises(Refused, match="现在是“已公布”阶段"):
        reopen_review(actor=zhao, cycle=sealed_cycle, version=sealed_cycle.version, reason="改")

    assert card_in(sealed_cycle, first_branch).result.total.points == Decimal(100)


def test_a_branch_that_moves_or_is_renamed_stays_in_what_was_sealed(sealed_cycle, first_branch):
    sealed = SealedScorecard.objects.get(organization=first_branch)
    PartyOrganization.objects.filter(pk=first_branch.pk).update(short_name="改名")

    again = SealedScorecard.objects.get(pk=sealed.pk)
    assert again.label == sealed.label
    assert result_of(again, sealed_cycle.document).fingerprint == sealed.fingerprint


def test_a_newer_edition_of_the_scheme_changes_nothing_of_a_running_cycle(
    scored_cycle, first_branch
):
    scheme_of(SCHEME.replace("weight: 0.2", "weight: 0.9"))

    assert fresh(scored_cycle).scheme.edition == 1
    assert card_in(fresh(scored_cycle), first_branch).result.total.points == Decimal(100)


def test_taking_back_what_is_public_needs_new_days(public_cycle, zhao):
    reopen_review(actor=zhao, cycle=public_cycle, version=public_cycle.version, reason="算错")
    back = fresh(public_cycle)

    assert (back.stage, back.publicity_until) == (Cycle.Stage.REVIEW, None)
    with time_machine.travel(dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC), tick=False):
        begin_publicity(actor=zhao, cycle=back, version=back.version)
    assert fresh(back).publicity_until == dt.date(2026, 12, 2)


def test_of_two_who_lead_a_cycle_on_the_second_is_told(cycle, zhao):
    led(cycle, zhao, "review")

    with pytest.raises(StaleVersion):
        begin_publicity(actor=zhao, cycle=fresh(cycle), version=1)


def test_an_overview_asks_the_same_for_few_and_many(cycle, committee):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            overview(cycle)
        return len(captured)

    few = queries()
    for at in range(30):
        PartyOrganizationFactory(name=f"第{at}支部", superior=committee)

    assert queries() == few


def test_a_branch_sees_the_cycle_of_its_committee_once_it_has_begun(cycle, li, zhao):
    def seen():
        with scoped_to(li.scope_for("assessments.view_scorecard")):
            return list(cycles())

    before = seen()
    led(cycle, zhao, "self_assessment")

    assert (before, seen()) == ([], [cycle])


def notices(alert, user, permission):
    with scoped_to(user.scope_for(permission)):
        return [(one.text, one.place, one.is_late) for one in alert.notices(TODAY)]


def test_a_branch_is_reminded_of_what_it_has_not_said_of_itself(
    zhao, li, committee, first_branch, second_branch
):
    cycle = launched(zhao, committee, self_until=TODAY - dt.timedelta(days=1))
    before = notices(SelfAssessmentAlert(), li, "assessments.assess_self")
    led(cycle, zhao, "self_assessment")
    mark(li, cycle, first_branch, "team", 30, side="own")
    during = notices(SelfAssessmentAlert(), li, "assessments.assess_self")
    mark(li, cycle, first_branch, "work", 30, side="own")

    assert before == []
    assert during == [("2026年度考核：自评还差 1 项", first_branch.label, True)]
    assert notices(SelfAssessmentAlert(), li, "assessments.assess_self") == []


def test_a_committee_is_reminded_of_appeals_until_they_are_answered(
    public_cycle, li, zhao, first_branch
):
    appeal = appealed(li, public_cycle, first_branch)
    waiting = notices(AppealAlert(), zhao, "assessments.run_cycle")
    answered(zhao, appeal, upheld=False)

    assert waiting == [("2026年度考核：漏计一次党课", first_branch.label, False)]
    assert notices(AppealAlert(), zhao, "assessments.run_cycle") == []


def test_while_branches_score_themselves_only_that_is_missing(cycle, zhao, first_branch):
    led(cycle, zhao, "self_assessment")
    during = overview(fresh(cycle)).standings[0].remarks
    led(cycle, zhao, "review")

    assert during == ("自评还没有填：“班子建设”、“作用发挥”",)
    assert overview(fresh(cycle)).standings[0].remarks == (
        "自评还没有填：“班子建设”、“作用发挥”",
        "还没有评：“班子建设”、“作用发挥”",
    )
