"""The ledger of the yearly appraisal."""

from typing import ClassVar

from django.db.models import QuerySet

from activities.models import AppraisalEntry
from activities.queries.appraisals import entries_in
from members.models import Member
from partybuild.ledgers import Choice, Integer, Ledger, Text
from partybuild.periods import Period

Grade = AppraisalEntry.Grade


class AppraisalLedger(Ledger):
    code = "activities.appraisals"
    title = "民主评议党员台账"
    permission = "activities.view_appraisal"
    about = "一名党员一年一行。票数来自无记名测评，只记合计。"
    record = "appraisal__public_id"
    record_page = "activities:appraisal"
    conditions: ClassVar = {"grade": "grade"}
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("支部", "place__name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("党员类别", "category_then", Member.Category, width=12),
        Choice("自评", "own_grade", Grade, width=10),
        Integer("测评优秀票", "excellent", width=8),
        Integer("合格票", "qualified", width=8),
        Integer("基本合格票", "basic", width=8),
        Integer("不合格票", "unqualified", width=8),
        Integer("弃权", "abstained", width=8),
        Choice("组织评定等次", "grade", Grade, width=12),
        Text("备注", "note", width=24, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[AppraisalEntry]:
        return entries_in(period, self.day(period))
