"""党费收缴台账: a year of dues, people in rows, months in columns, with base, rate and amount."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from import_export.resources import Resource
from import_export.widgets import Widget

from branches.models import PartyOrganization
from branches.queries.kinds import kinds_without
from branches.queries.organizations import finder_in_scope
from members.imports.resources import BRANCH_PATTERN
from members.models import DuesPayment, DuesStanding, Member, Membership
from members.queries.amounts import AmountProblem, is_exempt_word, parse_amount
from members.queries.dues import formal_memberships, last_run, read_person
from members.queries.dues_rules import RULE, Assessment, DuesRefused, assess, percent
from partybuild.cells import Column, NameWidget, TextWidget
from partybuild.imports import CHANGED, CREATED, REJECT, ImportTable, Row
from partybuild.journal import Journal
from partybuild.periods import add_months
from partybuild.regulations import NoRegulation, Regulation, RuleBook
from partybuild.sheets import DataSheet, Required, year_of

Payer, Relief, Kind = DuesStanding.PayerClass, DuesStanding.Relief, DuesPayment.Kind
ZERO, RATE = Decimal("0.00"), Decimal("0.0001")
RETIRED = re.compile("离退休|退休|离休")
MONTHS = tuple(f"{month}月" for month in range(1, 13))
CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
# Whoever owes as little as this pays a fixed amount.
FIXED_MOST = Decimal("0.20")
EXEMPT_REASON = "台账记为免交，待补登研究和批准日期"


class AmountWidget(Widget):
    """What stands in a cell of money; it is judged with the whole row."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class DuesResource(Resource):
    """党费收缴台账."""

    branch = Column(None, "所在党支部", BRANCH_PATTERN)
    name = Column(None, "姓名", "(党员)?(姓名|名字)", widget=NameWidget(), free=True)
    base = Column(
        None, "缴费基数", "(月)?(党费)?(缴费|缴纳|交纳|核算|计算)?基数", widget=AmountWidget()
    )
    due = Column(
        None,
        "月应缴",
        "(每)?月?应(缴|交)(党费|金额|数额?|标准)?",
        widget=AmountWidget(),
    )
    total = Column(
        None, "全年合计", "(全年|年度|本年)?(实缴|实交)?(合计|总计)", widget=AmountWidget()
    )
    note = Column("note", "备注", "备注|说明", widget=TextWidget(), free=True)

    class Meta:
        model = DuesPayment


for _at, _title in enumerate(MONTHS, 1):
    DuesResource.fields[_title] = Column(
        None,
        _title,
        f"({_at}|0{_at}|{CHINESE_MONTHS[_at - 1]})月(份)?(实缴|实交|缴费)?",
        widget=AmountWidget(),
    )


@dataclass
class Plan:
    """What is to be written for one row: the standings, and what each month is to hold."""

    member: Member
    organization: PartyOrganization
    standings: list[DuesStanding] = field(default_factory=list)
    cells: dict[tuple[dt.date, str], Decimal] = field(default_factory=dict)
    note: str = ""


class Dues(ImportTable):
    """党费收缴台账: what everybody owes a month, and what was paid in each month of a year."""

    code = "dues"
    title = "党费收缴台账"
    hint = "一人一行，1 月到 12 月各一列。先导入党员花名册。空白、未缴、0 都当作没有缴。"
    permission = "members.import_roster"
    order = 4
    resource = DuesResource
    required: ClassVar[Required] = ("姓名", "1月", "12月")

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        planner = Planner(sheets, as_of)
        return [planner.plan(sheet, row) for sheet, row in self.cleaned(sheets)]

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        _write_standings(plans, journal)
        _write_payments(plans, journal)


