"""The main sample roster, and further rosters on top of it."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from branches.models import PartyOrganization, Term
from members.models import AttendanceExemption, Member, Membership, Office
from partybuild.scoping import everything
from tests.members.samples import (
    AGAIN,
    GBK,
    OLD,
    REGISTER,
    ROSTER,
    bring_in,
    dump,
    needs_samples,
    partial,
    people_by_key,
    rows_of,
    taken_back,
    told_by_command,
)

pytestmark = [needs_samples, pytest.mark.django_db]


@pytest.fixture(scope="module")
def roster_in(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """The register and the main roster only."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        bring_in(expected, REGISTER)
        yield bring_in(expected, ROSTER)


@pytest.mark.parametrize("name", [ROSTER])
def test_people_are_stored_as_the_roster_says(expected, roster_in, name):
    people = people_by_key()
    for place, line in rows_of(name).items():
        if line["level"] != "reject" and "DUAL_MEMBERSHIP" not in line["codes"]:
            assert_stored(people, line, place)


def assert_stored(people, line, place):
    member = people[line["id"] or (line["name"], line["branch"])]
    stored = {
        "branch": member.branch.name,
        "name": member.name,
        "sex": member.get_gender_display(),
        "birth": partial(member.born_on, member.born_precision),
        "id": member.id_number,
        "eth": member.ethnicity,
        "kind": member.get_category_display(),
        "join": partial(member.joined_on, member.joined_precision),
        "conf": partial(member.confirmed_on, member.confirmed_precision),
        "state": member.get_state_display() if line["state"] else "",
        "phone": member.phone,
    }
    told = {name: line[name] for name in stored if line[name] != "*"}
    assert {name: stored[name] for name in told} == told, place


def test_totals_of_the_main_roster_are_as_expected(expected, roster_in):
    assert_totals(expected["files"][ROSTER]["totals"], Membership.objects)


def assert_totals(totals, memberships):
    with everything(reason="test"):
        everybody = list(Member.objects.select_related("branch"))
        members = [m for m in everybody if m.category in Member.MEMBER_CATEGORIES]
        on_roll = [m for m in members if m.state == "normal"]
        second = Counter(
            memberships.filter(kind="second").values_list("organization__name", flat=True)
        )
        formal = memberships.filter(kind="formal", ended_on=None).count()
    assert len(members) == totals["members_imported"] == formal
    assert len(on_roll) == totals["members_on_roll"]
    assert Counter(m.get_category_display() for m in everybody) == totals["by_kind"]
    assert Counter(m.get_gender_display() for m in members) == totals["members_by_sex"]
    assert Counter(m.ethnicity or "(empty)" for m in members) == totals["members_by_ethnic"]
    assert Counter(m.get_state_display() for m in members) == totals["members_by_state"]
    for name, told in totals["by_branch"].items():
        own = [m for m in members if m.branch.name == name]
        found = {
            "imported": len(own),
            "正式党员": sum(m.category == "full" for m in own),
            "预备党员": sum(m.category == "probationary" for m in own),
            "on_roll": sum(m.state == "normal" for m in own),
            "second_memberships": second[name],
        }
        assert found == {"second_memberships": 0, **told}, name


def test_cross_checks_between_register_and_roster_hold(expected, roster_in):
    told = expected["cross_checks"]
    with everything(reason="test"):
        branches = list(PartyOrganization.objects.filter(kind__in=PartyOrganization.BRANCH_KINDS))
        members = list(Member.objects.filter(category__in=Member.MEMBER_CATEGORIES))
        elected = {term.organization_id: term.has_committee for term in Term.objects.all()}
    size = Counter(m.branch_id for m in members)
    full = Counter(m.branch_id for m in members if m.category == "full")

    def names(condition):
        return sorted(b.name for b in branches if condition(b.pk))

    assert names(lambda pk: size[pk] > 50) == told["branches_with_more_than_50_imported_members"]
    assert (
        names(lambda pk: full[pk] < 3) == told["branches_with_fewer_than_3_imported_full_members"]
    )
    assert (
        names(lambda pk: elected[pk] and full[pk] < 7)
        == told["committee_branches_with_fewer_than_7_imported_full_members"]
    )
    assert (
        names(lambda pk: not elected[pk] and full[pk] >= 7)
        == told["branches_without_committee_with_7_or_more_imported_full_members"]
    )


def test_groups_offices_and_exemptions_come_with_the_roster(roster_in):
    with everything(reason="test"):
        secretary = Office.objects.get(
            post="secretary", organization__short_name="社区矫正管理处党支部"
        )
        grouped = Membership.objects.filter(group__isnull=False).count()
        groups = PartyOrganization.objects.filter(kind="group").count()
        reasons = Counter(AttendanceExemption.objects.values_list("reason", flat=True))

    assert (secretary.member.name, secretary.term.elected_on) == ("顾建华", dt.date(2022, 3, 9))
    assert groups == 46
    assert grouped > 300
    assert set(reasons) == {"年老体弱"}


@pytest.mark.parametrize("name", [AGAIN, OLD, GBK])
def test_a_further_roster_recognises_people_and_changes_little(expected, roster_in, name):
    told = expected["files"][name]["after_main_roster"]
    with taken_back():
        said = bring_in(expected, name)
        stored = people_by_key()

    new = [line["who"] for line in said["new"]]
    assert said["created"] == told["created"]
    assert sorted(new) == sorted(
        n.replace("𬍛", "?") if name == GBK else n for n in told["created_names"]
    )
    matched = told.get("matched", told["created"])
    if "matched" in told:
        assert said["changed"] + said["unchanged"] == matched
    assert len(stored) == 660 + told["created"]


def test_the_big_sheet_changes_exactly_the_phones_and_branches_that_differ(expected, roster_in):
    told = expected["files"][AGAIN]["after_main_roster"]
    with taken_back():
        before = people_by_key()
        bring_in(expected, AGAIN)
        after = people_by_key()

    pairs = [(before[key], member) for key, member in after.items() if key in before]
    phones = [
        {"name": old.name, "from": old.phone, "to": new.phone}
        for old, new in pairs
        if old.phone != new.phone
    ]
    moves = [
        {"name": old.name, "from": old.branch.name, "to": new.branch.name}
        for old, new in pairs
        if old.branch_id != new.branch_id
    ]
    # One phone had a wrong number of digits in the first roster and comes right with this one.
    repaired = [change for change in phones if not change["from"]]
    changed = [change for change in phones if change["from"]]
    assert sorted(changed, key=str) == sorted(told["phone_changed"], key=str)
    assert sorted(moves, key=str) == sorted(told["branch_changed"], key=str)
    assert len(repaired) + len(pairs) >= 660


def test_a_dry_run_tells_the_same_and_writes_nothing(expected, roster_in):
    before = dump()

    said = told_by_command(expected, AGAIN, "--dry-run")

    assert dump() == before
    with taken_back():
        done = told_by_command(expected, AGAIN)
    assert said == done


def test_a_roster_of_hundreds_needs_few_queries(expected, roster_in):
    with (
        taken_back(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        bring_in(expected, AGAIN)

    assert len(queries) < 120
