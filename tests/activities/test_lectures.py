"""Who lectured how often, and whether the secretaries of committees did."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Meeting
from activities.queries.lectures import lecturers_of, lectures_in, secretary_lectures
from partybuild.ledgers import ledgers
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.members import OfficeFactory

YEAR = Period.year(2026)
pytestmark = pytest.mark.usefixtures("today")


def lectured(branch, *names, kinds=("party_lecture",), on=dt.date(2026, 4, 10), **fields):
    """Hold an occasion at which somebody lectures, in each of its forms."""
    activity = ActivityFactory(organization=branch, held_on=on, **fields)
    for kind in kinds:
        MeetingFactory(activity=activity, kind=kind, lecturer="、".join(names))
    return activity


def told(lectures):
    return {(one.place.label, one.name): (one.times, one.hours) for one in lecturers_of(lectures)}


def read(year=YEAR):
    with everything(reason="the test reads"):
        return lectures_in(year)


def test_each_name_is_counted_once_an_occasion_without_the_duty_in_brackets(
    first_branch, second_branch
):
    both = (Meeting.Kind.PARTY_LECTURE, Meeting.Kind.STUDY_SESSION)
    lectured(first_branch, "孙知远（市委党校教授）", "市委讲师团", kinds=both, hours=3)
    lectured(first_branch, "孙知远", hours="1.5")
    lectured(second_branch, "孙知远")
    lectured(first_branch, "孙知远", on=dt.date(2025, 4, 10))
    lectured(first_branch, "孙知远", deleted_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))

    assert told(read()) == {
        ("第一党支部", "孙知远"): (2, 4.5),
        ("第一党支部", "市委讲师团"): (1, 3),
        ("第二党支部", "孙知远"): (1, 0),
    }


def test_each_count_opens_its_records(client, li, first_branch):
    lectured(first_branch, "孙知远", topic="第一课")
    lectured(first_branch, "孙知远", topic="第二课", on=dt.date(2026, 6, 5))
    lectured(first_branch, "孙知远行", topic="别人的课")
    client.force_login(li)

    page = client.get(reverse("activities:lecturers"))
    row = next(cells for cells in page.context["rows"] if cells[0] == "孙知远")
    opened = client.get(row[2].url)

    assert (row[2].text, row[4]) == ("2", "第二课；第一课")
    assert [cells[2].text for cells in opened.context["rows"]] == ["第二课", "第一课"]


def test_lecturers_are_found_by_branch_and_name(client, zhao, first_branch, second_branch):
    lectured(first_branch, "孙知远")
    lectured(second_branch, "钱未明")
    client.force_login(zhao)
    address = reverse("activities:lecturers")

    by_name = client.get(address, {"lecturer": "未明"})
    by_branch = client.get(address, {"organization": first_branch.public_id})

    assert [cells[0] for cells in by_name.context["rows"]] == ["钱未明"]
    assert [cells[0] for cells in by_branch.context["rows"]] == ["孙知远"]


def test_the_neighbour_sees_no_lecture(client, wang, first_branch):
    lectured(first_branch, "孙知远", topic="第一课")
    client.force_login(wang)

    pages = [client.get(reverse(f"activities:{name}")).text for name in ("lecturers", "lectures")]

    assert ["孙知远" in page or "第一课" in page for page in pages] == [False, False]


def secretaries(year=YEAR, as_of=dt.date(2026, 11, 21)):
    with everything(reason="the test reads"):
        found = secretary_lectures(lectures_in(year), year, as_of=as_of)
    return [(one.office.holder_name, one.times, one.words) for one in found]


def test_the_secretary_of_a_committee_lectures_anywhere_below_it(
    committee, first_branch, foreign_branch
):
    OfficeFactory(organization=committee, member=None, holder_name="许长河")
    OfficeFactory(organization=first_branch, member=None, holder_name="孙知远")
    assert secretaries() == [("许长河", 0, "未到期")]
    assert secretaries(as_of=dt.date(2027, 1, 1)) == [("许长河", 0, "当年没有记到")]

    lectured(foreign_branch, "许长河")
    lectured(first_branch, "许长河", kinds=("study_session",))
    assert secretaries() == [("许长河", 0, "未到期")]

    lectured(first_branch, "许长河", kinds=("party_lecture", "study_session"))
    assert secretaries() == [("许长河", 1, "已达到")]


def test_a_secretary_who_came_during_the_year_is_told_apart(committee):
    OfficeFactory(
        organization=committee, member=None, holder_name="许长河", started_on=dt.date(2026, 9, 1)
    )

    assert secretaries(as_of=dt.date(2027, 1, 1)) == [("许长河", 0, "年中任职")]


def test_the_count_of_a_secretary_opens_exactly_its_records(client, zhao, committee, first_branch):
    OfficeFactory(organization=committee, member=None, holder_name="许长河")
    lectured(first_branch, "许长河", topic="书记党课")
    lectured(first_branch, "许长河", topic="业务讲座", kinds=("study_session",))
    client.force_login(zhao)

    page = client.get(reverse("activities:lecturers"))
    [one] = page.context["secretaries"]
    address = f"{reverse('activities:lectures')}?year=2026&{one.conditions}"
    opened = client.get(address)

    assert "《中国共产党支部工作条例（试行）》第十六条" in page.text
    assert address.replace("&", "&amp;") in page.text
    assert [cells[2].text for cells in opened.context["rows"]] == ["书记党课"]


def test_the_ledger_lists_only_forms_with_a_lecturer(li, first_branch):
    lectured(first_branch, "孙知远", hours=2, topic="第一课")
    MeetingFactory(activity=ActivityFactory(organization=first_branch), kind="party_lecture")

    with scoped_to(li.scope_for("activities.view_activity")):
        rows = list(ledgers["activities.lecturers"].table(YEAR))

    assert [row[1:7] for row in rows] == [(dt.date(2026, 4, 10), "党课", "孙知远", "第一课", 2, 0)]
