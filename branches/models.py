"""Where: the tree of organisations, its dated events and terms, accounts and grants."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from branches.roles import SYSTEM_ROLES, Role, permissions_of
from partybuild.models import PathField
from partybuild.permissions import SIGNED_IN
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import EVERYTHING, Scope, ScopedModel


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
        GROUP = "group", "党小组"

    # Where members belong and meet.
    BRANCH_KINDS: ClassVar = (
        Kind.BRANCH,
        Kind.JOINT_BRANCH,
        Kind.TEMPORARY_BRANCH,
        Kind.FUNCTIONAL_BRANCH,
    )

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
    """组织沿革: one dated event in an organisation's life, with its document."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", "设立"
        RENAMED = "renamed", "更名"
        REPARENTED = "reparented", "调整隶属"
        MERGED = "merged", "合并"
        DISSOLVED = "dissolved", "撤销"

    scope_path = "organization__path"

    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="events")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    happened_on = models.DateField("日期", null=True)
    name = models.CharField("当时的名称", max_length=100)
    superior = models.ForeignKey(
        PartyOrganization, models.SET_NULL, null=True, related_name="+", verbose_name="当时的上级"
    )
    document = models.CharField("文号", max_length=100, blank=True)

    class Meta:
        verbose_name = "组织沿革"
        ordering = ["happened_on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


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

    class Meta:
        verbose_name = "届"
        ordering = ["organization", "elected_on", "pk"]

    def __str__(self) -> str:
        return f"{self.elected_on or '日期不详'}当选"


class UserManager(BaseUserManager["User"]):
    """Finds accounts by their account name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """账号: somebody who may sign in; what they may do stands in their grants."""

    unscoped_because = "an account is found by its name before any scope is known"

    public_id = PublicIdField()
    username = models.CharField("账号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改口令", default=True)
    password_changed_at = models.DateTimeField("口令修改时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.name

    @cached_property
    def current_grants(self) -> list["Grant"]:
        """Return the grants in force today. One query per request."""
        today = timezone.localdate()
        return list(
            self.grants.filter(Q(starts_on=None) | Q(starts_on__lte=today))
            .exclude(ends_on__lt=today)
            .select_related("organization")
        )

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        if not self.is_active:
            return False
        return permission == SIGNED_IN or any(
            permission in permissions_of(grant.role) for grant in self.current_grants
        )

    def scope_for(self, permission: str) -> Scope:
        """Return the subtrees in which the user holds a permission."""
        grants = [
            grant
            for grant in self.current_grants
            if permission in permissions_of(grant.role)
            or (permission == SIGNED_IN and grant.role not in SYSTEM_ROLES)
        ]
        if any(grant.organization is None for grant in grants):
            return EVERYTHING
        return Scope.of(grant.organization.path for grant in grants if grant.organization)

    @property
    def role_name(self) -> str:
        """What stands beside the name in the page head."""
        return "、".join(dict.fromkeys(str(g.get_role_display()) for g in self.current_grants))

    @cached_property
    def home_organization(self) -> PartyOrganization | None:
        """Return the highest organisation the user has business in, None for administrators."""
        places = [grant.organization for grant in self.current_grants if grant.organization]
        return min(places, key=lambda place: (len(place.path), place.path), default=None)


class Grant(models.Model):
    """授权: a user holds a role in the subtree of an organisation, from one day to another."""

    unscoped_because = "grants are read to find the scope itself"

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, null=True, blank=True, related_name="grants"
    )
    starts_on = models.DateField("生效日期", null=True, blank=True)
    ends_on = models.DateField("失效日期", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"], name="each_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(organization__isnull=True, role__in=SYSTEM_ROLES)
                | Q(organization__isnull=False) & ~Q(role__in=SYSTEM_ROLES),
                name="administrators_have_no_place",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=SYSTEM_ROLES),
                name="one_administrator_role_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"
