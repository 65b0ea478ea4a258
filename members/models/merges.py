"""What a merge of organisations changed among people, row by row."""

from typing import Any

from django.db import models


class MergeTrace(models.Model):
    """合并留痕: what one merge changed in one row, so that taking it back restores exactly that.

    `before` is None for a row that the merge made. `event` is the public id of the merge.
    """

    unscoped_because = "read only when a merge is taken back, which runs with everything open"

    event = models.CharField("合并事项", max_length=16, db_index=True)
    table = models.CharField("表", max_length=40)
    row = models.BigIntegerField("行")
    before: Any = models.JSONField("变动前", null=True)
    after: Any = models.JSONField("变动后")

    class Meta:
        verbose_name = "合并留痕"
        ordering = ["event", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
