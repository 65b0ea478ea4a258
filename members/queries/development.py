"""Reading cases of development: the board, one case step by step, branches that develop nobody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from branches.models import PartyOrganization
from branches.queries.kinds import kinds_without
from branches.queries.organizations import branches_in_scope
from members.models import (
    DevelopmentCase,
    DevelopmentPaper,
    DevelopmentReview,
    DevelopmentSponsor,
    DevelopmentStep,
    Discipline,
    Member,
    Membership,
    StandingChange,
)
from members.queries.development_rules import (
    ADMISSION,
    APPROVAL,
    CONFIRMATION,
    CONFIRMATION_APPROVAL,
    STAGES,
    WATCH,
    Deadline,
    Edition,
    Facts,
    Finding,
    Level,
    Rules,
    StepRule,
    deadlines,
    findings,
)
from members.queries.roll import memberships_on
from partybuild.periods import add_months, add_years
from partybuild.regulations import regulation
from partybuild.scoping import everything

OLD = dt.date(1900, 1, 1)


def kinds_not_developing(day: dt.date) -> tuple[str, ...]:
    """Return the kinds that do not develop members on a day, or are not meant to on their own."""
    return (PartyOrganization.Kind.FUNCTIONAL_BRANCH, *kinds_without("development", on=day))


def cases_in_scope() -> QuerySet[Any]:
    """Return the cases in scope with person and branch, and the place of their stage in STAGES."""
    return DevelopmentCase.objects.select_related("member", "organization").annotate(stage=_stage())


def _stage() -> Case:
    steps = DevelopmentStep.objects.filter(case=OuterRef("pk"), passed=True)
    return Case(
        *(
            When(Exists(steps.filter(code__in=codes)), then=Value(at))
            for at, (_, codes) in reversed(list(enumerate(STAGES)))
            if codes
        ),
        default=Value(0),
        output_field=IntegerField(),
    )


def open_cases() -> QuerySet[Any]:
    """Return the cases in scope that are not over, of people who are on the way.

    Of whom an import says that they have died or left, nothing is due any more.
    """
    return cases_in_scope().filter(closed_on__isnull=True, member__state=Member.State.NORMAL)


def case_list(
    *,
    text: str = "",
    branch: PartyOrganization | None = None,
    stage: int | None = None,
    state: str = "open",
) -> QuerySet[Any]:
    """Return the cases that meet the conditions; `state` is open, an outcome, or "" for all."""
    found = cases_in_scope()
    if text:
        said = "".join(text.split()).lower()
        found = found.filter(Q(member__name__icontains=said) | Q(member__initials__startswith=said))
    if branch:
        found = found.filter(organization=branch)
    if stage is not None:
        found = found.filter(stage=stage)
    if state == "open":
        return found.filter(closed_on__isnull=True)
    return found.filter(outcome=state) if state else found


def facts_of(cases: Sequence[DevelopmentCase]) -> dict[int, Facts]:
    """Return what the rules ask of each case, by pk, with a constant number of queries."""
    keys = [case.pk for case in cases]
    steps: dict[int, dict[str, DevelopmentStep]] = defaultdict(dict)
    for step in DevelopmentStep.objects.filter(case__in=keys).order_by("pk"):
        steps[step.case_id][step.code] = step
    reviews: dict[int, list[dt.date]] = defaultdict(list)
    held = DevelopmentReview.objects.filter(case__in=keys).order_by("reviewed_on")
    for case_id, on in held.values_list("case", "reviewed_on"):
        reviews[case_id].append(on)
    sponsors: dict[int, list[DevelopmentSponsor]] = defaultdict(list)
    found = DevelopmentSponsor.objects.filter(case__in=keys).select_related("member")
    for sponsor in found.order_by("pk"):
        sponsors[sponsor.case_id].append(sponsor)
    suspended = suspended_spans(
        one.member_id for named in sponsors.values() for one in named if one.member_id
    )
    return {
        case.pk: Facts(
            place=case.organization.path,
            steps=steps[case.pk],
            born_on=case.member.born_on,
            reviews=reviews[case.pk],
            sponsors=sponsors[case.pk],
            reviews_kept_since=case.reviews_kept_since,
            extended_until=case.extended_until,
            leaving_on=case.leaving_on,
            is_closed=case.closed_on is not None,
            came_on_probation=came_on_probation(case, steps[case.pk].get(ADMISSION)),
            suspended=suspended,
        )
        for case in cases
    }


def came_on_probation(case: DevelopmentCase, admission: DevelopmentStep | None) -> bool:
    """Tell whether somebody was admitted elsewhere: before the case was opened here."""
    return admission is not None and admission.done_on < case.opened_on


def suspended_spans(
    members: Iterable[int] | None = None,
) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """Return when members had no vote (留党察看), by pk: the first day and the first after, if any.

    Without `members` everybody's are returned.
    """
    spans: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    with everything(reason="who has a vote is asked wherever the file lies by now"):
        found = Discipline.objects.filter(kind=Discipline.Kind.PROBATION).order_by("pk")
        if members is not None:
            found = found.filter(member__in=set(members))
        for member_id, start, *ends in found.values_list(
            "member", "decided_on", "restored_on", "revoked_on"
        ):
            spans[member_id].append((start, min((day for day in ends if day), default=None)))
    return dict(spans)


# --- the board ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """One case on the board: who, since when in this stage, what comes next, what is wrong."""

    case: DevelopmentCase
    stage: str
    days: int | None
    next_step: str
    next_due: Deadline | None
    findings: list[Finding]
    is_late: bool


@dataclass(frozen=True)
class StageOnBoard:
    """One stage: its place in STAGES, its name, how many are in it, the cards that are shown."""

    at: int
    name: str
    count: int
    cards: list[Card]

    @property
    def key(self) -> str:
        """What the list of cases calls this stage in its address."""
        return str(self.at)


CARDS_SHOWN = 12


def board(day: dt.date, *, branch: PartyOrganization | None = None) -> list[StageOnBoard]:
    """Return the open cases by stage, those first who have been in it for the longest."""
    counts: dict[int, int] = defaultdict(int)
    shown: dict[int, list[DevelopmentCase]] = {}
    found = case_list(branch=branch)
    for at in found.order_by().values_list("stage", flat=True):
        counts[at] += 1
    for at in range(len(STAGES)):
        in_stage = found.filter(stage=at).order_by("opened_on", "pk")
        shown[at] = list(in_stage[:CARDS_SHOWN])
    cards = cards_of([case for cases in shown.values() for case in cases], day)
    made = {card.case.pk: card for card in cards}
    return [
        StageOnBoard(at, name, counts[at], [made[case.pk] for case in shown[at]])
        for at, (name, _) in enumerate(STAGES)
    ]


def cards_of(cases: Sequence[DevelopmentCase], day: dt.date) -> list[Card]:
    """Return a card for each case."""
    facts, rules = facts_of(cases), Rules()
    return [_card(case, facts[case.pk], day, rules) for case in cases]


def _card(case: DevelopmentCase, facts: Facts, day: dt.date, rules: Rules) -> Card:
    edition = rules.on(day, facts.place)
    coming = deadlines(facts, day, rules)
    since, found = facts.stage_since(), findings(facts, day, rules)
    upcoming = _next_step(facts, edition) if edition else None
    return Card(
        case=case,
        stage=STAGES[facts.stage()][0],
        days=(day - since).days if since else None,
        next_step=upcoming.name if upcoming and not facts.is_closed else "",
        next_due=coming[0] if coming else None,
        findings=found,
        is_late=any(finding.is_open for finding in found),
    )


def _next_step(facts: Facts, edition: Edition) -> StepRule | None:
    furthest = facts.furthest(edition)
    return next((rule for rule in edition.steps if rule.number > furthest), None)


# --- one case ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperLine:
    """One paper of a step, and when it came into the file; `is_here` without a day is known too."""

    name: str
    is_here: bool
    provided_on: dt.date | None


@dataclass(frozen=True)
class StepLine:
    """One step of a case: the rule, the record if there is one, its state in one word."""

    rule: StepRule
    record: DevelopmentStep | None
    word: str
    deadline: Deadline | None
    findings: list[Finding]
    papers: list[PaperLine]
    is_next: bool

    @property
    def is_late(self) -> bool:
        return self.word.startswith("超期") or self.word == "未通过"


def step_lines(case: DevelopmentCase, day: dt.date) -> list[StepLine]:
    """Return the steps of a case in their order, each as of the edition of its own day."""
    facts, rules = facts_of([case])[case.pk], Rules()
    edition = rules.on(day, facts.place)
    if edition is None:
        return []
    wrong: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings(facts, day, rules):
        wrong[finding.step].append(finding)
    coming = {one.step: one for one in deadlines(facts, day, rules)}
    here: dict[tuple[str, str], dt.date | None] = {
        (paper.code, paper.name): paper.provided_on
        for paper in DevelopmentPaper.objects.filter(case=case)
    }
    upcoming, furthest = _next_step(facts, edition), facts.furthest(edition)
    lines = []
    for rule in edition.steps:
        record = facts.steps.get(rule.code)
        own = rules.on(record.done_on, facts.place) if record else None
        named = (own.step(rule.code) if own else None) or rule
        is_next = upcoming is not None and upcoming.code == rule.code and not facts.is_closed
        lines.append(
            StepLine(
                rule=named,
                record=record,
                word=_word(rule, facts, wrong[rule.code], is_next=is_next, furthest=furthest),
                deadline=coming.get(rule.code),
                findings=wrong[rule.code],
                papers=[
                    PaperLine(name, (rule.code, name) in here, here.get((rule.code, name)))
                    for name in named.papers
                ],
                is_next=is_next,
            )
        )
    return lines


def _word(
    rule: StepRule, facts: Facts, wrong: list[Finding], *, is_next: bool, furthest: int
) -> str:
    if facts.done(rule.code):
        return "已办"
    if rule.code in facts.steps:
        return "未通过"
    open_ones = [finding for finding in wrong if finding.is_open]
    if open_ones:
        only_general = all(finding.level == Level.GENERAL for finding in open_ones)
        return "超期（一般）" if only_general else "超期"
    if is_next:
        return "待办"
    if facts.is_closed and rule.number > furthest:
        return "不再办"
    return "未录入" if rule.number <= furthest else "未到"


def step_of(case: DevelopmentCase, code: str) -> DevelopmentStep | None:
    """Return the record of one step of a case, None while there is none."""
    return DevelopmentStep.objects.filter(case=case, code=code).first()


def papers_of(case: DevelopmentCase, code: str) -> list[str]:
    """Return the names of the papers of a step that lie in the file."""
    return list(
        DevelopmentPaper.objects.filter(case=case, code=code).values_list("name", flat=True)
    )


def chosen_sponsors(case: DevelopmentCase, role: str) -> list[str]:
    """Return the public ids of those who sponsor in a role and have a file."""
    named = DevelopmentSponsor.objects.filter(case=case, role=role, member__isnull=False)
    return list(named.order_by("pk").values_list("member__public_id", flat=True))


def reviews_of(case: DevelopmentCase) -> QuerySet[DevelopmentReview]:
    """Return the half-yearly reviews of a case in the order of their days."""
    return DevelopmentReview.objects.filter(case=case).order_by("reviewed_on")


# --- branches that develop nobody ---------------------------------------------------------------


def stalled_branches(day: dt.date) -> QuerySet[Any]:
    """Return the branches that have developed nobody for years, with `developed_on` (OLD: never).

    Whom a branch has developed is told by its cases, by memberships that began with an admission,
    and by the days on which those joined whose file it holds. A branch younger than the time asked
    for is left out, and so are temporary and functional ones.
    """
    since = add_years(day, -regulation(WATCH, on=day).values["stalled_years"])
    place = OuterRef("pk")
    admitted = DevelopmentStep.objects.filter(
        case__organization=place, code=ADMISSION, passed=True, done_on__lte=day
    )
    started = Membership.objects.filter(
        organization=place,
        kind=Membership.Kind.FORMAL,
        started_by=Membership.Start.ADMITTED,
        started_on__lte=day,
    )
    joined = Member.objects.filter(branch=place, joined_on__lte=day)
    latest = Greatest(
        _latest(admitted, "case__organization", "done_on"),
        _latest(started, "organization", "started_on"),
        _latest(joined, "branch", "joined_on"),
    )
    old_enough = Q(founded_on__isnull=True) | Q(founded_on__lte=since)
    return (
        branches_in_scope()
        .exclude(kind__in=kinds_not_developing(day))
        .filter(old_enough)
        .annotate(developed_on=latest)
        .filter(developed_on__lt=since)
    )


def _latest(rows: QuerySet[Any], by: str, column: str) -> Coalesce:
    newest = rows.order_by().values(by).annotate(latest=Max(column)).values("latest")
    return Coalesce(
        Subquery(newest, output_field=DateField()), Value(OLD, output_field=DateField())
    )


# --- people --------------------------------------------------------------------------------------


def leaving_candidates(day: dt.date) -> QuerySet[DevelopmentCase]:
    """Return the open cases of people who mean to leave soon."""
    months = regulation(WATCH, on=day).values["leaving_months"]
    return open_cases().filter(leaving_on__isnull=False, leaving_on__lte=add_months(day, months))


def cases_of(member: Member) -> QuerySet[DevelopmentCase]:
    """Return a person's cases, the newest first."""
    return cases_in_scope().filter(member=member).order_by("-opened_on", "-pk")


