"""One box finds people, branches, meetings and ledgers: each app adds what it can find."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from partybuild.registry import Registry

LIMIT = 20


@dataclass(frozen=True)
class Found:
    """One hit: what to show, where it leads, and a few words beside it."""

    label: str
    url: str
    note: str = ""
    # Further pages about it: words, address, and the permission it takes.
    also: tuple[tuple[str, str, str], ...] = ()


class Finder:
    """查找: finds one kind of thing inside the open scope."""

    code: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            finders.add(cls.code, cls())

    def find(self, text: str) -> Iterable[Found]:
        """Return at most LIMIT hits for a text that is not empty."""
        raise NotImplementedError


finders: Registry[Finder] = Registry("查找")
