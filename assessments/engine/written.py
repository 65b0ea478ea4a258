"""The document as it is written: plain lists and mappings, JSON for the database, YAML for people.

What has its default is not written. Numbers are never floats: they are read from the text of the
file and kept as text in JSON. Reading what was written gives the very same document.
"""

import dataclasses
import hashlib
import json
import types
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from assessments.engine import rules
from assessments.engine.document import FORMAT, Document
from assessments.engine.labels import Label, labels_of
from assessments.engine.rules.base import KINDS, Rule

for module in iter_modules(rules.__path__, f"{rules.__name__}."):
    import_module(module.name)


LONGEST, HIGHEST, PLACES, SHOWN = 40, 11, 20, 20


class Unreadable(Exception):
    """What is written is no document; str() says where and why, in Chinese."""


# Out.


def plain(value: Any) -> Any:
    """Return a part of a document as lists, mappings, texts, numbers; None only inside a list."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        written = {"kind": value.kind} if isinstance(value, Rule) else {}
        for field in dataclasses.fields(value):
            content = getattr(value, field.name)
            if content != field.default:
                written[field.name] = plain(content)
        return written
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def as_json(document: Document) -> dict[str, Any]:
    """Return a document as the database keeps it: numbers as texts."""
    return {"format": FORMAT, **_texts(plain(document))}


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


class _Dumper(yaml.SafeDumper):
    """Writes decimals as they are: 0.5 and 5."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    tag = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", text)


_Dumper.add_representer(Decimal, _represent)


def as_yaml(document: Document) -> str:
    """Return a document as a file for people."""
    content = {"format": FORMAT, **plain(document)}
    written: str = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
    return written


def fingerprint(content: Any) -> str:
    """Return the fingerprint of plain content: the same content, the same text."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# In.


def from_plain(content: Any) -> Document:
    """Read a document from plain content whose numbers are texts; Unreadable when it is none."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Unreadable(f"开头没有写“format: {FORMAT}”。")
    told = {name: value for name, value in content.items() if name != "format"}
    document: Document = _build(Document, told, "方案")
    return document


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """Return the types of the fields of a part, by name."""
    return get_type_hints(cls)


def _build(cls: Any, content: Any, where: str) -> Any:
    if not isinstance(content, dict):
        raise Unreadable(f"“{where}”应由“名称: 内容”组成。")
    content = dict(content)
    if issubclass(cls, Rule):
        kind = content.pop("kind", None)
        if kind not in KINDS:
            raise Unreadable(f"“{where}”的规则种类“{kind}”不认识。")
        cls = KINDS[kind]
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for name in content:
        if name not in fields:
            raise Unreadable(f"“{where}”里的“{name}”不认识。")
    for name, field in fields.items():
        if name not in content and field.default is dataclasses.MISSING:
            raise Unreadable(f"“{where}”没有写“{name}”。")
    hints = hints_of(cls)
    values = {name: _value(hints[name], told, f"{where}.{name}") for name, told in content.items()}
    for name, value in values.items():
        _check_choice(labels_of(cls).get(name), value, f"{where}.{name}")
    return cls(**values)


def _check_choice(label: Label | None, value: Any, where: str) -> None:
    """Refuse a value that nothing could compute with, as a rounding of a kind nobody knows."""
    if label is None or not label.choices or label.is_open:
        return
    for one in value if isinstance(value, tuple) else (value,):
        if one not in label.choices:
            raise Unreadable(f"“{where}”应是 {'、'.join(label.choices)} 中的一个，写的是“{one}”。")


def _value(hint: Any, content: Any, where: str) -> Any:
    if get_origin(hint) in {Union, types.UnionType}:
        if content is None:
            return None
        hint = next(option for option in get_args(hint) if option is not types.NoneType)
    if get_origin(hint) is tuple:
        return _items(hint, content, where)
    if dataclasses.is_dataclass(hint):
        return _build(hint, content, where)
    return _scalar(hint, content, where)


def _items(hint: Any, content: Any, where: str) -> tuple[Any, ...]:
    inner = get_args(hint)
    if not isinstance(content, (list, tuple)):
        raise Unreadable(f"“{where}”应是一个列表。")
    many = len(inner) == 2 and inner[1] is Ellipsis  # noqa: PLR2004 -- tuple[X, ...]
    if not many and len(inner) != len(content):
        raise Unreadable(f"“{where}”应有 {len(inner)} 项。")
    hints = [inner[0]] * len(content) if many else list(inner)
    return tuple(
        _value(one, told, f"{where}[{at}]")
        for at, (one, told) in enumerate(zip(hints, content, strict=True), start=1)
    )


def _scalar(hint: Any, content: Any, where: str) -> Any:
    if hint is bool:
        if str(content).lower() not in {"true", "false"}:
            raise Unreadable(f"“{where}”应写 true 或 false，写的是“{content}”。")
        return str(content).lower() == "true"
    if hint is str:
        if not isinstance(content, str):
            raise Unreadable(f"“{where}”应是文字。")
        return content
    return number_in(hint, str(content), where)


def number_in(hint: Any, text: str, where: str) -> Any:
    """Read a Decimal or an int of a size that schemes have, exactly as it is written."""
    try:
        number = hint(text)
    except (InvalidOperation, ValueError):
        raise Unreadable(f"“{where}”应是数字，写的是“{text[:SHOWN]}”。") from None
    exact = Decimal(number)
    if not exact.is_finite():
        raise Unreadable(f"“{where}”应是数字，写的是“{text[:SHOWN]}”。")
    # 1e999999999 is short to write and fills the memory when it is shown.
    if len(text) > LONGEST or exact.adjusted() > HIGHEST or exact.as_tuple().exponent < -PLACES:  # type: ignore[operator]
        raise Unreadable(f"“{where}”的数字太长，写的是“{text[:SHOWN]}”。")
    return number
