"""Letters: one signed, whose goal is under way and another one waits; one not signed; one deleted."""

import datetime as dt

from django.utils import timezone

from tests.factories.letters import GoalFactory, ResponsibilityLetterFactory


def furnish(place, member):
    organization = place.organization
    own = {"organization": organization, "issuer": organization.superior or organization}
    signed = ResponsibilityLetterFactory(
        **own,
        secretary=member,
        signed_on=dt.date(2026, 2, 2),
        signed_by=place.secretary,
        kind=place.mark,
    )
    open_one = ResponsibilityLetterFactory(**own, kind="党风廉政建设责任书")
    trashed = ResponsibilityLetterFactory(**own, deleted_at=timezone.now())
    now = timezone.now()
    return (
        signed,
        open_one,
        trashed,
        GoalFactory(letter=signed, number=1, due_on=dt.date(2026, 3, 1)),
        GoalFactory(
            letter=signed, number=2, state="done", reported_by=place.secretary, reported_at=now
        ),
        GoalFactory(letter=open_one, number=1),
        GoalFactory(letter=open_one, number=2),
        GoalFactory(letter=trashed, number=1),
    )
