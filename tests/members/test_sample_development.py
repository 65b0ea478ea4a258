"""The sample ledger of development, on top of register and roster."""

from collections import Counter

import pytest
from django.test import override_settings

from members.models import DevelopmentCase
from members.queries.development import cases_in_scope, facts_of
from members.queries.development_rules import ACTIVIST, ADMISSION, APPLICATION, CANDIDATE
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
DEVELOPMENT = "发展党员台账.xlsx"
STAGES = ("入党申请人", "入党积极分子", "发展对象", "预备党员", "预备党员")


@pytest.fixture(scope="module")
def imported(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """Register, roster and cases; what was said of the cases, and a dump from before."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        bring_in(expected, REGISTER)
        bring_in(expected, ROSTER)
        before = dump()
        yield bring_in(expected, DEVELOPMENT), before


def test_every_row_is_taken_or_rejected_as_expected(expected, imported):
    told, said = expected["files"][DEVELOPMENT], imported[0]
    codes = Counter(remark["code"] for remark in said["rejected"] + said["warned"])

    assert by_row(said["rejected"]) == listed(told["reject"])
    assert by_row(said["warned"]) == listed(told["warn"])
    assert said["noted"] == told["note"]
    assert dict(codes) == told["flags_by_code"]
    assert said["created"] + said["unchanged"] == told["rows"]["good"]
    assert said["rejected_rows"] == told["rows"]["reject"]


def test_late_approvals_are_told_apart_by_how_late_they_are(imported):
    reasons = {
        remark["who"]: remark["reason"]
        for remark in imported[0]["warned"]
        if remark["code"] == "DEV-APPROVE"
    }

    assert "特殊情况可到 6 个月" in reasons["黄博"]
    assert "已超过 6 个月" in reasons["杨月红"]
    assert all("第二十五条" in reason for reason in reasons.values())


def test_people_stand_in_their_stage_and_branch_as_expected(expected, imported):
    totals = expected["files"][DEVELOPMENT]["totals"]
    with everything(reason="test"):
        cases = list(cases_in_scope())

    stages = Counter("已转正" if case.closed_on else STAGES[case.stage] for case in cases)
    assert dict(stages) == totals["people_by_stage"]
    branches = Counter(case.organization.name for case in cases)
    assert dict(branches) == totals["people_by_branch"]


def test_the_days_of_every_good_row_are_stored(imported):
    told = {
        line["name"]: tuple(line[name] for name in ("apply", "act", "obj", "join", "confirm"))
        for line in rows_of(DEVELOPMENT).values()
        if line["level"] != "reject"
    }
    with everything(reason="test"):
        cases = list(DevelopmentCase.objects.select_related("member", "organization"))
        facts = facts_of(cases)

    codes = (APPLICATION, ACTIVIST, CANDIDATE, ADMISSION, "confirmation")
    stored = {
        case.member.name: tuple(
            step.done_on.isoformat() if (step := facts[case.pk].done(code)) else ""
            for code in codes
        )
        for case in cases
    }
    assert stored == told


def test_the_same_ledger_again_changes_nothing(expected, imported):
    before = dump()
    with taken_back():
        again = bring_in(expected, DEVELOPMENT)
        assert dump() == before

    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 77)
    assert by_row(again["warned"]) == by_row(imported[0]["warned"])


def test_undoing_the_ledger_restores_every_stored_value(imported):
    with taken_back(), everything(reason="test"):
        report = batches.undo(actor=None, batch=ImportBatch.objects.latest("pk"))

        assert report.kept == []
        assert dump() == imported[1]
