"""Reminders of superiors, and what they are about."""

import datetime as dt

import factory

from activities.models import Meeting, Reminder, ReminderItem
from branches.models import PartyOrganization
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory

MORNING = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)


class ReminderFactory(HouseFactory):
    class Meta:
        model = Reminder

    organization = factory.SubFactory(PartyOrganizationFactory)
    sent_by = factory.SubFactory(UserFactory)
    sent_at = MORNING
    deliver_at = factory.SelfAttribute("sent_at")
    deliver_on = factory.LazyAttribute(lambda one: one.deliver_at.date())


class ReminderItemFactory(HouseFactory):
    class Meta:
        model = ReminderItem

    reminder = factory.SubFactory(ReminderFactory)
    kind = Meeting.Kind.PARTY_DAY
    period = "2026-10"


def many_reminders(count, user):
    """Remind every branch there is of a party day, on `count` days."""
    branches = PartyOrganization.objects.filter(kind="branch")
    reminders = Reminder.objects.bulk_create(
        Reminder(
            organization=branch,
            sent_by=user,
            sent_at=MORNING - dt.timedelta(days=day),
            deliver_at=MORNING - dt.timedelta(days=day),
            deliver_on=(MORNING - dt.timedelta(days=day)).date(),
        )
        for branch in branches[:1]
        for day in range(count)
    )
    ReminderItem.objects.bulk_create(
        ReminderItem(reminder=one, kind="party_day", period="2026-10") for one in reminders
    )
