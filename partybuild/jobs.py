"""Background work: the Job row is the truth, Celery only rings the bell.

A worker claims a job with a conditional update and holds it by a lease that a thread renews. When
the worker dies, the lease runs out, the sweeper rings again and another worker takes over. A
worker that comes back late finds the attempt number changed and can finish nothing: `attempts` is
the fencing token.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from partybuild import audit
from partybuild.acting import acting_as
from partybuild.models import ATTEMPTS_PER_ORDER, Job, WorkerBeat
from partybuild.registry import Registry
from partybuild.scoping import everything

logger = logging.getLogger(__name__)
RING_AGAIN_SECONDS = 15
NO_LONGER_ALLOWED = "您的权限已有变动，这项作业没有做。需要时请联系本级管理人员。"


class JobRefused(Exception):
    """A job cannot be done, for a reason that its owner understands."""


class LeaseLost(Exception):
    """Another worker has taken the job over; this one stops without a trace."""


@dataclass
class Progress:
    """Tells the job's page how far the work is; raises LeaseLost once it is somebody else's."""

    job_id: int
    attempt: int

    def __call__(self, done: int, total: int) -> None:
        held = _held(self.job_id, self.attempt)
        if not held.update(progress_done=done, progress_total=total):
            raise LeaseLost(self.job_id)


class JobKind:
    """作业种类: one kind of background work; defining the class registers it."""

    code: ClassVar[str]
    title: ClassVar[str]
    # The permission under which the owner's job runs; periodic jobs run with everything open.
    permission: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            job_kinds.add(cls.code, cls())

    def permission_for(self, job: Job) -> str:
        """Return the permission that this very job needs."""
        return self.permission

    def run(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Do the work and return the result; must be harmless when done twice."""
        raise NotImplementedError


job_kinds: Registry[JobKind] = Registry("作业种类")


def queue(
    *,
    kind: str,
    title: str,
    owner: Any = None,
    arguments: dict[str, Any] | None = None,
    once_key: str | None = None,
) -> Job:
    """Write a job row; the caller then calls `ring`. One row per `once_key`, however often."""
    values = {"kind": kind, "title": title, "owner": owner, "arguments": arguments or {}}
    if once_key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(once_key=once_key, defaults=values)[0]


def ring(job: Job) -> None:
    """Wake a worker once the transaction is through; without a broker the sweeper does it."""
    transaction.on_commit(lambda: _publish(job.pk))


def _publish(job_id: int) -> None:
    from partybuild.tasks import run_job  # noqa: PLC0415 -- tasks import this module

    Job.objects.filter(pk=job_id).update(published_at=timezone.now())
    try:
        run_job.delay(job_id=job_id)
    except Exception:  # noqa: BLE001 -- whatever the broker raises, the sweeper rings again
        logger.warning("队列暂不可用，作业 %s 稍后由巡查任务唤醒。", job_id)


def sweep() -> int:
    """Ring again for jobs that nobody has taken or whose worker fell silent; return how many."""
    now = timezone.now()
    unheard = now - timedelta(seconds=RING_AGAIN_SECONDS)
    waiting = Q(state=Job.State.QUEUED) & (
        Q(published_at__isnull=True) | Q(published_at__lt=unheard)
    )
    abandoned = Q(state=Job.State.RUNNING, leased_until__lt=now)
    due = list(Job.objects.filter(waiting | abandoned).values_list("pk", flat=True)[:200])
    for job_id in due:
        _publish(job_id)
    return len(due)


def claim(job_id: int) -> Job | None:
    """Take a job; None when it is done or in another worker's hands."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, leased_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        leased_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        started_at=now,
        problem="",
    )
    return Job.objects.select_related("owner").get(pk=job_id) if taken else None


def perform(job_id: int) -> None:
    """Claim a job, do it under its owner's rights, and write down how it ended."""
    job = claim(job_id)
    if job is None:
        return
    with _Heartbeat(job):
        try:
            result = _run(job)
        except LeaseLost:
            return
        except JobRefused as refusal:
            _end(job, Job.State.FAILED, problem=str(refusal))
        except PermissionDenied:
            logger.warning("作业 %s（%s）的申请人不再有权限", job.pk, job.kind)
            _end(job, Job.State.FAILED, problem=NO_LONGER_ALLOWED)
        except Exception:
            logger.exception("作业 %s（%s）没有做成", job.pk, job.kind)
            _give_back(job)
        else:
            _end(job, Job.State.DONE, result=result)


@transaction.atomic
def order_again(*, actor: Any, job: Job) -> None:
    """Put an ended job back into the queue; the caller rings it."""
    ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.DONE])
    if ended.update(
        state=Job.State.QUEUED,
        attempts_allowed=F("attempts") + ATTEMPTS_PER_ORDER,
        problem="",
        progress_done=0,
        published_at=None,
    ):
        audit.record(
            actor=actor,
            action="partybuild.job.ordered_again",
            subject=job,
            summary=f"重新运行 {job.title}",
        )


def _run(job: Job) -> dict[str, Any]:
    kind = job_kinds.get(job.kind)
    if kind is None:
        raise JobRefused("本版本不再有这种作业。")
    if job.attempts > job.attempts_allowed:
        raise JobRefused("多次中断，已停止重试。请稍后再运行一次；仍不行请联系系统管理员。")
    scope: Any = (
        acting_as(job.owner_id, kind.permission_for(job))
        if job.owner_id
        else everything(reason=f"periodic job {job.kind}")
    )
    with scope:
        return kind.run(job, Progress(job.pk, job.attempts))


def _held(job_id: int, attempt: int) -> Any:
    return Job.objects.filter(pk=job_id, attempts=attempt, state=Job.State.RUNNING)


def _end(job: Job, state: str, *, problem: str = "", result: dict[str, Any] | None = None) -> None:
    _held(job.pk, job.attempts).update(
        state=state, problem=problem, result=result or {}, ended_at=timezone.now()
    )


def _give_back(job: Job) -> None:
    """After an unforeseen fault: try again until the attempts are used up."""
    if job.attempts >= job.attempts_allowed:
        _end(
            job,
            Job.State.FAILED,
            problem=f"系统内部原因，没有做成（编号 {job.public_id}）。已填内容不受影响，请联系系统管理员。",
        )
    else:
        _held(job.pk, job.attempts).update(state=Job.State.QUEUED, published_at=timezone.now())


class _Heartbeat:
    """Renews the lease from a thread of its own while the work goes on."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        # Inside a transaction nobody else sees the lease; only tests perform jobs in one.
        if not connection.in_atomic_block:
            self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=settings.JOB_HEARTBEAT_SECONDS)

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.JOB_HEARTBEAT_SECONDS):
                until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
                _held(self._job.pk, self._job.attempts).update(leased_until=until)
        finally:
            connection.close()


def show_life(name: str) -> None:
    """Note that a background process is alive; read by the health page."""
    WorkerBeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})


def in_worker(work: Callable[[], Any]) -> Any:
    """Run a task's body between two checks of the database connection.

    Called in the middle of a transaction it leaves the connection alone: a check would close it.
    """
    if connection.in_atomic_block:
        return work()
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
