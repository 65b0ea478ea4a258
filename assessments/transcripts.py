"""Reading a scheme from a file: a transcript (`scheme-transcript/1`) or our own document (`scheme/1`).

A transcript is converted to the document that the engine computes. What it says in words is listed
for people to decide; what this reader does not know is named in `unsupported`, and such a file is
shown, never loaded by half. Oddities of the source are warnings: explained, neither refused nor
repaired.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from activities.indicators.meetings import MeetingFrequency
from activities.queries.meeting_forms import FORMS
from assessments.engine.checker import check
from assessments.engine.document import (
    CALENDAR_PERIODS,
    PERIODS,
    SUBJECTS,
    Category,
    Class,
    Document,
    Line,
)
from assessments.engine.document import FORMAT as DOCUMENT_FORMAT
from assessments.engine.fitting import never_held, other_subjects
from assessments.engine.numbers import said
from assessments.engine.rules.base import ZERO
from assessments.engine.written import Unreadable, from_plain
from assessments.filetext import TranscriptProblem, list_in, mapping_in, parse, points_in, text_in
from assessments.transcript_lines import METRICS, Lines, subject_in, subject_of
from assessments.transcript_totals import bands_in, quotas_in, totals_in
from partybuild.indicators import indicators
from partybuild.regulations import shipped_versions

__all__ = ["METRICS", "Transcript", "TranscriptProblem", "read_transcript"]

FORMAT = "scheme-transcript/1"
MOST_PLACES = 6

# Parts that tell about the source; parts in words, which are kept as remarks.
TOLD = {"format", "id", "title", "issuer", "year", "source", "completeness", "completeness_note"}
READ = {
    *("subject", "period", "categories", "indicators", "components", "formula", "bands", "quota"),
    *("check", "oddities", "arithmetic", "member_classes", "excluded", "scale", "default_answer"),
}
IN_WORDS = {
    "steps": "程序",
    "shape": "计分方法",
    "rules": "通用规则",
    "raters": "测评人",
    "post_vocabulary": "岗位名称",
    "product_must_express": "",
}
CATEGORY_KEYS = {"code", "name", "max", "complete", "kind", "base", "cap", "floor"}
# Kinds of categories that hold what is not part of the regular base.
LINES_OF_CATEGORY = {"items", "options", "tiers"}


@dataclass
class Transcript:
    """A scheme as a file states it, with what there is to say about the file."""

    document: Document
    warnings: list[str] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.document.code

    @property
    def measured(self) -> list[Line]:
        return [line for line in self.document.lines if line.indicator]

    @property
    def judged(self) -> list[Line]:
        return [line for line in self.document.lines if line.is_judged]

    @property
    def summary(self) -> list[str]:
        """What was read, line by line."""
        document, lines = self.document, self.document.lines
        read = [
            f"方案：{document.title}（{document.code}）",
            f"制定单位：{document.issuer or '未写明'}",
        ]
        full = [line.full for line in lines]
        if document.classes:
            read.append(f"项目：{len(lines)} 项，{'、'.join(self._by_class())}")
        elif lines and None in full:
            read.append(f"项目：{len(lines)} 项，有的没有写满分")
        elif lines:
            total = sum((one for one in full if one is not None), ZERO)
            read.append(f"项目：{len(lines)} 项，满分合计 {said(total)} 分")
        if self.measured:
            names = "、".join(line.title for line in self.measured)
            read.append(f"由记录计算：{len(self.measured)} 项（{names}）")
        if self.judged:
            read.append(f"由人评分：{len(self.judged)} 项")
        read += [f"总分：{self._total(total.name)}" for total in document.totals]
        if document.bands:
            read.append(f"等次：{'、'.join(band.name for band in document.bands)}")
        if not document.complete:
            read.append("原文不完整，按读到的部分装入")
        return read

    def _total(self, name: str) -> str:
        total = next(one for one in self.document.totals if one.name == name)
        names = {one.code: one.name for one in self.document.all_categories}
        parts = [said(total.start)] if total.start else []
        parts += [f"{names.get(one.of, one.of)} × {said(one.weight)}" for one in total.terms]
        parts += [] if total.terms else ["各类别合计"]
        return f"{name} = {' ＋ '.join(parts)}"

    def _by_class(self) -> list[str]:
        told = []
        for one in self.document.classes:
            lines = [x for x in self.document.lines if not x.classes or one.code in x.classes]
            full = [line.full for line in lines if line.full is not None]
            told.append(f"{one.code} 类 {len(lines)} 项，满分合计 {said(sum(full, ZERO))} 分")
        return told


def read_transcript(raw: bytes) -> Transcript:
    """Read a scheme from a file in either format; TranscriptProblem when the file is none."""
    content = mapping_in(parse(raw), "文件")
    if content.get("format") == DOCUMENT_FORMAT:
        return _own(content)
    if content.get("format") != FORMAT:
        raise TranscriptProblem(f"文件开头没有写“format: {FORMAT}”，不是考核方案文件。")
    return _Reader(content).read()


def _own(content: dict[str, Any]) -> Transcript:
    try:
        document = from_plain(content)
    except Unreadable as problem:
        raise TranscriptProblem(str(problem)) from None
    text_in(document.code, "code（方案代码）", 60)
    text_in(document.title, "title（名称）", 200)
    return told_of(document)


def told_of(document: Document) -> Transcript:
    """Return a document with what there is to say about it."""
    transcript = Transcript(document, warnings=list(check(document)))
    if document.subject not in SUBJECTS:
        transcript.unsupported.append(
            f"考核对象“{document.subject}”（现在能考核{'、'.join(SUBJECTS.values())}）"
        )
    else:
        measured = {one.code: subject_of(one) for one in indicators}
        transcript.warnings += other_subjects(document, measured)
        transcript.warnings += never_held(document, holders_of_forms())
    unknown = [code for code in document.indicators if code not in indicators]
    transcript.unsupported += [f"指标“{code}”" for code in unknown]
    codes = Counter(line.code for line in document.lines)
    twice = [code for code, times in codes.items() if times > 1 or not code]
    transcript.unsupported += [f"项目编号“{code}”没有写或用了不止一次" for code in twice]
    transcript.unsupported += _too_long(document)
    _note_period(document.period, transcript)
    transcript.to_decide += [f"“{line.title}”由人评分：{line.words}" for line in transcript.judged]
    return transcript


def holders_of_forms() -> dict[str, str]:
    """Return of each indicator of meetings who holds them: branch, body, any."""
    forms = shipped_versions(FORMS)[-1].values
    return {
        one.code: forms[str(one.kind)]["holders"]
        for one in indicators
        if isinstance(one, MeetingFrequency)
    }


def _too_long(document: Document) -> list[str]:
    """Name what no page and no table has room for."""
    said = [("制定单位", document.issuer, 100), ("文号", document.paper, 100)]
    said += [(f"项目“{line.code[:20]}”的名称", line.title, 100) for line in document.lines]
    said += [(f"项目编号“{line.code[:20]}…”", line.code, 60) for line in document.lines]
    found = [
        f"{what}有 {len(text)} 个字，最多 {most} 个"
        for what, text, most in said
        if len(text) > most
    ]
    if not 0 <= document.rounding.places <= MOST_PLACES:
        found.append(f"保留 {document.rounding.places} 位小数（最多 {MOST_PLACES} 位）")
    return found


def _note_period(period: str, transcript: Transcript) -> None:
    if period not in PERIODS:
        told = f"考核周期“{period}”（应为年度、半年、季度、月度、滚动或指定时段）"
        transcript.unsupported.append(told)
    elif period not in CALENDAR_PERIODS:
        transcript.warnings.append(f"考核周期是“{PERIODS[period]}”：页面上按年度登记和显示。")


class _Reader:
    """Reads one transcript part by part into a document."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.warnings: list[str] = []
        self.to_decide: list[str] = []
        self.unsupported: list[str] = []
        self.counts: dict[str, int] = {}

    def read(self) -> Transcript:
        content = self.content
        code = text_in(content.get("id"), "id（方案代码）", 60)
        title = text_in(content.get("title"), "title（名称）", 200)
        issuer = text_in(content.get("issuer") or "", "issuer（制定单位）", 100, required=False)
        self._note_unknown(Counter(content.keys() - TOLD - READ - IN_WORDS.keys()))
        subject, subject_words = self._subject()
        period, period_words = self._period()
        complete = self._complete()
        categories = self._categories()
        lines = Lines(self, categories, period)
        read = (*lines.of_components(), *lines.of_categories(), *lines.of_indicators())
        floor, totals, band_total = totals_in(self, lines.categories, read)
        document = Document(
            code=code,
            title=title,
            issuer=issuer,
            subject=subject,
            subject_words=subject_words,
            period=period,
            period_words=period_words,
            complete=complete,
            classes=self._classes(),
            excluded=tuple(self.texts("excluded", "excluded（不参加考核的人员）")),
            categories=tuple(lines.categories.values()),
            lines=tuple(floor(line) for line in read),
            totals=totals,
            bands=bands_in(self),
            band_total=band_total,
            quotas=quotas_in(self),
            remarks=tuple(self._remarks()),
        )
        self._finish(document)
        return Transcript(document, self.warnings, self.to_decide, self.unsupported)

    def _finish(self, document: Document) -> None:
        if not document.lines:
            self.warnings.append("没有读到考核项目：只装入等次和公式，还不能计分。")
        self.warnings += check(document)
        self.warnings += never_held(document, holders_of_forms())
        self._compare_sums(document)

    def texts(self, key: str, name: str) -> list[str]:
        """Return a list of texts under a key of the file."""
        rows = list_in(self.content.get(key) or [], name)
        return [text_in(row, name, 300) for row in rows]

    def _note_unknown(self, found: Counter[str]) -> None:
        for part, times in sorted(found.items()):
            self.unsupported.append(f"“{part}”（{times} 处）" if times > 1 else f"“{part}”")

    def note_unknown(self, found: list[str]) -> None:
        """Name parts that this reader does not know: such a file is not loaded."""
        self._note_unknown(Counter(found))

    # The frame.

    def _subject(self) -> tuple[str, str]:
        subject = self.content.get("subject")
        if subject in SUBJECTS:
            return str(subject), ""
        words = text_in(subject, "subject（考核对象）", 100)
        found = subject_in(words)
        self.warnings.append(f"考核对象写的是“{words}”：装入后按{SUBJECTS[found]}考核，请核对。")
        return found, words

    def _period(self) -> tuple[str, str]:
        period = text_in(self.content.get("period"), "period（考核周期）", 200)
        first = period.split()[0]
        found = "window" if period.startswith("review window") else first
        transcript = Transcript(Document(code="", title=""))
        _note_period(found, transcript)
        self.unsupported += transcript.unsupported
        self.warnings += transcript.warnings
        return found, "" if period == found else period

    def _complete(self) -> bool:
        told = self.content.get("completeness", "complete")
        complete = told == "complete"
        if not complete:
            self.warnings.append("原文不完整：只有读到的部分，没有补写。")
        oddities = list_in(self.content.get("oddities") or [], "oddities（疑点）")
        if oddities:
            self.warnings.append(f"整理者注明原文有 {len(oddities)} 处疑点，请对照原文。")
        return complete

    def _classes(self) -> tuple[Class, ...]:
        told = mapping_in(self.content.get("member_classes") or {}, "member_classes（党员分类）")
        return tuple(
            Class(code=text_in(code, "党员分类", 20), name=text_in(name, "党员分类", 100))
            for code, name in told.items()
        )

    def _remarks(self) -> list[str]:
        remarks = []
        for key, name in IN_WORDS.items():
            told = self.content.get(key)
            if isinstance(told, str) and name:
                remarks.append(f"{name}：{text_in(told, key, 300)}")
            elif isinstance(told, list) and name:
                words = [one for one in told if isinstance(one, str)]
                if words:
                    remarks.append(f"{name}：{'；'.join(words)}"[:500])
        return remarks

    # Categories.

    def _categories(self) -> dict[str, Category]:
        categories: dict[str, Category] = {}
        beyond: Counter[str] = Counter()
        for row in list_in(self.content.get("categories") or [], "categories（类别）"):
            entry = mapping_in(row, "categories（类别）")
            code = text_in(entry.get("code"), "类别的 code", 60)
            if code in categories:
                raise TranscriptProblem(f"类别“{code}”写了两次。")
            name = text_in(entry.get("name"), "类别的 name（名称）", 60)
            limits: dict[str, Any] = {
                key: points_in(entry[key], f"类别“{code}”的{word}")
                for key, word in (
                    ("max", "满分"),
                    ("base", "基础分"),
                    ("cap", "上限"),
                    ("floor", "下限"),
                )
                if entry.get(key) is not None
            }
            kind = text_in(entry.get("kind") or "regular", "类别的 kind（性质）", 20)
            complete = entry.get("complete") != "false"
            categories[code] = Category(
                code=code, name=name, kind=kind, complete=complete, **limits
            )
            if isinstance(entry.get("items"), str):
                self.counts[code] = int(points_in(entry["items"], f"类别“{code}”的条数"))
            beyond.update(entry.keys() - CATEGORY_KEYS - LINES_OF_CATEGORY)
        self._note_unknown(beyond)
        return categories

    # Sums, as stated and as read.

    def _compare_sums(self, document: Document) -> None:
        stated = self.content.get("check")
        checks = stated if isinstance(stated, dict) else {}
        for category in document.categories:
            lines = [line for line in document.lines if line.category == category.code]
            full = [line.full for line in lines if line.full is not None]
            best = category.base + sum(full, ZERO)
            for key, value in (("best_sum", best), ("printed_max", category.max)):
                told = checks.get(f"category_{category.code}_{key}")
                if told is not None and (value is None or told != str(value)):
                    self.warnings.append(
                        f"类别“{category.name}”的核对数写的是 {told}，读到的是 {value}。"
                    )
            counted = self.counts.get(category.code, len(lines))
            if counted != len(lines):
                self.warnings.append(
                    f"类别“{category.name}”写有 {counted} 条，读到 {len(lines)} 条。"
                )
        self._compare_bases(document)

    def _compare_bases(self, document: Document) -> None:
        told = self.content.get("arithmetic")
        arithmetic = told if isinstance(told, dict) else {}
        stated = arithmetic.get("regular_base_total")
        bases = sum((one.base for one in document.categories if one.kind == "regular"), ZERO)
        if stated is not None and stated != str(bases):
            self.warnings.append(f"基础分合计写的是 {stated}，读到的是 {said(bases)}。")
        open_points = arithmetic.get("not_stated")
        if isinstance(open_points, str):
            self.to_decide.append(f"原文没有写明：{' '.join(open_points.split())}")
