"""Doorbells: each task hands ids to one function."""

from datetime import timedelta
from typing import Any

from celery.signals import heartbeat_sent, worker_ready
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from partybuild import audit, batches, jobs, ledgerfiles
from partybuild.celery import app
from partybuild.models import Job, Submission
from partybuild.periods import Period
from partybuild.scoping import everything


@app.task(name="partybuild.run_job")
def run_job(*, job_id: int) -> None:
    jobs.in_worker(lambda: jobs.perform(job_id))


@app.task(name="partybuild.sweep_jobs")
def sweep_jobs() -> None:
    def sweep() -> None:
        jobs.show_life("scheduler")
        jobs.show_life("worker")
        jobs.sweep()

    jobs.in_worker(sweep)


@app.task(name="partybuild.anchor_audit")
def anchor_audit() -> None:
    jobs.in_worker(audit.write_anchor)


@app.task(name="partybuild.tidy")
def tidy() -> None:
    jobs.in_worker(tidy_up)


@app.task(name="partybuild.queue_monthly_ledgers")
def queue_monthly_ledgers() -> None:
    jobs.in_worker(queue_last_month)


def queue_last_month() -> list[Job]:
    """Queue last month's archive of every organisation that stands at the top of a tree."""
    period = Period.containing(timezone.localdate(), "month").previous()
    with everything(reason="the archive holds every organisation's ledgers"):
        tops = apps.get_model(settings.PLACE_MODEL)._default_manager.filter(superior=None)
        queued = [
            job for top in tops for job in ledgerfiles.archive_ledgers(period=period, place=top)
        ]
    for job in queued:
        jobs.ring(job)
    return queued


def tidy_up() -> None:
    """Forget keys of forms, and finished jobs with their files, that nobody needs any more."""
    now = timezone.now()
    Submission.objects.filter(at__lt=now - timedelta(days=30)).delete()
    over = Job.objects.filter(once_key=None, ended_at__lt=now - timedelta(days=90))
    ledgerfiles.forget_files_of(over)
    over.delete()
    with everything(reason="uploaded files are forgotten everywhere"):
        batches.tidy(now)
    ledgerfiles.tidy_files()


@worker_ready.connect
@heartbeat_sent.connect
def note_worker(**kwargs: Any) -> None:
    """Let the health page see a worker that has just started or is idle."""
    jobs.in_worker(lambda: jobs.show_life("worker"))
