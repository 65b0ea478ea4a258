"""What leading bodies are made of: posts, duties, age, education, training; what to look at."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from branches.models import PartyOrganization
from branches.queries.terms import COMMITTEES, usual_years
from members.models import Member, Office, TrainingRecord
from members.queries.files import EDUCATION_WORDS, OTHER_EDUCATION, education_band
from members.queries.offices import (
    POST_ORDER,
    committee_rule,
    is_seasoned,
    offices_on,
    vacant_posts,
)
from members.queries.records import electors_on
from members.queries.terms import Standing
from partybuild import paths
from partybuild.periods import Period
from partybuild.precision import Precision
from partybuild.regulations import NoRegulation, regulation

# Two posts each are normal where five posts are filled by three people.
MANY_POSTS = 3
Post = Office.Post


@dataclass
class Leader:
    """One person with the posts they hold, as one line of the list."""

    organization: str
    organization_id: str
    name: str
    posts: list[str]
    duties: list[str]
    has_file: bool
    public_id: str
    gender: str
    age: int | None
    education: str
    job_title: str
    hours: Decimal

    @property
    def post_words(self) -> str:
        return "、".join(str(Post(post).label) for post in self.posts)

    @property
    def duty_words(self) -> str:
        return "；".join(self.duties)

    @property
    def is_secretary(self) -> bool:
        return Post.SECRETARY in self.posts

    @property
    def has_no_duties(self) -> bool:
        return not self.duties and not self.is_secretary


def leaders(day: dt.date, organization: PartyOrganization | None = None) -> list[Leader]:
    """Return who leads in scope, or in an organisation's subtree, on a day; two queries.

    A person who leads two bodies is a line in each: duties are divided within a body.
    """
    held = offices_on(day).select_related(None)
    if organization:
        held = held.filter(
            organization__path__gte=organization.path,
            organization__path__lt=paths.next_path(organization.path),
        )
    rows = held.order_by("organization__path", "pk").values(
        *("organization__public_id", "organization__name", "organization__short_name"),
        *("post", "holder_name", "duties", "member", "member__public_id", "member__gender"),
        *("member__born_on", "member__born_precision", "member__education", "member__job_title"),
    )
    year = Period.year(day.year)
    hours = dict(
        TrainingRecord.objects.filter(held_on__range=(year.start, year.end))
        .order_by()
        .values_list("member")
        .annotate(Sum("hours"))
    )
    found: dict[tuple[str, Any], Leader] = {}
    for row in rows:
        key = (row["organization__public_id"], row["member"] or row["holder_name"])
        leader = found.get(key) or _leader(row, day, hours)
        found[key] = leader
        leader.posts.append(row["post"])
        if row["duties"]:
            leader.duties.append(row["duties"])
    for leader in found.values():
        leader.posts.sort(key=POST_ORDER.__getitem__)
    return list(found.values())


def _leader(row: dict[str, Any], day: dt.date, hours: dict[int, Decimal]) -> Leader:
    return Leader(
        organization=row["organization__short_name"] or row["organization__name"],
        organization_id=row["organization__public_id"],
        name=row["holder_name"],
        posts=[],
        duties=[],
        has_file=row["member"] is not None,
        public_id=row["member__public_id"] or "",
        gender=row["member__gender"] or "",
        age=age_on(day, row["member__born_on"], row["member__born_precision"]),
        education=row["member__education"] or "",
        job_title=row["member__job_title"] or "",
        hours=hours.get(row["member"], Decimal(0)),
    )


def trainings_of(offices: Sequence[Office], day: dt.date) -> QuerySet[TrainingRecord]:
    """Return the courses that the holders of these offices attended in the year of `day`."""
    year = Period.year(day.year)
    people = [office.member_id for office in offices if office.member_id]
    return TrainingRecord.objects.filter(
        member__in=people, held_on__range=(year.start, year.end)
    ).select_related("member")


def age_on(day: dt.date, born_on: dt.date | None, precision: str | None) -> int | None:
    """Return somebody's age in whole years; by the year alone where no more is known."""
    if born_on is None:
        return None
    if precision == Precision.YEAR:
        return day.year - born_on.year
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@dataclass(frozen=True)
class Group:
    """One figure of the structure: who is counted by it."""

    code: str
    label: str
    counts: Callable[[Leader], bool]


def _aged(lowest: int, highest: int) -> Callable[[Leader], bool]:
    return lambda leader: leader.age is not None and lowest <= leader.age <= highest


def _educated(band: str) -> Callable[[Leader], bool]:
    return lambda leader: bool(leader.education) and education_band(leader.education) == band


