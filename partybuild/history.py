"""The history of a record, read from the audit chain: who changed what, from what to what."""

from collections.abc import Iterable
from typing import Any

from partybuild.models import AuditEntry


def steps_of(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Return the steps of a time line: when, who, did, note."""
    return [
        {
            "when": entry.at,
            "who": entry.actor_name,
            "did": entry.summary,
            "note": "；".join(differences(entry.before, entry.after)),
        }
        for entry in entries
    ]


def differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """Return what changed as short sentences; nothing when there was no `before`."""
    if not before or after is None:
        return []
    return [
        f"{name}：{_shown(before.get(name))} → {_shown(value)}"
        for name, value in after.items()
        if before.get(name) != value
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(part) for part in value) or "无"
    return str(value) if value not in (None, "") else "无"
