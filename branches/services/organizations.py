"""Writing organisations: founding them at their place in the tree, with the event that tells it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from branches.models import OrganizationEvent, PartyOrganization
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
    note: str = "",
) -> PartyOrganization:
    """Found one organisation below another (None: at the top) and return it.

    Without a code it gets the next running one of its superior.
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
    with transaction.atomic():
        found_organizations([organization], Journal())
        audit.record(
            actor=actor,
            action="branches.organization.founded",
            subject=organization,
            place=organization.path,
            summary=f"设立 {organization.name}",
            after={"kind": organization.kind, "code": organization.code},
        )
    return organization


def found_organizations(organizations: Iterable[PartyOrganization], journal: Journal) -> None:
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
                superior=one.superior,
            )
            for one in ready
        )


def number(organizations: Sequence[PartyOrganization]) -> None:
    """Give new organisations the next paths and codes below their superiors.

    The superiors are locked until the transaction ends, so that nobody gives out the same ones.
    """
    superiors = {_superior_key(one) for one in organizations}
    list(PartyOrganization.objects.select_for_update().filter(pk__in=superiors - {None}))
    with everything(reason="a path or code that is taken is taken wherever it is"):
        taken = set(PartyOrganization.objects.values_list("code", flat=True))
        last: dict[int | None, int] = defaultdict(int)
        for superior_id, path in PartyOrganization.objects.values_list("superior_id", "path"):
            if superior_id in superiors:
                last[superior_id] = max(last[superior_id], paths.last_number(path))
    for one in organizations:
        key = _superior_key(one)
        last[key] += 1
        one.path = paths.child_path(one.superior.path if one.superior else "", last[key])
        one.code = one.code or _free_code(one, last[key], taken)
        taken.add(one.code)


def _superior_key(organization: PartyOrganization) -> int | None:
    return organization.superior.pk if organization.superior else None


def _free_code(organization: PartyOrganization, number: int, taken: set[str]) -> str:
    head = f"{organization.superior.code}." if organization.superior else ""
    while f"{head}{number:0{CODE_DIGITS}}" in taken:
        number += 1
    return f"{head}{number:0{CODE_DIGITS}}"
