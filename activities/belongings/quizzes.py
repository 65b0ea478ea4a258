"""The quizzes of an organisation go on with the one it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q

from activities.queries.quizzes import quizzes_where
from branches.queries.hanging import under
from branches.services.moves import keep_moves, undo_moves
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class QuizBelonging(Belonging):
    code = "activities.quizzes"
    order = 81

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        number = quizzes_where(under(organization, "organization")).count()
        return [("学习小测", number)] if number else []

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        rows = list(quizzes_where(Q(organization=source)))
        for row in rows:
            journal.watch(row)
            row.organization = target
            row.version += 1
        journal.move(rows)
        keep_moves(journal, event=event, code=self.code)
        return [("学习小测", len(rows))] if rows else []

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
