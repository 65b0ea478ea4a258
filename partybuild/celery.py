"""The Celery application: it only wakes jobs; the Job rows are the truth."""

import ctypes
import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partybuild.settings")

PR_SET_PDEATHSIG = 1

app = Celery("partybuild")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def die_with_worker(**kwargs: Any) -> None:
    """Have the kernel end a busy process of the pool when its worker is killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
