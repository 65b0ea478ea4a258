"""Honours of members, organisations and units."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models.people import Member
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Honour(ScopedModel):
    """荣誉: a commendation of a member, of an organisation, or of a unit that is none of ours.

    `organization` is where it is kept. A person's honour names the member, that of a unit its
    name, that of the organisation itself neither.
    """

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCIAL = "provincial", "省级"
        MUNICIPAL = "municipal", "市级"
        COUNTY = "county", "县级"
        OWN = "own", "本级"

    class Kind(models.TextChoices):
        PERSON = "person", "个人"
        GROUP = "group", "集体"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="honours", verbose_name="党组织"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="党员"
    )
    unit_name = models.CharField("获奖单位", max_length=100, blank=True)
    kind = models.CharField("种类", max_length=6, choices=Kind)
    title = models.CharField("荣誉名称", max_length=100)
    level = models.CharField("级别", max_length=12, choices=Level)
    awarded_on = models.DateField("授予时间")
    awarded_precision = precision_field()
    awarded_by = models.CharField("授予单位", max_length=100)
    document = models.CharField("文号", max_length=100, blank=True)
    is_public = models.BooleanField("可以公开", default=True)
    revoked_on = models.DateField("撤销时间", null=True, blank=True)
    revoked_because = models.CharField("撤销原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "荣誉"
        ordering = ["-awarded_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", member__isnull=False)
                | Q(kind="group", member__isnull=True),
                name="honour_kind_fits_winner",
            )
        ]
        indexes = [models.Index(fields=["organization", "awarded_on"], name="honour_place_day")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("members:honour", args=[self.public_id])

    @property
    def winner(self) -> str:
        """Who was commended, as a table shows it."""
        return str(self.member) if self.member else self.unit_name or self.organization.label


class HonourCheck(ScopedModel):
    """荣誉核对: what was decided of an honour of somebody under 处分; kept apart from the honour.

    It lies behind the discipline permission: whoever keeps the honours never learns of it.
    """

    class Decision(models.TextChoices):
        KEPT = "kept", "同意保留"
        TO_REVOKE = "to_revoke", "建议撤销"

    scope_path = "honour__organization__path"

    honour = models.OneToOneField(Honour, models.CASCADE, related_name="check_of_discipline")
    decision = models.CharField("处理意见", max_length=12, choices=Decision)
    reason = models.CharField("理由", max_length=300)
    checked_on = models.DateField("核对日期")
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "荣誉核对"

    def __str__(self) -> str:
        return self.get_decision_display()
