"""党组织名册: the tree of organisations comes in from a register whose rows stand in any order."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from branches.models import PartyOrganization, Term
from branches.naming import (
    Nearness,
    OrganizationFinder,
    key_of,
    numbered_groups,
    parse_kind,
)
from branches.queries import groups_by_branch, latest_terms, organizations_in_scope
from members.imports import register_writing
from members.imports.posts import parse_holders, parse_names
from members.imports.register_plan import Plan
from members.imports.resources import OrganizationResource
from members.models import Member, Office
from members.services.roster import members_by_name
from partybuild.cells import PartialDateColumn, partial_date
from partybuild.imports import CHANGED, CREATED, REJECT, WARN, ImportTable, Row
from partybuild.journal import Journal
from partybuild.periods import add_years
from partybuild.regulations import regulation
from partybuild.scoping import active_scope
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, is_blank

Kind = PartyOrganization.Kind
Post = Office.Post

# Who may stand above whom: a superior has a smaller number.
RANKS = {
    Kind.WORKING_COMMITTEE: 0,
    Kind.OFFICE_COMMITTEE: 1,
    Kind.COMMITTEE: 1,
    Kind.GENERAL_BRANCH: 2,
}
BRANCH_RANK = 3
VILLAGE = re.compile("(村|社区|居委会)党")
POST_COLUMNS = {
    "书记": Post.SECRETARY,
    "副书记": Post.DEPUTY_SECRETARY,
    "组织委员": Post.ORGANIZATION_MEMBER,
    "宣传委员": Post.PUBLICITY_MEMBER,
    "纪检委员": Post.DISCIPLINE_INSPECTION_MEMBER,
    "统战委员": Post.UNITED_FRONT_MEMBER,
    "青年委员": Post.YOUTH_MEMBER,
}
MAX_GROUPS = 99
MAX_YEARS = 20
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
        register_writing.change(plans, journal)
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
        self.term_years = regulation("branches.term_of_office", on=as_of)
        self.committee = regulation("branches.branch_committee", on=as_of)

    def plan(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            self._check_kind(row)
        self._check_repeated(rows)
        self._find_superiors(rows)
        self._refuse_orphans(rows)
        for row in rows:
            self._check_dates(row)
            self._check_committee(row)
        self._check_people(rows)
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

    # superiors

    def _find_superiors(self, rows: list[Row]) -> None:
        """Find each superior among the rows that are good so far and the stored organisations."""
        good = [row for row in rows if not row.is_rejected]
        self.finder: OrganizationFinder[Row] = OrganizationFinder(
            (row, (row.get("党组织名称"), row.get("简称") or "")) for row in good
        )
        homeless = [row for row in rows if row.plan is not None and not self._find_superior(row)]
        top, outside = self._top(good, [row for row in homeless if not row.is_rejected])
        for row in homeless:
            self._place_homeless(row, top, outside)

    def _find_superior(self, row: Row) -> bool:
        said = row.get("上级党组织")
        if is_blank(said):
            return False
        found = self.finder.find(said, upto=Nearness.GUESS)
        if found is not None and found.item is not row and self._may_command(found.item, row):
            row.plan.superior = found.item.plan
            self._note_nearness(row, said, found.nearness, found.item.label)
            return True
        stored = self.stored_names.find(said, upto=Nearness.GUESS)
        if stored is not None and stored.item.pk != row.plan.organization.pk:
            row.plan.superior = stored.item
            self._note_nearness(row, said, stored.nearness, stored.item.name)
            return True
        return False

    def _may_command(self, superior: Row, row: Row) -> bool:
        rank = RANKS.get(row.plan.kind, BRANCH_RANK)
        return (
            RANKS.get(superior.plan.kind, BRANCH_RANK) < rank or rank < RANKS[Kind.GENERAL_BRANCH]
        )

    def _note_nearness(self, row: Row, said: str, nearness: Nearness, name: str) -> None:
        if nearness > Nearness.RULE:
            row.remark("PARENT_FUZZY", f"上级写的“{said}”，按“{name}”导入，请核对")

    def _top(self, good: list[Row], homeless: list[Row]) -> tuple[Row | None, str]:
        """Return the row that stands at the top, and how its own superior outside is written.

        It is of the highest rank in the file and has more below it than any other such row.
        """
        highest = min((RANKS.get(row.plan.kind, BRANCH_RANK) for row in good), default=BRANCH_RANK)
        candidates = [r for r in homeless if RANKS.get(r.plan.kind, BRANCH_RANK) == highest]
        if not candidates or (highest == BRANCH_RANK and len(good) > 1):
            return None, ""
        below = {id(row): sum(r.plan.superior is row.plan for r in good) for row in candidates}
        top = max(candidates, key=lambda row: below[id(row)])
        return top, key_of(top.get("上级党组织") or "")

    def _place_homeless(self, row: Row, top: Row | None, outside: str) -> None:
        said = row.get("上级党组织")
        is_top = row is top or bool(outside and key_of(said or "") == outside)
        stored = row.plan.organization
        if is_top and not row.is_rejected and (not row.plan.is_new or active_scope().unlimited):
            row.plan.superior = stored.superior if not row.plan.is_new else None
            if said:
                row.remark("PARENT_EXTERNAL", f"是本名册最上级的党组织，它的上级“{said}”不在名册里")
            return
        row.reject(
            "PARENT_UNKNOWN",
            f"没有找到上级党组织“{said}”，或它不在本次导入的范围之内"
            if said
            else "没有写上级党组织",
        )

    def _refuse_orphans(self, rows: list[Row]) -> None:
        """Reject rows whose superior is not taken, or who stand above themselves."""
        row_of = {id(row.plan): row for row in rows if row.plan is not None}
        changed = True
        while changed:
            changed = False
            for row in rows:
                if row.is_rejected or not isinstance(row.plan.superior, Plan):
                    continue
                superior = row_of[id(row.plan.superior)]
                if not row.plan.is_new and superior.is_rejected:
                    row.plan.superior = None  # it stays where it is
                elif superior.is_rejected or _stands_above_itself(row.plan):
                    row.reject(
                        "PARENT_UNKNOWN", f"上级党组织“{superior.label}”没有导入，或上下级互相循环"
                    )
                    changed = True

    # rules

    def _check_dates(self, row: Row) -> None:
        founded, elected = row.get("成立日期"), row.get("当选时间")
        for title, day in (("成立日期", founded), ("当选时间", elected)):
            if day and day.date > self.as_of:
                row.reject("DATE_FUTURE", f"“{title}”{day} 晚于 {self.as_of}")
        if founded and elected and elected.last < founded.date:
            row.remark(
                "ELECTED_BEFORE_FOUNDED", f"当选时间 {elected} 早于成立日期 {founded}，请核对"
            )
        if row.plan is not None and row.plan.kind:
            self._check_term(row, elected)

    def _check_term(self, row: Row, elected: PartialDate | None) -> None:
        years, usual = row.get("任期"), self._usual_years(row)
        if years is not None and not 1 <= years <= MAX_YEARS:
            row.remark("NUMBER_TEXT", f"任期“{years}”不可信，留空")
            row.values["任期"] = years = None
        if years and years != usual:
            row.remark(
                "TERM_NONSTANDARD",
                f"任期 {years} 年，一般为 {usual} 年（{self.term_years.citation}）",
            )
        if elected and add_years(elected.last, years or usual) < self.as_of:
            row.remark("TERM_OVERDUE", f"{elected} 当选，任期 {years or usual} 年已满，应换届")

    def _usual_years(self, row: Row) -> int:
        values = self.term_years.values
        if VILLAGE.search(row.get("党组织名称") or ""):
            return int(values["village_years"])
        is_committee = RANKS.get(row.plan.kind, BRANCH_RANK) < RANKS[Kind.GENERAL_BRANCH]
        return int(values["committee_years" if is_committee else "branch_years"])

    def _check_committee(self, row: Row) -> None:
        full, least = row.get("正式党员数"), self.committee.values["full_members"]
        is_branch = row.plan is not None and row.plan.kind in PartyOrganization.BRANCH_KINDS
        if is_branch and row.get("是否设支委会") and full is not None and full < least:
            row.remark(
                "COMMITTEE_UNDER_7",
                f"设了支委会，正式党员 {full} 名，不足 {least} 名（{self.committee.citation}）",
            )

    def _check_people(self, rows: list[Row]) -> None:
        """Tell which post holders are on nobody's roster; possible only once a roster is in."""
        for row in rows:
            if row.plan is not None:
                row.plan.holders = _holders_of(row)
        named = {name for row in rows if row.plan is not None for _, name in row.plan.holders}
        self.people = members_by_name(named)
        if not Member.objects.filter(category__in=Member.MEMBER_CATEGORIES).exists():
            return
        for row in rows:
            holders = row.plan.holders if row.plan is not None else []
            unknown = [n for n in dict.fromkeys(n for _, n in holders) if not self.people.get(n)]
            if unknown and not _is_repeated(row):
                row.remark("POST_PERSON_UNKNOWN", f"班子成员“{'、'.join(unknown)}”不在党员花名册里")

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


def _holders_of(row: Row) -> list[tuple[str, str]]:
    holders = [
        (post.value, name)
        for title, post in POST_COLUMNS.items()
        for name in parse_names(row.record.get(title))
    ]
    at = sum(post in {Post.SECRETARY, Post.DEPUTY_SECRETARY} for post, _ in holders)
    holders[at:at] = [(str(post), name) for post, name in parse_holders(row.record.get("委员"))]
    return list(dict.fromkeys(holders))


def _is_repeated(row: Row) -> bool:
    return any(remark.code == "ORG_DUP" for remark in row.remarks)


def _stands_above_itself(plan: Plan) -> bool:
    seen: set[int] = set()
    above: Any = plan
    while isinstance(above, Plan):
        if id(above) in seen:
            return True
        seen.add(id(above))
        above = above.superior
    return False


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
