"""What the tests of the sample files share: importing one, reading what is expected, comparing."""

import csv
import json
from collections import defaultdict
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet

from members.models import Member
from partybuild.models import ImportBatch
from partybuild.scoping import everything

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"sample files absent: {SAMPLES}")

REGISTER, ROSTER, AGAIN = "党组织名册.xlsx", "党员花名册.xlsx", "党员花名册（总表）.xlsx"
OLD, GBK = "仲裁委党支部党员花名册(旧版).xls", "行政复议与应诉处党支部党员名册(GBK).csv"
ORDER = (REGISTER, ROSTER, AGAIN, OLD, GBK)
# Kept by the portal itself, not part of what an import brings in.
OWN_BOOKS = {"partybuild.importbatch", "partybuild.auditentry", "partybuild.audithead"}


def rows_of(name):
    """The expected values of a file's rows, by sheet and row number."""
    path = SAMPLES / "expected_rows" / f"{Path(name).stem}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["sheet"], int(row["row"])): row for row in csv.DictReader(file)}


def told_by_command(expected, name, *options):
    """Import a sample through the command; return the JSON it prints."""
    out = StringIO()
    kind, as_of = expected["files"][name]["kind"], expected["as_of"].isoformat()
    call_command(
        "import_table", kind, SAMPLES / name, "--as-of", as_of, "--json", *options, stdout=out
    )
    return json.loads(out.getvalue())


def bring_in(expected, name):
    """Import a sample through the command; return the batch's whole outcome."""
    told = told_by_command(expected, name)
    with everything(reason="test"):
        outcome = ImportBatch.objects.latest("pk").outcome
    assert told["created"] == outcome["created"]
    return outcome


def by_row(remarks):
    """The codes of each row, by sheet and row number."""
    found = defaultdict(set)
    for remark in remarks:
        found[(remark["sheet"], remark["row"])].add(remark["code"])
    return dict(found)


def listed(rows, without=()):
    """The same from a list of expected.yaml."""
    found = {(line["sheet"], line["row"]): set(line["codes"]) - set(without) for line in rows}
    return {place: codes for place, codes in found.items() if codes}


def dump():
    """Every stored value of every table of ours, the portal's own books left out."""
    with everything(reason="a test compares the whole database"):
        return {
            model._meta.label_lower: sorted(
                tuple(str(column.value_from_object(row)) for column in model._meta.concrete_fields)
                for row in QuerySet(model).all()
            )
            for app in ("branches", "members", "activities", "partybuild")
            for model in apps.get_app_config(app).get_models()
            if model._meta.label_lower not in OWN_BOOKS
        }


@contextmanager
def taken_back():
    """Undo whatever happens in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def partial(day, precision):
    """A stored date as expected_rows writes it."""
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]] if day else ""


def people_by_key():
    """Every file by ID number, or by name and branch."""
    with everything(reason="test"):
        members = Member.objects.select_related("branch")
        return {member.id_number or (member.name, member.branch.name): member for member in members}
