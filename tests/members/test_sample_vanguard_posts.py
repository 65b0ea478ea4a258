"""The sample ledger of vanguard posts, on top of register and roster."""

import pytest
from django.test import override_settings

from members.models import VanguardPost
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
    partial,
    rows_of,
    taken_back,
)

pytestmark = [needs_samples, pytest.mark.django_db]
VANGUARD = "党员先锋岗台账.xlsx"


@pytest.fixture(scope="module")
def imported(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """Register, roster and posts; what was said of the posts, and a dump from before."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        bring_in(expected, REGISTER)
        bring_in(expected, ROSTER)
        before = dump()
        yield bring_in(expected, VANGUARD), before


def test_every_post_is_taken_or_rejected_as_expected(expected, imported):
    told, said = expected["files"][VANGUARD], imported[0]

    assert said["created"] == told["rows"]["good"]
    assert by_row(said["rejected"]) == listed(told["reject"])
    assert by_row(said["warned"]) == listed(told["warn"])
    assert said["noted"] == told["note"]


def test_posts_are_stored_as_the_ledger_says(expected, imported):
    lines = [line for line in rows_of(VANGUARD).values() if line["level"] != "reject"]
    told = {(line["branch"], line["post"], line["names"]): line["date"] for line in lines}

    with everything(reason="test"):
        posts = VanguardPost.objects.select_related("organization")
        stored = {
            (post.organization.name, post.title, names_on(post)): partial(
                post.awarded_on, post.awarded_precision
            )
            for post in posts.prefetch_related("holders__member")
        }

    assert stored.keys() == told.keys()
    # Row 28 holds a month only; the day that is expected there stands nowhere in the file.
    assert {key: told[key][: len(day)] for key, day in stored.items()} == stored
    assert sum(len(key[2].split("、")) for key in stored) == people_named(expected)


def names_on(post):
    return "、".join(holder.member.name for holder in sorted(post.holders.all(), key=by_key))


def by_key(row):
    return row.pk


def people_named(expected):
    return expected["files"][VANGUARD]["totals"]["people_named"]


def test_the_same_ledger_again_changes_nothing(expected, imported):
    before = dump()
    with taken_back():
        again = bring_in(expected, VANGUARD)
        assert dump() == before

    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 31)


def test_undoing_the_posts_restores_every_stored_value(imported):
    with taken_back(), everything(reason="test"):
        report = batches.undo(actor=None, batch=ImportBatch.objects.latest("pk"))

        assert report.kept == []
        assert dump() == imported[1]
