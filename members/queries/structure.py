"""Age, sex, ethnicity, education and years in the party of those on the roll on a day.

Each band is one condition: the same condition counts and lists, so a figure and its list agree.
Bands of one dimension exclude each other and together hold everybody.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import CareRecord, Member, Membership, MobileMember, Office
from members.queries.files import EDUCATION_WORDS, OTHER_EDUCATION
from members.queries.roll import as_they_were, full_on, roster_on
from members.queries.seniority import latest_start
from partybuild.dated import covering
from partybuild.paths import next_path
from partybuild.values import ETHNICITIES

# Who joined before this day is 建国前老党员.
FOUNDING = dt.date(1949, 10, 1)
AGES = (30, 35, 40, 45, 50, 55, 60)
SENIORITIES = (1, 5, 10, 20, 30, 40, 50)
UNKNOWN, OTHER = "unknown", OTHER_EDUCATION


@dataclass(frozen=True)
class Band:
    """One group of people: its code in addresses, its label, the condition on a member."""

    code: str
    label: str
    condition: Q


@dataclass(frozen=True)
class Figure:
    """How many people one band holds."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Dimension:
    """One question about people with the figures that answer it."""

    code: str
    title: str
    figures: tuple[Figure, ...]


DIMENSIONS = {
    "category": "人员类别",
    "gender": "性别",
    "age": "年龄",
    "ethnicity": "民族",
    "education": "学历",
    "seniority": "党龄",
}


def bands(dimension: str, day: dt.date) -> list[Band]:
    """Return the bands of one dimension as of a day; the conditions speak of `member__`."""
    return {
        "category": _categories,
        "gender": _genders,
        "age": _ages,
        "ethnicity": _ethnicities,
        "education": _educations,
        "seniority": _seniorities,
    }[dimension](day)


def people_of_structure(
    day: dt.date,
    *,
    place: PartyOrganization | None = None,
    dimension: str = "",
    band: str = "",
) -> QuerySet[Membership]:
    """Return those on the roll on `day` below a place (as it stood then) and in a band."""
    rows = placed(as_they_were(roster_on(day), day), "organization", day)
    if place is not None:
        rows = rows.filter(_below(place, day))
    for found in bands(dimension, day) if dimension else ():
        if found.code == band:
            return rows.filter(found.condition)
    return rows


def structure(day: dt.date, place: PartyOrganization | None = None) -> list[Dimension]:
    """Return every dimension with its figures, all counted in one query."""
    asked = {code: bands(code, day) for code in DIMENSIONS}
    counts = people_of_structure(day, place=place).aggregate(
        **{
            f"{code}__{band.code}": Count("pk", filter=band.condition)
            for code, found in asked.items()
            for band in found
        }
    )
    return [
        Dimension(
            code,
            title,
            tuple(
                Figure(band.code, band.label, counts[f"{code}__{band.code}"])
                for band in asked[code]
                if counts[f"{code}__{band.code}"]
            ),
        )
        for code, title in DIMENSIONS.items()
    ]


def with_flags(rows: QuerySet[Membership], day: dt.date) -> QuerySet[Membership]:
    """Return a roster with `post_then`, `in_need`, `abroad` on `day` and `joined_early`."""
    posts = Office.objects.filter(covering(day), member=OuterRef("member"))
    need = CareRecord.objects.filter(
        covering(day), member=OuterRef("member"), category=CareRecord.Category.HARDSHIP
    )
    away = MobileMember.objects.filter(
        covering(day), member=OuterRef("member"), kind=MobileMember.Kind.ABROAD
    )
    return rows.annotate(
        post_then=Subquery(posts.order_by("pk").values("post")[:1]),
        in_need=Exists(need),
        abroad=Exists(away),
        joined_early=Case(
            When(member__joined_on__lt=FOUNDING, then=Value(True)),  # noqa: FBT003 -- Django's Value
            default=Value(False),  # noqa: FBT003 -- Django's Value
        ),
    )


def _below(place: PartyOrganization, day: dt.date) -> Q:
    """Return the condition on the subtree of a place as it stood on `day`."""
    stood = placed(PartyOrganization.objects.filter(pk=place.pk), "", day)
    path = stood.values_list("place__path", flat=True).first() or place.path
    return Q(place__path__gte=path, place__path__lt=next_path(path))


def _categories(day: dt.date) -> list[Band]:
    full = full_on(day, "member__")
    return [Band("full", "正式党员", full), Band("probationary", "预备党员", ~full)]


def _genders(day: dt.date) -> list[Band]:
    known = [
        Band(code, str(label), Q(member__gender=code)) for code, label in Member.Gender.choices
    ]
    return [*known, Band(UNKNOWN, "未填", Q(member__gender=""))]


def _ages(day: dt.date) -> list[Band]:
    found = _by_years("member__born_on", AGES, day, "岁")
    return [*found, Band(UNKNOWN, "未填", Q(member__born_on__isnull=True))]


def _seniorities(day: dt.date) -> list[Band]:
    confirmed = _by_years("member__confirmed_on", SENIORITIES, day, "年")
    nothing, full = (
        Q(member__confirmed_on__isnull=True),
        Q(member__category=Member.Category.FULL),
    )
    return [
        *confirmed,
        Band("later", "还没有党龄", Q(member__confirmed_on__gt=day) | nothing & ~full),
        Band(UNKNOWN, "转正时间未填", nothing & full),
    ]


def _by_years(lookup: str, limits: tuple[int, ...], day: dt.date, unit: str) -> list[Band]:
    """Return bands by whole years since a date that is not after `day`: below 30, 30 to 34."""
    found = []
    edges = (0, *limits, None)
    for low, high in pairwise(edges):
        condition = Q(**{f"{lookup}__lte": latest_start(day, low or 0)})
        if high is None:
            label = f"{low} {unit}及以上"
        else:
            condition &= Q(**{f"{lookup}__gt": latest_start(day, high)})
            low_label = f"{low} 至 {high - 1} {unit}" if high - 1 > (low or 0) else f"{low} {unit}"
            label = low_label if low else f"不满 {high} {unit}"
        found.append(Band(f"{low}", label, condition))
    return found


def _ethnicities(day: dt.date) -> list[Band]:
    known = [
        Band(f"e{number:02}", name, Q(member__ethnicity=name))
        for number, name in enumerate(ETHNICITIES, start=1)
    ]
    named = Q(member__ethnicity__in=ETHNICITIES)
    return [
        *known,
        Band(OTHER, "其他写法", ~named & ~Q(member__ethnicity="")),
        Band(UNKNOWN, "未填", Q(member__ethnicity="")),
    ]


def _educations(day: dt.date) -> list[Band]:
    found, earlier = [], Q(member__education="")
    for code, label, words in EDUCATION_WORDS:
        fits = Q()
        for word in words:
            fits |= Q(member__education__contains=word)
        found.append(Band(code, label, fits & ~earlier))
        earlier |= fits
    return [
        *found,
        Band(OTHER, "其他写法", ~earlier),
        Band(UNKNOWN, "未填", Q(member__education="")),
    ]
