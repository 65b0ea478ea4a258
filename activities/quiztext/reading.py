"""The questions of a quiz as plain text: read as people paste them, written so that they are read back.

    1. 题干……（A）        the number; the answer in the brackets, or below as 答案：A
    A. …  B. …            options, each on its own line or several on one
    解析：…               if there is one

Known are half- and full-width signs, headings such as 二、多选题, markers such as 【判断】, the right
option marked with （正确答案）, and a key at the end (1-5 ABCDA or 1.A 2.√). Whatever
cannot be read is told with its line, and no question is made up.
"""

import re
from dataclasses import dataclass

from activities.quiztext.patterns import (
    ANSWER,
    EXPLANATION,
    KEY_LINE,
    KEY_PAIR,
    KEY_TITLE,
    MARK,
    OPTION,
    THEN_EXPLAINED,
    heading_kind,
    lines_of,
    style_of,
)
from activities.quiztext.questions import Draft, Question, Unclear, made_of

MAX_QUESTIONS = 20
SHOWN = 20
NO_PART = "不在任何一题里，没有读入。"


@dataclass(frozen=True)
class Remark:
    """What is said of a line, counted from 1: the words of the line and a reason in Chinese."""

    line: int
    said: str
    reason: str

    def __str__(self) -> str:
        words = self.said if len(self.said) <= SHOWN else f"{self.said[:SHOWN]}…"
        return f"第 {self.line} 行“{words}”：{self.reason}"


@dataclass(frozen=True)
class Reading:
    """What was read: the questions, what stands in the way, and lines that are no part of any question."""

    questions: tuple[Question, ...]
    problems: tuple[Remark, ...]
    skipped: tuple[Remark, ...]


def read_questions(text: str) -> Reading:
    """Return the questions of a pasted text, and with its line everything that could not be read."""
    return _Reader(text).reading()


class _Reader:
    """Goes through the lines once, then makes questions of what came together."""

    def __init__(self, text: str) -> None:
        self.lines = lines_of(text)
        self.style = style_of(self.lines)
        self.section = ""
        self.drafts: list[Draft] = []
        self.draft: Draft | None = None
        self.problems: list[Remark] = []
        self.skipped: list[Remark] = []

    def reading(self) -> Reading:
        is_after_blank = True
        for number, line in self.lines:
            if line:
                self._take(number, line, is_after_blank=is_after_blank)
            is_after_blank = not line
        questions: list[Question] = []
        for draft in self.drafts:
            try:
                question = made_of(draft)
            except Unclear as unclear:
                self._object(draft.line, draft.said, str(unclear))
                continue
            if question in questions:
                self._object(draft.line, draft.said, "和前面的一题完全一样，请删去一题。")
            else:
                questions.append(question)
        if len(self.drafts) > MAX_QUESTIONS:
            first = self.drafts[MAX_QUESTIONS]
            self._object(first.line, first.said, f"一份小测最多 {MAX_QUESTIONS} 题，请分成两份。")
        problems = sorted(self.problems, key=lambda one: one.line)
        return Reading(tuple(questions), tuple(problems), tuple(self.skipped))

    def _take(self, number: int, line: str, *, is_after_blank: bool) -> None:
        kind = heading_kind(line)
        if kind is not None:
            self.section, self.draft = kind, None
        elif KEY_LINE.match(line):
            self._take_key(number, line)
        elif KEY_TITLE.match(line):
            if self.draft:
                self.draft.part = "answer"
        elif not self._starts(number, line, is_after_blank=is_after_blank):
            if self.draft is None:
                self.skipped.append(Remark(number, line, NO_PART))
            else:
                self._add(self.draft, line)

    def _starts(self, number: int, line: str, *, is_after_blank: bool) -> bool:
        """Begin a question if the line does."""
        if self.style:
            found = self.style.match(line)
            if not found:
                return False
            mark, count, text = (part or "" for part in found.groups())
        elif self._is_plain(line) and self._may_follow(is_after_blank=is_after_blank):
            mark, count, text = "", "", line
        else:
            return False
        self.draft = Draft(number, line, self.section, count, mark, [text] if text else [])
        self.drafts.append(self.draft)
        return True

    def _is_plain(self, line: str) -> bool:
        return not (EXPLANATION.match(line) or ANSWER.match(line) or OPTION.match(line))

    def _may_follow(self, *, is_after_blank: bool) -> bool:
        """Tell whether a line without a number begins a question; a title before the first is left out."""
        draft = self.draft
        if draft is None:
            return True
        if not is_after_blank:
            held = draft.part == "stem" and draft.has_more_than_a_stem
            return held or bool(draft.part == "answer" and draft.answer)
        if len(self.drafts) == 1 and not draft.has_more_than_a_stem:
            self.drafts.clear()
            self.skipped.append(Remark(draft.line, draft.said, NO_PART))
        return True

    def _add(self, draft: Draft, line: str) -> None:
        """Add a line to the question that is under way."""
        explained, answered = EXPLANATION.match(line), ANSWER.match(line)
        option = OPTION.match(line)
        if explained:
            draft.part = "explanation"
            draft.go_on(explained[1])
        elif answered and draft.part != "explanation":
            draft.part = "answer"
            said, *rest = THEN_EXPLAINED.split(answered[1], maxsplit=1)
            draft.answer += [said] if said else []
            draft.explanation += rest
        elif option and (
            draft.part in {"stem", "options"} or not (draft.options or draft.explanation)
        ):
            draft.part = "options"
            draft.options.append((option[1] or option[2], [option[3]]))
        else:
            draft.go_on(line)

    def _take_key(self, number: int, line: str) -> None:
        """Give each question that a key at the end names its answer."""
        known: dict[int, list[Draft]] = {}
        for draft in self.drafts:
            if draft.number.isdecimal():
                known.setdefault(int(draft.number), []).append(draft)
        for first, last, said in KEY_PAIR.findall(line):
            numbers = range(int(first), int(last or first) + 1)
            answers = [said]
            if last:
                answers = re.findall(rf"{MARK}|[A-H]", said)
            if len(answers) != len(numbers):
                self._object(number, line, f"{first} 到 {last} 题与答案的个数对不上。")
                continue
            for count, answer in zip(numbers, answers, strict=True):
                found = known.get(count, [])
                if len(found) == 1:
                    found[0].key = answer
                else:
                    reason = (
                        "题号有重复，请把答案写在每题下面。" if found else f"没有第 {count} 题。"
                    )
                    self._object(number, line, reason)

    def _object(self, line: int, said: str, reason: str) -> None:
        self.problems.append(Remark(line, said, reason))
