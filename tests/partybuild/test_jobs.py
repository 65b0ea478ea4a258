"""Background work: whatever dies, a job is done once, under its owner's rights, or says why not."""

import contextlib
import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from branches.models import Grant
from members.models import Member
from partybuild import audit, jobs, ledgerfiles, tasks
from partybuild.celery import app
from partybuild.jobs import JobRefused, LeaseLost, Progress, job_kinds
from partybuild.ledgerfiles import LedgerJob
from partybuild.models import AuditEntry, Job, LedgerFile, Submission, WorkerBeat
from partybuild.scoping import ScopeMissing, everything
from tests.factories.partybuild import (
    AuditEntryFactory,
    JobFactory,
    LedgerFileFactory,
    SubmissionFactory,
)
from tests.partybuild import rehearsal

ABANDONED = "系统内部原因，没有做成（编号 {}）。已填内容不受影响，请联系系统管理员。"


@pytest.fixture
def script(monkeypatch):
    """Say what the rehearsal does."""

    def write(act):
        monkeypatch.setattr(job_kinds["tests.rehearsal"], "script", act, raising=False)

    write(succeed)
    return write


def succeed(job, progress):
    return {"done": True}


def stumble(job, progress):
    raise ZeroDivisionError


@pytest.fixture
def job(li, script):
    """A rehearsal that Li has asked for."""
    return jobs.queue(kind="tests.rehearsal", title="演练", owner=li)


@contextlib.contextmanager
def celery_with(**values):
    """Configure the bell otherwise for a while."""
    before = {name: app.conf[name] for name in values}
    app.conf.update(values)
    forget_broker()
    try:
        yield
    finally:
        app.conf.update(before)
        forget_broker()


def forget_broker():
    app.amqp._producer_pool = None


@pytest.fixture
def eager():
    """Let the bell wake a worker in this very process."""
    with celery_with(task_always_eager=True, task_eager_propagates=True):
        yield


def stored(job):
    return Job.objects.get(pk=job.pk)


def test_a_job_is_done_and_keeps_its_result(today, script, job):
    def half_then_whole(job, progress):
        progress(1, 2)
        halfway.append((stored(job).progress_done, stored(job).progress_total))
        progress(2, 2)
        return {"rows": 25}

    halfway = []
    script(half_then_whole)

    jobs.perform(job.pk)

    done = stored(job)
    assert (done.state, done.result, done.problem) == (Job.State.DONE, {"rows": 25}, "")
    assert (halfway, done.progress_done, done.attempts) == ([(1, 2)], 2, 1)
    assert (done.started_at, done.ended_at) == (timezone.now(), timezone.now())
    assert done.is_over


def test_a_job_in_a_workers_hands_is_left_alone(job):
    taken = jobs.claim(job.pk)

    assert (taken.attempts, jobs.claim(job.pk)) == (1, None)
    jobs.perform(job.pk)
    assert stored(job).state == Job.State.RUNNING


def test_a_job_whose_lease_ran_out_is_taken_over(today, job):
    jobs.claim(job.pk)

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=15)):
        early = jobs.claim(job.pk)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=16)):
        late = jobs.claim(job.pk)

    assert (early, late.attempts) == (None, 2)


def test_an_ended_job_is_not_taken_again(job):
    jobs.perform(job.pk)

    assert jobs.claim(job.pk) is None


def test_a_zombie_can_neither_report_nor_finish(today, script, job):
    def fall_silent_meanwhile_another_does_it(job, progress):
        if progress.attempt == 2:
            return {"by": "the second worker"}
        with time_machine.travel(timezone.now() + dt.timedelta(seconds=16)):
            jobs.perform(job.pk)
        with pytest.raises(LeaseLost):
            progress(1, 1)
        return {"by": "the zombie"}

    script(fall_silent_meanwhile_another_does_it)

    jobs.perform(job.pk)

    done = stored(job)
    assert (done.state, done.attempts) == (Job.State.DONE, 2)
    assert done.result == {"by": "the second worker"}


def test_a_zombie_that_notices_stops_without_a_trace(today, script, job):
    def notice(job, progress):
        Job.objects.filter(pk=job.pk).update(attempts=2)
        progress(1, 1)

    script(notice)

    jobs.perform(job.pk)

    assert (stored(job).state, stored(job).problem) == (Job.State.RUNNING, "")


