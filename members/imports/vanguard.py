"""党员先锋岗台账: posts of honour and who holds them."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from import_export.resources import Resource

from branches.models import PartyOrganization
from branches.queries.organizations import finder_in_scope
from members.imports.resources import BRANCH_PATTERN, DATE_WORD
from members.models import (
    Member,
    PostEvent,
    PostHolder,
    PostPledge,
    PostReview,
    VanguardPost,
)
from members.queries.posts import Half
from partybuild.cells import Column, PartialDateColumn, partial_date
from partybuild.imports import CHANGED, CREATED, NOTE, REJECT, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, clean_name, clean_text, parse_date

Kind = VanguardPost.Kind

SEPARATORS = re.compile("[;；,，、/\n]+")
BLANKS = re.compile(r"\s+")
SHORTEST_NAME = 2
RESULT_WORDS = {
    "优|优秀|良|良好|好|较好|合格|达标|通过": PostReview.Result.QUALIFIED,
    "(限期|需|待)?整改|基本合格": PostReview.Result.RECTIFY,
    "不合格|差|不达标|未通过": PostReview.Result.UNQUALIFIED,
}
# Nothing was adjusted.
UNCHANGED_WORDS = {"保留", "不变", "无", "继续保留"}
WRITTEN_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?")


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

    first_half = Column(None, "上半年检查", "上半年(检查|复核)?(情况|结果)?", free=True)
    second_half = Column(None, "下半年检查", "下半年(检查|复核)?(情况|结果)?", free=True)
    adjustment = Column(None, "调整情况", "(岗位|人员)?调整(情况|时间)?", free=True)

    class Meta:
        model = VanguardPost


@dataclass
class Plan:
    """What is to be written for one row."""

    organization: PartyOrganization
    people: list[Member] = field(default_factory=list)
    post: VanguardPost | None = None  # a stored one, None for a new one
    changes: list[tuple[Column, object]] = field(default_factory=list)
    reviews: list[tuple[Half, str, str]] = field(default_factory=list)  # half, result, findings
    adjustment: str = ""


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
            PostEvent(
                post=plan.post,
                kind=PostEvent.Kind.AWARDED,
                happened_on=plan.post.awarded_on,
                precision=plan.post.awarded_precision,
            )
            for plan in new
            if plan.post
        )
        journal.create(
            PostPledge(post=plan.post, promise=plan.post.pledge, started_on=plan.post.awarded_on)
            for plan in new
            if plan.post and plan.post.awarded_on and plan.post.pledge
        )
        journal.create(
            PostHolder(post=plan.post, member=member, started_on=plan.post.awarded_on)
            for plan in new
            if plan.post and plan.post.awarded_on
            for member in plan.people
        )
        self._change([plan for plan in plans if plan.changes and plan not in new], journal)
        journal.create(
            PostReview(
                post=plan.post, year=half.year, half=half.half, result=result, findings=findings
            )
            for plan in plans
            if plan.post
            for half, result, findings in plan.reviews
        )
        journal.create(_adjustment(plan.post, plan.adjustment) for plan in plans if plan.adjustment)

    @staticmethod
    def _change(plans: Sequence[Plan], journal: Journal) -> None:
        """Correct the pledge that holds now; a post without one gets it from its award on."""
        posts = [plan.post for plan in plans if plan.post]
        open_ = PostPledge.objects.filter(post__in=posts, ended_on=None)
        pledges = {pledge.post_id: pledge for pledge in open_}
        fresh = []
        for plan in plans:
            if plan.post is None or plan.post.awarded_on is None:
                continue
            journal.watch(plan.post)
            _put(plan)
            plan.post.version += 1
            pledge = pledges.get(plan.post.pk)
            if pledge is None:
                fresh.append(
                    PostPledge(
                        post=plan.post, promise=plan.post.pledge, started_on=plan.post.awarded_on
                    )
                )
            else:
                journal.watch(pledge)
                pledge.promise = plan.post.pledge
        journal.update(posts, ["pledge", "version"])
        journal.update(pledges.values(), ["promise"])
        journal.create(fresh)


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
        awarded = VanguardPost.objects.exclude(awarded_on=None)
        stored = awarded.prefetch_related("holders").select_related("organization")
        for post in stored:
            holders = frozenset(holder.member_id for holder in post.holders.all())
            day = partial_date(post.awarded_on, post.awarded_precision)
            self.posts[(post.organization_id, post.title, day, holders)] = post
        reviews = PostReview.objects.filter(kind=PostReview.Kind.REVIEW)
        self.reviewed = set(reviews.values_list("post", "year", "half"))
        told = PostEvent.objects.filter(kind=PostEvent.Kind.ADJUSTED)
        self.adjusted = set(told.values_list("post", "note"))

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
            self._read_life(row)
            return
        for column in self.columns:
            new, old = row.get(column.title), column.get_value(plan.post)
            if new is not None and new != old:
                plan.changes.append((column, new))
                row.differences.append(
                    (column.title, column.export(plan.post), column.widget.render(new))
                )
                row.outcome = CHANGED
        self._read_life(row)

    def _read_life(self, row: Row) -> None:
        """Take checks and adjustment from the row; what is recorded already stays as it is."""
        plan: Plan = row.plan
        key = plan.post.pk if plan.post else None
        now = Half.containing(self.as_of)
        for number, title in ((1, "上半年检查"), (2, "下半年检查")):
            said = row.get(title)
            half = Half(now.year, number)
            half = half if half <= now else Half(now.year - 1, number)
            if not said or (key, half.year, half.half) in self.reviewed:
                continue
            result = _result_of(said)
            if result is None:
                row.remark("WORD_UNKNOWN", f"“{title}”的“{said}”没有读懂，没有导入", NOTE)
                continue
            plan.reviews.append((half, result, "" if said == "合格" else f"台账记为{said}"[:300]))
            self._tell(row, title, said)
        said = (row.get("调整情况") or "")[:300]
        if said and said not in UNCHANGED_WORDS and (key, said) not in self.adjusted:
            plan.adjustment = said
            self._tell(row, "调整情况", said)

    @staticmethod
    def _tell(row: Row, title: str, said: str) -> None:
        """Say of a stored post what is added to it."""
        if row.outcome != CREATED:
            row.differences.append((title, "", said))
            row.outcome = CHANGED


def _result_of(said: str) -> str | None:
    return next((one for words, one in RESULT_WORDS.items() if re.fullmatch(words, said)), None)


def _adjustment(post: VanguardPost | None, said: str) -> PostEvent:
    """Return the event that a ledger tells of; its day is known only as far as it is written."""
    written = WRITTEN_DAY.search(said)
    day = parse_date(written[0]) if written else None
    known = day if isinstance(day, PartialDate) else None
    return PostEvent(
        post=post,
        kind=PostEvent.Kind.ADJUSTED,
        happened_on=known.date if known else None,
        precision=known.precision if known else "day",
        note=said,
    )


def _put(plan: Plan) -> None:
    for column, value in plan.changes:
        column.put(plan.post, value)


def _kind_of(title: str) -> str:
    if "责任区" in title:
        return Kind.RESPONSIBILITY
    return Kind.MODEL if "示范" in title else Kind.VANGUARD
