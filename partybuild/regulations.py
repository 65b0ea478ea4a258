"""Dated rules: TOML files in each app's `regulations/`, local rows laid over them.

A file `activities/regulations/meeting_frequency.toml` is rule `activities.meeting_frequency`. It
holds one `[[version]]` per edition: `in_force_from`, `document`, `article`, `values`. Changing a
rule means adding a version, never editing one: the diff is the legal history.
"""

import datetime as dt
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.apps import apps

from partybuild import paths
from partybuild.models import LocalRegulation


class NoRegulation(Exception):
    """No version of a rule was in force on a day."""


@dataclass(frozen=True)
class Regulation:
    """One version of a rule as it stood on a day."""

    code: str
    in_force_from: dt.date
    document: str
    article: str
    values: dict[str, Any] = field(hash=False)

    @property
    def citation(self) -> str:
        """Document and article in one breath: 《中国共产党支部工作条例（试行）》第十一条."""
        return f"{self.document}{self.article}"


def regulation(code: str, *, on: dt.date, place: str = "") -> Regulation:
    """Return the version of `code` in force on a day, with the local values of `place`.

    `place` is the path of an organisation: rows of its ancestors and of itself are laid over the
    shipped version key by key, the nearest last. NoRegulation when none was in force.
    """
    shipped = [version for version in shipped_versions(code) if version.in_force_from <= on]
    if not shipped:
        raise NoRegulation(f"{code} on {on}")
    current = shipped[-1]
    for row in _local_rows(code, on, place):
        current = replace(
            current,
            document=row.document,
            article=row.article,
            in_force_from=row.in_force_from,
            values=current.values | row.values,
        )
    return current


@cache
def shipped_versions(code: str) -> tuple[Regulation, ...]:
    """Return the shipped versions of a rule, the oldest first."""
    app, _, name = code.partition(".")
    path = f"{apps.get_app_config(app).path}/regulations/{name}.toml"
    with open(path, "rb") as source:  # noqa: PTH123 -- tomllib wants a binary file
        versions = tomllib.load(source)["version"]
    read = [
        Regulation(
            code=code,
            in_force_from=version["in_force_from"],
            document=version["document"],
            article=version.get("article", ""),
            values=version["values"],
        )
        for version in versions
    ]
    return tuple(sorted(read, key=lambda version: version.in_force_from))


def _local_rows(code: str, on: dt.date, place: str) -> list[LocalRegulation]:
    if not place:
        return []
    rows = LocalRegulation.objects.filter(
        code=code, place__in=[*paths.ancestors(place), place], in_force_from__lte=on
    ).exclude(in_force_to__lt=on)
    return sorted(rows, key=lambda row: (len(row.place), row.in_force_from))
