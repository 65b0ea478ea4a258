"""Excel out (the streaming writer lands with its tests)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal


@dataclass(frozen=True)
class SheetColumn:
    title: str | tuple[str, ...]
    kind: Literal["text", "number", "date", "datetime", "integer"]
    width: float | None = None
    total: bool = False
    decimals: int | None = None
    wrap: bool = False


@dataclass(frozen=True)
class SheetHead:
    title: str
    left: str = ""
    right: str = ""
    signature: tuple[str, ...] = ()


def write_workbook(
    out: BinaryIO,
    *,
    sheet_name: str,
    head: SheetHead,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[object]],
    numbered: bool = True,
) -> int:
    raise NotImplementedError
