"""Outlines of campaigns: what a new one begins with, from a ready-made file or an earlier campaign."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from assessments.models import Campaign

FOLDER = Path(__file__).parent / "campaign_templates"


@dataclass(frozen=True)
class OutlinePhase:
    """A phase and how many days it lasts; phases follow one another."""

    name: str
    purpose: str
    days: int


@dataclass(frozen=True)
class OutlineGrade:
    """A grade, for how many months (None: without an end), for which share in percent (None: any)."""

    name: str
    months: int | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class Outline:
    """What a campaign is, without its place and its days."""

    title: str
    subject: str
    about: str = ""
    counts_unknown: bool = False
    phases: tuple[OutlinePhase, ...] = ()
    criteria: tuple[tuple[str, str], ...] = ()
    grades: tuple[OutlineGrade, ...] = field(default=())

    def spans(self, start: dt.date) -> Iterator[tuple[OutlinePhase, dt.date, dt.date]]:
        """Yield the phases with their first and last days when the first begins on `start`."""
        for phase in self.phases:
            end = start + dt.timedelta(days=phase.days - 1)
            yield phase, start, end
            start = end + dt.timedelta(days=1)


@cache
def outlines() -> dict[str, Outline]:
    """Return the ready-made outlines by the name of their file."""
    return {path.stem: _outline(tomllib.loads(path.read_text("utf-8"))) for path in _files()}


def outline_of(campaign: Campaign) -> Outline:
    """Return what an earlier campaign was, to begin a new one with."""
    return Outline(
        title=campaign.title,
        subject=campaign.subject,
        about=campaign.about,
        counts_unknown=campaign.counts_unknown,
        phases=tuple(
            OutlinePhase(one.name, one.purpose, (one.ended_on - one.started_on).days + 1)
            for one in campaign.phases.all()
        ),
        criteria=tuple((one.title, one.text) for one in campaign.criteria.all()),
        grades=tuple(
            OutlineGrade(one.name, one.months, one.share) for one in campaign.grades.all()
        ),
    )


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def _outline(plain: dict[str, Any]) -> Outline:
    return Outline(
        title=plain["title"],
        subject=plain["subject"],
        about=plain.get("about", ""),
        counts_unknown=plain.get("counts_unknown", False),
        phases=tuple(OutlinePhase(**one) for one in plain.get("phases", ())),
        criteria=tuple((one["title"], one.get("text", "")) for one in plain["criteria"]),
        grades=tuple(
            OutlineGrade(one["name"], one.get("months"), _share(one.get("share")))
            for one in plain["grades"]
        ),
    )


def _share(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
