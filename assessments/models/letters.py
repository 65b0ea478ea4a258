"""Responsibility letters: what a secretary answers for in a span of days, goal by goal."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from assessments.models.schemes import SchemeItem
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel, TrashableModel

ONE_DAY = dt.timedelta(days=1)


class ResponsibilityLetter(TrashableModel):
    """责任书: a committee asks goals of an organisation below it, its secretary signs for them.

    It holds from `started_on` to the day before `ended_on`. `secretary_name` stays as it was signed;
    `secretary` is the file where there is one. Once signed nothing of it is rewritten: when the
    secretary changes it ends on that day, and the next one `succeeds` it. An empty span is a letter
    whose secretary changed before it began.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="letters", verbose_name="党组织"
    )
    issuer = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="letters_issued", verbose_name="下发单位"
    )
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("名称", max_length=100)
    text = models.TextField("正文", max_length=3000, blank=True)
    secretary = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name="书记的档案",
    )
    secretary_name = models.CharField("书记", max_length=60, blank=True)
    started_on = models.DateField("从")
    ended_on = models.DateField("到哪天前")
    issued_on = models.DateField("下发日期", default=timezone.localdate)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下发人"
    )
    signed_on = models.DateField("签订日期", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签订的账号"
    )
    succeeds = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="接续哪一份",
    )

    class Meta:
        verbose_name = "责任书"
        ordering = ["-started_on", "-pk"]
        indexes = [models.Index(fields=["organization", "started_on"], name="letter_place_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")), name="a_letter_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(secretary_name__gt=""),
                name="a_signed_letter_names_its_secretary",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:letter", args=[self.public_id])

    @property
    def last_day(self) -> dt.date:
        """The last day on which it holds."""
        return self.ended_on - ONE_DAY

    @property
    def span_words(self) -> str:
        """From which day to which it holds."""
        if self.ended_on == self.started_on:
            return f"没有生效（原定从 {self.started_on}）"
        return f"{self.started_on} 至 {self.last_day}"


class Goal(ScopedModel):
    """目标: one thing that a responsibility letter asks for, how far it is, what the committee says.

    Who reported it done does not confirm it. What the scorecard has for the line it is linked to is
    computed whenever somebody looks.
    """

    class State(models.TextChoices):
        NOT_STARTED = "not_started", "未开始"
        RUNNING = "running", "推进中"
        DONE = "done", "已完成"

    scope_path = "letter__organization__path"
    trash_path = "letter__deleted_at"

    public_id = PublicIdField()
    letter = models.ForeignKey(ResponsibilityLetter, models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("目标", max_length=300)
    target = models.CharField("怎样算完成", max_length=300, blank=True)
    due_on = models.DateField("完成期限", null=True, blank=True)
    item = models.ForeignKey(
        SchemeItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对应的考核项目",
    )
    state = models.CharField("进展", max_length=12, choices=State, default=State.NOT_STARTED)
    progress = models.TextField("进展情况", max_length=1000, blank=True)
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填写人"
    )
    reported_at = models.DateTimeField("填写时间", null=True, blank=True)
    is_confirmed = models.BooleanField("是否确认", null=True, blank=True)
    opinion = models.CharField("确认意见", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "责任书目标"
        ordering = ["letter", "number"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="each_goal_number_once"),
            models.CheckConstraint(
                condition=Q(is_confirmed=None) ^ Q(confirmed_at__isnull=False),
                name="a_confirmation_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(is_confirmed=True) | Q(state="done"),
                name="what_is_confirmed_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:40]}"

    def get_absolute_url(self) -> str:
        return f"{self.letter.get_absolute_url()}#goal-{self.number}"

    @property
    def waits(self) -> bool:
        """Tell whether it is reported done and the committee has said nothing yet."""
        return self.state == self.State.DONE and self.is_confirmed is None

    @property
    def standing(self) -> str:
        """How it stands in a word."""
        if self.is_confirmed:
            return "已确认"
        if self.waits:
            return "已完成，等确认"
        return str(self.get_state_display())

    def is_late(self, day: dt.date) -> bool:
        """Tell whether its day has passed and it is not reported done."""
        return self.state != self.State.DONE and self.due_on is not None and self.due_on < day
