"""The yearly appraisal of members and its result for each of them."""

from django.db import models
from django.urls import reverse

from activities.models.activities import Activity
from branches.models import PartyOrganization
from members.models import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Appraisal(ScopedModel):
    """民主评议党员: how one branch appraised its members in one year.

    Who takes part is the roll of `held_on`. `present` is how many took part in the ballot; without
    it the attendance of `activity` says so.
    """

    class State(models.TextChoices):
        SELF = "self", "个人自评"
        PEER = "peer", "党员互评"
        BALLOT = "ballot", "民主测评"
        ORGANISATION = "organisation", "组织评定"
        DONE = "done", "已完成"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="appraisals", verbose_name="党支部"
    )
    year = models.PositiveSmallIntegerField("年度")
    held_on = models.DateField("评议日期")
    activity = models.ForeignKey(
        Activity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="appraisals",
        verbose_name="对应的会议",
    )
    state = models.CharField("进展", max_length=12, choices=State, default=State.SELF)
    present = models.PositiveSmallIntegerField("参加测评人数", null=True, blank=True)
    issued = models.PositiveSmallIntegerField("发出测评票", null=True, blank=True)
    received = models.PositiveSmallIntegerField("收回测评票", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "民主评议党员"
        ordering = ["-year", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="one_appraisal_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year}年民主评议党员"

    def get_absolute_url(self) -> str:
        return reverse("activities:appraisal", args=[self.public_id])


class AppraisalEntry(ScopedModel):
    """评议结果: how one member was appraised: own word, notes of the others, ballots, grade.

    The counts are totals of anonymous ballots. Statement and notes are read by the branch alone
    and encrypted. A probationary member takes part and gets no grade.
    """

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", "优秀"
        QUALIFIED = "qualified", "合格"
        BASIC = "basic", "基本合格"
        UNQUALIFIED = "unqualified", "不合格"
        # On the roll and not appraised this time; the note says why.
        NONE = "none", "不定等次"

    # What the ballots say, in the order of the ledger.
    COUNTS = ("excellent", "qualified", "basic", "unqualified", "abstained")

    scope_path = "appraisal__organization__path"

    public_id = PublicIdField()
    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="entries")
    member = models.ForeignKey(Member, models.PROTECT, related_name="appraisals")
    own_grade = models.CharField("自评等次", max_length=12, choices=Grade, blank=True)
    statement = EncryptedTextField("个人自评", blank=True)
    peer_notes = EncryptedTextField("党员互评意见", blank=True)
    excellent = models.PositiveSmallIntegerField("测评优秀票", null=True, blank=True)
    qualified = models.PositiveSmallIntegerField("合格票", null=True, blank=True)
    basic = models.PositiveSmallIntegerField("基本合格票", null=True, blank=True)
    unqualified = models.PositiveSmallIntegerField("不合格票", null=True, blank=True)
    abstained = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    grade = models.CharField("组织评定等次", max_length=12, choices=Grade, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "评议结果"
        ordering = ["appraisal", "member__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "member"], name="each_member_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.appraisal.year}年 {self.get_grade_display()}"

    def get_absolute_url(self) -> str:
        return self.appraisal.get_absolute_url()
