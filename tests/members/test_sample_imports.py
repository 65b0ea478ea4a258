"""The sample files, row by row, as expected.yaml and expected_rows/ state the right outcome."""

from collections import Counter

import pytest
from django.test import override_settings

from branches.models import PartyOrganization, Term
from branches.queries.organizations import finder_in_scope
from partybuild import batches
from partybuild.models import ImportBatch
from partybuild.scoping import everything
from tests.members.samples import (
    AGAIN,
    GBK,
    OLD,
    ORDER,
    REGISTER,
    bring_in,
    by_row,
    dump,
    listed,
    needs_samples,
    partial,
    people_by_key,
    rows_of,
    taken_back,
)

pytestmark = [needs_samples, pytest.mark.django_db]


@pytest.fixture(scope="module")
def imported(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """The register, then all rosters in their order: what was said of each file, and dumps."""
    said, dumps = {}, {}
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        for name in ORDER:
            dumps[name] = dump()
            said[name] = bring_in(expected, name)
        dumps["end"] = dump()
        yield said, dumps


@pytest.mark.parametrize("name", ORDER)
def test_every_row_is_taken_or_rejected_as_expected(expected, imported, name):
    told, said = expected["files"][name], imported[0][name]

    assert said["created"] + said["changed"] + said["unchanged"] == told["rows"]["good"]
    assert said["rejected_rows"] == told["rows"]["reject"]
    assert set(by_row(said["rejected"])) == set(listed(told["reject"]))


@pytest.mark.parametrize("name", ORDER)
def test_every_code_is_said_where_expected_and_nowhere_else(expected, imported, name):
    told, said = expected["files"][name], imported[0][name]
    # Who is on no roster can only be seen when the roster is in; see the test of the re-import.
    unseen = {"POST_PERSON_UNKNOWN"}

    assert by_row(said["warned"]) == listed(told["warn"], unseen)
    assert by_row(said["noted"]) == listed(told["note"])
    for place, codes in listed(told["reject"], unseen).items():
        assert codes <= by_row(said["rejected"])[place]


@pytest.mark.parametrize("name", ORDER)
def test_rows_that_are_no_data_are_left_out(expected, imported, name):
    told = expected["files"][name]

    read = {sheet["sheet"]: sheet["rows"] for sheet in imported[0][name]["columns"]}

    assert sum(read.values()) == told["rows"]["data"]
    ignored = {line["sheet"] for line in told.get("ignored_sheets", [])}
    assert {line["sheet"] for line in imported[0][name]["skipped"]} == ignored


def test_the_register_names_post_holders_who_are_on_no_roster(expected, imported):
    told = expected["files"][REGISTER]

    with taken_back():
        again = bring_in(expected, REGISTER)

    assert (again["created"], again["changed"]) == (0, 0)
    assert by_row(again["warned"]) == listed(told["warn"])
    assert by_row(again["rejected"]) == listed(told["reject"])


def test_organisations_are_stored_as_the_register_says(expected, imported):
    with everything(reason="test"):
        for place, line in rows_of(REGISTER).items():
            if line["level"] == "reject":
                continue
            one = PartyOrganization.objects.get(name=line["name"])
            term = one.terms.first()
            stored = {
                "kind": one.get_kind_display(),
                "parent": one.superior.name if one.superior else "",
                "founded": partial(one.founded_on, one.founded_precision),
                "elected": partial(term.elected_on, term.elected_precision),
                "term": str(term.years or ""),
                "groups": str(one.subordinates.filter(kind="group").count()),
                "secretary": holders(one, "secretary"),
                "deputy": holders(one, "deputy_secretary"),
                "others": others(one),
            }
            assert stored == {name: line[name] for name in stored}, place
            if line["committee"]:
                assert term.has_committee == (line["committee"] == "是"), place


def holders(organization, post):
    return "、".join(
        o.holder_name for o in organization.offices.filter(post=post, term__isnull=False)
    )


def others(organization):
    sitting = organization.offices.exclude(post__in=["secretary", "deputy_secretary"])
    listed_here = sitting.filter(term__isnull=False).order_by("pk")
    return "；".join(f"{office.get_post_display()}:{office.holder_name}" for office in listed_here)


def test_totals_of_the_register_are_as_expected(expected, imported):
    totals = expected["files"][REGISTER]["totals"]
    with everything(reason="test"):
        real = list(PartyOrganization.objects.exclude(kind="group").select_related("superior"))
        groups = PartyOrganization.objects.filter(kind="group").count()
        terms = {term.organization_id: term for term in Term.objects.all()}

    branches = [one for one in real if one.is_branch]
    with_committee = sorted(b.name for b in branches if terms[b.pk].has_committee)
    without = sorted(b.name for b in branches if not terms[b.pk].has_committee)
    assert len(real) == totals["organisations"]
    assert Counter(one.get_kind_display() for one in real) == totals["by_kind"]
    assert (
        Counter(one.superior.name for one in real if one.superior) == totals["children_by_superior"]
    )
    assert with_committee == sorted(totals["branches_with_committee"])
    assert without == sorted(totals["branches_without_committee"])
    assert groups == totals["party_groups"]


def test_organisations_are_found_under_all_their_spellings(expected, imported):
    with everything(reason="test"):
        finder = finder_in_scope()
        for told in expected["organisations"]:
            written = [spelling for group in told["spellings"].values() for spelling in group]
            for spelling in [told["name"], told["short"], *written]:
                assert finder.find(spelling).item.name == told["name"], spelling


def test_people_are_stored_as_the_further_rosters_say(expected, imported):
    people = people_by_key()
    for name in (AGAIN, OLD, GBK):
        for place, line in rows_of(name).items():
            if line["level"] != "reject":
                member = people[line["id"]]
                assert member.branch.name == line["branch"], place
                assert member.get_category_display() == line["kind"], place
                assert not line["phone"] or member.phone == line["phone"], place
                for day, stored in (
                    (line["birth"], partial(member.born_on, member.born_precision)),
                    (line["join"], partial(member.joined_on, member.joined_precision)),
                    (line["conf"], partial(member.confirmed_on, member.confirmed_precision)),
                ):
                    assert stored.startswith(day), place


@pytest.mark.parametrize("name", ORDER)
def test_the_same_file_again_changes_nothing(expected, imported, name):
    with taken_back():
        bring_in(expected, name)
        before = dump()
        said = bring_in(expected, name)
        after = dump()

    assert (said["created"], said["changed"]) == (0, 0)
    assert after == before


def test_undoing_the_imports_backwards_restores_every_stored_value(imported):
    dumps = imported[1]
    with taken_back(), everything(reason="test"):
        done = list(ImportBatch.objects.order_by("-pk"))
        assert len(done) == len(ORDER)
        for name, batch in zip(reversed(ORDER), done, strict=True):
            report = batches.undo(actor=None, batch=batch)

            assert report.kept == []
            assert dump() == dumps[name], name
