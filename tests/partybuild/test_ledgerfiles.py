"""Ledger files: asked for in the page, built whatever dies, served to whom they belong."""

import datetime as dt
import hashlib
import html
import os
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from partybuild import jobs, ledgerfiles, tasks
from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry, Job, LedgerFile
from partybuild.periods import Period
from partybuild.scoping import everything
from partybuild.workbooks import BATCH
from tests.factories.activities import MeetingFactory
from tests.factories.partybuild import JobFactory, LedgerFileFactory
from tests.partybuild import rehearsal
from tests.partybuild.ledger_records import life_of

CODE = "activities.meetings"
YEAR = Period.year(2026)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pytestmark = pytest.mark.usefixtures("today")


def ask(client, place, *, key="a-key-of-one-form", code=CODE, period="2026"):
    """Press 导出 on the page of a ledger."""
    return client.post(
        reverse("partybuild:ask_for_ledger", args=[code]),
        {"organization": place.public_id, "period": period, "submission_key": key},
    )


def only_file():
    with everything(reason="the test looks at what is stored"):
        return LedgerFile.objects.select_related("job").get()


def asked_and_built(client, user, place):
    """Have a user ask for the meeting ledger of a place, and a worker build it."""
    client.force_login(user)
    ask(client, place)
    ledger_file = only_file()
    jobs.perform(ledger_file.job_id)
    return only_file()


def meetings_of(branch, user, count):
    """Record meetings of a branch."""
    for _ in range(count):
        MeetingFactory(activity__organization=branch, activity__recorded_by=user)


def fetched(client, ledger_file):
    """Fetch a file to its end; return the status of the answer."""
    answer = client.get(f"/files/{ledger_file.public_id}/download/")
    list(answer)
    return answer.status_code


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def without_token(page):
    """Return a page without the token that is another one in every answer."""
    return re.sub(r'value="\w{64}"', "", page.text)


