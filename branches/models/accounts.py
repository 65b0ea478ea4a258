"""Accounts and what they may do where."""

from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from branches.models.organizations import PartyOrganization
from branches.roles import SYSTEM_ROLES, Role, permissions_of
from partybuild.permissions import SIGNED_IN
from partybuild.publicids import PublicIdField
from partybuild.scoping import EVERYTHING, Scope


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
