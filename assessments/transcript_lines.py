"""The lines of a transcript: indicators with options, rules or a metric; components; constants."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from assessments.engine.document import (
    MEASURED_AS,
    SELF,
    SUBJECTS,
    SUPERIOR,
    Category,
    Line,
)
from assessments.engine.ladders import EVER, MONTHS_PER, NEVER, Rung
from assessments.engine.rules.base import ZERO, Rule
from assessments.engine.rules.choices import Judged, Manual, Option, Options
from assessments.engine.rules.events import PerEvent
from assessments.engine.rules.measures import Frequency
from assessments.engine.rules.panels import Grade, Panel
from assessments.filetext import TranscriptProblem, list_in, mapping_in, points_in, text_in
from assessments.transcript_rules import LineRules
from partybuild.indicators import ORGANIZATION, Indicator, indicators

MAX_ITEMS = 1000
MONTHS_OF_PERIOD = {"month": 1, "quarter": 3, "half": 6}

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
    # Of members.
    "attendance.present": "activities.meetings_attended",
    "attendance.absent": "activities.absences_without_reason",
    "study.hours": "activities.study_hours",
    "lectures.given": "activities.lectures_given",
    "talks.taken_part": "activities.talks_taken_part",
    "dues.in_time": "members.dues_in_time",
    "posts.vanguard": "members.vanguard_posts_held",
}
METRIC = re.compile(r"(?P<measure>[a-z_.]+)\.per_(?P<per>month|quarter|half_year|year)")
PER_OF_METRIC = {"month": "month", "quarter": "quarter", "half_year": "half", "year": "year"}
PER_OF_WORD = {"月": "month", "季": "quarter", "季度": "quarter", "半年": "half", "年": "year"}
EVERY = re.compile(
    r"每(?:个)?(?P<per>月|季度|季|半年|年)(?:开展|(?:至少|不少于)?\s*(?P<times>\d{1,2})\s*次)"
)
# What a file scores in words, the first that fits: 支部书记 are no branches, 机关党支部 no units.
WORDS_FOR = {
    "secretary": re.compile("书记"),
    "branch": re.compile("支部"),
    "unit": re.compile("村|单位|机关|党委|总支|党组织"),
}
WORDS_FOR_EVER = {"偶尔", "偶有"}
WORDS_FOR_NEVER = {"没有", "未开展", "无"}


LINE_KEYS = {
    *("cat", "about", "options", "metric", "code", "hint", "rules"),
    *("cap", "max", "base", "floor", "classes"),
}
LIMITS = {"cap": "上限", "max": "满分", "base": "基础分", "floor": "下限"}
COMPONENT_KEYS = {"code", "name", "range", "op"}
PAIR = 2


class Lines:
    """Reads the lines; `categories` grows by the components."""

    def __init__(self, reader: Any, categories: dict[str, Category], period: str) -> None:
        self.reader = reader
        self.content = reader.content
        self.categories = categories
        self.months = MONTHS_OF_PERIOD.get(period, MONTHS_PER["year"])
        self.number = 0

    @property
    def subject(self) -> str:
        """What the file scores."""
        return subject_in(self.content.get("subject"))

    def _next_code(self) -> str:
        self.number += 1
        return str(self.number)

    # Components: parts of a total of which only the sum is known.

    def of_components(self) -> list[Line]:
        lines = []
        for row in list_in(self.content.get("components") or [], "components（组成部分）"):
            told = mapping_in(row, "components（组成部分）")
            code = text_in(told.get("code"), "组成部分的 code", 60)
            name = text_in(told.get("name"), "组成部分的 name（名称）", 60)
            if code in self.categories:
                raise TranscriptProblem(f"类别“{code}”写了两次。")
            self.reader.note_unknown(sorted(told.keys() - COMPONENT_KEYS))
            low, high = self._range(told.get("range"), name)
            by = SELF if code.upper() == "SELF" or "自评" in name else SUPERIOR
            self.categories[code] = Category(code=code, name=name, by=by)
            self.reader.to_decide.append(f"“{name}”没有读到条目，由人填写合计")
            rule = Judged(code="1", low=low, high=high, plain=True)
            lines.append(Line(code=code, title=name, category=code, rules=(rule,)))
        return lines

    @staticmethod
    def _range(told: Any, name: str) -> tuple[Any, Any]:
        if told is None:
            return ZERO, None
        limits = [points_in(one, f"“{name}”的范围") for one in list_in(told, f"{name}的 range")]
        if len(limits) != PAIR:
            raise TranscriptProblem(f"“{name}”的范围应写两个数。")
        return limits[0], limits[1]

    # Constants of a category: options, levels, or items with points.

    def of_categories(self) -> list[Line]:
        lines = []
        for row in list_in(self.content.get("categories") or [], "categories（类别）"):
            told = mapping_in(row, "categories（类别）")
            category = self.categories[text_in(told.get("code"), "类别的 code", 60)]
            if isinstance(told.get("options"), dict):
                options = tuple(
                    Option(points=points_in(points, f"“{category.name}”的档次"), when=name)
                    for name, points in told["options"].items()
                )
                lines.append(self._of(category, category.name, Options(code="1", options=options)))
            if told.get("tiers") is not None:
                read = LineRules(category.name).read([{"op": "plus", "tiers": told["tiers"]}])
                lines.append(self._of(category, category.name, *self._kept(read)))
            if isinstance(told.get("items"), list):
                lines += [self._constant(category, item) for item in told["items"]]
        return lines

    def _of(self, category: Category, title: str, *rules: Rule) -> Line:
        return Line(code=self._next_code(), title=title, category=category.code, rules=rules)

    def _constant(self, category: Category, row: Any) -> Line:
        told = mapping_in(row, f"“{category.name}”的条目")
        title = text_in(told.get("about"), "条目的 about（名称）", 100)
        self.reader.note_unknown(sorted(told.keys() - {"n", "about", "pts"}))
        points = points_in(told.get("pts"), f"“{title}”的分值")
        if "扣" not in category.name and "加" not in category.name:
            self.reader.to_decide.append(f"“{title}”的 {points} 分是加还是扣，原文没有写")
            return self._of(category, title, Manual(code="1"))
        minus = "扣" in category.name
        unit = "次" if "每次" in category.name else ""
        return self._of(category, title, PerEvent(code="1", points=points, minus=minus, unit=unit))

    def _kept(self, read: LineRules) -> list[Rule]:
        self.reader.to_decide += read.to_decide
        self.reader.note_unknown(read.beyond)
        return read.rules

    # Indicators.

    def of_indicators(self) -> list[Line]:
        rows = list_in(self.content.get("indicators") or [], "indicators（项目）")
        entries = [mapping_in(row, "indicators（项目）") for row in rows]
        if len(entries) > MAX_ITEMS:
            raise TranscriptProblem(f"有 {len(entries)} 个项目，最多 {MAX_ITEMS} 个。")
        self.reader.note_unknown([key for one in entries for key in sorted(one.keys() - LINE_KEYS)])
        lines = [self._line(entry) for entry in entries]
        codes = Counter(line.code for line in lines)
        for code, times in codes.items():
            if times > 1:
                raise TranscriptProblem(f"项目编号“{code}”写了 {times} 次，无法判断指哪一项。")
        return lines

    def _line(self, entry: dict[str, Any]) -> Line:
        title = text_in(entry.get("about"), "项目的 about（名称）", 100)
        code = text_in(entry.get("code") or self._next_code(), f"“{title}”的编号", 60)
        limits: dict[str, Any] = {
            key: points_in(entry[key], f"“{title}”的{word}")
            for key, word in LIMITS.items()
            if entry.get(key) is not None
        }
        classes = [
            text_in(one, f"“{title}”的类别", 20)
            for one in list_in(entry.get("classes") or [], title)
        ]
        line = Line(
            code=code,
            title=title,
            category=self._category(entry, code, title),
            hint=text_in(entry.get("hint") or "", f"“{title}”的说明", 200, required=False),
            classes=tuple(classes),
            rules=tuple(self._rules(entry, title, limits)),
            **limits,
        )
        return self._from_full_mark(line)

    def _category(self, entry: dict[str, Any], code: str, title: str) -> str:
        told = text_in(entry.get("cat") or "", f"“{title}”的类别", 60, required=False)
        if not told and entry.get("code"):
            prefixes = [one for one in self.categories if code.startswith(one)]
            return max(prefixes, key=len, default="")
        if told and self.categories and told not in self.categories:
            self.reader.warnings.append(f"“{title}”的类别“{told}”没有在类别表中列出。")
        return told

    def _from_full_mark(self, line: Line) -> Line:
        """A line with a full mark and deductions alone starts at the full mark."""
        deducts = line.rules and all(
            rule.best == ZERO and rule.worst != ZERO for rule in line.rules
        )
        if line.max is None or line.base or not deducts:
            return line
        self.reader.to_decide.append(f"“{line.title}”只有扣分，从满分 {line.max} 分起扣")
        return replace(line, base=line.max)

    def _rules(self, entry: dict[str, Any], title: str, limits: dict[str, Any]) -> list[Rule]:
        if entry.get("options") is not None:
            return [self._options(entry, title)]
        if entry.get("rules") is not None:
            return self._kept(LineRules(title).read(entry["rules"]))
        if self.content.get("scale") is not None:
            return [self._panel(title)]
        if "cap" in limits:
            self.reader.to_decide.append(
                f"“{title}”每次的分值由登记的人填写，合计最多 {limits['cap']} 分"
            )
            return [Judged(code="1", when=title, low=ZERO, high=limits["cap"], unit="次")]
        self.reader.to_decide.append(f"“{title}”没有写怎样计分，由人决定")
        return [Manual(code="1")]

    def _panel(self, title: str) -> Panel:
        scale = mapping_in(self.content["scale"], "scale（测评等级）")
        grades = tuple(
            Grade(name=name, points=points_in(points, f"测评等级“{name}”"))
            for name, points in scale.items()
        )
        default = text_in(
            self.content.get("default_answer") or "", "default_answer", 40, required=False
        )
        unknown = next((name for name in scale if name.startswith("不了解")), "")
        self.reader.to_decide.append(f"“{title}”怎样汇总各份测评，原文没有写，先按平均")
        return Panel(
            code="1",
            grades=grades,
            unknown=unknown,
            unknown_counts=bool(unknown),
            preselected=default,
        )

    # Options, and those that records measure.

    def _options(self, entry: dict[str, Any], title: str) -> Rule:
        options = [self._option(one, title) for one in list_in(entry["options"], title)]
        if not options:
            raise TranscriptProblem(f"“{title}”没有写档次。")
        points = [option.points for option in options]
        if points != sorted(points, reverse=True):
            options.sort(key=lambda option: -option.points)
            self.reader.warnings.append(f"“{title}”的档次不是从高到低排列，已按分值从高到低读入。")
        judged = Options(code="1", options=tuple(options))
        metric = entry.get("metric")
        if metric is None:
            self._by_people(title, judged)
            return judged
        match = METRIC.fullmatch(metric) if isinstance(metric, str) else None
        indicator = METRICS.get(match["measure"], "") if match else ""
        rungs = [_with_frequency(option) for option in options]
        problem = _ladder_problem(options, rungs, self.months)
        if not match or indicator not in indicators:
            problem = f"还没有“{metric}”这个指标"
        elif subject_of(indicators[indicator]) != MEASURED_AS[self.subject]:
            other = SUBJECTS[subject_of(indicators[indicator])]
            problem = f"是{SUBJECTS[self.subject]}的项目，不能由{other}的记录计算"
        if problem or match is None:
            self.reader.warnings.append(f"“{title}”{problem}，改由人评分。")
            self._by_people(title, judged)
            return judged
        ladder = tuple(rung for rung in rungs if rung)
        if ladder[0].per != PER_OF_METRIC[match["per"]]:
            self.reader.warnings.append(
                f"“{title}”的最高档与指标“{metric}”的周期不一致，按档次计算。"
            )
        return Frequency(code="1", rungs=ladder, indicator=indicator)

    def _by_people(self, title: str, options: Options) -> None:
        marks = "、".join(str(option.points) for option in options.options)
        self.reader.to_decide.append(f"“{title}”由人评分，档次：{marks}")

    @staticmethod
    def _option(option: Any, title: str) -> Option:
        if not isinstance(option, dict):
            return Option(points=points_in(option, f"“{title}”的档次"))
        if option.keys() - {"pts", "when"}:
            raise TranscriptProblem(f"“{title}”的档次只能写 pts（分值）和 when（条件）。")
        points = points_in(option.get("pts"), f"“{title}”的档次")
        return Option(points=points, when=text_in(option.get("when"), f"“{title}”的档次条件", 100))


def subject_in(told: Any) -> str:
    """Return what a file scores: as it says it, or as its words are understood; else the branch."""
    words = str(told)
    if words in SUBJECTS:
        return words
    return next((one for one, pattern in WORDS_FOR.items() if pattern.search(words)), "branch")


def subject_of(indicator: Indicator) -> str:
    """Return what an indicator measures as schemes say it: branch or member."""
    return "branch" if indicator.subject == ORGANIZATION else indicator.subject


def _with_frequency(option: Option) -> Rung | None:
    """Return how often an option asks for; None when its words do not say."""
    if option.when in WORDS_FOR_EVER:
        return Rung(option.points, option.when, EVER, 1)
    if option.when in WORDS_FOR_NEVER:
        return Rung(option.points, option.when, NEVER, 0)
    match = EVERY.fullmatch(option.when)
    if not match or match["times"] in {"0", "00"}:
        return None
    return Rung(option.points, option.when, PER_OF_WORD[match["per"]], int(match["times"] or 1))


def _ladder_problem(options: list[Option], rungs: list[Rung | None], months: int) -> str:
    """Say why a ladder cannot be computed; '' when it can. `months` is the scheme's period."""
    for option, rung in zip(options, rungs, strict=True):
        if rung is None:
            return f"看不懂档次“{option.when or option.points}”"
    pers = [rung.per for rung in rungs if rung]
    if pers[0] not in MONTHS_PER:
        return "最高档没有写多久一次"
    if any(MONTHS_PER.get(per, 0) > months for per in pers):
        return "有的档次比考核周期还长"
    if pers[-1] != NEVER or NEVER in pers[:-1]:
        return "最末一档没有写一次也没有时得几分"
    return ""
