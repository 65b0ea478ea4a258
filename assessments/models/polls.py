"""Rating by people without an account: links that answer once, and counts of what they said."""

from django.db import models
from django.db.models import Q

from assessments.models.campaigns import Campaign
from branches.models import PartyOrganization
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class RaterKind(models.TextChoices):
    """Who is asked: named supervisors, or whoever holds a printed link."""

    SUPERVISOR = "supervisor", "监督员"
    PUBLIC = "public", "群众"


class PollLink(ScopedModel):
    """评议链接: a secret address under which one person rates once, without an account.

    Of the secret only a keyed fingerprint is kept. That it was used is kept, not when nor what was
    said: nothing leads from an answer back to a link. With an `organization` it asks about that one.
    """

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="links")
    rater = models.CharField("评议人", max_length=10, choices=RaterKind)
    name = models.CharField("监督员", max_length=60, blank=True)
    employer = models.CharField("监督员单位", max_length=100, blank=True)
    organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="poll_links",
        verbose_name="只评这个单位",
    )
    token_digest = models.CharField("指纹", max_length=64, unique=True, editable=False)
    expires_on = models.DateField("有效到")
    is_used = models.BooleanField("已用", default=False)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "评议链接"
        ordering = ["rater", "pk"]
        indexes = [models.Index(fields=["campaign", "rater"], name="poll_link_campaign")]

    def __str__(self) -> str:
        return self.name or f"{self.get_rater_display()}链接"


class PollTally(ScopedModel):
    """评议票数: how many of one kind of raters said what of one unit; never who."""

    scope_path = "campaign__organization__path"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tallies")
    organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="tallies")
    rater = models.CharField("评议人", max_length=10, choices=RaterKind)
    satisfied = models.PositiveIntegerField("满意", default=0)
    mostly = models.PositiveIntegerField("基本满意", default=0)
    dissatisfied = models.PositiveIntegerField("不满意", default=0)
    unknown = models.PositiveIntegerField("不了解", default=0)

    class Meta:
        verbose_name = "评议票数"
        ordering = ["organization__path", "rater"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization", "rater"], name="one_tally_per_kind_of_rater"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_rater_display()}"


class PollRemark(ScopedModel):
    """评议意见: what a rater wrote, in no order and without its day, for the committee alone."""

    scope_path = "campaign__organization__path"

    public_id = PublicIdField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="remarks")
    text = models.CharField("意见", max_length=500)

    class Meta:
        verbose_name = "评议意见"
        # By the random id: the order of the rows would tell who answered when.
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_remark_says_something")
        ]

    def __str__(self) -> str:
        return self.text
