"""The tree of organisations over time: whatever happened in whatever order, it fits together."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import OrganizationEvent, PartyOrganization, Placement
from branches.services.events import (
    change_kind,
    dissolve_organization,
    merge_organization,
    rename_organization,
    reparent_organization,
    take_back_event,
)
from branches.services.organizations import found_organization
from branches.services.tree import EventRefused
from partybuild import paths
from partybuild.scoping import everything

Kind = PartyOrganization.Kind
DAYS = [dt.date(2025, month, 1) for month in range(1, 13)]
EVER, NEVER = dt.date.min, dt.date.max

step = st.tuples(
    st.sampled_from(["found", "rename", "reparent", "kind", "merge", "dissolve", "take_back"]),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, len(DAYS) - 1),
)


def act(what, one, other, day, places):
    """Do one thing that may be refused."""
    if what == "found":
        kind = [Kind.BRANCH, Kind.GENERAL_BRANCH, Kind.COMMITTEE][other % 3]
        name = f"新{OrganizationEvent.objects.count()}"
        found_organization(actor=None, name=name, kind=kind, superior=one, founded_on=day)
    elif what == "rename":
        name = f"改{OrganizationEvent.objects.count()}"
        rename_organization(actor=None, organization=one, name=name, on=day)
    elif what == "reparent":
        superior = places[other % len(places)]
        reparent_organization(actor=None, organization=one, superior=superior, on=day)
    elif what == "kind":
        kind = [Kind.JOINT_BRANCH, Kind.GENERAL_BRANCH, Kind.COMMITTEE][other % 3]
        change_kind(actor=None, organization=one, kind=kind, on=day)
    elif what == "merge":
        target = places[other % len(places)]
        merge_organization(actor=None, organization=one, target=target, on=day)
    elif what == "dissolve":
        dissolve_organization(actor=None, organization=one, on=day)
    else:
        events = list(OrganizationEvent.objects.filter(happened_on__gte=DAYS[0]).order_by("pk"))
        if not events:
            return
        take_back_event(actor=None, event=events[other % len(events)], reason="登记有误")


def picture():
    """Return the whole tree: placements and present columns, keys left out."""
    placements = Placement.objects.order_by("organization", "started_on", "path")
    organizations = PartyOrganization.objects.order_by("pk")
    return (
        list(
            placements.values_list(
                *("organization", "started_on", "ended_on", "name", "kind", "superior", "path")
            )
        ),
        list(organizations.values_list("pk", "name", "kind", "superior", "path", "dissolved_on")),
    )


def faults():
    """Return what is wrong with the tree on any day."""
    found = []
    stands = defaultdict(list)
    for row in Placement.objects.all():
        stands[row.organization_id].append(row)
    days = sorted({row.started_on for rows in stands.values() for row in rows} - {None})
    for organization in PartyOrganization.objects.all():
        rows = sorted(stands[organization.pk], key=lambda row: row.started_on or EVER)
        starts = [row.started_on or EVER for row in rows]
        ends = [row.ended_on or NEVER for row in rows]
        if [EVER, *ends] != [*starts, NEVER]:
            found.append(f"{organization}: not one placement per day: {starts} {ends}")
        last = rows[-1]
        found += [
            f"{organization}: {column} is not the last placement's"
            for column in ("name", "short_name", "kind", "superior_id", "path")
            if getattr(last, column) != getattr(organization, column)
        ]
    for day in [EVER, *days, NEVER - dt.timedelta(1)]:
        here = {
            pk: row
            for pk, rows in stands.items()
            for row in rows
            if (row.started_on or EVER) <= day < (row.ended_on or NEVER)
        }
        for pk, row in here.items():
            above = here[row.superior_id].path if row.superior_id else ""
            if paths.parent_path(row.path) != above:
                found.append(f"{pk} on {day}: {row.path} is not below {above}")
        if len({row.path for row in here.values()}) != len(here):
            found.append(f"two share a path on {day}")
    owners = {(row.path, pk) for pk, rows in stands.items() for row in rows}
    if len({path for path, _ in owners}) != len(owners):
        found.append("one path was given to two organisations")
    return found


@pytest.fixture
def places(db, today):
    """A committee with a smaller one, a general branch and two branches with a group."""
    with everything(reason="the test arranges its rows"):

        def made(name, kind, superior, founded_on=dt.date(2020, 1, 1)):
            return found_organization(
                actor=None, name=name, kind=kind, superior=superior, founded_on=founded_on
            )

        top = made("机关工委", Kind.WORKING_COMMITTEE, None)
        office = made("机关党委", Kind.OFFICE_COMMITTEE, top)
        general = made("党总支", Kind.GENERAL_BRANCH, office)
        first = made("第一党支部", Kind.BRANCH, office)
        second = made("第二党支部", Kind.BRANCH, general)
        made("第一党小组", Kind.GROUP, first)
        made("第二党小组", Kind.GROUP, second)
    return [top, office, general, first, second]


def run(steps):
    """Do the steps; return what was done."""
    done = []
    for what, at, other, day in steps:
        standing = list(PartyOrganization.objects.order_by("pk"))
        try:
            act(what, standing[at % len(standing)], other, DAYS[day], standing)
        except EventRefused as refusal:
            done.append((what, str(refusal)))
        else:
            done.append((what, ""))
    return done


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14))
def test_whatever_happens_the_tree_fits_together_and_can_be_taken_back(places, steps):
    with transaction.atomic(), everything(reason="this test is not about places"):
        before = picture()
        run(steps)

        assert faults() == []

        for _ in range(40):
            taken = OrganizationEvent.objects.filter(
                happened_on__gte=DAYS[0], caused_by__isnull=True
            )
            for event in taken.order_by("-pk"):
                try:
                    take_back_event(actor=None, event=event, reason="登记有误")
                except EventRefused:
                    continue
        assert not taken.exists()
        assert picture() == before
        transaction.set_rollback(True)
