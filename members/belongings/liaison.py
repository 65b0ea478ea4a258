"""Who is assigned to an organisation goes on with the one it is merged into."""

import datetime as dt
from typing import Any

from branches.queries.hanging import under
from branches.services.moves import keep_moves, move_dated, running, undo_moves
from members.models import Liaison
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class LiaisonBelonging(Belonging):
    code = "members.liaison"
    order = 62

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        rows = Liaison.objects.filter(under(organization, "organization"), ended_on=None)
        number = rows.count()
        return [("联系指导", number)] if number else []

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        rows = Liaison.objects.filter(running(on, "ended_on"), organization=source)
        number = move_dated(rows, journal, target=target, on=on)
        keep_moves(journal, event=event, code=self.code)
        return [("联系指导", number)] if number else []

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
