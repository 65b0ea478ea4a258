"""A branch of five with a secretary who signs in, as most tests here want it."""

import datetime as dt

import pytest

from members.models import Member
from partybuild.scoping import everything
from tests.cast import enrolled


@pytest.fixture
def roll(li, first_branch):
    """Li, three full members and one probationary one."""
    people = [enrolled(name, first_branch) for name in ("安小河", "白一舟", "陈望南")]
    people.append(
        enrolled(
            "丁初晴",
            first_branch,
            category=Member.Category.PROBATIONARY,
            joined_on=dt.date(2026, 5, 6),
            confirmed_on=None,
        )
    )
    with everything(reason="the fixture hands out files"):
        secretary = Member.objects.get(user=li)
    return [secretary, *people]


@pytest.fixture
def post(first_branch):
    """What the record form posts for a party day at which everybody was."""
    return {
        "organization": first_branch.public_id,
        "submission_key": "a-key-of-one-form",
        "kinds": ["party_day"],
        "topic": "学习贯彻全会精神",
        "held_on": "2026-11-20",
        "started_at": "14:30",
        "place": "三楼会议室",
        "minutes": "一、传达学习。二、交流发言。",
        "resolution": "",
    }
