"""Reading disciplinary decisions: lists behind their permission, and their effects on a day.

The effects are asked wherever somebody's file lies now: who was without a vote on a day stays so in
the record of that day, although the person has moved on. They return keys and tell no reason.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from members.models import Discipline, Honour, Member, OrganizationalMeasure
from partybuild.regulations import Regulation, regulation
from partybuild.scoping import everything

RULE = "members.discipline"
MEASURES = "members.measures"


def rule_on(day: dt.date) -> Regulation:
    """Return the rule on 处分 in force on a day."""
    return regulation(RULE, on=day)


def in_effect_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a 处分 takes effect on `day`."""
    running = Q(**{f"{prefix}effect_ends_on__isnull": True}) | Q(
        **{f"{prefix}effect_ends_on__gt": day}
    )
    return Q(**{f"{prefix}decided_on__lte": day}) & running & _not_revoked(day, prefix)


def without_vote_on(day: dt.date) -> QuerySet[Any]:
    """Return the keys of the members who have neither vote nor election right on `day` (留党察看).

    To be used as a subquery, whatever scope is open. A decision counts from its day until the
    rights were restored or the decision revoked; the end of the period alone restores nothing.
    """
    restored = Q(restored_on__isnull=True) | Q(restored_on__gt=day)
    with everything(reason="who has a vote is asked wherever the file lies by now"):
        return Discipline.objects.filter(
            restored, _not_revoked(day), kind=Discipline.Kind.PROBATION, decided_on__lte=day
        ).values("member")


def barred_from_awards(day: dt.date) -> QuerySet[Any]:
    """Return the keys of the members under a 处分 that takes effect on `day`; as a subquery."""
    with everything(reason="who is barred is asked wherever the file lies by now"):
        return Discipline.objects.filter(in_effect_on(day)).values("member")


def is_barred(member: Member, day: dt.date) -> bool:
    """Tell whether one member is under a 处分 on `day`. Only for those who may see it."""
    return Member.objects.filter(pk=member.pk, pk__in=barred_from_awards(day)).exists()


def _not_revoked(day: dt.date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}revoked_on__isnull": True}) | Q(**{f"{prefix}revoked_on__gt": day})


# --- behind the permission -------------------------------------------------------------------


def disciplines_in_scope() -> QuerySet[Discipline]:
    """Return the disciplinary decisions in scope."""
    return Discipline.objects.select_related("member__branch")


def measures_in_scope() -> QuerySet[OrganizationalMeasure]:
    """Return the organisational measures in scope."""
    return OrganizationalMeasure.objects.select_related("member__branch")


def probations_ended(day: dt.date) -> QuerySet[Discipline]:
    """Return the 留党察看 whose period has ended by `day` and that nobody has decided about."""
    return (
        disciplines_in_scope()
        .filter(probation_ends_on__lte=day, restored_on=None, revoked_on=None)
        .order_by("probation_ends_on", "pk")
    )


def corrections_ended(day: dt.date) -> QuerySet[OrganizationalMeasure]:
    """Return the 限期改正 whose period has ended by `day` and that are still open."""
    return measures_in_scope().filter(due_on__lte=day, closed_on=None).order_by("due_on", "pk")


def honours_to_check() -> QuerySet[Honour]:
    """Return the honours given within the effect of a 处分 that nobody has decided about."""
    hop = "member__disciplines__"
    running = Q(**{f"{hop}effect_ends_on__isnull": True}) | Q(
        **{f"{hop}effect_ends_on__gt": F("awarded_on")}
    )
    standing = Q(**{f"{hop}revoked_on__isnull": True}) | Q(
        **{f"{hop}revoked_on__gt": F("awarded_on")}
    )
    return (
        Honour.objects.filter(
            running,
            standing,
            member__disciplines__decided_on__lte=F("awarded_on"),
            check_of_discipline=None,
            revoked_on=None,
        )
        .select_related("member", "organization")
        .order_by("-awarded_on", "pk")
        .distinct()
    )


def without_vote_periods(
    members: Iterable[int],
) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """Return per member key when there was no vote: the first day, the first day after (None: open).

    Members who always had one are left out. Why is not told.
    """
    with everything(reason="who has a vote is asked wherever the file lies by now"):
        rows = list(
            Discipline.objects.filter(kind=Discipline.Kind.PROBATION, member__in=list(members))
            .order_by("decided_on", "pk")
            .values_list("member", "decided_on", "restored_on", "revoked_on")
        )
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    for member, start, restored, revoked in rows:
        ends = [day for day in (restored, revoked) if day]
        found.setdefault(member, []).append((start, min(ends, default=None)))
    return found
