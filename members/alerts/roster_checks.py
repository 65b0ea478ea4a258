"""The invitation to go through the roster, and remarks that wait."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from members.queries.roster_checks import unchecked
from partybuild.alerts import Alert, Notice


class RosterCheckAlert(Alert):
    code = "members.roster_check"
    title = "请核对名单"
    permission = "members.change_member"
    order = 5
    about = "还没有核对过名单的党支部，和核对时有疑问、还没有处理的人。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        page = reverse("members:roster_check")
        for found in unchecked(day):
            text = f"名单上有 {found.remarks} 处疑问还没有处理"
            if not found.is_checked:
                text = f"您的支部：{found.people} 人，请核对。还没有核对过名单"
            query = urlencode({"organization": found.branch.public_id})
            yield Notice(text=text, url=f"{page}?{query}", place=found.branch.label)
