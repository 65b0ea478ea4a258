"""The 责任书 of the year: signed by most, with goals under way, done, confirmed and late."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from assessments.models import Goal, ResponsibilityLetter, SchemeItem
from assessments.queries.letters import lines_offered
from assessments.services.goals import confirm_goal, report_goal
from assessments.services.letters import GoalText, issue_letters, sign_letter
from branches.models import PartyOrganization, User
from partybuild.periods import Period

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

KINDS = ("党建工作责任书", "党风廉政建设责任书")
TEXT = "为落实全面从严治党主体责任，机关党委与各党支部签订本责任书，年底对照检查。"
GOALS = (
    (
        ("每月开好主题党日，全年不少于 12 次", "台账里每月都有记录", 0),
        ("党费按月收缴", "12 月 15 日前全部交清", 12),
        ("书记上半年讲一次党课", "有讲稿和到会名单", 6),
        ("办成三件群众身边的实事", "群众评议满意率 90% 以上", 11),
    ),
    (
        ("上下半年各开一次警示教育", "每次到会 90% 以上", 10),
        ("对新任职的党员谈一次廉政话", "谈话有登记", 9),
    ),
)
REPORTS = (
    ("running", "已开展，记录齐全，按月推进。"),
    ("running", "收到上月为止，还差两名在外的同志。"),
    ("done", "六月由书记讲了《守住第一道关》，到会 21 人。"),
    ("running", "两件已经办成，第三件在等批复。"),
)
LINKED = {"每月开好主题党日，全年不少于 12 次": "主题党日"}
UNSIGNED = 2


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Issue two letters to every branch in January; the accounts of the demonstration act."""
    accounts = {user.username: user for user in User.objects.all()}
    staff, head = accounts.get("dangwei"), accounts.get("fuzeren")
    year = Period.year(demo.today.year)
    lines = _lines()
    issued_on = min(demo.today, dt.date(year.start.year, 1, 15))
    for kind, goals in zip(KINDS, GOALS, strict=True):
        issue = issue_letters(
            actor=staff,
            issuer=committee,
            organizations=branches,
            kind=kind,
            title=f"{year.title}{kind}",
            text=TEXT,
            started_on=year.start,
            ended_on=year.end + dt.timedelta(days=1),
            goals=[
                GoalText(text, target, _month_end(year, month), lines.get(text))
                for text, target, month in goals
            ],
            on=issued_on,
        )
        for at, letter in enumerate(issue.letters[:-UNSIGNED]):
            if letter.secretary_name:
                _carry_out(demo.today, letter, issued_on, head if at % 2 else None)


def _lines() -> dict[str, SchemeItem]:
    """Return the lines of the running schemes that goals are about, by the goal."""
    found = {item.title: item for item in lines_offered().values()}
    return {goal: found[title] for goal, title in LINKED.items() if title in found}


def _month_end(year: Period, month: int) -> dt.date | None:
    return list(year.split("month"))[month - 1].end if month else None


def _carry_out(
    today: dt.date, letter: ResponsibilityLetter, issued_on: dt.date, confirmer: Any
) -> None:
    """Sign a letter, report what has come due, and let somebody confirm what is done."""
    secretary = letter.secretary.user if letter.secretary else None
    signed_on = min(today, issued_on + dt.timedelta(days=5))
    sign_letter(actor=secretary, letter=letter, version=letter.version, on=signed_on)
    for goal, (state, progress) in zip(letter.goals.all(), REPORTS, strict=False):
        if state == Goal.State.DONE and goal.due_on and goal.due_on > today:
            continue
        report_goal(
            actor=secretary, goal=goal, version=goal.version, state=state, progress=progress
        )
        if goal.waits and confirmer:
            confirm_goal(actor=confirmer, goal=goal, version=goal.version, is_confirmed=True)
