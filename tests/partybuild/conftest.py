"""Workers in processes of their own, for the tests that kill them."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as portal_settings
from django.db import connection


def portal_of_this_test():
    """Return the environment in which another process finds the rows and keys of this test."""
    keys = {"FIELD_KEYS": portal_settings.FIELD_KEYS, "SECRET_KEY": portal_settings.SECRET_KEY}
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {**keys, "DATA_DIR": str(Path(name).parent)}
    address = urlsplit(os.environ["DATABASE_URL"])
    return {
        **keys,
        "DATA_DIR": str(portal_settings.DATA_DIR),
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{name}")),
    }


@pytest.fixture
def start_worker():
    """Start a worker in a process of its own, and end it with the test."""
    started = []

    def start(job):
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "tests.partybuild.worker_process", str(job.pk)],
            cwd=portal_settings.BASE_DIR,
            env={**os.environ, **portal_of_this_test()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
