"""Where organisations stood on a day, and what of the tree a scope was then."""

import datetime as dt

import pytest

from branches.models import PartyOrganization, Placement
from branches.queries.placements import Standing, name_as_of, placed, scope_as_of
from partybuild.scoping import Scope, everything, scoped_to
from tests.factories.branches import PartyOrganizationFactory

MOVED_ON = dt.date(2026, 11, 1)
BEFORE, AFTER = dt.date(2026, 9, 30), dt.date(2026, 11, 21)


@pytest.fixture
def other_committee(committee):
    return PartyOrganizationFactory(name="第二党总支", kind="general_branch", superior=committee)


@pytest.fixture
def home(committee):
    return PartyOrganizationFactory(name="第一党总支", kind="general_branch", superior=committee)


@pytest.fixture
def mover(home, other_committee):
    """A branch that stood below `home` until it moved below `other_committee`."""
    branch = PartyOrganizationFactory(name="行走党支部", superior=home)
    with everything(reason="the test arranges its rows"):
        then = Placement.objects.get(organization=branch)
        then.ended_on = MOVED_ON
        then.name = "从前的名称"
        then.save()
        branch.path, branch.superior = f"{other_committee.path}0001", other_committee
        PartyOrganization._base_manager.filter(pk=branch.pk).update(
            path=branch.path, superior=other_committee
        )
        Placement.objects.create(
            organization=branch, name=branch.name, path=branch.path, started_on=MOVED_ON
        )
    return branch


def seen(organization, day):
    """Return the names that a scope of this organisation showed on a day."""
    with scoped_to(scope_as_of(Scope.of([organization.path]), day)):
        return set(PartyOrganization.objects.values_list("name", flat=True))


def test_a_former_superior_sees_who_stood_below_it_then(mover, home):
    assert seen(home, BEFORE) == {"第一党总支", "行走党支部"}
    assert seen(home, AFTER) == {"第一党总支"}


def test_a_new_superior_does_not_see_who_came_later(mover, other_committee):
    assert seen(other_committee, BEFORE) == {"第二党总支"}
    assert seen(other_committee, AFTER) == {"第二党总支", "行走党支部"}


def test_whoever_stands_above_both_sees_the_same_on_any_day(mover, committee):
    assert seen(committee, BEFORE) == seen(committee, AFTER)


def test_the_branch_itself_was_its_own_on_any_day(mover):
    assert seen(mover, BEFORE) == {"行走党支部"}


def test_rows_carry_the_name_and_path_of_the_day(mover, home):
    with everything(reason="the test reads"):
        rows = placed(PartyOrganization.objects.filter(pk=mover.pk), "", BEFORE)
        then = rows.values_list("place__name", "place__path").get()

    assert then == ("从前的名称", f"{home.path}0001")


def test_a_name_is_told_as_of_a_day(mover):
    with everything(reason="the test reads"):
        assert name_as_of(mover, BEFORE) == "从前的名称"
        assert name_as_of(mover, AFTER) == "行走党支部"


def test_standing_tells_the_path_of_any_day(mover, home, other_committee):
    with everything(reason="the test reads"):
        standing = Standing([mover, home])

    assert standing.path_on(mover, dt.date(1999, 1, 1)) == f"{home.path}0001"
    assert standing.path_on(mover, MOVED_ON - dt.timedelta(days=1)) == f"{home.path}0001"
    assert standing.path_on(mover, MOVED_ON) == mover.path
    assert standing.path_on(home, BEFORE) == home.path


def test_a_scope_of_a_former_day_is_not_narrowed_further():
    then = Scope(("0001",), also=frozenset({"00020001"}))

    with pytest.raises(ValueError, match="Narrow"):
        then.narrowed_to("0001")
    assert then.covers("00020001")
    assert not then.covers("00020002")
