"""The engine computes from what it is given: no database, no clock, no floats, no code in schemes."""

import ast
from pathlib import Path

import pytest

from assessments import engine

MODULES = sorted(Path(engine.__path__[0]).rglob("*.py"))
# Beside the standard library: itself, how points are written, periods, and the writer of YAML.
ALLOWED = ("assessments.engine", "assessments.points", "partybuild.periods", "yaml")
OURS = {"assessments", "branches", "members", "activities", "partybuild", "django", "yaml"}


def imported(module):
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_of_the_engine_needs_nothing_but_itself(module):
    foreign = [name for name in imported(module) if name.split(".")[0] in OURS]

    assert [name for name in foreign if not name.startswith(ALLOWED)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_of_the_engine_runs_no_text_and_knows_no_float_or_today(module):
    tree = ast.parse(module.read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert names & {"eval", "exec", "compile", "float", "open"} == set()
    assert attributes & {"today", "now", "objects"} == set()
