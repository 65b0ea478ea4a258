"""What a branch's meetings left to be done goes on with the branch it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q

from activities.queries.votes import matters_open
from branches.queries.hanging import under
from branches.services.moves import keep_moves, undo_moves
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class MatterBelonging(Belonging):
    code = "activities.matters"
    order = 75

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        number = matters_open(under(organization, "organization")).count()
        return [("未办结的议定事项", number)] if number else []

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        rows = list(matters_open(Q(organization=source)))
        for row in rows:
            journal.watch(row)
            row.organization = target
            row.version += 1
        journal.move(rows)
        keep_moves(journal, event=event, code=self.code)
        return [("未办结的议定事项", len(rows))] if rows else []

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
