"""The rubric of the demonstration, and branches that hold meetings."""

import datetime as dt

import pytest

from activities.models import Meeting
from assessments.loading import SHIPPED as RUBRIC
from assessments.loading import load_scheme_file
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.branches import TermFactory


@pytest.fixture
def rubric(db):
    """The scheme of the demonstration: four measured lines, eight judged ones, 33 points."""
    return load_scheme_file(actor=None, path=RUBRIC)


@pytest.fixture
def committee_in_office(first_branch, second_branch):
    """Give both branches a 支委会, elected in 2024."""
    return [TermFactory(organization=branch) for branch in (first_branch, second_branch)]


def hold(branch, kind, *days, **details):
    """Record one meeting of a kind on each of the days, written as ISO texts."""
    for day in days:
        activity = ActivityFactory(
            organization=branch, held_on=dt.date.fromisoformat(day), **details
        )
        MeetingFactory(activity=activity, kind=Meeting.Kind(kind))
