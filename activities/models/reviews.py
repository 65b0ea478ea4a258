"""What the committee says of records: reviews, closed months, leave to correct in them."""

from django.db import models
from django.db.models import Q

from activities.models.activities import Activity
from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Review(ScopedModel):
    """审核: the committee has looked at a record, and passed it or given it back with a reason.

    Whether a record waits for review is a reading: nobody has looked at the version it has now. What is
    given back counts as before; the reason is shown beside its field until the record is corrected.
    """

    class Verdict(models.TextChoices):
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回"

    class Field(models.TextChoices):
        NONE = "", "整条记录"
        KINDS = "kinds", "形式"
        TOPIC = "topic", "主题"
        HELD_ON = "held_on", "日期"
        PLACE = "place", "地点"
        CHAIR = "chair", "主持人"
        PEOPLE = "people", "参加人员"
        MINUTES = "minutes", "会议内容"
        RESOLUTION = "resolution", "决议和后续事项"

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="reviews")
    verdict = models.CharField("审核结果", max_length=10, choices=Verdict)
    field = models.CharField("退回的内容", max_length=12, choices=Field, blank=True)
    reason = models.CharField("退回原因", max_length=300, blank=True)
    seen_version = models.PositiveIntegerField("审核时的版本", default=1)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", auto_now_add=True)

    class Meta:
        verbose_name = "审核"
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="passed") | ~Q(reason=""), name="a_return_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()

    @property
    def anchor(self) -> str:
        """Where the page that corrects shows what was given back."""
        return "people-title" if self.field == self.Field.PEOPLE else f"id_{self.field or 'kinds'}"


class MonthClosing(ScopedModel):
    """月度归档: at and below an organisation a month's records are closed; correcting needs leave."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="month_closings", verbose_name="党组织"
    )
    month = models.DateField("月份")
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="归档人")
    closed_at = models.DateTimeField("归档时间", auto_now_add=True)

    class Meta:
        verbose_name = "月度归档"
        ordering = ["-month", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "month"], name="a_month_closes_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Amendment(ScopedModel):
    """更正申请: a branch asks to correct one record of a closed month; leave holds for one correction."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        USED = "used", "已更正"

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    public_id = PublicIdField()
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="amendments")
    reason = models.CharField("更正原因", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = "更正申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity"],
                condition=Q(state__in=["asked", "granted"]),
                name="one_open_amendment_per_record",
            )
        ]

    def __str__(self) -> str:
        return self.reason
