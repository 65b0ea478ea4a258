"""Campaigns: what is striven for, in which phases, by which criteria, for which grades."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assessments.models.schemes import Scheme
from branches.models import PartyOrganization
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Campaign(ScopedModel):
    """创建活动: a committee invites units, branches or members to strive for an honour.

    满意机关, 四强支部, 星级, 分类定级 and 最美党员 are campaigns with other criteria and grades. Until it
    is announced only its committee sees it, afterwards whoever stands below it.
    """

    class Subject(models.TextChoices):
        UNIT = "unit", "单位（党组织）"
        BRANCH = "branch", "党支部"
        MEMBER = "member", "党员"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="campaigns", verbose_name="组织单位"
    )
    title = models.CharField("名称", max_length=100)
    document = models.CharField("文号", max_length=100, blank=True)
    subject = models.CharField("评选对象", max_length=8, choices=Subject)
    about = models.CharField("说明", max_length=500, blank=True)
    scheme = models.ForeignKey(
        Scheme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name="作为依据的考核方案",
    )
    counts_unknown = models.BooleanField("“不了解”计入满意率的分母", default=False)
    announced_at = models.DateTimeField("发布时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建活动"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:campaign", args=[self.public_id])

    @property
    def selects_members(self) -> bool:
        return self.subject == self.Subject.MEMBER


class CampaignPhase(ScopedModel):
    """阶段: a named span of days of a campaign; what it is for says which deadlines it sets."""

    class Purpose(models.TextChoices):
        OTHER = "other", "其他"
        APPLY = "apply", "自评申报"
        INSPECT = "inspect", "检查整改"
        RATE = "rate", "群众评议"
        AWARD = "award", "命名"

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    name = models.CharField("阶段名称", max_length=40)
    purpose = models.CharField("用途", max_length=8, choices=Purpose, default=Purpose.OTHER)
    started_on = models.DateField("从")
    ended_on = models.DateField("到")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建活动阶段"
        ordering = ["started_on", "ended_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")), name="a_phase_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CampaignCriterion(ScopedModel):
    """标准: one thing that a campaign asks for."""

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标准", max_length=60)
    text = models.CharField("内容", max_length=500, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建标准"
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], name="each_criterion_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class CampaignGrade(ScopedModel):
    """等次: what a campaign may award, for how long (no months: without an end), to which share."""

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="grades")
    number = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("等次", max_length=40)
    months = models.PositiveSmallIntegerField("有效期（月）", null=True, blank=True)
    share = models.DecimalField(
        "名额比例（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建等次"
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="each_grade_number_once"),
            models.UniqueConstraint(fields=["campaign", "name"], name="each_grade_name_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100),
                name="a_share_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return self.name
