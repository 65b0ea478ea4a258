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
from partybuild.scoping import everything, within

# What was held in the last days of a period is recorded in the weeks after it.
DAYS_FOR_LATE_RECORDS = 31


@app.task(name="assessments.queue_running_scorecards")
def queue_running_scorecards() -> None:
    jobs.in_worker(lambda: queue_running(timezone.localdate()))


def queue_running(today: dt.date) -> list[Job]:
    """Queue one job a day for each running scheme, running period and top of the tree."""
    with everything(reason="the running scorecards of every tree are computed nightly"):
        tops = list(PartyOrganization.objects.filter(superior=None))
    queued = [
        jobs.queue(
            kind=ScorecardJob.code,
            title=f"计算考核得分 {top.label} {scheme.title} {period.title}"[:200],
            arguments=_arguments(scheme, period, top),
            once_key=f"scorecards:{scheme.public_id}:{period}:{top.public_id}:{today}",
        )
        for scheme in Scheme.objects.filter(is_running=True)
        for period in running_periods(scheme, today)
        if scheme.counts_in(period)
        for top in tops
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


def running_periods(scheme: Scheme, today: dt.date) -> list[Period]:
    """Return the period that runs, and the one before while late records still come in."""
    running = scheme.period_on(today)
    if (today - running.start).days < DAYS_FOR_LATE_RECORDS:
        return [running.previous(), running]
    return [running]


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
        progress(0, 1)
        with within(place.path):
            stored = store_scorecards(
                scheme=scheme, period=Period.parse(asked["period"]), as_of=timezone.localdate()
            )
        progress(1, 1)
        return {"scorecards": stored}
