"""Alerts: what needs somebody's attention by a dated rule. They remind; they change nothing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from partybuild.registry import Registry
from partybuild.scoping import scoped_to


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


def alerts_for(user: Any, day: dt.date) -> list[tuple[Alert, list[Notice]]]:
    """Return the alerts a user may see that have something to say."""
    found = []
    for alert in sorted(alerts, key=lambda one: (one.order, one.code)):
        if user.has_perm(alert.permission):
            with scoped_to(user.scope_for(alert.permission)):
                notices = list(alert.notices(day))
            if notices:
                found.append((alert, notices))
    return found