def without_case() -> QuerySet[Member]:
    """Return the people in scope who may be given a case: no members, no open case.

    Whoever is out of the party may apply anew.
    """
    taken = DevelopmentCase.objects.filter(member=OuterRef("pk"), closed_on__isnull=True)
    is_member = Q(category__in=Member.MEMBER_CATEGORIES)
    on_the_way = ~is_member & Q(state=Member.State.NORMAL)
    has_left = is_member & Q(state__in=StandingChange.EXITS, followed_by=None)
    return (
        Member.objects.filter(~Exists(taken), on_the_way | has_left)
        .select_related("branch")
        .order_by("branch__path", "pinyin", "pk")
    )


# --- for ledgers ---------------------------------------------------------------------------------


def cases_on(day: dt.date, *, since: dt.date) -> QuerySet[DevelopmentCase]:
    """Return the cases that were open on `day` or have ended since `since`, as known on `day`.

    `outcome_then` and `reason_then` are blank while a case was open; `as_known` is what
    `review_days_of` asks for: the case and the day.
    """
    running = Q(closed_on__isnull=True) | Q(closed_on__gte=since)
    over = Q(closed_on__lte=day)
    return DevelopmentCase.objects.filter(running, opened_on__lte=day).annotate(
        outcome_then=Case(When(over, then="outcome"), default=Value("")),
        reason_then=Case(When(over, then="reason"), default=Value("")),
        as_known=Concat(Cast("pk", CharField()), Value(f"@{day.isoformat()}")),
    )


