"""Which forms of organisation life a cell names: 党员大会+党课+主题党日, 党小组会（第二党小组）."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from activities.models import Meeting
from branches.naming import group_name
from partybuild.values import is_blank, squeeze

Kind = Meeting.Kind

SEPARATORS = re.compile("[+＋、/／,，;；|｜&\\\\]|暨|兼|并|及|和|与|结合|套开|合并")
BRACKETED = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
QUOTES = re.compile("[“”\"'‘’「」『』《》〈〉]")
NUMBER = "[一二三四五六七八九十]{1,3}|\\d{1,2}"
GROUPS_IN_TEXT = re.compile(f"((?:第?(?:{NUMBER})[、,，和及与]?)+)党?小?组(?!织)")
NUMBER_ALONE = re.compile(f"第?({NUMBER})")
ROUND = re.compile(
    "^(召开|开展|举行|组织(?!生活)|举办|年度|季度|月度|本月|每月)+|第[一二三四1-4]季度|[\\d一二三四五六七八九十]{1,4}[年月]份?"
)
# Each pattern matches the whole of one part of the cell.
FORMS = (
    (Kind.ORGANIZATIONAL_LIFE_MEETING, ".{0,10}组织生活会.{0,4}"),
    (
        Kind.DEMOCRATIC_APPRAISAL,
        "(开展)?(年度)?(党员)?(民主)?评议(党员)?(工作|活动|大会|会议?|测评)?|民主(评议|测评)(党员)?.{0,4}",
    ),
    (
        Kind.PARTY_DAY,
        ".{0,10}(主题党日|党日活动|党员活动日|固定党日|支部活动日|统一活动日|党日).{0,6}",
    ),
    (Kind.PARTY_LECTURE, ".{0,14}党课.{0,6}"),
    (
        Kind.GROUP_MEETING,
        f"(.{{0,10}})?(第?({NUMBER}))?党?小组(会议?|学习会?|活动|讨论会?|(全体)?会议)?",
    ),
    (
        Kind.COMMITTEE_MEETING,
        "党?支(部)?委(员)?(会)?(扩大)?(会议?|例会|扩大会议?)?|党?支部委员会?(扩大)?(会议?)?|支委扩大会",
    ),
    (
        Kind.GENERAL_MEETING,
        "(党?支部)?(全体)?(党员)(代表)?(全体)?(大会|会议?)|党?支部(全体)?(党员)?(大会|会议)|全体党员会议?",
    ),
)
ORDER = {kind: at for at, kind in enumerate(Kind.values)}
NAMELESS_GROUP = ("", "党小组", "小组", "各", "各党小组", "党小组会", "各小组")


@dataclass(frozen=True)
class Held:
    """The forms that a cell names; `groups` as written, `strange` the parts that are none."""

    kinds: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def read_held(cell: Any, *, group: Any = None) -> Held:
    """Read the forms of a cell, in the order in which records have them; `group` is another cell."""
    if is_blank(cell):
        return Held()
    text = QUOTES.sub("", squeeze(cell))
    kinds: list[str] = []
    named: list[str] = []
    strange: list[str] = []
    for part in SEPARATORS.split(BRACKETED.sub("", text)):
        kind = _kind(part)
        if kind:
            kinds.append(kind)
            named += _named_group(part) if kind == Kind.GROUP_MEETING else []
        elif part and not NUMBER_ALONE.fullmatch(part):
            strange.append(part)
    inside = [piece for whole in BRACKETED.findall(text) for piece in SEPARATORS.split(whole)]
    kinds += [
        kind for piece in inside if (kind := _kind(piece)) and Kind.GROUP_MEETING not in kinds
    ]
    groups: list[str] = []
    if Kind.GROUP_MEETING in kinds:
        written = "" if is_blank(group) else squeeze(group)
        groups = _numbered_groups(text) + _numbered_groups(written) + named
        for piece in [*inside, *SEPARATORS.split(written)]:
            groups += _named_group(piece)
        if written and not groups:
            groups = [group_name(written)]
    held = sorted(set(kinds), key=lambda kind: (kind == Kind.GROUP_MEETING, ORDER[kind]))
    return Held(tuple(held), tuple(dict.fromkeys(g for g in groups if g)), tuple(strange))


def kinds_named(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the forms that the name or the titles of a sheet speak of, the first that does."""
    for text in texts:
        bare = re.sub(
            "记录表?|台账|登记表?|情况表?|统计表?|一览表?|汇总表?|[(（].*?[)）]", "", squeeze(text)
        )
        kind = _kind(bare.rpartition("年度")[2].rpartition("年")[2])
        if kind:
            return (kind,)
    return ()


def _kind(part: str) -> str:
    bare = ROUND.sub("", part)
    if re.search("三会一课|理论中心组|中心组", bare):
        return ""
    return next((kind for kind, pattern in FORMS if re.fullmatch(pattern, bare)), "")


def _numbered_groups(text: str) -> list[str]:
    """Return the numbered 党小组 of a text: 第一、第二党小组, 2组."""
    lists = GROUPS_IN_TEXT.findall(text)
    return [group_name(number) for one in lists for number in NUMBER_ALONE.findall(one)]


def _named_group(part: str) -> list[str]:
    """Return the 党小组 that a part of the cell calls by a name: 机关党小组."""
    named = re.sub("(会议|会|学习会?|活动|讨论会?)$", "", part)
    is_name = named.endswith("小组") and named not in NAMELESS_GROUP
    return [named] if is_name and not GROUPS_IN_TEXT.search(named) else []
