"""Writing reminders: a friendly word to branches, at most one a day, never at night."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Reminder, ReminderItem
from activities.queries.obligations import Obligation
from activities.queries.reminders import by_branch, delivery_of, reminded_today, words_of
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.paths import covers, parent_path
from partybuild.refusals import Refused


@transaction.atomic
def send_reminders(*, actor: Any, lacks: Iterable[Obligation]) -> list[Reminder]:
    """Remind branches of what is missing; who was reminded today is left out.

    Refused when nobody is left. What is sent at night arrives in the morning.
    """
    wanted = by_branch(lacks)
    # One after the other: the second to press the button finds the first one's reminder.
    places = [place.pk for place in wanted]
    list(PartyOrganization.objects.select_for_update().filter(pk__in=places).order_by("pk"))
    now = timezone.now()
    again = reminded_today(wanted, now)
    if not wanted:
        raise Refused("所选的都已经记录或者说明了原因，不用再提醒。")
    fresh = {place: owed for place, owed in wanted.items() if place.pk not in again}
    if not fresh:
        last = timezone.localtime(max(one.sent_at for one in again.values()))
        raise Refused(
            f"所选的支部已经提醒过，最近一次是 {last:%m月%d日 %H:%M}。每个支部一天只提醒一次，请明天再提醒。"
        )
    deliver_at = delivery_of(now)
    sent = Reminder.objects.bulk_create(
        Reminder(
            organization=place,
            sent_by=actor,
            sent_at=now,
            deliver_at=deliver_at,
            deliver_on=timezone.localdate(deliver_at),
        )
        for place in fresh
    )
    ReminderItem.objects.bulk_create(
        ReminderItem(reminder=reminder, kind=owed.kind, period=owed.period.code)
        for reminder in sent
        for owed in fresh[reminder.organization]
    )
    audit.record(
        actor=actor,
        action="activities.reminder.sent",
        subject=sent[0],
        place=_place_of(list(fresh)),
        summary=f"提醒 {len(sent)} 个党支部",
        after={place.label: words_of(owed) for place, owed in fresh.items()},
    )
    return sent


@transaction.atomic
def acknowledge(*, actor: Any, reminders: Sequence[Reminder]) -> None:
    """Note that a branch knows of these reminders: they leave its home. Done twice, it is done once."""
    now = timezone.now()
    for reminder in reminders:
        noted = Reminder.objects.filter(pk=reminder.pk, seen_at=None)
        if noted.update(seen_at=now, seen_by=actor):
            audit.record(
                actor=actor,
                action="activities.reminder.seen",
                subject=reminder,
                place=reminder.organization.path,
                summary=f"知道了上级提醒 {reminder}",
            )


def _place_of(places: Sequence[PartyOrganization]) -> str:
    """Return the lowest organisation that covers all of these."""
    top = places[0].path
    while top and not all(covers(top, place.path) for place in places):
        top = parent_path(top)
    return top
