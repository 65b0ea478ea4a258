"""Who is assigned to an organisation or platform, and who has been there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches.models import PartyOrganization, ServicePlatform, User
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Liaison(ScopedModel):
    """联系与指导: somebody is assigned to an organisation or one of its platforms for a time.

    `name` is what people read; `member` is filled where that person's file lies in the portal.
    `organization` is the one that is visited; with a `platform` it is the one in charge of it.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", "党建联系点"
        INSTRUCTOR = "instructor", "指导员"
        FIRST_SECRETARY = "first_secretary", "第一书记"
        LIAISON_OFFICER = "liaison_officer", "联络员"

    # 一名指导员、一名第一书记、两名联络员: the kinds of “112”.
    STAFFING: ClassVar = (Kind.INSTRUCTOR, Kind.FIRST_SECRETARY, Kind.LIAISON_OFFICER)

    scope_path = "organization__path"

    public_id = PublicIdField()
    kind = models.CharField("类别", max_length=20, choices=Kind)
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="liaisons", verbose_name="党组织"
    )
    platform = models.ForeignKey(
        ServicePlatform,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="liaisons",
        verbose_name="服务平台",
    )
    member = models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="liaisons",
        verbose_name="党员",
    )
    name = models.CharField("姓名", max_length=60)
    duty = models.CharField("单位职务", max_length=100, blank=True)
    document = models.CharField("文号", max_length=100, blank=True)
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "联系与指导"
        ordering = ["organization__path", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="liaison_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("members:liaison", args=[self.public_id])


class LiaisonVisit(ScopedModel):
    """走访: one visit that was written down by hand, and what it left behind."""

    scope_path = "liaison__organization__path"

    liaison = models.ForeignKey(Liaison, models.CASCADE, related_name="visits")
    visited_on = models.DateField("走访日期")
    outcome = models.CharField("解决了什么", max_length=500)
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "走访"
        ordering = ["-visited_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.liaison}"
