"""What campaigns awarded, on the page of the organisation or the member that holds it today."""

from typing import Any

from django.utils import timezone

from assessments.queries.awards import awards_held_by
from branches.models import PartyOrganization
from members.models import Member
from partybuild.panels import Panel


def cells(award: Any) -> tuple[Any, ...]:
    """Return the cells of an award: campaign, grade, its days."""
    return (
        award.campaign.title,
        award.grade.name,
        award.awarded_on,
        award.valid_until or "一直有效",
    )


class UnitAwardPanel(Panel):
    code = "assessments.unit_awards"
    model = "branches.partyorganization"
    permission = "assessments.view_campaign"
    title = "创建命名"
    head = ("创建活动", "等次", "命名日期", "有效到")
    empty = "现在没有有效的创建命名。"

    def rows(self, record: PartyOrganization) -> list[tuple[str, tuple[Any, ...]]]:
        held = awards_held_by(timezone.localdate(), organization=record)
        return [(one.get_absolute_url(), cells(one)) for one in held]


class MemberAwardPanel(Panel):
    code = "assessments.member_awards"
    model = "members.member"
    permission = "assessments.view_campaign"
    title = "评选命名"
    head = ("评选活动", "等次", "命名日期", "有效到")
    empty = "现在没有有效的命名。"
    own = True

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        held = awards_held_by(timezone.localdate(), member=record)
        return [(one.get_absolute_url(), cells(one)) for one in held]
