"""Writing the register: organisations, terms and offices, in bulk and through the journal."""

import datetime as dt
from collections.abc import Sequence

from branches.models import PartyOrganization
from branches.services.organizations import correct_by_register, found_organizations
from members.imports.register_plan import Plan
from members.models import Office
from members.services.roster import holder_of, members_by_name
from partybuild.journal import Journal


def found(plans: Sequence[Plan], journal: Journal) -> None:
    new = [plan for plan in plans if plan.is_new]
    for plan in new:
        for column, value in plan.changes:
            column.put(plan.organization, value)
    for plan in new:
        above = plan.superior
        plan.organization.superior = above.organization if isinstance(above, Plan) else above
    found_organizations([plan.organization for plan in new], journal)
    found_organizations(
        [
            PartyOrganization(
                name=name, kind=PartyOrganization.Kind.GROUP, superior=plan.organization
            )
            for plan in plans
            for name in plan.new_groups
        ],
        journal,
    )


def change(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    changed, renamed = [], []
    for plan in plans:
        organization = plan.organization
        if not plan.is_new and (plan.changes or plan.kind != organization.kind):
            said = {column.attribute for column, _ in plan.changes}
            if said & {"name", "short_name"} or plan.kind != organization.kind:
                renamed.append(organization)
            journal.watch(organization)
            for column, value in plan.changes:
                column.put(organization, value)
            organization.kind = plan.kind
            changed.append(organization)
    journal.update(
        changed, ["name", "short_name", "kind", "founded_on", "founded_precision", "note"]
    )
    if renamed:
        correct_by_register(renamed, journal, on=as_of)


def write_terms(plans: Sequence[Plan], journal: Journal) -> None:
    opened, changed = [], []
    for plan in plans:
        if plan.term is None:
            continue
        if plan.opens_term:
            plan.term.organization = plan.organization
            opened.append(plan.term)
        elif plan.term_changes:
            journal.watch(plan.term)
            for name, value in plan.term_changes.items():
                setattr(plan.term, name, value)
            changed.append(plan.term)
    journal.create(opened)
    journal.update(changed, ["elected_on", "elected_precision", "years", "has_committee"])


def write_offices(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    people = members_by_name(name for plan in plans for _, name in plan.new_holders)
    opened, ended = [], []
    for plan in plans:
        elected = plan.term.elected_on if plan.term else None
        for office in plan.leaving:
            journal.watch(office)
            office.ended_on = elected if plan.opens_term and elected else as_of
            ended.append(office)
        for post, name in plan.new_holders:
            opened.append(
                Office(
                    organization=plan.organization,
                    term=plan.term,
                    post=post,
                    holder_name=name,
                    member=holder_of(name, plan.organization.path, people),
                    started_on=elected,
                )
            )
    journal.update(ended, ["ended_on"])
    journal.create(opened)
