"""Tags of lists: the rows of a table and the controls of its filter, drawn by `partybuild.lists`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from partybuild import lists
from partybuild.ledgers import Column, Ledger

SHOWN = 60

register = template.Library()
register.simple_tag(lists.filter_field)
register.simple_tag(lists.table_rows)


@register.simple_tag
def ledger_rows(
    rows: Iterable[tuple[str, Sequence[Any]]],
    ledger: Ledger,
    columns: Sequence[Column],
    *,
    whole: bool = False,
) -> SafeString:
    """Return the rows of a ledger's page, numbered; long texts are cut unless `whole`."""
    return lists.table_rows(_numbered(rows, ledger, whole=whole), classes=_classes(columns))


@register.simple_tag
def ledger_totals(cells: Sequence[Any], columns: Sequence[Column]) -> SafeString:
    """Return the row 合计 of a ledger's page."""
    row = ["合计", *(lists.BLANK if cell == "" else cell for cell in cells)]
    return lists.table_rows([row], classes=_classes(columns))


def _classes(columns: Sequence[Column]) -> str:
    return ",".join(["seq", *(column.look for column in columns)])


def _numbered(
    rows: Iterable[tuple[str, Sequence[Any]]], ledger: Ledger, *, whole: bool
) -> Iterator[list[object]]:
    address = lists.addresses(ledger.record_page) if ledger.record_page else None
    for number, (public_id, cells) in enumerate(rows, 1):
        first = lists.Link(str(number), address(public_id)) if address and public_id else number
        yield [first, *(cells if whole else map(_short, cells))]


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > SHOWN:
        return f"{value[: SHOWN - 1]}…"
    return value
