"""Values of a document as people type them: one text for a field, one line for each part of a list.

`国家级 10` is a level with its points; parts with more to say are parted by ｜, in the order of their
fields. Whatever a value holds, what is written here is read back as the very same value.
"""

import dataclasses
import re
import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

from assessments.engine.labels import Label, labels_of
from assessments.engine.written import Unreadable, hints_of, number_in

BAR = "｜"
BARS = re.compile(r"[｜|\t]")
YES, NO = "是", "否"
YESES, NOES = {YES, "有", "true", "1"}, {NO, "没有", "false", "0"}
# An empty text or list that is meant, where nothing typed means the default; twice, an empty line.
EMPTY = r"\0"
ESCAPED = re.compile(r"\\(\\|n|0|\{[0-9a-f]{1,6}\})")
FIGURE = re.compile(r"[-−]?\d+(\.\d+)?[%％]?分?")
PAIR = 2
WIDE_BLANKS = "\u3000\u00a0"
REQUIRED = object()
PLAIN = Label("")
HUNDRED = Decimal(100)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One of the things that a line says: its word, its type, and whether it must be said."""

    label: Label
    hint: Any
    default: Any = REQUIRED

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED

    def written(self, value: Any) -> str:
        """Return the text for a value; '' for its default."""
        if not self.is_required and value == self.default:
            return ""
        text = written(self.hint, value, self.label)
        return text or ("" if self.is_required and self.bare is str else EMPTY)

    def shown(self, value: Any) -> str:
        """Return the text for a value, of a default as well, where it says anything."""
        return self.written(value) or written(self.hint, value, self.label)

    def read(self, text: str) -> Any:
        """Read a value; Unreadable says what it should be."""
        if not text and not self.is_required:
            return self.default
        if not text and self.bare is not str:
            raise Unreadable(f"没有写“{self.label.text}”。")
        return read(self.hint, text, self.label)

    @property
    def is_list(self) -> bool:
        return get_origin(self.bare) is tuple

    @property
    def bare(self) -> Any:
        return bare(self.hint)


def entries_of(cls: Any) -> dict[str, Entry]:
    """Return what a part of a document says, by the names of its fields."""
    hints, labels = hints_of(cls), labels_of(cls)
    return {
        one.name: Entry(
            labels.get(one.name, Label(one.name)),
            hints[one.name],
            REQUIRED if one.default is dataclasses.MISSING else one.default,
        )
        for one in dataclasses.fields(cls)
    }


def bare(hint: Any) -> Any:
    """Return a type without its None."""
    if get_origin(hint) in {Union, types.UnionType}:
        return next(one for one in get_args(hint) if one is not types.NoneType)
    return hint


def written(hint: Any, value: Any, label: Label = PLAIN) -> str:
    """Return the text for a value of a type."""
    hint = bare(hint)
    if value is None:
        return ""
    if get_origin(hint) is tuple:
        return "\n".join(_lines(hint, value, label))
    if hint is bool:
        return YES if value else NO
    if hint is str:
        return escaped(label.choices.get(value, value))
    return format(value, "f") if hint is Decimal else str(value)


def read(hint: Any, text: str, label: Label = PLAIN) -> Any:
    """Read a value of a type; Unreadable says, if it has lines in which of them, what it should be."""
    is_optional, hint = hint is not bare(hint), bare(hint)
    if not text and is_optional:
        return None
    if get_origin(hint) is tuple:
        return _rows(hint, text, label)
    if hint is str:
        return _word(unescaped(text), label)
    typed = "".join(text.split())
    if hint is bool:
        if typed.lower() in YESES | NOES:
            return typed.lower() in YESES
        raise Unreadable(f"“{label.text}”应写 {YES} 或 {NO}，写的是“{text[:20]}”。")
    return _number(hint, typed, label)


def _word(text: str, label: Label) -> str:
    if not label.choices or text in label.choices:
        return text
    codes = {word: code for code, word in label.choices.items()}
    if text in codes:
        return codes[text]
    if label.is_open:
        return text
    raise Unreadable(f"“{label.text}”应写 {'、'.join(codes)} 中的一个，写的是“{text[:20]}”。")


def _number(hint: Any, text: str, label: Label) -> Any:
    text = text.replace("−", "-").removesuffix("分")
    if hint is Decimal and text.endswith(("%", "％")):
        return number_in(hint, text[:-1], label.text) / HUNDRED
    return number_in(hint, text, label.text)


# Lists: a line for each part.


def _entries(hint: Any, label: Label) -> list[Entry]:
    """Return what one line of a list says."""
    inner = get_args(hint)[0]
    if dataclasses.is_dataclass(inner):
        return list(entries_of(inner).values())
    if get_origin(inner) is tuple:
        return [Entry(Label(f"第 {at} 格"), one) for at, one in enumerate(get_args(inner), 1)]
    return [Entry(dataclasses.replace(label, is_open=False), inner)]


def _lines(hint: Any, parts: tuple[Any, ...], label: Label) -> Iterator[str]:
    entries = _entries(hint, label)
    for part in parts:
        values = _values(part)
        cells = [_cell(one, value) for one, value in zip(entries, values, strict=True)]
        simple = _simple(entries, cells)
        if simple and _matches(entries, simple, values):
            yield simple
            continue
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        line = BAR.join(cells)
        yield line if line.strip() else EMPTY * 2


def _cell(entry: Entry, value: Any) -> str:
    text = entry.written(value)
    return escaped(text) if entry.is_list else text


def _values(part: Any) -> list[Any]:
    if dataclasses.is_dataclass(part):
        return [getattr(part, one.name) for one in dataclasses.fields(part)]
    return list(part) if isinstance(part, tuple) else [part]


def _simple(entries: list[Entry], cells: list[str]) -> str:
    """Return the short way to write a word and a number, or '' when there is none."""
    return " ".join(cells) if len(entries) == PAIR and all(cells) else ""


def _matches(entries: list[Entry], line: str, values: list[Any]) -> bool:
    try:
        return _line(entries, line) == values
    except Unreadable:
        return False


def _rows(hint: Any, text: str, label: Label) -> tuple[Any, ...]:
    if text.strip() == EMPTY:
        return ()
    entries, inner = _entries(hint, label), get_args(hint)[0]
    found = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = _line(entries, line)
        except Unreadable as problem:
            raise Unreadable(f"第 {number} 行“{line.strip()[:30]}”：{problem}") from None
        found.append(_part(inner, values))
    return tuple(found)


def _part(inner: Any, values: list[Any]) -> Any:
    if dataclasses.is_dataclass(inner):
        names = [one.name for one in dataclasses.fields(inner)]
        return inner(**dict(zip(names, values, strict=True)))  # type: ignore[operator]
    return tuple(values) if get_origin(inner) is tuple else values[0]


def _line(entries: list[Entry], line: str) -> list[Any]:
    """Read what one line says, entry by entry."""
    cells = [cell.strip() for cell in BARS.split(line)]
    if len(cells) == 1:
        cells = _pair(entries, cells[0])
    if len(cells) > len(entries):
        names = BAR.join(one.label.text for one in entries)
        raise Unreadable(f"写了 {len(cells)} 格，应是 {names}。")
    cells += [""] * (len(entries) - len(cells))
    return [
        one.read(unescaped(cell) if one.is_list else cell)
        for one, cell in zip(entries, cells, strict=True)
    ]


def _pair(entries: list[Entry], line: str) -> list[str]:
    """Part a word and a number, whichever comes first."""
    kinds = [one.bare for one in entries]
    if len(entries) != PAIR or set(kinds) != {str, Decimal}:
        return [line]
    at = kinds.index(Decimal)
    for first in (at == 0, at != 0):
        word, _, figure = line.partition(" ")[::-1] if first else line.rpartition(" ")
        if FIGURE.fullmatch(figure.strip()) and word.strip():
            return [figure.strip(), word.strip()] if at == 0 else [word.strip(), figure.strip()]
    return [line]


# Texts.


def escaped(text: str) -> str:
    """Write a text in one line, so that nothing of it is lost when blanks around it are cut."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    text = "".join(
        _escape(one) if BARS.match(one) or not one.isprintable() else one for one in text
    )
    inner = text.strip()
    if inner == text:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if not inner:
        return "".join(map(_escape, text))
    return f"{''.join(map(_escape, before))}{inner}{''.join(map(_escape, after))}"


def _is_odd(one: str) -> bool:
    return bool(BARS.match(one)) or not (one.isprintable() or one in WIDE_BLANKS)


def _escape(one: str) -> str:
    return f"\\{{{ord(one):x}}}"


def unescaped(text: str) -> str:
    """Read what `escaped` wrote; a backslash that says nothing is one."""
    return ESCAPED.sub(_unescape, text)


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code in {"\\", "n", "0"}:
        return {"\\": "\\", "n": "\n", "0": ""}[code]
    number = int(code[1:-1], 16)
    return chr(number) if number <= 0x10FFFF else match[0]  # noqa: PLR2004 -- the last of Unicode
