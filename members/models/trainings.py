"""Training of those who lead."""

from django.db import models

from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class TrainingRecord(ScopedModel):
    """班子成员培训: a course that somebody in a leading body attended, with its hours."""

    class Kind(models.TextChoices):
        SECRETARY = "secretary", "书记培训"
        COMMITTEE = "committee", "委员培训"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="trainings")
    held_on = models.DateField("培训日期")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    topic = models.CharField("培训内容", max_length=200)
    kind = models.CharField("培训类别", max_length=12, choices=Kind)

    class Meta:
        verbose_name = "班子成员培训"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "held_on", "topic"], name="each_training_once"
            ),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="training_has_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"
