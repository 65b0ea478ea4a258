"""A worker in a process of its own: python -m tests.partybuild.worker_process JOB_ID."""

import os
import sys
import threading

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partybuild.settings")
django.setup()

from django.test import override_settings  # noqa: E402 -- after django.setup()

from partybuild import jobs  # noqa: E402
from partybuild.models import Job  # noqa: E402
from tests.partybuild import rehearsal  # noqa: E402, F401 -- registers the kinds


def work(job_id):
    """Try the job again and again until it is over, as the sweeper's bell would make us."""
    while not Job.objects.get(pk=job_id).is_over:
        jobs.perform(job_id)
        threading.Event().wait(0.05)


if __name__ == "__main__":
    with override_settings(JOB_LEASE_SECONDS=2, JOB_HEARTBEAT_SECONDS=0.2):
        work(int(sys.argv[1]))
