"""Who leads a body: put into office, relieved, elected together."""

import datetime as dt

import pytest

from branches.models import PartyOrganization, Term
from branches.services.events import dissolve_organization
from members.models import Member, Office
from members.queries.offices import bodies, body_of, off_the_roll, offices_on, secretary_of
from members.queries.records import electors_on
from members.services.offices import (
    Holder,
    OfficeRefused,
    appoint,
    correct_office,
    relieve,
    resume_office,
)
from members.services.terms import correct_term, open_term, undo_term
from partybuild.ledgers import ledgers
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.discipline import DisciplineFactory
from tests.factories.members import MembershipFactory, OfficeFactory
from tests.factories.offices import TermShiftFactory

TODAY = dt.date(2026, 11, 21)
ELECTION = dt.date(2026, 11, 20)


@pytest.fixture
def acting(zhao):
    with everything(reason="the test looks at everything"):
        yield zhao


@pytest.fixture
def chen(first_branch):
    return enrolled("陈一苇", first_branch)


@pytest.fixture
def lin(first_branch):
    return enrolled("林见山", first_branch)


def holder(member, post="organization_member", duties=""):
    return Holder(post, member.name, member, duties)


def put(actor, branch, one, **changes):
    facts = {"started_on": dt.date(2026, 3, 2), "started_by": "co_opted", "document": ""}
    return appoint(actor=actor, organization=branch, holder=one, **facts | changes)


def elect(actor, branch, *holders, **changes):
    facts = {
        "elected_on": ELECTION,
        "years": 3,
        "has_committee": True,
        "document": "青档党〔2026〕12号",
    }
    return open_term(actor=actor, organization=branch, holders=holders, **facts | changes)


def test_somebody_is_put_into_office_and_the_term_goes_on(first_branch, chen, acting):
    term = TermFactory(organization=first_branch)

    office = put(acting, first_branch, holder(chen, duties="发展党员"), term=term)

    assert (office.member, office.duties, office.get_started_by_display()) == (
        chen,
        "发展党员",
        "增补",
    )
    assert Term.objects.get() == term
    entry = AuditEntry.objects.get(action="members.office.filled")
    assert entry.summary == "第一党支部 组织委员 陈一苇，增补"


def test_one_person_may_hold_two_posts_and_one_post_several_people(first_branch, chen, lin, acting):
    put(acting, first_branch, holder(chen))
    put(acting, first_branch, holder(chen, "publicity_member"))
    put(acting, first_branch, holder(chen, "deputy_secretary"))
    put(acting, first_branch, holder(lin, "deputy_secretary"))

    assert [office.post for office in body_of(first_branch, TODAY)] == [
        "deputy_secretary",
        "deputy_secretary",
        "organization_member",
        "publicity_member",
    ]


def test_a_second_secretary_is_refused_by_name(first_branch, chen, lin, acting):
    put(acting, first_branch, holder(chen, "secretary"))

    with pytest.raises(OfficeRefused, match="现任书记是陈一苇。先登记陈一苇离任，再登记新的书记。"):
        put(acting, first_branch, holder(lin, "secretary"), started_on=dt.date(2026, 5, 1))

    assert secretary_of(first_branch, TODAY) == chen


def test_a_secretary_follows_on_the_day_the_other_leaves(first_branch, chen, lin, acting):
    first = put(acting, first_branch, holder(chen, "secretary"))
    relieve(actor=acting, office=first, version=1, ended_on=ELECTION, ended_by="relieved")
    put(acting, first_branch, holder(lin, "secretary"), started_on=ELECTION)

    before = ELECTION - dt.timedelta(days=1)
    assert [secretary_of(first_branch, day) for day in (before, ELECTION)] == [chen, lin]


def test_the_same_post_twice_is_refused(first_branch, chen, acting):
    put(acting, first_branch, holder(chen))

    with pytest.raises(OfficeRefused, match="陈一苇2026-03-02 起就是组织委员"):
        put(acting, first_branch, holder(chen), started_on=TODAY)


