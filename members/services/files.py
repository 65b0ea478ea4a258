"""Writing single files: whose account reads a file as its own."""

from typing import Any

from django.db import transaction

from branches.models import User
from members.models import Member
from partybuild import audit
from partybuild.scoping import everything


class LinkRefused(Exception):
    """An account cannot be linked to a file, with the reason in Chinese."""


@transaction.atomic
def link_account(*, actor: Any, member: Member, username: str) -> User | None:
    """Let an account read a file as its own; an empty name takes the link away."""
    user = User.objects.filter(username=username, is_active=True).first() if username else None
    if username and user is None:
        raise LinkRefused("没有这个账号，或已停用。请先由系统管理员开设。")
    if user is not None and user.name != member.name:
        raise LinkRefused(f"账号 {username} 的姓名与“{member.name}”不同，没有关联。")
    if user is not None and _reads_another(user, member):
        raise LinkRefused(f"账号 {username} 已关联另一份档案，没有改动。")
    member.user = user
    member.save(update_fields=["user"])
    audit.record(
        actor=actor,
        action="members.member.account_linked",
        subject=member,
        place=member.branch.path,
        summary=f"{member.name} 的档案{'关联账号 ' + username if user else '取消关联账号'}",
    )
    return user


def _reads_another(user: User, member: Member) -> bool:
    with everything(reason="a link is taken wherever the other file lies"):
        return Member.objects.filter(user=user).exclude(pk=member.pk).exists()
