"""党费收缴月表: one month of dues, one person a row, as a branch hands it in month by month.

Which month it is says the title or the name of the sheet; a file that does not say it is of the
month of the day for which it is imported. What somebody owes holds from that month on.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from import_export.resources import Resource

from members.imports.dues import (
    CHINESE_MONTHS,
    EXEMPT_REASON,
    FIXED_MOST,
    RATE,
    RETIRED,
    ZERO,
    AmountWidget,
    Dues,
    Kind,
    Payer,
    Plan,
    Planner,
    Relief,
    amount_in,
    facts_of,
)
from members.imports.resources import BRANCH_PATTERN, IdNumberWidget
from members.models import DuesPayment, DuesStanding, Member
from members.queries.amounts import is_exempt_word
from members.queries.dues import standing_in
from members.queries.dues_rules import Assessment, DuesRefused, assess, percent
from members.queries.files import id_number_index
from partybuild.cells import Column, NameWidget, TextWidget
from partybuild.imports import CHANGED, CREATED, NOTE, WARN, Row
from partybuild.regulations import NoRegulation, Regulation
from partybuild.sheets import FILLED_IN, DataSheet, year_of
from partybuild.values import IdNumber, Problem, squeeze

MONTHS_IN_YEAR = 12
WHOLE = re.compile(r"(20\d\d)(?:年|[-./])(\d{1,2})(?:月|$|(?=\D))")
ALONE = re.compile(rf"(\d{{1,2}}|{'|'.join(sorted(CHINESE_MONTHS, key=len, reverse=True))})月")


class MonthlyDuesResource(Resource):
    """党费收缴月表."""

    branch = Column(None, "所属党支部", BRANCH_PATTERN)
    name = Column(None, "姓名", "(党员)?(姓名|名字)", widget=NameWidget(), free=True)
    id_number = Column(
        None, "身份证号", "(公民)?身份证(件)?(号码?)?|身份号码", widget=IdNumberWidget()
    )
    base = Column(
        None, "核算基数", "(月)?(党费)?(缴费|缴纳|交纳|核算|计算)?基数", widget=AmountWidget()
    )
    due = Column(
        None, "应交金额", "(本|每)?月?应(缴|交)(党费|金额|数额?|标准)?", widget=AmountWidget()
    )
    paid = Column(None, "实交金额", "(本)?月?实(缴|交)(党费|金额|数额?)?", widget=AmountWidget())
    note = Column("note", "备注", "备注|说明", widget=TextWidget(), free=True)

    class Meta:
        model = DuesPayment


class MonthlyDues(Dues):
    """党费收缴月表: what was due and paid in one month."""

    code = "dues_month"
    also = ("monthly_dues",)
    title = "党费收缴月表"
    hint = "一人一行，一张表一个月；标题或工作表名里写明年月，没有写的按“以哪天为准”的那个月。"
    resource = MonthlyDuesResource
    required = ("姓名", "实交金额")
    problems = {
        "身份证号": {one: (f"ID_{one.name}", WARN) for one in Problem if one.name.startswith("ID")}
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        planner = _MonthPlanner(sheets, as_of)
        return [planner.plan(sheet, row) for sheet, row in self.cleaned(sheets)]


def month_of(sheet: DataSheet) -> dt.date | None:
    """Return the month that the titles or the name of a sheet speak of, None without one."""
    texts = [FILLED_IN.sub("", squeeze(text)) for text in (*sheet.above, sheet.name)]
    for text in texts:
        found = WHOLE.search(text)
        if found and 1 <= int(found[2]) <= MONTHS_IN_YEAR:
            return dt.date(int(found[1]), int(found[2]), 1)
    year = year_of(sheet)
    for text in texts:
        alone = ALONE.search(text)
        if year is None or alone is None:
            continue
        said = alone[1]
        month = int(said) if said.isdecimal() else CHINESE_MONTHS.index(said) + 1
        if 1 <= month <= MONTHS_IN_YEAR:
            return dt.date(year, month, 1)
    return None


class _MonthPlanner(Planner):
    """Finds people by number or name, and compares one month with what is stored."""

    def __init__(self, sheets: Sequence[DataSheet], as_of: dt.date) -> None:
        super().__init__(sheets, as_of)
        said = {sheet.name: month_of(sheet) for sheet in sheets}
        self.said = {name for name, month in said.items() if month}
        self.months = {name: month or as_of.replace(day=1) for name, month in said.items()}
        self.read_stored(min(self.months.values()), max(self.months.values()))
        self.by_number = {
            member.id_number_index: member
            for people in self.people.values()
            for member in people
            if member.id_number_index
        }
        self.holding: dict[int, list[DuesStanding]] = defaultdict(list)
        for standing in DuesStanding.objects.order_by("-started_on"):
            self.holding[standing.member_id].append(standing)
        self.seen_months: dict[tuple[int, int, dt.date], Row] = {}

    def plan(self, sheet: DataSheet, row: Row) -> Row:
        row.label = row.get("姓名") or ""
        month = self.months[sheet.name]
        if sheet.name not in self.said:
            row.remark("MONTH_ASSUMED", f"没有写是哪个月，记到 {month:%Y-%m}", NOTE)
        if month > self.as_of:
            row.reject("DATE_FUTURE", f"{month:%Y-%m} 晚于 {self.as_of}")
        paid = amount_in(row, "实交金额")
        for title in ("核算基数", "应交金额"):
            amount_in(row, title)
        if not row.is_rejected:
            self.find(row)
        if not row.is_rejected:
            self._judge_month(row, sheet, month, paid)
        return row

    def choose(self, row: Row, everybody: list[Member], own: list[Member]) -> list[Member]:
        """Take who has the number, if that person has the name as well."""
        number = row.get("身份证号")
        if isinstance(number, IdNumber):
            known = self.by_number.get(id_number_index(number.text) or "")
            if known is not None and known in everybody:
                return [known]
        return super().choose(row, everybody, own)

    def _judge_month(
        self, row: Row, sheet: DataSheet, month: dt.date, paid: Decimal | None
    ) -> None:
        plan: Plan = row.plan
        key = (plan.organization.pk, plan.member.pk, month)
        if key in self.seen_months:
            first = self.seen_months[key].record
            row.reject("DUP_ENTRY", f"与{first.sheet}第 {first.number} 行是同一个人，没有重复导入")
            return
        self.seen_months[key] = row
        try:
            rule = self.book.on(month, place=plan.organization.path)
        except NoRegulation:
            row.reject("YEAR_UNKNOWN", "2008 年 4 月以前的党费不在这里登记")
            return
        holds = standing_in(self.holding[plan.member.pk], month)
        standing = self._standing(row, sheet, month, rule, holds)
        if standing is not None:
            plan.standings = [standing]
        now = standing or holds
        self._part_month(row, month, paid or ZERO, now, rule)
        self._compare_month(row, holds)

    def _standing(
        self,
        row: Row,
        sheet: DataSheet,
        month: dt.date,
        rule: Regulation,
        holds: DuesStanding | None,
    ) -> DuesStanding | None:
        """Return what holds from this month on, None when the sheet says nothing new."""
        plan: Plan = row.plan
        base, due = amount_in(row, "核算基数"), amount_in(row, "应交金额")
        exempt = any(is_exempt_word(row.record.get(one)) for one in MONEY)
        if base is None and not exempt and (holds is not None or due is None):
            if holds is not None and due not in (None, holds.due):
                row.remark("DUE_RATE", f"写的应交 {due} 元，核定的是 {holds.due} 元")
            return None
        payer = self._payer(sheet, holds, base, due)
        assessment = self._assessed(row, rule, payer, base, exempt=exempt)
        if assessment is None:
            return None
        if due is not None and not exempt and due != assessment.amount:
            row.remark(
                "DUE_RATE",
                f"写的应交 {due} 元，按规定应是 {assessment.amount} 元"
                f"（{percent(assessment.rate) or '定额'}，{assessment.citation}）",
            )
        standing = DuesStanding(
            member=plan.member,
            payer_class=payer,
            base="" if base is None else str(base),
            rate=assessment.rate and assessment.rate.quantize(RATE),
            amount=ZERO if exempt else assessment.amount if due is None else due,
            rule=assessment.citation,
            rule_since=assessment.in_force_from,
            started_on=month,
            relief=Relief.EXEMPT if exempt else "",
            reason=(plan.note or EXEMPT_REASON) if exempt else "",
        )
        same = holds is not None and facts_of(holds) == facts_of(standing)
        return None if same else standing

    @staticmethod
    def _payer(
        sheet: DataSheet, holds: DuesStanding | None, base: Decimal | None, due: Decimal | None
    ) -> str:
        if RETIRED.search(" ".join([sheet.name, *sheet.above])):
            return Payer.RETIRED
        if holds is not None:
            return holds.payer_class
        if base is None and due is not None and due <= FIXED_MOST:
            return Payer.STUDENT
        return Payer.MONTHLY_SALARY

    @staticmethod
    def _assessed(
        row: Row, rule: Regulation, payer: str, base: Decimal | None, *, exempt: bool
    ) -> Assessment | None:
        if exempt:
            return Assessment(None, ZERO, rule.sources["relief"], rule.in_force_from)
        try:
            return assess(rule, base, payer)
        except DuesRefused as refused:
            row.reject("BASE_MISSING", f"算不出应交多少：{refused}")
            return None

    def _part_month(
        self,
        row: Row,
        month: dt.date,
        paid: Decimal,
        now: DuesStanding | None,
        rule: Regulation,
    ) -> None:
        """Part what was paid into dues and a big voluntary payment; say what is owed or too much."""
        plan: Plan = row.plan
        due = Decimal(now.due) if now else ZERO  # type: ignore[arg-type]
        big = paid - due if now and paid - due >= Decimal(rule.values["big"]["amount"]) else ZERO
        if big:
            row.remark(
                "DUE_BIG",
                f"一次性多交 {big} 元，应全部上缴中央（{rule.sources['big']}），另记一笔",
            )
            plan.cells[month, Kind.BIG] = big
        if paid - big:
            plan.cells[month, Kind.ORDINARY] = paid - big
        if now is None:
            row.remark("BASE_MISSING", "还没有定缴费标准，也没有写基数，只登记实交")
        elif paid < due:
            row.remark("DUE_DIFF", f"应交 {due} 元，实交 {paid} 元")
        elif paid - big > due:
            row.remark("DUE_DIFF", f"多交 {paid - big - due} 元，先补以前的月份，再算预缴")

    def _compare_month(self, row: Row, holds: DuesStanding | None) -> None:
        plan: Plan = row.plan
        known = False
        for (month, kind), amount in sorted(plan.cells.items()):
            old = self.stored.get((plan.organization.pk, plan.member.pk, month, kind))
            known = known or old is not None
            if old != amount:
                row.differences.append((f"{month:%Y-%m}", str(old or ""), str(amount)))
        for standing in plan.standings:
            former = str(holds.amount) if holds else ""
            row.differences.append(("月应缴", former, str(standing.amount)))
        if row.differences:
            row.outcome = CHANGED if known else CREATED
        if row.outcome == CREATED:
            row.differences = []


MONEY: tuple[str, ...] = ("核算基数", "应交金额", "实交金额")
