"""加减分 beside the lines of a scheme."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.models.schemes import Scheme
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Adjustment(ScopedModel):
    """加减分: points that somebody proposes for a reason with a paper, and another approves.

    It counts from its approval on; the scheme says how far all of them together may move a total.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤销"

    scope_path = "organization__path"

    public_id = PublicIdField()
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="adjustments")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="adjustments", verbose_name="党组织"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="adjustments", null=True, blank=True
    )
    period = models.CharField("期间", max_length=10)
    points = models.DecimalField("分值", max_digits=7, decimal_places=2)
    reason = models.CharField("事由", max_length=300)
    paper = models.CharField("依据文件", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    opinion = models.CharField("意见", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "加减分"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(points=0), name="an_adjustment_moves_something"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="nobody_approves_his_own_adjustment",
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]

    def get_absolute_url(self) -> str:
        return reverse("assessments:adjustment", args=[self.public_id])
