"""What hangs on an organisation and simply changes hands when it is merged."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from branches.queries.hanging import under
from branches.services.moves import keep_moves, undo_moves
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class Handover(Belonging):
    """随迁事项 of rows with an `organization` and a `version`: theirs becomes the target's, and back."""

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        """Return what hangs at the places of a condition, as (words, rows); on `since` or later."""
        raise NotImplementedError

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        found = [
            (word, rows.count()) for word, rows in self.things(under(organization, "organization"))
        ]
        return [(word, number) for word, number in found if number]

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        moved = []
        for word, found in self.things(Q(organization=source), since=on):
            rows = list(found)
            for row in rows:
                journal.watch(row)
                row.organization = target
                row.version += 1
            journal.move(rows)
            moved.append((word, len(rows)))
        keep_moves(journal, event=event, code=self.code)
        return [(word, number) for word, number in moved if number]

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
