"""What follows from an activity inside this app: ledger rows, the roll's files, what is due."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from activities.ledgers.meetings import MeetingLedger
from activities.models import Activity, Attendance
from activities.queries.obligations import State, obligations
from branches.models import PartyOrganization
from partybuild.periods import Period
from partybuild.readings import Line, Reading


class ActivityReading(Reading):
    code = "activities.activity"
    model = "activities.activity"
    permission = "activities.view_activity"
    order = 10

    def lines(self, record: Activity) -> Iterable[Line]:
        month = Period.containing(record.held_on, "month")
        place = record.organization
        query = urlencode({"organization": place.public_id, "period": month.code})
        rows = record.meetings.count()
        ledger = reverse("partybuild:ledger", args=[MeetingLedger.code])
        yield Line(f"{MeetingLedger.title}增加 {rows} 行", f"{ledger}?{query}")
        present = record.attendances.filter(status=Attendance.Status.PRESENT).count()
        yield Line(f"{present} 人的个人记录增加一次参加组织生活", reverse("members:members"))
        if record.counts_for_elsewhere:
            counted = Period.containing(record.counting_day, "month").title
            yield Line(f"计入{counted}：{record.counts_for_reason}。不对的点“更正”改")
        yield from self._met(record, place)

    def _met(self, record: Activity, place: PartyOrganization) -> Iterable[Line]:
        kinds = set(record.meetings.values_list("kind", flat=True))
        branch = PartyOrganization.objects.filter(pk=place.pk)
        day = record.counting_day
        for owed in obligations(branch, Period.year(day.year), as_of=day):
            if owed.kind in kinds and day in owed.period and owed.state is State.HELD:
                yield Line(
                    f"{owed.period.title}{owed.label}：已完成（{owed.frequency}）",
                    f"{reverse('activities:due')}?{urlencode({'organization': place.public_id})}",
                )