class Planner:
    """Finds branch, person and year of each row, judges its money, compares with what is stored."""

    def __init__(self, sheets: Sequence[DataSheet], as_of: dt.date) -> None:
        self.as_of = as_of
        self.branches = finder_in_scope()
        self.book = RuleBook(RULE)
        self.years = {sheet.name: year_of(sheet) for sheet in sheets}
        years = [year for year in self.years.values() if year]
        self.start = dt.date(min(years, default=as_of.year), 1, 1)
        self.end = dt.date(max(years, default=as_of.year), 12, 1)
        self.people: dict[str, list[Member]] = defaultdict(list)
        for member in Member.objects.select_related("branch"):
            self.people[member.name].append(member)
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        for membership in formal_memberships(self.start, self.end):
            self.memberships[membership.member_id].append(membership)
        self.read_stored(self.start, self.end)
        self.seen: dict[tuple[int, int, int], Row] = {}

    def read_stored(self, start: dt.date, end: dt.date) -> None:
        """Read what is stored of these months."""
        self.stored = _stored_cells(start, end)
        self.standings = _stored_standings(start)

    def plan(self, sheet: DataSheet, row: Row) -> Row:
        row.label = row.get("姓名") or ""
        year = self.years[sheet.name]
        if year is None:
            row.reject("YEAR_UNKNOWN", "表头和标题里没有写是哪一年的党费，例如“2025年”")
            return row
        paid = self._money(row)
        self.find(row)
        if row.is_rejected:
            return row
        self._judge(row, sheet, year, paid)
        return row

    # --- the cells ---

    def _money(self, row: Row) -> dict[int, Decimal]:
        """Read the months; what is no amount rejects the row. Exempt months are left out."""
        paid: dict[int, Decimal] = {}
        for month, title in enumerate(MONTHS, 1):
            amount = amount_in(row, title)
            if amount:
                paid[month] = amount
        for title in ("缴费基数", "月应缴"):
            amount_in(row, title)
        return paid

    # --- who ---

    def find(self, row: Row) -> None:
        named, name = row.get("所在党支部") or row.get("所属党支部") or "", row.get("姓名")
        found = self.branches.find(named)
        if not name:
            row.reject("NAME_MISSING", "没有姓名")
        if found is None:
            row.reject("BRANCH_UNKNOWN", f"没有找到党支部“{named}”，或它不在本次导入的范围之内")
        if not name or found is None:
            return
        everybody = self.people.get(name, [])
        own = [member for member in everybody if member.branch.path.startswith(found.item.path)]
        chosen = self.choose(row, everybody, own)
        if not chosen:
            row.reject("PERSON_UNKNOWN", f"“{name}”不在党员花名册里")
        elif len(chosen) > 1:
            row.reject("PERSON_AMBIGUOUS", f"“{name}”有 {len(chosen)} 人，分不清是谁，请补充说明")
        else:
            self._check_place(row, chosen[0], found.item)

    def choose(self, row: Row, everybody: list[Member], own: list[Member]) -> list[Member]:
        """Return who may be meant: those of the branch, else everybody of the name."""
        return own or everybody

    def _check_place(self, row: Row, member: Member, place: PartyOrganization) -> None:
        row.plan = Plan(member, place, note=row.get("备注") or "")
        rule = self.book.on(self.as_of, place=place.path)
        if place.kind in kinds_without("dues", on=self.as_of):
            row.remark(
                "DUE_TEMP_BRANCH",
                f"{place.label}是{place.get_kind_display()}，不收缴党费；“{member.name}”的正式组织关系在“{member.branch.label}”",
            )
        elif not member.branch.path.startswith(place.path):
            row.remark(
                "PERSON_BRANCH_MISMATCH",
                f"“{member.name}”在“{member.branch.label}”，按这一行写的支部导入，请核对（{rule.sources['place']}）",
            )

    # --- the money ---

    def _judge(self, row: Row, sheet: DataSheet, year: int, paid: dict[int, Decimal]) -> None:
        plan: Plan = row.plan
        key = (plan.organization.pk, plan.member.pk, year)
        if key in self.seen:
            first = self.seen[key].record
            row.reject("DUP_ENTRY", f"与{first.sheet}第 {first.number} 行是同一个人，没有重复导入")
            return
        self.seen[key] = row
        assessed = self._assess(row, sheet, year)
        if assessed is None:
            return
        assessment, rule, payer, base = assessed
        due = amount_in(row, "月应缴")
        if due is None:
            due = assessment.amount
        elif due != assessment.amount:
            row.remark(
                "DUE_RATE",
                f"写的月应缴 {due} 元，按规定应是 {assessment.amount} 元"
                f"（{percent(assessment.rate) or '定额'}，{assessment.citation}）",
            )
        plan.standings = self._standings(row, year, payer, base, due, assessment)
        ordinary, big = self._parts(row, year, paid, rule)
        for month, amount in ordinary.items():
            plan.cells[dt.date(year, month, 1), Kind.ORDINARY] = amount
        for month, amount in big.items():
            plan.cells[dt.date(year, month, 1), Kind.BIG] = amount
        self._check_total(row, paid)
        self._compare(row)

    def _assess(
        self, row: Row, sheet: DataSheet, year: int
    ) -> tuple[Assessment, Regulation, str, Decimal | None] | None:
        plan: Plan = row.plan
        base, due = amount_in(row, "缴费基数"), amount_in(row, "月应缴")
        payer = Payer.MONTHLY_SALARY
        if RETIRED.search(" ".join([sheet.name, *sheet.above])):
            payer = Payer.RETIRED
        elif base is None and due is not None and due <= FIXED_MOST:
            payer = Payer.STUDENT
        try:
            rule = self.book.on(dt.date(year, 1, 1), place=plan.organization.path)
            if is_exempt_word(row.record.get("缴费基数")):
                cite = rule.sources["relief"]
                return Assessment(None, ZERO, cite, rule.in_force_from), rule, payer, None
            return assess(rule, base, payer), rule, payer, base
        except NoRegulation:
            row.reject("YEAR_UNKNOWN", "2008 年 4 月以前的党费不在这里登记")
        except DuesRefused:
            row.reject("BASE_MISSING", "没有缴费基数，算不出应缴多少")
        return None

    def _standings(
        self,
        row: Row,
        year: int,
        payer: str,
        base: Decimal | None,
        due: Decimal,
        assessment: Assessment,
    ) -> list[DuesStanding]:
        """Return the standings of the year: one, or several where some months are exempt."""
        plan: Plan = row.plan
        wholly = is_exempt_word(row.record.get("缴费基数"))
        exempt = [wholly or is_exempt_word(row.record.get(title)) for title in MONTHS]
        rate = assessment.rate and assessment.rate.quantize(RATE)
        standings: list[DuesStanding] = []
        for month, is_exempt in enumerate(exempt, 1):
            if standings and is_exempt == bool(standings[-1].relief):
                continue
            standing = DuesStanding(
                member=plan.member,
                payer_class=payer,
                base="" if base is None else str(base),
                rate=rate,
                amount=due,
                rule=assessment.citation,
                rule_since=assessment.in_force_from,
                started_on=dt.date(year, month, 1),
                relief=Relief.EXEMPT if is_exempt else "",
                reason=(plan.note or EXEMPT_REASON) if is_exempt else "",
            )
            if standings:
                standings[-1].ended_on = standing.started_on
            standings.append(standing)
        return standings

    def _parts(
        self, row: Row, year: int, paid: dict[int, Decimal], rule: Regulation
    ) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
        """Part what was paid into dues and big voluntary payments; say what is owed or too much."""
        plan: Plan = row.plan
        read = self._read(plan, year, paid)
        owed = [reading for reading in read if reading.due > reading.settled]
        due = sum((reading.due for reading in read), ZERO)
        difference = sum(paid.values(), ZERO) - due
        big: dict[int, Decimal] = {}
        least = Decimal(rule.values["big"]["amount"])
        for reading in read:
            beyond = reading.paid - reading.due
            if difference >= least and beyond >= least:
                big[reading.month.month] = min(beyond, difference)
                row.remark(
                    "DUE_BIG",
                    f"{reading.month.month}月一次性多交 {beyond} 元，应全部上缴中央（{rule.sources['big']}），"
                    "另记一笔",
                )
        if difference > 0:
            row.remark("DUE_DIFF", f"全年实缴比应缴多 {difference} 元")
        elif difference < 0:
            row.remark("DUE_DIFF", f"全年实缴比应缴少 {-difference} 元，欠 {len(owed)} 个月")
        run = last_run(read)
        if len(run) >= rule.values["arrears"]["decide"]:
            row.remark(
                "DUE_SIX",
                f"连续 {len(run)} 个月没有缴，请支部查明有没有正当理由（{rule.sources['arrears']}）；"
                "导入不改变任何人的党籍",
            )
        ordinary = {month: amount - big.get(month, ZERO) for month, amount in paid.items()}
        return {month: amount for month, amount in ordinary.items() if amount}, big

    def _read(self, plan: Plan, year: int, paid: dict[int, Decimal]) -> list[Any]:
        """Read the year as if written; somebody of another branch is judged by that membership."""
        spans = [(m.started_on, m.ended_on) for m in self.memberships[plan.member.pk]]
        if not any(start is None or start <= dt.date(year, 12, 31) for start, _ in spans):
            spans = [(None, None)]  # the roster knows no earlier membership, the sheet does
        months = [dt.date(year, month, 1) for month in range(1, 13)]
        booked = {dt.date(year, month, 1): amount for month, amount in paid.items()}
        standings = list(reversed(plan.standings))
        return read_person(plan.member, spans, standings, booked, months, add_months(months[-1], 1))

    @staticmethod
    def _check_total(row: Row, paid: dict[int, Decimal]) -> None:
        if "全年合计" not in row.record.cells:
            return
        written = amount_in(row, "全年合计", quietly=True)
        total = sum(paid.values(), ZERO)
        if written is not None and written != total:
            row.remark(
                "TOTAL_MISMATCH", f"写的全年合计 {written} 元，各月相加是 {total} 元，按各月导入"
            )

    # --- what is stored ---

    def _compare(self, row: Row) -> None:
        plan: Plan = row.plan
        place, member = plan.organization.pk, plan.member.pk
        known = False
        for (month, kind), amount in sorted(plan.cells.items()):
            old = self.stored.get((place, member, month, kind))
            known = known or old is not None
            if old != amount:
                row.differences.append((f"{month:%Y-%m}", str(old or ""), str(amount)))
        for standing in plan.standings:
            old_standing = self.standings.get((member, standing.started_on))
            known = known or old_standing is not None
            if old_standing is None or facts_of(old_standing) != facts_of(standing):
                former = str(old_standing.amount) if old_standing else ""
                row.differences.append(("月应缴", former, str(standing.amount)))
        if not known:
            row.outcome, row.differences = CREATED, []
        elif row.differences:
            row.outcome = CHANGED


