"""Writing how good: schemes loaded, marks given, running scorecards kept."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.cards import Card, Subject, kept_line
from assessments.engine.document import Line
from assessments.engine.numbers import Unfit, rounded
from assessments.engine.rules.base import Facts, Given, Weighed
from assessments.engine.subjects import subject_line
from assessments.engine.written import as_json, fingerprint
from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from assessments.queries import each_scorecard, newest_scheme, subjects_of
from assessments.transcripts import Transcript, read_transcript
from partybuild import audit
from partybuild.merging import StaleVersion
from partybuild.periods import Period

# What pages can count in; other periods of a document are shown by the year.
PERIODS_OF_PAGES = {"month", "quarter", "year"}
# The columns of a kept scorecard hold so many places, whatever the scheme says.
PLACES_KEPT = 2
Values = Mapping[str, Given]


class SchemeUnsupported(Exception):
    """A scheme says what this version cannot compute; str() lists it in Chinese."""


class MarkRefused(Exception):
    """A mark that the scheme does not allow; str() says why in Chinese."""


@transaction.atomic
def load_scheme(*, actor: Any, raw: bytes) -> tuple[Scheme, bool]:
    """Load a scheme from a file; return it and whether it is new.

    The same bytes again change nothing; other bytes under the same code make a new edition, and
    the one before stops running. TranscriptProblem when the file is no scheme, SchemeUnsupported
    when it says more than can be computed: nothing is loaded by half.
    """
    transcript = read_transcript(raw)
    if transcript.unsupported:
        raise SchemeUnsupported("；".join(transcript.unsupported))
    digest = hashlib.sha256(raw).hexdigest()
    latest = newest_scheme(transcript.code)
    if latest and latest.source_sha256 == digest:
        return latest, False
    Scheme.objects.filter(code=transcript.code).update(is_running=False)
    scheme = _create_scheme(transcript, raw, digest, edition=latest.edition + 1 if latest else 1)
    audit.record(
        actor=actor,
        action="assessments.scheme.loaded",
        subject=scheme,
        summary=f"读入考核方案 {scheme.title}，第 {scheme.edition} 版",
        after={"code": scheme.code, "edition": scheme.edition, "sha256": digest},
    )
    return scheme, True


def _create_scheme(transcript: Transcript, raw: bytes, digest: str, *, edition: int) -> Scheme:
    document = transcript.document
    written = as_json(document)
    scheme = Scheme.objects.create(
        code=document.code,
        edition=edition,
        title=document.title,
        issuer=document.issuer,
        paper=document.paper,
        subject=document.subject,
        per=document.period if document.period in PERIODS_OF_PAGES else "year",
        document=written,
        document_sha256=fingerprint(written),
        to_decide=transcript.to_decide,
        source=raw.decode("utf-8-sig"),
        source_sha256=digest,
        warnings=transcript.warnings,
    )
    names = {category.code: category.name for category in document.all_categories}
    items = [
        SchemeItem(
            scheme=scheme,
            number=number,
            code=line.code,
            category=names[line.category][:60],
            title=line.title,
            is_judged=line.is_judged,
        )
        for number, line in enumerate(document.lines, start=1)
    ]
    about = subject_line(document)
    if about.rules:
        items.append(SchemeItem(scheme=scheme, number=0, title=about.title))
    SchemeItem.objects.bulk_create(items)
    return scheme


@transaction.atomic
def give_mark(
    *,
    actor: Any,
    item: SchemeItem,
    subject: Subject,
    period: Period,
    values: Values,
    reason: str,
    evidence: str = "",
    side: str = "",
    version: int,
) -> Mark:
    """Say what holds of a judged line, or change it; return the mark.

    `values` is what was typed, rule by rule; points are never taken from outside. `version` is
    that of the mark the form was filled from, 0 for a line without one: StaleVersion when somebody
    else has marked it since. MarkRefused when the line is measured or the scheme does not allow
    these values.
    """
    kept = accepted(item, values)
    if side not in {one.code for one in item.scheme.plan.all_sides} and item.number:
        raise MarkRefused("方案里没有这个评分方。")
    mark, is_new = Mark.objects.select_for_update().get_or_create(
        item=item,
        organization=subject.organization,
        member=subject.member,
        side=side,
        period=period.code,
        defaults={"values": kept, "reason": reason, "evidence": evidence, "given_by": actor},
    )
    before = None if is_new else _content(mark)
    if version != (0 if is_new else mark.version):
        raise StaleVersion(mark)
    if not is_new:
        mark.values, mark.reason, mark.evidence, mark.given_by = kept, reason, evidence, actor
        mark.version += 1
        mark.save()
    audit.record(
        actor=actor,
        action="assessments.mark.given" if is_new else "assessments.mark.changed",
        subject=mark,
        place=subject.organization.path,
        summary=f"{subject.label} {period.title}“{item.title}”{told(item, kept)}"[:300],
        before=before,
        after=_content(mark),
    )
    return mark


def accepted(item: SchemeItem, values: Values) -> dict[str, dict[str, str]]:
    """Return the values of a line as they are kept; MarkRefused for what its rules do not take."""
    if not item.is_judged:
        raise MarkRefused("此项由记录计算，不能直接评分。")
    line = item.line
    kept: dict[str, dict[str, str]] = {}
    for rule in line.rules:
        asked = [ask.name for ask in rule.asks() if not rule.indicator]
        kept[rule.code] = {name: str(values.get(rule.code, {}).get(name, "")) for name in asked}
    try:
        for _ in _weighed(line, kept):
            pass
    except Unfit as unfit:
        raise MarkRefused(f"{unfit}。") from None
    return kept


def _weighed(line: Line, kept: Values) -> Any:
    """Yield what every judged rule of a line gives; Unfit for what it cannot take."""
    earlier: dict[str, Weighed] = {}
    for rule in line.rules:
        asks = rule.asks()
        if rule.indicator or not asks:
            earlier[rule.code] = rule.weigh(Facts(earlier=earlier))
            continue
        given = kept[rule.code]
        for ask in asks:
            if not given[ask.name].strip() and not ask.may_be_empty:
                raise Unfit(f"请填写“{ask.label}”")
        earlier[rule.code] = outcome = rule.weigh_given(given, Facts(given, None, earlier))
        yield outcome


def told(item: SchemeItem, kept: Values) -> str:
    """Say what was entered, with the steps that it leads to."""
    steps = [step.text for outcome in _weighed(item.line, kept) for step in outcome.steps]
    return "；".join(steps)


def _content(mark: Mark) -> dict[str, Any]:
    content = {"values": mark.values, "reason": mark.reason}
    return content | ({"evidence": mark.evidence} if mark.evidence else {})


@transaction.atomic
def store_scorecards(*, scheme: Scheme, period: Period, as_of: dt.date) -> int:
    """Compute the scorecards of all subjects in scope and keep them; return how many.

    They take the place of what was kept for the scope before, also of subjects that the scheme no
    longer concerns. Two computations of one scheme wait for one another.
    """
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    cards = each_scorecard(scheme, subjects_of(scheme, period), period, as_of=as_of)
    now = timezone.now()
    kept = [_kept(scheme, period, card, now) for card in cards]
    Scorecard.objects.filter(scheme=scheme, period=period.code).delete()
    Scorecard.objects.bulk_create(kept, batch_size=500)
    return len(kept)


def _kept(scheme: Scheme, period: Period, card: Card, now: dt.datetime) -> Scorecard:
    return Scorecard(
        scheme=scheme,
        organization=card.subject.organization,
        member=card.subject.member,
        period=period.code,
        points=_places(card.points),
        full_score=_places(card.full_score),
        band=card.band,
        unscored=card.unscored,
        pending=card.pending,
        lines=[kept_line(side.side, line) for side in card.result.sides for line in side.lines],
        fingerprint=card.result.fingerprint,
        computed_at=now,
    )


def _places(points: Decimal | None) -> Decimal | None:
    return None if points is None else rounded(points, PLACES_KEPT, "half_up")