def test_who_is_not_a_full_member_is_refused_with_the_rule(first_branch, acting):
    wu = enrolled("吴小满", first_branch, category=Member.Category.PROBATIONARY)

    with pytest.raises(OfficeRefused) as refusal:
        put(acting, first_branch, holder(wu))

    assert str(refusal.value) == (
        "吴小满在 2026-03-02 不是正式党员，没有被选举权，不能进班子"
        "（《中国共产党基层组织选举工作条例》第五条）。"
    )


def test_who_was_confirmed_later_is_refused_on_the_day_before(first_branch, acting):
    wu = enrolled("吴小满", first_branch, confirmed_on=dt.date(2026, 3, 3))

    with pytest.raises(OfficeRefused):
        put(acting, first_branch, holder(wu))
    assert put(acting, first_branch, holder(wu), started_on=dt.date(2026, 3, 3)).pk


def test_who_has_no_vote_is_refused_and_the_decision_is_not_told(first_branch, chen, acting):
    DisciplineFactory(member=chen, kind="probation", decided_on=dt.date(2026, 1, 1))

    with pytest.raises(OfficeRefused) as refusal:
        put(acting, first_branch, holder(chen))

    assert str(refusal.value) == (
        "陈一苇在 2026-03-02 没有被选举权，不能进班子（《中国共产党基层组织选举工作条例》第五条）。"
    )
    assert electors_on(first_branch, TODAY) == 0


def test_who_is_suspended_is_refused(first_branch, acting):
    wu = enrolled("吴小满", first_branch, state="suspended", state_since=dt.date(2026, 1, 1))

    with pytest.raises(OfficeRefused, match="吴小满的党籍状态是停止党籍。"):
        put(acting, first_branch, holder(wu))


def test_days_outside_the_life_of_the_organisation_are_refused(committee, acting):
    branch = PartyOrganizationFactory(
        superior=committee, name="旧楼党支部", dissolved_on=dt.date(2026, 2, 1)
    )
    chen = enrolled("陈一苇", branch)

    with pytest.raises(OfficeRefused, match="旧楼党支部 已于 2026-02-01 撤销"):
        put(acting, branch, holder(chen))
    with pytest.raises(OfficeRefused, match="旧楼党支部 2016-03-01 才成立"):
        put(acting, branch, holder(chen), started_on=dt.date(2016, 2, 29))


def test_a_day_before_the_term_is_refused(first_branch, chen, acting):
    term = TermFactory(organization=first_branch)

    with pytest.raises(OfficeRefused, match="任职时间早于本届当选时间 2024-06-18"):
        put(acting, first_branch, holder(chen), term=term, started_on=dt.date(2024, 6, 17))


def test_leaving_before_coming_is_refused(first_branch, chen, acting):
    office = put(acting, first_branch, holder(chen))

    with pytest.raises(OfficeRefused, match="离任时间早于任职时间 2026-03-02"):
        relieve(
            actor=acting,
            office=office,
            version=1,
            ended_on=dt.date(2026, 3, 1),
            ended_by="relieved",
        )
    assert Office.objects.get().ended_on is None


def test_what_was_entered_by_mistake_is_taken_back(first_branch, chen, acting):
    office = put(acting, first_branch, holder(chen))
    relieve(actor=acting, office=office, version=1, ended_on=TODAY, ended_by="relieved")

    resume_office(actor=acting, office=office, version=2)

    assert body_of(first_branch, TODAY) == [office]


def test_two_people_who_change_one_office_are_told(first_branch, chen, acting):
    office = put(acting, first_branch, holder(chen))
    said = {
        "duties": "党员教育",
        "started_on": office.started_on,
        "started_by": "elected",
        "document": "",
    }
    correct_office(actor=acting, office=office, version=1, **said)

    with pytest.raises(StaleVersion):
        correct_office(actor=acting, office=office, version=1, **said | {"duties": "宣传"})

    assert Office.objects.get().duties == "党员教育"


