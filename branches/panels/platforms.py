"""The platforms that an organisation covers, for its page."""

from typing import Any

from django.utils import timezone

from branches.models import PartyOrganization
from branches.queries.platforms import covered_by
from partybuild.panels import Panel

SHOWN = 20


class CoveredPlatformsPanel(Panel):
    code = "branches.covered_platforms"
    model = "branches.partyorganization"
    permission = "branches.view_platform"
    title = "覆盖的平台与窗口"
    head = ("名称", "层级", "区域", "覆盖方式", "起")
    empty = "没有登记由它覆盖的平台、窗口或单位。"

    def summary(self, record: PartyOrganization) -> str:
        count = covered_by(record, timezone.localdate()).count()
        return f"共 {count} 个，这里列出前 {SHOWN} 个。" if count > SHOWN else ""

    def rows(self, record: PartyOrganization) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                one.platform.get_absolute_url(),
                (
                    one.platform.name,
                    one.platform.get_level_display(),
                    one.platform.area,
                    one.get_way_display(),
                    one.started_on,
                ),
            )
            for one in covered_by(record, timezone.localdate())[:SHOWN]
        ]
