"""Schemes with their items."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from assessments.engine.document import Document, Line
from assessments.engine.subjects import subject_line
from assessments.engine.written import from_plain
from partybuild.periods import Period
from partybuild.publicids import PublicIdField

# Of an organisation and a person, whichever of them count.
SubjectKey = tuple[int | None, int | None]


class Scheme(models.Model):
    """考核方案: a versioned document that says what is measured and what a measure is worth."""

    class Subject(models.TextChoices):
        BRANCH = "branch", "党支部"
        MEMBER = "member", "党员"
        SECRETARY = "secretary", "党组织书记"
        UNIT = "unit", "单位党组织"

    COUNTED_AS: ClassVar = {
        Subject.BRANCH: "个党支部",
        Subject.MEMBER: "名党员",
        Subject.SECRETARY: "名书记",
        Subject.UNIT: "个单位党组织",
    }

    unscoped_because = "one scheme serves the whole tree"

    public_id = PublicIdField()
    code = models.CharField("代码", max_length=60)
    edition = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=200)
    issuer = models.CharField("制定单位", max_length=100, blank=True)
    paper = models.CharField("文号", max_length=100, blank=True)
    subject = models.CharField("考核对象", max_length=10, choices=Subject)
    per = models.CharField(
        "周期",
        max_length=8,
        choices=[("year", "年度"), ("half", "半年"), ("quarter", "季度"), ("month", "月度")],
    )
    is_running = models.BooleanField("每晚计算", default=True)
    # The periods it counts for: those that begin from one day on, to the day before the other.
    started_on = models.DateField("从哪天起的期间", null=True)
    ended_on = models.DateField("到哪天前的期间", null=True)
    document = models.JSONField("方案内容", default=dict)
    document_sha256 = models.CharField("方案内容指纹", max_length=64, blank=True)
    to_decide = models.JSONField("由人决定的", default=list)
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

    def counts_in(self, period: Period) -> bool:
        """Tell whether a period is scored by this edition, not by one before or after it."""
        begun = self.started_on is None or period.start >= self.started_on
        return self.is_running and begun and (self.ended_on is None or period.start < self.ended_on)

    @property
    def first_period(self) -> Period | None:
        """The first period it counts for; None when that was never said."""
        return self.period_on(self.started_on) if self.started_on else None

    def state_on(self, day: dt.date) -> str:
        """Return the word for how it stands on a day: 未开始, 进行中, 已停用."""
        period = self.period_on(day)
        if self.is_running and self.started_on and period.start < self.started_on:
            is_empty = self.ended_on is not None and self.ended_on <= self.started_on
            return "已停用" if is_empty else "未开始"
        return "进行中" if self.counts_in(period) else "已停用"

    @cached_property
    def plan(self) -> Document:
        """The document as the engine computes it."""
        if not self.document:
            return Document(code=self.code, title=self.title)
        return from_plain(self.document)

    @property
    def is_partial(self) -> bool:
        """Tell whether the source was cut off: only a part of the scheme is here."""
        return self.document.get("complete") is False

    @property
    def scores_branches(self) -> bool:
        return self.subject == self.Subject.BRANCH

    @property
    def scores_members(self) -> bool:
        """Tell whether it scores people wherever their file lies."""
        return self.subject == self.Subject.MEMBER

    @property
    def scores_secretaries(self) -> bool:
        """Tell whether it scores people for the branch that each of them leads."""
        return self.subject == self.Subject.SECRETARY

    @property
    def scores_units(self) -> bool:
        """Tell whether it scores bodies above branches, which judge others themselves."""
        return self.subject == self.Subject.UNIT

    @property
    def counted_as(self) -> str:
        """The word behind a number of its subjects: 个党支部, 名书记."""
        return str(self.COUNTED_AS[self.Subject(self.subject)])

    def key_of(self, organization: int | None, member: int | None) -> SubjectKey:
        """Return what tells its subjects apart, from the keys that a row of one holds.

        A member is one person wherever the file lies; a secretary is one for each branch led.
        """
        return (None, member) if self.scores_members else (organization, member)


class SchemeItem(models.Model):
    """考核项目: one line of a scheme, which marks refer to; what it says stands in the document.

    Number 0 is no line: there people say what holds of the subject itself, its class and whether it
    takes part.
    """

    unscoped_because = "part of a scheme, which serves the whole tree"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField("序号")
    code = models.CharField("编号", max_length=60, blank=True)
    category = models.CharField("类别", max_length=60, blank=True)
    title = models.CharField("项目", max_length=100)
    is_judged = models.BooleanField("由人评分", default=True)

    class Meta:
        verbose_name = "考核项目"
        ordering = ["scheme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="each_number_once"),
            models.UniqueConstraint(fields=["scheme", "code"], name="each_line_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def line(self) -> Line:
        """The line of the document, or what is asked about the subject."""
        if not self.number:
            return subject_line(self.scheme.plan)
        return next(line for line in self.scheme.plan.lines if line.code == self.code)
