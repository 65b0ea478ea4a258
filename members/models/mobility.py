"""Members who live away, and members nobody can reach."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches.models import PartyOrganization
from members.models.people import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class MobileMember(ScopedModel):
    """流动党员: somebody who lives elsewhere while the formal relation stays, or who came here so.

    Somebody who left is a member with a file here; of somebody who came (流入) only the name and
    the home branch are known: the vote stays where the relation is.
    """

    class Direction(models.TextChoices):
        OUT = "out", "流出"
        IN = "in", "流入"

    class Kind(models.TextChoices):
        AWAY = "away", "外出务工经商或异地居住"
        ABROAD = "abroad", "出国（境）"
        GRADUATE = "graduate", "毕业生保留组织关系"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="mobile_members", verbose_name="党支部"
    )
    direction = models.CharField("流向", max_length=3, choices=Direction)
    kind = models.CharField("情形", max_length=10, choices=Kind, default=Kind.AWAY)
    member = models.ForeignKey(
        Member,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mobility",
        verbose_name="党员",
    )
    name = models.CharField("姓名", max_length=60)
    destination = models.CharField("流入地", max_length=100)
    workplace = models.CharField("流入单位", max_length=100, blank=True)
    other_organization = models.CharField("对方党组织", max_length=100, blank=True)
    contact_person = models.CharField("联系人", max_length=60, blank=True)
    contact = EncryptedTextField("联系方式", blank=True)
    started_on = models.DateField("流出（流入）时间")
    ended_on = models.DateField("结束时间", null=True, blank=True)
    attends = models.CharField("参加组织生活情况", max_length=100, blank=True)
    dues = models.CharField("党费缴纳情况", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "流动党员"
        ordering = ["organization__path", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(ended_on__isnull=True, direction="out"),
                name="away_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(direction="in") | Q(member__isnull=False),
                name="who_left_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="mobility_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_direction_display()}）"

    def get_absolute_url(self) -> str:
        return reverse("members:mobile_member", args=[self.public_id])


class MobileContact(ScopedModel):
    """流动党员联系记录: a day on which the branch spoke with somebody who lives away."""

    scope_path = "mobile__organization__path"

    mobile = models.ForeignKey(MobileMember, models.CASCADE, related_name="contacts")
    contacted_on = models.DateField("联系时间")
    contacted_by = models.CharField("联系人", max_length=60)
    note = models.CharField("情况", max_length=200, blank=True)

    class Meta:
        verbose_name = "流动党员联系记录"
        ordering = ["-contacted_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.contacted_on} {self.contacted_by}"


class LostMember(ScopedModel):
    """失联党员: a member whom the branch cannot reach, from the day contact was lost.

    The national form has seven causes and nine kinds of organisation behind numbers; their names
    were not in our sources, so the labels are our own neutral ones (docs/rules.md).
    """

    class Cause(models.TextChoices):
        WORK = "1", "外出务工经商后失去联系"
        STUDY = "2", "毕业或升学后失去联系"
        JOB_CHANGE = "3", "调动、辞职或下岗后失去联系"
        DEMOBILISED = "4", "退役或转业后失去联系"
        RELOCATION = "5", "搬迁、拆迁后失去联系"
        ABROAD = "6", "出国（境）后失去联系"
        OTHER = "7", "其他原因"

    class OrganizationKind(models.TextChoices):
        AGENCY = "1", "机关"
        INSTITUTION = "2", "事业单位"
        STATE_FIRM = "3", "国有企业"
        OTHER_FIRM = "4", "非公有制企业"
        SOCIAL = "5", "社会组织"
        COMMUNITY = "6", "社区"
        VILLAGE = "7", "村"
        SCHOOL = "8", "学校"
        OTHER = "9", "其他"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="losses", verbose_name="党员")
    lost_on = models.DateField("失去联系时间")
    cause = models.CharField("失联情形", max_length=1, choices=Cause)
    organization_kind = models.CharField("组织类别", max_length=1, choices=OrganizationKind)
    efforts = EncryptedTextField("查找情况", blank=True)
    found_on = models.DateField("恢复联系时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "失联党员"
        ordering = ["member__branch__path", "member__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(found_on__isnull=True),
                name="lost_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(found_on__isnull=True) | Q(found_on__gte=F("lost_on")),
                name="found_after_being_lost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lost_on}起失去联系"

    def get_absolute_url(self) -> str:
        return reverse("members:lost_member", args=[self.public_id])
