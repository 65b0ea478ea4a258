"""From the bytes of a file to plain lists, mappings and texts, and the checks of single values.

The file is composed into YAML's nodes; no constructor of YAML runs, so numbers stay exact and no
text turns into a date by itself.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Any

import yaml

MAX_BYTES = 512 * 1024
POINTS = re.compile(r"-?\d{1,4}(\.\d{1,2})?")
SHARE = re.compile(r"\d{1,3}(\.\d{1,4})?")
YUAN = re.compile(r"\d{1,8}(\.\d{1,2})?")
# What YAML finds out by itself; any other tag was written to make a reader do something.
TAGS = {
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")
}
TAGS |= {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "value", "merge")}
WHOLE = re.compile(r"\d{1,4}")


class TranscriptProblem(Exception):
    """A file that cannot be read as a scheme; str() says why in Chinese."""


def parse(raw: bytes) -> Any:
    if len(raw) > MAX_BYTES:
        raise TranscriptProblem(f"文件超过 {MAX_BYTES // 1024} KB，不像是考核方案文件。")
    try:
        node = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        return _plain(node, set())
    except UnicodeDecodeError:
        raise TranscriptProblem("文件不是 UTF-8 编码的文字，请另存为 UTF-8 后再读入。") from None
    except yaml.YAMLError as problem:
        raise TranscriptProblem(f"文件不符合 YAML 格式{_where(problem)}。") from None
    except RecursionError:
        raise TranscriptProblem("文件嵌套太深，不是考核方案文件。") from None


def _plain(node: Any, seen: set[int]) -> Any:
    """Return None, a text, a list or a mapping with text keys."""
    if node is None:
        raise TranscriptProblem("文件是空的。")
    if id(node) in seen:
        raise TranscriptProblem(f"第 {node.start_mark.line + 1} 行使用了引用（* 号），请写全。")
    seen.add(id(node))
    if node.tag not in TAGS:
        raise TranscriptProblem(f"第 {node.start_mark.line + 1} 行有不认识的标记（! 号），请去掉。")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, seen) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, seen)
    return None if node.tag.endswith(":null") else node.value


def _plain_mapping(node: yaml.MappingNode, seen: set[int]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise TranscriptProblem(f"第 {line} 行的名称不是文字。")
        if key.value in content:
            raise TranscriptProblem(f"第 {line} 行的“{key.value}”写了两次，无法判断以哪个为准。")
        content[key.value] = _plain(value, seen)
    return content


def _where(problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    return f"，问题在第 {mark.line + 1} 行第 {mark.column + 1} 个字附近" if mark else ""


def mapping_in(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TranscriptProblem(f"“{name}”应由“名称: 内容”组成。")
    return value


def list_in(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise TranscriptProblem(f"“{name}”应是一个列表。")
    return value


def text_in(value: Any, name: str, limit: int, *, required: bool = True) -> str:
    if not isinstance(value, str) or (required and not value.strip()):
        raise TranscriptProblem(f"“{name}”没有写，或写的不是文字。")
    text = " ".join(value.split())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise TranscriptProblem(f"“{name}”里有不能显示的字符。")
    if len(text) > limit:
        raise TranscriptProblem(f"“{name}”有 {len(text)} 个字，最多 {limit} 个。")
    return text


def points_in(value: Any, name: str) -> Decimal:
    if not isinstance(value, str) or not POINTS.fullmatch(value):
        raise TranscriptProblem(f"{name}应是最多两位小数的数字，写的是“{value}”。")
    return Decimal(value)


def share_in(value: Any, name: str) -> Decimal:
    """Read a share such as 0.30, or a factor."""
    if not isinstance(value, str) or not SHARE.fullmatch(value):
        raise TranscriptProblem(f"{name}应是最多四位小数的数字，写的是“{value}”。")
    return Decimal(value)


def yuan_in(value: Any, name: str) -> Decimal:
    """Read an amount of money."""
    if not isinstance(value, str) or not YUAN.fullmatch(value):
        raise TranscriptProblem(f"{name}应是金额，写的是“{value}”。")
    return Decimal(value)


def whole_in(value: Any, name: str) -> int:
    """Read a whole number."""
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise TranscriptProblem(f"{name}应是整数，写的是“{value}”。")
    return int(value)
