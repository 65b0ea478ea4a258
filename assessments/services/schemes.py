"""Writing schemes: loaded from a file."""

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction

from assessments.engine.subjects import subject_line
from assessments.engine.written import as_json, fingerprint
from assessments.models import Scheme, SchemeItem
from assessments.queries.scorecards import newest_scheme
from assessments.transcripts import CALENDAR_PERIODS, Transcript, read_transcript
from partybuild import audit


class SchemeUnsupported(Exception):
    """A scheme says what this version cannot compute; str() lists it in Chinese."""


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
    scheme = create_scheme(transcript, raw, digest, edition=latest.edition + 1 if latest else 1)
    audit.record(
        actor=actor,
        action="assessments.scheme.loaded",
        subject=scheme,
        summary=f"读入考核方案 {scheme.title}，第 {scheme.edition} 版",
        after={"code": scheme.code, "edition": scheme.edition, "sha256": digest},
    )
    return scheme, True


def create_scheme(
    transcript: Transcript,
    raw: bytes,
    digest: str,
    *,
    edition: int,
    started_on: dt.date | None = None,
) -> Scheme:
    """Make an edition with its items, within the transaction of an act that notes it."""
    document = transcript.document
    written = as_json(document)
    scheme = Scheme.objects.create(
        code=document.code,
        edition=edition,
        title=document.title,
        issuer=document.issuer,
        paper=document.paper,
        subject=document.subject,
        per=document.period if document.period in CALENDAR_PERIODS else "year",
        document=written,
        document_sha256=fingerprint(written),
        to_decide=transcript.to_decide,
        source=raw.decode("utf-8-sig"),
        source_sha256=digest,
        warnings=transcript.warnings,
        started_on=started_on,
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
