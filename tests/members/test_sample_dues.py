"""The sample ledger of dues, on top of register and roster."""

from collections import Counter
from decimal import Decimal

import pytest
from django.test import override_settings

from members.models import DuesPayment, DuesStanding
from partybuild import batches
from partybuild.models import ImportBatch
from partybuild.scoping import everything
from tests.members.samples import (
    REGISTER,
    ROSTER,
    bring_in,
    by_row,
    dump,
    listed,
    needs_samples,
    rows_of,
    taken_back,
)

pytestmark = [needs_samples, pytest.mark.django_db]
DUES = "党费收缴(2025年).xlsx"


@pytest.fixture(scope="module")
def imported(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """Register, roster and dues; what was said of the dues, and a dump from before."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        bring_in(expected, REGISTER)
        bring_in(expected, ROSTER)
        before = dump()
        yield bring_in(expected, DUES), before


@pytest.fixture
def payments(imported):
    with everything(reason="test"):
        return list(DuesPayment.objects.select_related("organization", "member"))


def test_every_row_is_taken_or_rejected_as_expected(expected, imported):
    told, said = expected["files"][DUES], imported[0]

    assert by_row(said["rejected"]) == listed(told["reject"])
    assert by_row(said["warned"]) == listed(told["warn"])
    assert said["noted"] == told["note"]
    assert said["created"] == told["rows"]["good"]
    counted = Counter(
        code
        for said_of in (by_row(said["rejected"]), by_row(said["warned"]))
        for codes in said_of.values()
        for code in codes
    )
    assert counted == told["flags_by_code"]


def test_the_totals_are_those_of_the_sheet(expected, payments):
    told = expected["files"][DUES]["totals"]
    by_branch, by_month = Counter(), Counter()
    for payment in payments:
        by_branch[payment.organization.name] += payment.amount
        by_month[payment.month.month] += payment.amount

    assert sum(by_branch.values()) == Decimal(str(told["paid_total"]))
    assert [by_month[month] for month in range(1, 13)] == [
        Decimal(str(amount)) for amount in told["paid_by_month"]
    ]
    assert by_branch == {
        name: Decimal(str(amount)) for name, amount in told["paid_by_branch"].items()
    }


def test_every_month_of_every_good_row_is_stored_as_it_stands(payments):
    stored = Counter()
    for payment in payments:
        key = (payment.organization.name, payment.member.name, payment.month.month)
        stored[key] += payment.amount
    told = {
        (row["branch"], row["name"], at): Decimal(amount)
        for row in rows_of(DUES).values()
        if row["level"] != "reject"
        for at, amount in enumerate(row["months"].split("|"), 1)
        if amount not in {"", "免"} and Decimal(amount)
    }

    assert stored == told


def test_base_and_amount_are_kept_with_the_rule(payments):
    with everything(reason="test"):
        kept = {
            (row.member.name, row.base and Decimal(row.base))
            for row in DuesStanding.objects.select_related("member")
        }
        rules = set(DuesStanding.objects.values_list("rule", flat=True))
    told = {
        (row["name"], row["base"] and Decimal(row["base"]))
        for row in rows_of(DUES).values()
        if row["level"] != "reject"
    }

    assert kept == told
    assert rules == {
        "《关于中国共产党党费收缴、使用和管理的规定》第二条",
        "《关于中国共产党党费收缴、使用和管理的规定》第七条",
        "《关于中国共产党党费收缴、使用和管理的规定》第五条",
    }


def test_the_big_payment_is_kept_apart(payments):
    big = [
        (payment.member.name, payment.month.month, payment.amount)
        for payment in payments
        if payment.kind == DuesPayment.Kind.BIG
    ]

    assert big == [("朱永荣", 7, Decimal("1000.00"))]


def test_the_same_ledger_again_changes_nothing(expected, imported):
    before = dump()
    with taken_back():
        again = bring_in(expected, DUES)
        assert dump() == before

    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 567)


def test_undoing_the_dues_restores_every_stored_value(imported):
    with taken_back(), everything(reason="test"):
        report = batches.undo(actor=None, batch=ImportBatch.objects.latest("pk"))

        assert report.kept == []
        assert dump() == imported[1]
