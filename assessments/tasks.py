"""Background work: the running scorecards, each night and when somebody asks."""

import datetime as dt
from typing import Any

from django.utils import timezone

from assessments.models import Scheme
from assessments.services.scorecards import store_scorecards
from branches.models import PartyOrganization
from partybuild import jobs
from partybuild.celery import app
from partybuild.models import Job
from partybuild.periods import Period
from partybuild.regulations import RuleBook
from partybuild.scoping import everything, within

RULE = "assessments.closing"


@app.task(name="assessments.queue_running_scorecards")
def queue_running_scorecards() -> None:
    jobs.in_worker(lambda: queue_running(timezone.localdate()))


def queue_running(today: dt.date) -> list[Job]:
    """Queue one job a day for each running scheme, open period and top of the tree."""
    with everything(reason="the running scorecards of every tree are computed nightly"):
        tops = list(PartyOrganization.objects.filter(superior=None))
    book = RuleBook(RULE)
    queued = [
        jobs.queue(
            kind=ScorecardJob.code,
            title=f"计算考核得分 {top.label} {scheme.title} {period.title}"[:200],
            arguments=_arguments(scheme, period, top),
            once_key=f"scorecards:{scheme.public_id}:{period}:{top.public_id}:{today}",
        )
        for scheme in Scheme.objects.filter(is_running=True)
        for top in tops
        for period in open_periods(scheme, today, place=top.path, book=book)
        if scheme.counts_in(period)
    ]
    for job in queued:
        jobs.ring(job)
    return queued


def ask_for_scorecards(
    *, actor: Any, scheme: Scheme, period: Period, place: PartyOrganization
) -> Job:
    """Queue the computation of one subtree's scorecards for the user who asks; ring it."""
    job = jobs.queue(
        kind=ScorecardJob.code,
        title=f"计算考核得分 {place.label} {scheme.title} {period.title}"[:200],
        owner=actor,
        arguments=_arguments(scheme, period, place),
    )
    jobs.ring(job)
    return job


def open_periods(
    scheme: Scheme, today: dt.date, *, place: str, book: RuleBook | None = None
) -> list[Period]:
    """Return the period that runs and those before it for which late records still come in at a place.

    How many days that is after its end says the rule in force when a period ended. A period that
    is closed keeps the scorecards of its last night, which saw it whole: every deadline was over.
    """
    rules = book or RuleBook(RULE)
    found = [scheme.period_on(today)]
    while True:
        before = found[0].previous()
        rule = rules.on(before.end, place=place)
        if (today - before.end).days > rule.values["days_for_late_records"]:
            return found
        found.insert(0, before)


def _arguments(scheme: Scheme, period: Period, place: PartyOrganization) -> dict[str, str]:
    return {"scheme": scheme.public_id, "period": period.code, "place": place.public_id}


class ScorecardJob(jobs.JobKind):
    """Computes and keeps the scorecards of one scheme, period and subtree."""

    code = "assessments.compute_scorecards"
    title = "计算考核得分"
    permission = "assessments.mark_scorecard"

    def run(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        asked = job.arguments
        scheme = Scheme.objects.get(public_id=asked["scheme"])
        place = PartyOrganization.objects.get(public_id=asked["place"])
        period, today = Period.parse(asked["period"]), timezone.localdate()
        if job.owner is None and period not in open_periods(scheme, today, place=place.path):
            # A night that was made up for late: the period has been closed since.
            return {"scorecards": 0, "closed": True}
        progress(0, 1)
        with within(place.path):
            stored = store_scorecards(scheme=scheme, period=period, as_of=today)
        progress(1, 1)
        return {"scorecards": stored}
