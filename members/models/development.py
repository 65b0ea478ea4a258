"""Development of members: the case of one person, its steps, reviews, sponsors and papers."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization
from members.models.people import Member
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class DevelopmentCase(ScopedModel):
    """培养档案: one person's way from the application to full membership.

    Its stage is read from its steps. `organization` is the branch that answers for it.
    `extended_until` is the last day of a probation that was prolonged, `reviews_kept_since` the day
    from which on the reviews are kept here (None: from the beginning); what came before may lie in
    a paper file and is not judged. `leaving_on` is the day on which the person means to leave.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "转正"
        ENDED = "ended", "终止"
        LEFT = "left", "转出"
        REVOKED = "revoked", "取消"

    scope_path = "organization__path"

    public_id = PublicIdField()
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="development_cases", verbose_name="姓名"
    )
    organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        related_name="development_cases",
        verbose_name="党支部",
    )
    opened_on = models.DateField("建档日期")
    closed_on = models.DateField("结束日期", null=True, blank=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True)
    reason = models.CharField("结束原因", max_length=300, blank=True)
    leaving_on = models.DateField("预计离开日期", null=True, blank=True)
    extended_until = models.DateField("预备期延长至", null=True, blank=True)
    extension_reason = models.CharField("延长原因", max_length=300, blank=True)
    reviews_kept_since = models.DateField("考察登记起", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "培养档案"
        ordering = ["organization__path", "opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(closed_on__isnull=True),
                name="one_open_development_case",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="")
                | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="a_closed_case_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}的培养档案"

    def get_absolute_url(self) -> str:
        return reverse("members:development_case", args=[self.public_id])


class DevelopmentStep(ScopedModel):
    """发展步骤: one of the steps of a case, as it was done; which steps there are is data.

    `code` names the step in `members.development`. `span_from` and `span_to` are the first and the
    last day of a public notice or a training. Counts of a vote are None where none was taken or
    nobody knows; `passed` is False where a vote failed, and then the step is not behind us.
    """

    scope_path = "case__organization__path"

    case = models.ForeignKey(DevelopmentCase, models.CASCADE, related_name="steps")
    code = models.CharField("步骤", max_length=30)
    done_on = models.DateField("日期")
    done_precision = precision_field()
    span_from = models.DateField("起", null=True, blank=True)
    span_to = models.DateField("止", null=True, blank=True)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, null=True, blank=True)
    note = models.CharField("情况", max_length=300, blank=True)
    reason = models.CharField("原因说明", max_length=300, blank=True)
    passed = models.BooleanField("通过", default=True)
    due_voters = models.PositiveSmallIntegerField("应到会有表决权", null=True, blank=True)
    present_voters = models.PositiveSmallIntegerField("实到会有表决权", null=True, blank=True)
    issued = models.PositiveSmallIntegerField("发出票", null=True, blank=True)
    received = models.PositiveSmallIntegerField("收回票", null=True, blank=True)
    yes = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    no = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstain = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    written_opinions = models.PositiveSmallIntegerField("书面意见", null=True, blank=True)
    is_secret = models.BooleanField("无记名投票", null=True, blank=True)

    class Meta:
        verbose_name = "发展步骤"
        ordering = ["case", "done_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="each_step_once_per_case")
        ]
        indexes = [models.Index(fields=["code", "done_on"], name="step_code_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.done_on}"


class DevelopmentReview(ScopedModel):
    """半年考察: how somebody in training or on probation was found at a half-yearly review."""

    scope_path = "case__organization__path"

    case = models.ForeignKey(DevelopmentCase, models.CASCADE, related_name="reviews")
    reviewed_on = models.DateField("考察日期")
    conclusion = models.CharField("考察意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "半年考察"
        ordering = ["case", "reviewed_on"]
        constraints = [
            models.UniqueConstraint(fields=["case", "reviewed_on"], name="one_review_a_day")
        ]

    def __str__(self) -> str:
        return str(self.reviewed_on)


class DevelopmentSponsor(ScopedModel):
    """培养联系人、入党介绍人: who accompanies somebody, as named; `member` where that is clear."""

    class Role(models.TextChoices):
        MENTOR = "mentor", "培养联系人"
        INTRODUCER = "introducer", "入党介绍人"

    scope_path = "case__organization__path"

    case = models.ForeignKey(DevelopmentCase, models.CASCADE, related_name="sponsors")
    role = models.CharField("担任", max_length=12, choices=Role)
    name = models.CharField("姓名", max_length=60)
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsorships",
        verbose_name="党员",
    )
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "联系人和介绍人"
        ordering = ["case", "role", "pk"]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"


class DevelopmentPaper(ScopedModel):
    """发展材料: one paper of a step that lies in the file."""

    scope_path = "case__organization__path"

    case = models.ForeignKey(DevelopmentCase, models.CASCADE, related_name="papers")
    code = models.CharField("步骤", max_length=30)
    name = models.CharField("材料", max_length=60)
    provided_on = models.DateField("收到日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "发展材料"
        ordering = ["case", "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "code", "name"], name="each_paper_once")
        ]

    def __str__(self) -> str:
        return self.name
