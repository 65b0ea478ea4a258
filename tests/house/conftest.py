"""The furnished world, made once for the tests of a module."""

import copy
import shutil

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from tests.cast import assemble
from tests.conftest import TODAY
from tests.house import world as worlds


@pytest.fixture(scope="module")
def furnished_world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Furnish the four places in a transaction around a module's tests; yield the world and its files.

    The thousand rows of it cost more than most tests that walk it.
    """
    folder = tmp_path_factory.mktemp("furnished")
    files = override_settings(DATA_DIR=folder, MEDIA_ROOT=folder / "files")
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(TODAY, tick=False), files:
            places, people = assemble()
            branches = [places[f"{name}_branch"] for name in ("first", "second", "foreign")]
            world = worlds.build(places["committee"], *branches, people)
        yield world, folder
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished_world, today, data_dir, db):
    """The four places and the people; what a test does to them is taken back after it."""
    made, folder = furnished_world
    shutil.copytree(folder, data_dir, dirs_exist_ok=True)
    return copy.deepcopy(made)
