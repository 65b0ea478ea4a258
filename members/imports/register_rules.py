"""What must hold within one row of the register: dates, terms, committees, post holders."""

import datetime as dt
from collections.abc import Sequence

from branches.models import PartyOrganization
from branches.queries.terms import usual_years
from members.imports.posts import parse_holders, parse_names
from members.models import Member, Office
from members.services.roster import members_by_name
from partybuild.imports import Row
from partybuild.periods import add_years
from partybuild.regulations import regulation
from partybuild.values import PartialDate

Post = Office.Post

POST_COLUMNS = {
    "书记": Post.SECRETARY,
    "副书记": Post.DEPUTY_SECRETARY,
    "组织委员": Post.ORGANIZATION_MEMBER,
    "宣传委员": Post.PUBLICITY_MEMBER,
    "纪检委员": Post.DISCIPLINE_INSPECTION_MEMBER,
    "统战委员": Post.UNITED_FRONT_MEMBER,
    "青年委员": Post.YOUTH_MEMBER,
}
MAX_YEARS = 20


class Rules:
    """The rules of terms and committees as they stood on the day the register is judged."""

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self.term_years = regulation("branches.term_of_office", on=as_of)
        self.committee = regulation("branches.branch_committee", on=as_of)

    def check_dates(self, row: Row) -> None:
        founded, elected = row.get("成立日期"), row.get("当选时间")
        for title, day in (("成立日期", founded), ("当选时间", elected)):
            if day and day.date > self.as_of:
                row.reject("DATE_FUTURE", f"“{title}”{day} 晚于 {self.as_of}")
        if founded and elected and elected.last < founded.date:
            row.remark(
                "ELECTED_BEFORE_FOUNDED", f"当选时间 {elected} 早于成立日期 {founded}，请核对"
            )
        if row.plan is not None and row.plan.kind:
            self._check_term(row, elected)

    def _check_term(self, row: Row, elected: PartialDate | None) -> None:
        name = row.get("党组织名称") or ""
        years, usual = row.get("任期"), usual_years(row.plan.kind, name, self.term_years)
        if years is not None and not 1 <= years <= MAX_YEARS:
            row.remark("NUMBER_TEXT", f"任期“{years}”不可信，留空")
            row.values["任期"] = years = None
        if years and years != usual:
            row.remark(
                "TERM_NONSTANDARD",
                f"任期 {years} 年，一般为 {usual} 年（{self.term_years.citation}）",
            )
        if elected and add_years(elected.last, years or usual) < self.as_of:
            row.remark("TERM_OVERDUE", f"{elected} 当选，任期 {years or usual} 年已满，应换届")

    def check_committee(self, row: Row) -> None:
        full, least = row.get("正式党员数"), self.committee.values["full_members"]
        is_branch = row.plan is not None and row.plan.kind in PartyOrganization.BRANCH_KINDS
        if is_branch and row.get("是否设支委会") and full is not None and full < least:
            row.remark(
                "COMMITTEE_UNDER_7",
                f"设了支委会，正式党员 {full} 名，不足 {least} 名（{self.committee.citation}）",
            )


def check_people(rows: Sequence[Row]) -> None:
    """Tell which post holders are on nobody's roster; possible only once a roster is in."""
    named = {name for row in rows if row.plan is not None for _, name in row.plan.holders}
    people = members_by_name(named)
    if not Member.objects.filter(category__in=Member.MEMBER_CATEGORIES).exists():
        return
    for row in rows:
        holders = row.plan.holders if row.plan is not None else []
        unknown = [n for n in dict.fromkeys(n for _, n in holders) if not people.get(n)]
        if unknown and not row.has("ORG_DUP"):
            row.remark("POST_PERSON_UNKNOWN", f"班子成员“{'、'.join(unknown)}”不在党员花名册里")


def holders_of(row: Row) -> list[tuple[str, str]]:
    """Return (post, name) for everybody whom a row names as a member of the leading body."""
    holders = [
        (post.value, name)
        for title, post in POST_COLUMNS.items()
        for name in parse_names(row.record.get(title))
    ]
    at = sum(post in {Post.SECRETARY, Post.DEPUTY_SECRETARY} for post, _ in holders)
    holders[at:at] = [(str(post), name) for post, name in parse_holders(row.record.get("委员"))]
    return list(dict.fromkeys(holders))
