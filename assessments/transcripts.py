"""Reading a scheme from a file in the transcript format (`scheme-transcript/1`, YAML).

The file is composed into YAML's nodes and turned into plain lists, mappings and texts here; no
constructor of YAML runs, so numbers stay exact and no text turns into a date by itself. Whatever
the format can say and this version cannot compute is named in `unsupported`; such a file is shown,
never loaded by half. Oddities of the source are warnings: explained, neither refused nor repaired.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from assessments.ladders import EVER, MONTHS_PER, NEVER
from assessments.models import Scheme
from partybuild.indicators import indicators

FORMAT = "scheme-transcript/1"
MAX_BYTES = 512 * 1024
MAX_ITEMS = 1000
POINTS = re.compile(r"-?\d{1,4}(\.\d{1,2})?")

# What a transcript calls a measure, and the indicator that measures it.
METRICS = {
    "meetings.party_congress": "activities.general_meetings",
    "meetings.committee": "activities.committee_meetings",
    "meetings.group": "activities.group_meetings",
    "meetings.lecture": "activities.party_lectures",
    "meetings.party_day": "activities.party_days",
    "meetings.organizational_life": "activities.organizational_life_meetings",
    "reviews.member": "activities.democratic_appraisals",
    "talks.heart_to_heart": "activities.talks",
}
METRIC = re.compile(r"(?P<measure>[a-z_.]+)\.per_(?P<per>month|quarter|half_year|year)")
PER_OF_METRIC = {"month": "month", "quarter": "quarter", "half_year": "half", "year": "year"}
PER_OF_WORD = {"月": "month", "季": "quarter", "季度": "quarter", "半年": "half", "年": "year"}
EVERY = re.compile(
    r"每(?:个)?(?P<per>月|季度|季|半年|年)(?:开展|(?:至少|不少于)?\s*(?P<times>\d{1,2})\s*次)"
)
WORDS_FOR_EVER = {"偶尔", "偶有"}
WORDS_FOR_NEVER = {"没有", "未开展", "无"}

# Parts of a transcript that tell about the source and change no score.
TOLD = {
    "format",
    "id",
    "title",
    "issuer",
    "year",
    "source",
    "completeness",
    "completeness_note",
    "subject",
    "period",
    "categories",
    "indicators",
    "check",
    "oddities",
    "product_must_express",
    "steps",
}
# Parts that change scores, and their names; anything else is named as the file writes it.
PARTS = {
    "arithmetic": "计分方法",
    "shape": "计分方法",
    "formula": "计分公式",
    "components": "由几部分合成总分",
    "bands": "等次",
    "quota": "名额比例",
    "rules": "通用规则",
    "raters": "测评人",
    "scale": "测评等级",
    "default_answer": "默认选项",
    "member_classes": "党员分类",
    "excluded": "不参加考核的人员",
    "post_vocabulary": "岗位名称",
    "base": "基础分",
    "cap": "上限",
    "max": "单项满分",
    "classes": "适用类别",
    "no_options": "没有写档次的项目",
    "kind": "类别性质",
    "items": "类别内的条目",
    "options": "类别内的档次",
    "tiers": "分级给分",
    "plus": "加分",
    "minus": "减分",
    "veto": "一票否决",
    "manual": "由人决定的分值",
    "ratio_step": "按比例分步给分",
    "reward_cny": "奖金",
    "factor": "加倍或减半",
    "extra": "在前一条上另加",
    "judge": "区间内由评分人决定",
    "threshold": "达标条件",
    "best_only": "只取最高一项",
}
CATEGORY_KEYS = {"code", "name", "max", "complete"}
COUNT_OF_ITEMS = "items"
ITEM_KEYS = {"cat", "about", "options", "metric", "code", "hint"}


class TranscriptProblem(Exception):
    """A file that cannot be read as a transcript; str() says why in Chinese."""


@dataclass(frozen=True)
class TranscriptItem:
    """One line: its options best first, as SchemeItem stores them, and its indicator if measured."""

    category: str
    title: str
    options: list[dict[str, Any]]
    indicator: str = ""

    @property
    def full_score(self) -> Decimal:
        return max(Decimal(option["points"]) for option in self.options)


@dataclass
class Transcript:
    """A scheme as a file states it, with what there is to say about the file."""

    code: str
    title: str
    issuer: str
    subject: str = Scheme.Subject.BRANCH
    per: str = "year"
    line_count: int = 0
    items: list[TranscriptItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)

    @property
    def measured(self) -> list[TranscriptItem]:
        return [item for item in self.items if item.indicator]

    @property
    def judged(self) -> list[TranscriptItem]:
        return [item for item in self.items if not item.indicator]

    @property
    def summary(self) -> list[str]:
        """What was read, line by line."""
        full = sum((item.full_score for item in self.items), Decimal(0))
        read = [f"方案：{self.title}（{self.code}）", f"制定单位：{self.issuer or '未写明'}"]
        if self.line_count > len(self.items):
            read.append(f"条目：{self.line_count} 条")
        if self.items:
            read.append(f"项目：{len(self.items)} 项，满分合计 {full.normalize():f} 分")
        if self.measured:
            names = "、".join(item.title for item in self.measured)
            read.append(f"由记录计算：{len(self.measured)} 项（{names}）")
        if self.judged:
            read.append(f"由人评分：{len(self.judged)} 项")
        return read


def read_transcript(raw: bytes) -> Transcript:
    """Read a transcript; TranscriptProblem when the file is none."""
    content = _mapping(_parse(raw), "文件")
    if content.get("format") != FORMAT:
        raise TranscriptProblem(f"文件开头没有写“format: {FORMAT}”，不是考核方案文件。")
    transcript = Transcript(
        code=_text(content.get("id"), "id（方案代码）", 60),
        title=_text(content.get("title"), "title（名称）", 200),
        issuer=_text(content.get("issuer") or "", "issuer（制定单位）", 100, required=False),
    )
    _read_frame(content, transcript)
    categories = _read_categories(content.get("categories") or [], transcript)
    _read_items(content.get("indicators") or [], categories, transcript)
    _compare_sums(categories, content.get("check"), transcript)
    return transcript


# From bytes to plain lists, mappings and texts.


def _parse(raw: bytes) -> Any:
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


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TranscriptProblem(f"“{name}”应由“名称: 内容”组成。")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise TranscriptProblem(f"“{name}”应是一个列表。")
    return value


def _text(value: Any, name: str, limit: int, *, required: bool = True) -> str:
    if not isinstance(value, str) or (required and not value.strip()):
        raise TranscriptProblem(f"“{name}”没有写，或写的不是文字。")
    text = " ".join(value.split())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise TranscriptProblem(f"“{name}”里有不能显示的字符。")
    if len(text) > limit:
        raise TranscriptProblem(f"“{name}”有 {len(text)} 个字，最多 {limit} 个。")
    return text


# The frame: subject, period, and what this version cannot compute.


def _read_frame(content: dict[str, Any], transcript: Transcript) -> None:
    if content.get("subject") != Scheme.Subject.BRANCH:
        subject = content.get("subject")
        named = dict(Scheme.Subject.choices).get(str(subject), subject)
        transcript.unsupported.append(f"考核对象“{named}”（现在只能考核党支部）")
    period = content.get("period")
    if isinstance(period, str) and period in {"year", "quarter", "month"}:
        transcript.per = period
    else:
        transcript.unsupported.append(f"考核周期“{period}”（应为年度、季度或月度）")
    _note_unsupported(Counter(content.keys() - TOLD), transcript)
    if content.get("completeness", "complete") != "complete":
        transcript.warnings.append("原文不完整：只有读到的部分，没有补写。")
    oddities = _list(content.get("oddities") or [], "oddities（疑点）")
    if oddities:
        transcript.warnings.append(f"整理者注明原文有 {len(oddities)} 处疑点，请对照原文。")


def _note_unsupported(found: Counter[str], transcript: Transcript) -> None:
    for part, times in sorted(found.items()):
        name = PARTS.get(part, f"“{part}”")
        transcript.unsupported.append(f"{name}（{times} 处）" if times > 1 else name)


@dataclass
class _Category:
    name: str
    printed_max: Decimal | None
    complete: bool
    best_sum: Decimal = Decimal(0)


def _read_categories(rows: Any, transcript: Transcript) -> dict[str, _Category]:
    categories: dict[str, _Category] = {}
    beyond: Counter[str] = Counter()
    for row in _list(rows, "categories（类别）"):
        entry = _mapping(row, "categories（类别）")
        code = _text(entry.get("code"), "类别的 code", 60)
        if code in categories:
            raise TranscriptProblem(f"类别“{code}”写了两次。")
        printed = entry.get("max")
        categories[code] = _Category(
            name=_text(entry.get("name"), "类别的 name（名称）", 60),
            printed_max=None if printed is None else _points(printed, f"类别“{code}”的满分"),
            complete=entry.get("complete") != "false",
        )
        # A number under `items` only says how many lines the category has.
        counted = {COUNT_OF_ITEMS} if isinstance(entry.get(COUNT_OF_ITEMS), str) else set()
        beyond.update(entry.keys() - CATEGORY_KEYS - counted)
    _note_unsupported(beyond, transcript)
    return categories


# The lines and their options.


def _read_items(rows: Any, categories: dict[str, _Category], transcript: Transcript) -> None:
    beyond: Counter[str] = Counter()
    entries = [_mapping(row, "indicators（项目）") for row in _list(rows, "indicators（项目）")]
    if len(entries) > MAX_ITEMS:
        raise TranscriptProblem(f"有 {len(entries)} 个项目，最多 {MAX_ITEMS} 个。")
    transcript.line_count = len(entries)
    for entry in entries:
        beyond.update(_beyond(entry))
        if entry.get("options") is not None:
            transcript.items.append(_read_item(entry, categories, transcript))
        elif "rules" not in entry:
            beyond["no_options"] += 1
    _note_unsupported(beyond, transcript)
    if not entries:
        transcript.unsupported.append("没有考核项目")
    _warn_of_twins(transcript)


def _beyond(entry: dict[str, Any]) -> list[str]:
    """Name what a line says that this version cannot compute: its rules by kind, other keys."""
    found = sorted(entry.keys() - ITEM_KEYS - {"rules"})
    for rule in _list(entry.get("rules") or [], "rules（规则）"):
        keys = _mapping(rule, "rules（规则）")
        found.append(str(keys.get("op", "rules")))
        found += sorted(keys.keys() & {"factor", "extra", "judge", "threshold", "best_only"})
        found += sorted(keys.keys() & {"tiers", "cap"})
    return found


def _read_item(
    entry: dict[str, Any], categories: dict[str, _Category], transcript: Transcript
) -> TranscriptItem:
    title = _text(entry.get("about"), "项目的 about（名称）", 100)
    code = _text(entry.get("cat") or "", f"“{title}”的类别", 60, required=False)
    options = [_read_option(option, title) for option in _list(entry["options"], title)]
    if not options:
        raise TranscriptProblem(f"“{title}”没有写档次。")
    points = [Decimal(option["points"]) for option in options]
    if points != sorted(points, reverse=True):
        options.sort(key=lambda option: -Decimal(option["points"]))
        transcript.warnings.append(f"“{title}”的档次不是从高到低排列，已按分值从高到低读入。")
    if len(set(points)) < len(points):
        transcript.warnings.append(f"“{title}”有分值相同的档次。")
    category = categories.get(code)
    if category:
        category.best_sum += max(points)
    elif categories:
        transcript.warnings.append(f"“{title}”的类别“{code}”没有在类别表中列出。")
    indicator, options = _measure(entry.get("metric"), title, options, transcript)
    return TranscriptItem(category.name if category else code, title, options, indicator)


def _read_option(option: Any, title: str) -> dict[str, Any]:
    if not isinstance(option, dict):
        return {"points": str(_points(option, f"“{title}”的档次"))}
    if option.keys() - {"pts", "when"}:
        raise TranscriptProblem(f"“{title}”的档次只能写 pts（分值）和 when（条件）。")
    points = _points(option.get("pts"), f"“{title}”的档次")
    when = _text(option.get("when"), f"“{title}”的档次条件", 100)
    return {"points": str(points), "when": when}


def _points(value: Any, name: str) -> Decimal:
    if not isinstance(value, str) or not POINTS.fullmatch(value):
        raise TranscriptProblem(f"{name}应是最多两位小数的数字，写的是“{value}”。")
    return Decimal(value)


def _warn_of_twins(transcript: Transcript) -> None:
    titles = Counter((item.category, item.title) for item in transcript.items)
    for (_, title), times in titles.items():
        if times > 1:
            transcript.warnings.append(f"“{title}”出现 {times} 次，请核对是否重复计分。")


# Which lines are measured.


def _measure(
    metric: Any, title: str, options: list[dict[str, Any]], transcript: Transcript
) -> tuple[str, list[dict[str, Any]]]:
    """Return the indicator of a line and its options with their frequencies; '' if judged."""
    if metric is None:
        transcript.to_decide.append(f"“{title}”由人评分，档次：{_marks(options)}")
        return "", options
    match = METRIC.fullmatch(metric) if isinstance(metric, str) else None
    indicator = METRICS.get(match["measure"], "") if match else ""
    if not match or indicator not in indicators:
        _leave_to_people(title, f"还没有“{metric}”这个指标", options, transcript)
        return "", options
    rungs = [_with_frequency(option) for option in options]
    per = PER_OF_METRIC[match["per"]]
    problem = _ladder_problem(rungs, MONTHS_PER[transcript.per])
    if problem:
        _leave_to_people(title, problem, options, transcript)
        return "", options
    if rungs[0]["per"] != per:
        transcript.warnings.append(f"“{title}”的最高档与指标“{metric}”的周期不一致，按档次计算。")
    return indicator, rungs


def _with_frequency(option: dict[str, Any]) -> dict[str, Any]:
    when = option.get("when", "")
    if when in WORDS_FOR_EVER:
        return {**option, "per": EVER, "times": 1}
    if when in WORDS_FOR_NEVER:
        return {**option, "per": NEVER, "times": 0}
    match = EVERY.fullmatch(when)
    if not match or match["times"] in {"0", "00"}:
        return option
    return {**option, "per": PER_OF_WORD[match["per"]], "times": int(match["times"] or 1)}


def _ladder_problem(rungs: list[dict[str, Any]], months: int) -> str:
    """Say why a ladder cannot be computed; '' when it can. `months` is the scheme's period."""
    unread = [rung.get("when", rung["points"]) for rung in rungs if "per" not in rung]
    if unread:
        return f"看不懂档次“{unread[0]}”"
    if rungs[0]["per"] not in MONTHS_PER:
        return "最高档没有写多久一次"
    if any(MONTHS_PER.get(rung["per"], 0) > months for rung in rungs):
        return "有的档次比考核周期还长"
    pers = [rung["per"] for rung in rungs]
    if pers[-1] != NEVER or NEVER in pers[:-1]:
        return "最末一档没有写一次也没有时得几分"
    return ""


def _leave_to_people(
    title: str, reason: str, options: list[dict[str, Any]], transcript: Transcript
) -> None:
    transcript.warnings.append(f"“{title}”{reason}，改由人评分。")
    transcript.to_decide.append(f"“{title}”由人评分，档次：{_marks(options)}")


def _marks(options: list[dict[str, Any]]) -> str:
    return "、".join(option["points"] for option in options)


# Sums, as printed and as read.


def _compare_sums(categories: dict[str, _Category], check: Any, transcript: Transcript) -> None:
    stated = check if isinstance(check, dict) else {}
    for code, category in categories.items():
        printed, read = category.printed_max, category.best_sum
        if printed is not None and transcript.items and printed != read:
            cut = "" if category.complete else "（原文被截断，未补写）"
            transcript.warnings.append(
                f"类别“{category.name}”读到的满分合计 {read} 分，原文印的是 {printed} 分{cut}。"
            )
        for key, value in (("best_sum", read), ("printed_max", printed)):
            said = stated.get(f"category_{code}_{key}")
            if said is not None and (not isinstance(said, str) or said != str(value)):
                transcript.warnings.append(
                    f"类别“{category.name}”的核对数写的是 {said}，读到的是 {value}。"
                )
