"""发展党员台账: people on their way into the party, one sheet per stage, their steps in columns.

What a row says is judged by the same rules as the pages: a broken time limit is imported with a
remark, because it has happened; an impossible order is refused.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from import_export.resources import Resource

from branches.models import PartyOrganization
from branches.queries.organizations import finder_in_scope
from members.imports.resources import BRANCH_PATTERN, DATE_WORD, parse_gender
from members.models import (
    DevelopmentCase,
    DevelopmentReview,
    DevelopmentSponsor,
    DevelopmentStep,
    Member,
    Membership,
)
from members.queries.development import facts_of, kinds_not_developing, suspended_spans
from members.queries.development_rules import (
    ACTIVIST,
    ADMISSION,
    APPLICATION,
    APPROVAL,
    CANDIDATE,
    CONFIRMATION,
    CONFIRMATION_APPROVAL,
    OATH,
    PRE_REVIEW,
    TALK,
    TRAINING,
    Facts,
    Level,
    Role,
    Rules,
    findings,
    impossible_order,
)
from members.services.development import STEP_TITLES
from members.services.roster import register_members
from partybuild import values
from partybuild.cells import (
    Column,
    NameWidget,
    ParsedWidget,
    PartialDateColumn,
    PartialDateWidget,
    number_of,
    partial_date,
)
from partybuild.imports import CHANGED, CREATED, NOTE, REJECT, WARN, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, clean_name, clean_text

SEPARATORS = re.compile("[;；,，、/\n]+")
BLANKS = re.compile(r"\s+")
SHORTEST_NAME = 2
MOST_HOURS = 1000
HOURS = re.compile("(个)?(学时|课时|小时)$")
# What somebody without a file is, by the place of the stage in STAGES; a member needs the roster.
NEW_CATEGORIES = (
    Member.Category.APPLICANT,
    Member.Category.ACTIVIST,
    Member.Category.CANDIDATE,
    Member.Category.CANDIDATE,
)


def parse_hours(value: object) -> Decimal | Problem | None:
    """Read hours of training such as 24, `40学时`; days are no hours."""
    said = values.squeeze(value)
    if said.endswith(("天", "日")):
        return Problem.NUMBER_TEXT
    found = values.parse_number(HOURS.sub("", said))
    if not isinstance(found, Decimal):
        return found
    return found.quantize(Decimal("0.1")) if 0 <= found < MOST_HOURS else Problem.NUMBER_TEXT


def parse_days(value: object) -> list[dt.date] | Problem | None:
    """Read a cell that lists days: `2025.06.06、2025.12.06`."""
    if values.is_blank(value):
        return None
    if not isinstance(value, str):
        found = values.parse_date(value)
        return [found.date] if isinstance(found, PartialDate) else found
    days = [values.parse_date(part) for part in re.split(r"[、；;，,\s]+", value.strip()) if part]
    read = [day for day in days if isinstance(day, PartialDate) and day.precision == "day"]
    return sorted({day.date for day in read}) if len(read) == len(days) else Problem.DATE_INVALID


def _day(title: str, pattern: str) -> Column:
    return Column(None, title, pattern, widget=PartialDateWidget())


def _count(title: str, pattern: str, under: str = "") -> Column:
    return Column(None, title, pattern, under=under, widget=ParsedWidget(number_of))


COUNTED = {
    "应到": "应到.*",
    "实到": "实到.*",
    "发出票": "发出(的)?(表决)?票(数)?",
    "收回票": "收回(的)?(表决)?票(数)?",
    "赞成": "(赞成|同意)(票|人)?(数)?",
    "反对": "(反对|不同意)(票|人)?(数)?",
    "弃权": "弃权(票|人)?(数)?",
    "书面意见": "书面意见(数|份数)?",
}


class DevelopmentResource(Resource):
    """发展党员台账."""

    branch = Column(None, "党支部", BRANCH_PATTERN)
    name = Column(None, "姓名", "(党员)?姓名", widget=NameWidget(), free=True)
    gender = Column("gender", "性别", "性别", widget=ParsedWidget(parse_gender))
    born = PartialDateColumn("born_on", "出生日期", f"(出生|生日){DATE_WORD}?")
    education = Column("education", "学历", "(最高)?学历|文化程度", free=True)
    confirmation_request = _day(
        "转正申请时间", f"转正(提出)?申请{DATE_WORD}|提出转正申请{DATE_WORD}?"
    )
    confirmation = _day(
        "转正大会时间", f"转正(支部)?(党员)?大会(通过|讨论|表决)?{DATE_WORD}|转正讨论{DATE_WORD}"
    )
    confirmation_approval = _day("转正审批时间", f"转正(上级)?(党委)?(审批|批准){DATE_WORD}")
    applied = _day(
        "递交申请书时间",
        f"(递交|提交)(入党)?申请书?{DATE_WORD}|申请入党{DATE_WORD}|入党申请{DATE_WORD}",
    )
    talk = _day("谈话时间", f"(派人)?谈话{DATE_WORD}")
    talker = Column(None, "谈话人", "(派人)?谈话人(姓名)?", free=True)
    activist = _day(
        "积极分子确定时间",
        f"(入党)?积极分子(支委会)?(确定|通过){DATE_WORD}|(确定)(为)?(入党)?积极分子{DATE_WORD}",
    )
    way = Column(None, "推荐方式", "(推荐|产生)方式", free=True)
    activist_filed = _day("积极分子备案时间", f"(入党)?积极分子(上级)?(党委)?备案{DATE_WORD}")
    mentors = Column(None, "培养联系人", "(入党)?培养联系人(姓名)?", free=True)
    reviews = Column(
        None,
        "半年考察时间",
        f"(每)?半年(一次)?考察{DATE_WORD}",
        widget=ParsedWidget(parse_days),
    )
    candidate = _day("发展对象确定时间", f"发展对象确定{DATE_WORD}|确定(为)?发展对象{DATE_WORD}")
    notice_from = _day("公示起", f"公示(起|开始|自)({DATE_WORD})?")
    notice_to = _day("公示止", f"公示(止|结束|至)({DATE_WORD})?")
    introducers = Column(None, "入党介绍人", "(入党)?介绍人(姓名)?", free=True)
    political_review = _day("政审时间", f"(政审|政治审查){DATE_WORD}")
    training = _day("培训时间", f"(集中)?培训{DATE_WORD}")
    hours = Column(None, "培训学时", "(集中)?培训学时", widget=ParsedWidget(parse_hours))
    committee_review = _day("支委会审查时间", f"(支委会|支部委员会)审查{DATE_WORD}")
    pre_review = _day("预审时间", f"(上级)?(党委)?预审{DATE_WORD}")
    admission = _day(
        "接收大会时间",
        f"(预备党员)?接收(预备党员)?(支部)?(党员)?大会(通过|讨论|表决)?{DATE_WORD}",
    )
    approval = _day(
        "接收审批时间", f"(预备党员)?接收(预备党员)?(上级)?(党委)?(审批|批准){DATE_WORD}"
    )
    oath = _day("宣誓时间", f"(入党)?宣誓{DATE_WORD}")
    confirmation_due = _count("转正应到", COUNTED["应到"], "转正.*")
    confirmation_present = _count("转正实到", COUNTED["实到"], "转正.*")
    confirmation_issued = _count("转正发出票", COUNTED["发出票"], "转正.*")
    confirmation_received = _count("转正收回票", COUNTED["收回票"], "转正.*")
    confirmation_yes = _count("转正赞成", COUNTED["赞成"], "转正.*")
    confirmation_no = _count("转正反对", COUNTED["反对"], "转正.*")
    confirmation_abstain = _count("转正弃权", COUNTED["弃权"], "转正.*")
    due = _count("应到", COUNTED["应到"])
    present = _count("实到", COUNTED["实到"])
    issued = _count("发出票", COUNTED["发出票"])
    received = _count("收回票", COUNTED["收回票"])
    yes = _count("赞成", COUNTED["赞成"])
    no = _count("反对", COUNTED["反对"])
    abstain = _count("弃权", COUNTED["弃权"])
    written = _count("书面意见", COUNTED["书面意见"])

    class Meta:
        model = Member


STEP_DAYS = {
    "递交申请书时间": APPLICATION,
    "谈话时间": TALK,
    "积极分子确定时间": ACTIVIST,
    "积极分子备案时间": "activist_filed",
    "发展对象确定时间": CANDIDATE,
    "政审时间": "political_review",
    "培训时间": TRAINING,
    "支委会审查时间": "committee_review",
    "预审时间": PRE_REVIEW,
    "接收大会时间": ADMISSION,
    "接收审批时间": APPROVAL,
    "宣誓时间": OATH,
    "转正申请时间": "confirmation_request",
    "转正大会时间": CONFIRMATION,
    "转正审批时间": CONFIRMATION_APPROVAL,
}
VOTES = {
    "应到": "due_voters",
    "实到": "present_voters",
    "发出票": "issued",
    "收回票": "received",
    "赞成": "yes",
    "反对": "no",
    "弃权": "abstain",
    "书面意见": "written_opinions",
}
SPONSORS = {"培养联系人": Role.MENTOR, "入党介绍人": Role.INTRODUCER}
PERSONAL = ("性别", "出生日期", "学历")


@dataclass
class Plan:
    """What a row says: whose case, which steps, reviews and sponsors; and what is stored of it."""

    organization: PartyOrganization
    member: Member | None = None
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    reviews: list[dt.date] = field(default_factory=list)
    keeps_reviews: bool = False
    sponsors: dict[str, list[DevelopmentSponsor]] = field(default_factory=dict)
    facts: Facts | None = None
    case: DevelopmentCase | None = None
    is_stale: bool = False


class DevelopmentLedgerIn(ImportTable):
    """发展党员台账: cases with their steps."""

    code = "development"
    title = "发展党员台账"
    hint = "一个阶段一张工作表，一人一行。先导入党员花名册。"
    permission = "members.import_roster"
    order = 5
    resource = DevelopmentResource
    required = ("姓名", "递交申请书时间")
    problems = {
        "": {Problem.DATE_INVALID: ("DATE_INVALID", REJECT)},
        **{
            title: {
                Problem.DATE_UNKNOWN: ("DATE_UNKNOWN", WARN),
                Problem.DATE_INVALID: ("DATE_INVALID", WARN),
            }
            for title in PERSONAL
        },
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        planner = _Planner(as_of)
        rows = [planner.read(sheet, row) for sheet, row in self.cleaned(sheets)]
        planner.judge(rows)
        return rows

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans = [row.plan for row in rows if not row.is_rejected and not row.plan.is_stale]
        _write_people([(row, row.plan) for row in rows if row.plan in plans], journal)
        _write_cases(plans, journal, as_of)
        _write_steps(plans, journal)
        _write_reviews(plans, journal)
        _write_sponsors(plans, journal)


class _Planner:
    """Reads rows into plans, finds people and stored cases, and judges."""

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self.rules = Rules()
        self.branches = finder_in_scope()
        self.people: dict[str, list[Member]] = defaultdict(list)
        for member in Member.objects.select_related("branch").order_by("pk"):
            self.people[member.name].append(member)
        self.cases: dict[int, DevelopmentCase] = {}
        stored = DevelopmentCase.objects.select_related("member", "organization")
        for case in sorted(stored, key=lambda one: (one.closed_on is None, one.pk)):
            self.cases[case.member_id] = case
        self.facts = facts_of(list(self.cases.values()))
        self.suspended = suspended_spans()

    # --- one row ---

    def read(self, sheet: DataSheet, row: Row) -> Row:
        name = row.get("姓名")
        row.label = name or ""
        if not name:
            row.reject("NAME_MISSING", "没有姓名")
        named = row.get("党支部") or ""
        found = self.branches.find(named)
        if found is None:
            row.reject("BRANCH_UNKNOWN", f"没有找到党支部“{named}”，或它不在本次导入的范围之内")
            return row
        if found.item.kind in kinds_not_developing(self.as_of):
            kind = found.item.get_kind_display()
            row.remark("DEV_TEMP_BRANCH", f"“{named}”是{kind}，一般不发展党员，请核对")
        row.plan = Plan(found.item)
        self._read_steps(row)
        if name and not row.is_rejected:
            self._find_person(row, name)
        if not row.is_rejected:
            self._read_sponsors(row)
            row.plan.reviews = row.get("半年考察时间") or []
            row.plan.keeps_reviews = sheet.has("半年考察时间")
            row.plan.facts = self._facts(row)
            self._refuse_order(row)
        return row

    def _read_steps(self, row: Row) -> None:
        plan: Plan = row.plan
        for title, code in STEP_DAYS.items():
            day: PartialDate | None = row.get(title)
            if day is None:
                continue
            if day.date > self.as_of:
                row.reject("DATE_FUTURE", f"“{title}”{day} 晚于 {self.as_of}")
            plan.steps[code] = {"done_on": day.date, "done_precision": day.precision}
        if not plan.steps and not row.is_rejected:
            row.reject("DATE_INVALID", "没有任何一步的日期")
        self._add(row, TALK, "note", row.get("谈话人"), "谈话人：{}")
        self._add(row, ACTIVIST, "note", row.get("推荐方式"), "{}")
        self._add(row, TRAINING, "hours", row.get("培训学时"))
        for title, column in (("公示起", "span_from"), ("公示止", "span_to")):
            day = row.get(title)
            self._add(row, CANDIDATE, column, day.date if day else None)
        for title, column in VOTES.items():
            self._add(row, ADMISSION, column, row.get(title))
            self._add(row, CONFIRMATION, column, row.get(f"转正{title}"))
        for code in (ADMISSION, CONFIRMATION):
            said = plan.steps.get(code, {})
            due, present = said.get("due_voters"), said.get("present_voters")
            if due is not None and present is not None and present > due:
                row.reject("ATT_GT_DUE", f"实到 {present} 人多于应到 {due} 人")

    def _add(self, row: Row, code: str, column: str, value: Any, shape: str = "") -> None:
        step = row.plan.steps.get(code)
        if step is not None and value is not None:
            step[column] = shape.format(value) if shape else value

    def _find_person(self, row: Row, name: str) -> None:
        plan: Plan = row.plan
        everybody = self.people.get(name, [])
        own = [one for one in everybody if one.branch_id == plan.organization.pk]
        chosen = own or everybody
        if len(chosen) > 1:
            row.reject("PERSON_AMBIGUOUS", f"“{name}”有 {len(chosen)} 人，分不清是谁，请补充说明")
        elif chosen:
            (plan.member,) = chosen
            if not own:
                row.remark(
                    "PERSON_BRANCH_MISMATCH",
                    f"“{name}”在“{plan.member.branch.label}”，按这一行写的支部导入，请核对",
                )
        elif ADMISSION in plan.steps:
            row.reject("PERSON_UNKNOWN", f"“{name}”不在党员花名册里，请先导入花名册")

    def _read_sponsors(self, row: Row) -> None:
        for title, role in SPONSORS.items():
            for name in self._names(row.record.get(title)):
                member = self._one_named(name, row.plan.organization)
                if member is None and name not in self.people:
                    row.remark("CONTACT_UNKNOWN", f"{title}“{name}”不在党员花名册里，只保存姓名")
                row.plan.sponsors.setdefault(role, []).append(
                    DevelopmentSponsor(role=role, name=name, member=member)
                )

    def _names(self, cell: object) -> list[str]:
        """Split a cell into names; blanks part names only where the whole is nobody's name."""
        names: list[str] = []
        for part in SEPARATORS.split(clean_text(cell)):
            whole = clean_name(part)
            apart = [clean_name(piece) for piece in BLANKS.split(part.strip())]
            several = len(apart) > 1 and min(map(len, apart)) >= SHORTEST_NAME
            names.extend(apart if several and whole not in self.people else [whole])
        return list(dict.fromkeys(one for one in names if one and not values.is_blank(one)))

    def _one_named(self, name: str, organization: PartyOrganization) -> Member | None:
        everybody = self.people.get(name, [])
        own = [one for one in everybody if one.branch_id == organization.pk]
        chosen = own or everybody
        return chosen[0] if len(chosen) == 1 else None

    def _facts(self, row: Row) -> Facts:
        """Return what is known once this row is in: what is stored, and what it says."""
        plan: Plan = row.plan
        plan.case = self._stored_case(plan)
        stored = self.facts[plan.case.pk] if plan.case else None
        steps = dict(stored.steps) if stored else {}
        for code, said in plan.steps.items():
            known = steps.get(code)
            steps[code] = DevelopmentStep(code=code, **({**_said(known)} if known else {}) | said)
        sponsors = list(stored.sponsors) if stored else []
        for role, named in plan.sponsors.items():
            sponsors = [one for one in sponsors if one.role != role] + named
        born: PartialDate | None = row.get("出生日期")
        kept_since = plan.case.reviews_kept_since if plan.case else None
        if plan.case is None and not plan.keeps_reviews and ACTIVIST in steps:
            kept_since = self.as_of
        return Facts(
            place=plan.organization.path,
            steps=steps,
            born_on=born.date if born else (plan.member.born_on if plan.member else None),
            reviews=sorted({*(stored.reviews if stored else ()), *plan.reviews}),
            sponsors=sponsors,
            reviews_kept_since=kept_since,
            extended_until=stored.extended_until if stored else None,
            leaving_on=stored.leaving_on if stored else None,
            is_closed=CONFIRMATION_APPROVAL in steps or bool(stored and stored.is_closed),
            suspended=self.suspended,
        )

    def _stored_case(self, plan: Plan) -> DevelopmentCase | None:
        """Return the case a row speaks of: not one that was ended before another application."""
        case = self.cases.get(plan.member.pk) if plan.member else None
        if case is None or case.outcome in ("", DevelopmentCase.Outcome.CONFIRMED):
            return case
        applied = self.facts[case.pk].done(APPLICATION)
        said = plan.steps.get(APPLICATION, {}).get("done_on")
        return case if applied is None or applied.done_on == said else None

    def _refuse_order(self, row: Row) -> None:
        for _, reason in impossible_order(row.plan.facts, self.rules, self.as_of):
            row.reject("DEV_ORDER", f"{reason}，顺序不可能")
            return

    # --- rows among one another ---

    def judge(self, rows: Sequence[Row]) -> None:
        furthest: dict[object, Row] = {}
        for row in rows:
            if row.is_rejected:
                continue
            first = furthest.get(self._key(row))
            if first is None or self._stage(first) < self._stage(row):
                furthest[self._key(row)] = row
        for row in rows:
            if row.is_rejected:
                continue
            best = furthest[self._key(row)]
            if best is not row and self._stage(best) == self._stage(row):
                row.reject(
                    "DUP_ENTRY", f"与{best.record.sheet}第 {best.record.number} 行是同一个人"
                )
            elif best is not row:
                row.plan.is_stale = True
                row.remark("STALE_STAGE", f"“{row.label}”也在后面的阶段里，以后面的为准，只算一次")
            else:
                self._judge_one(row)

    def _key(self, row: Row) -> object:
        plan: Plan = row.plan
        return plan.member.pk if plan.member else (plan.organization.pk, row.label)

    def _stage(self, row: Row) -> int:
        plan: Plan = row.plan
        return Facts(
            place="", steps={code: DevelopmentStep(code=code) for code in plan.steps}
        ).stage()

    def _judge_one(self, row: Row) -> None:
        plan: Plan = row.plan
        if plan.facts is None:
            return
        for finding in findings(plan.facts, self.as_of, self.rules):
            level = NOTE if finding.level == Level.UNKNOWN else WARN
            cite = f"（{finding.cite}）" if finding.cite else ""
            row.remark(finding.code, f"{finding.text}{cite}", level)
        self._check_joined(row)
        row.outcome = CREATED if plan.case is None else row.outcome
        if plan.case is not None:
            row.differences = list(self._differences(plan))
            row.outcome = CHANGED if row.differences else row.outcome

    def _check_joined(self, row: Row) -> None:
        plan: Plan = row.plan
        meeting: PartialDate | None = row.get("接收大会时间")
        member = plan.member
        joined = partial_date(member.joined_on, member.joined_precision) if member else None
        if meeting and joined and not meeting.may_be(joined):
            row.remark("JOIN_MISMATCH", f"支部大会 {meeting}，花名册入党时间 {joined}，请核对")

    def _differences(self, plan: Plan) -> Iterator[tuple[str, str, str]]:
        stored = self.facts[plan.case.pk] if plan.case else None
        for code, said in plan.steps.items():
            known = stored.steps.get(code) if stored else None
            for column, new in said.items():
                old = getattr(known, column) if known else None
                title = STEP_TITLES[column]
                if old != new:
                    yield f"{self._step_name(code)}：{title}", _text(old), _text(new)
        added = set(plan.reviews) - set(stored.reviews if stored else ())
        if added:
            yield "半年考察", "", "、".join(map(str, sorted(added)))
        for role, named in plan.sponsors.items():
            now = [one.name for one in stored.sponsors if one.role == role] if stored else []
            if now != [one.name for one in named]:
                yield (
                    str(Role(role).label),
                    "、".join(now),
                    "、".join(one.name for one in named),
                )

    def _step_name(self, code: str) -> str:
        edition = self.rules.on(self.as_of)
        rule = edition.step(code) if edition else None
        return rule.name if rule else code


