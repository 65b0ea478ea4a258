"""The tree of organisations, its dated events, joint units and terms."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from partybuild.models import PathField
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class PartyOrganization(ScopedModel):
    """党组织: any node of the tree, from the committee down to a party group.

    `name`, `superior` and `path` are the present reading of the dated events beside it.
    """

    class Kind(models.TextChoices):
        WORKING_COMMITTEE = "working_committee", "机关工委"
        OFFICE_COMMITTEE = "office_committee", "机关党委"
        COMMITTEE = "committee", "党委"
        GENERAL_BRANCH = "general_branch", "党总支"
        BRANCH = "branch", "党支部"
        JOINT_BRANCH = "joint_branch", "联合党支部"
        TEMPORARY_BRANCH = "temporary_branch", "临时党支部"
        FUNCTIONAL_BRANCH = "functional_branch", "功能型党支部"
        MOBILE_BRANCH = "mobile_branch", "流动党员党支部"
        GROUP = "group", "党小组"

    # Where members belong and meet.
    BRANCH_KINDS: ClassVar = (
        Kind.BRANCH,
        Kind.JOINT_BRANCH,
        Kind.TEMPORARY_BRANCH,
        Kind.FUNCTIONAL_BRANCH,
        Kind.MOBILE_BRANCH,
    )

    # Where people are expected besides the branch that counts them.
    SECOND_KINDS: ClassVar = (Kind.TEMPORARY_BRANCH, Kind.FUNCTIONAL_BRANCH, Kind.MOBILE_BRANCH)

    scope_path = "path"

    public_id = PublicIdField()
    code = models.CharField("组织代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=60, blank=True)
    kind = models.CharField("组织类别", max_length=20, choices=Kind)
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subordinates",
        verbose_name="上级党组织",
    )
    path = PathField("路径", unique=True, editable=False)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    founded_precision = precision_field()
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "党组织"
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:organization", args=[self.public_id])

    @property
    def is_branch(self) -> bool:
        return self.kind in self.BRANCH_KINDS

    @property
    def label(self) -> str:
        """What people call it: the short name where there is one."""
        return self.short_name or self.name


class OrganizationEvent(ScopedModel):
    """组织沿革: one dated event in an organisation's life, with its document.

    `happened_on` is the first day of the new state; None where nobody knows any more (what it
    brought is then taken to have held from ever on). `name`, `short_name`, `organization_kind` and
    `superior` tell the state after the event. `caused_by` is the merge that brought it about.
    """

    class Kind(models.TextChoices):
        FOUNDED = "founded", "设立"
        RENAMED = "renamed", "更名"
        REPARENTED = "reparented", "调整隶属"
        KIND_CHANGED = "kind_changed", "类别变更"
        MERGED = "merged", "合并"
        DISSOLVED = "dissolved", "撤销"

    # After these the organisation is no more.
    ENDS: ClassVar = (Kind.MERGED, Kind.DISSOLVED)

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="events")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    happened_on = models.DateField("日期", null=True)
    name = models.CharField("当时的名称", max_length=100)
    short_name = models.CharField("当时的简称", max_length=60, blank=True)
    organization_kind = models.CharField(
        "当时的类别", max_length=20, choices=PartyOrganization.Kind, blank=True
    )
    superior = models.ForeignKey(
        PartyOrganization, models.SET_NULL, null=True, related_name="+", verbose_name="当时的上级"
    )
    target = models.ForeignKey(
        PartyOrganization, models.PROTECT, null=True, related_name="+", verbose_name="并入的党组织"
    )
    document = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    caused_by = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="consequences", verbose_name="随哪一项"
    )

    class Meta:
        verbose_name = "组织沿革"
        ordering = [models.F("happened_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "happened_on"], name="one_event_of_a_kind_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Placement(ScopedModel):
    """建制: what an organisation was called and where it stood, from one day to another.

    A reading of its events, kept because ledgers join it: every organisation has exactly one
    placement on any day of the calendar, the first with an open start, the last with an open end.
    `path` is the chain of its superiors as of those days. Only `branches.services` writes here.
    """

    scope_path = "organization__path"

    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="placements")
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=60, blank=True)
    kind = models.CharField(
        "组织类别",
        max_length=20,
        choices=PartyOrganization.Kind,
        default=PartyOrganization.Kind.BRANCH,
    )
    superior = models.ForeignKey(
        PartyOrganization, models.SET_NULL, null=True, related_name="+", verbose_name="上级党组织"
    )
    path = PathField("路径", db_index=True)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "建制"
        # The first one has no start; databases disagree on where nothing stands.
        ordering = ["organization", models.F("started_on").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(ended_on__isnull=True),
                name="one_open_placement",
            ),
            models.UniqueConstraint(
                fields=["organization", "started_on"], name="one_placement_per_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class JointUnit(ScopedModel):
    """联合单位: a unit whose members a joint branch takes in, from one day to another."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="joint_units", verbose_name="联合党支部"
    )
    name = models.CharField("单位名称", max_length=100)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "联合单位"
        ordering = ["organization", "started_on", "pk"]

    def __str__(self) -> str:
        return self.name


class Term(ScopedModel):
    """届: one term of an organisation's leading body.

    `elected_on` is None where nobody knows any more. `has_committee` tells whether a 支委会 was
    elected or, with fewer than seven full members, a secretary alone.
    """

    scope_path = "organization__path"

    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="terms")
    elected_on = models.DateField("当选时间", null=True, blank=True)
    elected_precision = precision_field()
    years = models.PositiveSmallIntegerField("任期（年）", null=True, blank=True)
    has_committee = models.BooleanField("设支委会", default=True)
    document = models.CharField("批复文号", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "届"
        ordering = ["organization", "elected_on", "pk"]

    def __str__(self) -> str:
        return f"{self.elected_on or '日期不详'}当选"
