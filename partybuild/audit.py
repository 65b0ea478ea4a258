"""The audit chain: each entry is keyed to the one before it and written with the act itself.

`record` and `record_all` must be called inside the transaction of the act: if the entry cannot be written, the act
fails. The chain's head is a locked row, so entries stand in one order whatever the clocks say.
`verify` recomputes every link; a cut tail is found through the head row and through the anchors,
lines written outside the database.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from partybuild.crypto import keyed_digest
from partybuild.models import AuditEntry, AuditHead
from partybuild.scoping import everything

CHAIN = "audit-chain"
SYSTEM_NAME = "系统"
CHUNK = 500
ANCHOR = re.compile(r"\S+ (?P<sequence>\d+) (?P<digest>[0-9a-f]{64})")
SIGNED_FIELDS = (
    "sequence",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "result",
    "place",
    "subject_kind",
    "subject_id",
    "summary",
    "before",
    "after",
    "previous_digest",
)


class AuditOutsideTransaction(Exception):
    """An audit entry was to be written outside the transaction of its act."""


@dataclass(frozen=True)
class Act:
    """One act that is to be written down; see `record`."""

    actor: Any
    action: str
    summary: str
    subject: models.Model | None = None
    place: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    result: str = AuditEntry.Result.DONE


def record(
    *,
    actor: Any,
    action: str,
    summary: str,
    subject: models.Model | None = None,
    place: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    result: str = AuditEntry.Result.DONE,
) -> AuditEntry:
    """Append one entry to the chain.

    `actor` is a user or None for the portal itself; `place` the path of the organisation that the
    act is about; `before` and `after` hold plain values, personal numbers masked by the caller.
    """
    act = Act(actor, action, summary, subject, place, before, after, result)
    return record_all([act])[0]


def record_all(acts: Iterable[Act]) -> list[AuditEntry]:
    """Append one entry for each of many acts of one transaction, in a constant number of queries."""
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction(", ".join(sorted({act.action for act in acts})))
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    entries = []
    for act in acts:
        entry = _entry(act, head)
        entries.append(entry)
        head.sequence, head.digest = entry.sequence, entry.digest
    with everything(reason="an entry is appended wherever its act took place"):
        AuditEntry.objects.bulk_create(entries, batch_size=CHUNK)
    head.save()
    return entries


def _entry(act: Act, head: AuditHead) -> AuditEntry:
    subject = act.subject
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor=act.actor if getattr(act.actor, "pk", None) else None,
        actor_name=str(act.actor)[:100] if act.actor else SYSTEM_NAME,
        action=act.action,
        result=act.result,
        place=act.place,
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=str(getattr(subject, "public_id", None) or (subject.pk if subject else "")),
        summary=act.summary[:300],
        before=_plain(act.before),
        after=_plain(act.after),
        previous_digest=head.digest,
    )
    entry.digest = digest_of(entry)
    return entry


def record_refusal(*, actor: Any, permission: str, path: str) -> None:
    """Append the entry of a page that was refused."""
    with transaction.atomic():
        record(
            actor=actor,
            action="partybuild.page.refused",
            summary=f"无权打开页面 {escape_uri_path(path)}",
            after={"permission": permission},
            result=AuditEntry.Result.REFUSED,
        )


def digest_of(entry: AuditEntry) -> str:
    """Return the fingerprint of an entry over all its columns."""
    content = {name: getattr(entry, name) for name in SIGNED_FIELDS}
    content["at"] = entry.at.astimezone(tz=timezone.get_default_timezone()).isoformat()
    return keyed_digest(_canonical(content), purpose=CHAIN)


def history_of(subject: Any) -> models.QuerySet[AuditEntry]:
    """Return the entries about one record, the newest first: its history.

    Wherever its organisation stood then: an entry keeps the place of its day, the record moves.
    """
    with everything(reason="who sees a record sees its whole history"):
        return AuditEntry.objects.filter(
            subject_kind=subject._meta.label_lower, subject_id=subject.public_id
        )


@dataclass(frozen=True)
class ChainBreak:
    """Where the chain is broken: the sequence number (0: beside it), and in Chinese how."""

    sequence: int
    reason: str


def verify() -> tuple[int, ChainBreak | None]:
    """Recompute the chain; return how many entries hold and the first break.

    Entries may be appended meanwhile: the head is read before them and again after them.
    """
    head, (anchors, damage) = _head(), _anchors()
    if damage:
        return 0, ChainBreak(0, damage)
    previous, last = "", 0
    with everything(reason="the whole chain is verified"):
        for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
            problem = _problem(entry, last + 1, previous, anchors)
            if not problem and entry.sequence == head.sequence and entry.digest != head.digest:
                problem = f"第 {entry.sequence} 条与链头不一致"
            if problem:
                return last, ChainBreak(last + 1, problem)
            previous, last = entry.digest, entry.sequence
    problem = _problem_of_end(last, head, anchors)
    return last, ChainBreak(last + 1, problem) if problem else None


def _problem(entry: AuditEntry, expected: int, previous: str, anchors: dict[int, set[str]]) -> str:
    if entry.sequence != expected:
        return f"缺少第 {expected} 条，后面是第 {entry.sequence} 条"
    if entry.previous_digest != previous:
        return f"第 {expected} 条与前一条接不上"
    if entry.digest != digest_of(entry):
        return f"第 {expected} 条的内容被改动"
    if expected in anchors and anchors[expected] != {entry.digest}:
        return f"第 {expected} 条与库外存证不一致"
    return ""


def _problem_of_end(last: int, head: AuditHead, anchors: dict[int, set[str]]) -> str:
    if head.sequence > last:
        return f"链头记为第 {head.sequence} 条，记录只到第 {last} 条，末尾被删"
    if max(anchors, default=0) > last:
        return f"存证记到第 {max(anchors)} 条，记录只到第 {last} 条，末尾被删"
    if _head().sequence < last:
        return f"记录到第 {last} 条，链头只记到第 {_head().sequence} 条，链头被改动"
    return ""


def _head() -> AuditHead:
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def write_anchor() -> int:
    """Note the chain's head outside the database; return its sequence number."""
    head = _head()
    if not head.sequence:
        return 0
    path = anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as anchors:
        anchors.write(f"{timezone.localtime().isoformat()} {head.sequence} {head.digest}\n")
    return head.sequence


def anchor_path() -> Path:
    """Return the file of the anchors."""
    return Path(settings.DATA_DIR) / "audit_anchors.txt"


def _anchors() -> tuple[dict[int, set[str]], str]:
    """Return every fingerprint ever noted for an entry (a second one is a break), and damage."""
    path = anchor_path()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    noted: dict[int, set[str]] = defaultdict(set)
    for number, line in enumerate(lines, start=1):
        anchor = ANCHOR.fullmatch(line)
        if not anchor:
            return noted, f"库外存证文件第 {number} 行读不懂：{path}"
        noted[int(anchor["sequence"])].add(anchor["digest"])
    return noted, ""


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return values as every database gives them back: only text, whole numbers, lists, dicts."""
    return None if values is None else json.loads(_canonical(values), parse_float=str)
