"""Reading service platforms and who covers them, as of a day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from branches.models import Coverage, PartyOrganization, ServicePlatform
from branches.queries.placements import placed
from partybuild import paths
from partybuild.dated import covering

BLANK = "blank"
WAYS = (*Coverage.Way.values, BLANK)
# What a list may be narrowed to: each word and the ways it stands for.
COVERAGE_WORDS = {
    "own": ("单建", ("own",)),
    "joint": ("联建", ("joint",)),
    "instructor": ("派指导员", ("instructor",)),
    BLANK: ("空白", (BLANK,)),
    "covered": ("已覆盖（单建、联建、派指导员）", ("own", "joint", "instructor")),
    "without": ("未建立党组织（派指导员、空白）", ("instructor", BLANK)),
}


def existing_on(day: dt.date) -> Q:
    """Return the condition that a platform exists on `day`; an unknown start is open."""
    opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
    return opened & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))


def platforms_on(day: dt.date) -> QuerySet:
    """Return the platforms in scope that exist on `day`, each with who covers it then.

    `cover` is the coverage of that day, `way` its way or 'blank', `coverer` the placement of the
    covering organisation, `place` that of the one in charge, `meets_standard` whether it is 标准化.
    """
    standard = Q(is_standard=True) & (Q(standard_since__isnull=True) | Q(standard_since__lte=day))
    found = ServicePlatform.objects.filter(existing_on(day)).annotate(
        cover=FilteredRelation("coverages", condition=covering(day, "coverages__"))
    )
    relation = "cover__organization__placements"
    found = found.annotate(
        coverer=FilteredRelation(relation, condition=covering(day, f"{relation}__")),
        way=Coalesce(F("cover__way"), Value(BLANK), output_field=CharField()),
        meets_standard=Case(
            When(standard, then=Value(True)),  # noqa: FBT003 -- Django's Value
            default=Value(False),  # noqa: FBT003 -- Django's Value
            output_field=BooleanField(),
        ),
    )
    return placed(found, "organization", day)


def platform_list(
    day: dt.date,
    *,
    text: str = "",
    level: str = "",
    area: str = "",
    kind: str = "",
    coverage: str = "",
    standard: str = "",
    organization: PartyOrganization | None = None,
) -> QuerySet:
    """Return the platforms that exist on `day` and meet the conditions ('' for any).

    `standard` is 'yes' or 'no', `coverage` a key of COVERAGE_WORDS, `organization` the top of a
    subtree that answers for them.
    """
    found = platforms_on(day)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    plain = {"level": level, "area": area, "kind": kind}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if coverage:
        found = found.filter(way__in=COVERAGE_WORDS[coverage][1])
    if standard:
        found = found.filter(meets_standard=standard == "yes")
    if organization:
        top = organization.path
        found = found.filter(
            organization__path__gte=top, organization__path__lt=paths.next_path(top)
        )
    return found


def areas_in_scope() -> list[str]:
    """Return the areas of the platforms in scope in their order."""
    return list(ServicePlatform.objects.order_by("area").values_list("area", flat=True).distinct())


@dataclass
class Figures:
    """How many platforms there are, by the way they are covered, and how many are 标准化."""

    own: int = 0
    joint: int = 0
    instructor: int = 0
    blank: int = 0
    standard: int = 0

    @property
    def total(self) -> int:
        return self.own + self.joint + self.instructor + self.blank

    @property
    def covered(self) -> int:
        return self.total - self.blank

    @property
    def without(self) -> int:
        """Those without a party organisation of their own or a joint one (未建立党组织)."""
        return self.instructor + self.blank

    @property
    def rate(self) -> str:
        """The share that is covered: 66.7%."""
        return f"{self.covered / self.total:.1%}" if self.total else "—"


@dataclass
class Rates:
    """The figures of a day: of everything, by level, by area, by kind."""

    whole: Figures
    levels: dict[str, Figures]
    areas: dict[str, Figures]
    kinds: dict[str, Figures]


def coverage_rates(day: dt.date) -> Rates:
    """Count the platforms in scope as of `day`. One query."""
    rates = Rates(Figures(), {}, {}, {})
    counted = (
        platforms_on(day)
        .order_by()
        .values_list("area", "level", "kind", "way", "meets_standard")
        .annotate(count=Count("pk"))
    )
    for area, level, kind, way, standard, count in counted:
        for figures in (
            rates.whole,
            rates.levels.setdefault(level, Figures()),
            rates.areas.setdefault(area, Figures()),
            rates.kinds.setdefault(kind, Figures()),
        ):
            setattr(figures, way, getattr(figures, way) + count)
            figures.standard += count if standard else 0
    return rates


def summed(several: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    total = Figures()
    for figures in several:
        for one in fields(Figures):
            setattr(total, one.name, getattr(total, one.name) + getattr(figures, one.name))
    return total


def coverage_history(platform: ServicePlatform) -> QuerySet[Coverage]:
    """Return how one platform was covered, the newest first."""
    return platform.coverages.select_related("organization").order_by(
        F("started_on").desc(nulls_last=True), "-pk"
    )


def coverage_on(platform: ServicePlatform, day: dt.date) -> Coverage | None:
    """Return the coverage of a platform on `day`, None for 空白."""
    found = platform.coverages.filter(covering(day)).select_related("organization")
    return found.order_by("pk").first()


def forsaken_on(day: dt.date) -> QuerySet:
    """Return the platforms whose covering organisation has been dissolved by `day`."""
    return platforms_on(day).filter(cover__organization__dissolved_on__lte=day)


def covered_by(organization: PartyOrganization, day: dt.date) -> QuerySet[Coverage]:
    """Return what one organisation covers on `day`, as far as the scope shows it."""
    opened = Q(platform__opened_on__isnull=True) | Q(platform__opened_on__lte=day)
    closed = Q(platform__closed_on__isnull=True) | Q(platform__closed_on__gt=day)
    found = Coverage.objects.filter(covering(day), opened & closed, organization=organization)
    return found.select_related("platform").order_by("platform__area", "platform__name", "pk")
