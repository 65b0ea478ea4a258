"""Alerts: what needs somebody's attention by a dated rule. They remind; they change nothing."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from partybuild.registry import Registry
from partybuild.scoping import active_scope, scoped_to

T = TypeVar("T")
# What the alerts of one page have read together; None outside one.
_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_for_alerts", default=None)


@dataclass(frozen=True)
class Notice:
    """One thing to look at: a sentence, its page, the organisation, the day it was or is due.

    `cite` names the rule it follows from; `is_late` marks what should have been done by now.
    """

    text: str
    url: str
    place: str = ""
    due_on: dt.date | None = None
    cite: str = ""
    is_late: bool = False


class Alert:
    """提醒: finds one kind of thing that needs attention in the open scope, in constant queries."""

    code: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str]
    order: ClassVar[int] = 50
    # One sentence: when something appears here and what to do.
    about: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            alerts.add(cls.code, cls())

    def notices(self, day: dt.date) -> Iterable[Notice]:
        """Return what needs attention on `day`, the most urgent first."""
        raise NotImplementedError


alerts: Registry[Alert] = Registry("提醒")


def together(key: Hashable, read: Callable[[], T]) -> T:
    """Read what several alerts ask for once a page and scope: the steps of one ladder, say."""
    known = _read.get()
    if known is None:
        return read()
    whole = (key, active_scope())
    if whole not in known:
        known[whole] = read()
    found: T = known[whole]
    return found


def alerts_for(user: Any, day: dt.date) -> list[tuple[Alert, list[Notice]]]:
    """Return the alerts a user may see that have something to say."""
    found = []
    token = _read.set({})
    try:
        for alert in sorted(alerts, key=lambda one: (one.order, one.code)):
            if user.has_perm(alert.permission):
                with scoped_to(user.scope_for(alert.permission)):
                    notices = list(alert.notices(day))
                if notices:
                    found.append((alert, notices))
    finally:
        _read.reset(token)
    return found
