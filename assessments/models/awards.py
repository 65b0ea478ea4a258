"""What a campaign awarded: grade, evidence, and how long it holds."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.models.applications import Application
from assessments.models.campaigns import Campaign, CampaignGrade
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class CampaignAward(ScopedModel):
    """命名: a person decided that somebody holds a grade of a campaign, on stated evidence.

    The database refuses one without evidence: an application, a scorecard as it was read on the
    day of the decision, or a stated ground. How long it holds is told by its events.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="awards")
    grade = models.ForeignKey(CampaignGrade, models.PROTECT, related_name="awards")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="campaign_awards", verbose_name="单位"
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaign_awards",
        verbose_name="党员",
    )
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="awards"
    )
    scorecard = models.CharField("评分依据", max_length=200, blank=True)
    ground = models.CharField("其他依据", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建命名"
        ordering = ["organization__path", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False) | ~Q(scorecard="") | ~Q(ground=""),
                name="no_award_without_evidence",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=Q(member=None),
                name="one_award_per_unit",
            ),
            models.UniqueConstraint(
                fields=["campaign", "member"],
                condition=Q(member__isnull=False),
                name="one_award_per_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.title} {self.whose} {self.grade.name}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:award", args=[self.public_id])

    @property
    def whose(self) -> str:
        """Who holds it: the unit, or its member."""
        return (
            f"{self.member.name}（{self.organization.label}）"
            if self.member
            else str(self.organization.label)
        )


class AwardEvent(ScopedModel):
    """命名事项: awarded, renewed or withdrawn, by whom, why, until when; never changed afterwards."""

    class Kind(models.TextChoices):
        AWARDED = "awarded", "命名"
        RENEWED = "renewed", "复审通过"
        WITHDRAWN = "withdrawn", "摘牌"

    # From these on an award holds.
    HOLDS = (Kind.AWARDED, Kind.RENEWED)

    scope_path = "award__organization__path"

    award = models.ForeignKey(CampaignAward, models.CASCADE, related_name="events")
    kind = models.CharField("事项", max_length=10, choices=Kind)
    happened_on = models.DateField("日期")
    valid_until = models.DateField("有效到", null=True, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=300)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )

    class Meta:
        verbose_name = "命名事项"
        ordering = ["happened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=Q(kind="awarded"), name="awarded_once"
            ),
            models.UniqueConstraint(
                fields=["award"], condition=Q(kind="withdrawn"), name="withdrawn_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_award_event_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"
