"""书记述职评议: secretaries are scored for the branch that each of them leads."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import Activity, Meeting
from assessments.alerts.cycles import SelfAssessmentAlert
from assessments.cards import Subject
from assessments.forms.ratings import MarkGrid
from assessments.models import Ballot, Mark, Rater, Scorecard, SealedScorecard
from assessments.queries.cycles import cards_of, committee_items, overview, result_of
from assessments.queries.ratings import ratings_open
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import secretary_remarks, subjects_of
from assessments.services.adjustments import decide_adjustment, propose_adjustment
from assessments.services.appeals import answer_appeal, file_appeal
from assessments.services.ballots import Vote, cast_ballots
from assessments.services.cycles import appoint_raters, decide_band, fingerprint_of, seal_cycle
from assessments.services.marks import MarkChange, MarkRefused, give_mark, give_marks
from assessments.services.scorecards import store_scorecards
from assessments.transcripts import read_transcript
from branches.models import PartyOrganization
from branches.roles import Role
from members.models import Office
from partybuild.periods import Period
from partybuild.readings import readings
from partybuild.refusals import CellsRefused, Refused
from partybuild.scoping import scoped_to
from tests.assessments.conftest import hold
from tests.assessments.cycles import YEAR, fresh, launched, led, public_until, scheme_of
from tests.assessments.subjects import (
    SECRETARIES,
    card_at,
    file_of,
    labels,
    leads,
    say,
    subject_at,
    text_of,
    total_at,
    vote,
)
from tests.cast import account, enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import OfficeFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def third_branch(committee, second_branch):
    """A branch that nobody leads."""
    return PartyOrganizationFactory(name="第三党支部", superior=committee)


@pytest.fixture
def chen(first_branch, second_branch):
    """Leads the second branch; the file lies in the first."""
    user = account("chen", "陈一苇", Role.SECRETARY, second_branch)
    enrolled("陈一苇", first_branch, user=user)
    leads(file_of(user), second_branch)
    return user


@pytest.fixture
def cycle(zhao, li, chen, committee, first_branch, third_branch):
    leads(file_of(li), first_branch)
    return launched(zhao, committee, SECRETARIES)


def reviewed(cycle, zhao, he, *said):
    """Lead a cycle through 自评 and 评审: of each place who speaks for it, its report and its deeds."""
    appoint_raters(actor=zhao, cycle=cycle, users=[he], group="")
    led(cycle, zhao, "self_assessment")
    for speaker, place, report, _ in said:
        say(speaker, cycle, place, "report", report)
    led(cycle, zhao, "review")
    for _, place, _, deed in said:
        vote(he, cycle, place, 45)
        say(zhao, cycle, place, "deed", deed)
    return fresh(cycle)


# Whom it scores.


def test_whoever_leads_a_branch_is_scored_there_wherever_the_file_lies(cycle, third_branch):
    assert labels(cycle) == ["李秀岩（第一党支部书记）", "陈一苇（第二党支部书记）"]
    assert secretary_remarks(cycle.scheme, YEAR, cycle.organization.path) == [
        "第三党支部现在没有书记"
    ]


def test_whoever_leads_two_branches_is_scored_once_for_each(
    cycle, chen, zhao, second_branch, third_branch
):
    leads(file_of(chen), third_branch)
    led(cycle, zhao, "review")
    say(zhao, cycle, second_branch, "deed", 18)
    say(zhao, cycle, third_branch, "deed", 7)

    assert labels(cycle)[1:] == ["陈一苇（第二党支部书记）", "陈一苇（第三党支部书记）"]
    given = {
        card.subject.organization: card.inputs.given["", "deed"]["1"]["points"]
        for card in cards_of(cycle)[1:]
    }
    assert given == {second_branch: "18", third_branch: "7"}


def test_a_past_year_has_the_secretary_of_its_last_day(cycle, li, first_branch):
    before = enrolled("前任", first_branch)
    Office.objects.filter(organization=first_branch).update(started_on=dt.date(2026, 3, 1))
    leads(before, first_branch, since="2023-01-01", until="2026-03-01")

    def secretaries(period):
        cards = scorecards(cycle.scheme, subjects_of(cycle.scheme, period), period, as_of=TODAY)
        return [card.subject.name for card in cards if card.organization == first_branch]

    assert (secretaries(Period.year(2025)), secretaries(YEAR)) == (["前任"], ["李秀岩"])


def test_nobody_is_left_out_in_silence(cycle, committee, first_branch):
    Office.objects.filter(organization=first_branch).update(member=None)
    ended = PartyOrganizationFactory(
        name="第四党支部", superior=committee, dissolved_on=dt.date(2026, 5, 1)
    )
    twice = PartyOrganizationFactory(name="第五党支部", superior=committee)
    for name in ("甲", "乙"):
        leads(enrolled(name, twice), twice)

    told = secretary_remarks(cycle.scheme, YEAR, committee.path)

    assert told == [
        "第一党支部的书记李秀岩没有对上党员档案，不能考核",
        "第三党支部现在没有书记",
        f"{ended.name}已在 5月1日 撤销，没有书记",
        "第五党支部登记了 2 名书记（甲、乙），只考核后登记的乙；请核对党内职务",
    ]
    assert labels(cycle) == ["陈一苇（第二党支部书记）", "乙（第五党支部书记）"]


# What measures them.


def test_the_records_of_the_branch_led_measure_its_secretary_and_those_at_home_do_not(
    cycle, first_branch, second_branch
):
    hold(first_branch, Meeting.Kind.PARTY_DAY, "2026-03-01", "2026-04-01", "2026-05-01")
    hold(second_branch, Meeting.Kind.PARTY_DAY, "2026-06-01")

    [line] = [one for one in card_at(cycle, second_branch).lines if one.line.code == "held"]

    assert (line.records, line.points) == (1, Decimal(2))
    assert line.why.startswith("按所任第二党支部的记录算；")


@pytest.mark.parametrize(
    ("indicator", "warning"),
    [
        (
            "activities.meetings_attended",
            "“次数”由党员的记录计算，方案考核的是党组织书记：这一项算不出来，会一直是“未评”。",
        ),
        (
            "activities.theory_studies",
            "“次数”计算的会议党支部不开：不会有记录，请改由人评或者换一项。",
        ),
    ],
)
def test_a_line_that_a_secretary_cannot_have_is_told_when_the_scheme_is_read(indicator, warning):
    assert warning in read_transcript(text_of("secretary", "述职", indicator).encode()).warnings
    fine = read_transcript(text_of("secretary", "述职", "activities.party_days").encode()).warnings
    assert not any("记录计算" in one or "不开" in one for one in fine)


# Through a whole cycle.


@pytest.fixture
def public_cycle(cycle, li, wang, zhao, he, first_branch, second_branch):
    """Reviewed with a 加分 for the first, and made public; the branch typed what the second's says."""
    hold(first_branch, Meeting.Kind.PARTY_DAY, "2026-03-01", "2026-04-01", "2026-05-01")
    said = ((li, first_branch, 18, 12), (wang, second_branch, 15, 10))
    cycle = reviewed(cycle, zhao, he, *said)
    one = propose_adjustment(
        actor=zhao,
        scheme=cycle.scheme,
        subject=subject_at(cycle, first_branch),
        period=YEAR,
        points=Decimal(2),
        reason="抢险救灾",
        paper="青档党〔2026〕7 号",
    )
    decide_adjustment(actor=he, adjustment=one, version=1, is_approved=True, opinion="同意")
    led(cycle, zhao, "publicity")
    return fresh(cycle)


