"""Last year's meetings of one branch, which come in from the ledger that it kept on paper."""

import csv
import datetime as dt
from io import StringIO
from typing import Any

from branches.models import PartyOrganization, User
from members.queries.roll import roll_members
from partybuild import batches
from partybuild.imports import find_table

HEAD = (
    "时间",
    "地点",
    "会议类型",
    "主持人",
    "记录人",
    "应到",
    "实到",
    "缺席人员及原因",
    "主要内容",
)
HELD = (
    (2, "主题党日", "重温入党誓词，集中学习"),
    (3, "支部党员大会、主题党日", "听取支委会工作报告并讨论"),
    (5, "党课+主题党日", "“法治为民”专题党课"),
    (6, "支部党员大会", "讨论预备党员转正"),
    (9, "党课", "支部工作条例解读"),
    (11, "组织生活会、民主评议党员", "对照检查，开展批评和自我批评"),
)

ENDING = ".csv"


def tell(demo: Any, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    """Bring a ledger of six occasions in, one of them with figures alone and one on no real day."""
    branch, year = branches[0], demo.today.year - 1
    table = find_table("meeting_ledger")
    if table is None:
        return
    batches.apply(
        actor=User.objects.filter(username="taizhang").first(),
        table=table,
        data=_ledger(branch, year).encode("gb18030"),
        file_name=f"{branch.label}三会一课台账（{year}年）{ENDING}",
        as_of=demo.today,
    )


def _ledger(branch: PartyOrganization, year: int) -> str:
    paper = StringIO()
    sheet = csv.writer(paper)
    sheet.writerow([f"{branch.name}“三会一课”台账（{year}年）"])
    sheet.writerow(HEAD)
    for month, forms, said in HELD:
        people = [member.name for member in roll_members(branch, dt.date(year, month, 14))]
        sheet.writerow(_line(month, forms, said, people))
    sheet.writerow([f"{year}年2月30日", "", "主题党日", "", "", "", "", "", "观看警示教育片"])
    sheet.writerow(["合计", "", f"{len(HELD) + 1}次"])
    return paper.getvalue()


def _line(month: int, forms: str, said: str, people: list[str]) -> list[object]:
    expected = len(people)
    away = people[month % expected] if expected else ""
    absent = f"{away}（病假）" if away and month % 2 else ""
    present = expected - bool(absent) - (month == HELD[-1][0])
    leaders = [name for name in people if name != away][:2] or ["", ""]
    place = "三楼会议室"
    return [
        f"{month}月14日",
        place,
        forms,
        leaders[0],
        leaders[-1],
        expected,
        present,
        absent,
        said,
    ]
