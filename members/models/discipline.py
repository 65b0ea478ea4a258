"""Disciplinary decisions and, apart from them, measures of the organisation."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import User
from members.models.people import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Discipline(ScopedModel):
    """处分: a disciplinary decision about a member, from warning to expulsion.

    It bars from awards from `decided_on` until `effect_ends_on` (the first day after, None: open)
    or until it was revoked on appeal. Under 留党察看 there is no vote until the rights are restored by
    a decision: the end of the period (`probation_ends_on`) restores nothing by itself.
    """

    class Kind(models.TextChoices):
        WARNING = "warning", "警告"
        SERIOUS_WARNING = "serious_warning", "严重警告"
        REMOVAL = "removal", "撤销党内职务"
        PROBATION = "probation", "留党察看"
        EXPULSION = "expulsion", "开除党籍"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="disciplines", verbose_name="党员"
    )
    kind = models.CharField("处分种类", max_length=16, choices=Kind)
    decided_on = models.DateField("决定日期")
    effect_ends_on = models.DateField("影响期满", null=True, blank=True)
    probation_ends_on = models.DateField("察看期满", null=True, blank=True)
    restored_on = models.DateField("恢复党员权利日期", null=True, blank=True)
    revoked_on = models.DateField("撤销处分日期", null=True, blank=True)
    document = models.CharField("文号", max_length=100)
    reason = EncryptedTextField("处分事由", blank=True)
    appeal = EncryptedTextField("申诉情况", blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "处分"
        ordering = ["-decided_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="probation")
                | Q(probation_ends_on__isnull=True, restored_on__isnull=True),
                name="only_probation_ends_and_restores",
            )
        ]
        indexes = [models.Index(fields=["kind", "decided_on"], name="discipline_kind_day")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("members:discipline", args=[self.public_id])


class OrganizationalMeasure(ScopedModel):
    """组织处置: 限期改正、劝退、除名、停止党籍; no 处分. It records the decision.

    The membership itself is changed by 党籍变动. `due_on` is the day by which 限期改正 ends.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "限期改正"
        PERSUADED = "persuaded", "劝退"
        REMOVED = "removed", "除名"
        SUSPENDED = "suspended", "停止党籍"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="measures", verbose_name="党员")
    kind = models.CharField("处置种类", max_length=12, choices=Kind)
    decided_on = models.DateField("决定日期")
    due_on = models.DateField("改正期满", null=True, blank=True)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    outcome = EncryptedTextField("结果", blank=True)
    document = models.CharField("文号", max_length=100)
    reason = EncryptedTextField("处置事由", blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "组织处置"
        ordering = ["-decided_on", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("members:measure", args=[self.public_id])
