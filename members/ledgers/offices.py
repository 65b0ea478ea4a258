"""The list of those who lead on a day, and of their training."""

from decimal import Decimal

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.models import Member, Office, TrainingRecord
from members.queries.offices import offices_on
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.ledgers import Column as LedgerColumn
from partybuild.periods import Period


def short(hours: Decimal) -> Decimal:
    """Return hours without the nought behind the point."""
    whole = hours.to_integral_value()
    return whole if whole == hours else hours


class OfficeLedger(Ledger):
    code = "members.offices"
    title = "班子成员名册"
    permission = "members.view_office"
    about = "某一天在任的班子成员，一人一职一行。"
    as_of = True
    periodic = True
    record = "public_id"
    record_page = "members:office"
    conditions = {"post": "post"}
    order = ("place__path", "pk")
    columns = (
        Text("党组织", "place__name", width=28),
        Choice("党内职务", "post", Office.Post, width=12),
        Text("姓名", "holder_name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Text("学历", "member__education", width=12),
        Text("单位职务", "member__job_title", width=16),
        Text("分工", "duties", width=30, wrap=True),
        Date("任职时间", "started_on"),
        Choice("任职方式", "started_by", Office.Start, width=10),
        Text("任职文号", "document", width=20),
    )

    def rows(self, period: Period) -> QuerySet[Office]:
        day = self.day(period)
        return placed(offices_on(day).select_related(None), "organization", day)


class TrainingLedger(Ledger):
    code = "members.trainings"
    title = "班子成员培训台账"
    permission = "members.view_office"
    about = "期间内参加的培训，一人一次一行。"
    periodic = True
    record = "member__public_id"
    record_page = "members:member"
    conditions = {"kind": "kind"}
    order = ("held_on", "pk")
    columns = (
        Text("党支部", "place_name", width=28),
        Text("姓名", "member__name", width=10),
        Date("培训日期", "held_on"),
        Choice("培训类别", "kind", TrainingRecord.Kind, width=12),
        Text("培训内容", "topic", width=36, wrap=True),
        LedgerColumn("学时", ("hours",), kind="number", render=short, total=True),
    )

    def rows(self, period: Period) -> QuerySet[TrainingRecord]:
        return at_home(
            lambda: TrainingRecord.objects.filter(held_on__range=(period.start, period.end)),
            self.day(period),
        )
