"""Reminders that a committee sends to branches, and what each is about."""

from django.db import models
from django.urls import reverse

from activities.models.activities import Meeting
from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Reminder(ScopedModel):
    """催办: a superior reminds one branch of what it has not recorded; at most once a day.

    It stands on the branch's home from `deliver_at` on, never earlier, until what it is about is
    recorded or explained, or somebody there says 已知道了 (`seen_at`). It names no person.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="reminders", verbose_name="党支部"
    )
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提醒人")
    sent_at = models.DateTimeField("提醒时间")
    deliver_at = models.DateTimeField("送达时间")
    # The day of `deliver_at` where the portal stands: of that day there is one reminder.
    deliver_on = models.DateField("送达日期")
    seen_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁已知道"
    )
    seen_at = models.DateTimeField("已知道的时间", null=True, blank=True)

    class Meta:
        verbose_name = "催办"
        ordering = ["-deliver_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "deliver_on"], name="one_reminder_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.deliver_on} {self.organization.label}"

    def get_absolute_url(self) -> str:
        return reverse("activities:reminders")


class ReminderItem(ScopedModel):
    """催办事项: one form in one period that a reminder is about."""

    scope_path = "reminder__organization__path"

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="items")
    kind = models.CharField("形式", max_length=30, choices=Meeting.Kind)
    period = models.CharField("期间", max_length=7)

    class Meta:
        verbose_name = "催办事项"
        ordering = ["reminder", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reminder", "kind", "period"], name="each_lack_reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.get_kind_display()}"
