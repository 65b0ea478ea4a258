"""Applications: what a unit says of itself, criterion by criterion."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.models.campaigns import Campaign, CampaignCriterion
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Application(ScopedModel):
    """申报: a unit, or one of its members, strives for what a campaign awards.

    Returned with a reason it is the unit's turn again; the reason stands beside its criterion, or
    above the form where it is about the whole.
    """

    class State(models.TextChoices):
        WRITING = "writing", "填写中"
        HANDED_IN = "handed_in", "待受理"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已受理"

    OPEN_STATES = (State.WRITING, State.RETURNED)

    scope_path = "organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="applications")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="applications", verbose_name="单位"
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name="党员",
    )
    summary = models.TextField("主要做法", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WRITING)
    written_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报人"
    )
    handed_in_at = models.DateTimeField("申报时间", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    return_criterion = models.ForeignKey(
        CampaignCriterion, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )
    decided_at = models.DateTimeField("受理时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "创建申报"
        ordering = ["organization__path", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=Q(member=None),
                name="one_application_per_unit",
            ),
            models.UniqueConstraint(
                fields=["campaign", "member"],
                condition=Q(member__isnull=False),
                name="one_application_per_member",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""),
                name="a_returned_application_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.title} {self.whose}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:application", args=[self.public_id])

    @property
    def whose(self) -> str:
        """Who strives: the unit, or its member."""
        return (
            f"{self.member.name}（{self.organization.label}）"
            if self.member
            else str(self.organization.label)
        )


class ApplicationStatement(ScopedModel):
    """自评: what a unit says of itself under one criterion, with what shows it."""

    class Opinion(models.TextChoices):
        MET = "met", "达到"
        PARTLY = "partly", "基本达到"
        NOT_MET = "not_met", "未达到"

    scope_path = "application__organization__path"

    application = models.ForeignKey(Application, models.CASCADE, related_name="statements")
    criterion = models.ForeignKey(CampaignCriterion, models.PROTECT, related_name="statements")
    opinion = models.CharField("自评", max_length=8, choices=Opinion, blank=True)
    evidence = models.TextField("做法和依据", max_length=1000, blank=True)

    class Meta:
        verbose_name = "自评意见"
        ordering = ["criterion__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "criterion"], name="one_statement_per_criterion"
            )
        ]

    def __str__(self) -> str:
        return self.get_opinion_display()
