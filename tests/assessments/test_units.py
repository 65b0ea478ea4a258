"""Units: bodies above branches are scored by the committee above them, and never by themselves."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import Meeting
from assessments.alerts.cycles import AppealAlert, SelfAssessmentAlert, UnitAssessmentAlert
from assessments.models import Ballot, Mark, Scorecard, SealedScorecard
from assessments.queries.cycles import overview, result_of
from assessments.queries.evidence import pieces_of
from assessments.services.adjustments import decide_adjustment, propose_adjustment
from assessments.services.appeals import answer_appeal, file_appeal
from assessments.services.cycles import appoint_raters, fingerprint_of, seal_cycle
from assessments.services.marks import MarkRefused
from assessments.services.scorecards import store_scorecards
from assessments.transcripts import read_transcript
from branches.models import PartyOrganization
from branches.roles import Role
from partybuild.refusals import Refused
from partybuild.scoping import EVERYTHING, scoped_to, within
from tests.assessments.conftest import hold
from tests.assessments.cycles import YEAR, fresh, launched, led, public_until, scheme_of
from tests.assessments.subjects import (
    UNITS,
    card_at,
    labels,
    say,
    subject_at,
    text_of,
    total_at,
    vote,
)
from tests.cast import account, member_with_account
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import OfficeFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
TODAY = dt.date(2026, 11, 21)
Kind = PartyOrganization.Kind
STUDY = Meeting.Kind.THEORY_STUDY


@pytest.fixture
def bureau(committee):
    """A committee below the committee."""
    return PartyOrganizationFactory(name="下属局党委", superior=committee, kind=Kind.COMMITTEE)


@pytest.fixture
def section(committee, bureau):
    """A general branch beside it."""
    return PartyOrganizationFactory(name="第一党总支", superior=committee, kind=Kind.GENERAL_BRANCH)


@pytest.fixture
def deep_branch(bureau):
    return PartyOrganizationFactory(name="局办公室党支部", superior=bureau)


@pytest.fixture
def fang(bureau):
    """Works for the bureau's committee."""
    return account("fang", "方立", Role.OFFICE_STAFF, bureau)


@pytest.fixture
def shi(section):
    """Secretary of the general branch."""
    return account("shi", "石坚", Role.SECRETARY, section)


@pytest.fixture
def deep(deep_branch):
    """Secretary of a branch that lies in the bureau."""
    return member_with_account("deep", "深之", Role.SECRETARY, deep_branch)


@pytest.fixture
def cycle(zhao, committee, first_branch, bureau, section, deep_branch):
    return launched(zhao, committee, UNITS)


@pytest.fixture
def public_cycle(cycle, fang, shi, zhao, he, bureau, section, deep_branch):
    """Both units scored, a 减分 for the section; the bureau held two studies, its branch one."""
    hold(bureau, STUDY, "2026-03-01", "2026-06-01")
    hold(deep_branch, STUDY, "2026-04-01")
    appoint_raters(actor=zhao, cycle=cycle, users=[he], group="")
    led(cycle, zhao, "self_assessment")
    say(fang, cycle, bureau, "report", 18)
    say(shi, cycle, section, "report", 16)
    led(cycle, zhao, "review")
    for unit, deed in ((bureau, 15), (section, 12)):
        vote(he, cycle, unit, 45)
        say(zhao, cycle, unit, "deed", deed)
    one = adjusted(zhao, cycle, section)
    decide_adjustment(
        actor=able_head(cycle), adjustment=one, version=1, is_approved=True, opinion=""
    )
    led(cycle, zhao, "publicity")
    return fresh(cycle)


def able_head(cycle):
    return account("head", "负责人", Role.OFFICE_HEAD, cycle.organization)


def adjusted(actor, cycle, unit, points=-3):
    return propose_adjustment(
        actor=actor,
        scheme=cycle.scheme,
        subject=subject_at(cycle, unit),
        period=YEAR,
        points=Decimal(points),
        reason="迟报",
        paper="通报第 3 期",
    )


