"""Writing an agency's own rules and the published 调休 days: rows, dated, never edited."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from partybuild import audit
from partybuild.models import LocalRegulation, WorkdayOverride

DAY = dt.timedelta(days=1)
# From a day (included) to another (not included) at a path; without an end: date.max.
Span = tuple[dt.date, dt.date, str]


@transaction.atomic
def lay_over(
    *,
    actor: Any,
    place: Any,
    code: str,
    values: dict[str, Any],
    in_force_from: dt.date,
    document: str,
    article: str = "",
) -> LocalRegulation:
    """Lay a local value over a shipped rule from a day on, for a subtree, citing its document."""
    row = LocalRegulation.objects.create(
        code=code,
        place=place.path,
        values=values,
        in_force_from=in_force_from,
        document=document,
        article=article,
    )
    audit.record(
        actor=actor,
        action="partybuild.localregulation.laid_over",
        subject=row,
        place=place.path,
        summary=f"{place.label}增加本级规定：{document}{article}",
        after={"code": code, "values": values, "in_force_from": in_force_from},
    )
    return row


@transaction.atomic
def end_rule(*, actor: Any, row: LocalRegulation) -> None:
    """Let a local rule hold no longer from today on; one that never held is taken away."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    audit.record(
        actor=actor,
        action="partybuild.localregulation.ended",
        subject=row,
        place=row.place,
        summary=f"停用本级规定：{row.document}{row.article}",
        before={"code": row.code, "values": row.values, "in_force_from": row.in_force_from},
    )
    if row.in_force_from > yesterday:
        row.delete()
        return
    row.in_force_to = yesterday
    row.save(update_fields=["in_force_to"])


@transaction.atomic
def set_workday(*, actor: Any, day: dt.date, is_workday: bool, document: str) -> WorkdayOverride:
    """Enter whether one day is worked, as the State Council published it."""
    row, _ = WorkdayOverride.objects.update_or_create(
        day=day, defaults={"is_workday": is_workday, "document": document}
    )
    audit.record(
        actor=actor,
        action="partybuild.workdayoverride.set",
        subject=row,
        summary=f"登记调休：{row}",
        after={"document": document},
    )
    return row


def follow(places: Iterable[tuple[set[str], Sequence[Span]]]) -> None:
    """Let local rules go with their organisations wherever these stood.

    Each place is all paths an organisation has had so far, and the spans in which it stands at a
    path from now on. A rule ends at the former path on the day before a move and goes on at the new
    one; when a move is taken back, the two pieces become one again. Part of the move: the caller
    locks and audits.
    """
    rows = list(LocalRegulation.objects.order_by("in_force_from", "pk"))
    if not rows:
        return
    known = list(places)
    at = {path: number for number, (paths, _) in enumerate(known) for path in paths}
    pieces: dict[tuple[Any, ...], list[LocalRegulation]] = defaultdict(list)
    for row in rows:
        if row.place in at:
            says = json.dumps(row.values, sort_keys=True)
            pieces[at[row.place], row.code, row.document, row.article, says].append(row)
    for (number, *_), same in pieces.items():
        _lay_out(same, known[number][1])


def _lay_out(rows: list[LocalRegulation], spans: Sequence[Span]) -> None:
    """Store a rule's pieces anew: one for each time it is in force and each path meanwhile."""
    wanted = [
        (path, max(start, first), min(end - DAY if end < dt.date.max else end, last))
        for first, last in _in_force(rows)
        for start, end, path in spans
        if start <= last and first < end
    ]
    for row, (path, first, last) in zip(rows, wanted, strict=False):
        ends = None if last == dt.date.max else last
        if (row.place, row.in_force_from, row.in_force_to) != (path, first, ends):
            row.place, row.in_force_from, row.in_force_to = path, first, ends
            row.save(update_fields=["place", "in_force_from", "in_force_to"])
    for path, first, last in wanted[len(rows) :]:
        LocalRegulation.objects.create(
            code=rows[0].code,
            place=path,
            values=rows[0].values,
            in_force_from=first,
            in_force_to=None if last == dt.date.max else last,
            document=rows[0].document,
            article=rows[0].article,
        )
    for row in rows[len(wanted) :]:
        row.delete()


def _in_force(rows: list[LocalRegulation]) -> list[tuple[dt.date, dt.date]]:
    """Return from when to when a rule was in force, pieces that adjoin at two paths made one."""
    times: list[tuple[dt.date, dt.date]] = []
    before = ""
    for row in rows:
        first, last = row.in_force_from, row.in_force_to or dt.date.max
        if times and row.place != before and times[-1][1] == first - DAY:
            times[-1] = (times[-1][0], last)
        else:
            times.append((first, last))
        before = row.place
    return times
