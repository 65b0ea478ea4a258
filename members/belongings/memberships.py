"""People hang on their branch: they go with it when branches are merged and bar its dissolution."""

import datetime as dt
from typing import Any

from members.models import Membership
from members.queries.merges import held_on, open_memberships_under, transfers_under_way
from members.services.merges import LABELS, MergeRefused, move_people, move_people_back
from partybuild.belongings import Belonging, MoveRefused


class PeopleBelonging(Belonging):
    code = "members.memberships"
    order = 10

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        found = open_memberships_under(organization)
        return [(label, found[kind]) for kind, label in LABELS.items() if kind in found]

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        kinds = list(held_on(organization, on).values_list("kind", flat=True))
        counts = [(LABELS[kind], kinds.count(kind)) for kind in Membership.Kind if kind in kinds]
        if counts:
            told = "、".join(f"{label} {number} 人" for label, number in counts)
            return f"“{organization.name}”还有{told}，请先转走。"
        waiting = transfers_under_way(organization)
        return f"还有 {waiting} 件组织关系转接正在办理，请先办完或撤回。" if waiting else ""

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        try:
            moved = move_people(source=source, target=target, on=on, event=event)
        except MergeRefused as refusal:
            raise MoveRefused(str(refusal)) from refusal
        return [(label, number) for label, number in moved.items() if number]

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        try:
            move_people_back(event=event)
        except MergeRefused as refusal:
            raise MoveRefused(str(refusal)) from refusal
