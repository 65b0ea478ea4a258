"""Who was not there and why: 张三、李四（病假）；王五（公出） and its many other spellings."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from activities.models import Attendance
from activities.reasons import PATTERNS
from partybuild.values import clean_name, clean_text, is_blank, squeeze

Reason, Status = Attendance.Reason, Attendance.Status

NOBODY = re.compile(
    "(全勤|全部?到齐|全员到会|全(体|部)(党员)?(参加|到会|出席)|无人?(缺席|请假)?(人员)?|没有(缺席|请假)|应到尽到|0人?|零)。?"
)
ON_LEAVE = "请假"
UNSAID = ("缺席", "缺勤", "未到", "未参加", "原因不明", "不详", "")
COUNT = re.compile(
    "(共计?|等|计)?(\\d{1,3}|[一二三四五六七八九十]{1,3})(人|名)(请假|缺席|未到)?|等|(请假|缺席|未到)(\\d{1,3})?(人|名)?"
)
LABEL = re.compile("(?P<label>[^:：()（）、，,;；\n]{1,12})[:：](?P<rest>.+)", re.DOTALL)
BRACKETED = re.compile("(?P<names>[^()]*)[(](?P<reason>[^()]*)[)]?")
SEPARATORS = re.compile("[、,，;；/\n]+")
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Absentee:
    """Somebody who was not there; `reason` is "" where none is given, `said` how it was written."""

    name: str
    reason: str = ""
    said: str = ""

    @property
    def status(self) -> str:
        if self.reason == "" and self.said != ON_LEAVE:
            return str(Status.ABSENT)
        return str(Status.ABSENT if self.reason == Reason.NONE else Status.ON_LEAVE)

    @property
    def is_strange(self) -> bool:
        """Whether the reason is none of the list and is kept in its own words."""
        return self.reason == Reason.OTHER and self.said not in ("其他", "其它")


def read_absentees(
    cell: Any, knows: Callable[[str], bool], *, reasons: Any = None
) -> list[Absentee]:
    """Read the cell of those who were not there; `reasons` is the cell of reasons beside it.

    `knows` tells whether a name is one of the roster: only so can 张三病假 and names that hold a
    blank be told from two names.
    """
    if is_blank(cell) or NOBODY.fullmatch(squeeze(cell)):
        return []
    text = clean_text(cell).translate(str.maketrans("（）【】[]〔〕", "()()()()"))
    found: dict[str, Absentee] = {}
    for line in _lines(text):
        for one in _read_line(line, knows):
            found.setdefault(one.name, one)
    people = list(found.values())
    if not is_blank(reasons) and people and not any(one.reason for one in people):
        people = _beside(people, clean_text(reasons), knows)
    return people


def reason_of(text: str) -> tuple[str, str]:
    """Return the reason that words give, and the words; both "" where they give none.

    Leave without a reason gives none, but is leave.
    """
    said = squeeze(text).strip("。.:：-—,，")
    if said == ON_LEAVE:
        return "", ON_LEAVE
    if said in UNSAID:
        return "", ""
    for reason, pattern in PATTERNS.items():
        if re.fullmatch(pattern, said):
            return str(reason), said
    return str(Reason.OTHER), said


def _lines(text: str) -> Iterator[str]:
    """Part a cell into lines and groups, but not inside brackets."""
    safe = re.sub(r"\([^()]*\)", lambda m: re.sub("[;；\n]", "，", m[0]), text)
    for line in re.split("[;；\n]+", safe):
        if line.strip(" 。，,、"):
            yield line.strip(" 。，,、")


def _read_line(line: str, knows: Callable[[str], bool]) -> Iterator[Absentee]:
    common = ("", "")
    if (label := LABEL.fullmatch(line)) is not None:
        if knows(clean_name(label["label"])):
            yield Absentee(clean_name(label["label"]), *reason_of(label["rest"]))
            return
        written = squeeze(label["label"])
        word = COUNT.sub("", written) or (ON_LEAVE if ON_LEAVE in written else "")
        word = re.sub("(人员|的?党员|名单)$", "", word)
        common, line = reason_of(word), label["rest"]
    rest = 0
    for part in BRACKETED.finditer(line):
        rest = part.end()
        names = list(_names(part["names"], knows, common))
        said = reason_of(part["reason"])
        if said[1] != ON_LEAVE and COUNT.fullmatch(squeeze(part["reason"])):
            said = common
        for one in names:
            yield one if one.reason or not said[1] else Absentee(one.name, *said)
    yield from _names(line[rest:], knows, common)


def _names(text: str, knows: Callable[[str], bool], common: tuple[str, str]) -> Iterator[Absentee]:
    """Yield the names of a list without brackets; blanks part names where the whole is nobody's."""
    for part in SEPARATORS.split(text):
        last: Absentee | None = None
        for name in _apart(part.strip(" :：。-"), knows):
            reason, said = reason_of(name)
            is_word = said == ON_LEAVE or reason not in ("", Reason.OTHER)
            if last and not knows(name) and is_word:
                last = Absentee(last.name, reason, said)  # 张三 病假
                continue
            if last:
                yield last
            last = _told(name, knows, common)
        if last:
            yield last


def _apart(part: str, knows: Callable[[str], bool]) -> list[str]:
    whole = clean_name(part)
    if not whole or COUNT.fullmatch(squeeze(whole)):
        return []
    pieces = [clean_name(piece) for piece in part.split()]
    several = len(pieces) > 1 and min(map(len, pieces)) >= SHORTEST_NAME
    found = pieces if several and not knows(whole) else [whole]
    return [
        name
        for at, name in enumerate(found)
        if (at and name == ON_LEAVE) or not COUNT.fullmatch(name)
    ]


def _told(name: str, knows: Callable[[str], bool], common: tuple[str, str]) -> Absentee:
    """Read 张三病假, 张三-病假 and 因病请假张三 where the name alone is one of the roster."""
    if not knows(name):
        for cut in range(len(name) - 1, 1, -1):
            if knows(name[:cut]) and COUNT.fullmatch(name[cut:]) and name[cut:] != ON_LEAVE:
                return Absentee(name[:cut], *common)
            if knows(name[:cut]):
                return Absentee(name[:cut], *reason_of(name[cut:]))
    return Absentee(name, *common)


def _beside(people: list[Absentee], reasons: str, knows: Callable[[str], bool]) -> list[Absentee]:
    """Give people the reasons of a cell of their own: one for all, one each, or name by name."""
    named = {one.name: one for one in read_absentees(reasons, knows)}
    if any(one.name in named for one in people):
        return [named.get(one.name, one) for one in people]
    said = [part for part in SEPARATORS.split(reasons) if part.strip()]
    if len(said) == 1:
        said *= len(people)
    if len(said) != len(people):
        return [Absentee(one.name, str(Reason.OTHER), reasons[:100]) for one in people]
    return [Absentee(one.name, *reason_of(word)) for one, word in zip(people, said, strict=True)]
