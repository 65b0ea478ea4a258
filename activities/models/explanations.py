"""Why something that is generally held was not."""

from django.db import models

from activities.models.activities import Meeting
from branches.models import PartyOrganization, User
from partybuild.scoping import ScopedModel


class Explanation(ScopedModel):
    """情况说明: why an organisation did not hold what it generally should in a period."""

    scope_path = "organization__path"

    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="explanations")
    kind = models.CharField("会议类别", max_length=30, choices=Meeting.Kind)
    period_start = models.DateField("期间起")
    reason = models.CharField("原因", max_length=300)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("说明时间", auto_now=True)

    class Meta:
        verbose_name = "情况说明"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "period_start"], name="one_explanation_per_period"
            )
        ]

    def __str__(self) -> str:
        return self.reason