def _said(step: DevelopmentStep) -> dict[str, Any]:
    kept = {"id", "case_id", "code"}
    return {
        column.attname: getattr(step, column.attname)
        for column in step._meta.concrete_fields
        if column.attname not in kept
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


# --- writing -----------------------------------------------------------------------------------


def _write_people(rows: Iterable[tuple[Row, Plan]], journal: Journal) -> None:
    """Open files for those who have none, with the branch that trains them."""
    opened = []
    for row, plan in rows:
        if plan.member is not None or plan.facts is None:
            continue
        born: PartialDate | None = row.get("出生日期")
        applied = plan.steps.get(APPLICATION, {})
        plan.member = Member(
            branch=plan.organization,
            name=row.get("姓名"),
            gender=row.get("性别") or "",
            education=row.get("学历") or "",
            born_on=born.date if born else None,
            born_precision=born.precision if born else "day",
            category=NEW_CATEGORIES[plan.facts.stage()],
            applied_on=applied.get("done_on"),
            applied_precision=applied.get("done_precision", "day"),
        )
        opened.append(plan)
    register_members([plan.member for plan in opened if plan.member], journal)
    journal.create(
        Membership(
            member=plan.member,
            organization=plan.organization,
            kind=Membership.Kind.DEVELOPMENT,
            started_on=plan.member.applied_on if plan.member else None,
        )
        for plan in opened
    )


def _write_cases(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    new, changed = [], []
    for plan in plans:
        ended = plan.steps.get(CONFIRMATION_APPROVAL)
        if plan.case is None:
            plan.case = DevelopmentCase(
                member=plan.member,
                organization=plan.organization,
                opened_on=min(said["done_on"] for said in plan.steps.values()),
                reviews_kept_since=plan.facts.reviews_kept_since if plan.facts else None,
            )
            new.append(plan.case)
        elif ended and plan.case.closed_on is None:
            journal.watch(plan.case)
            plan.case.version += 1
            changed.append(plan.case)
        if ended and plan.case.closed_on is None:
            plan.case.closed_on = ended["done_on"]
            plan.case.outcome = DevelopmentCase.Outcome.CONFIRMED
    journal.create(new)
    journal.update(changed, ["closed_on", "outcome", "version"])


def _write_steps(plans: Sequence[Plan], journal: Journal) -> None:
    keys = [plan.case.pk for plan in plans if plan.case]
    stored = {
        (step.case_id, step.code): step for step in DevelopmentStep.objects.filter(case__in=keys)
    }
    new, changed = [], []
    columns: set[str] = set()
    for plan in plans:
        for code, said in plan.steps.items():
            step = stored.get((plan.case.pk, code)) if plan.case else None
            if step is None:
                new.append(DevelopmentStep(case=plan.case, code=code, **said))
            elif any(getattr(step, column) != value for column, value in said.items()):
                journal.watch(step)
                for column, value in said.items():
                    setattr(step, column, value)
                columns |= said.keys()
                changed.append(step)
    journal.create(new)
    journal.update(changed, sorted(columns))


def _write_reviews(plans: Sequence[Plan], journal: Journal) -> None:
    keys = [plan.case.pk for plan in plans if plan.case]
    known = set(DevelopmentReview.objects.filter(case__in=keys).values_list("case", "reviewed_on"))
    journal.create(
        DevelopmentReview(case=plan.case, reviewed_on=day)
        for plan in plans
        for day in plan.reviews
        if plan.case and (plan.case.pk, day) not in known
    )


def _write_sponsors(plans: Sequence[Plan], journal: Journal) -> None:
    """Name who is not named yet; whoever is named already stays."""
    keys = [plan.case.pk for plan in plans if plan.case]
    known = set(
        DevelopmentSponsor.objects.filter(case__in=keys).values_list("case", "role", "name")
    )
    new = []
    for plan in plans:
        for role, named in plan.sponsors.items():
            for sponsor in named:
                if plan.case and (plan.case.pk, role, sponsor.name) not in known:
                    sponsor.case = plan.case
                    new.append(sponsor)
    journal.create(new)
