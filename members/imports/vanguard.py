"""党员先锋岗台账: posts of honour and who holds them."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from import_export.resources import Resource

from branches.models import PartyOrganization
from branches.queries import finder_in_scope
from members.imports.resources import BRANCH_PATTERN, DATE_WORD
from members.models import Member, PostHolder, VanguardPost
from partybuild.cells import Column, PartialDateColumn, partial_date
from partybuild.imports import CHANGED, CREATED, REJECT, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, clean_name, clean_text

Kind = VanguardPost.Kind

SEPARATORS = re.compile("[;；,，、/\n]+")
BLANKS = re.compile(r"\s+")
SHORTEST_NAME = 2


class VanguardResource(Resource):
    """党员先锋岗台账."""

    branch = Column(None, "所在党支部", BRANCH_PATTERN)
    title = Column(
        "title",
        "岗位名称",
        "(先锋岗|示范岗|党员先锋岗|岗位|责任区)?(名称|岗位)|先锋岗(名称)?",
        free=True,
    )
    holders = Column(
        None,
        "党员姓名",
        "(党员|责任人|岗位党员|上岗党员|挂牌)?(姓名|党员)|责任人|持岗党员",
        free=True,
    )
    awarded = PartialDateColumn(
        "awarded_on", "授牌时间", f"(授牌|挂牌|设岗|设立|命名|创建|授予){DATE_WORD}"
    )
    pledge = Column(
        "pledge", "岗位承诺", "(岗位|服务|公开|党员)?承诺(内容|事项)?|岗位职责", free=True
    )

    class Meta:
        model = VanguardPost


@dataclass
class Plan:
    """What is to be written for one row."""

    organization: PartyOrganization
    people: list[Member] = field(default_factory=list)
    post: VanguardPost | None = None  # a stored one, None for a new one
    changes: list[tuple[Column, object]] = field(default_factory=list)


class VanguardPosts(ImportTable):
    """党员先锋岗台账: posts with their holders, pledge and date."""

    code = "vanguard_posts"
    title = "党员先锋岗台账"
    hint = "一行一个岗，一岗多人用顿号隔开。先导入党员花名册。"
    permission = "members.import_roster"
    order = 3
    resource = VanguardResource
    required = ("岗位名称", "党员姓名")
    problems = {
        "": {
            Problem.DATE_INVALID: ("DATE_INVALID", REJECT),
            Problem.DATE_UNKNOWN: ("DATE_INVALID", REJECT),
            Problem.DATE_AMBIGUOUS: ("DATE_AMBIGUOUS", REJECT),
        }
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(self, as_of).plan([row for _, row in self.cleaned(sheets)])

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        new: list[Plan] = [plan for plan in plans if plan.post is None]
        for plan in new:
            plan.post = VanguardPost(organization=plan.organization)
            _put(plan)
            plan.post.kind = _kind_of(plan.post.title)
        journal.create(plan.post for plan in new if plan.post)
        journal.create(
            PostHolder(post=plan.post, member=member, started_on=plan.post.awarded_on)
            for plan in new
            if plan.post
            for member in plan.people
        )
        changed = [plan for plan in plans if plan.changes and plan not in new]
        for plan in changed:
            if plan.post:
                journal.watch(plan.post)
                _put(plan)
                plan.post.version += 1
        journal.update([plan.post for plan in changed if plan.post], ["pledge", "version"])


class _Planner:
    """Finds branch and people of each row, and posts that are stored already."""

    def __init__(self, table: VanguardPosts, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [column for column in table.columns if column.attribute]
        self.branches = finder_in_scope()
        self.people: dict[str, list[Member]] = defaultdict(list)
        for member in Member.objects.select_related("branch"):
            self.people[member.name].append(member)
        self.posts: dict[tuple[object, ...], VanguardPost] = {}
        stored = VanguardPost.objects.prefetch_related("holders").select_related("organization")
        for post in stored:
            holders = frozenset(holder.member_id for holder in post.holders.all())
            day = partial_date(post.awarded_on, post.awarded_precision)
            self.posts[(post.organization_id, post.title, day, holders)] = post

    def plan(self, rows: list[Row]) -> list[Row]:
        seen: dict[tuple[object, ...], Row] = {}
        for row in rows:
            self._check(row)
            if not row.is_rejected:
                self._compare(row, seen)
        return rows

    def _check(self, row: Row) -> None:
        row.label = "、".join(self._names(row.record.get("党员姓名")))
        if not row.get("岗位名称"):
            row.reject("NAME_MISSING", "没有岗位名称")
        awarded: PartialDate | None = row.get("授牌时间")
        if awarded and awarded.date > self.as_of:
            row.reject("DATE_FUTURE", f"“授牌时间”{awarded} 晚于 {self.as_of}")
        elif awarded is None and not row.is_rejected:
            row.reject("DATE_INVALID", "没有授牌时间")
        named = row.get("所在党支部") or ""
        found = self.branches.find(named)
        if found is None:
            row.reject("BRANCH_UNKNOWN", f"没有找到党支部“{named}”，或它不在本次导入的范围之内")
        else:
            row.plan = Plan(found.item)
            self._find_people(row)

    def _names(self, cell: object) -> list[str]:
        """Split a cell into names; blanks part names only where the whole is nobody's name."""
        names: list[str] = []
        for part in SEPARATORS.split(clean_text(cell)):
            whole, pieces = clean_name(part), BLANKS.split(part.strip())
            apart = [clean_name(piece) for piece in pieces]
            several = len(apart) > 1 and min(map(len, apart)) >= SHORTEST_NAME
            names.extend(apart if several and whole not in self.people else [whole])
        return list(dict.fromkeys(name for name in names if name))

    def _find_people(self, row: Row) -> None:
        names = self._names(row.record.get("党员姓名"))
        unknown = [name for name in names if name not in self.people]
        if not names:
            row.reject("PERSON_UNKNOWN", "没有写党员姓名")
        elif len(unknown) == len(names):
            row.reject("PERSON_UNKNOWN", f"“{'、'.join(unknown)}”不在党员花名册里")
        elif unknown:
            row.remark(
                "LIST_NAME_UNKNOWN", f"“{'、'.join(unknown)}”不在党员花名册里，其余的人照常导入"
            )
        for name in names:
            if name in self.people:
                self._find_person(row, name)

    def _find_person(self, row: Row, name: str) -> None:
        plan: Plan = row.plan
        everybody = self.people[name]
        own = [m for m in everybody if m.branch.path.startswith(plan.organization.path)]
        chosen = own or everybody
        if len(chosen) > 1:
            row.reject("PERSON_AMBIGUOUS", f"“{name}”有 {len(chosen)} 人，分不清是谁，请补充说明")
            return
        (member,) = chosen
        plan.people.append(member)
        if not own:
            row.remark(
                "PERSON_BRANCH_MISMATCH",
                f"“{name}”在“{member.branch.label}”，按这一行写的支部导入，请核对",
            )
        if member.category not in Member.MEMBER_CATEGORIES:
            row.remark(
                "PERSON_NOT_MEMBER", f"“{name}”是{member.get_category_display()}，还不是党员"
            )

    def _compare(self, row: Row, seen: dict[tuple[object, ...], Row]) -> None:
        plan: Plan = row.plan
        people = frozenset(member.pk for member in plan.people)
        key = (plan.organization.pk, row.get("岗位名称"), row.get("授牌时间"), people)
        if key in seen:
            first = seen[key].record
            row.reject("DUP_ENTRY", f"与{first.sheet}第 {first.number} 行是同一个岗，没有重复导入")
            return
        seen[key] = row
        plan.post = self.posts.get(key)
        if plan.post is None:
            row.outcome = CREATED
            plan.changes = [
                (c, row.get(c.title)) for c in self.columns if row.get(c.title) is not None
            ]
            return
        for column in self.columns:
            new, old = row.get(column.title), column.get_value(plan.post)
            if new is not None and new != old:
                plan.changes.append((column, new))
                row.differences.append(
                    (column.title, column.export(plan.post), column.widget.render(new))
                )
                row.outcome = CHANGED


def _put(plan: Plan) -> None:
    for column, value in plan.changes:
        column.put(plan.post, value)


def _kind_of(title: str) -> str:
    if "责任区" in title:
        return Kind.RESPONSIBILITY
    return Kind.MODEL if "示范" in title else Kind.VANGUARD
