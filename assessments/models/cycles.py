"""A scheme carried out: its stages, who rates, appeals, decisions, and what was sealed."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.models.schemes import Scheme, SchemeItem
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.periods import Period
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Cycle(ScopedModel):
    """考核批次: one scheme carried out for one period below one committee, from 筹备 to 归档.

    An edition of a scheme never changes once it is in force, so the row refers to it; sealing
    copies its document. Marks, ballots and adjustments stay where they are said; a cycle only says
    who may say them when.
    """

    class Stage(models.TextChoices):
        PREPARING = "preparing", "筹备"
        SELF = "self", "自评"
        REVIEW = "review", "评审"
        PUBLICITY = "publicity", "公示"
        SEALED = "sealed", "已公布"
        ARCHIVED = "archived", "已归档"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="cycles", verbose_name="组织考核的党组织"
    )
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="cycles", verbose_name="考核方案"
    )
    period = models.CharField("期间", max_length=10)
    title = models.CharField("名称", max_length=100)
    stage = models.CharField("阶段", max_length=10, choices=Stage, default=Stage.PREPARING)
    self_until = models.DateField("自评截止", null=True, blank=True)
    review_until = models.DateField("评审截止", null=True, blank=True)
    publicity_days = models.PositiveSmallIntegerField("公示几个工作日")
    publicity_from = models.DateField("公示开始", null=True, blank=True)
    publicity_until = models.DateField("公示截止", null=True, blank=True)
    unfinished_reason = models.CharField("没有评完的原因", max_length=300, blank=True)
    engine = models.CharField("计算程序版本", max_length=20, blank=True)
    document = models.JSONField("封存的方案", null=True, blank=True)
    fingerprint = models.CharField("封存指纹", max_length=64, blank=True)
    sealed_at = models.DateTimeField("公布时间", null=True, blank=True)
    sealed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公布人"
    )
    launched_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="启动人")
    launched_at = models.DateTimeField("启动时间", auto_now_add=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "考核批次"
        ordering = ["-launched_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organization", "period"], name="one_cycle_each_period"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["sealed", "archived"]) ^ Q(sealed_at=None),
                name="a_sealed_cycle_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:cycle", args=[self.public_id])

    @property
    def span(self) -> Period:
        """The period of which it judges."""
        return Period.parse(self.period)

    @property
    def is_sealed(self) -> bool:
        return self.stage in {self.Stage.SEALED, self.Stage.ARCHIVED}

    @property
    def steps(self) -> list[tuple[str, bool, bool]]:
        """The stages in order: label, whether it is over, whether it runs."""
        order = list(self.Stage)
        now = order.index(self.Stage(self.stage))
        return [(one.label, at < now, at == now) for at, one in enumerate(order)]


class Rater(ScopedModel):
    """评分人: somebody with an account who rates the subjects of a cycle, as one of a group."""

    scope_path = "cycle__organization__path"

    public_id = PublicIdField()
    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="raters")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评分人")
    group = models.CharField("组别", max_length=40, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("指定时间", auto_now_add=True)

    class Meta:
        verbose_name = "评分人"
        ordering = ["group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "user"], name="each_rater_once_a_cycle")
        ]

    def __str__(self) -> str:
        return self.user.name


class Ballot(ScopedModel):
    """测评票: what one rater said of one subject, or why he does not rate it (回避).

    `votes` maps LINE/RULE to the word or number chosen. Only the committee's rows are readable; a
    branch sees counts and means, never who said what.
    """

    scope_path = "rater__cycle__organization__path"

    rater = models.ForeignKey(Rater, models.CASCADE, related_name="ballots")
    organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, blank=True)
    votes = models.JSONField("所评", default=dict)
    recusal = models.CharField("回避原因", max_length=200, blank=True)
    given_at = models.DateTimeField("评分时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "测评票"
        ordering = ["rater", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rater", "organization"],
                condition=Q(member=None),
                name="one_ballot_each_subject",
            ),
            models.UniqueConstraint(
                fields=["rater", "organization", "member"],
                condition=Q(member__isnull=False),
                name="one_ballot_each_member",
            ),
        ]

    def __str__(self) -> str:
        return str(self.rater)

    @property
    def is_given(self) -> bool:
        """Whether it says anything: of a grid all cells may be emptied again."""
        return bool(self.votes or self.recusal)


class Appeal(ScopedModel):
    """申诉: what a subject holds against its score while it is made public, and the answer.

    `before` and `after` keep points and band as they stood when it was filed and answered.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="appeals")
    organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="appeals")
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="appeals", null=True, blank=True
    )
    item = models.ForeignKey(
        SchemeItem,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="针对的项目",
    )
    text = models.CharField("申诉理由", max_length=1000)
    evidence = models.CharField("依据材料", max_length=300, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField("提出时间", auto_now_add=True)
    before = models.JSONField("申诉时的得分", default=dict)
    answer = models.CharField("答复", max_length=1000, blank=True)
    is_upheld = models.BooleanField("是否采纳", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    after = models.JSONField("答复后的得分", default=dict)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "申诉"
        ordering = ["filed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False, answer__gt=""),
                name="an_answer_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        return reverse("assessments:appeal", args=[self.public_id])


class BandDecision(ScopedModel):
    """等次决定: the band that people settled on for one subject, with the reason.

    The computed band stays beside it. Quotas, ties and vetoes without a stated band are decided so.
    """

    scope_path = "organization__path"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="decisions")
    organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, blank=True)
    band = models.CharField("等次", max_length=40)
    reason = models.CharField("理由", max_length=300)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "等次决定"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "organization"],
                condition=Q(member=None),
                name="one_decision_each_subject",
            ),
            models.UniqueConstraint(
                fields=["cycle", "organization", "member"],
                condition=Q(member__isnull=False),
                name="one_decision_each_member",
            ),
        ]

    def __str__(self) -> str:
        return self.band


class SealedScorecard(ScopedModel):
    """封存的评分表: everything that one subject's score followed from, and the score; never changed."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="sealed")
    position = models.PositiveIntegerField("次序")
    organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, blank=True)
    label = models.CharField("当时的名称", max_length=200)
    points = models.DecimalField("得分", max_digits=9, decimal_places=2, null=True)
    full_score = models.DecimalField("满分", max_digits=9, decimal_places=2, null=True)
    band = models.CharField("按分数的等次", max_length=40, blank=True)
    final_band = models.CharField("确定的等次", max_length=40, blank=True)
    decision = models.CharField("决定的理由", max_length=300, blank=True)
    inputs = models.JSONField("依据")
    # Of every line: side, line, who said it when, the reason, the evidence.
    said = models.JSONField("评分人和理由", default=list)
    fingerprint = models.CharField("指纹", max_length=64)

    class Meta:
        verbose_name = "封存的评分表"
        ordering = ["cycle", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "position"], name="each_position_once")
        ]

    def __str__(self) -> str:
        return self.label
