"""Reading how good: whom a scheme concerns, and their scorecards with explanations."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from activities.indicators.meetings import MeetingFrequency
from assessments.cards import Card, Subject
from assessments.engine.document import Document
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record
from assessments.engine.quotas import readings
from assessments.engine.results import Adjusted, Inputs
from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from assessments.models.schemes import SubjectKey
from assessments.queries.adjustments import approved_adjustments
from assessments.queries.ballots import add_ballots, rated_lines, votes_of
from assessments.queries.subjects import as_subjects, rows_seen, subjects_from
from branches.models import PartyOrganization, Term
from branches.queries.organizations import existed_throughout
from branches.queries.terms import had_committee, terms_by_organization
from members.indicators.people import MEMBER
from members.queries.roll import Span, belonged_throughout, spans_on_roll
from partybuild.indicators import ORGANIZATION, Indicator, Measure, indicators
from partybuild.periods import Period
from partybuild.scoping import everything


def newest_scheme(code: str) -> Scheme | None:
    """Return the newest edition of a scheme."""
    return Scheme.objects.filter(code=code).order_by("-edition").first()


def scorecards(
    scheme: Scheme,
    subjects: QuerySet[Any],
    period: Period,
    *,
    as_of: dt.date,
    who: list[Subject] | None = None,
) -> list[Card]:
    """Return the scorecards of all subjects with the marks behind them, read on a day.

    One query for each indicator of the scheme (two where it knows of excused months), and three
    more, however many subjects there are; one more where raters vote, one where 加减分 are allowed,
    and one where secretaries are scored. `who` are the subjects where these rows stand for others
    than those of today, as a secretary who has been relieved since.
    """
    facts = _Facts.read(scheme, subjects, period, as_of, with_marks=True)
    return [facts.card(subject) for subject in who or facts.subjects]


def each_scorecard(
    scheme: Scheme, subjects: QuerySet[Any], period: Period, *, as_of: dt.date
) -> Iterator[Card]:
    """Yield scorecards one after the other, without who marked them and why: for very many."""
    facts = _Facts.read(scheme, subjects, period, as_of, with_marks=False)
    for subject in facts.subjects:
        yield facts.card(subject)


def records_of(
    plan: Document, subjects: QuerySet[Any], period: Period, *, as_of: dt.date
) -> dict[SubjectKey, dict[str, Record]]:
    """Return what the indicators of a document measure of each subject, in force or not."""
    by_member = plan.subject == Scheme.Subject.MEMBER
    with _open_to(plan.subject):
        measured = _Measured.read(plan, subjects, period, as_of, by_member=by_member)
        found = subjects_from(plan.subject, subjects, period)
    return {subject.key: measured.records(subject) for subject in found}


def _open_to(kind: str) -> AbstractContextManager[Any]:
    """Open what a number is computed from: it is the same for who lies in a unit as for who stands above."""
    if kind == Scheme.Subject.UNIT:
        return everything(reason="a unit's score is computed from all its own records")
    return nullcontext()


Given = dict[tuple[str, str], dict[str, dict[str, str]]]
Said = dict[tuple[str, str], Mark]
MARKED = ("organization_id", "member_id", "side", "item__code", "values")


@dataclass
class _Measured:
    """What the records say of subjects in a period, and what they owed when."""

    period: Period
    as_of: dt.date
    measures: dict[str, dict[int, Measure]]
    excused: dict[str, dict[int, set[dt.date]]]
    terms: dict[int, list[Term]]
    spans: dict[int, list[Span]]

    @classmethod
    def read(
        cls,
        plan: Document,
        subjects: QuerySet[Any],
        period: Period,
        as_of: dt.date,
        *,
        by_member: bool,
    ) -> "_Measured":
        measuring = {code: indicators[code] for code in measuring_codes(plan, by_member=by_member)}
        return cls(
            period=period,
            as_of=as_of,
            measures={code: one.measure(subjects, period) for code, one in measuring.items()},
            excused={code: one.excused(subjects, period) for code, one in measuring.items()},
            terms={} if by_member else terms_by_organization(subjects),
            spans=spans_on_roll(subjects) if by_member and measuring else {},
        )

    def records(self, subject: Subject) -> dict[str, Record]:
        return {code: self._record(indicators[code], subject) for code in self.measures}

    def _record(self, indicator: Indicator, subject: Subject) -> Record:
        months, key = self._months, (subject.person or subject.organization).pk
        measured: Any = self.measures[indicator.code].get(key, (0,) * len(months))
        excused = self.excused[indicator.code].get(key, ())
        owed = tuple(
            month.start not in excused and self._owes(indicator, subject, month) for month in months
        )
        return Record(self.period, measured, owed, self.as_of)

    def _owes(self, indicator: Indicator, subject: Subject, month: Period) -> bool:
        if subject.person:
            return belonged_throughout(subject.person, self.spans[subject.person.pk], month)
        place = subject.organization
        return existed_throughout(place, month) and (
            not _needs_committee(indicator) or had_committee(self.terms[place.pk], month)
        )

    @cached_property
    def _months(self) -> list[Period]:
        return list(self.period.split("month"))

    def since(self, subject: Subject) -> str:
        """Say whose records measure a secretary, and from when on those of a young branch do."""
        if subject.person:
            return ""
        founded = subject.organization.founded_on
        whose = f"按所任{subject.organization.label}的记录算；" if subject.leads else ""
        if founded is None or founded <= self.period.start:
            return whose
        return f"{whose}{founded.month}月{founded.day}日成立，之后的完整期间才计；"

    def no_committee(self, indicator: Indicator, place: PartyOrganization) -> str:
        """Say why what only a 支委会 can do does not count for a branch without one."""
        if not _needs_committee(indicator) or had_committee(self.terms[place.pk], self.period):
            return ""
        return f"本届没有设{'支部' if place.is_branch else ''}委员会，此项不计分"


@dataclass
class _Facts:
    scheme: Scheme
    subjects: list[Subject]
    measured: _Measured
    given: dict[SubjectKey, Given]
    marks: dict[SubjectKey, Said]
    adjusted: dict[SubjectKey, tuple[Adjusted, ...]]

    @classmethod
    def read(
        cls,
        scheme: Scheme,
        subjects: QuerySet[Any],
        period: Period,
        as_of: dt.date,
        *,
        with_marks: bool,
    ) -> "_Facts":
        with _open_to(scheme.subject):
            return cls._read(scheme, subjects, period, as_of, with_marks=with_marks)

    @classmethod
    def _read(
        cls,
        scheme: Scheme,
        subjects: QuerySet[Any],
        period: Period,
        as_of: dt.date,
        *,
        with_marks: bool,
    ) -> "_Facts":
        by_member = scheme.scores_members
        rows = _marks_of(subjects, by_member=by_member).filter(
            item__scheme=scheme, period=period.code
        )
        given, marks = _said(scheme, rows, with_marks=with_marks)
        if rated_lines(scheme.plan):
            add_ballots(given, scheme.plan, votes_of(scheme, period, subjects))
        adjusting = scheme.plan.adjusting.allowed
        return cls(
            scheme=scheme,
            subjects=as_subjects(scheme, subjects, period),
            measured=_Measured.read(scheme.plan, subjects, period, as_of, by_member=by_member),
            given=given,
            marks=marks,
            adjusted=approved_adjustments(scheme, period, subjects) if adjusting else {},
        )

    def card(self, subject: Subject) -> Card:
        given, measured = self.given.get(subject.key, {}), self.measured
        place, codes = subject.organization, measured.measures
        inputs = Inputs(given, measured.records(subject), self.adjusted.get(subject.key, ()))
        return Card(
            subject,
            evaluate(self.scheme.plan, inputs),
            inputs,
            self.marks.get(subject.key, {}),
            prefixes=dict.fromkeys(codes, measured.since(subject)),
            instead={code: measured.no_committee(indicators[code], place) for code in codes},
        )


def _marks_of(subjects: QuerySet[Any], *, by_member: bool) -> QuerySet[Mark]:
    """Return the marks of subjects, the last one last; those of a member wherever they were given."""
    if not by_member:
        # Of a secretary they name the person too; those of a former one are of another subject.
        return Mark.objects.filter(organization__in=subjects)
    with everything(reason="the marks of a member go along to the next branch"):
        marks = Mark.objects.filter(member__in=subjects)
    return marks.order_by("given_at", "pk")


def _said(
    scheme: Scheme, rows: QuerySet[Mark], *, with_marks: bool
) -> tuple[dict[SubjectKey, Given], dict[SubjectKey, Said]]:
    """Return what was said of each subject, and by whom if that is asked for, with one query."""
    given: dict[SubjectKey, Given] = {}
    marks: dict[SubjectKey, Said] = {}
    if not with_marks:
        for place, member, side, code, values in rows.values_list(*MARKED):
            given.setdefault(scheme.key_of(place, member), {})[(side, code)] = values
        return given, marks
    for mark in rows.select_related("given_by", "item"):
        key = scheme.key_of(mark.organization_id, mark.member_id)
        line = mark.side, mark.item.code
        given.setdefault(key, {})[line] = mark.values
        marks.setdefault(key, {})[line] = mark
    return given, marks


def measuring_codes(plan: Document, *, by_member: bool) -> list[str]:
    """Return the indicators of a document that measure what it scores; others would measure something else."""
    wanted = MEMBER if by_member else ORGANIZATION
    known = (code for code in plan.indicators if code in indicators)
    return [code for code in known if indicators[code].subject == wanted]


def _needs_committee(indicator: Indicator) -> bool:
    return isinstance(indicator, MeetingFrequency) and indicator.needs_committee


# Pages.


def kept_scorecards(scheme: Scheme, period: Period, *, name: str = "") -> QuerySet[Scorecard]:
    """Return the kept scorecards of a scheme and period, without their lines."""
    kept = rows_seen(scheme, Scorecard).filter(scheme=scheme, period=period.code)
    if name:
        kept = kept.filter(
            Q(organization__name__icontains=name)
            | Q(organization__short_name__icontains=name)
            | Q(member__name__icontains=name)
        )
    return kept.defer("lines").select_related("organization__superior", "member")


def quota_readings(scheme: Scheme, period: Period) -> list[str]:
    """Return for each quota how many of the kept scorecards in scope are in its band."""
    if not scheme.plan.quotas:
        return []
    kept = Scorecard.objects.filter(scheme=scheme, period=period.code)
    counted = Counter(dict(kept.order_by().values_list("band").annotate(Count("pk"))))
    return readings(scheme.plan, counted, counted.total())


def next_unscored(
    item: SchemeItem,
    subject: Subject,
    period: Period,
    side: str,
    among: set[int] | None = None,
) -> SchemeItem | None:
    """Return the next judged line of a subject that has no mark yet, after `item`, then from the top.

    With `among` only lines with these keys.
    """
    given = Mark.objects.filter(
        organization=subject.organization, member=subject.member, period=period.code, side=side
    )
    waiting = list(
        SchemeItem.objects.filter(scheme=item.scheme_id, is_judged=True, number__gt=0)
        .exclude(pk__in=given.values("item"))
        .exclude(pk=item.pk)
        .select_related("scheme")
    )
    if among is not None:
        waiting = [one for one in waiting if one.pk in among]
    waiting.sort(key=lambda other: (other.number < item.number, other.number))
    return waiting[0] if waiting else None


def card_url(scheme: Scheme, subject: Subject, period: Period) -> str:
    """Return the address of one subject's scorecard."""
    url = reverse("assessments:scorecard", args=[scheme.public_id, subject.public_id])
    return f"{url}?{urlencode({'period': period.code})}"
