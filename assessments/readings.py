"""What follows from an activity here: the lines of the running scorecards that it counts for."""

from collections.abc import Iterable

from django.utils import timezone

from activities.indicators.meetings import MeetingFrequency
from activities.models import Activity
from assessments.cards import CardLine
from assessments.models import Scheme
from assessments.points import shown
from assessments.queries.scorecards import card_url, scorecards
from assessments.queries.subjects import subjects_of
from partybuild.indicators import indicators
from partybuild.readings import Line as FollowingLine
from partybuild.readings import Reading


class ActivityScores(Reading):
    code = "assessments.activity"
    model = "activities.activity"
    permission = "assessments.view_scorecard"
    order = 30

    def lines(self, record: Activity) -> Iterable[FollowingLine]:
        kinds = set(record.meetings.values_list("kind", flat=True))
        by_records = Scheme.objects.filter(is_running=True).exclude(subject=Scheme.Subject.MEMBER)
        for scheme in by_records:
            period = scheme.period_on(record.counting_day)
            if not scheme.counts_in(period):
                continue
            whose = "" if scheme.scores_branches else scheme.get_subject_display()
            holder = subjects_of(scheme, period).filter(pk=record.organization_id)
            for card in scorecards(scheme, holder, period, as_of=timezone.localdate()):
                url = card_url(scheme, card.subject, period)
                for line in card.lines:
                    if _measures(line, kinds):
                        told = f"{period.title}{whose}考核“{line.title}”：{_state(line)}"
                        yield FollowingLine(told, f"{url}#line-{line.number}")


def _measures(line: CardLine, kinds: set[str]) -> bool:
    indicator = indicators.get(line.indicator)
    return isinstance(indicator, MeetingFrequency) and str(indicator.kind) in kinds


def _state(line: CardLine) -> str:
    if line.points is None:
        return line.state.label
    full = f"（满分 {shown(line.full_score)} 分）" if line.full_score else ""
    return f"{shown(line.points)} 分{full}"
