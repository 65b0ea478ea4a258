"""The ledger of responsibility letters."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from assessments.models.letters import ONE_DAY
from assessments.queries.letters import letters_during
from branches.queries.placements import placed
from partybuild.ledgers import Column, Date, Integer, Ledger, Text
from partybuild.periods import Period


def day_before(end: dt.date) -> dt.date:
    """Return the last day on which a letter holds."""
    return end - ONE_DAY


class LetterLedger(Ledger):
    code = "assessments.responsibility_letters"
    title = "责任书台账"
    permission = "assessments.view_letter"
    about = "期间内有效的责任书，一份一行；书记中途更换的，前后两份各一行。"
    record = "public_id"
    record_page = "assessments:letter"
    conditions = {"kind": "kind"}
    order = ("place__path", "started_on", "pk")
    columns = (
        Text("党组织", "place__name", width=26),
        Text("类别", "kind", width=20),
        Text("名称", "title", width=26),
        Text("下发单位", "issuer__name", width=26),
        Text("书记", "secretary_name", width=10),
        Date("从", "started_on"),
        Column("到", ("ended_on",), kind="date", render=day_before),
        Date("签订日期", "signed_on"),
        Integer(("目标", "全部"), "goals_all", width=8, total=True),
        Integer(("目标", "已完成"), "goals_done", width=8, total=True),
        Integer(("目标", "已确认"), "goals_confirmed", width=8, total=True),
    )

    def rows(self, period: Period) -> QuerySet[Any]:
        return placed(letters_during(period), "organization", self.day(period))