def test_a_new_body_takes_office_and_the_old_one_leaves(first_branch, chen, lin, acting):
    old = OfficeFactory(organization=first_branch, member=chen, holder_name=chen.name)
    leader = OfficeFactory(organization=first_branch, post="group_leader")

    term = elect(acting, first_branch, holder(lin, "secretary", "抓总"), holder(chen))

    old.refresh_from_db()
    leader.refresh_from_db()
    assert (old.ended_on, old.ended_by, leader.ended_on) == (ELECTION, "term_over", None)
    assert [str(one) for one in body_of(first_branch, TODAY)] == ["书记 林见山", "组织委员 陈一苇"]
    assert {one.term for one in term.offices.all()} == {term}
    entry = AuditEntry.objects.get(action="members.term.opened")
    assert entry.after["班子"] == ["书记 林见山（抓总）", "组织委员 陈一苇"]


def test_nothing_is_written_when_one_of_the_elected_is_refused(first_branch, chen, acting):
    old = OfficeFactory(organization=first_branch)
    wu = enrolled("吴小满", first_branch, category=Member.Category.PROBATIONARY)

    with pytest.raises(OfficeRefused):
        elect(acting, first_branch, holder(chen, "secretary"), holder(wu))

    old.refresh_from_db()
    assert (Term.objects.count(), old.ended_on) == (0, None)


@pytest.mark.parametrize(
    ("posts", "reason"),
    [
        (("secretary", "secretary"), "书记只能有一名，写了陈一苇、林见山。"),
        (("secretary",), "换届要在这以后"),
    ],
)
def test_an_election_that_cannot_be_is_refused(first_branch, chen, lin, acting, posts, reason):
    if len(posts) == 1:
        TermFactory(organization=first_branch, elected_on=ELECTION)

    with pytest.raises(OfficeRefused, match=reason):
        elect(acting, first_branch, *map(holder, (chen, lin), posts))


def test_a_temporary_branch_holds_no_election(committee, acting):
    branch = PartyOrganizationFactory(superior=committee, kind="temporary_branch")

    with pytest.raises(OfficeRefused, match="临时党支部不换届"):
        elect(acting, branch)


def test_a_new_term_is_undone_and_the_old_body_is_back(first_branch, chen, lin, acting):
    old = OfficeFactory(organization=first_branch, member=chen, holder_name=chen.name)
    term = elect(acting, first_branch, holder(lin, "secretary"))

    undo_term(actor=acting, term=term, version=1)

    assert body_of(first_branch, TODAY) == [old]
    assert Term.objects.count() == 0


def test_a_term_on_which_something_was_built_is_not_undone(first_branch, chen, lin, acting):
    term = elect(acting, first_branch, holder(lin, "secretary"))
    put(acting, first_branch, holder(chen), term=term, started_on=TODAY)

    with pytest.raises(OfficeRefused, match="这一届的职务不全是这次换届登记的"):
        undo_term(actor=acting, term=term, version=1)


def test_the_day_of_an_election_is_corrected_for_all_who_came_and_left_by_it(
    first_branch, chen, lin, acting
):
    old = OfficeFactory(organization=first_branch, member=chen, holder_name=chen.name)
    term = elect(acting, first_branch, holder(lin, "secretary"))
    right = dt.date(2026, 11, 18)

    correct_term(
        actor=acting,
        term=term,
        version=1,
        elected_on=right,
        elected_precision="day",
        years=3,
        has_committee=True,
        document="",
    )

    old.refresh_from_db()
    assert (old.ended_on, term.offices.get().started_on) == (right, right)


def test_the_day_of_an_election_does_not_leap_over_another(first_branch, acting):
    TermFactory(organization=first_branch)
    term = TermFactory(organization=first_branch, elected_on=dt.date(2026, 6, 18))

    with pytest.raises(OfficeRefused, match="会越过前后一届的当选时间"):
        correct_term(
            actor=acting,
            term=term,
            version=1,
            elected_on=dt.date(2024, 6, 17),
            elected_precision="day",
            years=3,
            has_committee=True,
            document="",
        )


