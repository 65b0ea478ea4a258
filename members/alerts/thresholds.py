"""Whether the number of members fits how an organisation is set up."""

import datetime as dt
from collections.abc import Iterable

from members.queries.thresholds import findings_on
from partybuild.alerts import Alert, Notice
from partybuild.lists import addresses


class SizeAlert(Alert):
    code = "members.organization_size"
    title = "党员人数与组织设置"
    permission = "branches.view_partyorganization"
    order = 45
    about = "按正式党员人数看组织设置是否合适，供研究，不会自动调整。第二组织关系不重复计算。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        address = addresses("branches:organization")
        for one in findings_on(day):
            yield Notice(
                one.text,
                address(one.size.public_id),
                place=one.size.label,
                cite=one.citation,
            )
