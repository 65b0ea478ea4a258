"""Milestones: what happened in a record's life, told by every app that knows a part of it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from partybuild.precision import Precision
from partybuild.registry import Registry
from partybuild.scoping import everything, scoped_to


class Milestone(NamedTuple):
    """One dated fact: the day as far as it is known, a sentence, its page ('' for none)."""

    day: dt.date | None
    precision: str
    text: str
    url: str = ""


class Milestones:
    """大事: a source of milestones for records of `model`, such as `members.member`."""

    code: ClassVar[str]
    title: ClassVar[str]
    model: ClassVar[str]
    permission: ClassVar[str]
    # Also told, without the permission, to the person whose record it is.
    own: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            milestones.add(cls.code, cls())

    def events(self, record: Any) -> Iterable[Milestone]:
        """Return what this source knows of a record, in any order, in constant queries."""
        raise NotImplementedError


milestones: Registry[Milestones] = Registry("大事")


def life_of(record: Any, user: Any) -> list[Milestone]:
    """Return the milestones of a record that the user may see: newest first, undated ones last."""
    found: list[Milestone] = []
    for source in milestones:
        if source.model == record._meta.label_lower and user.has_perm(source.permission):
            with scoped_to(user.scope_for(source.permission)):
                found += source.events(record)
    return _in_order(found)


def own_life_of(record: Any) -> list[Milestone]:
    """Return the milestones that the person whom `record` is about may always read."""
    with everything(reason="people may always read what is kept about themselves"):
        found = [
            event
            for source in milestones
            if source.own and source.model == record._meta.label_lower
            for event in source.events(record)
        ]
    return _in_order(found)


def _in_order(events: list[Milestone]) -> list[Milestone]:
    return sorted(
        events, key=lambda event: (event.day or dt.date.min, _exactness(event)), reverse=True
    )


def _exactness(event: Milestone) -> int:
    """What is known to the year only stands before the days of that year."""
    return (Precision.YEAR, Precision.MONTH, Precision.DAY).index(Precision(event.precision))