def test_a_zombie_that_fails_does_not_spoil_the_others_work(script, job):
    def fail_late(job, progress):
        Job.objects.filter(pk=job.pk).update(attempts=2)
        raise JobRefused("迟到的失败")

    script(fail_late)

    jobs.perform(job.pk)

    assert (stored(job).state, stored(job).problem) == (Job.State.RUNNING, "")


def test_a_zombie_of_an_earlier_order_finishes_nothing_of_a_later_one(job, audit_admin):
    zombie = jobs.claim(job.pk)
    Job.objects.update(state=Job.State.FAILED)
    jobs.order_again(actor=audit_admin, job=job)
    jobs.claim(job.pk)

    with pytest.raises(LeaseLost):
        Progress(zombie.pk, zombie.attempts)(1, 1)


def test_the_lease_is_renewed_while_the_work_goes_on(transactional_db, settings, li, script):
    settings.JOB_HEARTBEAT_SECONDS = 0.01
    job = jobs.queue(kind="tests.rehearsal", title="演练", owner=li)

    def wait_for_a_heartbeat(job, progress):
        while stored(job).leased_until == job.leased_until:
            pass
        return {}

    script(wait_for_a_heartbeat)

    jobs.perform(job.pk)

    assert stored(job).state == Job.State.DONE


def test_a_refused_job_tells_its_owner_why(script, job):
    def refuse(job, progress):
        raise JobRefused("名册里没有人，没有可导出的内容。")

    script(refuse)

    jobs.perform(job.pk)

    failed = stored(job)
    assert (failed.state, failed.problem) == (
        Job.State.FAILED,
        "名册里没有人，没有可导出的内容。",
    )
    assert failed.is_over


def test_an_unforeseen_fault_is_tried_again_and_in_the_end_told_with_a_number(script, job):
    script(stumble)
    states = []
    for _ in range(4):
        jobs.perform(job.pk)
        states.append(stored(job).state)

    assert states == [*[Job.State.QUEUED] * 3, Job.State.FAILED]
    assert stored(job).problem == ABANDONED.format(job.public_id)


def test_a_fault_that_passes_does_no_harm(script, job):
    def stumble_once(job, progress):
        if progress.attempt == 1:
            raise ZeroDivisionError
        return {}

    script(stumble_once)
    jobs.perform(job.pk)
    jobs.perform(job.pk)

    assert (stored(job).state, stored(job).attempts) == (Job.State.DONE, 2)


def test_a_job_that_kills_its_workers_is_given_up(today, job):
    for minute in range(4):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minute)):
            jobs.claim(job.pk)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4)):
        jobs.perform(job.pk)

    failed = stored(job)
    assert (failed.state, failed.attempts) == (Job.State.FAILED, 5)
    assert failed.problem == ("多次中断，已停止重试。请稍后再运行一次；仍不行请联系系统管理员。")


def test_a_job_of_a_kind_that_is_gone_says_so(li):
    job = JobFactory(kind="partybuild.forgotten", owner=li)

    jobs.perform(job.pk)

    assert (stored(job).state, stored(job).problem) == (
        Job.State.FAILED,
        "本版本不再有这种作业。",
    )


def test_an_ended_job_can_be_ordered_again_with_new_attempts(script, job, system_admin):
    script(stumble)
    for _ in range(4):
        jobs.perform(job.pk)
    jobs.order_again(actor=system_admin, job=job)
    waiting = stored(job)
    for _ in range(3):
        jobs.perform(job.pk)
    script(succeed)
    jobs.perform(job.pk)

    assert (waiting.state, waiting.problem) == (Job.State.QUEUED, "")
    assert (stored(job).state, stored(job).attempts) == (Job.State.DONE, 8)
    with everything(reason="what was noted"):
        assert [entry.summary for entry in AuditEntry.objects.all()] == ["重新运行 演练"]


def test_a_running_job_is_not_ordered_again(job, system_admin):
    jobs.claim(job.pk)

    jobs.order_again(actor=system_admin, job=job)

    assert stored(job).state == Job.State.RUNNING
    assert audit.verify() == (0, None)


