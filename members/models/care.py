"""Whom the branch looks after, and the visits paid to them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from members.models.people import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class CareRecord(ScopedModel):
    """关怀对象: a member in need or of high age whom the branch looks after for a while.

    Health and need are sensitive: they are encrypted, and only those with the permission for care
    see that the row exists at all.
    """

    class Category(models.TextChoices):
        HARDSHIP = "hardship", "生活困难"
        ILLNESS = "illness", "患重病"
        DISABILITY = "disability", "残疾"
        OLD_AGE = "old_age", "高龄"
        LIVING_ALONE = "living_alone", "独居"
        OLD_MEMBER = "old_member", "老党员"
        MARTYR_FAMILY = "martyr_family", "烈属"
        VETERAN = "veteran", "退役军人"
        OTHER = "other", "其他"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(
        Member, models.CASCADE, related_name="care_records", verbose_name="党员"
    )
    category = models.CharField("类别", max_length=20, choices=Category)
    health = EncryptedTextField("健康状况", blank=True)
    need = EncryptedTextField("困难情况", blank=True)
    started_on = models.DateField("列入时间")
    ended_on = models.DateField("移出时间", null=True, blank=True)
    helper = models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cared_for",
        verbose_name="结对党员",
    )
    helper_since = models.DateField("结对时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "关怀对象"
        ordering = ["member__branch__path", "member__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "category"],
                condition=Q(ended_on__isnull=True),
                name="cared_for_once_per_category",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="care_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.get_category_display()

    def get_absolute_url(self) -> str:
        return reverse("members:care_record", args=[self.public_id])


class CareVisit(ScopedModel):
    """慰问: one visit to somebody the branch looks after, with what was brought."""

    class Source(models.TextChoices):
        DUES = "dues", "党费"
        FUNDS = "funds", "党建工作经费"
        UNION = "union", "工会经费"
        SUPERIOR = "superior", "上级慰问金"
        DONATION = "donation", "个人捐助"
        NONE = "none", "没有花费"
        OTHER = "other", "其他"

    scope_path = "record__member__branch__path"

    record = models.ForeignKey(CareRecord, models.CASCADE, related_name="visits")
    visited_on = models.DateField("慰问时间")
    visitors = models.CharField("慰问人", max_length=100)
    amount = models.DecimalField(
        "慰问金（元）", max_digits=9, decimal_places=2, null=True, blank=True
    )
    goods = models.CharField("慰问品", max_length=100, blank=True)
    source = models.CharField("经费来源", max_length=10, choices=Source)
    signed_by = models.CharField("签收人", max_length=60, blank=True)

    class Meta:
        verbose_name = "慰问"
        ordering = ["-visited_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="care_visit_amount_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.visitors}"
