"""The pinned requirements can be installed, whatever has been released since they were pinned."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^[A-Za-z0-9_.-]+(?:\[[^]]*\])?==[^\s;\\]+", re.MULTILINE)


def pins(name):
    """Return the extras of each package that a file pins."""
    text = (Path(settings.BASE_DIR) / name).read_text("utf-8")
    pinned = map(Requirement, PIN.findall(text))
    return {canonicalize_name(one.name): one.extras for one in pinned}


def asked_with_extras(packages):
    """Return what the installed ones of these packages ask for together with extras."""
    for package in distributions():
        if canonicalize_name(package.metadata["Name"]) in packages:
            for asked in map(Requirement, package.requires or ()):
                applies = asked.marker is None or asked.marker.evaluate({"extra": ""})
                if asked.extras and applies:
                    yield canonicalize_name(asked.name), asked.extras


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_asked_with_extras_is_pinned_with_them(name):
    """An installer that checks hashes takes `coverage[toml]` for another thing than `coverage`."""
    pinned = pins(name)

    unpinned = [
        (package, sorted(extras - pinned[package]))
        for package, extras in asked_with_extras(pinned)
        if not extras <= pinned[package]
    ]

    assert unpinned == []
    assert {"celery", "django"} <= set(pinned)