def probationers_on(day: dt.date) -> QuerySet[Membership]:
    """Return the formal memberships of those who were 预备党员 on `day`."""
    still = Q(member__category=Member.Category.PROBATIONARY)
    since = Q(member__category=Member.Category.FULL, member__confirmed_on__gt=day)
    return memberships_on(day).filter(still | since, kind=Membership.Kind.FORMAL)


def sponsors_of(cases: list[int], role: str) -> dict[int, str]:
    """Return the names of the sponsors of a role by case, wherever the cases that were read lie."""
    named: dict[int, list[str]] = defaultdict(list)
    with everything(reason="a case that has gone on is told with all that belongs to it"):
        found = DevelopmentSponsor.objects.filter(case__in=cases, role=role).order_by("pk")
    for case_id, name in found.values_list("case", "name"):
        named[case_id].append(name)
    return {case_id: "、".join(names) for case_id, names in named.items()}


def review_days_of(known: list[str]) -> dict[str, str]:
    """Return the days of the reviews up to a day by `as_known` (of `cases_on`): case and day."""
    asked = {key: key.split("@") for key in known}
    days: dict[str, list[str]] = defaultdict(list)
    with everything(reason="a case that has gone on is told with all that belongs to it"):
        found = DevelopmentReview.objects.filter(case__in={case for case, _ in asked.values()})
    for case_id, on in found.order_by("reviewed_on").values_list("case", "reviewed_on"):
        days[str(case_id)].append(on.isoformat())
    return {
        key: "、".join(on for on in days[case] if on <= day) for key, (case, day) in asked.items()
    }


# How far the superior is with somebody on probation, the furthest step first.
REVIEW_STATES = (
    (CONFIRMATION_APPROVAL, "转正已审批"),
    (CONFIRMATION, "转正待审批"),
    (APPROVAL, "已审批"),
    (ADMISSION, "待审批"),
)


def states_of(members: list[int]) -> dict[int, str]:
    """Return how far the superior is with each of these people, by their latest case."""
    codes = [code for code, _ in REVIEW_STATES]
    done: dict[int, dict[int, set[str]]] = defaultdict(dict)
    found = DevelopmentStep.objects.filter(
        case__member__in=members, code__in=codes, passed=True
    ).order_by("case__opened_on", "case")
    told = found.values_list("case__member", "case", "code", "done_on", "case__opened_on")
    for member_id, case_id, code, done_on, opened_on in told:
        came_admitted = code == ADMISSION and done_on < opened_on
        done[member_id].setdefault(case_id, set()).add(APPROVAL if came_admitted else code)
    return {
        member_id: next(state for code, state in REVIEW_STATES if code in list(cases.values())[-1])
        for member_id, cases in done.items()
    }