def appealed(actor, cycle, unit):
    return file_appeal(
        actor=actor,
        cycle=cycle,
        subject=subject_at(cycle, unit),
        card=card_at(cycle, unit),
        item=cycle.scheme.items.get(code="deed"),
        text="漏计一项",
        evidence="",
    )


def answered(actor, appeal, *, upheld=False):
    return answer_appeal(
        actor=actor,
        appeal=appeal,
        card=card_at(appeal.cycle, appeal.organization),
        version=1,
        is_upheld=upheld,
        answer="已核对",
    )


def test_units_are_the_bodies_below_the_committee_without_itself_and_without_branches(cycle):
    assert labels(cycle) == ["下属局党委", "第一党总支"]


def test_a_whole_cycle_of_units_is_sealed_and_computes_again_identically(
    public_cycle, fang, zhao, bureau, section, today
):
    # 18 + 45 + 15 + 2 × 2, and 16 + 45 + 12 + 0 - 3
    assert [total_at(public_cycle, one) for one in (bureau, section)] == [82, 70]
    appeal = appealed(fang, public_cycle, bureau)
    say(zhao, public_cycle, bureau, "deed", 17, version=1)
    answered(zhao, appeal, upheld=True)
    over = public_until(public_cycle, today - dt.timedelta(days=1))
    seal_cycle(actor=zhao, cycle=over, version=over.version)

    rows, sealed = list(SealedScorecard.objects.order_by("position")), fresh(over)
    assert [(one.label, one.points, one.final_band) for one in rows] == [
        ("下属局党委", Decimal(84), "好"),
        ("第一党总支", Decimal(70), "一般"),
    ]
    assert [result_of(one, sealed.document).fingerprint for one in rows] == [
        one.fingerprint for one in rows
    ]
    assert fingerprint_of(sealed, rows) == sealed.fingerprint


def test_a_unit_is_measured_by_its_own_records_and_its_evidence_lists_those(public_cycle, bureau):
    [line] = [one for one in card_at(public_cycle, bureau).lines if one.line.code == "held"]

    pieces = pieces_of(line.indicator, subject_at(public_cycle, bureau), YEAR, EVERYTHING)

    assert (line.records, line.points) == (2, Decimal(4))
    assert [one.day for one in pieces] == [dt.date(2026, 3, 1), dt.date(2026, 6, 1)]


@pytest.mark.parametrize(
    ("indicator", "warning"),
    [
        (
            "activities.meetings_attended",
            "“次数”由党员的记录计算，方案考核的是单位党组织：这一项算不出来，会一直是“未评”。",
        ),
        (
            "activities.group_meetings",
            "“次数”计算的会议单位党组织不开：不会有记录，请改由人评或者换一项。",
        ),
    ],
)
def test_a_line_that_a_unit_cannot_have_is_told_when_the_scheme_is_read(indicator, warning):
    assert warning in read_transcript(text_of("unit", "年度考核", indicator).encode()).warnings
    fine = read_transcript(text_of("unit", "年度考核", "activities.theory_studies").encode())
    assert not any("记录计算" in one or "不开" in one for one in fine.warnings)


# Who may say what.


def test_a_unit_speaks_for_itself_and_neither_those_above_nor_those_below_do(
    cycle, fang, shi, deep, zhao, bureau, section
):
    led(cycle, zhao, "self_assessment")

    for stranger in (zhao, shi, deep):
        with pytest.raises(MarkRefused, match="自评由被考核的单位自己填写"):
            say(stranger, cycle, bureau, "report", 20)
    say(fang, cycle, bureau, "report", 18)
    say(shi, cycle, section, "report", 16)

    assert [(one.given_by, one.organization) for one in Mark.objects.order_by("pk")] == [
        (fang, bureau),
        (shi, section),
    ]


def test_no_unit_judges_itself(cycle, fang, zhao, bureau):
    head = account("ju", "局长", Role.OFFICE_HEAD, bureau)
    led(cycle, zhao, "review")

    with pytest.raises(MarkRefused, match="这一项由上级党组织评"):
        say(fang, cycle, bureau, "deed", 20)
    with pytest.raises(Refused, match="由上级党组织提出和批准"):
        adjusted(fang, cycle, bureau, 5)
    one = adjusted(zhao, cycle, bureau, 5)
    with pytest.raises(Refused, match="由上级党组织提出和批准"):
        decide_adjustment(actor=head, adjustment=one, version=1, is_approved=True, opinion="")


