"""Why a service does not do what it was asked to."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """An act is not done; str() is the reason in plain Chinese, `field` the input it stands at."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field

    @property
    def mistakes(self) -> Sequence[tuple[str, str]]:
        """Return every (field, reason): one, unless a subclass knows of more."""
        return [(self.field, str(self))]


class CellsRefused(Refused):
    """Some cells of a grid cannot be entered; `reasons` says of each why, in Chinese."""

    def __init__(self, reasons: Mapping[Any, str]) -> None:
        super().__init__("；".join(dict.fromkeys(reasons.values())))
        self.reasons = reasons
