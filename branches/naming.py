"""Names of organisations: one organisation is written in many ways, and found under all of them."""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from enum import IntEnum
from typing import Generic, NamedTuple, TypeVar

from branches.models import PartyOrganization
from partybuild.values import squeeze

Item = TypeVar("Item")
Kind = PartyOrganization.Kind

DIGITS = "零一二三四五六七八九"
NUMERAL = re.compile("[一二三四五六七八九十]+")
BRACKETS = re.compile("[(（【].*?[)）】]")
PARTY = re.compile("^(中国共产党|中共)")
# Formal endings and the everyday word for each, the longest first.
ENDINGS = (
    ("(党?总支部委员会|党?总支委员会|党总支部|党总支委)", "党总支"),
    ("(党?支部委员会|党支委会?)", "党支部"),
    ("(党的)?工作委员会", "工委"),
    ("机关(党的)?委员会|机关党委会", "机关党委"),
    ("党的委员会|党委会", "党委"),
)
NEAR_RATIO = 0.8
GENERIC = frozenset({"党支部", "支部", "党总支", "总支", "党委", "工委", "委员会"})

# What the 组织类别 column may say; codes as the national list has them.
KIND_WORDS = (
    ("(机关|直属机关)?工委|.*工作委员会", Kind.WORKING_COMMITTEE),
    ("机关(党委|委员会|党的委员会)", Kind.OFFICE_COMMITTEE),
    ("(基层)?党委|党的(基层)?委员会|党委会|党组|611", Kind.COMMITTEE),
    ("党?总支部?(委员会)?|621", Kind.GENERAL_BRANCH),
    ("(党?支部)?联合(党?支部)?(委员会)?|632", Kind.JOINT_BRANCH),
    ("(党?支部)?临时(党?支部)?(委员会)?", Kind.TEMPORARY_BRANCH),
    ("(党?支部)?功能[型性](党?支部)?(委员会)?", Kind.FUNCTIONAL_BRANCH),
    ("流动党员(党?支部)?(委员会)?", Kind.MOBILE_BRANCH),
    ("(基层|离退休)?党?支部(委员会)?|631", Kind.BRANCH),
    ("党?小组", Kind.GROUP),
)
NAME_ENDINGS = (
    ("机关党委", Kind.OFFICE_COMMITTEE),
    ("工委", Kind.WORKING_COMMITTEE),
    ("党委", Kind.COMMITTEE),
    ("总支部?", Kind.GENERAL_BRANCH),
    ("联合党?支部", Kind.JOINT_BRANCH),
    ("临时党?支部", Kind.TEMPORARY_BRANCH),
    ("功能[型性]党?支部", Kind.FUNCTIONAL_BRANCH),
    ("流动党员党?支部", Kind.MOBILE_BRANCH),
    ("支部", Kind.BRANCH),
    ("小组", Kind.GROUP),
)


class Nearness(IntEnum):
    """How a spelling was found: by a rule of writing, loosely, or by guessing what was meant."""

    RULE = 1
    LOOSE = 2
    GUESS = 3


class Found(NamedTuple, Generic[Item]):
    """An organisation, and how near its spelling comes."""

    item: Item
    nearness: Nearness


def canonical_name(text: object) -> str:
    """Give the everyday full name: 中共某局某处支部委员会 is 某局某处党支部."""
    name = squeeze(text)
    bare = PARTY.sub("", name)
    for ending, word in ENDINGS:
        changed = re.sub(f"({ending})$", word, bare)
        if changed != bare:
            return changed
    if bare != name and bare.endswith("委员会"):
        return bare.removesuffix("委员会") + "党委"
    return bare


def parse_kind(text: object, name: str) -> str | None:
    """Tell the kind from the 组织类别 cell and the name; None when the word is unknown.

    A cell that only says 党支部 or 党委 is refined by a name that says more.
    """
    word = re.sub("[()（）]", "", squeeze(text))
    said = next((kind for pattern, kind in KIND_WORDS if re.fullmatch(pattern, word)), None)
    named = next((k for ending, k in NAME_ENDINGS if re.search(f"{ending}$", name)), None)
    if not word:
        return named
    finer = {Kind.BRANCH: PartyOrganization.BRANCH_KINDS, Kind.COMMITTEE: (Kind.OFFICE_COMMITTEE,)}
    return named if said and named in finer.get(said, ()) else said


def key_of(text: object) -> str:
    """Give the form in which spellings are compared: canonical, numerals in Chinese."""
    name = squeeze(text)
    bare = canonical_name(BRACKETS.sub("", name) or name)
    return re.sub(r"(?<=第)(\d{1,2})", lambda match: _chinese(int(match[1])), bare)


