"""Writing accounts and grants: who may sign in, and what they may do where."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from branches.models import Grant, PartyOrganization, User
from branches.roles import Role
from partybuild import audit

# Letters that are not mixed up when read out.
SPOKEN = "abcdefghjkmnpqrstuvwxyz"


@transaction.atomic
def open_account(
    *, actor: Any, username: str, name: str, password: str, must_change_password: bool = True
) -> User:
    """Open an account; it can do nothing until somebody grants it a role."""
    user = User(username=username, name=name, must_change_password=must_change_password)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    audit.record(
        actor=actor,
        action="branches.user.opened",
        subject=user,
        summary=f"开设账号 {username}（{name}）",
    )
    return user


@transaction.atomic
def grant_role(
    *, actor: Any, user: User, role: str, organization: PartyOrganization | None = None
) -> Grant:
    """Grant a role in the subtree of an organisation; the three administrators have none."""
    grant, _ = Grant.objects.get_or_create(
        user=user, role=role, organization=organization, defaults={"granted_by": actor}
    )
    audit.record(
        actor=actor,
        action="branches.grant.given",
        subject=user,
        place=organization.path if organization else "",
        summary=f"授予 {user} {Role(role).label}",
        after={"role": role, "organization": organization.name if organization else ""},
    )
    return grant


@transaction.atomic
def change_password(*, actor: User, password: str) -> None:
    """Set one's own password."""
    actor.set_password(password)
    actor.must_change_password = False
    actor.password_changed_at = timezone.now()
    actor.save()
    audit.record(
        actor=actor, action="branches.user.password_changed", subject=actor, summary="修改口令"
    )


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    """Write down that somebody signed in."""
    audit.record(actor=user, action="branches.user.signed_in", subject=user, summary="登录")


@transaction.atomic
def note_failed_sign_in(*, username: str) -> None:
    """Write down a sign-in that was refused."""
    audit.record(
        actor=None,
        action="branches.user.sign_in_refused",
        summary=f"登录未成功：{username[:40]}",
        result="refused",
    )


@transaction.atomic
def close_account(*, actor: Any, user: User) -> None:
    """Close an account: it can no longer sign in, its sessions end with the next request."""
    _switch(actor, user, is_active=False, action="closed", words="停用")


@transaction.atomic
def reopen_account(*, actor: Any, user: User) -> None:
    """Let a closed account sign in again, with a new password to be set."""
    _switch(actor, user, is_active=True, action="reopened", words="启用")


@transaction.atomic
def reset_password(*, actor: Any, user: User, password: str) -> None:
    """Give an account a password to start with; its owner must change it at once."""
    user.set_password(password)
    user.must_change_password = True
    user.save()
    audit.record(
        actor=actor,
        action="branches.user.password_reset",
        subject=user,
        summary=f"重设 {user} 的口令",
    )


@transaction.atomic
def withdraw_role(*, actor: Any, grant: Grant) -> None:
    """Take a role away; it ends with the next request of its holder."""
    place = grant.organization
    audit.record(
        actor=actor,
        action="branches.grant.withdrawn",
        subject=grant.user,
        place=place.path if place else "",
        summary=f"撤销 {grant.user} 的{grant.get_role_display()}",
        before={"role": grant.role, "organization": place.name if place else ""},
    )
    grant.delete()


def starting_password() -> str:
    """Return a password that meets the profile, to be told once and changed at once."""
    return f"{get_random_string(10, SPOKEN)}-{get_random_string(2, '23456789')}A"


def _switch(actor: Any, user: User, *, is_active: bool, action: str, words: str) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    audit.record(
        actor=actor,
        action=f"branches.user.{action}",
        subject=user,
        summary=f"{words}账号 {user.username}（{user}）",
    )