def amount_in(row: Row, title: str, *, quietly: bool = False) -> Decimal | None:
    """Read a cell of money; what is none rejects the row unless read quietly."""
    cell = row.record.get(title)
    if is_exempt_word(cell):
        return None
    try:
        return parse_amount(_to_cents(cell))
    except AmountProblem as problem:
        if not quietly:
            negative = "负数" in str(problem)
            code = "AMOUNT_NEGATIVE" if negative else "AMOUNT_TEXT"
            row.remark(code, f"“{title}”{problem}", REJECT)
        return None


def _to_cents(cell: Any) -> Any:
    """Drop the dust that a spreadsheet's arithmetic leaves behind the cents: 30.099999999999998."""
    return f"{cell:.2f}" if isinstance(cell, float) else cell


def facts_of(standing: DuesStanding) -> tuple[Any, ...]:
    return (standing.payer_class, standing.base, standing.amount, standing.relief)


def _stored_cells(start: dt.date, end: dt.date) -> dict[tuple[int, int, dt.date, str], Decimal]:
    rows = DuesPayment.objects.filter(month__range=(start, end)).order_by("pk")
    return {
        (place, member, month, kind): amount
        for place, member, month, kind, amount in rows.values_list(
            "organization", "member", "month", "kind", "amount"
        )
    }


