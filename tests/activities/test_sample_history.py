"""The sample ledger of last year's meetings, on top of register and roster."""

from collections import Counter

import pytest
from django.test import override_settings

from activities.models import Activity, Attendance, Meeting
from activities.queries.occasions import expected_by_activity, present_by_activity
from partybuild import audit, batches
from partybuild.models import AuditEntry, ImportBatch
from partybuild.scoping import everything
from tests.members.samples import (
    REGISTER,
    ROSTER,
    bring_in,
    by_row,
    dump,
    listed,
    needs_samples,
    rows_of,
    taken_back,
)

pytestmark = [needs_samples, pytest.mark.django_db]
HISTORY = "三会一课台账(2025年).xlsx"
YEAR = 2025


@pytest.fixture(scope="module")
def imported(expected, django_db_setup, django_db_blocker, tmp_path_factory):
    """Register, roster and meetings; what was said of the meetings, and a dump from before."""
    folder = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), taken_back():
        bring_in(expected, REGISTER)
        bring_in(expected, ROSTER)
        before = dump()
        yield bring_in(expected, HISTORY), before


@pytest.fixture
def activities(imported):
    with everything(reason="test"):
        return list(Activity.objects.select_related("organization", "chair", "recorder"))


def test_every_row_is_taken_or_rejected_as_expected(expected, imported):
    told, said = expected["files"][HISTORY], imported[0]

    assert by_row(said["rejected"]) == listed(told["reject"])
    assert by_row(said["warned"]) == listed(told["warn"])
    assert said["noted"] == told["note"]
    assert said["created"] == told["rows"]["good"]
    counted = Counter(
        code
        for said_of in (by_row(said["rejected"]), by_row(said["warned"]))
        for codes in said_of.values()
        for code in codes
    )
    assert counted == told["flags_by_code"]


def test_every_good_row_is_stored_as_it_stands(activities):
    labels = {kind.value: str(kind.label) for kind in Meeting.Kind}
    with everything(reason="test"):
        held = {activity.pk: [] for activity in activities}
        for meeting in Meeting.objects.select_related("group").order_by("pk"):
            held[meeting.activity_id].append(meeting)
        pks = list(held)
        expected, present = expected_by_activity(pks), present_by_activity(pks)
    stored = Counter(
        (
            activity.organization.name,
            activity.held_on.isoformat(),
            frozenset(labels[meeting.kind] for meeting in held[activity.pk]),
            expected[activity.pk],
            present[activity.pk],
        )
        for activity in activities
    )
    told = Counter(
        (
            row["branch"],
            row["date"],
            frozenset(row["forms"].split("+")),
            int(row["due"]),
            int(row["actual"]) if row["actual"] else None,
        )
        for row in rows_of(HISTORY).values()
        if row["level"] != "reject"
    )

    assert stored == told


def test_groups_chairs_and_recorders_are_those_of_the_ledger(activities):
    with everything(reason="test"):
        groups = {
            meeting.activity_id: meeting.group.name if meeting.group else ""
            for meeting in Meeting.objects.select_related("group")
        }
    stored = Counter(
        (
            activity.organization.name,
            activity.held_on.isoformat(),
            groups[activity.pk],
            activity.chair.name if activity.chair else "",
            activity.recorder.name if activity.recorder else "",
        )
        for activity in activities
    )
    told = Counter(
        (
            row["branch"],
            row["date"],
            "" if "GROUP_UNKNOWN" in row["codes"] else row["group"],
            "" if "HOST_UNKNOWN" in row["codes"] else row["host"],
            row["recorder"],
        )
        for row in rows_of(HISTORY).values()
        if row["level"] != "reject"
    )

    assert stored == told


def test_the_totals_are_those_of_the_ledger(expected, activities):
    told = expected["files"][HISTORY]["totals"]
    of_year = [activity for activity in activities if activity.held_on.year == YEAR]
    pks = [activity.pk for activity in of_year]
    with everything(reason="test"):
        kinds = Counter(
            Meeting.Kind(kind).label
            for kind in Meeting.objects.filter(activity__in=of_year).values_list("kind", flat=True)
        )
        due, actual = expected_by_activity(pks), present_by_activity(pks)
    counted = [pk for pk in pks if actual[pk] is not None]

    assert len(of_year) == told["events"]
    assert len(activities) - len(of_year) == told["events_other_years"]
    assert kinds == told["forms"]
    assert sum(due[pk] for pk in counted) == told["attendance"]["due"]
    assert sum(actual[pk] for pk in counted) == told["attendance"]["actual"]
    assert Counter(activity.organization.name for activity in of_year) == told["events_by_branch"]


def test_nobody_is_said_to_have_been_there_whom_the_ledger_does_not_tell_of(activities):
    """Where everybody is named, names and figures agree; elsewhere only named people are recorded."""
    partly = {activity.pk for activity in activities if activity.is_partly_named}
    leaders = {activity.pk: {activity.chair_id, activity.recorder_id} for activity in activities}
    with everything(reason="test"):
        present = Attendance.objects.filter(status=Attendance.Status.PRESENT)
        rows = list(present.values_list("activity", "member"))
    there = [(activity, member) for activity, member in rows if activity in partly]

    assert 0 < len(partly) < len(activities) / 2
    assert all(member in leaders[activity] for activity, member in there)


def test_each_occasion_has_its_line_in_the_audit_chain(activities):
    with everything(reason="test"):
        recorded = AuditEntry.objects.filter(action="activities.activity.recorded")
        subjects = set(recorded.values_list("subject_id", flat=True))

    assert subjects == {activity.public_id for activity in activities}
    assert audit.verify()[1] is None


def test_the_same_ledger_again_changes_nothing(expected, imported):
    before = dump()
    with taken_back():
        again = bring_in(expected, HISTORY)
        assert dump() == before

    good = expected["files"][HISTORY]["rows"]["good"]
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, good)


def test_undoing_the_meetings_restores_every_stored_value(imported):
    with taken_back(), everything(reason="test"):
        report = batches.undo(actor=None, batch=ImportBatch.objects.latest("pk"))

        assert report.kept == []
        assert dump() == imported[1]
