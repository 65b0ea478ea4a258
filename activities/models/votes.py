"""What a meeting decided by vote, and what it left to be done."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.activities import Activity, Meeting
from branches.models import PartyOrganization
from members.models import DevelopmentStep
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Vote(ScopedModel):
    """表决: one vote taken in a meeting; whether it passed is asked of the rule of its day.

    A vote on 接收预备党员 or 转正 is a step of development: its counts stand there, in `step`, and
    nowhere else. Who was due and who was there is asked of the attendance.
    """

    class Subject(models.TextChoices):
        RESOLUTION = "resolution", "决议"
        ADMISSION = "admission", "接收预备党员"
        CONFIRMATION = "confirmation", "预备党员转正"
        DISCIPLINE = "discipline", "处分和组织处置"

    # Voted on as a step of development; the value is the step's code.
    STEPS = (Subject.ADMISSION, Subject.CONFIRMATION)

    scope_path = "meeting__activity__organization__path"
    trash_path = "meeting__activity__deleted_at"

    public_id = PublicIdField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="votes")
    subject = models.CharField("表决事项", max_length=20, choices=Subject)
    title = models.CharField("议题", max_length=200)
    is_secret = models.BooleanField("无记名投票", default=False)
    yes = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    no = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstain = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    step = models.OneToOneField(
        DevelopmentStep,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vote",
        verbose_name="发展步骤",
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "表决"
        ordering = ["meeting", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__isnull=False, yes=None, no=None, abstain=None)
                | Q(step=None, yes__isnull=False, no__isnull=False, abstain__isnull=False),
                name="a_vote_is_counted_in_one_place",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ActionItem(ScopedModel):
    """议定事项: what a meeting decided to have done, open until it is closed with its outcome."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="action_items", verbose_name="党组织"
    )
    raised_in = models.ForeignKey(
        Activity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_items",
        verbose_name="会议",
    )
    raised_on = models.DateField("议定日期")
    text = models.CharField("事项", max_length=200)
    responsible = models.CharField("负责人", max_length=60, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    outcome = models.CharField("办理结果", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "议定事项"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["organization", "closed_on"], name="matter_place_open")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("activities:matter", args=[self.public_id])
