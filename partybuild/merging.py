"""Optimistic locking: two people edit one record, and nobody's work is lost in silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F


class StaleVersion(Exception):
    """The record has changed since the form was filled from it."""


def take(row: Any, version: int) -> None:
    """Claim the next version of a row for this transaction; StaleVersion when it is not `version`."""
    rows = type(row).objects.filter(pk=row.pk, version=version)
    if not rows.update(version=F("version") + 1):
        raise StaleVersion(row)
    row.version = version + 1


class CellsTaken(Exception):
    """Somebody else has entered some cells of a grid since; `theirs` says what each holds now."""

    def __init__(self, theirs: Mapping[Any, Any]) -> None:
        super().__init__("cells")
        self.theirs = theirs


@dataclass(frozen=True)
class Merge:
    """The outcome of a three-way merge: values to save, and fields in which both differ."""

    values: dict[str, Any]
    conflicts: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def merge(*, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> Merge:
    """Merge field by field: who alone changed a field wins; a field both changed conflicts.

    `conflicts` maps a field to (mine, theirs). Fields of `theirs` that the form lacks are kept.
    """
    values = dict(theirs)
    conflicts: dict[str, tuple[Any, Any]] = {}
    for name, own in mine.items():
        if own in (base.get(name), theirs.get(name)):
            continue
        if theirs.get(name) == base.get(name):
            values[name] = own
        else:
            conflicts[name] = (own, theirs.get(name))
    return Merge(values, conflicts)
