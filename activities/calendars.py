"""What is planned as a calendar file (RFC 5545) that phones and office programs read again and again.

Times are written in UTC, so that no description of a time zone has to travel along. No person is
named: neither agenda nor chair nor attendance goes out, only what, when and where.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone
from icalendar import Alarm, Calendar, Event

from activities.models import PlannedActivity
from activities.queries.plans import kinds_of, kinds_title
from partybuild.regulations import Regulation, RuleBook

RULE = "activities.calendar_alarms"
MAKER = "-//partybuild//planned activities//ZH"
# Part of every event's identity; it never changes, or calendars would show everything twice.
HOUSE = "planned.partybuild"
ASK_AGAIN = dt.timedelta(hours=6)


def calendar_of(
    planned: Iterable[PlannedActivity], *, title: str, url_of: Callable[[PlannedActivity], str]
) -> bytes:
    """Return a calendar with one event for each planned activity, cancelled ones marked so.

    `url_of` gives the full address of a plan's page.
    """
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    rules = RuleBook(RULE)
    for row in planned:
        rule = rules.on(row.planned_on, place=row.organization.path)
        calendar.add_component(_event(row, rule, url_of(row)))
    return calendar.to_ical()


def _event(planned: PlannedActivity, rule: Regulation, url: str) -> Event:
    kinds = kinds_title(kinds_of(planned))
    event = Event()
    event.add("uid", f"{planned.public_id}@{HOUSE}")
    # Without a METHOD the stamp says when the plan was last changed.
    event.add("dtstamp", planned.changed_at.astimezone(dt.UTC))
    event.add("last-modified", planned.changed_at.astimezone(dt.UTC))
    event.add("sequence", planned.version - 1)
    event.add("summary", f"{kinds}：{planned.theme}" if kinds else planned.theme)
    event.add("description", planned.organization.label)
    if planned.place:
        event.add("location", planned.place)
    event.add("url", url)
    event.add("status", "CANCELLED" if planned.cancelled_at else "CONFIRMED")
    start = _start_of(planned)
    if planned.starts_at:
        event.add("dtstart", start.astimezone(dt.UTC))
        event.add("duration", dt.timedelta(minutes=rule.values["minutes"]))
    else:
        event.add("dtstart", planned.planned_on)
        event.add("transp", "TRANSPARENT")
    if not planned.cancelled_at:
        for alarm in rule.values["alarms"]:
            _add_alarm(event, planned, start, alarm)
    return event


def _start_of(planned: PlannedActivity) -> dt.datetime:
    """Return the moment a plan begins; a whole day begins at midnight."""
    begins = dt.datetime.combine(planned.planned_on, planned.starts_at or dt.time())
    return timezone.make_aware(begins)


def _add_alarm(
    event: Event, planned: PlannedActivity, start: dt.datetime, wanted: dict[str, Any]
) -> None:
    """Remind at a time of the day, some days before; not when the activity has begun by then."""
    day = planned.planned_on - dt.timedelta(days=wanted["days_before"])
    rings = timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(wanted["at"])))
    if planned.starts_at and rings >= start:
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", planned.theme)
    alarm.add("trigger", rings - start)
    event.add_component(alarm)
