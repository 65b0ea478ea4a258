"""Kinds of jobs that exist for tests: one does what the test says, one writes a long file."""

from pathlib import Path

from partybuild.jobs import JobKind, JobRefused, Progress
from partybuild.ledgerfiles import LedgerJob

LINES = 2000
HALFWAY = 1000


class Rehearsal(JobKind):
    """Does what the test that runs it has put into `script`."""

    code = "tests.rehearsal"
    title = "演练"
    permission = "activities.view_activity"

    def run(self, job, progress):
        return self.script(job, progress)


class LongFile(JobKind):
    """Writes a long file as a ledger does: under a name of its own, then into place.

    The first attempt halts halfway if it is told to: it says so and waits for its end.
    """

    code = "tests.long_file"
    title = "写长文件"
    permission = "activities.view_activity"

    def run(self, job, progress):
        target = Path(job.arguments["target"])
        part = target.with_suffix(f".{progress.attempt}.part")
        with part.open("w", encoding="utf-8") as out:
            for number in range(LINES):
                if number == HALFWAY and job.arguments.get("halts") and progress.attempt == 1:
                    halt()
                out.write(f"{number},第{number}行\n")
                if number % 100 == 0:
                    progress(number, LINES)
        progress(LINES, LINES)
        part.replace(target)
        return {"lines": LINES}


class HaltingLedger(LedgerJob):
    """Builds a ledger; the first attempt halts when it has something to report for the first time."""

    code = "tests.halting_ledger"
    title = "生成台账（演练）"

    def run(self, job, progress):
        return super().run(job, Halting(progress) if progress.attempt == 1 else progress)


class Halting:
    """Passes progress on, and halts as soon as some of the work is done."""

    def __init__(self, progress):
        self.progress = progress
        self.attempt = progress.attempt

    def __call__(self, done, total):
        self.progress(done, total)
        if done:
            halt()


class FailingLedger(LedgerJob):
    """Builds a ledger and gives up just before it takes its place."""

    code = "tests.failing_ledger"
    title = "生成台账（不成）"

    def run(self, job, progress):
        return super().run(job, Failing(progress.job_id, progress.attempt))


class Failing(Progress):
    """Refuses to be finished."""

    def __call__(self, done, total):
        if done == total:
            raise JobRefused("中途停下")


def halt():
    """Tell the parent process, then wait for a line that never comes."""
    print("halfway", flush=True)  # noqa: T201 -- this is how the parent process hears of it
    input()
