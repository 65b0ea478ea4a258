"""What the tests of more than one app share: database, data folder, day, browser, cast."""

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine
import yaml
from django.conf import settings as portal_settings
from django.db import connection

import run
from partybuild.celery import app as celery
from partybuild.scoping import everything

pytest_plugins = ["tests.cast"]

# The browser driver keeps an event loop running, in which Django would refuse its own database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# No test is timed, and the same examples are tried everywhere.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("house")

TODAY = dt.datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SAMPLES = Path(portal_settings.BASE_DIR).parent / "shared" / "samples"


# Through these a test asks for a database, and through these it starts other programs.
DATABASES = {"db", "transactional_db", "live_server", "django_db_setup"}
PROGRAMS = (subprocess, run, celery)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark as `pure` what cannot depend on the database: one pass of it is enough.

    pytest-django lets no test reach a database that has not asked for one; a module that knows
    how to start programs or to ring a queue is not taken for pure, unless it says so itself.
    """
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASES & set(item.fixturenames)
        known = vars(item.module).values()
        if not asks and not any(thing is program for thing in known for program in PROGRAMS):
            item.add_marker("pure")


@pytest.fixture(scope="session")
def session_data(tmp_path_factory):
    """A folder of this process: what DATA_DIR is to the tests."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, session_data):
    """Keep SQLite in a file: threads and other processes must see the same rows."""
    if connection.vendor == "sqlite":
        name = str(session_data / "db.sqlite3")
        portal_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    """Give every test a data folder of its own."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


@pytest.fixture
def today():
    """Let the test take place on Saturday, 21 November 2026, at ten in the morning."""
    with time_machine.travel(TODAY, tick=False):
        yield TODAY.date()


@pytest.fixture
def everywhere():
    """Open everything for the length of a test that is not about places."""
    with everything(reason="this test is not about places"):
        yield


@pytest.fixture(scope="session")
def samples():
    """The sample files, which lie beside the project and not in it."""
    if not SAMPLES.is_dir():
        pytest.skip("示例文件不在：本项目旁边没有 shared/samples 文件夹。")
    return SAMPLES


@pytest.fixture(scope="session")
def expected(samples):
    """What is expected of the sample files."""
    return yaml.safe_load((samples / "expected.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the machine's own Chromium, never a downloaded one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("本机没有 Chromium。")
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"]}
