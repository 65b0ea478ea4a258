"""Reading what each kind of organisation is for: who may stand above whom, what it may not do."""

import datetime as dt

from branches.models import PartyOrganization
from partybuild.regulations import Regulation, regulation, shipped_versions

Kind = PartyOrganization.Kind
COMMITTEES = (Kind.WORKING_COMMITTEE, Kind.OFFICE_COMMITTEE, Kind.COMMITTEE)
# Above the branches: these have a leading body and no roll of their own.
BODIES = (*COMMITTEES, Kind.GENERAL_BRANCH)
RULE = "branches.organization_kinds"
ACTS = {
    "development": "一般不发展党员",
    "discipline": "一般不处分处置党员",
    "dues": "不收缴党费",
    "election": "不换届选举",
}


def may(organization: PartyOrganization, act: str, *, on: dt.date) -> bool:
    """Tell whether an organisation of its kind does an act (a key of ACTS) on a day (ORG-TEMP)."""
    return not why_not(organization, act, on=on)


def why_not(organization: PartyOrganization, act: str, *, on: dt.date) -> str:
    """Return why an organisation of its kind does not do an act, with the rule, or ''."""
    rule = _rule(on, organization.path)
    if not _without(rule, organization.kind, act):
        return ""
    label = PartyOrganization.Kind(organization.kind).label
    return f"{label}{ACTS[act]}（{rule.sources[organization.kind]}）。"


def kinds_without(act: str, *, on: dt.date) -> tuple[str, ...]:
    """Return the kinds that do not do an act (a key of ACTS) on a day, wherever they stand."""
    rule = _rule(on)
    return tuple(kind for kind in Kind.values if _without(rule, kind, act))


def _without(rule: Regulation, kind: str, act: str) -> bool:
    return act in rule.values.get(kind, {}).get("does_not", ())


def _rule(day: dt.date, place: str = "") -> Regulation:
    """Return the rule on a day; before there was one, what the first says of the kinds."""
    return regulation(RULE, on=max(day, shipped_versions(RULE)[0].in_force_from), place=place)


def joint_units_at_most(organization: PartyOrganization, *, on: dt.date) -> tuple[int, str]:
    """Return how many units a joint branch has at most in general, and the rule (ORG-JOINT)."""
    rule = _rule(on, organization.path)
    return int(rule.values["joint"]["units"]), rule.sources["joint"]


def superior_kinds(kind: str) -> tuple[str, ...]:
    """Return the kinds that may stand above one of `kind`."""
    if kind == Kind.GROUP:
        return PartyOrganization.BRANCH_KINDS
    if kind in PartyOrganization.BRANCH_KINDS:
        return BODIES
    return COMMITTEES


def kinds_problem(kind: str, superior: str) -> str:
    """Return why one of `kind` cannot stand below one of kind `superior`, or ''."""
    if superior in superior_kinds(kind):
        return ""
    if kind == Kind.GROUP:
        return "党小组的上级只能是党支部。"
    if superior in PartyOrganization.BRANCH_KINDS:
        return "党支部下面只能设党小组。"
    if superior == Kind.GROUP:
        return "党小组下面不能再设组织。"
    return f"{Kind(kind).label}的上级应是党委。"
