"""Who holds which office, what is vacant, who may hold one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from branches.models import PartyOrganization
from branches.queries.history import living
from members.models import Member, Membership, Office
from members.queries.discipline import without_vote_on
from members.queries.terms import Standing, standings
from partybuild import paths
from partybuild.dated import covering
from partybuild.periods import add_years
from partybuild.regulations import NoRegulation, Regulation, RuleBook, regulation

Post = Office.Post
POST_ORDER = {post.value: at for at, post in enumerate(Post)}


def committee_on(day: dt.date, organization: PartyOrganization) -> QuerySet[Office]:
    """Return the offices of the leading body that hold on `day` and whose holder is on file."""
    return offices_on(day).filter(organization=organization, member__isnull=False)


def offices_on(day: dt.date) -> QuerySet[Office]:
    """Return the offices of leading bodies that hold on `day`, in scope, with their holders.

    With an organisation that ends, its offices end: it has no leaders any more.
    """
    return (
        Office.objects.filter(covering(day), living(day, "organization__"))
        .exclude(post=Post.GROUP_LEADER)
        .select_related("member")
    )


def secretary_of(organization: PartyOrganization, day: dt.date) -> Member | None:
    """Return the secretary on `day`, None when there is none on file."""
    office = committee_on(day, organization).filter(post=Post.SECRETARY).last()
    return office.member if office else None


def body_of(organization: PartyOrganization, day: dt.date) -> list[Office]:
    """Return who sits in a leading body on `day`, named in the register or on file, by post."""
    found = offices_on(day).filter(organization=organization)
    return sorted(found, key=lambda office: (POST_ORDER[office.post], office.pk))


def offices_since(organization: PartyOrganization) -> QuerySet[Office]:
    """Return every office ever held in a body, the newest first."""
    return organization.offices.select_related("member", "term").order_by("-pk")


def committee_rule(day: dt.date, place: str = "") -> Regulation | None:
    """Return what a committee consists of on a day, None before there was a rule."""
    try:
        return regulation("members.committee", on=day, place=place)
    except NoRegulation:
        return None


def vacant_posts(held: Collection[str], rule: Regulation, *, has_committee: bool) -> list[str]:
    """Return the usual posts that nobody holds; without a committee only those of a lone branch."""
    wanted = rule.values["usual_posts" if has_committee else "lone_posts"]
    return [post for post in wanted if post not in held]


@dataclass(frozen=True)
class Seat:
    """One office of a body in a list: post, who holds it, what they answer for."""

    post: str
    holder_name: str
    member_id: int | None
    duties: str


@dataclass(frozen=True)
class Body:
    """A leading body on a day: its term, its seats, its vacancies."""

    standing: Standing
    seats: list[Seat] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    citation: str = ""

    @property
    def organization(self) -> PartyOrganization:
        return self.standing.organization

    @property
    def vacant_words(self) -> str:
        return "、".join(str(Post(post).label) for post in self.vacant)

    def names_of(self, post: str) -> str:
        return "、".join(seat.holder_name for seat in self.seats if seat.post == post)


def bodies(organizations: QuerySet[PartyOrganization], day: dt.date) -> list[Body]:
    """Return the leading bodies of organisations on a day, in constant queries.

    A body of which no term is on file has no vacancies: nobody knows what it should have.
    """
    seats: dict[int, list[Seat]] = defaultdict(list)
    columns = ("organization", "post", "holder_name", "member", "duties")
    held = offices_on(day).filter(organization__in=organizations.order_by()).select_related(None)
    for organization, *seat in held.order_by("pk").values_list(*columns):
        seats[organization].append(Seat(*seat))
    book = RuleBook("members.committee")
    found = []
    for standing in standings(organizations, day):
        place = standing.organization
        sitting = sorted(seats[place.pk], key=lambda seat: POST_ORDER[seat.post])
        rule = _on(book, day, place.path)
        vacant: list[str] = []
        if rule and standing.term:
            posts = {seat.post for seat in sitting}
            vacant = vacant_posts(posts, rule, has_committee=standing.has_committee)
        found.append(Body(standing, sitting, vacant, rule.citation if rule else ""))
    return found


def _on(book: RuleBook, day: dt.date, place: str) -> Regulation | None:
    try:
        return book.on(day, place=place)
    except NoRegulation:
        return None


def off_the_roll(day: dt.date) -> list[tuple[Office, str]]:
    """Return the offices whose holder is on no formal roll of the subtree on `day`, and why.

    Only holders on file are looked at: of a name in the register nobody knows where it belongs.
    """
    held = offices_on(day).filter(member__isnull=False).select_related("member", "organization")
    offices = list(held.defer("member__address", "member__id_number", "member__phone"))
    belongs = dict(
        Membership.objects.filter(
            covering(day),
            kind=Membership.Kind.FORMAL,
            member__in=held.order_by().values("member"),
        ).values_list("member", "organization__path")
    )
    found = []
    for office in offices:
        reason = _off_roll(office, belongs.get(office.member_id or 0, ""))
        if reason:
            found.append((office, reason))
    return found


def _off_roll(office: Office, path: str) -> str:
    member = office.member
    if member is None:
        return ""
    if member.state != Member.State.NORMAL:
        return f"党籍状态是{member.get_state_display()}"
    if member.category not in Member.MEMBER_CATEGORIES:
        return f"人员类别是{member.get_category_display()}"
    if not path:
        return "组织关系已不在册"
    return "" if paths.covers(office.organization.path, path) else "组织关系在别的党组织"


def people_of(organization: PartyOrganization, names: Iterable[str]) -> dict[str, list[Member]]:
    """Return the members on the roll with these names: those of the subtree, else all in scope."""
    found: dict[str, list[Member]] = defaultdict(list)
    wanted = Member.objects.filter(name__in=set(names), category__in=Member.MEMBER_CATEGORIES)
    for member in wanted.select_related("branch").order_by("pk"):
        found[member.name].append(member)
    for name, people in found.items():
        own = [one for one in people if paths.covers(organization.path, one.branch.path)]
        found[name] = own or people
    return found


def names_offered(organization: PartyOrganization) -> list[str]:
    """Return the names to choose from while typing: the full members of a branch.

    For a body above branches they would be thousands: there a name is typed.
    """
    if not organization.is_branch:
        return []
    full = Member.objects.filter(
        branch=organization, category=Member.Category.FULL, state=Member.State.NORMAL
    )
    return list(full.order_by("pinyin", "pk").values_list("name", flat=True))


def was_full(member: Member, day: dt.date) -> bool:
    """Tell whether somebody was a full member on a day."""
    confirmed = member.confirmed_on is None or member.confirmed_on <= day
    return member.category == Member.Category.FULL and confirmed


def has_no_vote(member: Member, day: dt.date) -> bool:
    """Tell whether a decision has taken somebody's vote and election right on a day."""
    return Member.objects.filter(pk=member.pk, pk__in=without_vote_on(day)).exists()


def is_seasoned(member: Member, day: dt.date, rule: Regulation) -> bool:
    """Tell whether somebody has been a full member long enough for a secretary; True if unknown."""
    since = member.confirmed_on
    return since is None or add_years(since, int(rule.values["secretary_years"])) <= day


def strangers_among(
    holders: Iterable[Any], organization: PartyOrganization, day: dt.date
) -> list[str]:
    """Return the names of those who are not on the formal roll of the subtree on `day`.

    `holders` have a `name` and a `member`, None where no file was found.
    """
    people = list(holders)
    on_roll = set(
        Membership.objects.filter(
            covering(day),
            kind=Membership.Kind.FORMAL,
            member__in=[one.member.pk for one in people if one.member],
            organization__path__gte=organization.path,
            organization__path__lt=paths.next_path(organization.path),
        ).values_list("member", flat=True)
    )
    missing = [one.name for one in people if not (one.member and one.member.pk in on_roll)]
    return list(dict.fromkeys(missing))
