"""What follows by itself from one record: each app adds its own line to the page after saving."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from partybuild.registry import Registry
from partybuild.scoping import scoped_to


@dataclass(frozen=True)
class Line:
    """One thing that followed: a sentence and the page where it can be seen."""

    text: str
    url: str = ""


class Reading:
    """读数: one app's reading of a record of `model` (a label such as `activities.activity`)."""

    code: ClassVar[str]
    model: ClassVar[str]
    permission: ClassVar[str]
    order: ClassVar[int] = 50

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            readings.add(cls.code, cls())

    def lines(self, record: Any) -> Iterable[Line]:
        """Return what followed from `record`."""
        raise NotImplementedError


readings: Registry[Reading] = Registry("读数")


def lines_for(record: Any, user: Any) -> list[Line]:
    """Return all that followed from a record and that the user may see."""
    fitting = [
        reading
        for reading in readings
        if reading.model == record._meta.label_lower and user.has_perm(reading.permission)
    ]
    fitting.sort(key=lambda reading: reading.order)
    lines: list[Line] = []
    for reading in fitting:
        with scoped_to(user.scope_for(reading.permission)):
            lines += reading.lines(record)
    return lines