def test_without_a_cycle_a_unit_types_nothing_of_itself_either(fang, zhao, committee, bureau):
    class NoCycle:
        scheme = scheme_of(UNITS)
        organization = committee
        span = YEAR

    with pytest.raises(MarkRefused, match="这一项由上级党组织评"):
        say(fang, NoCycle, bureau, "deed", 20)
    say(zhao, NoCycle, bureau, "deed", 10)

    assert [one.given_by for one in Mark.objects.all()] == [zhao]


def test_an_appeal_of_a_unit_is_filed_by_it_and_answered_above_it(public_cycle, fang, zhao, bureau):
    with pytest.raises(Refused, match="由被考核的党组织自己提出"):
        appealed(zhao, public_cycle, bureau)
    appeal = appealed(fang, public_cycle, bureau)
    colleague = account("tongshi", "同事", Role.OFFICE_STAFF, bureau)
    with pytest.raises(Refused, match="申诉由上级党组织答复"):
        answered(colleague, appeal)

    def told(user):
        with scoped_to(user.scope_for("assessments.run_cycle")):
            return [one.place for one in AppealAlert().notices(TODAY)]

    assert (told(colleague), told(zhao)) == ([], ["下属局党委"])
    assert answered(zhao, appeal).is_upheld is False


def test_a_rater_does_not_rate_the_unit_in_which_he_lies(
    cycle, fang, deep, shi, zhao, bureau, section
):
    appoint_raters(actor=zhao, cycle=cycle, users=[fang, deep, shi], group="")
    led(cycle, zhao, "review")

    for of_it in (fang, deep):
        with pytest.raises(Refused, match="这是您所在的单位，请回避"):
            vote(of_it, cycle, bureau, 50)
    vote(shi, cycle, bureau, 40)
    vote(deep, cycle, section, 30)

    assert {(one.rater.user, one.organization) for one in Ballot.objects.all()} == {
        (shi, bureau),
        (deep, section),
    }


def test_whoever_sits_in_the_body_of_a_unit_does_not_rate_it(cycle, li, zhao, section):
    OfficeFactory(organization=section, member=li.member)
    appoint_raters(actor=zhao, cycle=cycle, users=[li], group="")
    led(cycle, zhao, "review")

    with pytest.raises(Refused, match="请回避"):
        vote(li, cycle, section, 50)


# Pages: who lies in a unit, sees it.


def card_url(cycle, unit):
    args = [cycle.scheme.public_id, unit.public_id]
    return f"{reverse('assessments:scorecard', args=args)}?period=2026"


def test_who_lies_in_a_unit_sees_the_same_numbers_and_nothing_of_others(
    client, public_cycle, fang, deep, shi, zhao, bureau, section
):
    points = {}
    for reader in (zhao, fang, deep):
        client.force_login(reader)
        points[reader.name] = client.get(card_url(public_cycle, bureau)).context["card"].points
    assert points == {"赵明漪": 82, "方立": 82, "深之": 82}
    for reader, other in ((fang, section), (deep, section), (shi, bureau)):
        client.force_login(reader)
        page = client.get(public_cycle.get_absolute_url()).content.decode()
        assert other.name not in page
        assert client.get(card_url(public_cycle, other)).status_code == 404


def test_who_lies_in_a_unit_reads_no_records_of_it_behind_the_numbers(
    client, public_cycle, deep, bureau
):
    held = public_cycle.scheme.items.get(code="held").number
    args = [public_cycle.scheme.public_id, bureau.public_id, held]
    client.force_login(deep)

    page = client.get(f"{reverse('assessments:line', args=args)}?period=2026")

    assert (page.context["line"].points, page.context["ledger_url"]) == (Decimal(4), "")
    assert page.context["pieces"] == []


