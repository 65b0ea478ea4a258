"""党员花名册: people come in from rosters of any layout, and are recognised when they come again."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from branches.models import PartyOrganization
from branches.naming import OrganizationFinder
from branches.queries import finder_in_scope, groups_by_branch
from branches.services.organizations import found_organizations
from members.imports import checks
from members.imports.known import KnownPeople, lossy_match
from members.imports.posts import parse_posts
from members.imports.resources import SOME_MEMBER, MemberResource, parse_group
from members.models import AttendanceExemption, Member, Membership, Office
from members.services.roster import change_members, link_offices, register_members
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

ELSEWHERE = re.compile(
    "组织关系(仍|还|保留|暂)?(在|隶属于?|留在|保留在|属于?)(?P<where>[^，。；,;]{2,40})"
)
TITLE = re.compile("(?P<name>.*(党支部|支部委员会|支部))")
UNIT = re.compile(
    "(填报|填表|报送|制表)?(单位|党组织|支部)(名称)?([(（].*?[)）])?[:：](?P<name>.*?)(填报|填表|报送|制表|时间|日期|单位[:：]|$)"
)
OTHER_BODY = re.compile("总支|党委|机关纪委|工会|妇联|团委|党组")
EXEMPT_REASON = "花名册注明免予参加组织生活"


@dataclass
class Plan:
    """What is to be written for one row."""

    branch: PartyOrganization
    category: str = ""
    member: Member | None = None  # a stored file, None for a new one
    twin: "Plan | None" = None  # the row of the same file that opens the file of this person
    is_second: bool = False
    changes: list[tuple[Column, Any]] = field(default_factory=list)
    group: str = ""
    started_on: dt.date | None = None
    ended: list[Membership] = field(default_factory=list)
    opened: str = ""  # kind of the membership to open, "" for none
    membership: Membership | None = None  # a stored one to be changed
    exempt: str | None = None  # the reason, "" for no longer, None for nothing said
    posts: list[str] = field(default_factory=list)

    @property
    def person(self) -> Member:
        """The file this row is about, once the new ones are opened."""
        owner = self.twin or self
        if owner.member is None:
            raise ValueError("The file of this row is not open yet.")
        return owner.member


class MemberRoster(ImportTable):
    """党员花名册: members, and the people on their way to become members."""

    code = "member_roster"
    also = ("member_roster_again", "member_roster_xls", "member_roster_csv")
    title = "党员花名册"
    hint = "一个支部一张工作表，或全部支部一张总表；要有“姓名”和“身份证号码”列。先导入党组织名册。"
    permission = "members.import_roster"
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
        groups = _found_groups(plans, journal)
        _open_files(rows, journal)
        _change_files(plans, journal)
        _write_memberships(plans, groups, journal, as_of)
        _write_exemptions(plans, journal, as_of)
        _write_offices(plans, groups, journal)
        link_offices(journal)


class _Planner:
    """Checks rows one by one and against each other and the stored files."""

    def __init__(self, table: MemberRoster, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [c for c in table.columns if c.attribute]
        self.branches: OrganizationFinder[PartyOrganization] = finder_in_scope()
        self.groups = groups_by_branch()
        self.rules = checks.Rules(as_of)
        self.sheet_branches: dict[str, PartyOrganization | None] = {}

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
        branch = self._branch_of(sheet, row)
        category = checks.check_category(row, sheet)
        if branch is not None:
            row.plan = Plan(branch, category)
        checks.check_person(row, category, self.rules)

    def _branch_of(self, sheet: DataSheet, row: Row) -> PartyOrganization | None:
        own = self._branch_of_sheet(sheet)
        named = row.get("所在党支部")
        if not named:
            if own is None:
                row.reject("BRANCH_UNKNOWN", self._unknown(_sheet_title(sheet)))
            return own
        found = self.branches.find(named)
        if found is None:
            row.reject("BRANCH_UNKNOWN", self._unknown(named))
            return None
        if not found.item.is_branch:
            row.reject("BRANCH_UNKNOWN", f"“{named}”是{found.item.get_kind_display()}，不是党支部")
            return None
        if own is not None and own != found.item:
            row.remark(
                "BRANCH_CONFLICT",
                f"工作表是“{own.label}”，这一行写的是“{named}”，按这一行的支部导入",
            )
        return found.item

    def _branch_of_sheet(self, sheet: DataSheet) -> PartyOrganization | None:
        if sheet.name not in self.sheet_branches:
            names = [sheet.name, *_names_above(sheet)]
            found = (self.branches.find(name) for name in names)
            branches = [one.item for one in found if one and one.item.is_branch]
            self.sheet_branches[sheet.name] = branches[0] if branches else None
        return self.sheet_branches[sheet.name]

    def _unknown(self, name: str) -> str:
        if not name:
            return "没有写明所在党支部"
        meant = self.branches.guess(name)
        hint = f"，是不是“{meant.label}”？" if meant and meant.is_branch else ""
        return f"没有找到党支部“{name}”，或它不在本次导入的范围之内{hint}"

    # who it is

    def _may_be_second(self, row: Row) -> bool:
        plan: Plan = row.plan
        return _formal_elsewhere(row, plan.branch, self.branches) or plan.branch.kind in {
            Kind.TEMPORARY_BRANCH,
            Kind.FUNCTIONAL_BRANCH,
        }

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
        if not plan.is_second and _formal_elsewhere(row, plan.branch, self.branches):
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
        plan.group = parse_group(row.record.get("所在党小组"))
        entered = row.get("进入当前党支部日期")
        plan.started_on = entered.date if entered else None
        plan.posts = _posts_of(row)
        if plan.member is None and plan.twin is None:
            self._plan_new(row)
        elif plan.is_second:
            self._plan_second(row)
        else:
            self._plan_known(row, plan.member)  # type: ignore[arg-type] -- not None: it has no twin

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
        member = plan.member
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
        if plan.started_on and not _same_start(current.started_on, row.get("进入当前党支部日期")):
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
        member = plan.member
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


def _kind_for(category: str) -> str:
    return Formal if category in Member.MEMBER_CATEGORIES else Development


def _formal_elsewhere(
    row: Row, branch: PartyOrganization, finder: OrganizationFinder[PartyOrganization]
) -> bool:
    """Tell whether the remark says that the formal relation is with another branch."""
    match = ELSEWHERE.search(squeeze(row.get("备注")))
    if not match or match["where"].startswith(("本支部", "本单位", "我支部")):
        return False
    found = finder.find(match["where"])
    return found is None or found.item != branch


def _names_above(sheet: DataSheet) -> Iterator[str]:
    for text in sheet.above:
        line = squeeze(text)
        if unit := UNIT.search(line):
            yield unit["name"]
        if title := TITLE.match(line):
            yield title["name"]


def _sheet_title(sheet: DataSheet) -> str:
    return next((name for name in _names_above(sheet) if name), sheet.name)


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


# --- writing ---------------------------------------------------------------------------------


GroupKey = tuple[int, str]


def _found_groups(plans: Sequence[Plan], journal: Journal) -> dict[GroupKey, PartyOrganization]:
    """Return the party groups by branch and name, those that are new founded."""
    known = {
        (branch, name): group
        for branch, groups in groups_by_branch().items()
        for name, group in groups.items()
    }
    new: dict[GroupKey, PartyOrganization] = {}
    for plan in plans:
        key = (plan.branch.pk, plan.group)
        if plan.group and key not in known and key not in new:
            new[key] = PartyOrganization(name=plan.group, kind=Kind.GROUP, superior=plan.branch)
    found_organizations(new.values(), journal)
    return known | new


def _open_files(rows: Sequence[Row], journal: Journal) -> None:
    opened = []
    for row in rows:
        plan: Plan = row.plan
        if row.is_rejected or plan.member is not None or plan.twin is not None:
            continue
        plan.member = Member(branch=plan.branch)
        _put(plan.member, plan.changes)
        plan.member.category = plan.category
        opened.append(plan.member)
    register_members(opened, journal)


def _put(member: Member, changes: Iterable[tuple[Column, Any]]) -> None:
    for column, value in changes:
        column.put(member, value.text if isinstance(value, IdNumber) else value)


def _change_files(plans: Sequence[Plan], journal: Journal) -> None:
    changed = []
    for plan in plans:
        if plan.member is None or not plan.member.pk or plan.is_second:
            continue
        moves = plan.member.branch_id != plan.branch.pk
        if moves or (plan.changes and not journal.made(plan.member)):
            journal.watch(plan.member)
            _put(plan.member, plan.changes)
            plan.member.branch = plan.branch
            changed.append(plan.member)
    change_members(changed, journal)


def _write_memberships(
    plans: Sequence[Plan],
    groups: dict[GroupKey, PartyOrganization],
    journal: Journal,
    as_of: dt.date,
) -> None:
    ended, opened, regrouped = [], [], []
    for plan in plans:
        group = groups.get((plan.branch.pk, plan.group))
        start = plan.started_on
        for membership in plan.ended:
            journal.watch(membership)
            start = _change_day(plan, membership, as_of)
            membership.ended_on = start
            ended.append(membership)
        if plan.opened:
            opened.append(
                Membership(
                    member=plan.person,
                    organization=plan.branch,
                    group=group,
                    kind=plan.opened,
                    started_on=start,
                )
            )
        if plan.membership is not None:
            journal.watch(plan.membership)
            plan.membership.group = group or plan.membership.group
            plan.membership.started_on = start or plan.membership.started_on
            regrouped.append(plan.membership)
    journal.update(ended, ["ended_on"])
    journal.update(regrouped, ["group", "started_on"])
    journal.create(opened)


def _change_day(plan: Plan, left: Membership, as_of: dt.date) -> dt.date:
    """Return the day on which somebody changed branch: as the roster says, else the day it is of."""
    day = plan.started_on or as_of
    return max(day, left.started_on) if left.started_on else day


def _write_exemptions(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    said = {
        plan.person.pk: plan for plan in plans if plan.exempt is not None and not plan.is_second
    }
    stored = list(AttendanceExemption.objects.filter(member__in=said, ended_on=None))
    for exemption in stored:
        journal.watch(exemption)
        exemption.ended_on = as_of
    journal.update(stored, ["ended_on"])
    journal.create(
        AttendanceExemption(member=plan.person, reason=plan.exempt)
        for plan in said.values()
        if plan.exempt
    )


def _write_offices(
    plans: Sequence[Plan], groups: dict[GroupKey, PartyOrganization], journal: Journal
) -> None:
    noted = {
        (o.organization_id, o.post, o.holder_name): o for o in Office.objects.filter(ended_on=None)
    }
    offices = []
    for plan in plans:
        for post in plan.posts:
            group = groups.get((plan.branch.pk, plan.group))
            place = group if post == Office.Post.GROUP_LEADER and group else plan.branch
            if (place.pk, post, plan.person.name) not in noted:
                offices.append(
                    Office(
                        organization=place,
                        post=post,
                        holder_name=plan.person.name,
                        member=plan.person,
                    )
                )
    journal.create(offices)
