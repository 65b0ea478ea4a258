"""Responsibility letters with their goals."""

import datetime as dt

import factory

from assessments.models import Goal, ResponsibilityLetter
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class ResponsibilityLetterFactory(HouseFactory):
    class Meta:
        model = ResponsibilityLetter

    organization = factory.SubFactory(PartyOrganizationFactory)
    issuer = factory.LazyAttribute(lambda letter: letter.organization.superior)
    kind = "党建工作责任书"
    title = "2026年党建工作责任书"
    secretary_name = "李秀岩"
    started_on = dt.date(2026, 1, 1)
    ended_on = dt.date(2027, 1, 1)
    issued_on = dt.date(2026, 1, 12)


class GoalFactory(HouseFactory):
    class Meta:
        model = Goal

    letter = factory.SubFactory(ResponsibilityLetterFactory)
    number = factory.Sequence(lambda number: number + 1)
    text = "每月开好主题党日"
    target = "全年 12 次"


def many_letters(count, committee, branches, user):
    """Issue `count` letters of three goals each: late, waiting, confirmed; every other one unsigned."""
    letters = ResponsibilityLetter.objects.bulk_create(
        ResponsibilityLetter(
            organization=branches[number % len(branches)],
            issuer=committee,
            kind=f"责任书{number % 3}",
            title=f"责任书{number}",
            secretary_name="书记",
            started_on=dt.date(2026, 1, 1),
            ended_on=dt.date(2027, 1, 1),
            issued_on=dt.date(2026, 1, 12),
            signed_on=signed_on,
            deleted_at=deleted_at,
        )
        for number in range(count)
        for signed_on, deleted_at in (
            (None, None),
            (dt.date(2026, 2, 2), None),
            (None, dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)),
        )
    )
    at = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
    Goal.objects.bulk_create(
        Goal(letter=letter, number=number, text="目标", due_on=dt.date(2026, 10, 31), **facts)
        for letter in letters
        for number, facts in enumerate(
            (
                {"state": "running"},
                {"state": "done", "reported_by": user, "reported_at": at},
                {"state": "done", "is_confirmed": True, "confirmed_at": at},
            ),
            start=1,
        )
    )
    return letters
