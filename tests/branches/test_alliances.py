"""党建共同体: several units work together; all who belong read it, only the lead writes it."""

import datetime as dt

import pytest
from django.urls import reverse

from branches.models import Alliance, AllianceMember
from branches.queries.alliances import memberships_of, visible_alliances
from branches.services.alliances import (
    correct_alliance,
    found_alliance,
    join_alliance,
    keep_pledge,
    leave_alliance,
    pledge,
)
from partybuild.alerts import alerts
from partybuild.audit import history_of
from partybuild.ledgers import ledgers
from partybuild.merging import StaleVersion
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.cast import account
from tests.factories.alliances import (
    AllianceFactory,
    AllianceMemberFactory,
    AlliancePledgeFactory,
)

pytestmark = pytest.mark.usefixtures("today")
DAY = dt.date(2026, 11, 21)


@pytest.fixture
def alliance(committee):
    """An alliance that the committee leads."""
    made = AllianceFactory(lead=committee, name="法润万家共同体")
    AllianceMemberFactory(alliance=made)
    return made


@pytest.fixture
def shared(alliance, foreign_branch):
    """The same, with a branch of another agency in it."""
    AllianceMemberFactory(alliance=alliance, organization=foreign_branch, role="member")
    return alliance


def test_a_committee_founds_an_alliance_and_leads_it(client, zhao, committee):
    client.force_login(zhao)

    answer = client.post(
        reverse("branches:new_alliance"),
        {
            "lead": committee.public_id,
            "name": "法润万家共同体",
            "pattern": "1+2+N+X",
            "founded_on": "2025-03-01",
            "submission_key": "k1",
        },
    )

    with everything(reason="the test looks"):
        made = Alliance.objects.get()
        members = [(m.label, m.role) for m in AllianceMember.objects.all()]
        steps = [entry.action for entry in history_of(made)]
    assert answer.headers["Location"] == made.get_absolute_url()
    assert members == [("青岚市档案局机关党委", "lead")]
    assert steps == ["branches.alliance.founded"]


def test_an_organisation_of_another_agency_joins_by_the_code_it_told(
    client, zhao, alliance, foreign_branch
):
    client.force_login(zhao)
    address = reverse("branches:join_alliance", args=[alliance.public_id])
    post = {"role": "paired", "started_on": "2026-01-01", "submission_key": "k1"}

    wrong = client.post(address, {**post, "code": "没有这个"})
    right = client.post(address, {**post, "code": foreign_branch.code, "submission_key": "k2"})

    page = client.get(right.headers["Location"])
    assert wrong.context["form"].errors["code"] == ["没有找到这个代码的党组织，请向对方核对。"]
    assert [m.label for m in page.context["members"]] == [
        "青岚市档案局机关党委",
        "云渚第七党支部",
    ]


def test_a_unit_outside_the_portal_belongs_by_its_name(everywhere, zhao, alliance):
    member = join_alliance(
        actor=zhao,
        alliance=alliance,
        role="member",
        unit_name="东街社区",
        started_on=dt.date(2026, 1, 1),
    )

    assert (member.label, member.organization) == ("东街社区", None)


def test_those_who_belong_read_the_whole_and_change_nothing(client, qian, shared):
    client.force_login(qian)

    listed = client.get(reverse("branches:alliances"))
    page = client.get(shared.get_absolute_url())

    assert [line.alliance.name for line in listed.context["lines"]] == ["法润万家共同体"]
    assert [line.is_own for line in listed.context["lines"]] == [False]
    assert [m.label for m in page.context["members"]] == [
        "青岚市档案局机关党委",
        "云渚第七党支部",
    ]
    assert (page.context["may_change"], page.context["steps"]) == (False, [])


def test_the_staff_of_a_member_may_not_write_in_the_alliance_of_others(
    client, shared, foreign_committee
):
    staff = account("ma", "马对岸", "office_staff", foreign_committee)
    client.force_login(staff)
    names = ("edit_alliance", "join_alliance", "pledge")

    answers = [client.get(reverse(f"branches:{n}", args=[shared.public_id])) for n in names]

    assert client.get(shared.get_absolute_url()).status_code == 200
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_others_find_nothing(client, qian, alliance):
    client.force_login(qian)

    assert client.get(alliance.get_absolute_url()).status_code == 404
    assert client.get(reverse("branches:alliances")).context["lines"] == []


def test_who_has_left_reads_it_no_longer(qian, zhao, shared):
    with scoped_to(zhao.scope_for("branches.change_alliance")):
        member = AllianceMember.objects.get(role="member")
        leave_alliance(actor=zhao, alliance=shared, member=member, ended_on=dt.date(2026, 6, 1))

    with scoped_to(qian.scope_for("branches.view_alliance")):
        seen = [visible_alliances(d).count() for d in (dt.date(2026, 5, 31), DAY)]
    assert seen == [1, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "organization"),
        ({"unit_name": "东街社区", "started_on": dt.date(2027, 1, 1)}, "started_on"),
        ({"unit_name": "东街社区", "started_on": dt.date(2025, 2, 28)}, "started_on"),
        ({"unit_name": "老成员"}, "unit_name"),
    ],
)
def test_who_cannot_join_is_refused(everywhere, zhao, alliance, changes, field):
    AllianceMemberFactory(alliance=alliance, organization=None, unit_name="老成员", role="member")

    with pytest.raises(Refused) as refusal:
        join_alliance(
            actor=zhao, alliance=alliance, role="member", **{"started_on": DAY, **changes}
        )

    assert refusal.value.field == field
    assert AllianceMember.objects.count() == 2


