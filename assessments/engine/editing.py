"""Changing a document part by part: every change gives a new document, and nothing is lost in one.

A part is found by what names it (its code, or the name of a band), never by its place: two people
who edit at once do not hit the wrong one. A new order is the whole order, and a permutation of the old.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from assessments.engine.document import (
    Band,
    Category,
    Class,
    Document,
    Line,
    Quota,
    Side,
    Total,
)
from assessments.engine.rules.base import Rule

# The lists of a document that have parts of their own, with what one part is.
PARTS: dict[str, Any] = {
    "categories": Category,
    "lines": Line,
    "totals": Total,
    "bands": Band,
    "quotas": Quota,
    "sides": Side,
    "classes": Class,
}
KEY_LENGTH = 12
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Lost(Exception):
    """A part is not there (any more), or a new order does not hold exactly what there is."""


class Taken(Exception):
    """There is a part of this name already; str() is the name."""


def name_of(part: Any) -> str:
    """Return what names a part among its like."""
    if isinstance(part, Quota):
        return f"{part.band}/{part.of}"
    named: str = part.name if isinstance(part, Band) else part.code
    return named


def key_of(part: Any) -> str:
    """Return what stands for a part in an address, whatever characters its name has."""
    return hashlib.sha256(name_of(part).encode()).hexdigest()[:KEY_LENGTH]


def unclear(document: Document) -> list[str]:
    """Return the names that two parts share, so that no edit could tell them apart."""
    found = []
    lists = [getattr(document, name) for name in PARTS] + [line.rules for line in document.lines]
    for parts in lists:
        named = Counter(name_of(part) for part in parts)
        found += [name for name, times in named.items() if times > 1]
    return found


def found(parts: Sequence[Any], key: str) -> Any:
    """Return the part that a key stands for; Lost when there is none."""
    for part in parts:
        if key_of(part) == key:
            return part
    raise Lost(key)


def put(parts: tuple[Any, ...], part: Any, key: str = "") -> tuple[Any, ...]:
    """Return the parts with one put in the place of another, or at the end; Taken, Lost."""
    if any(name_of(one) == name_of(part) for one in parts if key_of(one) != key):
        raise Taken(name_of(part))
    if not key:
        return (*parts, part)
    found(parts, key)
    return tuple(part if key_of(one) == key else one for one in parts)


def without(parts: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    """Return the parts without one; Lost when it is not there."""
    found(parts, key)
    return tuple(one for one in parts if key_of(one) != key)


def ordered(parts: tuple[Any, ...], keys: Sequence[str]) -> tuple[Any, ...]:
    """Return the parts in a new order; Lost unless it names each of them exactly once."""
    known = {key_of(part): part for part in parts}
    if len(known) != len(parts) or Counter(keys) != Counter(list(known)):
        raise Lost("order")
    return tuple(known[key] for key in keys)


def with_line_rules(document: Document, key: str, rules: tuple[Rule, ...]) -> Document:
    """Return the document with other rules in a line."""
    line = replace(found(document.lines, key), rules=rules)
    return replace(document, lines=put(document.lines, line, key))


def lines_in(document: Document, category: str) -> tuple[Line, ...]:
    """Return the lines of a category, in order."""
    return tuple(line for line in document.lines if line.category == category)


def with_order_in(document: Document, category: str, keys: Sequence[str]) -> Document:
    """Return the document with the lines of one category in a new order, in the places they had."""
    moved = iter(ordered(lines_in(document, category), keys))
    whole = [key_of(next(moved) if one.category == category else one) for one in document.lines]
    return replace(document, lines=ordered(document.lines, whole))


def free_code(taken: Sequence[str], stem: str = "") -> str:
    """Return a code that nothing has yet: stem and number, or a letter without a stem."""
    if not stem:
        for letter in LETTERS:
            if letter not in taken:
                return letter
        stem = "A"
    return next(f"{stem}{at}" for at in count(1) if f"{stem}{at}" not in taken)


def free_number(rules: Sequence[Rule]) -> str:
    """Return a number that no rule of a line has yet."""
    taken = {rule.code for rule in rules}
    return next(str(at) for at in count(1) if str(at) not in taken)
