"""Reading talks: lists, who may read what was said, who can be named in one."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from activities.models import Talk, TalkPerson
from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import Member, Membership, Office
from members.queries.roll import roll_members
from partybuild.dated import covering
from partybuild.periods import Period

READ, WRITE = "activities.read_talk", "activities.add_talk"
SEPARATORS = re.compile(r"[、,，;；\n]+")
SPELLINGS = str.maketrans({"(": "（", ")": "）", " ": None, "\u3000": None})


def talk_list(
    period: Period,
    *,
    branch: PartyOrganization | None = None,
    kind: str = "",
    member: Member | None = None,
) -> QuerySet[Talk]:
    """Return the talks of a period, the newest first; of one kind or with one person, if asked."""
    talks = Talk.objects.filter(held_on__range=(period.start, period.end)).select_related(
        "organization"
    )
    if branch:
        talks = talks.filter(organization=branch)
    if kind:
        talks = talks.filter(kind=kind)
    if member:
        talks = talks.filter(pk__in=TalkPerson.objects.filter(member=member).values("talk"))
    return talks.order_by("-held_on", "-pk")


def placed_talks(period: Period, day: dt.date) -> QuerySet[Talk]:
    """Return the talks of a period with their `placement` as of a day."""
    talks = Talk.objects.filter(held_on__range=(period.start, period.end))
    return placed(talks, "organization", day, name="placement")


def talks_of(member: Member) -> QuerySet[TalkPerson]:
    """Return the talks in which somebody took part, the newest first."""
    return (
        TalkPerson.objects.filter(member=member)
        .select_related("talk__organization")
        .order_by("-talk__held_on", "-pk")
    )


@dataclass(frozen=True)
class Parties:
    """Who talked and who was talked to: names joined by 、 as a list writes them."""

    talkers: str = ""
    talked_to: str = ""


def parties_of(talk_ids: Iterable[int]) -> dict[int, Parties]:
    """Return the names of each of these talks, in one query."""
    names: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = TalkPerson.objects.filter(talk__in=list(talk_ids)).order_by("talk", "pk")
    for talk, role, name in rows.values_list("talk", "role", "name"):
        names[talk][role].append(name)
    return {
        talk: Parties(
            "、".join(roles[TalkPerson.Role.TALKER]), "、".join(roles[TalkPerson.Role.TALKED])
        )
        for talk, roles in names.items()
    }


def talkers_in(talk_ids: list[int]) -> dict[int, str]:
    """Return per talk who talked."""
    return {talk: parties.talkers for talk, parties in parties_of(talk_ids).items()}


def talked_to_in(talk_ids: list[int]) -> dict[int, str]:
    """Return per talk who was talked to."""
    return {talk: parties.talked_to for talk, parties in parties_of(talk_ids).items()}


def posts_in(talk_ids: list[int]) -> dict[int, str]:
    """Return per talk what those who were talked to were: their post here that day, else their job."""
    offices = "member__offices__"
    rows = (
        TalkPerson.objects.filter(talk__in=talk_ids, role=TalkPerson.Role.TALKED)
        .order_by("talk", "pk", f"{offices}pk")
        .values_list(
            *("talk", "pk", "talk__held_on", "talk__organization", "member__job_title"),
            *(f"{offices}organization", f"{offices}post"),
            *(f"{offices}started_on", f"{offices}ended_on"),
        )
    )
    labels = dict(Office.Post.choices)
    posts: dict[tuple[int, int], list[str]] = defaultdict(list)
    jobs: dict[tuple[int, int], str] = {}
    for talk, person, day, here, job, place, post, start, end in rows:
        jobs[talk, person] = job or ""
        if place == here and (start is None or start <= day) and (end is None or end > day):
            posts[talk, person].append(str(labels[post]))
    told: dict[int, list[str]] = defaultdict(list)
    for (talk, person), job in jobs.items():
        words = "、".join(posts[talk, person]) or job
        if words:
            told[talk].append(words)
    return {talk: "；".join(words) for talk, words in told.items()}


def may_read(user: Any, talk: Talk) -> bool:
    """Tell whether somebody may read what was said: with the permission there, who talked, who wrote it down."""
    if user.has_perm(READ) and user.scope_for(READ).covers(talk.organization.path):
        return True
    own = Member.objects.filter(user=user).values("pk")
    talked = talk.people.filter(role=TalkPerson.Role.TALKER, member__in=own)
    return talk.recorded_by_id == user.pk or talked.exists()


def may_write(user: Any, talk: Talk) -> bool:
    """Tell whether somebody may correct or delete a talk: only who may read it."""
    inside = user.has_perm(WRITE) and user.scope_for(WRITE).covers(talk.organization.path)
    return inside and may_read(user, talk)


# --- naming people -------------------------------------------------------------------------------


class NameProblem(ValueError):
    """A name that cannot be taken, with the reason in Chinese."""


class Namebook:
    """The people of a branch as one writes them in a talk: 张伟, or 张伟（1985年生） where there are two."""

    def __init__(self, branch: PartyOrganization, day: dt.date) -> None:
        people = [*roll_members(branch, day), *_in_development(branch, day)]
        counts = Counter(one.name for one in people)
        self.labels: dict[str, Member] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for one in people:
            label = one.name
            if counts[one.name] > 1:
                born = f"{one.born_on.year}年生" if one.born_on else "出生年份不详"
                label = f"{one.name}（{born}）"
                if label in self.labels:
                    label = f"{one.name}（{born}，第{len(self._by_name[one.name]) + 1}位）"
            self.labels[label] = one
            self._by_name[one.name].append(label)
        self._found = {label.translate(SPELLINGS): one for label, one in self.labels.items()}

    def label_of(self, member: Member | None, name: str) -> str:
        """Return how somebody is written; the plain name for who is not in the book."""
        for label, one in self.labels.items():
            if member and one.pk == member.pk:
                return label
        return name

    def find(self, text: str) -> Member | None:
        """Return who is meant, None for a name that is not in the book; NameProblem when several."""
        one = self._found.get(text.translate(SPELLINGS))
        several = self._by_name.get(text.strip(), [])
        if one is None and len(several) > 1:
            raise NameProblem(
                f"有 {len(several)} 位{text.strip()}，请写成“{'”或“'.join(several)}”。"
            )
        return one


def names_in(text: str) -> list[str]:
    """Return the names that somebody has typed, separated by 、 or a comma."""
    return [name.strip() for name in SEPARATORS.split(text) if name.strip()]


def _in_development(branch: PartyOrganization, day: dt.date) -> Iterable[Member]:
    """Return who is being developed here: the branch talks with them, too."""
    held = Membership.objects.filter(
        covering(day), organization=branch, kind=Membership.Kind.DEVELOPMENT
    )
    people = Member.objects.filter(pk__in=list(held.values_list("member", flat=True)))
    return people.exclude(category__in=Member.MEMBER_CATEGORIES).order_by("pinyin", "pk")
