"""Reading vanguard posts: lists, holders and pledges as of a day, reviews that are due."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields import CharField, DateField
from django.db.models.functions import Greatest, TruncMonth

from branches.models import PartyOrganization
from members.models import Member, PostEvent, PostHolder, PostPledge, PostReview, VanguardPost
from members.queries.roll import memberships_on
from partybuild import paths
from partybuild.dated import covering
from partybuild.periods import MONTHS_PER_YEAR, YEARS, Period, add_months
from partybuild.regulations import Regulation, RuleBook
from partybuild.scoping import everything

RULE = "members.vanguard_posts"
LOCAL = "本级要求（可调整）"
# How many steps back to the award are looked at: longer than any post stands.
MOST_REVIEWS = 80
YEAR_DIGITS = 4


@dataclass(frozen=True, order=True)
class Half:
    """半年: the first or second half of a calendar year, `2026H1` in addresses."""

    year: int
    half: int

    @classmethod
    def containing(cls, day: dt.date) -> "Half":
        return cls(day.year, 1 if day.month <= MONTHS_PER_YEAR // 2 else 2)

    @classmethod
    def parse(cls, text: str, otherwise: "Half") -> "Half":
        """Read `2026H1`; anything else is `otherwise`."""
        year, _, half = text.partition("H")
        is_half = len(year) == YEAR_DIGITS and year.isascii() and half in {"1", "2"}
        if is_half and year.isdecimal() and int(year) in YEARS:
            return cls(int(year), int(half))
        return otherwise

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> dt.date:
        return self.after.start - dt.timedelta(days=1)

    @property
    def after(self) -> "Half":
        return Half(self.year, 2) if self.half == 1 else Half(self.year + 1, 1)

    @property
    def before(self) -> "Half":
        return Half(self.year - 1, 2) if self.half == 1 else Half(self.year, 1)

    @property
    def code(self) -> str:
        return f"{self.year}H{self.half}"

    @property
    def title(self) -> str:
        return f"{self.year}年{'上' if self.half == 1 else '下'}半年"

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.after.start


def cite(rule: Regulation) -> str:
    """Say where the numbers of the rule come from."""
    return LOCAL if rule.values.get("local") else rule.citation


# --- lists -----------------------------------------------------------------------------------


def posts_in_scope() -> QuerySet[VanguardPost]:
    """Return the vanguard posts in scope with the names of those who hold them now."""
    holders = PostHolder.objects.filter(ended_on=None).select_related("member").order_by("pk")
    return VanguardPost.objects.select_related("organization").prefetch_related(
        Prefetch("holders", holders)
    )


def post_list(
    *,
    organization: PartyOrganization | None = None,
    kind: str = "",
    state: str = "",
    window: str = "",
    text: str = "",
) -> QuerySet[VanguardPost]:
    """Return the posts in scope that meet the conditions; `organization` means itself alone."""
    found = posts_in_scope()
    if organization:
        found = found.filter(organization=organization)
    for name, value in (("kind", kind), ("state", state), ("window", window)):
        if value:
            found = found.filter(**{name: value})
    return found.filter(title__icontains=text) if text else found


def windows_in_scope() -> QuerySet[Any]:
    """Return the names of the windows at which there are posts."""
    named = VanguardPost.objects.exclude(window="").order_by("window")
    return named.values_list("window", flat=True).distinct()


def posts_by_organization() -> list[dict[str, Any]]:
    """Count the posts of each organisation by kind and state, in the order of the tree.

    Each row has `organization__public_id`, `organization__name`, `organization__short_name`,
    `total` and a count under every kind and state.
    """
    counts = {
        value: Count("pk", filter=Q(**{name: value}))
        for name, choices in (("kind", VanguardPost.Kind), ("state", VanguardPost.State))
        for value in choices.values
    }
    return list(
        VanguardPost.objects.order_by("organization__path")
        .values(
            "organization__path",
            "organization__public_id",
            "organization__name",
            "organization__short_name",
        )
        .annotate(total=Count("pk"), **counts)
    )


def posts_by_window() -> list[dict[str, Any]]:
    """Count the standing posts of each window, those without one left out; the fullest first."""
    named = VanguardPost.objects.exclude(window="").filter(state=VanguardPost.State.AWARDED)
    return list(
        named.order_by().values("window").annotate(total=Count("pk")).order_by("-total", "window")
    )


# --- as of a day -----------------------------------------------------------------------------


def standing_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a post was awarded and not withdrawn on `day`."""
    running = Q(**{f"{prefix}ended_on__isnull": True}) | Q(**{f"{prefix}ended_on__gt": day})
    return running & Q(**{f"{prefix}awarded_on__lte": day})


def holders_on(day: dt.date) -> QuerySet[PostHolder]:
    """Return who holds which vanguard post on `day`."""
    return PostHolder.objects.filter(covering(day), standing_on(day, "post__"))


