"""Who has been talked with in a year: committee, members, each other; by the rule and its places."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import TalkPerson
from activities.queries.talk_coverage import With, branches_of, coverage_of, coverages
from branches.services.events import merge_organization
from members.models import Member, Membership, Office
from partybuild.alerts import alerts
from partybuild.indicators import indicators
from partybuild.localrules import lay_over
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.members import OfficeFactory
from tests.factories.talks import many_talks, talked

pytestmark = pytest.mark.usefixtures("today")
TODAY = dt.date(2026, 11, 21)
YEAR = Period.year(2026)


@pytest.fixture
def committee_of_two(first_branch, roll):
    """Li is secretary and An sits on the committee; Bai, Chen and Ding are members."""
    OfficeFactory(organization=first_branch, member=roll[0])
    OfficeFactory(organization=first_branch, member=roll[1], post="publicity_member")
    return roll


def read(branch, year=YEAR, day=TODAY):
    with everything(reason="the test reads"):
        return coverage_of(branch, year, as_of=day)


def lacking(branch, **when):
    """Return per person what is still to be done."""
    return {one.member.name: one.lack_words for one in read(branch, **when).people}


def test_nobody_was_talked_with_yet(committee_of_two, first_branch):
    assert lacking(first_branch) == {
        "李秀岩": "与支委安小河；与党员",
        "安小河": "与支委李秀岩；与党员",
        "白一舟": "与支委；与党员",
        "陈望南": "与支委；与党员",
        "丁初晴": "与支委；与党员",
    }


def test_five_talks_reach_everybody(committee_of_two, first_branch):
    li, an, bai, chen, ding = committee_of_two
    for talker, others in (
        (li, [an]),
        (li, [bai, chen]),
        (an, [ding]),
        (bai, [chen]),
        (ding, [bai]),
    ):
        talked(first_branch, talker, *others)

    found = read(first_branch)

    assert found.uncovered == []
    assert found.covered_count == len(found.due) == 5
    assert [
        (one.member.name, one.held(With.COMMITTEE), one.held(With.MEMBER)) for one in found.people
    ] == [
        ("李秀岩", 1, 1),
        ("安小河", 1, 1),
        ("白一舟", 1, 2),
        ("陈望南", 1, 1),
        ("丁初晴", 1, 1),
    ]


def test_those_who_are_talked_to_together_have_not_talked_with_each_other(
    committee_of_two, first_branch
):
    li, _, bai, chen, _ = committee_of_two

    talked(first_branch, li, bai, chen)

    assert lacking(first_branch)["白一舟"] == lacking(first_branch)["陈望南"] == "与党员"


def test_each_pair_of_the_committee_is_asked_for(committee_of_two, first_branch):
    li, an, bai, *_ = committee_of_two
    OfficeFactory(organization=first_branch, member=bai, post="organization_member")
    talked(first_branch, li, an)

    found = lacking(first_branch)

    assert (found["李秀岩"], found["安小河"], found["白一舟"]) == (
        "与支委白一舟；与党员",
        "与支委白一舟；与党员",
        "与支委李秀岩、安小河；与党员",
    )


def test_other_kinds_other_years_and_deleted_talks_do_not_count(committee_of_two, first_branch):
    li, _, bai, *_ = committee_of_two
    talked(first_branch, li, bai, kind="integrity")
    talked(first_branch, li, bai, held_on=dt.date(2025, 12, 31))
    talked(first_branch, li, bai, deleted_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))

    assert lacking(first_branch)["白一舟"] == "与支委；与党员"
    assert lacking(first_branch, year=Period.year(2025))["白一舟"] == "与党员"


def test_who_sat_on_the_committee_is_asked_of_the_day_of_the_talk(committee_of_two, first_branch):
    _, an, bai, chen, _ = committee_of_two
    with everything(reason="the committee changes in June"):
        Office.objects.filter(member=an).update(ended_on=dt.date(2026, 6, 1))
    OfficeFactory(
        organization=first_branch, member=bai, post="life_member", started_on=dt.date(2026, 6, 1)
    )
    talked(first_branch, an, chen, held_on=dt.date(2026, 5, 31))
    talked(first_branch, an, chen, held_on=dt.date(2026, 6, 1))

    found = {one.member.name: one for one in read(first_branch).people}

    assert (found["陈望南"].held(With.COMMITTEE), found["陈望南"].held(With.MEMBER)) == (1, 1)
    assert found["陈望南"].is_covered
    assert [one.member.name for one in read(first_branch).committee] == ["李秀岩", "白一舟"]


def test_who_came_during_the_year_owes_nothing_and_has_the_talks_counted(
    committee_of_two, first_branch
):
    li, *_ = committee_of_two
    late = enrolled("江晚舟", first_branch)
    with everything(reason="came in March"):
        Membership.objects.filter(member=late).update(started_on=dt.date(2026, 3, 1))
    talked(first_branch, li, late)

    found = read(first_branch)
    person = found.people[-1]

    assert (person.member.pk, person.is_due, person.held(With.COMMITTEE)) == (late.pk, False, 1)
    assert person.lack_words == ""
    assert len(found.due) == 5


def test_a_new_place_in_the_same_branch_is_no_new_beginning(committee_of_two, first_branch):
    with everything(reason="moved to another group in June"):
        Membership.objects.filter(member=committee_of_two[2]).update(ended_on=dt.date(2026, 6, 1))
        Membership.objects.create(
            member=committee_of_two[2],
            organization=first_branch,
            started_on=dt.date(2026, 6, 1),
        )

    assert lacking(first_branch)["白一舟"] == "与支委；与党员"


def test_second_memberships_and_people_in_development_are_not_asked_for(
    committee_of_two, first_branch, second_branch
):
    guest = enrolled("客人", second_branch)
    with everything(reason="a guest here"):
        Membership.objects.create(member=guest, organization=first_branch, kind="second")

    assert "客人" not in lacking(first_branch)


def test_a_guest_from_above_counts_for_nobody(committee_of_two, first_branch):
    talk = talked(first_branch, committee_of_two[0], committee_of_two[2])
    with everything(reason="the talker was a superior"):
        TalkPerson.objects.filter(talk=talk, role="talker").update(member=None, name="王局长")

    assert lacking(first_branch)["白一舟"] == "与支委；与党员"


@pytest.mark.parametrize(
    ("size", "lacks"),
    [
        (1, [""]),
        (2, ["与党员", "与支委"]),
        (3, ["与党员", "与支委；与党员", "与支委；与党员"]),
    ],
)
def test_nobody_owes_a_talk_with_nobody(second_branch, size, lacks):
    people = [enrolled(f"党员{at}", second_branch, pinyin=str(at)) for at in range(size)]
    OfficeFactory(organization=second_branch, member=people[0])

    assert list(lacking(second_branch).values()) == lacks


def test_without_a_committee_on_file_only_talks_among_members_are_asked_for(roll, first_branch):
    assert set(lacking(first_branch).values()) == {"与党员"}


def test_the_rule_is_cited_and_holds_from_its_day(committee_of_two, first_branch):
    before = read(first_branch, year=Period.year(2017))

    assert read(first_branch).citation == "《中国共产党支部工作条例（试行）》第十九条"
    assert (before.citation, before.due) == ("", [])


def test_an_agency_may_ask_for_more(committee_of_two, zhao, first_branch, second_branch):
    li, an, bai, *_ = committee_of_two
    talked(first_branch, li, bai)
    with everything(reason="the agency lays its rule over"):
        lay_over(
            actor=zhao,
            place=first_branch,
            code="activities.talks",
            values={"with_committee": {"times": 2}},
            in_force_from=dt.date(2026, 1, 1),
            document="《谈心谈话办法》",
        )

    assert lacking(first_branch)["白一舟"] == "与支委；与党员"
    talked(first_branch, an, bai)
    assert lacking(first_branch)["白一舟"] == "与党员"


def test_who_came_by_a_merger_owes_nothing_that_year_and_everything_the_next(
    zhao, committee_of_two, first_branch, second_branch
):
    with everything(reason="the branches are merged"):
        merge_organization(
            actor=zhao,
            organization=first_branch,
            target=second_branch,
            on=dt.date(2026, 6, 1),
            document="青档党〔2026〕9号",
        )

    assert set(lacking(second_branch).values()) == {""}
    assert read(first_branch).people == []
    owed = lacking(second_branch, year=Period.year(2027), day=dt.date(2027, 3, 1))
    assert set(owed.values()) == {"与党员"}


# --- pages ---------------------------------------------------------------------------------------


def test_each_cell_opens_its_talks_or_the_form_that_is_owed(
    client, li, committee_of_two, first_branch
):
    secretary, an, bai, chen, _ = committee_of_two
    talked(first_branch, secretary, an)
    talked(first_branch, secretary, bai)
    talked(first_branch, bai, chen)
    talked(first_branch, bai, chen, kind="integrity")
    client.force_login(li)
    page = client.get(reverse("activities:talk_coverage", args=[first_branch.public_id]))

    people = {one.member.name: cells for one, cells in page.context["people"]}
    pairs = dict(page.context["pairs"])
    states = {name: [cell.state for cell in cells] for name, cells in people.items()}
    opened = [
        client.get(cell.url).context["page"].count
        for cell in (pairs["李秀岩"][1], people["李秀岩"][0], *people["白一舟"])
    ]
    form = client.get(people["丁初晴"][0].url).context["form"]

    assert states == {
        "李秀岩": ["ok", "ok"],
        "安小河": ["ok", "due"],
        "白一舟": ["ok", "ok"],
        "陈望南": ["due", "ok"],
        "丁初晴": ["due", "due"],
    }
    assert opened == [1, 1, 1, 1]
    assert form.initial["talked_to"] == "丁初晴"


def test_last_year_is_told_as_missing_and_the_running_one_as_open(
    client, li, committee_of_two, first_branch
):
    client.force_login(li)
    address = reverse("activities:talk_coverage", args=[first_branch.public_id])

    states = [
        {
            cell.state
            for _, cells in client.get(address, {"year": year}).context["people"]
            for cell in cells
        }
        for year in ("2025", "2026")
    ]

    assert states == [{"miss"}, {"due"}]


def test_who_may_not_record_is_offered_no_form(client, zhao, committee_of_two, first_branch):
    client.force_login(zhao)

    page = client.get(reverse("activities:talk_coverage", args=[first_branch.public_id]))

    assert {cell.url for _, cells in page.context["people"] for cell in cells} == {""}
    assert "/talks/new/" not in page.text


def test_a_committee_sees_how_far_each_branch_is(
    client, zhao, committee_of_two, first_branch, second_branch
):
    client.force_login(zhao)

    everybody = client.get("/talks/coverage/").context
    behind = client.get("/talks/coverage/", {"show": "missing"}).context

    assert [cells[1:2] for cells in everybody["rows"]] == [(5,), (0,)]
    assert [cells[3] for cells in behind["rows"]] == ["李秀岩、安小河、白一舟、陈望南、丁初晴"]
    assert (everybody["total"], everybody["behind"], behind["count"]) == (2, 1, 1)


def test_coverage_of_a_group_or_of_elsewhere_is_not_found(client, li, first_branch, second_branch):
    client.force_login(li)
    answers = [
        client.get(reverse("activities:talk_coverage", args=[place.public_id])).status_code
        for place in (first_branch, second_branch, first_branch.superior)
    ]

    assert answers == [200, 404, 404]


def test_reading_all_branches_costs_the_same_for_few_and_for_many(
    zhao, committee, first_branch, django_assert_num_queries
):
    for count in (2, 60):
        people = [enrolled(f"党员{count}{at}", first_branch) for at in range(count)]
        with everything(reason="the test makes talks"):
            many_talks(people, first_branch)
        with scoped_to(zhao.scope_for("activities.view_talk")), django_assert_num_queries(6):
            coverages(branches_of(YEAR), YEAR, as_of=TODAY)


# --- what follows --------------------------------------------------------------------------------


def notices(user, day):
    with scoped_to(user.scope_for("activities.view_talk")):
        return [(n.text, n.place, n.due_on) for n in alerts["activities.talks"].notices(day)]


def test_the_branch_is_reminded_when_the_year_draws_to_its_end(li, committee_of_two, first_branch):
    told = [("还有 5 名党员今年的谈心谈话没有谈到", "第一党支部", dt.date(2026, 12, 31))]

    assert [notices(li, day) for day in (dt.date(2026, 10, 31), dt.date(2026, 11, 1))] == [[], told]


def test_talks_are_counted_month_by_month(everywhere, committee_of_two, first_branch):
    li, an, *_ = committee_of_two
    for day in (dt.date(2026, 3, 6), dt.date(2026, 3, 31), dt.date(2026, 11, 1)):
        talked(first_branch, li, an, held_on=day)
    talked(first_branch, li, an, kind="integrity")

    branches = type(first_branch).objects.filter(pk=first_branch.pk)
    assert indicators["activities.talks"].measure(branches, YEAR) == {
        first_branch.pk: (0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    }


def test_a_stranger_to_the_branch_is_in_no_table(committee_of_two, first_branch):
    with everything(reason="somebody left"):
        Member.objects.filter(pk=committee_of_two[2].pk).update(
            state="transferred", state_since=dt.date(2026, 2, 1)
        )
        Membership.objects.filter(member=committee_of_two[2]).update(ended_on=dt.date(2026, 2, 1))

    assert "白一舟" not in lacking(first_branch)
