"""Vanguard posts: their life, who holds them, what is pledged, how they are reviewed."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models.people import Member
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel

TOKEN_BYTES = 24


def new_plate_token() -> str:
    """Return 32 characters that nobody can guess: the address of a published plate."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class VanguardPost(ScopedModel):
    """党员先锋岗: a post of honour with its pledge; also 示范岗 and 责任区.

    What happened to it are its events, what it pledges its pledges. `state`, `awarded_on`,
    `ended_on` and `pledge` are one reading of these, kept for lists and written by the services
    alone. `public_token` is the address of its public plate, None while it is not published.
    """

    class Kind(models.TextChoices):
        VANGUARD = "vanguard", "党员先锋岗"
        MODEL = "model", "党员示范岗"
        RESPONSIBILITY = "responsibility", "党员责任区"

    class State(models.TextChoices):
        APPLIED = "applied", "已申报"
        PUBLICISED = "publicised", "公示中"
        AWARDED = "awarded", "已授牌"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已摘牌"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="vanguard_posts", verbose_name="党支部"
    )
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.VANGUARD)
    title = models.CharField("岗位名称", max_length=100)
    window = models.CharField("窗口", max_length=100, blank=True)
    area = models.CharField("责任区范围", max_length=200, blank=True)
    pledge = models.CharField("岗位承诺", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.AWARDED)
    awarded_on = models.DateField("授牌时间", null=True, blank=True)
    awarded_precision = precision_field()
    ended_on = models.DateField("摘牌时间", null=True, blank=True)
    public_token = models.CharField("公开页", max_length=40, null=True, blank=True, unique=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党员先锋岗"
        ordering = ["organization__path", "awarded_on", "pk"]
        indexes = [models.Index(fields=["state", "awarded_on"], name="post_state_awarded")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("members:vanguard_post", args=[self.public_id])


class PostHolder(ScopedModel):
    """先锋岗人员: a member holds a vanguard post from one day to another.

    Until the post is awarded the rows name who is to hold it; they begin on the day of the award.
    """

    scope_path = "post__organization__path"

    post = models.ForeignKey(VanguardPost, models.CASCADE, related_name="holders")
    member = models.ForeignKey(Member, models.PROTECT, related_name="vanguard_posts")
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "先锋岗人员"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "member", "started_on"], name="each_holder_once_per_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.member_id}"


class PostPledge(ScopedModel):
    """三亮: what a post shows from a day on: who serves, what the duty is, what is promised.

    An empty `identity` is told from the holders' files.
    """

    scope_path = "post__organization__path"

    post = models.ForeignKey(VanguardPost, models.CASCADE, related_name="pledges")
    identity = models.CharField("亮身份", max_length=200, blank=True)
    duty = models.CharField("亮职责", max_length=500, blank=True)
    promise = models.CharField("亮承诺", max_length=500)
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "岗位承诺"
        ordering = ["started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(ended_on__isnull=True), name="one_open_pledge"
            )
        ]

    def __str__(self) -> str:
        return self.promise


class PostEvent(ScopedModel):
    """岗位事项: one step in the life of a post, with its document; never changed afterwards.

    `notice_until` is the last day of a 公示. A ledger that came in may tell of an adjustment without
    its day: only then `happened_on` is None.
    """

    class Kind(models.TextChoices):
        APPLIED = "applied", "申报"
        PUBLICISED = "publicised", "公示"
        AWARDED = "awarded", "授牌"
        REFUSED = "refused", "不予授牌"
        ADJUSTED = "adjusted", "调整"
        WITHDRAWN = "withdrawn", "摘牌"

    scope_path = "post__organization__path"

    post = models.ForeignKey(VanguardPost, models.CASCADE, related_name="events")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    happened_on = models.DateField("日期", null=True, blank=True)
    precision = precision_field()
    notice_until = models.DateField("公示截止", null=True, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "岗位事项"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_on__isnull=False) | Q(kind="adjusted"),
                name="post_event_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["post", "kind"],
                condition=~Q(kind="adjusted"),
                name="each_step_of_a_post_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on or ''}"


class PostReview(ScopedModel):
    """岗位复核: what was found of a post in one half of a year, by itself or by the committee.

    `reviewed_on` is None where a ledger that came in names the half only.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", "复核"
        SELF = "self", "自查"

    class Result(models.TextChoices):
        QUALIFIED = "qualified", "合格"
        RECTIFY = "rectify", "整改"
        UNQUALIFIED = "unqualified", "不合格"

    scope_path = "post__organization__path"

    public_id = PublicIdField()
    post = models.ForeignKey(VanguardPost, models.CASCADE, related_name="reviews")
    kind = models.CharField("种类", max_length=6, choices=Kind, default=Kind.REVIEW)
    year = models.PositiveSmallIntegerField("年度")
    half = models.PositiveSmallIntegerField("半年", choices=[(1, "上半年"), (2, "下半年")])
    reviewed_on = models.DateField("复核日期", null=True, blank=True)
    result = models.CharField("结果", max_length=12, choices=Result)
    findings = models.CharField("发现的情况", max_length=300, blank=True)
    rectified_on = models.DateField("整改完成日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "岗位复核"
        ordering = ["-year", "-half", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "kind", "year", "half"], name="each_half_reviewed_once"
            )
        ]
        indexes = [models.Index(fields=["year", "half", "post"], name="post_review_half")]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_half_display()}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("members:post_review", args=[self.public_id])
