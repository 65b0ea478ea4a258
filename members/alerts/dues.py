"""Dues that need attention: the ladder of arrears, and years that were not published.

They remind and change nothing. Who sees which step follows from the permission and from whether
the open scope reaches above the branch.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar

from django.urls import reverse

from branches.models import PartyOrganization
from members.queries.dues import Arrears, in_arrears, unpublished
from members.queries.dues_rules import RULE
from partybuild.alerts import Alert, Notice, together
from partybuild.periods import add_months
from partybuild.regulations import Regulation, RuleBook


def _arrears(day: dt.date) -> list[Arrears]:
    """Return who is behind: read once for all steps of the ladder."""
    return together(("members.dues.arrears", day), lambda: in_arrears(day))


def _page(organization: PartyOrganization, day: dt.date) -> str:
    return f"{reverse('members:branch_dues', args=[organization.public_id])}?year={day.year}"


def _due_on(row: Arrears, months: int) -> dt.date:
    """Return the day on which the last of so many unpaid months in a row was over."""
    at = row.months[min(months, len(row.months)) - 1]
    return add_months(at, 1) - dt.timedelta(days=1)


class _Ladder(Alert):
    """One step of the ladder: from how many months in a row on it speaks, and up to which."""

    step: ClassVar[str]
    until: ClassVar[str] = ""

    def notices(self, day: dt.date) -> Iterable[Notice]:
        book = RuleBook(RULE)
        for row in _arrears(day):
            rule = book.on(day, place=row.organization.path)
            steps = rule.values["arrears"]
            longest = steps[self.until] if self.until else len(row.months) + 1
            if steps[self.step] <= len(row.months) < longest:
                yield self.notice(row, rule, day)

    def notice(self, row: Arrears, rule: Regulation, day: dt.date) -> Notice:
        raise NotImplementedError


class DuesReminder(Alert):
    """Unpaid at the end of the month: one notice a branch."""

    code = "members.dues_reminder"
    title = "上月党费未缴"
    permission = "members.collect_dues"
    about = "一个月过完，还有人没有缴党费的，列在这里。登记以后自动消失。"
    order = 40

    def notices(self, day: dt.date) -> Iterable[Notice]:
        book = RuleBook(RULE)
        behind: dict[PartyOrganization, list[Arrears]] = defaultdict(list)
        for row in _arrears(day):
            steps = book.on(day, place=row.organization.path).values["arrears"]
            if steps["remind"] <= len(row.months) < steps["secretary"]:
                behind[row.organization].append(row)
        for place, rows in behind.items():
            names = "、".join(row.member.name for row in rows[:5])
            more = f"等 {len(rows)} 人" if len(rows) > 5 else ""  # noqa: PLR2004 -- names shown
            yield Notice(
                text=f"{names}{more}有月份的党费还没有缴",
                url=_page(place, day),
                place=place.label,
                due_on=day.replace(day=1) - dt.timedelta(days=1),
                cite=book.on(day, place=place.path).sources["payment"],
            )


class DuesSecretary(_Ladder):
    """Three months: the secretary talks to the person."""

    code = "members.dues_secretary"
    title = "连续欠缴党费，请书记过问"
    permission = "members.collect_dues"
    about = "连续三个月没有缴党费的，请支部书记了解原因，提醒补缴。"
    order = 20
    step, until = "secretary", "decide"

    def notice(self, row: Arrears, rule: Regulation, day: dt.date) -> Notice:
        return Notice(
            text=f"{row.member.name}连续 {len(row.months)} 个月没有缴党费，欠 {row.owed} 元",
            url=_page(row.organization, day),
            place=row.organization.label,
            due_on=_due_on(row, rule.values["arrears"][self.step]),
            cite=rule.sources["payment"],
            is_late=True,
        )


class DuesSuperior(_Ladder):
    """Five months: the committee above asks the branch."""

    code = "members.dues_superior"
    title = "支部有党员连续欠缴党费"
    permission = "members.hand_up_dues"
    about = "连续五个月没有缴党费的，请向支部了解情况。"
    order = 20
    step, until = "superior", "decide"

    def notice(self, row: Arrears, rule: Regulation, day: dt.date) -> Notice:
        return Notice(
            text=f"{row.organization.label}{row.member.name}连续 {len(row.months)} 个月没有缴党费",
            url=_page(row.organization, day),
            place=row.organization.label,
            due_on=_due_on(row, rule.values["arrears"][self.step]),
            cite=rule.sources["payment"],
            is_late=True,
        )


class DuesDecision(_Ladder):
    """Six months: the branch looks into the reasons. Nothing happens by itself."""

    code = "members.dues_decision"
    title = "提请支部研究：连续六个月未缴党费"
    permission = "members.view_dues"
    about = (
        "规定有两个条件：没有正当理由，并且连续六个月不交纳党费。"
        "系统只能数月份，有没有正当理由由支部大会研究，不自动改变任何人的党籍。"
    )
    order = 10
    step = "decide"

    def notice(self, row: Arrears, rule: Regulation, day: dt.date) -> Notice:
        return Notice(
            text=(
                f"{row.member.name}连续 {len(row.months)} 个月没有缴党费。"
                "请支部查明有没有正当理由，再研究怎样处理"
            ),
            url=_page(row.organization, day),
            place=row.organization.label,
            due_on=_due_on(row, rule.values["arrears"][self.step]),
            cite=rule.sources["arrears"],
            is_late=True,
        )


class DuesUnpublished(Alert):
    """A year passed and its dues were not published."""

    code = "members.dues_unpublished"
    title = "党费还没有公示"
    permission = "members.collect_dues"
    about = "党费收缴情况每年至少公布一次。公示以后登记，这里自动消失。"
    order = 45

    def notices(self, day: dt.date) -> Iterable[Notice]:
        year = day.year - 1
        for place in unpublished(year):
            address = reverse("members:dues_publication", args=[place.public_id])
            yield Notice(
                text=f"{year}年党费还没有登记公示",
                url=f"{address}?year={year}",
                place=place.label,
                due_on=dt.date(year, 12, 31),
                is_late=True,
            )
