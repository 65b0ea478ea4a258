"""Who has not been where they are assigned."""

import datetime as dt
from collections.abc import Iterable

from members.queries.liaison import unvisited_on
from members.services.liaison import place_of
from partybuild.alerts import Alert, Notice


class UnvisitedPlaces(Alert):
    code = "members.unvisited"
    title = "联系点该走访了"
    permission = "members.view_liaison"
    order = 58
    about = "超过规定的月数没有登记走访的联系点。去过的请补记，一般要求，不作扣分。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        for one in unvisited_on(day):
            since = (
                f"上次 {one.last_on}" if one.last_on else f"{one.liaison.started_on} 起还没有走访"
            )
            yield Notice(
                f"{one.liaison}联系{place_of(one.liaison)}，{since}",
                one.liaison.get_absolute_url(),
                place=one.liaison.organization.label,
                due_on=one.due_on,
                cite=one.rule.citation,
                is_late=True,
            )
