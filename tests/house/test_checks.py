"""House rules as system checks: offenders stop runserver, migrate and CI."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import models

from branches.checks import every_permission_is_held_by_a_role
from partybuild.checks import every_model_says_where_it_belongs, every_view_declares_a_permission
from partybuild.ledgers import Ledger, ledgers
from partybuild.scoping import ScopedModel


@pytest.fixture
def passing_model():
    """Let a model live in an app for the length of a test."""
    made = []

    def make(name, *bases, **attributes):
        meta = type("Meta", (), {"app_label": "branches"})
        model = type(name, bases, {"__module__": __name__, "Meta": meta, **attributes})
        made.append(name.lower())
        return model

    yield make
    for name in made:
        del apps.all_models["branches"][name]
    apps.clear_cache()


def told(problems):
    return [(problem.id, problem.msg) for problem in problems]


def test_the_house_is_in_order():
    assert [problem for problem in run_checks() if not problem.is_silenced()] == []


def test_a_model_that_says_nothing_of_its_place_is_refused(passing_model):
    passing_model("Homeless", models.Model)
    passing_model("Placeless", ScopedModel)
    passing_model("Reasoned", models.Model, unscoped_because="it is the same everywhere")
    passing_model("Placed", ScopedModel, scope_path="organization__path")

    assert told(every_model_says_where_it_belongs()) == [
        ("partybuild.E001", "Homeless says neither scope_path nor unscoped_because."),
        ("partybuild.E001", "Placeless says neither scope_path nor unscoped_because."),
    ]


@pytest.mark.urls("tests.house.offending_urls")
def test_a_view_without_a_permission_is_refused():
    assert told(every_view_declares_a_permission()) == [
        ("partybuild.E002", "inner/undeclared/ declares no permission_required.")
    ]


@pytest.mark.urls("tests.house.offending_urls")
def test_a_permission_that_nobody_holds_is_refused():
    assert told(every_permission_is_held_by_a_role()) == [
        (
            "partybuild.E003",
            "inner/misspelt/<int:number>/ needs members.view_membr, which no role holds.",
        )
    ]


def test_a_ledger_with_a_permission_that_nobody_holds_is_refused(monkeypatch):
    monkeypatch.setattr(ledgers, "_entries", {})

    class Misspelt(Ledger):
        code = "tests.misspelt"
        title = "写错权限的台账"
        permission = "members.view_membr"

    assert told(every_permission_is_held_by_a_role()) == [
        ("partybuild.E003", "tests.misspelt needs members.view_membr, which no role holds.")
    ]