def appealed(actor, cycle, place, line="deed"):
    return file_appeal(
        actor=actor,
        cycle=cycle,
        subject=subject_at(cycle, place),
        card=card_at(cycle, place),
        item=cycle.scheme.items.get(code=line),
        text="漏计一项",
        evidence="",
    )


def test_a_whole_cycle_of_secretaries_is_sealed_and_computes_again_identically(
    public_cycle, li, zhao, first_branch, second_branch, today
):
    # 18 + 45 + 12 + 3 × 2 + 2, and 15 + 45 + 10 + 0
    assert [total_at(public_cycle, one) for one in (first_branch, second_branch)] == [83, 70]
    appeal = appealed(li, public_cycle, first_branch)
    say(zhao, public_cycle, first_branch, "deed", 14, version=1)
    answer_appeal(
        actor=zhao,
        appeal=appeal,
        card=card_at(public_cycle, first_branch),
        version=1,
        is_upheld=True,
        answer="已核对",
    )
    decide_band(
        actor=zhao,
        cycle=public_cycle,
        subject=subject_at(public_cycle, second_branch),
        card=card_at(public_cycle, second_branch),
        band="好",
        reason="党委会议定",
        version=0,
    )
    over = public_until(public_cycle, today - dt.timedelta(days=1))
    seal_cycle(actor=zhao, cycle=over, version=over.version)

    rows = list(SealedScorecard.objects.order_by("position"))
    assert [(one.label, one.points, one.band, one.final_band) for one in rows] == [
        ("李秀岩（第一党支部书记）", Decimal(85), "好", "好"),
        ("陈一苇（第二党支部书记）", Decimal(70), "一般", "好"),
    ]
    sealed = fresh(over)
    assert [result_of(one, sealed.document).fingerprint for one in rows] == [
        one.fingerprint for one in rows
    ]
    assert fingerprint_of(sealed, rows) == sealed.fingerprint
    # Another secretary today changes nothing of it.
    Office.objects.all().delete()
    again = list(SealedScorecard.objects.order_by("position"))
    assert fingerprint_of(sealed, again) == sealed.fingerprint