def test_a_ledger_is_asked_for_built_and_fetched(client, li, first_branch):
    life_of(first_branch, "甲")
    client.force_login(li)

    answer = ask(client, first_branch)
    waiting = only_file()
    jobs.perform(waiting.job_id)
    built = only_file()
    page = client.get(answer.url)
    download = client.get(page.context["file_url"])
    content = b"".join(download.streaming_content)

    assert answer.url == f"/files/{waiting.public_id}/"
    assert (waiting.owner, waiting.stored_as, waiting.job.state) == (li, "", Job.State.QUEUED)
    assert (built.job.state, built.job.result) == (
        Job.State.DONE,
        {"ledger_file": built.public_id, "rows": 1},
    )
    assert (built.row_count, built.byte_count) == (1, len(content))
    assert built.sha256 == hashlib.sha256(content).hexdigest()
    assert download["Content-Type"] == EXCEL
    assert download["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert names(ledgerfiles.directory()) == [built.stored_as]


@pytest.mark.parametrize(("form", "suffix"), [("csv", ".csv"), ("zip", ".xlsx"), ("", ".xlsx")])
def test_a_file_is_excel_unless_text_is_asked_for(client, li, first_branch, form, suffix):
    life_of(first_branch, "甲")
    client.force_login(li)
    said = {"organization": first_branch.public_id, "period": "2026", "form": form}
    client.post(reverse("partybuild:ask_for_ledger", args=[CODE]), said)

    jobs.perform(only_file().job_id)

    assert only_file().stored_as.endswith(suffix)


def test_a_file_that_is_still_being_built_cannot_be_fetched(client, li, first_branch):
    client.force_login(li)
    ask(client, first_branch)
    waiting = only_file()

    assert client.get(f"/files/{waiting.public_id}/").context["file_url"] == ""
    assert client.get(f"/files/{waiting.public_id}/download/").status_code == 404


def test_the_whole_way_is_in_the_audit_trail(client, li, first_branch):
    built = asked_and_built(client, li, first_branch)
    fetched(client, built)

    with everything(reason="what was noted"):
        entries = AuditEntry.objects.filter(subject_id=built.public_id).order_by("sequence")
    assert [(entry.actor, entry.place, entry.summary) for entry in entries] == [
        (li, first_branch.path, "申请导出 “三会一课”台账 第一党支部 2026年"),
        (li, first_branch.path, "生成 “三会一课”台账 第一党支部 2026年，0 行"),
        (li, first_branch.path, "下载 “三会一课”台账 第一党支部 2026年"),
    ]


@pytest.mark.parametrize("page", ["/files/{}/", "/files/{}/download/"])
@pytest.mark.parametrize("other", ["wang", "zhao", "qian"])
def test_a_file_of_somebody_else_answers_as_one_that_does_not_exist(
    client, request, li, first_branch, page, other
):
    built = asked_and_built(client, li, first_branch)
    client.force_login(request.getfixturevalue(other))

    theirs = client.get(page.format(built.public_id))
    missing = client.get(page.format("z" * len(built.public_id)))

    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert without_token(theirs).replace(built.public_id, "") == without_token(missing).replace(
        "z" * len(built.public_id), ""
    )


def test_those_who_may_read_no_file_at_all_are_refused(client, li, sun, zhou, first_branch):
    built = asked_and_built(client, li, first_branch)

    for user in (sun, zhou):
        client.force_login(user)
        assert client.get(f"/files/{built.public_id}/download/").status_code == 403


def test_the_job_of_a_file_tells_only_its_owner_how_far_it_is(client, li, wang, first_branch):
    built = asked_and_built(client, li, first_branch)
    url = reverse("partybuild:job_status", args=[built.job.public_id])
    told = client.get(url).json()
    client.force_login(wang)

    assert told == {
        "state": "已完成",
        "done": 0,
        "total": 0,
        "note": "",
        "over": True,
        "file_url": f"/files/{built.public_id}/download/",
    }
    assert client.get(url).status_code == 404


def test_one_form_sent_twice_makes_one_file(client, li, first_branch):
    client.force_login(li)

    first, second = ask(client, first_branch), ask(client, first_branch)

    assert first.url == second.url
    assert Job.objects.count() == 1
    assert only_file().owner == li


def test_nobody_asks_for_a_place_that_is_not_theirs(client, li, second_branch):
    client.force_login(li)

    assert ask(client, second_branch).status_code == 404
    assert Job.objects.count() == 0


def test_a_bad_period_asks_for_nothing_and_says_so(client, li, first_branch):
    client.force_login(li)

    answer = ask(client, first_branch, period="去年")
    page = client.get(answer.url)

    assert "“去年”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。" in page.text
    assert Job.objects.count() == 0


def test_a_ledger_without_rows_is_a_whole_file(client, li, first_branch):
    built = asked_and_built(client, li, first_branch)

    assert (built.row_count, built.job.state) == (0, Job.State.DONE)


def test_a_file_holds_what_its_place_held_and_not_the_asker_s_other_places(
    client, zhao, first_branch, second_branch
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")

    assert asked_and_built(client, zhao, first_branch).row_count == 1


def test_what_is_too_much_for_excel_is_told_and_leaves_nothing_behind(
    client, li, first_branch, monkeypatch
):
    meetings_of(first_branch, li, BATCH)
    monkeypatch.setattr("partybuild.workbooks.MAX_ROWS", BATCH)  # a million rows take long to make

    built = asked_and_built(client, li, first_branch)

    assert (built.job.state, built.job.problem) == (
        Job.State.FAILED,
        "内容超过 Excel 一张工作表能装下的范围，请缩小单位或时间范围后再导出。",
    )
    assert (built.stored_as, names(ledgerfiles.directory())) == ("", [])


def test_a_worker_that_lost_its_job_leaves_no_file(client, li, first_branch):
    life_of(first_branch, "甲")
    client.force_login(li)
    ask(client, first_branch)
    ledger_file = only_file()
    zombie = jobs.claim(ledger_file.job_id)
    Job.objects.filter(pk=zombie.pk).update(attempts=2)

    with pytest.raises(jobs.LeaseLost), everything(reason="as a worker runs it"):
        ledgerfiles.build(ledger_file, jobs.Progress(zombie.pk, 1))

    assert names(ledgerfiles.directory()) == []
    assert only_file().stored_as == ""


# --- killed ----------------------------------------------------------------------------------


@pytest.fixture
def shared_data(settings, session_data):
    """Keep files where a worker of another process keeps them, too."""
    settings.DATA_DIR = session_data
    yield session_data
    for file in ledgerfiles.directory().iterdir():
        file.unlink()


def file_to_build(owner, place, kind):
    """Store what pressing 导出 stores, to be built by a job of this kind."""
    job = jobs.queue(kind=kind, title="台账", owner=owner, arguments={"code": CODE})
    return LedgerFileFactory(owner=owner, job=job, place=place.path, unit=place.name)


@pytest.mark.django_db(transaction=True)
def test_a_ledger_whose_worker_was_killed_is_taken_over_with_the_same_bytes(
    shared_data, li, first_branch, start_worker
):
    meetings_of(first_branch, li, ledgerfiles.PROGRESS_EVERY + 20)
    undisturbed = file_to_build(li, first_branch, "partybuild.build_ledger")
    disturbed = file_to_build(li, first_branch, rehearsal.HaltingLedger.code)
    jobs.perform(undisturbed.job_id)

    first = start_worker(disturbed.job)
    assert first.stdout.readline() == "halfway\n"
    first.kill()
    first.wait()
    left_behind = names(ledgerfiles.directory())
    second = start_worker(disturbed.job)
    second.wait()
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        tasks.tidy()

    with everything(reason="what became of them"):
        expected, taken_over = (
            LedgerFile.objects.select_related("job").get(pk=one.pk)
            for one in (undisturbed, disturbed)
        )
    folder = ledgerfiles.directory()
    assert (first.returncode, second.returncode) == (-9, 0)
    assert f"{disturbed.public_id}.1.part" in left_behind
    assert (taken_over.job.state, taken_over.job.attempts) == (Job.State.DONE, 2)
    assert (folder / taken_over.stored_as).read_bytes() == (
        folder / expected.stored_as
    ).read_bytes()
    assert taken_over.sha256 == expected.sha256
    assert names(folder) == sorted([expected.stored_as, taken_over.stored_as])


# --- archive ---------------------------------------------------------------------------------


@pytest.fixture
def archive(committee, first_branch, foreign_branch):
    """The archive as queued on the first of December, built."""
    with time_machine.travel(dt.datetime(2026, 12, 1, 2, 0, tzinfo=dt.UTC)):
        queued = tasks.queue_last_month()
        for job in queued:
            jobs.perform(job.pk)
    return queued


def test_every_periodic_ledger_of_every_tree_is_archived_once_however_often_it_is_queued(
    committee, foreign_branch
):
    for day in range(1, 6):
        with time_machine.travel(dt.datetime(2026, 12, day, 2, 0, tzinfo=dt.UTC)):
            tasks.queue_last_month()

    tops = {committee.path, committee.path[:-1] + "2"}
    with everything(reason="what was archived"):
        archived = list(LedgerFile.objects.values_list("code", "place", "period", "owner"))
    assert sorted(archived) == sorted(
        (ledger.code, top, "2026-11", None) for ledger in ledgers if ledger.periodic for top in tops
    )
    assert Job.objects.count() == len(archived)


def test_an_archived_file_is_built_with_everything_and_once(archive):
    with everything(reason="what was archived"):
        first = list(LedgerFile.objects.order_by("pk").values_list("sha256", "built_at"))
    for job in archive:
        jobs.perform(job.pk)

    with everything(reason="what was archived"):
        again = list(LedgerFile.objects.order_by("pk").values_list("sha256", "built_at"))
    assert again == first
    assert {state for (state,) in Job.objects.values_list("state")} == {Job.State.DONE}


def test_the_archive_is_shown_to_readers_of_its_place_and_to_nobody_else(
    client, zhao, li, qian, committee, archive
):
    with everything(reason="what was archived"):
        files = list(LedgerFile.objects.filter(place=committee.path))
    seen = {}
    for user in (zhao, li, qian):
        client.force_login(user)
        seen[user.username] = (
            len(client.get("/ledgers/").context["archive"]),
            [fetched(client, one) for one in files],
        )

    readable = [zhao.has_perm(ledgers[one.code].permission) for one in files]
    hidden = [404] * len(files)
    assert seen == {
        "zhao": (sum(readable), [200 if may else 404 for may in readable]),
        "li": (0, hidden),
        "qian": (0, hidden),
    }
    assert sum(readable) >= 3


def test_a_full_archive_hides_no_export_of_one_s_own(client, zhao, committee):
    own = LedgerFileFactory(owner=zhao, place=committee.path)
    for number in range(120):
        LedgerFileFactory(
            owner=None, job=None, place=committee.path, period=f"{2030 + number}", stored_as="x"
        )
    client.force_login(zhao)

    context = client.get("/ledgers/").context

    assert (list(context["own_files"]), len(context["archive"])) == ([own], 120)


def runs_pages(client):
    """Return the pages of what ran by itself, one after the other."""
    pages = [client.get("/runs/")]
    while following := pages[-1].context["pager"]["next"]:
        pages.append(client.get(f"/runs/{following}"))
    return pages


def test_the_runs_page_shows_what_ran_by_itself(client, zhao, archive):
    JobFactory(title="某人的导出")
    client.force_login(zhao)

    pages = runs_pages(client)

    assert {job.title for page in pages for job in page.context["page"].rows} == {
        f"{ledger.title} {top} 2026年11月（归档）"
        for ledger in ledgers
        if ledger.periodic
        for top in ("机关党委", "云渚区统计局机关党委")
    }
    assert not any("再运行一次" in page.text for page in pages)


def test_the_system_administrator_runs_a_failed_one_again(
    client, system_admin, archive, django_capture_on_commit_callbacks
):
    job = archive[0]
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, problem="磁盘已满")
    client.force_login(system_admin)
    page = "".join(html.unescape(page.text) for page in runs_pages(client))
    failed = html.unescape(client.get("/runs/?show=failed").text)

    client.post(reverse("partybuild:run_again", args=[job.public_id]))
    waiting = Job.objects.get(pk=job.pk)
    jobs.perform(job.pk)

    assert ("磁盘已满" in page, page.count("再运行一次")) == (True, len(archive))
    assert ("磁盘已满" in failed, failed.count("再运行一次")) == (True, 1)
    assert (waiting.state, waiting.problem) == (Job.State.QUEUED, "")
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


@pytest.mark.parametrize("other", ["li", "zhao", "security_admin", "audit_admin"])
def test_nobody_else_runs_anything_again(client, request, archive, other):
    client.force_login(request.getfixturevalue(other))

    answer = client.post(reverse("partybuild:run_again", args=[archive[0].public_id]))

    assert answer.status_code == 403
    assert Job.objects.get(pk=archive[0].pk).state == Job.State.DONE


def test_an_export_of_somebody_is_not_run_again_by_the_administrator(client, system_admin, li):
    job = JobFactory(owner=li, state=Job.State.FAILED)
    client.force_login(system_admin)

    assert client.post(reverse("partybuild:run_again", args=[job.public_id])).status_code == 404


# --- tidying ---------------------------------------------------------------------------------


def left(folder, name, *, hours):
    """Leave a file that was last written to so many hours ago."""
    file = folder / name
    file.write_bytes(b"x")
    moment = (timezone.now() - dt.timedelta(hours=hours)).timestamp()
    os.utime(file, (moment, moment))


def test_files_that_belong_to_nothing_are_removed_after_a_day(li, first_branch):
    folder = ledgerfiles.directory()
    LedgerFileFactory(owner=li, place=first_branch.path, stored_as="kept.xlsx")
    left(folder, "kept.xlsx", hours=900)
    left(folder, "dead.1.part", hours=25)
    left(folder, "orphan.xlsx", hours=25)
    left(folder, "being-written.1.part", hours=23)

    tasks.tidy()

    assert names(folder) == ["being-written.1.part", "kept.xlsx"]


def test_an_old_export_is_forgotten_with_its_file(client, li, first_branch):
    built = asked_and_built(client, li, first_branch)
    left(ledgerfiles.directory(), built.stored_as, hours=24 * 91)
    Job.objects.update(ended_at=timezone.now() - dt.timedelta(days=91))

    tasks.tidy()

    with everything(reason="what is left"):
        assert list(LedgerFile.objects.all()) == []
    assert names(ledgerfiles.directory()) == []


def test_the_archive_is_never_forgotten(archive):
    folder = ledgerfiles.directory()
    before = names(folder)

    with time_machine.travel(timezone.now() + dt.timedelta(days=4000)):
        tasks.tidy()

    assert names(folder) == before
    assert len(before) == len(archive)
