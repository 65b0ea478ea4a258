"""Merging branches moves their people and leaves the past where it was; taking back restores it."""

import datetime as dt

import pytest

from branches.models import PartyOrganization
from branches.queries.history import what_hangs_on
from branches.services.events import (
    dissolve_organization,
    merge_organization,
    take_back_event,
)
from branches.services.tree import EventRefused
from members.models import Member, Membership
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MembershipFactory

JUNE = dt.date(2026, 6, 1)

pytestmark = pytest.mark.usefixtures("today", "everywhere")


def rolls():
    rows = Membership.objects.order_by("pk")
    return list(rows.values_list("member", "organization", "group", "started_on", "ended_on"))


def test_people_belong_to_the_other_branch_from_that_day(zhao, first_branch, second_branch):
    member = enrolled("孙知远", first_branch)

    merge_organization(actor=zhao, organization=first_branch, target=second_branch, on=JUNE)

    assert [(row[1], row[3], row[4]) for row in rolls()] == [
        (first_branch.pk, dt.date(2020, 1, 1), JUNE),
        (second_branch.pk, JUNE, None),
    ]
    assert Member.objects.get(pk=member.pk).branch == second_branch


def test_a_merge_taken_back_leaves_the_rolls_as_they_were(zhao, first_branch, second_branch):
    group = PartyOrganizationFactory(name="一组", kind="group", superior=first_branch)
    member = enrolled("孙知远", first_branch)
    Membership.objects.filter(member=member).update(group=group)
    before = [row[1:] for row in rolls()]
    event = merge_organization(actor=zhao, organization=first_branch, target=second_branch, on=JUNE)

    take_back_event(actor=zhao, event=event, reason="批复作废")

    assert [row[1:] for row in rolls()] == before
    assert Member.objects.get(pk=member.pk).branch == first_branch
    assert PartyOrganization.objects.get(pk=group.pk).dissolved_on is None


def test_a_merge_that_something_came_after_is_not_taken_back(zhao, first_branch, second_branch):
    member = enrolled("孙知远", first_branch)
    event = merge_organization(actor=zhao, organization=first_branch, target=second_branch, on=JUNE)
    third = PartyOrganizationFactory(name="第三党支部", superior=second_branch.superior)
    moved = Membership.objects.get(member=member, ended_on=None)
    moved.ended_on = dt.date(2026, 9, 1)
    moved.save()
    MembershipFactory(member=member, organization=third, started_on=dt.date(2026, 9, 1))
    before = rolls()

    with pytest.raises(EventRefused):
        take_back_event(actor=zhao, event=event, reason="批复作废")

    assert rolls() == before
    assert first_branch.events.count() == 1


def test_nobody_is_left_behind_by_a_dissolution(zhao, first_branch):
    enrolled("孙知远", first_branch)

    with pytest.raises(EventRefused) as refusal:
        dissolve_organization(actor=zhao, organization=first_branch, on=JUNE)

    assert refusal.value.field == "on"
    assert "1 人" in str(refusal.value)
    assert [number for _, number in what_hangs_on(first_branch)] == [1]
