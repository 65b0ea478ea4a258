"""What a branch has planned goes on with the one it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q

from activities.queries.plans import plans_ahead
from branches.queries.hanging import under
from branches.services.moves import keep_moves, undo_moves
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class PlanBelonging(Belonging):
    code = "activities.planned"
    order = 70

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        number = plans_ahead(under(organization, "organization")).count()
        return [("计划的活动", number)] if number else []

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        rows = list(plans_ahead(Q(organization=source), since=on))
        for row in rows:
            journal.watch(row)
            row.organization = target
            row.version += 1
        journal.move(rows)
        keep_moves(journal, event=event, code=self.code)
        return [("计划的活动", len(rows))] if rows else []

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
