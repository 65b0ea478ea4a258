"""Writing how good: schemes loaded, marks given, running scorecards kept."""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from assessments.points import in_words
from assessments.queries import line_as_data, newest_scheme, scorecards, subjects_of
from assessments.transcripts import Transcript, read_transcript
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import StaleVersion
from partybuild.periods import Period


class SchemeUnsupported(Exception):
    """A scheme says what this version cannot compute; str() lists it in Chinese."""


class MarkRefused(Exception):
    """A mark that the scheme does not allow; str() says why in Chinese."""


@transaction.atomic
def load_scheme(*, actor: Any, raw: bytes) -> tuple[Scheme, bool]:
    """Load a scheme from a transcript; return it and whether it is new.

    The same bytes again change nothing; other bytes under the same code make a new edition, and
    the one before stops running. TranscriptProblem when the file is no transcript,
    SchemeUnsupported when it says more than can be computed: nothing is loaded by half.
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
    scheme = Scheme.objects.create(
        code=transcript.code,
        edition=edition,
        title=transcript.title,
        issuer=transcript.issuer,
        subject=transcript.subject,
        per=transcript.per,
        source=raw.decode("utf-8-sig"),
        source_sha256=digest,
        warnings=transcript.warnings,
    )
    SchemeItem.objects.bulk_create(
        SchemeItem(
            scheme=scheme,
            number=number,
            category=item.category,
            title=item.title,
            full_score=item.full_score,
            options=item.options,
            indicator=item.indicator,
        )
        for number, item in enumerate(transcript.items, start=1)
    )
    return scheme


@transaction.atomic
def give_mark(
    *,
    actor: Any,
    item: SchemeItem,
    organization: PartyOrganization,
    period: Period,
    points: Decimal,
    reason: str,
    version: int,
) -> Mark:
    """Give a judged line its mark, or change it; return the mark.

    `version` is that of the mark the form was filled from, 0 for a line without one: StaleVersion
    when somebody else has marked it since. MarkRefused when the line is measured or the scheme
    does not allow these points.
    """
    if item.indicator:
        raise MarkRefused("此项由记录计算，不能直接评分。")
    if points not in {Decimal(option["points"]) for option in item.options}:
        raise MarkRefused(f"此项只{item.rule}。")
    mark, is_new = Mark.objects.select_for_update().get_or_create(
        item=item,
        organization=organization,
        period=period.code,
        defaults={"points": points, "reason": reason, "given_by": actor},
    )
    before = None if is_new else _content(mark)
    if version != (0 if is_new else mark.version):
        raise StaleVersion(mark)
    if not is_new:
        mark.points, mark.reason, mark.given_by = points, reason, actor
        mark.version += 1
        mark.save()
    audit.record(
        actor=actor,
        action="assessments.mark.given" if is_new else "assessments.mark.changed",
        subject=mark,
        place=organization.path,
        summary=f"{organization.label} {period.title}“{item.title}”评 {in_words(points)} 分",
        before=before,
        after=_content(mark),
    )
    return mark


def _content(mark: Mark) -> dict[str, Any]:
    return {"points": str(mark.points), "reason": mark.reason}


@transaction.atomic
def store_scorecards(*, scheme: Scheme, period: Period, as_of: dt.date) -> int:
    """Compute the scorecards of all branches in scope and keep them; return how many.

    They take the place of what was kept for the scope before, also of branches that the scheme no
    longer concerns. Two computations of one scheme wait for one another.
    """
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    cards = scorecards(scheme, subjects_of(scheme, period), period, as_of=as_of)
    now = timezone.now()
    Scorecard.objects.filter(scheme=scheme, period=period.code).delete()
    Scorecard.objects.bulk_create(
        [
            Scorecard(
                scheme=scheme,
                organization=card.organization,
                period=period.code,
                points=card.points,
                full_score=card.full_score,
                unscored=card.unscored,
                pending=card.pending,
                lines=[line_as_data(line) for line in card.lines],
                computed_at=now,
            )
            for card in cards
        ]
    )
    return len(cards)
