"""Offices in the leading body of an organisation."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from branches.models import PartyOrganization, Term
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Office(ScopedModel):
    """党内职务: somebody holds a post in an organisation for a term.

    `holder_name` is the name as the register writes it; `member` is filled as soon as exactly one
    person of that name is on the roll. `ended_on` is the first day on which it no longer holds.
    One person may hold several posts, one post may be held by several (副书记、委员).
    """

    class Post(models.TextChoices):
        SECRETARY = "secretary", "书记"
        DEPUTY_SECRETARY = "deputy_secretary", "副书记"
        ORGANIZATION_MEMBER = "organization_member", "组织委员"
        PUBLICITY_MEMBER = "publicity_member", "宣传委员"
        DISCIPLINE_INSPECTION_MEMBER = "discipline_inspection_member", "纪检委员"
        UNITED_FRONT_MEMBER = "united_front_member", "统战委员"
        YOUTH_MEMBER = "youth_member", "青年委员"
        MASS_WORK_MEMBER = "mass_work_member", "群工委员"
        CONFIDENTIALITY_MEMBER = "confidentiality_member", "保密委员"
        LIFE_MEMBER = "life_member", "生活委员"
        COMMITTEE_MEMBER = "committee_member", "委员"
        GROUP_LEADER = "group_leader", "党小组组长"

    class Start(models.TextChoices):
        ELECTED = "elected", "当选"
        APPOINTED = "appointed", "任命"
        BY_ELECTED = "by_elected", "补选"
        CO_OPTED = "co_opted", "增补"

    class End(models.TextChoices):
        TERM_OVER = "term_over", "届满"
        RELIEVED = "relieved", "免职"
        RESIGNED = "resigned", "辞职"
        MOVED = "moved", "工作调动"
        DECEASED = "deceased", "去世"

    # Posts of which an organisation has one holder at a time.
    SINGLE: ClassVar = (Post.SECRETARY,)

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="offices")
    term = models.ForeignKey(Term, models.CASCADE, null=True, blank=True, related_name="offices")
    post = models.CharField("职务", max_length=30, choices=Post)
    holder_name = models.CharField("姓名", max_length=60)
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="offices", verbose_name="党员"
    )
    started_on = models.DateField("任职时间", null=True, blank=True)
    ended_on = models.DateField("免职时间", null=True, blank=True)
    started_by = models.CharField("任职方式", max_length=12, choices=Start, blank=True)
    ended_by = models.CharField("离任原因", max_length=12, choices=End, blank=True)
    document = models.CharField("任职文号", max_length=100, blank=True)
    ended_document = models.CharField("免职文号", max_length=100, blank=True)
    duties = models.CharField("分工", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党内职务"
        ordering = ["organization", "pk"]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.holder_name}"

    def get_absolute_url(self) -> str:
        return reverse("members:office", args=[self.public_id])
