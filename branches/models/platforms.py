"""Service platforms, windows and units, and which party organisation covers them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches.models.organizations import PartyOrganization
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class ServicePlatform(ScopedModel):
    """服务平台: a platform, window, outlet or unit (两新组织) that party work is to reach.

    `organization` answers for it and gives it its place; who covers it stands in its coverages.
    `closed_on` is the first day on which it no longer exists. `member_count` is what the unit
    tells of itself; nothing is ever counted from it beside the roll.
    """

    class Kind(models.TextChoices):
        PLATFORM = "platform", "服务平台"
        WINDOW = "window", "窗口"
        OUTLET = "outlet", "网点"
        SOCIAL_GROUP = "social_group", "社会团体"
        FOUNDATION = "foundation", "基金会"
        PRIVATE_NON_ENTERPRISE = "private_non_enterprise", "民办非企业"
        LAW_FIRM = "law_firm", "律师事务所"
        ACCOUNTING_FIRM = "accounting_firm", "会计师事务所"
        TAX_FIRM = "tax_firm", "税务师事务所"
        ENTERPRISE = "enterprise", "企业"
        OTHER = "other", "其他单位"

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        TOWN = "town", "乡（镇、街道）"

    # The columns of the yearly table of 社会组织.
    SOCIAL_KINDS: ClassVar = (
        Kind.SOCIAL_GROUP,
        Kind.FOUNDATION,
        Kind.PRIVATE_NON_ENTERPRISE,
        Kind.LAW_FIRM,
        Kind.ACCOUNTING_FIRM,
        Kind.TAX_FIRM,
    )

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="platforms", verbose_name="主管党组织"
    )
    code = models.CharField("编号", max_length=40, blank=True)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=30, choices=Kind, default=Kind.PLATFORM)
    level = models.CharField("层级", max_length=10, choices=Level)
    area = models.CharField("区域", max_length=40)
    is_standard = models.BooleanField("标准化", default=False)
    standard_since = models.DateField("达标日期", null=True, blank=True)
    staff_count = models.PositiveIntegerField("从业人员数", null=True, blank=True)
    member_count = models.PositiveIntegerField("党员数", null=True, blank=True)
    opened_on = models.DateField("启用日期", null=True, blank=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "服务平台"
        ordering = ["area", "level", "name", "pk"]
        indexes = [models.Index(fields=["area", "level", "name"], name="platform_area_level")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=~Q(code=""),
                name="each_platform_code_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:platform", args=[self.public_id])


class Coverage(ScopedModel):
    """组织覆盖: how a party organisation covers a platform, from one day to another.

    A platform has at most one coverage on any day; a day without one is 空白. `organization` is
    the covering one (单建、联建), `instructor` the name of the one who was sent (派指导员). A start
    nobody knows is None.
    """

    class Way(models.TextChoices):
        OWN = "own", "单建"
        JOINT = "joint", "联建"
        INSTRUCTOR = "instructor", "派指导员"

    scope_path = "platform__organization__path"

    platform = models.ForeignKey(
        ServicePlatform, models.CASCADE, related_name="coverages", verbose_name="服务平台"
    )
    way = models.CharField("覆盖方式", max_length=12, choices=Way)
    organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coverages",
        verbose_name="覆盖党组织",
    )
    instructor = models.CharField("指导员", max_length=60, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "组织覆盖"
        ordering = ["platform", "started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform"], condition=Q(ended_on__isnull=True), name="one_open_coverage"
            ),
            models.UniqueConstraint(
                fields=["platform", "started_on"], name="one_coverage_per_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")),
                name="coverage_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_way_display())
