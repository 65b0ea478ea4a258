"""What happened: activities, the meetings held in them, who was there."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel, TrashableModel


class Activity(TrashableModel):
    """活动: one occasion with its place, time and attendance; it may hold several meetings.

    Who was there is told by the rows of attendance. Of an occasion that `is_partly_named` they name
    only those whom an old ledger names; how many there were is what that ledger states.
    `recorded_by` is None for what the command line brought in. `counts_for` is the first day of the
    month for which it counts, where somebody or the rule of the party day has said so.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="activities", verbose_name="党支部"
    )
    held_on = models.DateField("日期")
    started_at = models.TimeField("时间", null=True, blank=True)
    ended_at = models.TimeField("结束时间", null=True, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    topic = models.CharField("主题", max_length=200)
    chair = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人"
    )
    recorder = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )
    planned = models.ForeignKey(
        "activities.PlannedActivity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="对应的计划",
    )
    guests = models.CharField("列席人员", max_length=300, blank=True)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1, null=True, blank=True)
    # A ledger from before tells heads where it does not tell names; None: it tells neither.
    is_partly_named = models.BooleanField("出席名单不全", default=False)
    stated_expected = models.PositiveSmallIntegerField("台账应到", null=True, blank=True)
    stated_present = models.PositiveSmallIntegerField("台账实到", null=True, blank=True)
    counts_for = models.DateField("计入月份", null=True, blank=True)
    counts_for_reason = models.CharField("计入其他月份的原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="记录者"
    )
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)
    changed_at = models.DateTimeField("更正时间", auto_now=True)

    class Meta:
        verbose_name = "活动"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["organization", "held_on"], name="activity_place_day"),
            models.Index(fields=["held_on", "id"], name="activity_day"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"

    def get_absolute_url(self) -> str:
        return reverse("activities:activity", args=[self.public_id])

    @property
    def counting_day(self) -> dt.date:
        """The day by which periods count this activity."""
        return self.counts_for or self.held_on

    @property
    def counts_for_elsewhere(self) -> bool:
        """Tell whether it counts for another month than the one it was held in."""
        month = self.held_on.replace(day=1)
        return self.counts_for is not None and self.counts_for.replace(day=1) != month


class Meeting(ScopedModel):
    """会议: one form of organisation life held in an activity, with its own minutes."""

    class Kind(models.TextChoices):
        GENERAL_MEETING = "general_meeting", "支部党员大会"
        COMMITTEE_MEETING = "committee_meeting", "支部委员会会议"
        GROUP_MEETING = "group_meeting", "党小组会"
        PARTY_LECTURE = "party_lecture", "党课"
        PARTY_DAY = "party_day", "主题党日"
        ORGANIZATIONAL_LIFE_MEETING = "organizational_life_meeting", "组织生活会"
        DEMOCRATIC_APPRAISAL = "democratic_appraisal", "民主评议党员"
        STUDY_SESSION = "study_session", "集中学习"
        DEMOCRATIC_LIFE_MEETING = "democratic_life_meeting", "民主生活会"
        THEORY_STUDY = "theory_study", "理论学习中心组学习"
        WORK_REPORT = "work_report", "述职评议"
        ELECTION_MEETING = "election_meeting", "换届选举"
        SPECIAL_MEETING = "special_meeting", "专题会"
        FORUM = "forum", "座谈会"

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="meetings")
    kind = models.CharField("会议类别", max_length=30, choices=Kind)
    group = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="group_meetings",
        verbose_name="党小组",
    )
    minutes = models.TextField("会议内容", blank=True)
    resolution = models.TextField("决议和后续事项", blank=True)
    lecturer = models.CharField("主讲人", max_length=100, blank=True)

    class Meta:
        verbose_name = "会议"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "kind"],
                condition=Q(group__isnull=True),
                name="each_form_once_per_activity",
            ),
            models.UniqueConstraint(
                fields=["activity", "kind", "group"], name="each_group_once_per_activity"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Attendance(ScopedModel):
    """出席: one person and one activity: there, on leave, or absent.

    One row for everybody expected (应到), plus one for each guest (列席). Whether somebody may
    vote is asked of the member's file as of the day. Who was away may make it up later (补课).
    """

    class Status(models.TextChoices):
        PRESENT = "present", "到会"
        ON_LEAVE = "on_leave", "请假"
        ABSENT = "absent", "缺席"
        EXEMPT = "exempt", "免予参加"
        GUEST = "guest", "列席"

    class Reason(models.TextChoices):
        OFFICIAL_BUSINESS = "official_business", "公出"
        ILLNESS = "illness", "病假"
        PERSONAL = "personal", "事假"
        TRAINING = "training", "培训"
        AWAY = "away", "外出"
        FRAIL = "frail", "年老体弱免予"
        OTHER = "other", "其他"
        NONE = "none", "无故"

    # 应到: whoever should have come. Exempt members are shown beside it.
    EXPECTED = (Status.PRESENT, Status.ON_LEAVE, Status.ABSENT)

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    status = models.CharField("出席情况", max_length=10, choices=Status, default=Status.PRESENT)
    reason = models.CharField("缺席原因", max_length=20, choices=Reason, blank=True)
    note = models.CharField("说明", max_length=100, blank=True)
    made_up_on = models.DateField("补课日期", null=True, blank=True)
    made_up_how = models.CharField("补课方式", max_length=100, blank=True)

    class Meta:
        verbose_name = "出席"
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="each_person_once")
        ]

    def __str__(self) -> str:
        return self.get_status_display()


class Photo(ScopedModel):
    """照片: a picture of an activity, shrunk, encoded anew, without place data; always optional."""

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    public_id = PublicIdField()
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="photos")
    stored_as = models.CharField("存放", max_length=200)
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    byte_count = models.PositiveIntegerField("字节")
    sha256 = models.CharField("指纹", max_length=64)
    added_at = models.DateTimeField("添加时间", auto_now_add=True)

    class Meta:
        verbose_name = "照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.public_id


class Attachment(ScopedModel):
    """附件: a document that belongs to the record of an activity, such as a signed list or a scheme."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"
        TEXT = "txt", "文本"

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    public_id = PublicIdField()
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attachments")
    file_name = models.CharField("文件名", max_length=100)
    kind = models.CharField("类型", max_length=4, choices=Kind)
    stored_as = models.CharField("存放", max_length=200)
    byte_count = models.PositiveIntegerField("字节")
    sha256 = models.CharField("指纹", max_length=64)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="添加人"
    )
    added_at = models.DateTimeField("添加时间", auto_now_add=True)

    class Meta:
        verbose_name = "附件"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.file_name
