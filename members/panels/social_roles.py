"""Skills and social roles on a member's file."""

from typing import Any

from members.models import Member
from partybuild.panels import Panel


class SocialRolePanel(Panel):
    code = "members.social_roles"
    model = "members.member"
    permission = "members.view_member"
    own = True
    title = "特长和社会角色"
    head = ("角色", "服务区域", "从哪天起", "到哪天止")
    empty = "没有登记社会角色。"

    def summary(self, record: Member) -> str:
        skills = "、".join(str(skill) for skill in record.skills.order_by("pk"))
        return f"特长：{skills or '没有登记'}。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            ("", (role.get_kind_display(), role.area, role.started_on, role.ended_on))
            for role in record.social_roles.order_by("-started_on", "-pk")
        ]
