"""What a merge moved beside the organisations themselves."""

from django.db import models


class MoveRecord(models.Model):
    """随迁记录: which rows one merge moved, as a journal, so that taking it back restores them."""

    unscoped_because = "read only while the merge it belongs to is taken back"

    event = models.CharField("合并事项", max_length=16, db_index=True)
    code = models.CharField("随迁事项", max_length=60)
    changes = models.JSONField("改动", default=list)

    class Meta:
        verbose_name = "随迁记录"
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="each_move_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.code}"
