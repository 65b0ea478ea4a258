"""党员花名册: people come in from rosters of any layout, and are recognised when they come again."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from branches.models import PartyOrganization
from branches.queries.organizations import groups_by_branch
from members.imports import checks, roster_writing
from members.imports.branch_reading import BranchReader
from members.imports.known import KnownPeople, lossy_match
from members.imports.posts import parse_posts
from members.imports.resources import SOME_MEMBER, MemberResource, parse_group
from members.imports.roster_plan import Plan
from members.models import Member, Membership, Office
from members.services.roster import link_offices
from partybuild.cells import Column, PartialDateColumn
from partybuild.imports import CHANGED, CREATED, REJECT, WARN, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import IdNumber, PartialDate, Problem, squeeze

Kind = PartyOrganization.Kind
Formal, Second, Development = (
    Membership.Kind.FORMAL,
    Membership.Kind.SECOND,
    Membership.Kind.DEVELOPMENT,
)

OTHER_BODY = re.compile("总支|党委|机关纪委|工会|妇联|团委|党组")
GROUP_LENGTH = 100
EXEMPT_REASON = "花名册注明免予参加组织生活"


class MemberRoster(ImportTable):
    """党员花名册: members, and the people on their way to become members."""

    code = "member_roster"
    also = ("member_roster_again", "member_roster_xls", "member_roster_csv")
    title = "党员花名册"
    hint = "一个支部一张工作表，或全部支部一张总表；要有“姓名”和“身份证号码”列。先导入党组织名册。"
    permission = "members.import_roster"
    order = 2
    resource = MemberResource
    required = ("姓名", ("身份证号码", "人员类别", "入党时间", "申请入党时间"))
    problems = {
        "出生日期": {Problem.DATE_UNKNOWN: ("BIRTH_UNKNOWN", WARN)},
        "入党时间": {
            Problem.DATE_INVALID: ("JOIN_DATE_INVALID", REJECT),
            Problem.DATE_UNKNOWN: ("JOIN_UNKNOWN", WARN),
        },
        "进入当前党支部日期": {Problem.DATE_INVALID: ("DATE_INVALID", WARN)},
        "": {Problem.DATE_INVALID: ("DATE_INVALID", REJECT)},
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(self, as_of).plan(list(self.cleaned(sheets)))

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans = [row.plan for row in rows if not row.is_rejected]
        groups = roster_writing.found_groups(plans, journal)
        roster_writing.open_files(rows, journal)
        roster_writing.change_files(plans, journal, as_of)
        roster_writing.write_memberships(plans, groups, journal, as_of)
        roster_writing.write_exemptions(plans, journal, as_of)
        roster_writing.write_offices(plans, groups, journal)
        link_offices(journal)


class _Planner:
    """Checks rows one by one and against each other and the stored files."""

    def __init__(self, table: MemberRoster, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [c for c in table.columns if c.attribute]
        self.branches = BranchReader()
        self.groups = groups_by_branch()
        self.rules = checks.Rules(as_of)

    def plan(self, pairs: list[tuple[DataSheet, Row]]) -> list[Row]:
        for sheet, row in pairs:
            self._check(sheet, row)
        rows = [row for _, row in pairs]
        self.known = KnownPeople(rows)
        first = [row for row in rows if not row.is_rejected and not self._may_be_second(row)]
        second = [row for row in rows if not row.is_rejected and self._may_be_second(row)]
        for row in [*first, *second]:
            self._identify(row)
        for row in rows:
            if not row.is_rejected:
                self._compare(row)
        return rows

    # one row by itself

    def _check(self, sheet: DataSheet, row: Row) -> None:
        row.label = row.get("姓名") or ""
        checks.check_name(row)
        checks.check_id_number(row)
        branch = self.branches.of_row(sheet, row)
        category = checks.check_category(row, sheet)
        if branch is not None:
            row.plan = Plan(branch, category)
        checks.check_person(row, category, self.rules)

    # who it is

    def _may_be_second(self, row: Row) -> bool:
        plan: Plan = row.plan
        return self.branches.is_formal_elsewhere(row, plan.branch) or (
            plan.branch.kind in PartyOrganization.SECOND_KINDS
        )

    def _identify(self, row: Row) -> None:
        """Tell whether the person stands in an earlier row or has a file already."""
        plan: Plan = row.plan
        earlier = self.known.in_file(row)
        if earlier is not None:
            self._meet_again(row, earlier)
        if row.is_rejected:
            return
        if earlier is None:
            self._look_up(row)
        if row.is_rejected:
            return
        if not plan.is_second and self.branches.is_formal_elsewhere(row, plan.branch):
            self._make_second(row, "其他党支部")
        if not plan.is_second:
            self.known.remember(row)

    def _meet_again(self, row: Row, earlier: Row) -> None:
        plan, before = row.plan, earlier.plan
        where = f"{earlier.record.sheet}第 {earlier.record.number} 行"
        if not lossy_match(row.get("姓名"), earlier.get("姓名")):
            row.reject(
                "ID_CONFLICT", f"身份证号与“{earlier.label}”（{where}）相同，姓名不同，请核对"
            )
        elif self._may_be_second(row) and before.branch != plan.branch:
            plan.twin = before
            self._make_second(row, before.branch.label)
        elif before.branch == plan.branch and before.category == plan.category:
            row.reject("DUP_ROW", f"与{where}是同一个人，没有重复导入")
        else:
            row.reject("DUP_ID", f"此人已在“{before.branch.label}”（{where}），没有重复导入")

    def _make_second(self, row: Row, where: str) -> None:
        row.plan.is_second = True
        row.remark("DUAL_MEMBERSHIP", f"正式组织关系在“{where}”，这里记为第二组织关系，不重复计数")

    def _look_up(self, row: Row) -> None:
        plan: Plan = row.plan
        member = self.known.stored(row, plan.branch)
        if member is None:
            if self.known.is_elsewhere(row):
                row.reject(
                    "ID_CONFLICT",
                    "这个身份证号已登记在本次导入的范围之外，请与上级党组织联系，办理组织关系转接",
                )
            return
        if not lossy_match(row.get("姓名"), member.name):
            row.reject(
                "ID_CONFLICT",
                f"身份证号已登记在“{member.name}”（{member.branch.label}）名下，姓名不同，请核对",
            )
        elif (
            plan.category
            and plan.category not in Member.MEMBER_CATEGORIES
            and member.category in Member.MEMBER_CATEGORIES
        ):
            row.reject(
                "DUP_ID", f"此人已是“{member.branch.label}”的{member.get_category_display()}"
            )
        else:
            plan.member = member
            formal = self.known.formal_of(member)
            if formal and formal.organization_id != plan.branch.pk and self._may_be_second(row):
                self._make_second(row, formal.organization.label)

    # what it changes

    def _compare(self, row: Row) -> None:
        plan: Plan = row.plan
        plan.group = parse_group(row.record.get("所在党小组"))[:GROUP_LENGTH]
        entered = row.get("进入当前党支部日期")
        plan.started_on = entered.date if entered else None
        plan.posts = _posts_of(row)
        if plan.is_second and (plan.member or plan.twin):
            self._plan_second(row)
        elif plan.member:
            self._plan_known(row, plan.member)
        else:
            self._plan_new(row)

    def _plan_new(self, row: Row) -> None:
        plan: Plan = row.plan
        plan.category = plan.category or checks.category_by_dates(row, self.rules)
        if not plan.category:
            row.reject("KIND_UNKNOWN", "没有写明人员类别，也无法由入党、转正时间推定")
            return
        row.outcome = CREATED
        plan.changes = [(c, row.get(c.title)) for c in self.columns if row.get(c.title) is not None]
        plan.opened = Second if plan.is_second else _kind_for(plan.category)
        plan.exempt = _exemption_said(row)

    def _plan_second(self, row: Row) -> None:
        plan: Plan = row.plan
        member = plan.file
        have = member and self.known.open_membership(member, plan.branch, Second)
        if not have:
            plan.opened = Second
            row.outcome = CREATED
        self._plan_posts(row)

    def _plan_known(self, row: Row, member: Member) -> None:
        plan: Plan = row.plan
        for column in self.columns:
            self._plan_field(row, member, column)
        self._plan_membership(row, member)
        self._plan_exemption(row, member)
        self._plan_posts(row)
        if row.differences:
            row.outcome = CHANGED
        plan.category = plan.category or member.category

    def _plan_field(self, row: Row, member: Member, column: Column) -> None:
        new = plan_value(row, column)
        if new is None:
            return  # an empty cell never wipes a stored value
        old = column.get_value(member)
        if isinstance(column, PartialDateColumn):
            new = refined(old, new)
        if column.title == "姓名" and lossy_match(new, old):
            return  # the stored name is the same or has what this one has lost
        if column.title == "人员类别" and new == SOME_MEMBER:
            return
        if new != (old or None):
            row.plan.changes.append((column, new))
            row.differences.append((column.title, column.export(member), column.widget.render(new)))

    def _plan_membership(self, row: Row, member: Member) -> None:
        plan: Plan = row.plan
        kind = _kind_for(plan.category or member.category)
        current = self.known.open_membership(member, None, kind)
        left = self.known.last_left(member)
        if current is None and left > dt.date.min:
            if _state_said(plan, member) != Member.State.NORMAL:
                return  # they stopped being a member, and the roster does not say otherwise
            plan.started_on = max(plan.started_on or self.as_of, left)
        if current is None or current.organization_id != plan.branch.pk:
            leaving = [m for m in self.known.open_of(member) if m.kind in {Formal, Development}]
            plan.ended, plan.opened = leaving, kind
            old = leaving[0].organization.name if leaving else ""
            row.differences.append(("所在党支部", old, plan.branch.name))
            return
        group = current.group.name if current.group else ""
        if plan.group and plan.group != group:
            plan.membership = current
            row.differences.append(("所在党小组", group, plan.group))
        if not plan.started_on or plan.started_on < self.known.last_left(member):
            plan.started_on = None  # they came back later than that
        elif not _same_start(current.started_on, row.get("进入当前党支部日期")):
            plan.membership = current
            row.differences.append(
                ("进入当前党支部日期", str(current.started_on or ""), str(plan.started_on))
            )

    def _plan_exemption(self, row: Row, member: Member) -> None:
        said, stored = _exemption_said(row), self.known.exemption_of(member)
        if said is None or said == (stored.reason if stored else ""):
            return
        if said and stored and said == EXEMPT_REASON:
            return
        row.plan.exempt = said
        row.differences.append(("免予参加组织生活", stored.reason if stored else "", said or "否"))

    def _plan_posts(self, row: Row) -> None:
        """Keep only the posts that nobody has noted yet."""
        plan: Plan = row.plan
        member = plan.file
        group = self.groups.get(plan.branch.pk, {}).get(plan.group)
        missing = []
        for post in plan.posts:
            place = group.pk if post == Office.Post.GROUP_LEADER and group else plan.branch.pk
            if member is None or not self.known.holds(member, post, place):
                missing.append(post)
        plan.posts = missing
        if missing and member is not None:
            labels = "、".join(Office.Post(post).label for post in missing)
            row.differences.append(("党内职务", "", labels))
            row.outcome = row.outcome if row.outcome == CREATED else CHANGED


# --- reading a row ---------------------------------------------------------------------------


def plan_value(row: Row, column: Column) -> Any:
    """Return the value to store for a column, None for none."""
    value = row.get(column.title)
    return value.text if isinstance(value, IdNumber) else value


def refined(old: PartialDate | None, new: PartialDate) -> PartialDate:
    """Return the new date, or the old one where that says the same more exactly."""
    coarser = {"day": 0, "month": 1, "year": 2}
    if old and coarser[new.precision] > coarser[old.precision] and new.may_be(old):
        return old
    return new


def _same_start(stored: dt.date | None, said: PartialDate) -> bool:
    return stored is not None and said.may_be(PartialDate(stored))


def _state_said(plan: Plan, member: Member) -> str:
    """Return the standing after the row: as it says, else as it is stored."""
    said = [value for column, value in plan.changes if column.attribute == "state"]
    return said[0] if said else member.state


def _kind_for(category: str) -> str:
    return Formal if category in Member.MEMBER_CATEGORIES else Development


def _posts_of(row: Row) -> list[str]:
    text = row.get("党内职务")
    return [] if not text or OTHER_BODY.search(text) else parse_posts(text)


def _exemption_said(row: Row) -> str | None:
    """Return the reason of an exemption, "" for 否, None when the roster says nothing."""
    cell = row.get("免予参加组织生活")
    if not cell:
        return None
    word = squeeze(cell)
    if re.match("否|不|无|×", word):
        return ""
    inner = re.search("[(](.+?)[)]", word)
    reason = inner[1] if inner else re.sub("^(是|√|免予?|Y)[,，:：]?", "", word)
    return (reason or EXEMPT_REASON)[:100]
