"""Writing accounts and grants: who may sign in, and what they may do where."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from branches.models import Grant, PartyOrganization, User
from branches.roles import Role
from partybuild import audit


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
