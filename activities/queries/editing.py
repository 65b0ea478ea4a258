"""What the record form starts from: plan, roster, last time, or the record to be corrected."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from activities.models import Activity, Attendance, Meeting, PlannedActivity
from activities.queries.counting import counting_of
from activities.queries.occasions import last_activity_like
from activities.queries.party_days import party_day_of
from activities.queries.plans import kinds_of
from branches.models import PartyOrganization
from members.models import Member, Membership
from members.queries.discipline import without_vote_on
from members.queries.offices import committee_on, secretary_of
from members.queries.roll import roll_on
from members.queries.rolls import OnRoll, Rolls
from partybuild.periods import Period


@dataclass(frozen=True)
class Person:
    """One person of the picker, as the people grid wants it."""

    id: str
    name: str
    pinyin: str
    initials: str
    choice: str
    note: str
    has_vote: bool


@dataclass(frozen=True)
class Named:
    """Somebody expected without standing on the roll: named in a record, or in a leading body."""

    member: Member
    can_vote: bool
    is_full: bool
    kind: str = Membership.Kind.FORMAL
    is_exempt: bool = False


def expected_people(
    organization: PartyOrganization,
    day: dt.date,
    *,
    kinds: Iterable[str],
    groups: Iterable[PartyOrganization] = (),
    recorded: Activity | None = None,
) -> list[Any]:
    """Return whose presence is expected: the roll of the day, or its committee, or its groups.

    A committee meeting alone expects the committee, a group meeting alone its groups; anything
    else, also beside them, expects the whole roll. An organisation above the branches has no roll:
    its leading body is expected. Each has `member`, `kind`, `can_vote` and `is_exempt`. Whom a
    `recorded` activity of that day names already is never dropped.
    """
    asked = set(kinds)
    people = (
        _on_roll(organization, day, asked, groups)
        if organization.is_branch
        else _in_body(organization, day)
    )
    if recorded and recorded.held_on == day and set(_kinds(recorded)) == asked:
        known = {person.member.pk for person in people}
        rows = recorded.attendances.select_related("member").exclude(member__in=known)
        named = [row.member for row in rows]
        silent = {row["member"] for row in without_vote_on(day).filter(member__in=named)}
        for member in named:
            is_full = _was_full(member, day)
            people.append(Named(member, is_full and member.pk not in silent, is_full))
    return people


def _on_roll(
    organization: PartyOrganization,
    day: dt.date,
    asked: set[str],
    groups: Iterable[PartyOrganization],
) -> list[Any]:
    roll = roll_on(day, organization)
    if asked == {Meeting.Kind.COMMITTEE_MEETING}:
        roll = roll.filter(member__in=committee_on(day, organization).values("member"))
    elif asked == {Meeting.Kind.GROUP_MEETING}:
        roll = roll.filter(group__in=list(groups))
    return list(roll)


def _in_body(organization: PartyOrganization, day: dt.date) -> list[Any]:
    """Return who sits in a leading body on a day, once each however many offices they hold."""
    seats = {office.member: None for office in committee_on(day, organization) if office.member}
    silent = {row["member"] for row in without_vote_on(day).filter(member__in=list(seats))}
    return [Named(member, member.pk not in silent, is_full=True) for member in seats]


def expected_then(
    rolls: Rolls,
    organization: PartyOrganization,
    day: dt.date,
    *,
    kinds: Iterable[str],
    groups: Iterable[PartyOrganization] = (),
) -> list[OnRoll]:
    """Return what `expected_people` says, out of rolls that were read for many days."""
    roll, asked = rolls.on(day, organization), set(kinds)
    if asked == {Meeting.Kind.COMMITTEE_MEETING}:
        committee = rolls.committee_on(day, organization)
        return [one for one in roll if one.member.pk in committee]
    if asked == {Meeting.Kind.GROUP_MEETING}:
        wanted = {group.pk for group in groups}
        return [one for one in roll if one.group in wanted]
    return roll


def _kinds(activity: Activity) -> Iterable[str]:
    return activity.meetings.values_list("kind", flat=True)


def _was_full(member: Member, day: dt.date) -> bool:
    confirmed = member.confirmed_on is None or member.confirmed_on <= day
    return member.category == Member.Category.FULL and confirmed


def picker(people: Iterable[Any], choices: dict[str, str]) -> list[Person]:
    """Return the rows of the people grid; `choices` says what was chosen for a public id."""
    people = list(people)
    bearers = Counter(person.member.name for person in people)
    return [
        Person(
            id=person.member.public_id,
            name=person.member.name,
            pinyin=person.member.pinyin,
            initials=person.member.initials,
            choice=choices.get(person.member.public_id)
            or ("exempt" if person.is_exempt else "present"),
            note=_note(person, has_namesake=bearers[person.member.name] > 1),
            has_vote=person.can_vote,
        )
        for person in people
    ]


def _note(person: Any, *, has_namesake: bool) -> str:
    """Return what stands behind a name: the kind of membership, and what tells namesakes apart."""
    second = person.kind == Membership.Kind.SECOND
    words = ["第二组织关系" if second else "" if person.is_full else "预备"]
    if has_namesake:
        born = person.member.born_on
        words += [person.member.get_gender_display(), f"{born.year}年生" if born else ""]
    return "，".join(filter(None, words))


def values_for_new(
    organization: PartyOrganization,
    *,
    kind: str,
    today: dt.date,
    group: str = "",
    planned: PlannedActivity | None = None,
) -> dict[str, Any]:
    """Return the form's values for a new record: nothing that is known is asked.

    With a plan its day, time, place, theme and agenda stand; what it leaves open is as last time.
    """
    day = today
    if kind == Meeting.Kind.PARTY_DAY:
        fixed, _ = party_day_of(Period.containing(today, "month"), organization.path)
        day = min(fixed, today)
    last = last_activity_like(organization, kind)
    if planned:
        day = min(planned.planned_on, today)
    chair = last.chair if last and last.chair else secretary_of(organization, day)
    values = {
        "kinds": [kind],
        "groups": [group] if group else [],
        "topic": f"{day.month}月{Meeting.Kind(kind).label}",
        "held_on": day.isoformat(),
        "started_at": f"{last.started_at:%H:%M}" if last and last.started_at else "",
        "ended_at": f"{last.ended_at:%H:%M}" if last and last.ended_at else "",
        "place": last.place if last else "",
        "guests": "",
        "hours": _hours(last) if last else "",
        "chair": chair.public_id if chair else "",
        "recorder": last.recorder.public_id if last and last.recorder else "",
        "lecturer": "",
        "minutes": "",
        "resolution": "",
        "planned": "",
        **_values_counting(*counting_of(organization, day, [kind])),
    }
    return values | _values_planned(planned, group) if planned else values


def _values_planned(planned: PlannedActivity, group: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kinds": [Meeting.Kind.GROUP_MEETING] if group else kinds_of(planned),
        "topic": planned.theme,
        "started_at": f"{planned.starts_at:%H:%M}" if planned.starts_at else "",
        "place": planned.place,
        "minutes": planned.agenda,
        "planned": planned.public_id,
        **_values_counting(planned.counts_for, planned.counts_for_reason),
    }
    return {name: value for name, value in told.items() if value}


def values_of(activity: Activity) -> dict[str, Any]:
    """Return the form's values as they stand in a record."""
    meetings = list(activity.meetings.select_related("group").order_by("pk"))
    first = meetings[0] if meetings else Meeting()
    values: dict[str, Any] = {
        "kinds": sorted({meeting.kind for meeting in meetings}),
        "groups": sorted(m.group.public_id for m in meetings if m.group),
        "topic": activity.topic,
        "held_on": activity.held_on.isoformat(),
        "started_at": f"{activity.started_at:%H:%M}" if activity.started_at else "",
        "ended_at": f"{activity.ended_at:%H:%M}" if activity.ended_at else "",
        "place": activity.place,
        "guests": activity.guests,
        "hours": _hours(activity),
        "chair": activity.chair.public_id if activity.chair else "",
        "recorder": activity.recorder.public_id if activity.recorder else "",
        "lecturer": next((m.lecturer for m in meetings if m.lecturer), ""),
        "minutes": first.minutes,
        "resolution": first.resolution,
        "planned": activity.planned.public_id if activity.planned else "",
        **_values_counting(activity.counts_for, activity.counts_for_reason),
    }
    values |= {f"minutes_{m.kind}": m.minutes for m in meetings[1:] if m.minutes}
    values |= {
        f"presence-{row.member.public_id}": choice_of(row)
        for row in activity.attendances.select_related("member")
    }
    return values


def _values_counting(month: dt.date | None, reason: str) -> dict[str, str]:
    """Return what the form says of the month for which something counts."""
    return {"counts_for": f"{month:%Y-%m}" if month else "", "counts_for_reason": reason}


def _hours(activity: Activity) -> str:
    """Return 学时 as one would type it: 2, 1.5, or nothing."""
    return f"{activity.hours.normalize():f}" if activity.hours is not None else ""


def values_to_copy(activity: Activity, *, today: dt.date) -> dict[str, Any]:
    """Return the form's values for a new record like an earlier one: all but day and people."""
    kept = {name: value for name, value in values_of(activity).items() if "presence-" not in name}
    blank = {"planned": "", "counts_for": "", "counts_for_reason": ""}
    return kept | blank | {"held_on": today.isoformat()}


def choice_of(attendance: Attendance) -> str:
    """Return the choice of the people grid that stands for a recorded attendance."""
    if attendance.status == Attendance.Status.ON_LEAVE:
        return attendance.reason or "on_leave"
    return str(attendance.status)
