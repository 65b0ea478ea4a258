"""Inspections of a campaign, what they found, and how it was put right."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.models.campaigns import Campaign, CampaignCriterion
from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Inspection(ScopedModel):
    """检查: somebody of the committee looked at a unit, announced (明查) or not (暗访).

    It belongs to the place of the campaign, so that the unit cannot see it; what the unit may read
    of it is told by `queries.inspections.inspections_told`.
    """

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "明查"
        UNANNOUNCED = "unannounced", "暗访"

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="inspections")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="inspections", verbose_name="被检查单位"
    )
    kind = models.CharField("方式", max_length=12, choices=Kind)
    inspected_on = models.DateField("检查日期")
    inspectors = models.CharField("检查人", max_length=100)
    place = models.CharField("地点", max_length=100, blank=True)
    note = models.CharField("检查情况", max_length=1000, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建检查"
        ordering = ["-inspected_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.inspected_on} {self.get_kind_display()} {self.organization.label}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:inspection", args=[self.public_id])


class Finding(ScopedModel):
    """问题: what an inspection found and issued to the unit, to be put right by a day.

    A row exists from the moment it is issued: what is not issued lies nowhere a unit could look.
    """

    class State(models.TextChoices):
        OPEN = "open", "待整改"
        ANSWERED = "answered", "待复查"
        CLOSED = "closed", "已销号"

    scope_path = "organization__path"

    public_id = PublicIdField()
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings")
    # As on the inspection, whose place is another one; the services write both together.
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="findings", verbose_name="单位"
    )
    criterion = models.ForeignKey(
        CampaignCriterion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="对应标准",
    )
    text = models.CharField("问题", max_length=500)
    due_on = models.DateField("整改期限")
    responsible = models.CharField("责任人", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    issued_at = models.DateTimeField("下发时间", auto_now_add=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "检查问题"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="finding_state_due")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("assessments:finding", args=[self.public_id])


class Rectification(ScopedModel):
    """整改: what the unit answered to a finding, and what the re-check said of it; a row each round."""

    class Verdict(models.TextChoices):
        WAITING = "", "待复查"
        CLOSED = "closed", "已整改，销号"
        RETURNED = "returned", "退回重改"

    scope_path = "finding__organization__path"

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="rounds")
    answer = models.TextField("整改情况", max_length=1000)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", auto_now_add=True)
    verdict = models.CharField("复查意见", max_length=8, choices=Verdict, blank=True)
    reason = models.CharField("复查说明", max_length=300, blank=True)
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复查人"
    )
    checked_at = models.DateTimeField("复查时间", null=True, blank=True)

    class Meta:
        verbose_name = "整改答复"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(verdict=""), name="one_answer_waits_per_finding"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="returned") | ~Q(reason=""),
                name="a_returned_answer_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()
