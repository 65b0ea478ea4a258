"""Schemes and marks of the first release are documents and values afterwards, with the same scores."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.models import Mark, Scheme
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from branches.models import PartyOrganization
from partybuild.periods import Period
from partybuild.scoping import everything

BEFORE = [("assessments", "0001_initial")]


def migrated_to(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest():
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.fixture
def before(transactional_db):
    yield migrated_to([*(n for n in newest() if n[0] != "assessments"), *BEFORE])
    migrated_to(newest())


def written_by(apps):
    """Write a scheme with a judged and a measured line, and a mark, as the first release did."""
    place = apps.get_model("branches", "PartyOrganization")._base_manager.create(
        public_id="a" * 16,
        code="A",
        name="第一党支部",
        kind="branch",
        path="0001",
        founded_on=dt.date(2016, 3, 1),
    )
    user = apps.get_model("branches", "User")._base_manager.create(username="zhao", name="赵明漪")
    scheme = apps.get_model("assessments", "Scheme")._base_manager.create(
        public_id="s" * 16,
        code="old",
        title="旧方案",
        issuer="机关党委",
        document="〔2026〕3 号",
        subject="branch",
        per="year",
        warnings=["原文不完整：只有读到的部分，没有补写。"],
    )
    item = apps.get_model("assessments", "SchemeItem")._base_manager
    judged = item.create(
        scheme=scheme,
        number=1,
        category="班子",
        title="支部书记",
        full_score=3,
        options=[{"points": "3"}, {"points": "2.5"}, {"points": "1"}],
    )
    item.create(
        scheme=scheme,
        number=2,
        category="机制",
        title="党课",
        full_score=2,
        indicator="activities.party_lectures",
        options=[
            {"points": "2", "when": "每半年 1 次", "per": "half", "times": 1},
            {"points": "0", "when": "没有", "per": "never", "times": 0},
        ],
    )
    apps.get_model("assessments", "Mark")._base_manager.create(
        item=judged,
        organization=place,
        period="2026",
        points=Decimal("2.50"),
        reason="述职一般",
        given_by=user,
        version=3,
    )
    return place.pk


def test_what_was_loaded_and_marked_before_is_scored_as_before(before):
    place = written_by(before)

    migrated_to(newest())

    with everything(reason="the test reads"):
        scheme = Scheme.objects.get(code="old")
        mark = Mark.objects.get()
        one = subjects_of(scheme, Period.year(2026)).filter(pk=place)
        [card] = scorecards(scheme, one, Period.year(2026), as_of=dt.date(2027, 1, 5))
    assert (scheme.paper, scheme.is_partial, len(scheme.document_sha256)) == (
        "〔2026〕3 号",
        True,
        64,
    )
    assert (mark.values, mark.reason, mark.version) == ({"1": {"points": "2.5"}}, "述职一般", 3)
    assert [(line.title, line.points, line.full_score) for line in card.lines] == [
        ("支部书记", Decimal("2.5"), Decimal(3)),
        ("党课", Decimal(0), Decimal(2)),
    ]
    assert [group.result.category.name for group in card.groups] == ["班子", "机制"]


def test_going_back_keeps_the_marks_that_the_former_tables_hold(before):
    written_by(before)
    migrated_to(newest())

    former = migrated_to(BEFORE)

    mark = former.get_model("assessments", "Mark")._base_manager.get()
    items = list(former.get_model("assessments", "SchemeItem")._base_manager.order_by("number"))
    assert (mark.points, mark.version) == (Decimal("2.50"), 3)
    assert [(item.full_score, item.indicator) for item in items] == [
        (3, ""),
        (2, "activities.party_lectures"),
    ]
    assert PartyOrganization._base_manager.count() == get_user_model()._base_manager.count() == 1
