"""How many are in a band against how many may be: told, never enforced."""

from collections.abc import Mapping

from assessments.engine.document import Document, Quota
from assessments.engine.numbers import percent


def readings(document: Document, counted: Mapping[str, int], subjects: int) -> list[str]:
    """Return a sentence for each quota; `counted` holds how many are in a band."""
    return [_reading(quota, counted.get(quota.band, 0), subjects) for quota in document.quotas]


def _reading(quota: Quota, found: int, subjects: int) -> str:
    most = int(quota.max_share * subjects)
    told = f"{quota.band} {found} 个，最多 {percent(quota.max_share)}（{subjects} 个中 {most} 个）"
    if found <= most:
        return told
    tie = f"；同分{quota.tie_break}" if quota.tie_break else ""
    return f"{told}，多 {found - most} 个，由人决定{tie}"
