"""A reminder that has arrived and nobody has answered yet."""

from tests.factories.reminders import ReminderFactory, ReminderItemFactory


def furnish(place, member):
    reminder = ReminderFactory(organization=place.organization, sent_by=place.secretary)
    return reminder, ReminderItemFactory(reminder=reminder)
