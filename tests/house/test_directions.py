"""Arrows point one way: who may import whom, and what no module does."""

import ast
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings

from partybuild.checks import OWN_APPS

ROOT = Path(settings.BASE_DIR)
MODULES = sorted(
    path
    for app in OWN_APPS
    for path in Path(apps.get_app_config(app).path).rglob("*.py")
    if "migrations" not in path.parts
)
# Moving a subtree rewrites the paths of places that the mover's own scope is about to leave.
MAY_BYPASS_THE_LOCK = {"branches/services/tree.py"}


def nodes(path):
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def modules_with(is_found):
    """Return the modules that hold a node of a kind."""
    return {
        str(path.relative_to(ROOT))
        for path in MODULES
        if any(is_found(node) for node in nodes(path))
    }


def test_apps_and_rooms_import_downwards_only():
    done = subprocess.run(  # noqa: S603 -- our own tool
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_nobody_bypasses_the_lock():
    bypassing = modules_with(
        lambda node: isinstance(node, ast.Attribute) and node.attr == "_base_manager"
    )

    assert bypassing - MAY_BYPASS_THE_LOCK == set()


def opens_everything_without_saying_why(node):
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "everything"
    return called and not any(
        keyword.arg == "reason" and isinstance(keyword.value, ast.Constant | ast.JoinedStr)
        for keyword in node.keywords
    )


def test_everything_is_opened_for_a_reason_that_stands_there():
    assert modules_with(opens_everything_without_saying_why) == set()


def test_nothing_listens_to_our_models():
    signals = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}

    assert modules_with(lambda node: getattr(node, "id", "") in signals) == set()