def test_what_was_sealed_of_a_unit_is_read_in_it_and_not_beside_it(
    client, public_cycle, deep, shi, zhao, bureau, today
):
    over = public_until(public_cycle, today - dt.timedelta(days=1))
    seal_cycle(actor=zhao, cycle=over, version=over.version)
    sealed = SealedScorecard.objects.get(organization=bureau)
    url = reverse("assessments:sealed", args=[over.public_id, sealed.public_id])

    client.force_login(deep)
    assert client.get(url).context["card"].points == 82
    assert "下属局党委" in client.get(over.get_absolute_url()).content.decode()
    client.force_login(shi)
    assert client.get(url).status_code == 404


def test_a_unit_types_what_it_says_on_its_own_pages(client, cycle, fang, zhao, bureau, section):
    led(cycle, zhao, "self_assessment")
    number = cycle.scheme.items.get(code="report").number
    args = [cycle.public_id, bureau.public_id]
    client.force_login(fang)
    whole = client.get(cycle.get_absolute_url()).content.decode()
    form = {"points": "18", "reason": "全年工作", "version": "0", "submission_key": "k"}

    client.post(reverse("assessments:assess_unit", args=[*args, number]), form)

    assert reverse("assessments:unit_lines", args=args) in whole
    assert Mark.objects.get().given_by == fang
    # The pages of branches know nothing of units, and the mark page nobody's own.
    assert client.get(reverse("assessments:own_lines", args=args)).status_code == 403
    mark = reverse("assessments:mark", args=[cycle.scheme.public_id, bureau.public_id, number])
    assert client.get(f"{mark}?period=2026").status_code == 404
    beside = reverse("assessments:unit_lines", args=[cycle.public_id, section.public_id])
    assert client.get(beside).status_code == 404


def test_a_unit_appeals_on_its_own_page(client, public_cycle, fang, bureau):
    client.force_login(fang)
    url = reverse("assessments:unit_appeal", args=[public_cycle.public_id, bureau.public_id])
    page = client.get(public_cycle.get_absolute_url()).content.decode()

    client.post(url, {"item": "", "text": "漏计", "evidence": "", "submission_key": "k"})

    assert url in page
    assert [(one.organization, one.filed_by) for one in public_cycle.appeals.all()] == [
        (bureau, fang)
    ]


def test_a_unit_is_reminded_of_what_it_has_not_said_and_its_branches_are_not(
    cycle, fang, deep, zhao, bureau
):
    led(cycle, zhao, "self_assessment")

    def told(alert, user):
        with scoped_to(user.scope_for(alert.permission)):
            return [(one.place, one.url) for one in alert.notices(TODAY)]

    url = reverse("assessments:unit_lines", args=[cycle.public_id, bureau.public_id])
    assert told(UnitAssessmentAlert(), fang) == [("下属局党委", url)]
    assert told(UnitAssessmentAlert(), zhao) == []
    assert told(SelfAssessmentAlert(), deep) == []


def test_the_kept_scores_of_units_are_listed_to_those_above_and_within(
    client, public_cycle, deep, committee, bureau, zhao
):
    with within(committee.path):
        store_scorecards(scheme=public_cycle.scheme, period=YEAR, as_of=TODAY)
    url = f"{public_cycle.scheme.get_absolute_url()}?period=2026"

    seen = {}
    for reader in (zhao, deep):
        client.force_login(reader)
        page = client.get(url)
        seen[reader.name] = [row.organization.name for row in page.context["page"].rows]

    assert seen == {"赵明漪": ["下属局党委", "第一党总支"], "深之": ["下属局党委"]}
    # A recomputation within the unit keeps its card and touches no other.
    with within(bureau.path):
        assert store_scorecards(scheme=public_cycle.scheme, period=YEAR, as_of=TODAY) == 1
    assert Scorecard.objects.count() == 2


def test_an_overview_of_units_asks_the_same_for_few_and_many(cycle, committee):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            overview(cycle)
        return len(captured)

    few = queries()
    for at in range(20):
        PartyOrganizationFactory(name=f"第{at}总支", superior=committee, kind=Kind.GENERAL_BRANCH)

    assert queries() == few
