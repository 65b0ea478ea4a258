"""Reading whom a scheme scores, who sees it, and who judges it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.cards import Subject
from assessments.models import Scheme
from branches.models import PartyOrganization
from branches.queries.kinds import BODIES
from branches.queries.placements import existing_in
from members.models import Member, Office
from members.queries.offices import offices_on
from members.queries.roll import on_roll
from partybuild import paths
from partybuild.periods import Period
from partybuild.scoping import active_scope, everything


def subjects_of(scheme: Scheme, period: Period) -> QuerySet[Any]:
    """Return whom a scheme scores in a period as far as the open scope reaches, in the order of the tree.

    Members on the roll of branches at its end, else organisations that existed at some time of it:
    branches, branches that somebody leads as secretary, or bodies with somebody above to judge them.
    """
    found = scored_in(scheme, period)
    if scheme.scores_members:
        members = Member.objects.filter(found)
        return members.select_related("branch").order_by("branch__path", "pinyin", "pk")
    return PartyOrganization.objects.filter(found).order_by("path")


def scored_in(scheme: Scheme, period: Period) -> Q:
    """Return the condition that a scheme scores an organisation or a member in a period.

    Of secretaries it is asked with the scope that is open now.
    """
    if scheme.scores_units:
        return _is_unit(period)
    kinds = PartyOrganization.BRANCH_KINDS
    if scheme.scores_members:
        return on_roll(period.end) & Q(branch__kind__in=kinds)
    branches = existing_in(period) & Q(kind__in=kinds)
    if not scheme.scores_secretaries:
        return branches
    held = secretaries_in(period).filter(organization=OuterRef("pk"), member__isnull=False)
    return branches & Q(Exists(held.order_by()))


def subjects_seen(scheme: Scheme, period: Period) -> QuerySet[Any]:
    """Return the same with the units in which the open scope lies: who lies in one sees how it is judged."""
    if not scheme.scores_units:
        return subjects_of(scheme, period)
    seen = rows_seen(scheme, PartyOrganization)
    return seen.filter(_is_unit(period)).order_by("path")


def _is_unit(period: Period) -> Q:
    return existing_in(period) & Q(kind__in=BODIES, superior__isnull=False)


def rows_seen(scheme: Scheme, model: Any) -> QuerySet[Any]:
    """Return the rows of a model that may be read about a scheme's subjects.

    Those of the open scope, and about units those of the units above it.
    """
    if not scheme.scores_units:
        found: QuerySet[Any] = model.objects.all()
        return found
    scope = active_scope()
    above = {path for top in scope.tops for path in paths.ancestors(top)}
    with everything(reason="who lies in a unit sees how it is judged"):
        rows = model.objects.all()
    return rows.filter(scope.as_q(model.scope_path) | Q(**{f"{model.scope_path}__in": above}))


def day_of_office(period: Period) -> dt.date:
    """Return the day whose secretary answers for a period: its last, today while it runs."""
    return min(period.end, timezone.localdate())


def secretaries_in(period: Period) -> QuerySet[Office]:
    """Return the offices of secretaries in scope that count for a period, the later one last."""
    found = offices_on(day_of_office(period)).filter(post=Office.Post.SECRETARY)
    return found.order_by("pk")


def as_subjects(scheme: Scheme, rows: Iterable[Any], period: Period) -> list[Subject]:
    """Return rows of `subjects_of` as subjects; one query more where the scheme scores secretaries."""
    return subjects_from(scheme.subject, rows, period)


def subjects_from(kind: str, rows: Iterable[Any], period: Period) -> list[Subject]:
    """Return the same by what is scored, for a document that no scheme has yet."""
    if kind == Scheme.Subject.MEMBER:
        return [Subject(row.branch, row) for row in rows]
    if kind != Scheme.Subject.SECRETARY:
        return [Subject(row) for row in rows]
    places = list(rows)
    held = secretaries_in(period).filter(organization__in=places, member__isnull=False)
    leaders = {office.organization_id: office.member for office in held}
    return [
        Subject(place, leaders[place.pk], leads=True) for place in places if place.pk in leaders
    ]


def secretary_remarks(scheme: Scheme, period: Period, top: str) -> list[str]:
    """Return what to say of branches in scope below `top` that are not as they should be, in two queries.

    Who has no secretary is not scored, and of two secretaries only the later one is.
    """
    if not scheme.scores_secretaries:
        return []
    day = day_of_office(period)
    branches = PartyOrganization.objects.filter(
        existing_in(period),
        kind__in=PartyOrganization.BRANCH_KINDS,
        path__gte=top,
        path__lt=paths.next_path(top),
    ).order_by("path")
    held: dict[int, list[Office]] = {}
    for office in secretaries_in(period).filter(organization__in=branches.order_by()):
        held.setdefault(office.organization_id, []).append(office)
    told = []
    for place in branches:
        offices = held.get(place.pk, [])
        known = [office for office in offices if office.member]
        if not known:
            told.append(f"{place.label}{_why(place, offices, day, is_running=day < period.end)}")
        elif len(known) > 1:
            names = "、".join(office.holder_name for office in known)
            told.append(
                f"{place.label}登记了 {len(known)} 名书记（{names}），"
                f"只考核后登记的{known[-1].holder_name}；请核对党内职务"
            )
    return told


def _why(place: PartyOrganization, held: list[Office], day: dt.date, *, is_running: bool) -> str:
    ended = place.dissolved_on
    if ended and ended <= day:
        return f"已在 {ended.month}月{ended.day}日 撤销，没有书记"
    if held:
        return f"的书记{held[-1].holder_name}没有对上党员档案，不能考核"
    return "现在没有书记" if is_running else f"在 {day.month}月{day.day}日 没有书记"


# Who judges, and who speaks for whom.


def judges(user: Any, permission: str, scheme: Scheme, place: PartyOrganization) -> bool:
    """Tell whether somebody has a permission above a subject: no unit judges itself."""
    path = paths.parent_path(place.path) if scheme.scores_units else place.path
    return bool(path) and user.has_perm(permission) and user.scope_for(permission).covers(path)


ASSESS, ASSESS_UNIT = "assessments.assess_self", "assessments.assess_unit"
APPEAL = "assessments.file_appeal"


def assesses(user: Any, scheme: Scheme, place: PartyOrganization) -> bool:
    """Tell whether somebody types what a subject says of itself."""
    return _speaks(user, ASSESS_UNIT if scheme.scores_units else ASSESS, scheme, place)


def appeals_for(user: Any, scheme: Scheme, place: PartyOrganization) -> bool:
    """Tell whether somebody may hold something against the score of a subject."""
    return _speaks(user, ASSESS_UNIT if scheme.scores_units else APPEAL, scheme, place)


def _speaks(user: Any, permission: str, scheme: Scheme, place: PartyOrganization) -> bool:
    scope = user.scope_for(permission)
    if scheme.scores_units:
        # Whoever stands above judges it.
        return place.path in scope.tops
    return scope.covers(place.path)