def _stored_standings(start: dt.date) -> dict[tuple[int, dt.date], DuesStanding]:
    rows = DuesStanding.objects.filter(started_on__gte=start)
    return {(row.member_id, row.started_on): row for row in rows}


# --- writing ---------------------------------------------------------------------------------


def _write_standings(plans: Iterable[Plan], journal: Journal) -> None:
    wanted = {
        (standing.member_id, standing.started_on): standing
        for plan in plans
        for standing in plan.standings
    }
    members = {member for member, _ in wanted}
    stored: dict[int, dict[dt.date, DuesStanding]] = defaultdict(dict)
    for row in DuesStanding.objects.filter(member__in=members):
        stored[row.member_id][row.started_on] = row
    new, changed = [], []
    for (member, started_on), standing in wanted.items():
        old = stored[member].get(started_on)
        if old is None:
            new.append(standing)
        elif facts_of(old) != facts_of(standing):
            journal.watch(old)
            for name in FIXED:
                setattr(old, name, getattr(standing, name))
            old.version += 1
            changed.append(old)
    journal.update(changed, [*FIXED, "version"])
    _close(new, stored, journal)
    journal.create(new)


FIXED = ("payer_class", "base", "rate", "amount", "rule", "rule_since", "relief", "reason")


def _close(
    new: Iterable[DuesStanding],
    stored: dict[int, dict[dt.date, DuesStanding]],
    journal: Journal,
) -> None:
    """Let new standings end where a stored one begins, and former ones where a new one does."""
    shortened: dict[int, DuesStanding] = {}
    for standing in new:
        for since, other in stored[standing.member_id].items():
            if since > standing.started_on:
                ends = [end for end in (standing.ended_on, since) if end]
                standing.ended_on = min(ends)
            elif other.ended_on is None or other.ended_on > standing.started_on:
                journal.watch(other)
                other.ended_on = standing.started_on
                other.version += 1
                shortened[other.pk] = other
    journal.update(list(shortened.values()), ["ended_on", "version"])


def _write_payments(plans: Sequence[Plan], journal: Journal) -> None:
    members = {plan.member.pk for plan in plans}
    months = {month for plan in plans for month, _ in plan.cells}
    rows = DuesPayment.objects.filter(member__in=members, month__in=months)
    stored = {(row.organization_id, row.member_id, row.month, row.kind): row for row in rows}
    new, changed = [], []
    for plan in plans:
        for (month, kind), amount in plan.cells.items():
            old = stored.get((plan.organization.pk, plan.member.pk, month, kind))
            if old is None:
                new.append(
                    DuesPayment(
                        organization=plan.organization,
                        member=plan.member,
                        month=month,
                        kind=kind,
                        amount=amount,
                        note=plan.note if kind == Kind.BIG else "",
                    )
                )
            elif old.amount != amount:
                journal.watch(old)
                old.amount = amount
                old.version += 1
                changed.append(old)
    journal.create(new)
    journal.update(changed, ["amount", "version"])