def test_of_a_secretary_who_is_relieved_nothing_counts_for_the_next(cycle, li, zhao, first_branch):
    led(cycle, zhao, "review")
    say(zhao, cycle, first_branch, "deed", 18)
    Office.objects.filter(organization=first_branch).update(ended_on=TODAY)
    leads(enrolled("新任", first_branch), first_branch, since="2026-11-21")

    card = card_at(cycle, first_branch)

    assert (card.subject.name, card.inputs.given) == ("新任", {})
    assert Mark.objects.get().member == file_of(li)


def test_whoever_appealed_is_answered_also_after_another_came_into_office(
    client, public_cycle, li, zhao, first_branch
):
    appeal = appealed(li, public_cycle, first_branch)
    Office.objects.filter(organization=first_branch).update(ended_on=TODAY)
    client.force_login(zhao)
    url = reverse("assessments:answer_appeal", args=[appeal.public_id])

    client.post(url, {"is_upheld": "0", "answer": "已核对", "version": "1"})
    page = client.get(appeal.get_absolute_url())

    appeal.refresh_from_db()
    assert (appeal.is_upheld, appeal.after["points"]) == (False, "83")
    assert "李秀岩（第一党支部书记）" in page.content.decode()


# Who may say what.


def test_what_a_secretary_says_is_typed_by_him_or_his_branch_and_by_nobody_else(
    cycle, li, wang, zhao, second_branch
):
    led(cycle, zhao, "self_assessment")

    for stranger in (li, zhao):  # the secretary at home, and the committee
        with pytest.raises(MarkRefused, match="自评由书记自己或者他任职的党支部填写"):
            say(stranger, cycle, second_branch, "report", 20)
    say(wang, cycle, second_branch, "report", 15)

    assert [(one.given_by, one.organization) for one in Mark.objects.all()] == [
        (wang, second_branch)
    ]


def test_whoever_typed_what_a_secretary_says_does_not_review_it(cycle, zhao, committee, wang):
    second = wang.grants.get().organization
    both = account("both", "双岗", Role.SECRETARY, second)
    both.grants.create(role=Role.OFFICE_STAFF, organization=committee)
    led(cycle, zhao, "self_assessment")
    say(both, cycle, second, "report", 15)
    led(cycle, zhao, "review")

    with pytest.raises(MarkRefused, match="自评是您填的"):
        say(both, cycle, second, "deed", 15)


def test_nobody_scores_or_adjusts_himself(cycle, li, zhao, committee, first_branch):
    li.grants.create(role=Role.OFFICE_STAFF, organization=committee)
    himself = type(li).objects.get(pk=li.pk)
    led(cycle, zhao, "review")
    items = MarkGrid.columns_of(committee_items(fresh(cycle)))
    [deed] = [one for one in items if one.item.code == "deed"]
    cell = MarkChange(deed.item, "", subject_at(cycle, first_branch), "1", "points", "20", "")

    with pytest.raises(MarkRefused, match="不能给自己评分"):
        say(himself, cycle, first_branch, "deed", 20)
    with pytest.raises(CellsRefused, match="不能给自己评分"):
        give_marks(actor=himself, cycle=cycle, changes=[cell], reason="自己")
    with pytest.raises(Refused, match="不能办理自己的加减分"):
        propose_adjustment(
            actor=himself,
            scheme=cycle.scheme,
            subject=subject_at(cycle, first_branch),
            period=YEAR,
            points=Decimal(1),
            reason="自己",
            paper="无",
        )


