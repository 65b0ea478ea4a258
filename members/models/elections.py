"""The record of a vote on seats of a leading body."""

from django.db import models
from django.urls import reverse

from branches.models import PartyOrganization, Term
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Election(ScopedModel):
    """选举记录: one ballot on the seats of one office; a vote repeated is a record of its own.

    Who is elected is never stored: `members.queries.elections` counts it from the votes.
    `due_electors` are those entitled to vote without the ones in `exclusions`.
    """

    class Seat(models.TextChoices):
        COMMITTEE_MEMBER = "committee_member", "委员"
        SECRETARY = "secretary", "书记"
        DEPUTY_SECRETARY = "deputy_secretary", "副书记"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="elections", verbose_name="党组织"
    )
    term = models.ForeignKey(
        Term, models.SET_NULL, null=True, blank=True, related_name="elections", verbose_name="届"
    )
    held_on = models.DateField("选举日期")
    place = models.CharField("地点", max_length=100, blank=True)
    session = models.CharField("届次", max_length=40, blank=True)
    seat = models.CharField("选举职务", max_length=20, choices=Seat, default=Seat.COMMITTEE_MEMBER)
    is_by_election = models.BooleanField("补选", default=False)
    ballot_number = models.PositiveSmallIntegerField("第几次投票", default=1)
    document = models.CharField("依据或批复文号", max_length=100, blank=True)
    nomination = models.CharField("候选人产生方式", max_length=200, blank=True)
    chief_teller = models.CharField("总监票人", max_length=60, blank=True)
    tellers = models.CharField("监票人", max_length=120, blank=True)
    counters = models.CharField("计票人", max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField("应选名额")
    due_electors = models.PositiveIntegerField("应到有选举权人数")
    present_electors = models.PositiveIntegerField("实到有选举权人数")
    issued = models.PositiveIntegerField("发出选票")
    received = models.PositiveIntegerField("收回选票")
    valid = models.PositiveIntegerField("有效票")
    invalid = models.PositiveIntegerField("无效票")
    reported_on = models.DateField("报批日期", null=True, blank=True)
    approval_document = models.CharField("选举结果批复文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "选举记录"
        ordering = ["organization", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.held_on} 选举{self.get_seat_display()}"

    def get_absolute_url(self) -> str:
        return reverse("members:election", args=[self.public_id])


class ElectionCandidate(ScopedModel):
    """得票: what one candidate, or somebody written in (另选他人), was given."""

    scope_path = "election__organization__path"

    election = models.ForeignKey(Election, models.CASCADE, related_name="candidates")
    name = models.CharField("姓名", max_length=60)
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="党员"
    )
    is_written_in = models.BooleanField("另选他人", default=False)
    yes = models.PositiveIntegerField("赞成")
    no = models.PositiveIntegerField("反对", default=0)
    abstain = models.PositiveIntegerField("弃权", default=0)

    class Meta:
        verbose_name = "得票"
        ordering = ["election", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "name"], name="each_candidate_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.yes}"


class ElectionExclusion(ScopedModel):
    """不计入应到: a full member who is left out of the electors due, for elections only."""

    class Reason(models.TextChoices):
        INCAPABLE = "incapable", "患精神疾病或丧失表达意志能力"
        ABROAD = "abroad", "自费出国半年以上"
        IMPRISONED = "imprisoned", "未开除党籍的服刑人员"
        BEDRIDDEN = "bedridden", "年老体弱卧床不起或长期生病生活不能自理"
        NOT_TRANSFERRED = "not_transferred", "调动或外出半年以上，应转未转组织关系"

    scope_path = "election__organization__path"

    election = models.ForeignKey(Election, models.CASCADE, related_name="exclusions")
    name = models.CharField("姓名", max_length=60)
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="党员"
    )
    reason = models.CharField("原因", max_length=20, choices=Reason)

    class Meta:
        verbose_name = "不计入应到"
        ordering = ["election", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "name"], name="each_exclusion_once")
        ]

    def __str__(self) -> str:
        return self.name
