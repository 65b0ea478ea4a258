"""Errands: what the very person who is signed in is asked to do, told on the first page of every role."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from partybuild.registry import Registry


@dataclass(frozen=True)
class Asked:
    """One thing a person is asked for: a sentence, its page, the button's word, the last day."""

    text: str
    url: str
    action: str
    due_on: dt.date | None = None
    is_late: bool = False


class Errand:
    """待办: finds what one account is asked to do, wherever it lies, in constant queries.

    An alert is for whoever answers for a place; an errand is for the person who was asked.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            errands.add(cls.code, cls())

    def asked(self, user: Any, day: dt.date) -> Iterable[Asked]:
        """Return what `user` is asked for on `day`, the most urgent first; nothing once it is done."""
        raise NotImplementedError


errands: Registry[Errand] = Registry("待办")


def errands_for(user: Any, day: dt.date) -> list[tuple[Errand, list[Asked]]]:
    """Return the errands of a user of which something is left to do."""
    found = [
        (errand, list(errand.asked(user, day)))
        for errand in errands
        if user.has_perm(errand.permission)
    ]
    return [(errand, asked) for errand, asked in found if asked]
