"""The alliances that an organisation belongs to, for its page."""

from typing import Any

from branches.models import PartyOrganization
from branches.queries.alliances import memberships_of
from partybuild.panels import Panel


class AlliancesPanel(Panel):
    code = "branches.alliances"
    model = "branches.partyorganization"
    permission = "branches.view_alliance"
    title = "党建共同体"
    head = ("共同体", "牵头党组织", "身份", "起", "止")
    empty = "没有加入党建共同体。"

    def rows(self, record: PartyOrganization) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                "" if one.ended_on else one.alliance.get_absolute_url(),
                (
                    one.alliance.name,
                    one.alliance.lead.label,
                    one.get_role_display(),
                    one.started_on,
                    one.ended_on,
                ),
            )
            for one in memberships_of(record)
        ]
