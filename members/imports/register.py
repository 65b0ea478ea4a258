"""党组织名册: the tree of organisations comes in from a register whose rows stand in any order."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from branches.models import PartyOrganization, Term
from branches.naming import (
    OrganizationFinder,
    key_of,
    numbered_groups,
    parse_kind,
)
from branches.queries.organizations import groups_by_branch, organizations_in_scope
from branches.queries.terms import latest_terms
from members.imports import register_writing
from members.imports.register_plan import Plan
from members.imports.register_rules import Rules, check_people, holders_of
from members.imports.register_tree import Tree
from members.imports.resources import OrganizationResource
from members.models import Office
from partybuild.cells import PartialDateColumn, partial_date
from partybuild.imports import CHANGED, CREATED, REJECT, WARN, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem

Kind = PartyOrganization.Kind
Post = Office.Post

MAX_GROUPS = 99
TERM_TITLES = {
    "elected_on": "本届当选时间",
    "elected_precision": "当选时间精确到",
    "years": "任期",
    "has_committee": "设支委会",
}


class OrganizationRegister(ImportTable):
    """党组织名册: organisations, the present term of their leading bodies, and who sits in them."""

    code = "org_register"
    title = "党组织名册"
    hint = "一行一个党组织，上级可写全称或简称，行的先后不论；要有“党组织名称”列。"
    permission = "members.import_roster"
    resource = OrganizationResource
    required = ("党组织名称", ("上级党组织", "组织类别"))
    problems = {
        "任期": {Problem.NUMBER_TEXT: ("NUMBER_TEXT", WARN)},
        "": {Problem.DATE_INVALID: ("DATE_INVALID", REJECT)},
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(self, as_of).plan([row for _, row in self.cleaned(sheets)])

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        register_writing.found(plans, journal)
        register_writing.change(plans, journal, as_of)
        register_writing.write_terms(plans, journal)
        register_writing.write_offices(plans, journal, as_of)


class _Planner:
    """Checks rows, finds their superiors among rows and stored organisations, compares."""

    def __init__(self, table: OrganizationRegister, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [
            c for c in table.columns if c.attribute in {"name", "short_name", "founded_on", "note"}
        ]
        self.stored = list(organizations_in_scope())
        self.by_code = {organization.code: organization for organization in self.stored}
        self.stored_names = OrganizationFinder(
            (organization, (organization.name, organization.short_name))
            for organization in self.stored
        )
        self.terms = latest_terms(self.stored)
        self.groups = groups_by_branch()
        self.offices = list(Office.objects.filter(ended_on=None).exclude(post=Post.GROUP_LEADER))
        self.rules = Rules(as_of)

    def plan(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            self._check_kind(row)
        self._check_repeated(rows)
        tree = Tree(self.stored_names)
        tree.find_superiors(rows)
        tree.refuse_orphans(rows)
        for row in rows:
            self.rules.check_dates(row)
            self.rules.check_committee(row)
            if row.plan is not None:
                row.plan.holders = holders_of(row)
        check_people(rows)
        for row in rows:
            if not row.is_rejected:
                self._compare(row)
        return rows

    # one row by itself

    def _check_kind(self, row: Row) -> None:
        name = row.get("党组织名称")
        row.label = name or ""
        if not name:
            row.reject("NAME_MISSING", "没有党组织名称")
            return
        cell = row.get("组织类别")
        kind = parse_kind(cell, name)
        if kind is None:
            said = f"“{cell}”不是" if cell else "没有写明，名称里也看不出"
            row.reject("ORG_KIND_UNKNOWN", f"组织类别{said}党委、党总支、党支部等类别")
            kind = ""
        stored = self.by_code.get(row.get("组织代码") or "") or self.stored_names.exact(name)
        row.plan = Plan(kind, stored or PartyOrganization(), is_new=stored is None)

    def _check_repeated(self, rows: list[Row]) -> None:
        seen: dict[str, Row] = {}
        for row in rows:
            if row.is_rejected:
                continue
            keys = {key_of(row.get("党组织名称")), row.get("组织代码") or ""} - {""}
            first = next((seen[key] for key in keys if key in seen), None)
            if first is not None:
                row.reject(
                    "ORG_DUP",
                    f"与第 {first.record.number} 行“{first.label}”是同一个党组织",
                )
                continue
            seen |= dict.fromkeys(keys, row)

    # what it changes

    def _compare(self, row: Row) -> None:
        plan: Plan = row.plan
        if plan.is_new:
            row.outcome = CREATED
            plan.changes = [
                (c, row.get(c.title)) for c in self.columns if row.get(c.title) is not None
            ]
            plan.organization.kind = plan.kind
            plan.organization.code = row.get("组织代码") or ""
        else:
            self._compare_organization(row)
        self._compare_term(row)
        self._compare_holders(row)
        count = min(row.get("党小组数") or 0, MAX_GROUPS)
        known = self.groups.get(plan.organization.pk, {}) if plan.organization.pk else {}
        if plan.kind in PartyOrganization.BRANCH_KINDS and count > len(known):
            plan.new_groups = [name for name in numbered_groups(count) if name not in known]
            row.differences.append(("党小组数", str(len(known)), str(count)))
        if row.differences and not plan.is_new:
            row.outcome = CHANGED

    def _compare_organization(self, row: Row) -> None:
        plan: Plan = row.plan
        for column in self.columns:
            new, old = row.get(column.title), column.get_value(plan.organization)
            if (
                isinstance(column, PartialDateColumn)
                and old
                and new
                and new.precision != "day"
                and new.may_be(old)
            ):
                new = old
            if new is not None and new != (old or None):
                plan.changes.append((column, new))
                row.differences.append(
                    (column.title, column.export(plan.organization), column.widget.render(new))
                )
        if plan.kind != plan.organization.kind:
            row.differences.append(
                ("组织类别", plan.organization.get_kind_display(), Kind(plan.kind).label)
            )
        superior = plan.superior.organization if isinstance(plan.superior, Plan) else plan.superior
        if superior is not None and superior.pk != plan.organization.superior_id:
            row.remark(
                "PARENT_CHANGED",
                f"系统里的上级是“{plan.organization.superior or '无'}”，与这里不同，没有改动；调整隶属请另行办理",
            )

    def _compare_term(self, row: Row) -> None:
        plan: Plan = row.plan
        elected, years = row.get("当选时间"), row.get("任期")
        said = row.get("是否设支委会")
        if elected is None and years is None and said is None and not plan.holders:
            return
        stored = self.terms.get(plan.organization.pk) if plan.organization.pk else None
        if stored is None or (elected and stored.elected_on and _is_later(elected, stored)):
            plan.opens_term = True
            plan.term = Term(
                elected_on=elected.date if elected else None,
                elected_precision=elected.precision if elected else "day",
                years=years,
                has_committee=said is not False,
            )
            row.differences.append(
                ("本届当选时间", str(stored.elected_on or "") if stored else "", str(elected or ""))
            )
            return
        wanted: dict[str, Any] = {}
        if elected and not _may_be_term(elected, stored):
            wanted |= {"elected_on": elected.date, "elected_precision": elected.precision}
        if years is not None:
            wanted["years"] = years
        if said is not None:
            wanted["has_committee"] = said
        changes = {name: value for name, value in wanted.items() if getattr(stored, name) != value}
        plan.term = stored
        plan.term_changes = changes
        for name, value in changes.items():
            row.differences.append(
                (TERM_TITLES[name], _shown(getattr(stored, name)), _shown(value))
            )

    def _compare_holders(self, row: Row) -> None:
        plan: Plan = row.plan
        sitting = [
            o
            for o in self.offices
            if o.organization_id == plan.organization.pk and plan.organization.pk
        ]
        if plan.opens_term:
            plan.new_holders = plan.holders
            plan.leaving = [office for office in sitting if office.term_id]
        else:
            have = {(office.post, office.holder_name) for office in sitting}
            plan.new_holders = [holder for holder in plan.holders if holder not in have]
            said = set(plan.holders)
            plan.leaving = [
                office
                for office in sitting
                if office.term_id and plan.holders and (office.post, office.holder_name) not in said
            ]
        if not plan.is_new and (plan.new_holders or plan.leaving):
            row.differences.append(
                (
                    "班子成员",
                    "、".join(f"{o.get_post_display()} {o.holder_name}" for o in plan.leaving),
                    "、".join(f"{Post(post).label} {name}" for post, name in plan.new_holders),
                )
            )


# --- reading ---------------------------------------------------------------------------------


def _elected_of(term: Term) -> PartialDate | None:
    return partial_date(term.elected_on, term.elected_precision)


def _may_be_term(elected: PartialDate, term: Term) -> bool:
    stored = _elected_of(term)
    if stored is None:
        return False
    coarse = elected.precision != "day" and stored.precision == "day"
    return elected == stored or (coarse and elected.may_be(stored))


def _is_later(elected: PartialDate, term: Term) -> bool:
    stored = _elected_of(term)
    return stored is not None and elected.date > stored.last


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)