def test_a_rater_rates_neither_himself_nor_the_branch_he_is_of_or_leads(
    cycle, chen, wang, zhao, first_branch, second_branch
):
    chen.grants.all().delete()  # leads the second without a role there
    chen.grants.create(role=Role.MEMBER, organization=first_branch)
    sitting = account("weiyuan", "委员", Role.MEMBER, first_branch)
    enrolled("委员", first_branch, user=sitting)
    OfficeFactory(
        organization=second_branch, member=file_of(sitting), post=Office.Post.COMMITTEE_MEMBER
    )
    appoint_raters(actor=zhao, cycle=cycle, users=[chen, wang, sitting], group="")
    led(cycle, zhao, "review")

    with pytest.raises(Refused, match="不能评自己"):
        vote(type(chen).objects.get(pk=chen.pk), cycle, second_branch, 50)
    for of_it in (wang, sitting):
        with pytest.raises(Refused, match="这是您所在的党支部"):
            vote(of_it, cycle, second_branch, 50)
    with pytest.raises(CellsRefused):
        cast_ballots(
            actor=wang,
            rater=Rater.objects.select_related("cycle__scheme", "user").get(user=wang),
            changes=[Vote(subject_at(cycle, second_branch), "talk/1", "50", "")],
        )
    waiting = [(one.rater.user, one.left) for one in ratings_open(wang)]
    vote(wang, cycle, first_branch, 40)

    assert [one.organization for one in Ballot.objects.all()] == [first_branch]
    assert (waiting, ratings_open(wang)) == ([(wang, 1)], [])


def test_a_person_is_scored_as_member_and_as_secretary_apart(
    cycle, chen, zhao, first_branch, second_branch
):
    members = scheme_of(text_of("member", "党员积分", "activities.meetings_attended"))
    person = Subject(first_branch, file_of(chen))
    led(cycle, zhao, "review")
    say(zhao, cycle, second_branch, "deed", 18)
    deed = members.items.select_related("scheme").get(code="deed")
    give_mark(
        actor=zhao,
        item=deed,
        subject=person,
        period=YEAR,
        values={"1": {"points": "3"}},
        reason="查阅",
        version=0,
    )
    for scheme in (members, cycle.scheme):
        store_scorecards(scheme=scheme, period=YEAR, as_of=TODAY)

    kept = Scorecard.objects.filter(member=file_of(chen)).order_by("scheme__subject")
    assert [(one.scheme.subject, one.organization, one.points) for one in kept] == [
        ("member", first_branch, Decimal(3)),
        ("secretary", second_branch, Decimal(18)),
    ]


def test_the_database_keeps_one_mark_of_a_line_for_each_branch_led(
    cycle, chen, zhao, second_branch, third_branch
):
    led(cycle, zhao, "review")
    mark = say(zhao, cycle, second_branch, "deed", 18)
    again = {
        name: getattr(mark, name)
        for name in ("item", "member", "side", "period", "values", "reason", "given_by")
    }
    Mark.objects.create(organization=third_branch, **again)

    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(organization=second_branch, **again)


# Pages.


def url_of(name, cycle, place, *more):
    return reverse(f"assessments:{name}", args=[cycle.public_id, place.public_id, *more])


def card_url(cycle, place):
    args = [cycle.scheme.public_id, place.public_id]
    return f"{reverse('assessments:scorecard', args=args)}?period=2026"


def test_a_secretary_types_the_report_and_sees_what_comes_of_it(
    client, cycle, li, zhao, first_branch
):
    led(cycle, zhao, "self_assessment")
    client.force_login(li)
    page = client.get(cycle.get_absolute_url()).content.decode()
    number = cycle.scheme.items.get(code="report").number
    form = {"points": "18", "reason": "全年述职", "version": "0", "submission_key": "k"}

    client.post(url_of("assess", cycle, first_branch, number), form)
    own = client.get(url_of("own_lines", cycle, first_branch)).content.decode()

    assert url_of("own_lines", cycle, first_branch) in page
    assert Mark.objects.get().values == {"1": {"points": "18"}}
    assert "全年述职" in own