def held_in(period: Period) -> QuerySet[PostHolder]:
    """Return who held a post on some day of a period while it was awarded, with the `month` it began.

    Not narrowed by the open scope: join it to members in scope. The month of what was held before
    is the period's first.
    """
    with everything(reason="the posts of a member count wherever they were held"):
        holders = PostHolder.objects.filter(post__awarded_on__lte=period.end)
    start = Value(period.start, output_field=DateField())
    since = holders.annotate(since=Greatest("started_on", "post__awarded_on", start))
    return since.filter(
        Q(ended_on=None) | Q(ended_on__gt=F("since")),
        Q(post__ended_on=None) | Q(post__ended_on__gt=F("since")),
        started_on__lte=period.end,
    ).annotate(month=TruncMonth("since"))


def with_life(holders: QuerySet[PostHolder], day: dt.date) -> QuerySet[PostHolder]:
    """Annotate holders with what a ledger tells of their posts as of `day`.

    `pledge_then`; result and findings of the reviews of the year's halves (`first_result`,
    `first_findings`, `second_result`, `second_findings`); the last adjustment (`adjustment`,
    `adjusted_on`, `adjusted_precision`); `state_then`.
    """
    post = OuterRef("post")
    pledges = PostPledge.objects.filter(covering(day), post=post).order_by("-pk")
    first, second = (reviews_by(day).filter(post=post, year=day.year, half=h) for h in (1, 2))
    told = Q(happened_on__isnull=True) | Q(happened_on__lte=day)
    adjusted = PostEvent.objects.filter(told, post=post, kind=PostEvent.Kind.ADJUSTED)
    last = adjusted.order_by("-pk")
    rectifying = When(post__in=rectifying_on(day), then=Value("整改中"))
    return holders.annotate(
        pledge_then=Subquery(pledges.values("promise")[:1]),
        first_result=Subquery(first.values("result")[:1]),
        first_findings=Subquery(first.values("findings")[:1]),
        second_result=Subquery(second.values("result")[:1]),
        second_findings=Subquery(second.values("findings")[:1]),
        adjustment=Subquery(last.values("note")[:1]),
        adjusted_on=Subquery(last.values("happened_on")[:1]),
        adjusted_precision=Subquery(last.values("precision")[:1]),
        state_then=Case(rectifying, default=Value("已授牌"), output_field=CharField()),
    )


def reviews_by(day: dt.date) -> QuerySet[PostReview]:
    """Return the committee's reviews made by `day`; without a day, those of halves before its end."""
    undated = Q(reviewed_on__isnull=True, year__lte=day.year)
    return PostReview.objects.filter(undated | Q(reviewed_on__lte=day), kind=PostReview.Kind.REVIEW)


def rectifying_on(day: dt.date) -> QuerySet[Any]:
    """Return the keys of the posts that were to put something right on `day`."""
    open_ = Q(rectified_on__isnull=True) | Q(rectified_on__gt=day)
    return reviews_by(day).filter(open_, result=PostReview.Result.RECTIFY).values("post")


# --- one post --------------------------------------------------------------------------------


def pledge_of(post: VanguardPost) -> PostPledge | None:
    """Return the pledge that holds now."""
    return post.pledges.filter(ended_on=None).last()


def identity_of(holders: Iterable[PostHolder]) -> str:
    """Say who serves at a post, as far as a plate shows it: that they are members, their names."""
    names = "、".join(holder.member.name for holder in holders)
    return f"共产党员 {names}" if names else ""


def candidates(organization: PartyOrganization, day: dt.date) -> QuerySet[Member]:
    """Return who may hold a post of an organisation: who is on its roll or below it on `day`."""
    rolls = memberships_on(day).filter(
        organization__path__gte=organization.path,
        organization__path__lt=paths.next_path(organization.path),
    )
    on_roll = list(rolls.values_list("member", flat=True))
    return Member.objects.filter(pk__in=on_roll).order_by("pinyin", "pk")


def published_plate(token: str) -> dict[str, Any] | None:
    """Return what the public page of a plate shows, None when it is not published.

    Nothing else of the post leaves the house: the office, the post, the names, the pledge.
    """
    with everything(reason="a published plate is shown to whoever holds its address"):
        post = (
            VanguardPost.objects.select_related("organization")
            .filter(public_token=token, state=VanguardPost.State.AWARDED)
            .first()
        )
        return plate_of(post) if post else None


def plate_of(post: VanguardPost) -> dict[str, Any]:
    """Return what a plate shows: unit, kind, title, identity, duty, promise."""
    holders = list(post.holders.filter(ended_on=None).select_related("member").order_by("pk"))
    pledge = pledge_of(post)
    return {
        "unit": post.organization.label,
        "kind": post.get_kind_display(),
        "title": post.title,
        "area": post.area,
        "identity": (pledge.identity if pledge else "") or identity_of(holders),
        "duty": pledge.duty if pledge else "",
        "promise": pledge.promise if pledge else "",
    }


# --- reviews ---------------------------------------------------------------------------------


def last_due(awarded_on: dt.date, step: int, until: dt.date) -> dt.date | None:
    """Return the last day by `until` on which a review fell due, every `step` months after the award."""
    months = (until.year - awarded_on.year) * MONTHS_PER_YEAR + until.month - awarded_on.month
    times = months // step
    if add_months(awarded_on, times * step) > until:
        times -= 1
    return add_months(awarded_on, times * step) if times > 0 else None


