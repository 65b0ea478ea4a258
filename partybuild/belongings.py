"""What hangs on an organisation and goes with it: members, posts and the like.

Each app says what hangs there, whether it stands in the way of a dissolution, and moves it when
one organisation is merged into another. The kernel only asks; it knows no word of what moves.
"""

import datetime as dt
from typing import Any, ClassVar

from partybuild.refusals import Refused
from partybuild.registry import Registry


class MoveRefused(Refused):
    """A merge cannot be done or taken back."""


class Belonging:
    """随迁事项: one kind of thing that hangs on organisations.

    All methods run with everything open: what hangs on a subtree hangs there for everybody.
    `on` is the first day of the new state. Past facts (meetings, scores, closed memberships) stay
    where they happened; only what runs on `on` or later is moved.
    """

    code: ClassVar[str]
    order: ClassVar[int] = 50

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            belongings.add(cls.code, cls())

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        """Return what hangs on the subtree of an organisation now, as (words, number)."""
        return []

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        """Return why the organisation (itself, without its subtree) cannot end on `on`, or ''."""
        return ""

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        """Move what hangs on `source` itself over to `target` from `on`; return what moved.

        `event` is the public id of the merge, kept on what is written so that `unmerge` finds it.
        Runs inside the transaction of the merge, which writes the one audit entry with what is
        returned. MoveRefused when it cannot be done: then nothing of the merge is kept.
        """
        return []

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        """Put back exactly what the merge `event` moved; MoveRefused when it changed since."""


belongings: Registry[Belonging] = Registry("随迁事项")


def in_order() -> list[Belonging]:
    """Return the belongings in the order in which they are shown and moved."""
    return sorted(belongings, key=lambda one: (one.order, one.code))
