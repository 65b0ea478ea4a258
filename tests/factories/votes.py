"""Votes of meetings and matters they left to be done."""

import datetime as dt

import factory

from activities.models import ActionItem, Vote
from tests.factories.activities import MeetingFactory
from tests.factories.base import HouseFactory


class VoteFactory(HouseFactory):
    class Meta:
        model = Vote

    meeting = factory.SubFactory(MeetingFactory)
    subject = Vote.Subject.RESOLUTION
    title = "通过年度工作计划"
    yes, no, abstain = 1, 0, 0


class ActionItemFactory(HouseFactory):
    class Meta:
        model = ActionItem

    raised_on = dt.date(2026, 11, 2)
    text = "更新党务公开栏"