def due_in(half: Half, step: int) -> Q:
    """Return the condition that a post standing in a half has a review falling due in it."""
    awarded = Q(pk__in=[])
    for number in range(1, MOST_REVIEWS):
        back = -step * number
        awarded |= Q(
            awarded_on__gte=add_months(half.start, back),
            awarded_on__lt=add_months(half.after.start, back),
        )
    standing = Q(ended_on__isnull=True) | Q(ended_on__gt=half.start)
    return standing & awarded


def posts_to_review(
    half: Half, place: PartyOrganization | None, *, open_only: bool = False
) -> QuerySet[VanguardPost]:
    """Return the posts with a review due in a half, below `place` if given, with their holders.

    With `open_only` those alone that have not been reviewed for it.
    """
    step = RuleBook(RULE).on(half.start, place=place.path if place else "").values["review_months"]
    found = posts_in_scope().filter(due_in(half, step), awarded_on__isnull=False)
    if place:
        found = found.filter(
            organization__path__gte=place.path,
            organization__path__lt=paths.next_path(place.path),
        )
    if open_only:
        found = found.exclude(pk__in=reviews_of(half).values("post"))
    return found


def reviews_of(half: Half) -> QuerySet[PostReview]:
    """Return the committee's reviews of a half."""
    return PostReview.objects.filter(kind=PostReview.Kind.REVIEW, year=half.year, half=half.half)


@dataclass(frozen=True)
class Overdue:
    """A post whose last due review has not been made."""

    post: VanguardPost
    due_on: dt.date
    cite: str


def overdue_reviews(day: dt.date) -> list[Overdue]:
    """Return the standing posts whose last review that fell due by `day` is missing.

    A review of the half in which it fell due serves, early or late. In constant queries.
    """
    book = RuleBook(RULE)
    this = Half.containing(day)
    made = set(
        PostReview.objects.filter(
            kind=PostReview.Kind.REVIEW, year__gte=this.before.year - 1
        ).values_list("post", "year", "half")
    )
    posts = VanguardPost.objects.filter(standing_on(day)).select_related("organization")
    found = []
    for post in posts.order_by("organization__path", "pk"):
        rule = book.on(day, place=post.organization.path)
        due = last_due(post.awarded_on or day, rule.values["review_months"], day)
        if due:
            half = Half.containing(due)
            if (post.pk, half.year, half.half) not in made:
                found.append(Overdue(post, due, cite(rule)))
    return found


def notices_ended(day: dt.date) -> QuerySet[PostEvent]:
    """Return the finished 公示 of posts that have neither been awarded nor refused since."""
    return (
        PostEvent.objects.filter(
            kind=PostEvent.Kind.PUBLICISED,
            notice_until__lt=day,
            post__state=VanguardPost.State.PUBLICISED,
        )
        .select_related("post__organization")
        .order_by("notice_until", "pk")
    )


def unclear_adjustments() -> QuerySet[PostEvent]:
    """Return adjustments that a ledger tells without their day, of posts that still stand.

    A later adjustment with its day settles the matter.
    """
    settled = PostEvent.objects.filter(
        post=OuterRef("post"),
        kind=PostEvent.Kind.ADJUSTED,
        happened_on__isnull=False,
        pk__gt=OuterRef("pk"),
    )
    return (
        PostEvent.objects.filter(
            ~Exists(settled),
            kind=PostEvent.Kind.ADJUSTED,
            happened_on__isnull=True,
            post__state=VanguardPost.State.AWARDED,
        )
        .select_related("post__organization")
        .order_by("post__organization__path", "pk")
    )


def review_rows(
    half: Half, posts: Sequence[VanguardPost], said: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return per post of a page: post, due_on, review (None while it is open), result, findings.

    `said` is what a form that was not saved had in it.
    """
    known = {row.post_id: row for row in reviews_of(half).filter(post__in=list(posts))}
    book, said = RuleBook(RULE), said or {}
    rows = []
    for post in posts:
        rule = book.on(half.start, place=post.organization.path)
        due = last_due(post.awarded_on or half.start, rule.values["review_months"], half.last)
        rows.append(
            {
                "post": post,
                "due_on": due if due and due in half else None,
                "review": known.get(post.pk),
                "result": said.get(f"result-{post.public_id}", ""),
                "findings": said.get(f"findings-{post.public_id}", ""),
            }
        )
    return rows


def posts_running_at(
    organization: PartyOrganization, *, below: bool = False
) -> QuerySet[VanguardPost]:
    """Return the posts of an organisation that are applied for or awarded and not taken down."""
    states = (
        VanguardPost.State.APPLIED,
        VanguardPost.State.PUBLICISED,
        VanguardPost.State.AWARDED,
    )
    running = VanguardPost.objects.filter(state__in=states)
    if not below:
        return running.filter(organization=organization)
    return running.filter(
        organization__path__gte=organization.path,
        organization__path__lt=paths.next_path(organization.path),
    )
