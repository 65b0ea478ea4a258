"""Vanguard posts hang on their branch: they are taken down before it ends or is merged."""

import datetime as dt
from typing import Any

from members.queries.posts import posts_running_at
from partybuild.belongings import Belonging, MoveRefused


class PostBelonging(Belonging):
    code = "members.vanguard_posts"
    order = 40

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        number = posts_running_at(organization, below=True).count()
        return [("先锋岗", number)] if number else []

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        number = posts_running_at(organization).count()
        if not number:
            return ""
        return f"“{organization.name}”还有 {number} 个先锋岗没有摘牌或办完申报，请先办理。"

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        """Refuse while posts run: a plate is the honour of the branch that was awarded it."""
        reason = self.bars_dissolution(source, on)
        if reason:
            raise MoveRefused(reason)
        return []
