"""What hangs on a merged organisation goes over with it, and comes back when the merge does."""

import datetime as dt

import pytest

from branches.models import Alliance, AllianceMember, Coverage, MoveRecord, ServicePlatform
from branches.services.events import (
    EventRefused,
    dissolve_organization,
    merge_organization,
    take_back_event,
)
from branches.services.platforms import correct_platform
from members.models import Liaison
from members.services.liaison import record_visit
from tests.factories.alliances import AllianceFactory, AllianceMemberFactory
from tests.factories.liaison import LiaisonFactory
from tests.factories.platforms import CoverageFactory, ServicePlatformFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
JUNE = dt.date(2026, 6, 1)


@pytest.fixture
def hanging(first_branch, second_branch, committee):
    """Platforms, coverage, alliances and liaison of the first branch."""
    own = ServicePlatformFactory(organization=first_branch)
    CoverageFactory(platform=own, started_on=dt.date(2024, 1, 1))
    LiaisonFactory(organization=first_branch, platform=own, name="陈指导")
    led = AllianceFactory(lead=first_branch)
    AllianceMemberFactory(alliance=led)
    AllianceMemberFactory(alliance=led, organization=second_branch, role="member")
    joined = AllianceFactory(lead=committee)
    AllianceMemberFactory(alliance=joined, organization=first_branch, role="paired")
    return own


def merged(first_branch, second_branch):
    return merge_organization(actor=None, organization=first_branch, target=second_branch, on=JUNE)


def state():
    def rows(model, *names):
        return sorted(map(str, model.objects.values_list(*names)))

    return (
        rows(ServicePlatform, "organization__name"),
        rows(Coverage, "organization__name", "started_on", "ended_on"),
        rows(Liaison, "organization__name", "name", "started_on", "ended_on"),
        rows(Alliance, "lead__name"),
        rows(AllianceMember, "organization__name", "role", "started_on", "ended_on"),
    )


def test_platforms_coverage_alliances_and_liaison_go_over(hanging, first_branch, second_branch):
    merged(first_branch, second_branch)

    assert ServicePlatform.objects.get().organization == second_branch
    assert list(
        Coverage.objects.order_by("pk").values_list("organization", "started_on", "ended_on")
    ) == [
        (first_branch.pk, dt.date(2024, 1, 1), JUNE),
        (second_branch.pk, JUNE, None),
    ]
    assert list(Liaison.objects.order_by("pk").values_list("organization", "ended_on")) == [
        (first_branch.pk, JUNE),
        (second_branch.pk, None),
    ]
    now = AllianceMember.objects.filter(ended_on=None).order_by("pk")
    assert [(one.organization, one.role) for one in now] == [
        (second_branch, "lead"),
        (second_branch, "paired"),
    ]


def test_what_went_over_comes_back_when_the_merge_is_taken_back(
    hanging, first_branch, second_branch
):
    before = state()
    event = merged(first_branch, second_branch)

    take_back_event(actor=None, event=event, reason="批复作废")

    after = state()
    assert after == before
    assert MoveRecord.objects.count() == 0


def test_a_merge_is_not_taken_back_over_what_was_changed_since(
    hanging, first_branch, second_branch
):
    event = merged(first_branch, second_branch)
    platform = ServicePlatform.objects.get()
    correct_platform(actor=None, platform=platform, version=platform.version, note="新备注")
    record_visit(
        actor=None,
        liaison=Liaison.objects.get(ended_on=None),
        visited_on=dt.date(2026, 7, 1),
        outcome="走访",
    )

    with pytest.raises(EventRefused, match="不能撤回合并"):
        take_back_event(actor=None, event=event, reason="批复作废")

    assert ServicePlatform.objects.get().organization == second_branch


def test_two_platforms_of_one_code_stand_in_the_way_of_a_merge(first_branch, second_branch):
    for place in (first_branch, second_branch):
        ServicePlatformFactory(organization=place, code="PT-1")

    with pytest.raises(EventRefused, match="两边都有编号“PT-1”的平台"):
        merged(first_branch, second_branch)


def test_who_is_in_charge_of_platforms_is_not_dissolved(first_branch):
    ServicePlatformFactory(organization=first_branch)

    with pytest.raises(EventRefused, match="还主管 1 个平台或单位"):
        dissolve_organization(actor=None, organization=first_branch, on=JUNE)


def test_who_leads_an_alliance_is_not_dissolved(first_branch):
    AllianceFactory(lead=first_branch, name="法润共同体")

    with pytest.raises(EventRefused, match="还牵头“法润共同体”"):
        dissolve_organization(actor=None, organization=first_branch, on=JUNE)