def test_a_secretary_and_his_branch_see_his_score_and_his_home_branch_does_not(
    client, public_cycle, li, wang, chen, sun, first_branch, second_branch
):
    for reader in (chen, wang):
        client.force_login(reader)
        page = client.get(public_cycle.get_absolute_url()).content.decode()
        assert ("陈一苇" in page, "李秀岩" in page) == (True, False)
        assert client.get(card_url(public_cycle, second_branch)).context["card"].points == 70
    client.force_login(li)
    assert "陈一苇" not in client.get(public_cycle.get_absolute_url()).content.decode()
    assert client.get(card_url(public_cycle, second_branch)).status_code == 404
    client.force_login(sun)
    assert client.get(card_url(public_cycle, first_branch)).status_code == 403


def test_the_committee_reads_who_has_no_secretary_and_each_number_behind_it(
    client, public_cycle, zhao, first_branch
):
    client.force_login(zhao)
    page = client.get(public_cycle.get_absolute_url()).content.decode()
    held = public_cycle.scheme.items.get(code="held").number
    line = reverse(
        "assessments:line",
        args=[public_cycle.scheme.public_id, first_branch.public_id, held],
    )

    why = client.get(f"{line}?period=2026")

    assert "第三党支部现在没有书记" in page
    assert len(why.context["pieces"]) == 3
    assert "李秀岩" in why.content.decode()


def test_a_record_says_which_line_of_the_secretary_it_counts_for(public_cycle, first_branch):
    held = Activity.objects.filter(organization=first_branch).first()

    [line] = [one for one in _follows(held) if "党组织书记考核" in one.text]

    assert line.text == "2026年党组织书记考核“次数”：6.0 分（满分 10.0 分）"
    assert line.url.startswith(card_url(public_cycle, first_branch))


def _follows(activity):
    return readings["assessments.activity"].lines(activity)


def test_the_list_of_kept_scores_leads_to_the_card_of_the_branch(
    client, cycle, zhao, second_branch
):
    store_scorecards(scheme=cycle.scheme, period=YEAR, as_of=TODAY)
    client.force_login(zhao)

    page = client.get(f"{cycle.scheme.get_absolute_url()}?period=2026").content.decode()

    assert card_url(cycle, second_branch) in page
    assert "2026年党组织书记考核 · 2 名书记" in page


def test_the_committee_fills_its_grid_and_the_rater_his(
    client, cycle, zhao, he, first_branch, second_branch
):
    appoint_raters(actor=zhao, cycle=cycle, users=[he], group="")
    led(cycle, zhao, "review")
    deed = cycle.scheme.items.get(code="deed").number
    marks = {f"c-{first_branch.public_id}-{deed}-": "12"}
    client.force_login(zhao)
    client.post(
        reverse("assessments:mark_grid", args=[cycle.public_id]),
        {**_empty(marks), **marks, "reason": "查阅", "submission_key": "a"},
    )
    client.force_login(he)
    votes = {f"c-{second_branch.public_id}-0": "44"}
    client.post(
        reverse("assessments:rate_grid", args=[cycle.public_id]),
        {**_empty(votes), **votes, "submission_key": "b"},
    )
    names = client.get(reverse("assessments:rate", args=[cycle.public_id])).content.decode()

    assert [(one.organization, one.values) for one in Mark.objects.all()] == [
        (first_branch, {"1": {"points": "12"}})
    ]
    assert [(one.organization, one.votes) for one in Ballot.objects.all()] == [
        (second_branch, {"talk/1": "44"})
    ]
    assert "陈一苇（第二党支部书记）" in names


def _empty(cells):
    return {f"was-{name}": "" for name in cells}


def test_a_branch_is_reminded_of_what_its_secretary_has_not_said(cycle, chen, zhao, second_branch):
    led(cycle, zhao, "self_assessment")

    def texts(user):
        with scoped_to(user.scope_for("assessments.assess_self")):
            return [(one.text, one.url) for one in SelfAssessmentAlert().notices(TODAY)]

    waiting = texts(chen)
    say(chen, cycle, second_branch, "report", 15)

    url = url_of("own_lines", cycle, second_branch)
    assert waiting == [("2026年度考核：自评还差 1 项", url)]
    assert texts(chen) == []


def test_an_overview_of_secretaries_asks_the_same_for_few_and_many(cycle, committee):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            overview(cycle)
            secretary_remarks(cycle.scheme, YEAR, committee.path)
        return len(captured)

    few = queries()
    for at in range(20):
        place = PartyOrganizationFactory(name=f"第{at}支部", superior=committee)
        leads(enrolled(f"书记{at}", place), place)

    assert queries() == few
    assert PartyOrganization.objects.filter(superior=committee).count() == 23
