"""Dated rules: TOML files in each app's `regulations/`, local rows laid over them.

A file `activities/regulations/meeting_frequency.toml` is rule `activities.meeting_frequency`. It
holds one `[[version]]` per edition: `in_force_from`, `document`, `article`, `values`. Changing a
rule means adding a version, never editing one: the diff is the legal history.
"""

import datetime as dt
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.apps import apps

from partybuild import paths
from partybuild.models import LocalRegulation

# The local rows that reach a place, as their numbers in a rule book.
Region = tuple[int, ...]


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
    # Where each value comes from: document and article, a local one where it was laid over.
    sources: dict[str, str] = field(hash=False)

    @property
    def citation(self) -> str:
        """Document and article in one breath: 《中国共产党支部工作条例（试行）》第十一条."""
        return f"{self.document}{self.article}"


def regulation(code: str, *, on: dt.date, place: str = "") -> Regulation:
    """Return the version of `code` in force on a day, with the local values of `place`.

    `place` is the path of an organisation: rows of its ancestors and of itself are laid over the
    shipped version key by key, the nearest last. NoRegulation when none was in force. To ask for
    many places or days, open one `RuleBook`.
    """
    return RuleBook(code).on(on, place=place)


class RuleBook:
    """All versions of one rule, the local rows read once: at most one query for any questions."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._known: dict[tuple[dt.date, Region], Regulation] = {}

    @cached_property
    def _local(self) -> list[LocalRegulation]:
        rows = LocalRegulation.objects.filter(code=self.code)
        return sorted(rows, key=lambda row: (len(row.place), row.in_force_from))

    def on(self, day: dt.date, *, place: str = "") -> Regulation:
        """Return the version in force on a day at a place; NoRegulation when there was none."""
        region = self.region(place)
        if (day, region) not in self._known:
            self._known[day, region] = self._find(day, region)
        return self._known[day, region]

    def region(self, place: str) -> Region:
        """Return which local rows reach a place: places of one region have the same rules."""
        rows = self._local if place else []
        return tuple(at for at, row in enumerate(rows) if paths.covers(row.place, place))

    def _find(self, day: dt.date, region: Region) -> Regulation:
        shipped = [v for v in shipped_versions(self.code) if v.in_force_from <= day]
        if not shipped:
            raise NoRegulation(f"{self.code} on {day}")
        current = shipped[-1]
        for row in (self._local[at] for at in region):
            ended = row.in_force_to is not None and row.in_force_to < day
            if row.in_force_from <= day and not ended:
                current = replace(
                    current,
                    document=row.document,
                    article=row.article,
                    in_force_from=row.in_force_from,
                    values=current.values
                    | {
                        key: _laid_over(current.values.get(key), row.values[key])
                        for key in row.values
                    },
                    sources=current.sources
                    | dict.fromkeys(row.values, f"{row.document}{row.article}"),
                )
        return current


def _laid_over(shipped: Any, local: Any) -> Any:
    """Lay a local value over the shipped one; of a table only what it names, and it is no default."""
    if not (isinstance(shipped, dict) and isinstance(local, dict)):
        return local
    return {name: value for name, value in shipped.items() if name != "local"} | local


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
            sources={key: _source(version, value) for key, value in version["values"].items()},
        )
        for version in versions
    ]
    return tuple(sorted(read, key=lambda version: version.in_force_from))


def _source(version: dict[str, Any], value: Any) -> str:
    own = value.get("article", "") if isinstance(value, dict) else ""
    return f"{version['document']}{own or version.get('article', '')}"
