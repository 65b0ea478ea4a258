"""What people said of a subject, and the running scorecards."""

from django.db import models

from assessments.models.schemes import Scheme, SchemeItem
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.scoping import ScopedModel


class Mark(ScopedModel):
    """评分: what a person said for one line, one subject and one period, and why.

    `values` holds it rule by rule as it was typed; the points follow from the scheme whenever they
    are read. The subject is the organisation, or with `member` a member of it.
    """

    scope_path = "organization__path"

    item = models.ForeignKey(SchemeItem, models.CASCADE, related_name="marks")
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="marks")
    member = models.ForeignKey(
        Member, models.CASCADE, related_name="marks", null=True, blank=True, verbose_name="党员"
    )
    side = models.CharField("评分方", max_length=20, blank=True)
    period = models.CharField("期间", max_length=10)
    values = models.JSONField("填写的内容", default=dict)
    reason = models.CharField("理由", max_length=300)
    evidence = models.CharField("佐证材料", max_length=300, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("评分时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "评分"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "side", "organization", "period"],
                condition=models.Q(member=None),
                name="one_mark_per_item_and_period",
            ),
            models.UniqueConstraint(
                fields=["item", "side", "organization", "member", "period"],
                condition=models.Q(member__isnull=False),
                name="one_mark_per_member_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}"


class Scorecard(ScopedModel):
    """评分表: the running scorecard of one subject as the last computation left it.

    A reading that was kept, with the moment it was read; the page of a scorecard computes anew.
    `points` is what there is so far, None where a part of a total would mislead.
    """

    scope_path = "organization__path"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="scorecards")
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="scorecards")
    member = models.ForeignKey(
        Member,
        models.CASCADE,
        related_name="scorecards",
        null=True,
        blank=True,
        verbose_name="党员",
    )
    period = models.CharField("期间", max_length=10)
    points = models.DecimalField("得分", max_digits=9, decimal_places=2, null=True)
    full_score = models.DecimalField("满分", max_digits=9, decimal_places=2, null=True)
    band = models.CharField("等次", max_length=40, blank=True)
    unscored = models.PositiveSmallIntegerField("未评项目", default=0)
    pending = models.PositiveSmallIntegerField("未到期项目", default=0)
    lines = models.JSONField("明细", default=list)
    fingerprint = models.CharField("结果指纹", max_length=64, blank=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = "评分表"
        ordering = ["organization__path", "member__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organization", "period"],
                condition=models.Q(member=None),
                name="one_running_scorecard",
            ),
            models.UniqueConstraint(
                fields=["scheme", "organization", "member", "period"],
                condition=models.Q(member__isnull=False),
                name="one_running_scorecard_each_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points}/{self.full_score}"
