"""三会一课统计: one line a branch, how often each form was held in each month or quarter."""

from django.db.models import QuerySet

from activities.models import Meeting
from activities.queries.frequencies import columns_of_a_year, meetings_by_branch
from branches.models import PartyOrganization
from partybuild.ledgers import Integer, Ledger, Text
from partybuild.periods import Period

NUMBERS = "一二三四五六七八九十"
MONTHS = [*(f"{number}月" for number in NUMBERS), "十一月", "十二月"]
TITLES = {
    "month": MONTHS,
    "quarter": [f"{number}季度" for number in NUMBERS[:4]],
    "year": ["全年"],
}


class MeetingFrequencyLedger(Ledger):
    code = "activities.frequencies"
    title = "“三会一课”统计"
    permission = "activities.view_activity"
    about = "一个党支部一行：全年每种会议每月、每季度开了几次。没有到的月份空着，改期的党日算在它的那个月。"
    record = "public_id"
    record_page = "branches:organization"
    order = ("place__path", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        *(
            Integer(
                (Meeting.Kind(form).label, TITLES[per][number - 1]),
                f"{form}_{number}",
                width=6,
                total=True,
            )
            for form, per, number in columns_of_a_year()
        ),
    )

    def rows(self, period: Period) -> QuerySet[PartyOrganization]:
        return meetings_by_branch(period, self.day(period))