def test_the_lead_cannot_leave(everywhere, zhao, alliance):
    lead = AllianceMember.objects.get()

    with pytest.raises(Refused, match="牵头党组织不能退出"):
        leave_alliance(actor=zhao, alliance=alliance, member=lead, ended_on=DAY)


def test_an_end_before_the_beginning_is_refused(everywhere, zhao, alliance):
    with pytest.raises(Refused) as refusal:
        correct_alliance(actor=zhao, alliance=alliance, version=1, ended_on=dt.date(2025, 2, 1))

    assert (str(refusal.value), refusal.value.field) == ("撤销日期不能早于成立日期。", "ended_on")
    assert Alliance.objects.get().version == 1


def test_a_correction_over_somebody_elses_is_stale(everywhere, zhao, alliance):
    correct_alliance(actor=zhao, alliance=alliance, version=1, pattern="1+N")

    with pytest.raises(StaleVersion):
        correct_alliance(actor=zhao, alliance=alliance, version=1, pattern="1+2")


def test_a_promise_past_its_day_is_told_until_it_is_kept(everywhere, zhao, alliance):
    made = pledge(
        actor=zhao,
        alliance=alliance,
        title="送法进社区",
        responsible="综合科",
        due_on=dt.date(2026, 6, 30),
    )
    alert = alerts["branches.overdue_pledges"]
    before = [(notice.text, notice.is_late) for notice in alert.notices(DAY)]

    keep_pledge(actor=zhao, pledge=made, done_on=dt.date(2026, 9, 1), outcome="办了六场")

    assert before == [("法润万家共同体：送法进社区（综合科）", True)]
    assert list(alert.notices(DAY)) == []


def test_a_promise_is_made_and_kept_in_the_browser(client, zhao, alliance):
    client.force_login(zhao)
    client.post(
        reverse("branches:pledge", args=[alliance.public_id]),
        {"title": "送法进社区", "responsible": "综合科", "submission_key": "k1"},
    )
    (made,) = client.get(alliance.get_absolute_url()).context["pledges"]

    client.post(
        reverse("branches:keep_pledge", args=[alliance.public_id, made.public_id]),
        {"done_on": "2026-10-01", "outcome": "办了六场", "submission_key": "k2"},
    )

    (kept,) = client.get(alliance.get_absolute_url()).context["pledges"]
    assert (kept.done_on, kept.outcome) == (dt.date(2026, 10, 1), "办了六场")


def test_the_ledger_lists_members_of_elsewhere_as_they_were_called(
    zhao, qian, shared, foreign_branch
):
    with everything(reason="a test arranges its rows"):
        foreign_branch.placements.update(name="当年的支部")
    ledger = ledgers["branches.alliances"]

    with scoped_to(zhao.scope_for(ledger.permission)):
        names = [row[4] for row in ledger.table(Period.year(2026))]
    with scoped_to(qian.scope_for(ledger.permission)):
        elsewhere = list(ledger.table(Period.year(2026)))

    assert names == ["青岚市档案局机关党委", "当年的支部"]
    assert elsewhere == []


def test_the_ledger_of_last_year_stays_what_it_was(everywhere, zhao, shared):
    ledger = ledgers["branches.alliances"]
    last_year = list(ledger.table(Period.year(2025)))

    leave_alliance(
        actor=zhao,
        alliance=shared,
        member=AllianceMember.objects.get(role="member"),
        ended_on=dt.date(2026, 6, 1),
    )

    assert list(ledger.table(Period.year(2025))) == last_year
    assert len(list(ledger.table(Period.year(2026)))) == 1


def test_an_organisation_knows_the_alliances_it_belongs_to(qian, shared, foreign_branch):
    with scoped_to(qian.scope_for("branches.view_alliance")):
        belonging = [one.alliance.name for one in memberships_of(foreign_branch)]

    assert belonging == ["法润万家共同体"]


def test_the_list_costs_the_same_for_one_and_for_many(
    client, zhao, committee, django_assert_num_queries
):
    client.force_login(zhao)
    client.get(reverse("branches:alliances"))
    for count in (1, 40):
        for _ in range(count):
            made = AllianceFactory(lead=committee)
            AllianceMemberFactory(alliance=made)
            AlliancePledgeFactory(alliance=made)
        with django_assert_num_queries(7):
            client.get(reverse("branches:alliances"))


def test_founding_in_the_future_is_refused(everywhere, zhao, committee):
    with pytest.raises(Refused) as refusal:
        found_alliance(
            actor=zhao, lead=committee, name="明年的共同体", founded_on=dt.date(2027, 1, 1)
        )

    assert refusal.value.field == "founded_on"
