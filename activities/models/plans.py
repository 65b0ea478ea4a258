"""What is meant to happen: a committee's year, and what a branch has planned of it."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.activities import Meeting
from branches.models import PartyOrganization, User
from partybuild.periods import MONTHS_PER_YEAR
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class YearPlan(ScopedModel):
    """年度计划: what a committee wants held in a year; once sent, branches read it as suggestions."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="year_plans", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    sent_at = models.DateTimeField("下发时间", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="下发人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "年度计划"
        ordering = ["-year", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="one_plan_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.organization.label}{self.year}年度计划"

    def get_absolute_url(self) -> str:
        return reverse("activities:year_plan", args=[self.public_id])


class PlanItem(ScopedModel):
    """计划内容: the theme of one form in one month of a year plan, and what is to be read for it."""

    scope_path = "plan__organization__path"

    plan = models.ForeignKey(YearPlan, models.CASCADE, related_name="items")
    month = models.PositiveSmallIntegerField("月份")
    kind = models.CharField("形式", max_length=30, choices=Meeting.Kind)
    theme = models.CharField("主题", max_length=200)
    required_materials = models.TextField("必学材料", blank=True)
    optional_materials = models.TextField("选学材料", blank=True)

    class Meta:
        verbose_name = "计划内容"
        ordering = ["plan", "month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "month", "kind"], name="one_theme_per_month_and_form"
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, MONTHS_PER_YEAR)), name="plan_item_month_of_the_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month}月{self.get_kind_display()} {self.theme}"


class PlannedActivity(ScopedModel):
    """计划活动: what a branch means to hold on a day, by its own wish or from a year plan.

    Whether it was held is read from the activities that name it (`Activity.planned`).
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="planned", verbose_name="党支部"
    )
    item = models.ForeignKey(
        PlanItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="planned",
        verbose_name="来自年度计划",
    )
    planned_on = models.DateField("计划日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    theme = models.CharField("主题", max_length=200)
    agenda = models.TextField("议程", blank=True)
    counts_for = models.DateField("计入月份", null=True, blank=True)
    counts_for_reason = models.CharField("计入其他月份的原因", max_length=200, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    changed_at = models.DateTimeField("改动时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "计划活动"
        ordering = ["planned_on", "starts_at", "pk"]
        indexes = [models.Index(fields=["organization", "planned_on"], name="planned_place_day")]

    def __str__(self) -> str:
        return f"{self.planned_on} {self.theme}"

    def get_absolute_url(self) -> str:
        return reverse("activities:planned", args=[self.public_id])

    @property
    def counting_day(self) -> dt.date:
        """The day by which periods count this plan."""
        return self.counts_for or self.planned_on

    @property
    def counts_for_elsewhere(self) -> bool:
        """Tell whether it counts for another month than the one it is planned in."""
        month = self.planned_on.replace(day=1)
        return self.counts_for is not None and self.counts_for.replace(day=1) != month


class PlannedForm(ScopedModel):
    """计划形式: one form of organisation life that a planned activity is to carry."""

    scope_path = "planned__organization__path"

    planned = models.ForeignKey(PlannedActivity, models.CASCADE, related_name="forms")
    kind = models.CharField("形式", max_length=30, choices=Meeting.Kind)

    class Meta:
        verbose_name = "计划形式"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["planned", "kind"], name="each_form_planned_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
