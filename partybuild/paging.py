"""Pages of long lists by keyset: page 400 costs what page 1 costs, never an OFFSET.

A cursor holds the order values of the row it stands at, encrypted, because they may be numbers
that an address must not show; it can be read only by lists of the same order.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from partybuild.crypto import decrypt, encrypt

PAGE_SIZE = 50
MAX_DIGITS = 9
DAY = "day"


@dataclass(frozen=True)
class Page:
    """One page: its rows, how many there are in all, and the cursors of its neighbours."""

    rows: list[Any]
    count: int
    previous: str = ""
    next: str = ""


def page_of(
    queryset: QuerySet,
    *,
    order: tuple[str, ...],
    cursor: str = "",
    size: int = PAGE_SIZE,
    values: tuple[str, ...] = (),
) -> Page:
    """Return one page of `queryset` in the order of never-empty lookups, the last one unique.

    With `values` the rows are tuples of those lookups, else instances. A cursor that cannot be
    read gives the first page.
    """
    backwards, position = _read(cursor, order)
    keys = tuple(lookup.lstrip("-") for lookup in order)
    direction = tuple(_turned(lookup) for lookup in order) if backwards else order
    ordered = queryset.order_by(*direction)
    if position:
        ordered = ordered.filter(_beyond(direction, position))
    if queryset.query.annotations:
        # What is annotated is computed for the rows of the page alone, not for the whole list.
        window = ordered.values("pk")[: size + 1]
        ordered = queryset.filter(pk__in=window).order_by(*direction)
    found = _rows(ordered, keys, values, size + 1)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (more or backwards)
    has_previous = bool(found) and bool(position) and (more or not backwards)
    return Page(
        rows=[row for _, row in found],
        count=queryset.order_by().count(),
        previous=_write(found[0][0], order, backwards=True) if has_previous else "",
        next=_write(found[-1][0], order, backwards=False) if has_next else "",
    )


def slice_of(
    rows: Sequence[Any], request: HttpRequest, *, size: int = PAGE_SIZE
) -> tuple[Sequence[Any], dict[str, str]]:
    """Return one page of rows that were computed anyway, and its neighbours' addresses.

    The page is the number in `?page=`; anything else is the first.
    """
    asked = request.GET.get("page", "")
    last = max((len(rows) - 1) // size + 1, 1)
    number = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < MAX_DIGITS else 1
    urls = {}
    for name, other in (("previous", number - 1), ("next", number + 1)):
        query = request.GET.copy()
        query["page"] = str(other)
        urls[name] = f"?{query.urlencode()}" if 1 <= other <= last else ""
    return rows[(number - 1) * size : number * size], urls


def pager_urls(request: HttpRequest, page: Page) -> dict[str, str]:
    """Return the addresses of the neighbouring pages with the same conditions."""
    urls = {}
    for name, cursor in (("previous", page.previous), ("next", page.next)):
        query = request.GET.copy()
        query["cursor"] = cursor
        urls[name] = f"?{query.urlencode()}" if cursor else ""
    return urls


def _rows(
    ordered: QuerySet, keys: tuple[str, ...], values: tuple[str, ...], size: int
) -> list[tuple[tuple[Any, ...], Any]]:
    """Return per row its order values and the row itself, in one query."""
    if values:
        width = len(keys)
        read = ordered.values_list(*keys, *values)[:size]
        return [(row[:width], row[width:]) for row in read]
    names = [f"order_{at}" for at in range(len(keys))]
    kept = ordered.annotate(**dict(zip(names, map(F, keys), strict=True)))[:size]
    return [(tuple(getattr(row, name) for name in names), row) for row in kept]


def _beyond(order: tuple[str, ...], position: list[Any]) -> Q:
    condition, equal = Q(pk__in=[]), Q()
    for lookup, value in zip(order, position, strict=True):
        name = lookup.lstrip("-")
        operator = "lt" if lookup.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{operator}": value})
        equal &= Q(**{name: value})
    return condition


def _turned(lookup: str) -> str:
    return lookup[1:] if lookup.startswith("-") else f"-{lookup}"


def _write(position: tuple[Any, ...], order: tuple[str, ...], *, backwards: bool) -> str:
    content = json.dumps([backwards, *position], default=_marked)
    return encrypt(content, purpose=_purpose(order)).replace("+", "-").replace("/", "_")


def _read(cursor: str, order: tuple[str, ...]) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        content = decrypt(cursor.replace("-", "+").replace("_", "/"), purpose=_purpose(order))
    except (InvalidTag, ValueError, KeyError):
        return False, []
    backwards, *position = json.loads(content, object_hook=_day)
    return backwards, position


def _purpose(order: tuple[str, ...]) -> str:
    return f"paging.cursor:{','.join(order)}"


def _marked(value: dt.date) -> dict[str, str]:
    """JSON has no dates, and a path such as 00010101 reads like one: mark what is a day."""
    return {DAY: value.isoformat()}


def _day(marked: dict[str, str]) -> dt.date:
    return dt.date.fromisoformat(marked[DAY])
