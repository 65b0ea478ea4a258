"""Liaison on the pages of a person, an organisation and a platform."""

from collections.abc import Iterable
from typing import Any

from branches.models import PartyOrganization, ServicePlatform
from members.models import Liaison, Member
from members.queries.liaison import liaisons_at, liaisons_of
from members.services.liaison import place_of
from partybuild.panels import Panel


def cells_of(liaisons: Iterable[Liaison]) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the rows of a panel: who, as what, where, since and until when."""
    return [
        (
            one.get_absolute_url(),
            (one.name, one.get_kind_display(), place_of(one), one.started_on, one.ended_on),
        )
        for one in liaisons
    ]


class LiaisonOfMember(Panel):
    code = "members.liaison_of_member"
    model = "members.member"
    permission = "members.view_liaison"
    title = "联系与指导"
    head = ("姓名", "类别", "联系哪里", "起", "止")
    empty = "没有联系点。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return cells_of(liaisons_of(record))


class LiaisonAtOrganization(Panel):
    code = "members.liaison_at_organization"
    model = "branches.partyorganization"
    permission = "members.view_liaison"
    title = "联系与指导"
    head = ("姓名", "类别", "联系哪里", "起", "止")
    empty = "还没有安排联系指导。"

    def rows(self, record: PartyOrganization) -> list[tuple[str, tuple[Any, ...]]]:
        return cells_of(liaisons_at(record))


class LiaisonAtPlatform(Panel):
    code = "members.liaison_at_platform"
    model = "branches.serviceplatform"
    permission = "members.view_liaison"
    title = "联系与指导"
    head = ("姓名", "类别", "联系哪里", "起", "止")
    empty = "还没有安排联系指导。"

    def rows(self, record: ServicePlatform) -> list[tuple[str, tuple[Any, ...]]]:
        return cells_of(liaisons_at(record.organization).filter(platform=record))
