"""Social roles and their ratios, skills: counted from records, rounded half up, opened as lists."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import Member, Membership, Skill, SocialRole, SocialRoleTotal
from members.queries.social_roles import people_with_skill, percentage, shares
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.people import SocialRoleFactory, SocialRoleTotalFactory

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (278, 350, "79.4"),
        (209, 489, "42.7"),
        (1, 16, "6.3"),
        (1, 2000, "0.1"),
        (1, 2001, "0.0"),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
    ],
)
def test_the_ratios_of_the_report(part, whole, percent):
    assert percentage(part, whole) == Decimal(percent)


def test_of_nobody_there_is_no_ratio():
    assert percentage(0, 0) is None


@given(part=st.integers(0, 10_000), rest=st.integers(0, 10_000))
def test_a_ratio_is_never_more_than_half_a_tenth_away(part, rest):
    if part + rest:
        exact = Decimal(100 * part) / (part + rest)
        assert abs(percentage(part, part + rest) - exact) <= Decimal("0.05")


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def serving(count, branch, kind):
    """Make `count` members who serve in a role."""
    with everything(reason="many people are made at once"):
        people = Member.objects.bulk_create(
            Member(branch=branch, name=f"党员{number}", pinyin=f"p{number:04}", category="full")
            for number in range(count)
        )
        Membership.objects.bulk_create(
            Membership(member=one, organization=branch) for one in people
        )
        SocialRole.objects.bulk_create(
            SocialRole(member=one, kind=kind, area="城区", started_on=dt.date(2025, 1, 1))
            for one in people
        )


def test_278_of_350_grid_workers_are_members_and_the_figure_opens_them(
    client, zhao, committee, first_branch, second_branch
):
    serving(200, first_branch, "grid_worker")
    serving(78, second_branch, "grid_worker")
    SocialRoleTotalFactory(organization=committee, kind="grid_worker", total=350)
    client.force_login(zhao)

    page = client.get("/members/social-roles/", {"organization": committee.public_id})

    [row] = [row for row in page.context["rows"] if row[0] == "网格员"]
    label, total, figure, percent, *_ = row
    assert (label, total, figure.text, percent) == ("网格员", 350, "278", "79.4%")
    assert client.get(figure.url).context["page"].count == 278


def test_a_person_with_two_areas_counts_once_and_one_who_has_left_not_at_all(
    committee, first_branch
):
    twice, left = enrolled("甲子", first_branch), enrolled("乙丑", first_branch)
    SocialRoleFactory(member=twice, area="一网格")
    SocialRoleFactory(member=twice, area="二网格")
    SocialRoleFactory(member=left)
    with everything(reason="somebody leaves"):
        left.memberships.update(ended_on=dt.date(2026, 6, 1))
        [now] = [one for one in shares(DAY, committee) if one.kind == "grid_worker"]
        [then] = [one for one in shares(dt.date(2026, 5, 31), committee) if one.kind == now.kind]

    assert (now.members, then.members) == (1, 2)


def test_the_newest_total_up_to_the_day_holds(committee):
    SocialRoleTotalFactory(organization=committee, counted_on=dt.date(2025, 1, 1), total=300)
    SocialRoleTotalFactory(organization=committee, counted_on=dt.date(2026, 12, 1), total=400)

    with everything(reason="the test reads one figure"):
        [share] = [one for one in shares(DAY, committee) if one.kind == "grid_worker"]
    assert (share.total.total, share.percent, share.is_odd) == (300, Decimal("0.0"), False)


def test_all_shares_take_two_queries(committee, first_branch, django_assert_num_queries):
    serving(3, first_branch, "mediator")
    with everything(reason="the test counts queries"), django_assert_num_queries(2):
        shares(DAY, committee)


def post(client, address, **answers):
    key = client.get(address).context["submission_key"]
    return client.post(address, {"submission_key": key} | answers)


def test_roles_skills_and_totals_are_entered_in_the_browser(client, li, first_branch):
    he = enrolled("何应秋", first_branch)
    client.force_login(li)

    post(client, f"/members/{he.public_id}/skills/", kinds=["law", "other"], note="修钟表")
    role = {"kind": "grid_worker", "area": "三网格", "started_on": "2026-01-01"}
    post(client, f"/members/{he.public_id}/social-roles/new/", **role)
    again = post(client, f"/members/{he.public_id}/social-roles/new/", **role)
    post(
        client,
        "/members/social-roles/total/",
        organization=first_branch.public_id,
        kind="grid_worker",
        total="2",
        counted_on="2026-11-01",
    )

    assert again.context["form"].errors == {"area": ["何应秋已登记为这里的网格员。"]}
    page = client.get(he.get_absolute_url()).content.decode()
    assert "法律咨询、其他（修钟表）" in page
    with everything(reason="the test looks at the rows"):
        assert SocialRoleTotal.objects.get().total == 2
        [role] = SocialRole.objects.all()
        assert [str(skill) for skill in people_with_skill(DAY, "law")] == ["法律咨询"]
        assert Skill.objects.count() == 2
    post(client, f"/members/social-roles/{role.public_id}/end/", ended_on="2026-11-20")
    with everything(reason="the test looks at the row"):
        assert SocialRole.objects.get().ended_on == dt.date(2026, 11, 20)