ATTENTION = (
    Group("many", f"一人 {MANY_POSTS} 职以上", lambda leader: len(leader.posts) >= MANY_POSTS),
    Group("no_duties", "没有写明分工", lambda leader: leader.has_no_duties),
    Group("no_training", "今年没有培训", lambda leader: not leader.hours),
    Group("no_file", "名册里查不到", lambda leader: not leader.has_file),
    Group(
        "secretary_head",
        "书记兼行政职务",
        lambda leader: leader.is_secretary and bool(leader.job_title),
    ),
)
STRUCTURE = (
    Group("women", "女", lambda leader: leader.gender == Member.Gender.FEMALE),
    Group("age_35", "35岁及以下", _aged(0, 35)),
    Group("age_45", "36至45岁", _aged(36, 45)),
    Group("age_55", "46至55岁", _aged(46, 55)),
    Group("age_56", "56岁及以上", _aged(56, 200)),
    Group("age_unknown", "年龄不详", lambda leader: leader.age is None),
    *(Group(code, label, _educated(code)) for code, label, _ in EDUCATION_WORDS),
    Group(OTHER_EDUCATION, "其他学历写法", _educated(OTHER_EDUCATION)),
    Group("education_unknown", "学历不详", lambda leader: not leader.education),
)
GROUPS = {group.code: group for group in (*ATTENTION, *STRUCTURE)}


def average_age(people: Sequence[Leader]) -> Decimal | None:
    """Return the average age to one digit, of those whose age is known."""
    ages = [leader.age for leader in people if leader.age is not None]
    return (Decimal(sum(ages)) / len(ages)).quantize(Decimal("0.1")) if ages else None


def advice_on(
    organization: PartyOrganization, standing: Standing, offices: Sequence[Office], day: dt.date
) -> list[str]:
    """Return what to look at in one body, each with its source; nothing here is a fault."""
    rule = committee_rule(day, organization.path)
    term = standing.term
    found = []
    if standing.is_unusual and term:
        found.append(f"任期 {term.years} 年，一般为 {standing.usual} 年（{standing.citation}）。")
    if term is None or rule is None:
        return found
    committee = bool(term.has_committee)
    people = {office.member_id or office.holder_name for office in offices}
    vacant = vacant_posts({o.post for o in offices}, rule, has_committee=committee)
    if vacant:
        found.append(f"还没有{'、'.join(str(Post(post).label) for post in vacant)}。")
    if committee and organization.kind not in COMMITTEES and people:
        fewest, usual, most = (rule.values[name] for name in ("fewest", "most_usual", "most"))
        if len(people) > most:
            found.append(f"班子 {len(people)} 人，一般不超过 {most} 人（{rule.citation}）。")
        elif not fewest <= len(people) <= usual:
            found.append(f"班子 {len(people)} 人，一般 {fewest} 至 {usual} 人（{rule.citation}）。")
    if organization.is_branch:
        found += _committee_advice(organization, day, committee=committee)
    for office in offices:
        member = office.member
        since = office.started_on or day
        if office.post == Post.SECRETARY and member and not is_seasoned(member, since, rule):
            years = rule.values["secretary_years"]
            found.append(f"书记{member.name}任职时党龄不满 {years} 年，请核对。")
    return found


def _committee_advice(
    organization: PartyOrganization, day: dt.date, *, committee: bool
) -> list[str]:
    """Compare whether there is a 支委会 with the number of full members (ORG-COMMITTEE)."""
    try:
        rule = regulation("branches.branch_committee", on=day, place=organization.path)
    except NoRegulation:
        return []
    least, full = rule.values["full_members"], electors_on(organization, day)
    if committee and full < least:
        said = f"设了支委会，正式党员 {full} 名，不足 {least} 名"
    elif not committee and full >= least:
        said = f"没有设支委会，正式党员 {full} 名，满 {least} 名应当设立"
    else:
        return []
    return [f"{said}（{rule.citation}）。"]


@dataclass(frozen=True)
class Proposal:
    """What the rules propose for a new body: years, whether it has a committee, and why."""

    years: int
    has_committee: bool
    reasons: tuple[str, ...]


def proposal_for(organization: PartyOrganization, day: dt.date) -> Proposal:
    """Return what a body elected on `day` usually is (ORG-TERM-*, ORG-COMMITTEE)."""
    terms = regulation("branches.term_of_office", on=day, place=organization.path)
    rule = regulation("branches.branch_committee", on=day, place=organization.path)
    years = usual_years(organization.kind, organization.name, terms)
    reasons = [f"任期一般 {years} 年（{terms.citation}）。"]
    if not organization.is_branch:
        return Proposal(years, has_committee=True, reasons=tuple(reasons))
    least, full = rule.values["full_members"], electors_on(organization, day)
    word = "应当设立支委会" if full >= least else f"不足 {least} 名，不设支委会"
    reasons.append(f"正式党员 {full} 名，{word}（{rule.citation}）。")
    return Proposal(years, full >= least, tuple(reasons))
