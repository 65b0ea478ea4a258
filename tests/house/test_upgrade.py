"""What an office has kept since the first release is there, and whole, after the upgrade."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

FIRST_RELEASE = [("branches", "0001_initial"), ("members", "0001_initial")]


def migrated_to(targets):
    """Migrate the test's database and return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest():
    """Return the newest migration of every app: going back takes apps along that depend on these."""
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.fixture
def first_release(transactional_db):
    """The database as the first release left it; afterwards as it is today."""
    yield migrated_to(FIRST_RELEASE)
    migrated_to(newest())


def test_organisations_and_posts_of_the_first_release_get_their_history(first_release):
    organization = first_release.get_model("branches", "PartyOrganization")
    committee = organization._base_manager.create(
        public_id="a" * 16, code="A", name="机关党委", kind="office_committee", path="0001"
    )
    branch = organization._base_manager.create(
        public_id="b" * 16,
        code="B",
        name="第一党支部",
        short_name="一支部",
        kind="branch",
        path="00010001",
        superior=committee,
        founded_on=dt.date(2016, 3, 1),
    )
    first_release.get_model("branches", "OrganizationEvent")._base_manager.create(
        organization=branch, kind="founded", happened_on=dt.date(2016, 3, 1), name="第一党支部"
    )
    first_release.get_model("members", "VanguardPost")._base_manager.create(
        public_id="c" * 16,
        organization=branch,
        title="服务岗",
        pledge="当日事当日毕",
        awarded_on=dt.date(2024, 3, 5),
    )
    first_release.get_model("members", "Office")._base_manager.create(
        organization=branch, post="secretary", holder_name="安小河"
    )
    person = first_release.get_model("members", "Member")._base_manager.create(
        public_id="d" * 16, branch=branch, name="安小河", category="full"
    )
    first_release.get_model("members", "AttendanceExemption")._base_manager.create(
        member=person, reason="长期卧床"
    )

    today = migrated_to(newest())

    placements = today.get_model("branches", "Placement")._base_manager.order_by("path")
    assert list(placements.values_list("name", "path", "kind", "started_on", "ended_on")) == [
        ("机关党委", "0001", "office_committee", None, None),
        ("第一党支部", "00010001", "branch", None, None),
    ]
    events = today.get_model("branches", "OrganizationEvent")._base_manager.order_by("pk")
    assert list(events.values_list("name", "kind", "short_name", "organization_kind")) == [
        ("第一党支部", "founded", "一支部", "branch"),
        ("机关党委", "founded", "", "office_committee"),
    ]
    assert len(set(events.values_list("public_id", flat=True))) == 2
    steps = today.get_model("members", "PostEvent")._base_manager
    assert list(steps.values_list("kind", "happened_on")) == [("awarded", dt.date(2024, 3, 5))]
    pledges = today.get_model("members", "PostPledge")._base_manager
    assert list(pledges.values_list("promise", "started_on")) == [
        ("当日事当日毕", dt.date(2024, 3, 5))
    ]
    assert len(today.get_model("members", "Office")._base_manager.get().public_id) == 16
    assert (
        today.get_model("members", "AttendanceExemption")._base_manager.get().reason == "长期卧床"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM members_attendanceexemption")
        assert "长期卧床" not in str(cursor.fetchall())
