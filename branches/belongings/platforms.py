"""Platforms and alliances go with their organisation."""

import datetime as dt
from typing import Any

from branches.queries.hanging import alliances_under, platforms_under
from branches.services.moves import move_alliances, move_platforms, undo_moves
from partybuild.belongings import Belonging


class PlatformBelonging(Belonging):
    code = "branches.platforms"
    order = 60

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        found = platforms_under(organization)
        return [(words, number) for words, number in found if number]

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        count = organization.platforms.filter(closed_on__isnull=True).count()
        if not count:
            return ""
        return f"“{organization.name}”还主管 {count} 个平台或单位，请先改由别的党组织主管。"

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        moved = move_platforms(source=source, target=target, on=on, event=event)
        return [(words, number) for words, number in moved if number]

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)


class AllianceBelonging(Belonging):
    code = "branches.alliances"
    order = 61

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        number = alliances_under(organization)
        return [("党建共同体", number)] if number else []

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        led = organization.led_alliances.filter(ended_on__isnull=True).first()
        if led is None:
            return ""
        return f"“{organization.name}”还牵头“{led.name}”，请先撤销这个共同体。"

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        moved = move_alliances(source=source, target=target, on=on, event=event)
        return [(words, number) for words, number in moved if number]

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
