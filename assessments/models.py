"""How good: schemes with their items, typed marks, and scorecards."""

import datetime as dt

from django.db import models
from django.urls import reverse

from assessments.points import in_words
from branches.models import PartyOrganization, User
from partybuild.periods import Period
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Scheme(models.Model):
    """考核方案: a versioned document that says what is measured and what a measure is worth."""

    class Subject(models.TextChoices):
        BRANCH = "branch", "党支部"
        MEMBER = "member", "党员"

    unscoped_because = "one scheme serves the whole tree"

    public_id = PublicIdField()
    code = models.CharField("代码", max_length=60)
    edition = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=200)
    issuer = models.CharField("制定单位", max_length=100, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    subject = models.CharField("考核对象", max_length=10, choices=Subject)
    per = models.CharField(
        "周期", max_length=8, choices=[("year", "年度"), ("quarter", "季度"), ("month", "月度")]
    )
    is_running = models.BooleanField("每晚计算", default=True)
    source = models.TextField("原始文本", blank=True)
    source_sha256 = models.CharField("原始文本指纹", max_length=64, blank=True)
    warnings = models.JSONField("读入时的提示", default=list)
    loaded_at = models.DateTimeField("读入时间", auto_now_add=True)

    class Meta:
        verbose_name = "考核方案"
        ordering = ["title", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="each_edition_once")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:scorecards", args=[self.public_id])

    def period_on(self, day: dt.date) -> Period:
        """Return the period of this scheme that runs on a day."""
        return Period.containing(day, self.per)


class SchemeItem(models.Model):
    """考核项目: one line of a scheme with its allowed marks, best first.

    `options` is a list of `{"points": "5", "when": "每季 1 次"}`. An item with an `indicator` is
    measured: its options also say `per` and `times`, and the first one that what was recorded
    reaches gives the points (ladders.py). One without is judged by a person.
    """

    unscoped_because = "part of a scheme, which serves the whole tree"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField("序号")
    category = models.CharField("类别", max_length=60)
    title = models.CharField("项目", max_length=100)
    full_score = models.DecimalField("满分", max_digits=6, decimal_places=2)
    options = models.JSONField("档次")
    indicator = models.CharField("指标", max_length=60, blank=True)

    class Meta:
        verbose_name = "考核项目"
        ordering = ["scheme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="each_number_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> str:
        """The options in words: 每季 1 次得 5 分；没有得 0 分, or 可评 3、2、1、0 分."""
        if all("when" in option for option in self.options):
            return "；".join(
                f"{option['when']}得 {in_words(option['points'])} 分" for option in self.options
            )
        return f"可评 {'、'.join(in_words(option['points']) for option in self.options)} 分"


class Mark(ScopedModel):
    """评分: what a person judged for one item, one organisation and one period, and why."""

    scope_path = "organization__path"

    item = models.ForeignKey(SchemeItem, models.CASCADE, related_name="marks")
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="marks")
    period = models.CharField("期间", max_length=10)
    points = models.DecimalField("得分", max_digits=6, decimal_places=2)
    reason = models.CharField("理由", max_length=300)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("评分时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "评分"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "organization", "period"], name="one_mark_per_item_and_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class Scorecard(ScopedModel):
    """评分表: the running scorecard of one organisation as the last computation left it.

    A reading that was kept, with the moment it was read; the page of a scorecard computes anew.
    """

    scope_path = "organization__path"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="scorecards")
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="scorecards")
    period = models.CharField("期间", max_length=10)
    points = models.DecimalField("得分", max_digits=7, decimal_places=2)
    full_score = models.DecimalField("满分", max_digits=7, decimal_places=2)
    unscored = models.PositiveSmallIntegerField("未评项目", default=0)
    pending = models.PositiveSmallIntegerField("未到期项目", default=0)
    lines = models.JSONField("明细", default=list)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = "评分表"
        ordering = ["organization__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organization", "period"], name="one_running_scorecard"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points}/{self.full_score}"
