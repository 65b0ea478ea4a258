"""Whether an archived ledger still says what the records say, and its further versions."""

import datetime as dt

import pytest
from django.urls import reverse

from members.models import Member
from partybuild import jobs, ledgerfiles
from partybuild.archive import changes_since
from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry, LedgerFile
from partybuild.narrowing import asked_selection
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.activities import MeetingFactory
from tests.partybuild.ledger_records import life_of

pytestmark = pytest.mark.usefixtures("today")

OCTOBER = Period.month(2026, 10)
ROSTER = ledgers["members.roster"]


def archived(ledger, place, period=OCTOBER):
    """Return the archive's file of a ledger, built."""
    with everything(reason="the test plays the worker"):
        for job in ledgerfiles.archive_ledgers(period=period, place=place):
            if job.arguments["code"] == ledger.code:
                jobs.perform(job.pk)
        return LedgerFile.objects.get(code=ledger.code, period=period.code, version=1)


def changes_page(client, ledger_file):
    return client.get(reverse("partybuild:file_changes", args=[ledger_file.public_id]))


@pytest.fixture
def october(committee, first_branch, second_branch):
    """The roster of October, archived; two of the first branch, one of the second."""
    enrolled("安若水", first_branch)
    enrolled("白若山", first_branch)
    enrolled("戴远", second_branch)
    return archived(ROSTER, committee)


def test_records_that_have_not_changed_are_said_to_be_the_same(client, zhao, october):
    client.force_login(zhao)

    page = changes_page(client, october)

    assert "和现在的记录一样，一行不差。" in page.text
    assert not page.context["may_renew"]


def test_a_row_that_was_corrected_is_shown_as_it_was_and_as_it_is(client, zhao, october):
    with everything(reason="somebody corrects a record of a closed month"):
        Member.objects.filter(name="安若水").update(name="安若冰")
    client.force_login(zhao)

    changes = changes_page(client, october).context["changes"]

    at = list(ROSTER.by_key).index("基本情况/姓名")
    assert [row[at] for row in changes.gone] == ["安若水"]
    assert [row[at] for row in changes.new] == ["安若冰"]
    assert changes.kept == 2


def test_rows_that_are_alike_are_counted_and_not_taken_for_one(first_branch, committee, everywhere):
    meetings = ledgers["activities.meetings"]
    for _ in range(3):
        MeetingFactory(
            activity__organization=first_branch,
            activity__held_on=dt.date(2026, 10, 8),
            activity__topic="同一主题",
        )
    file = archived(meetings, committee)
    MeetingFactory(
        activity__organization=first_branch,
        activity__held_on=dt.date(2026, 10, 8),
        activity__topic="同一主题",
    )

    changes = changes_since(file)

    assert (len(changes.gone), len(changes.new), changes.kept) == (0, 1, 3)


def test_a_corrected_month_gets_a_second_version_and_keeps_the_first(client, zhao, october):
    with everything(reason="somebody corrects a record of a closed month"):
        Member.objects.filter(name="安若水").update(name="安若冰")
    client.force_login(zhao)

    for _ in range(2):
        client.post(reverse("partybuild:archive_again", args=[october.public_id]))
    with everything(reason="the test plays the worker"):
        second = LedgerFile.objects.get(code=ROSTER.code, version=2)
        jobs.perform(second.job_id)
        second.refresh_from_db()
        versions = list(LedgerFile.objects.filter(code=ROSTER.code).order_by("version"))
        noted = AuditEntry.objects.filter(action="partybuild.ledgerfile.renewed")
        told = [(entry.actor, entry.after["gone"], entry.after["new"]) for entry in noted]

    assert [one.title for one in versions] == [
        "党员花名册 机关党委 2026年10月（归档）",
        "党员花名册 机关党委 2026年10月（归档第 2 版）",
    ]
    assert versions[0].sha256 != second.sha256
    assert (ledgerfiles.directory() / versions[0].stored_as).is_file()
    assert told == [(zhao, 1, 1)]
    with everything(reason="the test compares"):
        assert not changes_since(second)


def test_an_unchanged_or_an_older_version_is_not_archived_again(client, zhao, october):
    client.force_login(zhao)

    page = client.post(reverse("partybuild:archive_again", args=[october.public_id]), follow=True)

    assert "和现在的记录一样，不用再归档。" in page.text
    with everything(reason="the test looks at the archive"):
        assert LedgerFile.objects.filter(code=ROSTER.code).count() == 1


def test_a_file_that_was_altered_on_the_disk_is_no_evidence(client, zhao, october):
    path = ledgerfiles.directory() / october.stored_as
    path.write_bytes(path.read_bytes() + b"x")
    client.force_login(zhao)

    page = changes_page(client, october)

    assert "这个文件和生成时的指纹对不上，不能作依据。请联系系统管理员。" in page.text
    assert page.context["changes"] is None


def test_what_one_exported_oneself_is_compared_with_its_own_conditions(
    client, zhao, committee, october
):
    with everything(reason="the test plays the worker"):
        own = ledgerfiles.ask_for_ledger(
            actor=zhao,
            ledger=ROSTER,
            period=OCTOBER,
            place=committee,
            selection=asked_selection(ROSTER, [("has.党支部", "第二"), ("hide", "备注")]),
        )
        jobs.perform(own.job_id)
        own.refresh_from_db()
        Member.objects.filter(name="安若水").update(name="安若冰")
    client.force_login(zhao)

    assert "一行不差" in changes_page(client, own).text
    page = client.post(reverse("partybuild:archive_again", args=[own.public_id]), follow=True)
    assert "只有归档的台账分版本" in page.text


def test_who_does_not_read_the_whole_place_compares_nothing(client, li, october):
    client.force_login(li)

    assert changes_page(client, october).status_code == 404


@pytest.mark.parametrize("ledger", list(ledgers), ids=lambda ledger: ledger.code)
def test_every_ledger_is_read_back_as_it_was_written(
    zhao, committee, first_branch, second_branch, ledger
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    with everything(reason="the test plays the worker"):
        file = ledgerfiles.ask_for_ledger(
            actor=zhao, ledger=ledger, period=Period.year(2026), place=committee
        )
        ledgerfiles.build(file, FirstTry())

        changes = changes_since(file)

    assert (changes.gone, changes.new, changes.kept) == ([], [], file.row_count)
    assert file.row_count > 1


class FirstTry:
    """Progress that nobody looks at."""

    attempt = 1

    def __call__(self, done, total):
        """Keep quiet."""
