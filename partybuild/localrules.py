"""Writing an agency's own rules and the published 调休 days: rows, dated, never edited."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from partybuild import audit
from partybuild.models import LocalRegulation, WorkdayOverride


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
