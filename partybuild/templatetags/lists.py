"""Tags of lists: the rows of a table and the controls of its filter, drawn by `partybuild.lists`."""

from collections.abc import Iterable, Iterator
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
def ledger_rows(rows: Iterable[tuple[str, list[tuple[Column, Any]]]], ledger: Ledger) -> SafeString:
    """Return the rows of a ledger's page, numbered; long texts are cut."""
    classes = ["seq", *(column.look for column in ledger.columns)]
    return lists.table_rows(_numbered(rows, ledger), classes=",".join(classes))


def _numbered(rows: Iterable[tuple[str, list[Any]]], ledger: Ledger) -> Iterator[list[object]]:
    address = lists.addresses(ledger.record_page) if ledger.record_page else None
    for number, (public_id, cells) in enumerate(rows, 1):
        first = lists.Link(str(number), address(public_id)) if address and public_id else number
        yield [first, *(_short(value) for _, value in cells)]


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > SHOWN:
        return f"{value[: SHOWN - 1]}…"
    return value