def test_last_years_ledger_of_terms_is_not_changed_by_what_comes_later(first_branch, lin, acting):
    term = TermFactory(organization=first_branch, elected_on=dt.date(2023, 5, 8))
    TermShiftFactory(
        term=term, document="青档〔2025〕1号", approved_on=dt.date(2025, 9, 1), due_on=TODAY
    )
    ledger = ledgers["members.terms"]
    before = list(ledger.table(Period.year(2025)))

    TermShiftFactory(term=term, approved_on=dt.date(2026, 3, 1), due_on=dt.date(2027, 1, 1))
    elect(acting, first_branch, holder(lin, "secretary"))

    assert list(ledger.table(Period.year(2025))) == before
    this_year = list(ledger.table(Period.year(2026)))
    assert [row[6] for row in this_year] == [ELECTION, None]
    assert (this_year[0][9], before[0][5]) == ("书记林见山", "青档〔2025〕1号（至 2026-11-21）")


def test_vacancies_are_asked_of_bodies_with_a_committee(first_branch, second_branch, lin, acting):
    TermFactory(organization=first_branch)
    TermFactory(organization=second_branch, has_committee=False)
    OfficeFactory(organization=first_branch, member=lin, holder_name=lin.name)
    both = PartyOrganization.objects.filter(pk__in=[first_branch.pk, second_branch.pk])

    found = {body.organization.name: body.vacant_words for body in bodies(both, TODAY)}

    assert found == {"第一党支部": "组织委员、宣传委员、纪检委员", "第二党支部": "书记"}


def test_who_has_left_the_roll_is_named_with_the_reason(
    first_branch, second_branch, committee, chen, lin, acting
):
    wu = enrolled("吴小满", second_branch)
    gone = enrolled("何远", first_branch, state="transferred")
    for member in (chen, wu, gone):
        OfficeFactory(
            organization=first_branch, post="committee_member", member=member, holder_name=member
        )
    OfficeFactory(organization=committee, member=wu)
    lin.memberships.update(ended_on=dt.date(2026, 10, 1))
    OfficeFactory(organization=first_branch, post="life_member", member=lin)

    found = {office.member.name: reason for office, reason in off_the_roll(TODAY)}

    assert found == {
        "吴小满": "组织关系在别的党组织",
        "何远": "党籍状态是已转出",
        "林见山": "组织关系已不在册",
    }


def test_a_second_membership_does_not_put_anybody_on_the_roll(
    first_branch, second_branch, chen, acting
):
    membership = chen.memberships.get()
    membership.organization = second_branch
    membership.save()
    MembershipFactory(member=chen, organization=first_branch, kind="second")
    OfficeFactory(organization=first_branch, member=chen)

    assert [reason for _, reason in off_the_roll(TODAY)] == ["组织关系在别的党组织"]


def test_bodies_of_thousands_are_read_in_a_few_queries(
    committee, acting, django_assert_num_queries
):
    for count in (1, 20):
        for _ in range(count):
            branch = PartyOrganizationFactory(superior=committee)
            TermFactory(organization=branch)
            OfficeFactory(organization=branch)
        with django_assert_num_queries(7):
            bodies(PartyOrganization.objects.all(), TODAY)
        with django_assert_num_queries(2):
            off_the_roll(TODAY)


def test_nobody_leads_what_is_no_more(zhao, committee, everywhere, today):
    place = PartyOrganizationFactory(name="短命党支部", superior=committee)
    OfficeFactory(organization=place, holder_name="孟初一")
    on = dt.date(2026, 6, 1)
    dissolve_organization(actor=zhao, organization=place, on=on)
    led = [offices_on(day).count() for day in (on - dt.timedelta(days=1), on, today)]

    assert led == [1, 0, 0]
