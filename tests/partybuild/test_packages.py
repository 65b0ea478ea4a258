"""All ledgers of one organisation in one archive: what the reader may open, and a list of it."""

import hashlib
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from partybuild import jobs, ledgerfiles
from partybuild.ledgers import ledgers
from partybuild.models import Job, LedgerFile
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.partybuild.ledger_records import life_of

pytestmark = pytest.mark.usefixtures("today")


def archive_of(client, user, place, *, period="2026"):
    """Have a user ask for all ledgers of a place and a worker build them; return the open archive."""
    client.force_login(user)
    client.post(
        reverse("partybuild:ask_for_all_ledgers"),
        {"organization": place.public_id, "period": period, "submission_key": "one"},
    )
    with everything(reason="the test plays the worker"):
        job = Job.objects.get(kind="partybuild.build_all_ledgers")
        jobs.perform(job.pk)
        made = LedgerFile.objects.get(job=job)
    return zipfile.ZipFile(ledgerfiles.directory() / made.stored_as), made


def contents_of(archive):
    """Return the list of an archive: title -> (rows, file, note, fingerprint)."""
    sheet = openpyxl.load_workbook(io.BytesIO(archive.read("00 目录.xlsx"))).worksheets[0]
    rows = [row[1:] for row in sheet.iter_rows(4, values_only=True) if isinstance(row[0], int)]
    return {title: (count, *[cell or "" for cell in rest]) for title, count, *rest in rows}


def parts_of(workbook):
    """Return all that a workbook consists of."""
    with zipfile.ZipFile(workbook) as package:
        return {part: package.read(part) for part in package.namelist()}


@pytest.fixture
def lives(first_branch, second_branch, foreign_branch):
    for branch, word in ((first_branch, "甲"), (second_branch, "乙"), (foreign_branch, "丙")):
        life_of(branch, word)


@pytest.mark.usefixtures("lives")
def test_an_archive_holds_what_its_reader_may_open_and_lists_all_of_it(client, zhao, committee):
    archive, made = archive_of(client, zhao, committee)
    contents = contents_of(archive)

    readable = {ledger.title for ledger in ledgers if zhao.has_perm(ledger.permission)}
    files = {name: digest for _, name, _, digest in contents.values() if name}

    assert set(contents) == readable
    assert readable != {ledger.title for ledger in ledgers}
    assert sorted(archive.namelist()) == ["00 目录.xlsx", *sorted(files)]
    assert made.amount == f"{len(files)} 份"
    for name, digest in files.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


@pytest.mark.usefixtures("lives")
def test_each_file_of_an_archive_is_that_of_its_ledger(client, zhao, committee, tmp_path):
    archive, _ = archive_of(client, zhao, committee)
    alone = tmp_path / "alone.xlsx"
    ledger = ledgers["members.roster"]
    with everything(reason="the test asks for the same file"):
        ledgerfiles.export(
            actor=zhao, ledger=ledger, period=Period.year(2026), place=committee, target=alone
        )

    count, name, note, _ = contents_of(archive)[ledger.title]

    assert parts_of(io.BytesIO(archive.read(name))) == parts_of(alone)
    assert (count > 2, note) == (True, "")


@pytest.mark.usefixtures("lives")
def test_an_archive_of_a_branch_has_nothing_of_its_neighbours(client, li, first_branch):
    archive, _ = archive_of(client, li, first_branch)
    words = ""
    for name in archive.namelist():
        with zipfile.ZipFile(io.BytesIO(archive.read(name))) as workbook:
            words += "".join(workbook.read(part).decode() for part in workbook.namelist())

    assert [word in words for word in ("甲", "第二党支部", "乙", "丙")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_ledger_without_records_is_listed_and_has_no_file(client, zhao, committee):
    archive, _ = archive_of(client, zhao, committee, period="2009")
    contents = contents_of(archive)

    assert contents["党员花名册"] == (0, "", "没有记录", "")
    assert sorted(archive.namelist()) == sorted(
        ["00 目录.xlsx", *(name for _, name, *_ in contents.values() if name)]
    )


def test_two_ledgers_asked_for_from_one_page_are_two_files(client, zhao, committee):
    client.force_login(zhao)
    for code in ("members.roster", "activities.meetings", "members.roster"):
        client.post(
            reverse("partybuild:ask_for_ledger", args=[code]),
            {"organization": committee.public_id, "period": "2026", "submission_key": "one"},
        )

    with everything(reason="the test looks at what is stored"):
        codes = list(LedgerFile.objects.values_list("code", flat=True).order_by("code"))
    assert codes == ["activities.meetings", "members.roster"]


def test_the_search_leads_to_the_ledgers_of_a_branch_whoever_may_read_them(
    client, zhao, first_branch
):
    client.force_login(zhao)

    page = client.get(reverse("partybuild:search"), {"q": "第一党支部"})

    address = f"/ledgers/?organization={first_branch.public_id}"
    assert f'<a href="{address}" aria-label="第一党支部的台账">台账</a>' in page.text
    assert client.get(address).context["place"] == first_branch
