"""What members can do, and the roles they take on in the neighbourhood."""

from django.db import models
from django.db.models import F, Q

from branches.models import PartyOrganization
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Skill(ScopedModel):
    """特长: something a member is good at and may be asked for."""

    class Kind(models.TextChoices):
        LAW = "law", "法律咨询"
        MEDIATION = "mediation", "调解"
        WRITING = "writing", "文字写作"
        SPEAKING = "speaking", "宣讲授课"
        COUNSELLING = "counselling", "心理疏导"
        COMPUTING = "computing", "信息技术"
        ACCOUNTING = "accounting", "财务会计"
        MEDICINE = "medicine", "医疗护理"
        ARTS = "arts", "文艺"
        SPORTS = "sports", "体育"
        LANGUAGES = "languages", "外语"
        REPAIRS = "repairs", "维修驾驶"
        OTHER = "other", "其他"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="skills")
    kind = models.CharField("特长", max_length=12, choices=Kind)
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "特长"
        ordering = ["member", "pk"]
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="each_skill_once")]

    def __str__(self) -> str:
        label = self.get_kind_display()
        return f"{label}（{self.note}）" if self.note else label


class SocialKind(models.TextChoices):
    """The roles of row 26: who they are is asked of members and of whole areas alike."""

    GRID_WORKER = "grid_worker", "网格员"
    HOUSEHOLD_HEAD = "household_head", "联户长"
    BUILDING_HEAD = "building_head", "楼栋长"
    VOLUNTEER_LEADER = "volunteer_leader", "志愿服务队长"
    MEDIATOR = "mediator", "人民调解员"
    JUROR = "juror", "人民陪审员"
    LEGAL_ADVISER = "legal_adviser", "村（居）法律顾问"
    LAW_GUIDE = "law_guide", "法律明白人"


class SocialRole(ScopedModel):
    """社会角色: a member serves as 网格员, 联户长 … in an area, from one day to another."""

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="social_roles")
    kind = models.CharField("角色", max_length=20, choices=SocialKind)
    area = models.CharField("服务区域", max_length=100, blank=True)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "社会角色"
        ordering = ["member__branch__path", "member__pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="social_role_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.get_kind_display()}"


class SocialRoleTotal(ScopedModel):
    """社会角色总数: how many 网格员 … there are in an organisation's area, members or not.

    A typed figure with its day; the newest up to a day is in force.
    """

    scope_path = "organization__path"

    organization = models.ForeignKey(
        PartyOrganization,
        models.CASCADE,
        related_name="social_role_totals",
        verbose_name="党组织",
    )
    kind = models.CharField("角色", max_length=20, choices=SocialKind)
    counted_on = models.DateField("统计日期")
    total = models.PositiveIntegerField("总人数")
    source = models.CharField("来源", max_length=100, blank=True)

    class Meta:
        verbose_name = "社会角色总数"
        ordering = ["organization", "kind", "-counted_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "counted_on"],
                name="one_social_role_total_per_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.total}"
