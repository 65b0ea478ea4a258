"""Whatever registers itself keeps the rules of the house: walked, never listed."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from branches.models import PartyOrganization
from branches.roles import PERMISSIONS, SYSTEM_ROLES, known_permissions
from members.models import Member
from partybuild.celery import app as bell
from partybuild.checks import OWN_APPS
from partybuild.errands import errands
from partybuild.finders import finders
from partybuild.imports import import_tables
from partybuild.indicators import ORGANIZATION, indicators
from partybuild.jobs import JobKind, job_kinds
from partybuild.ledgers import Gathered, ledgers
from partybuild.models import Job
from partybuild.panels import panels
from partybuild.periods import Period
from partybuild.permissions import SIGNED_IN
from partybuild.readings import readings
from partybuild.regulations import shipped_versions
from partybuild.scoping import scoped_to, within
from tests.cast import able
from tests.house import world as worlds

YEAR = Period.year(2026)
RULES = [
    f"{label}.{path.stem}"
    for label in OWN_APPS
    for path in sorted(Path(apps.get_app_config(label).path).glob("regulations/*.toml"))
]


def each(registry):
    return pytest.mark.parametrize("entry", list(registry), ids=lambda entry: entry.code)


@pytest.fixture
def own(world):
    return world.places["own"]


@pytest.fixture
def li(own):
    return own.secretary


@pytest.fixture
def zhao(world):
    return world.places["parent"].secretary


def marks_in(shown):
    """Return the names of the places whose marks stand in something."""
    text = str(shown)
    return {name for name, mark in worlds.MARKS.items() if mark in text}


def rows_of(model_label, place):
    return place.rows[apps.get_model(model_label)]


# The register of organisations names the superior of each, as all pages of a branch do.
NAMED_BESIDE = {"branches.organizations": {"parent"}}

# Of branches alone: a committee has no line of its own.
OF_BRANCHES = {"activities.frequencies"}


@each(ledgers)
def test_a_ledger_shows_own_rows_and_nothing_of_the_neighbour(entry, world, li, zhao):
    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        branch = list(entry.table(YEAR))
    with scoped_to(able(zhao, entry.permission).scope_for(entry.permission)):
        committee = list(entry.table(YEAR))

    assert marks_in(branch) == {"own"} | NAMED_BESIDE.get(entry.code, set())
    above = set() if entry.code in OF_BRANCHES else {"parent"}
    assert marks_in(committee) == {"own", "sibling"} | above


@each(ledgers)
def test_a_ledger_costs_the_same_for_few_rows_and_many(
    entry, world, li, zhao, django_assert_num_queries
):
    gathered = sum(isinstance(column, Gathered) for column in entry.columns)

    for user in (li, zhao):
        with (
            scoped_to(able(user, entry.permission).scope_for(entry.permission)),
            django_assert_num_queries(1 + gathered),
        ):
            list(entry.table(YEAR))


@each(ledgers)
def test_a_ledger_masks_numbers_until_they_are_revealed(entry, world, li):
    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        masked, revealed = (str(list(entry.table(YEAR, reveal=shown))) for shown in (False, True))

    assert ("110101199001011237" in masked, "13800001234" in masked) == (False, False)
    assert (masked != revealed) == any(column.sensitive for column in entry.columns)


@each(ledgers)
def test_a_ledger_can_be_asked_for_every_condition_it_names(entry, own, li):
    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        narrowed = {name: entry.selected(YEAR, {name: "?"}).count() for name in entry.conditions}

    assert narrowed == dict.fromkeys(entry.conditions, 0)


@each(ledgers)
def test_a_ledger_leads_to_pages_that_exist(entry, own, li):
    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        shown = entry.cells(entry.selected(YEAR).values_list(*entry.lookups()))

    assert shown
    if entry.record_page:
        assert all(reverse(entry.record_page, args=[public_id]) for public_id, _ in shown)


def subjects(entry):
    """Everything in scope that an indicator may measure."""
    model = PartyOrganization if entry.subject == ORGANIZATION else Member
    return model.objects.all()


def own_subject(entry, own):
    """The subject of the own place that has one record of each kind."""
    return own.organization if entry.subject == ORGANIZATION else own.rows[Member][0]


@each(indicators)
def test_an_indicator_is_one_query_for_one_subject_and_for_many(
    entry, own, zhao, django_assert_num_queries
):
    with scoped_to(zhao.scope_for("assessments.view_scorecard")):
        everybody = subjects(entry)
        one = everybody.filter(pk=own_subject(entry, own).pk)
        with django_assert_num_queries(1):
            entry.measure(one, YEAR)
        with django_assert_num_queries(1):
            entry.measure(everybody, YEAR)


@each(indicators)
def test_an_indicator_counts_what_its_evidence_lists(entry, own, li):
    code, conditions = entry.evidence
    with scoped_to(li.scope_for("assessments.view_scorecard")), within(own.organization.path):
        measured = entry.measure(subjects(entry), YEAR)
        listed = ledgers[code].selected(YEAR, conditions).count()

    assert set(conditions) <= set(ledgers[code].conditions)
    if entry.subject == ORGANIZATION:
        assert (sum(measured[own.organization.pk]), listed) == (1, 1)
    else:
        assert "member" in ledgers[code].conditions
        # 学时 are no records: their ledger has a row for each member, with or without.
        assert entry.unit == "学时" or sum(map(sum, measured.values())) == listed


@each(indicators)
def test_an_indicator_sees_nothing_beyond_the_scope(entry, world, li):
    with scoped_to(zhao_of(world).scope_for("assessments.view_scorecard")):
        everybody = list(subjects(entry).values_list("pk", flat=True))
    with scoped_to(li.scope_for("assessments.view_scorecard")):
        mine = set(subjects(entry).values_list("pk", flat=True))
        measured = entry.measure(subjects(entry).filter(pk__in=everybody), YEAR)

    if entry.subject == ORGANIZATION:
        assert set(measured) == {world.places["own"].organization.pk}
    else:
        assert set(measured) <= mine < set(everybody)


def zhao_of(world):
    return world.people["office_staff"]


@each(finders)
def test_a_finder_finds_what_is_own_and_nothing_else(entry, world, li):
    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        found = {name: list(entry.find(mark)) for name, mark in worlds.MARKS.items()}
        everything = list(entry.find("台账")) + found["own"]

    assert [name for name, hits in found.items() if hits and name != "own"] == []
    assert everything
    assert marks_in(everything) <= {"own"}
    assert all(hit.url.startswith("/") for hit in everything)


@each(panels)
def test_a_panel_tells_nothing_of_other_places(entry, own, li):
    record = rows_of(entry.model, own)[0]

    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        told = [entry.summary(record), *entry.rows(record)]

    assert len(told) > 1
    assert marks_in(told) == {"own"}
    assert all(len(cells) == len(entry.head) for _, cells in told[1:])


@each(readings)
def test_a_reading_leads_to_pages_and_tells_nothing_of_other_places(entry, own, li):
    record = rows_of(entry.model, own)[0]

    with scoped_to(able(li, entry.permission).scope_for(entry.permission)):
        lines = list(entry.lines(record))

    assert lines
    assert marks_in(lines) <= {"own"}
    assert all(line.url.startswith("/") for line in lines if line.url)


@pytest.mark.parametrize("registry", [ledgers, finders, panels, readings, errands, import_tables])
def test_whatever_registers_needs_a_permission_that_somebody_holds(registry):
    needed = {entry.code: entry.permission for entry in registry}

    assert needed
    assert {code for code, permission in needed.items() if not is_known(permission)} == set()


def is_known(permission):
    return permission in known_permissions() | {SIGNED_IN}


@each(job_kinds)
def test_a_kind_of_job_has_a_title_and_a_permission(entry):
    assert entry.title
    if type(entry).permission_for is JobKind.permission_for:
        asked = {entry.permission_for(Job(kind=entry.code))}
    else:
        asked = {entry.permission_for(Job(arguments={"code": each.code})) for each in ledgers}
    assert {permission for permission in asked if not is_known(permission)} == set()


def test_the_scheduler_rings_for_tasks_that_exist():
    bell.loader.import_default_modules()

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(bell.tasks) == set()


def test_the_three_administrators_share_no_power_and_see_no_business():
    powers = [
        {p for p in PERMISSIONS[role] if not p.partition(".")[2].startswith("view_")}
        for role in SYSTEM_ROLES
    ]
    business = set().union(*(PERMISSIONS[r] for r in PERMISSIONS if r not in SYSTEM_ROLES))
    about_people_and_work = {p for p in business if p.split(".")[0] != "partybuild"}

    assert sum(map(len, powers)) == len(set().union(*powers))
    assert about_people_and_work & set().union(*(PERMISSIONS[r] for r in SYSTEM_ROLES)) == set()


@pytest.mark.parametrize("code", RULES)
def test_a_rule_cites_its_document_and_stands_in_the_order_of_its_days(code):
    versions = shipped_versions(code)

    days = [version.in_force_from for version in versions]
    assert days == sorted(set(days))
    assert all(isinstance(day, dt.date) for day in days)
    assert all(version.document.startswith("《") and version.values for version in versions)


def test_every_rule_is_written_once_per_version():
    for code in RULES:
        label, _, name = code.partition(".")
        path = Path(apps.get_app_config(label).path) / f"regulations/{name}.toml"
        source = tomllib.loads(path.read_text(encoding="utf-8"))

        assert source.keys() == {"version"}
        assert all(
            version.keys() <= {"in_force_from", "document", "article", "values", "note"}
            for version in source["version"]
        )
