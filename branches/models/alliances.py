"""Alliances of party organisations across units: who belongs, and what they pledge together."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches.models.organizations import PartyOrganization
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Alliance(ScopedModel):
    """党建共同体: organisations of several units that work together under one that leads.

    `ended_on` is the first day on which it no longer exists.
    """

    scope_path = "lead__path"

    public_id = PublicIdField()
    lead = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="led_alliances", verbose_name="牵头党组织"
    )
    name = models.CharField("名称", max_length=100)
    pattern = models.CharField("组成模式", max_length=60, blank=True)
    purpose = models.CharField("共建目标", max_length=500, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    founded_on = models.DateField("成立日期")
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党建共同体"
        ordering = ["lead__path", "founded_on", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:alliance", args=[self.public_id])


class AllianceMember(ScopedModel):
    """共同体成员: an organisation, or a unit outside the portal, belongs to an alliance for a time.

    `organization` is the member, wherever it stands; a unit outside has its name in `unit_name`
    instead. The row lies with the lead, which writes it.
    """

    class Role(models.TextChoices):
        LEAD = "lead", "牵头"
        MEMBER = "member", "成员"
        PAIRED = "paired", "结对"

    scope_path = "alliance__lead__path"

    public_id = PublicIdField()
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="members")
    organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="alliances",
        verbose_name="党组织",
    )
    unit_name = models.CharField("单位名称", max_length=100, blank=True)
    role = models.CharField("身份", max_length=10, choices=Role, default=Role.MEMBER)
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "共同体成员"
        ordering = ["alliance", "started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "organization"],
                condition=Q(ended_on__isnull=True, organization__isnull=False),
                name="each_open_alliance_member_once",
            ),
            models.CheckConstraint(
                condition=Q(organization__isnull=False, unit_name="")
                | Q(organization__isnull=True) & ~Q(unit_name=""),
                name="alliance_member_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="alliance_member_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name of the unit outside, else of the organisation."""
        return self.organization.name if self.organization else self.unit_name


class AlliancePledge(ScopedModel):
    """共建项目: something an alliance has promised, who answers for it, by when, and when done."""

    scope_path = "alliance__lead__path"

    public_id = PublicIdField()
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="pledges")
    title = models.CharField("共建项目", max_length=100)
    responsible = models.CharField("责任单位", max_length=100)
    due_on = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    outcome = models.CharField("成效", max_length=300, blank=True)

    class Meta:
        verbose_name = "共建项目"
        ordering = ["alliance", "pk"]

    def __str__(self) -> str:
        return self.title