def test_one_key_makes_one_job(li):
    made = [
        jobs.queue(kind="tests.rehearsal", title=title, once_key="archive:2026-10")
        for title in ("第一次", "第二次")
    ]

    assert made[0] == made[1]
    assert [job.title for job in Job.objects.all()] == ["第一次"]


def look_around(seen):
    def look(job, progress):
        seen.extend(Member.objects.values_list("name", flat=True))
        return {}

    return look


def test_a_job_sees_what_its_owner_sees(script, job, wang):
    seen = []
    script(look_around(seen))

    jobs.perform(job.pk)

    assert seen == ["李秀岩"]


def test_a_periodic_job_sees_everything(script, li, wang):
    seen = []
    script(look_around(seen))

    jobs.perform(jobs.queue(kind="tests.rehearsal", title="每晚").pk)

    assert sorted(seen) == ["李秀岩", "王若川"]


def withdraw_grant(user):
    Grant.objects.filter(user=user).delete()


def let_grant_end(user):
    Grant.objects.filter(user=user).update(ends_on=timezone.localdate() - dt.timedelta(days=1))


def close_account(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("lose_rights", [withdraw_grant, let_grant_end, close_account])
def test_a_job_whose_owner_lost_their_rights_is_not_done(lose_rights, script, job, li):
    seen = []
    script(look_around(seen))
    lose_rights(li)

    jobs.perform(job.pk)

    assert seen == []
    assert (stored(job).state, stored(job).problem) == (
        Job.State.FAILED,
        "您的权限已有变动，这项作业没有做。需要时请联系本级管理人员。",
    )


def test_no_scope_is_left_open_after_a_job(job):
    jobs.perform(job.pk)

    with pytest.raises(ScopeMissing):
        list(Member.objects.all())


def test_the_bell_rings_once_the_transaction_is_through(
    eager, job, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        jobs.ring(job)
        before = stored(job).state

    assert (before, stored(job).state) == (Job.State.QUEUED, Job.State.DONE)


@pytest.mark.parametrize(
    ("state", "fields", "rung"),
    [
        ("queued", {}, 1),
        ("queued", {"published": 14}, 0),
        ("queued", {"published": 16}, 1),
        ("running", {"published": 60, "leased": -1}, 1),
        ("running", {"published": 60, "leased": 1}, 0),
        ("done", {"published": 60, "leased": -1}, 0),
        ("failed", {"published": 60, "leased": -1}, 0),
    ],
)
def test_the_sweeper_rings_for_whom_nobody_works(today, eager, script, li, state, fields, rung):
    now = timezone.now()
    job = JobFactory(
        kind="tests.rehearsal",
        owner=li,
        state=state,
        published_at=now - dt.timedelta(seconds=fields["published"]) if fields else None,
        leased_until=now + dt.timedelta(seconds=fields.get("leased", 0)),
    )

    assert jobs.sweep() == rung
    assert stored(job).attempts == rung


def test_a_job_is_done_although_the_broker_was_away_when_it_was_asked_for(
    today, tmp_path, job, django_capture_on_commit_callbacks, caplog
):
    with (
        celery_with(broker_url=f"redis+socket://{tmp_path}/nobody.sock"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        jobs.ring(job)
    waiting = stored(job).state

    with (
        celery_with(task_always_eager=True),
        time_machine.travel(timezone.now() + dt.timedelta(seconds=16)),
    ):
        tasks.sweep_jobs()

    assert (waiting, stored(job).state) == (Job.State.QUEUED, Job.State.DONE)
    assert [record.getMessage() for record in caplog.records if record.name == jobs.__name__] == [
        f"队列暂不可用，作业 {job.pk} 稍后由巡查任务唤醒。"
    ]


def test_the_doorbell_performs_the_job(job):
    tasks.run_job(job_id=job.pk)

    assert stored(job).state == Job.State.DONE


def test_the_sweeper_shows_that_scheduler_and_worker_live(today, db):
    tasks.sweep_jobs()
    tasks.sweep_jobs()

    beats = WorkerBeat.objects.order_by("name").values_list("name", "seen_at")
    assert list(beats) == [("scheduler", timezone.now()), ("worker", timezone.now())]


def test_the_hourly_anchor_notes_the_head(db):
    AuditEntryFactory.create_batch(3)

    tasks.anchor_audit()

    assert audit.anchor_path().read_text().split()[1] == "3"


def test_old_keys_and_jobs_are_forgotten(today, li):
    now = timezone.now()
    kept = SubmissionFactory(user=li)
    Submission.objects.filter(pk=SubmissionFactory(user=li).pk).update(
        at=now - dt.timedelta(days=31)
    )
    JobFactory(owner=li, ended_at=now - dt.timedelta(days=91))
    recent = JobFactory(owner=li, ended_at=now - dt.timedelta(days=89))
    archive = JobFactory(owner=None, once_key="archive", ended_at=now - dt.timedelta(days=400))

    tasks.tidy()

    assert list(Submission.objects.all()) == [kept]
    assert set(Job.objects.all()) == {recent, archive}


def test_the_file_of_a_forgotten_job_is_removed_with_it(today, li):
    for name, days in (("old.xlsx", 91), ("new.xlsx", 89)):
        (ledgerfiles.directory() / name).touch()
        ended_at = timezone.now() - dt.timedelta(days=days)
        LedgerFileFactory(owner=li, stored_as=name, job__ended_at=ended_at)
    LedgerFileFactory(owner=li, stored_as="", job__ended_at=timezone.now() - dt.timedelta(days=91))

    tasks.tidy()

    with everything(reason="what is left"):
        assert [left.stored_as for left in LedgerFile.objects.all()] == ["new.xlsx"]
    assert [path.name for path in ledgerfiles.directory().iterdir()] == ["new.xlsx"]


def roster_file(owner, place, kind):
    """Ask for a roster that is built by a certain kind of job."""
    arguments = {"code": "members.roster"}
    job = jobs.queue(kind=kind, title="党员花名册", owner=owner, arguments=arguments)
    return LedgerFileFactory(
        owner=owner, job=job, code="members.roster", place=place.path, unit=place.name
    )


def test_a_ledger_removes_what_killed_workers_left_of_it(li, first_branch):
    ledger_file = roster_file(li, first_branch, LedgerJob.code)
    (ledgerfiles.directory() / f"{ledger_file.public_id}.1.part").touch()
    (ledgerfiles.directory() / "another.1.part").touch()
    jobs.claim(ledger_file.job_id)
    Job.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))

    jobs.perform(ledger_file.job_id)

    assert stored(ledger_file.job).attempts == 2
    assert {path.name for path in ledgerfiles.directory().iterdir()} == {
        f"{ledger_file.public_id}.xlsx",
        "another.1.part",
    }


def test_a_ledger_that_fails_leaves_nothing_behind(li, first_branch):
    ledger_file = roster_file(li, first_branch, rehearsal.FailingLedger.code)

    jobs.perform(ledger_file.job_id)

    assert stored(ledger_file.job).problem == "中途停下"
    assert list(ledgerfiles.directory().iterdir()) == []


def long_file(owner, target, **arguments):
    return jobs.queue(
        kind=rehearsal.LongFile.code,
        title="写长文件",
        owner=owner,
        arguments={"target": str(target), **arguments},
    )


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_killed_is_taken_over_with_the_same_file(tmp_path, li, start_worker):
    undisturbed = long_file(li, tmp_path / "undisturbed.csv")
    disturbed = long_file(li, tmp_path / "disturbed.csv", halts=True)
    jobs.perform(undisturbed.pk)

    first = start_worker(disturbed)
    assert first.stdout.readline() == "halfway\n"
    first.kill()
    first.wait()
    left_by_the_dead = stored(disturbed)
    second = start_worker(disturbed)
    second.wait()

    done = stored(disturbed)
    assert (left_by_the_dead.state, left_by_the_dead.progress_done) == (Job.State.RUNNING, 900)
    assert (first.returncode, second.returncode) == (-9, 0)
    assert (done.state, done.attempts, done.result) == (Job.State.DONE, 2, {"lines": 2000})
    assert done.started_at >= left_by_the_dead.leased_until
    assert (tmp_path / "disturbed.csv").read_bytes() == (tmp_path / "undisturbed.csv").read_bytes()
