"""Whether the portal's parts are alive."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError

from partybuild.models import WorkerBeat

ALIVE = "ok"
SILENT_SECONDS = 60
NAMES = {
    "database": "数据库",
    "queue": "任务队列",
    "worker": "后台进程",
}


def checks() -> dict[str, str]:
    """Return for `database`, `queue` and `worker` either `ok` or what is wrong in Chinese."""
    return {"database": _database(), "queue": _queue(), "worker": _worker()}


def in_words() -> list[dict[str, Any]]:
    """Return the checks for a page: name, alive, words."""
    return [
        {"name": NAMES[name], "alive": state == ALIVE, "words": "正常" if state == ALIVE else state}
        for name, state in checks().items()
    ]


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error:
        return "数据库连不上"
    return ALIVE


def _queue() -> str:
    options = {"socket_connect_timeout": 2, "socket_timeout": 2}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            client: Any = broker.default_channel
            client.client.ping()
    except (OperationalError, OSError):
        return "任务队列连不上，导出等后台作业会推迟"
    return ALIVE


def _worker() -> str:
    try:
        newest = WorkerBeat.objects.filter(name="worker").values_list("seen_at", flat=True).first()
    except Error:
        return "数据库连不上"
    if newest is None or newest < timezone.now() - timedelta(seconds=SILENT_SECONDS):
        return "后台进程没有回应，导出等后台作业会推迟"
    return ALIVE
