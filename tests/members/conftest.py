"""Fixtures of the people's tests."""

import pytest
import yaml

from tests.members.samples import SAMPLES


@pytest.fixture(scope="session")
def expected():
    return yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))
