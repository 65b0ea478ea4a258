"""What the rules ask about members who live away or cannot be reached: reminders and decision tasks."""

import datetime as dt
from collections.abc import Iterator

from members.models import LostMember, Member, MobileMember
from members.queries.mobility import away_on, lost_on
from partybuild.alerts import Alert, Notice
from partybuild.periods import add_months, add_years
from partybuild.regulations import Regulation, RuleBook

RELATIONS = "members.relations"


class AwayAlert(Alert):
    code = "members.away"
    title = "流出党员该转组织关系"
    permission = "members.view_member"
    order = 40
    about = "外出满规定月数、地点比较固定的，应转接组织关系；没有转的，确认是否纳入流动党员管理。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for mobile, rule in _away(day, MobileMember.Kind.AWAY):
            due = add_months(mobile.started_on, rule.values["float"]["months"])
            if due <= day:
                said = (
                    f"{mobile.name} {mobile.started_on} 外出到{mobile.destination}，"
                    "组织关系还没有转。请确认是转接，还是按流动党员管理"
                )
                yield _reminder(
                    mobile, due, f"{rule.sources['moved_away']}；{rule.sources['float']}", said
                )


class AbroadContactAlert(Alert):
    code = "members.abroad_contact"
    title = "该联系的出国（境）党员"
    permission = "members.view_member"
    order = 41
    about = "出国（境）党员每半年至少联系一次。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for mobile, rule in _away(day, MobileMember.Kind.ABROAD):
            last: dt.date | None = vars(mobile)["contacted_last"]
            due = add_months(last or mobile.started_on, rule.values["abroad_contact"]["months"])
            if due <= day:
                said = f"上次联系 {last}" if last else "还没有联系记录"
                said = f"{mobile.name}（{mobile.destination}）：{said}"
                yield _reminder(mobile, due, rule.sources["abroad_contact"], said)


class StayingGraduateAlert(Alert):
    code = "members.graduates"
    title = "毕业生组织关系保留期满"
    permission = "members.view_member"
    order = 42
    about = "毕业后保留组织关系一般不超过两年，到期请与本人联系转接。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for mobile, rule in _away(day, MobileMember.Kind.GRADUATE):
            due = add_years(mobile.started_on, rule.values["graduate"]["years"])
            if due <= day:
                said = f"{mobile.name} 的组织关系从 {mobile.started_on} 起保留，已满期限"
                yield _reminder(mobile, due, rule.sources["graduate"], said)


def _away(day: dt.date, kind: str) -> Iterator[tuple[MobileMember, Regulation]]:
    """Yield who is away in one way on a day, each with the rules that hold there."""
    book = RuleBook(RELATIONS)
    for mobile in away_on(day).filter(kind=kind):
        yield mobile, book.on(day, place=mobile.organization.path)


def _reminder(mobile: MobileMember, due: dt.date, cite: str, said: str) -> Notice:
    return Notice(
        text=said,
        url=mobile.get_absolute_url(),
        place=mobile.organization.label,
        due_on=due,
        cite=cite,
    )


class LostAlert(Alert):
    code = "members.lost"
    title = "失联党员：请研究是否停止党籍"
    permission = "members.view_member"
    order = 30
    about = "失去联系满六个月，由支部大会讨论、上级党委批准，才可以停止党籍。这里只提醒，不改变任何人的状态。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        book = RuleBook(RELATIONS)
        for lost in lost_on(day).filter(member__state=Member.State.NORMAL):
            rule = book.on(day, place=lost.member.branch.path)
            due = add_months(lost.lost_on, rule.values["lost"]["months"])
            if due <= day:
                yield _decision(
                    lost, due, rule.sources["lost"], f"{lost.lost_on} 起失去联系，请研究处理意见"
                )


class LapsedAlert(Alert):
    code = "members.lapsed"
    title = "停止党籍满两年仍未联系上：请研究"
    permission = "members.view_member"
    order = 31
    about = "停止党籍两年后仍无法联系的，按自行脱党除名，也要由组织决定。这里只提醒。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        book = RuleBook(RELATIONS)
        suspended = lost_on(day).filter(
            member__state=Member.State.SUSPENDED, member__state_since__isnull=False
        )
        for lost in suspended:
            rule = book.on(day, place=lost.member.branch.path)
            since = lost.member.state_since or day
            due = add_years(since, rule.values["lapsed"]["years"])
            if due <= day:
                yield _decision(
                    lost, due, rule.sources["lapsed"], f"{since} 停止党籍，至今没有联系上"
                )


def _decision(lost: LostMember, due: dt.date, cite: str, said: str) -> Notice:
    return Notice(
        text=f"{lost.member.name} {said}",
        url=lost.get_absolute_url(),
        place=lost.member.branch.label,
        due_on=due,
        cite=cite,
        is_late=True,
    )
