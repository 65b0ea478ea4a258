"""Pages by keyset: every row once and in order, whatever the cursor has been through."""

import datetime as dt

import pytest
from django.test import RequestFactory

from activities.models import Activity
from branches.models import PartyOrganization
from members.models import Member
from partybuild.paging import page_of, pager_urls
from tests.factories.activities import ActivityFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory

NEWEST_FIRST = ("-held_on", "-pk")

pytestmark = pytest.mark.usefixtures("everywhere")


def pages(queryset, **options):
    """Return the pages from the first to the last."""
    found = [page_of(queryset, **options)]
    while found[-1].next:
        found.append(page_of(queryset, cursor=found[-1].next, **options))
    return found


def numbers(page):
    return [row.pk for row in page.rows]


@pytest.fixture
def seven(first_branch):
    """Seven activities on three days, ids going up."""
    days = [3, 1, 2, 2, 2, 1, 3]
    return [
        ActivityFactory(organization=first_branch, held_on=dt.date(2026, 11, day)) for day in days
    ]


def test_every_row_comes_once_and_in_order_however_many_share_a_day(seven):
    expected = [seven[at].pk for at in (6, 0, 4, 3, 2, 5, 1)]

    found = pages(Activity.objects.all(), order=NEWEST_FIRST, size=2)

    assert [numbers(page) for page in found] == [
        expected[:2],
        expected[2:4],
        expected[4:6],
        expected[6:],
    ]
    assert [page.count for page in found] == [7, 7, 7, 7]


def test_the_way_back_shows_the_same_pages(seven):
    there = pages(Activity.objects.all(), order=NEWEST_FIRST, size=2)
    back = [there[-1]]
    while back[-1].previous:
        back.append(
            page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2, cursor=back[-1].previous)
        )

    assert [numbers(page) for page in reversed(back)] == [numbers(page) for page in there]


def test_a_list_that_fits_has_no_neighbours(seven):
    page = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=7)

    assert (len(page.rows), page.previous, page.next) == (7, "", "")


def test_a_page_of_nothing_is_empty(db):
    page = page_of(Activity.objects.all(), order=NEWEST_FIRST)

    assert (page.rows, page.count, page.previous, page.next) == ([], 0, "", "")


def test_rows_may_be_tuples_of_lookups(seven):
    page = page_of(
        Activity.objects.all(), order=NEWEST_FIRST, size=1, values=("pk", "organization__name")
    )

    assert page.rows == [(seven[6].pk, "第一党支部")]


def test_a_row_that_comes_meanwhile_moves_no_other(seven, first_branch):
    first = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2)
    ActivityFactory(organization=first_branch, held_on=dt.date(2026, 11, 30))

    second = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2, cursor=first.next)

    assert numbers(second) == [seven[4].pk, seven[3].pk]


def test_a_path_that_reads_like_a_date_is_still_a_path(committee):
    paths = ["00010101", "00010102", "00010103"]
    for path in paths:
        PartyOrganizationFactory(superior=committee, path=path)
    branches = PartyOrganization.objects.filter(superior=committee)

    found = pages(branches, order=("path",), size=1)

    assert [page.rows[0].path for page in found] == paths


@pytest.mark.parametrize(
    "cursor", ["x", "1:", "1:AAAA", "9:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "党", "1:" + "A" * 64]
)
def test_a_cursor_that_cannot_be_read_gives_the_first_page(seven, cursor):
    page = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2, cursor=cursor)

    assert numbers(page) == [seven[6].pk, seven[0].pk]


def test_a_cursor_of_another_list_gives_the_first_page(seven, first_branch):
    people = MemberFactory.create_batch(3, branch=first_branch)
    other = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2)

    page = page_of(Member.objects.all(), order=("pinyin", "pk"), size=2, cursor=other.next)

    assert page.rows == people[:2]


def test_an_address_shows_no_value_of_a_row(seven):
    page = page_of(Activity.objects.all(), order=NEWEST_FIRST, size=2)
    request = RequestFactory().get("/activities/", {"kind": "party_day", "cursor": "old"})

    urls = pager_urls(request, page)

    assert urls["previous"] == ""
    assert urls["next"].startswith("?kind=party_day&cursor=")
    assert "2026-11" not in urls["next"]