class OrganizationFinder(Generic[Item]):
    """Finds organisations by any usual spelling of their name or short name."""

    def __init__(self, items: Iterable[tuple[Item, tuple[str, ...]]] = ()) -> None:
        self._spellings: list[tuple[str, Item]] = []
        self._exact: dict[str, list[Item]] = {}
        for item, spellings in items:
            self.add(item, spellings)

    def add(self, item: Item, spellings: tuple[str, ...]) -> None:
        """Make an organisation known under its name and short name."""
        for key in {key_of(spelling) for spelling in spellings if spelling}:
            self._exact.setdefault(key, []).append(item)
            self._spellings.append((key, item))

    def exact(self, text: object) -> Item | None:
        """Return the organisation of exactly this name or short name, None when none or several."""
        return _only(self._exact.get(key_of(text), []))

    def find(self, text: object, *, upto: Nearness = Nearness.LOOSE) -> Found[Item] | None:
        """Return the one organisation that a spelling means, None when it is none or not clear."""
        key = key_of(text)
        if not key:
            return None
        exact = self._exact.get(key)
        if exact:
            only = _only(exact)
            return Found(only, Nearness.RULE) if only is not None else None
        tiers: list[tuple[Nearness, Callable[[str, str], bool]]] = [
            (Nearness.RULE, _is_tail),
            (Nearness.LOOSE, _is_loosely),
            (Nearness.GUESS, _is_abbreviation),
        ]
        for nearness, matches in tiers:
            if nearness > upto:
                return None
            hits = [item for spelling, item in self._spellings if matches(key, spelling)]
            only = _only(hits)
            if only is not None:
                return Found(only, nearness)
            if hits:
                return None
        return self._most_alike(key)

    def guess(self, text: object) -> Item | None:
        """Return what may have been meant, to be offered and never taken."""
        found = self.find(text, upto=Nearness.GUESS)
        return found.item if found else None

    def _most_alike(self, key: str) -> Found[Item] | None:
        best: dict[int, tuple[float, Item]] = {}
        for spelling, item in self._spellings:
            ratio = _likeness(key, spelling)
            if ratio > best.get(id(item), (0.0, item))[0]:
                best[id(item)] = (ratio, item)
        ranked = sorted(best.values(), key=lambda pair: -pair[0])[:2]
        if not ranked or ranked[0][0] < NEAR_RATIO:
            return None
        if len(ranked) > 1 and ranked[1][0] == ranked[0][0]:
            return None
        return Found(ranked[0][1], Nearness.GUESS)


def _only(items: list[Item]) -> Item | None:
    return items[0] if items and all(item is items[0] for item in items) else None


def _is_tail(key: str, spelling: str) -> bool:
    """机关党委 stands for 某市某局机关党委."""
    return key not in GENERIC and len(key) > len("党委") and spelling.endswith(key)


def _is_loosely(key: str, spelling: str) -> bool:
    """公证处 and 公证处支部 stand for 某市公证处党支部."""
    core, ending = _split(key)
    loose = core + (ending or "支部")
    return len(core) > 1 and _loose(spelling).endswith(loose)


def _is_abbreviation(key: str, spelling: str) -> bool:
    """法援中心党支部 stands for 法律援助中心党支部: the same letters in the same order.

    党委 alone stands for the only one there is.
    """
    (core, ending), (whole, other) = _split(key), _split(spelling)
    if not core and ending == other:
        return True
    if (
        ending != other
        or len(core) < len("中心")
        or NUMERAL.findall(core) != NUMERAL.findall(whole)
    ):
        return False
    letters = iter(whole)
    return all(letter in letters for letter in core)


def _likeness(key: str, spelling: str) -> float:
    (core, ending), (whole, other) = _split(key), _split(spelling)
    if ending != other or NUMERAL.findall(core) != NUMERAL.findall(whole):
        return 0.0
    return SequenceMatcher(None, core, whole, autojunk=False).ratio()


def _loose(key: str) -> str:
    loose = re.sub("党(?=总支|支部)", "", key)
    return re.sub("总支部$", "总支", loose)


def _split(key: str) -> tuple[str, str]:
    loose = _loose(key)
    match = re.search("(总支|支部|机关党委|党委|工委|小组)$", loose)
    return (loose[: match.start()], match[0]) if match else (loose, "")


def _chinese(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{DIGITS[tens]}十")
    return head + (DIGITS[ones] if ones or not tens else "")


def group_name(text: object) -> str:
    """Give 第二党小组 for 第二党小组, 第2小组, 二组, 2; other names as they stand; "" for none."""
    name = squeeze(text)
    match = re.fullmatch("第?([一二三四五六七八九十]{1,3}|\\d{1,2})(党?小?组)?", name)
    if not match:
        return name
    number = match[1]
    return f"第{_chinese(int(number)) if number.isdecimal() else number}党小组"


def numbered_groups(count: int) -> list[str]:
    """Give the names of the first so many groups."""
    return [f"第{_chinese(number)}党小组" for number in range(1, count + 1)]
