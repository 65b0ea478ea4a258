"""Writing organisations: founding them at their place in the tree, with the event that tells it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import OrganizationEvent, PartyOrganization, Placement
from branches.queries.kinds import kinds_problem
from branches.services.events import refuse_misplaced
from branches.services.tree import EVER, EventRefused, last_steps, rebuild_placements
from partybuild import audit, paths
from partybuild.journal import Journal
from partybuild.scoping import everything

CODE_DIGITS = 3


def found_organization(
    *,
    actor: Any,
    name: str,
    kind: str,
    superior: PartyOrganization | None,
    code: str = "",
    short_name: str = "",
    founded_on: dt.date | None = None,
    document: str = "",
    note: str = "",
) -> PartyOrganization:
    """Found one organisation below another (None: at the top) and return it.

    Without a code it gets the next running one of its superior. EventRefused when it cannot stand
    there: another has its name, the superior is of another kind or did not exist that day.
    """
    organization = PartyOrganization(
        name=name,
        kind=kind,
        superior=superior,
        code=code,
        short_name=short_name,
        founded_on=founded_on,
        note=note,
    )
    if founded_on and founded_on > timezone.localdate():
        raise EventRefused("这一天还没到，请到那天再登记。", "founded_on")
    if superior is not None:
        problem = kinds_problem(kind, superior.kind)
        if problem:
            raise EventRefused(problem, "superior")
    with everything(reason="a code that is taken is taken wherever it is"):
        if code and PartyOrganization.objects.filter(code=code).exists():
            raise EventRefused(f"组织代码“{code}”已有组织在用，请换一个。", "code")
    with transaction.atomic():
        found_organizations([organization], Journal(), document=document)
        with everything(reason="a name that is taken is taken whoever may see it"):
            refuse_misplaced(organization, OrganizationEvent.Kind.FOUNDED, founded_on or EVER)
        audit.record(
            actor=actor,
            action="branches.organization.founded",
            subject=organization,
            place=organization.path,
            summary=f"设立 {organization.name}",
            after={"kind": organization.kind, "code": organization.code, "document": document},
        )
    return organization


def found_organizations(
    organizations: Iterable[PartyOrganization], journal: Journal, *, document: str = ""
) -> None:
    """Found many organisations, superiors before subordinates; the caller's batch audits them.

    `superior` may be one of the organisations that are founded here.
    """
    waiting = list(organizations)
    while waiting:
        ready = [one for one in waiting if one.superior is None or one.superior.pk]
        waiting = [one for one in waiting if one.superior is not None and not one.superior.pk]
        if not ready:
            raise ValueError("A superior is neither stored nor among those to be founded.")
        number(ready)
        journal.create(ready)
        journal.create(
            OrganizationEvent(
                organization=one,
                kind=OrganizationEvent.Kind.FOUNDED,
                happened_on=one.founded_on,
                name=one.name,
                short_name=one.short_name,
                organization_kind=one.kind,
                superior=one.superior,
                document=document,
                note=one.note,
            )
            for one in ready
        )
        journal.create(_first_placements(ready))


def _first_placements(organizations: Sequence[PartyOrganization]) -> list[Placement]:
    """Return the placements of new organisations: one for each place of their superiors so far."""
    superiors = {one.superior.pk for one in organizations if one.superior}
    stood: dict[int | None, list[Placement]] = defaultdict(list)
    with everything(reason="where a superior stood is no secret to what stands below it"):
        for placement in Placement.objects.filter(organization__in=superiors).order_by("path"):
            stood[placement.organization_id].append(placement)
    rows = []
    for one in organizations:
        step = paths.last_number(one.path)
        above = _places(stood[_superior_key(one)]) or [(None, None, paths.parent_path(one.path))]
        rows += [
            Placement(
                organization=one,
                name=one.name,
                short_name=one.short_name,
                kind=one.kind,
                superior=one.superior,
                path=paths.child_path(path, step),
                started_on=started_on,
                ended_on=ended_on,
            )
            for started_on, ended_on, path in above
        ]
    return rows


def _places(placements: list[Placement]) -> list[tuple[dt.date | None, dt.date | None, str]]:
    """Return from when to when an organisation stood at which path, renamings left out."""
    found: list[tuple[dt.date | None, dt.date | None, str]] = []
    for one in sorted(placements, key=lambda row: row.started_on or EVER):
        if found and found[-1][2] == one.path:
            found[-1] = (found[-1][0], one.ended_on, one.path)
        else:
            found.append((one.started_on, one.ended_on, one.path))
    return found


def number(organizations: Sequence[PartyOrganization]) -> None:
    """Give new organisations the next paths and codes below their superiors.

    The superiors are locked until the transaction ends, so that nobody gives out the same ones or
    moves them away meanwhile. A step that anybody ever had is never given out again.
    """
    superiors = {_superior_key(one) for one in organizations}
    with everything(reason="a path or code that is taken is taken wherever it is"):
        locked = PartyOrganization.objects.select_for_update().filter(pk__in=superiors - {None})
        above = dict(locked.values_list("pk", "path"))
        taken = set(PartyOrganization.objects.values_list("code", flat=True))
        last = last_steps(superiors)
    for one in organizations:
        key = _superior_key(one)
        last[key] += 1
        one.path = paths.child_path("" if key is None else above[key], last[key])
        one.code = one.code or _free_code(one, last[key], taken)
        taken.add(one.code)


def _superior_key(organization: PartyOrganization) -> int | None:
    return organization.superior.pk if organization.superior else None


def _free_code(organization: PartyOrganization, number: int, taken: set[str]) -> str:
    head = f"{organization.superior.code}." if organization.superior else ""
    while f"{head}{number:0{CODE_DIGITS}}" in taken:
        number += 1
    return f"{head}{number:0{CODE_DIGITS}}"


def correct_by_register(
    organizations: Iterable[PartyOrganization], journal: Journal, *, on: dt.date
) -> None:
    """Make events of the names and kinds that a register of day `on` says; the batch audits.

    `organizations` carry what the register says. A register that is older than the last event of
    the kind corrects that event: the latest word on a name is the register's.
    """
    events = OrganizationEvent.Kind
    said = {
        one.pk: {
            events.RENAMED: {"name": one.name, "short_name": one.short_name},
            events.KIND_CHANGED: {"organization_kind": one.kind},
        }
        for one in organizations
    }
    changed = list(organizations)
    with everything(reason="an import was checked against its own scope"):
        stored = PartyOrganization.objects.filter(pk__in=said).prefetch_related(
            "placements", "events"
        )
        for one in stored:
            open_ended = next(row for row in one.placements.all() if row.ended_on is None)
            now = {
                events.RENAMED: {"name": open_ended.name, "short_name": open_ended.short_name},
                events.KIND_CHANGED: {"organization_kind": open_ended.kind},
            }
            for kind, values in said[one.pk].items():
                if values != now[kind]:
                    _correct(one, kind, values, on, journal)
        rebuild_placements(changed, journal)


def _correct(
    organization: PartyOrganization,
    kind: str,
    values: dict[str, str],
    on: dt.date,
    journal: Journal,
) -> None:
    known = [
        (one.happened_on, one.pk, one)
        for one in organization.events.all()
        if one.kind == kind and one.happened_on is not None
    ]
    latest_on, _, latest = max(known, default=(None, 0, None))
    if latest is not None and latest_on is not None and latest_on >= on:
        journal.watch(latest)
        for column, value in values.items():
            setattr(latest, column, value)
        journal.update([latest], list(values))
        return
    whole = {
        "name": organization.name,
        "short_name": organization.short_name,
        "organization_kind": organization.kind,
        "superior": organization.superior,
    }
    journal.create(
        [OrganizationEvent(organization=organization, kind=kind, happened_on=on, **whole | values)]
    )
