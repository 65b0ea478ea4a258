"""A question of a quiz: made of the lines that belong to it, checked, and written as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from activities.models import QuizQuestion
from activities.quiztext.patterns import (
    BLANK,
    HELD_CHOICE,
    HELD_MARK,
    LEADING,
    OPTION_FOLLOWS,
    TICKED,
    TRAILING,
    joined,
    letters_in,
    mark_in,
    split_options,
)

Kind = QuizQuestion.Kind
LETTERS = QuizQuestion.LETTERS
JUDGEMENT_OPTIONS = QuizQuestion.JUDGEMENT_OPTIONS
FEWEST_OPTIONS = 2
LONGEST = {"题目": 500, "选项": 200, "解析": 1000}
LETTERED = ". "


@dataclass(frozen=True)
class Question:
    """One question: kind, text, options, the letters of the right ones in their order, explanation."""

    kind: str
    text: str
    options: tuple[str, ...]
    answers: str
    explanation: str = ""

    @property
    def kind_label(self) -> str:
        """Return the kind in Chinese."""
        return str(Kind(self.kind).label)

    @property
    def lines(self) -> list[tuple[str, str, bool]]:
        """Return the letter and the text of every option, and whether it is right."""
        known = zip(LETTERS, self.options, strict=False)
        return [(letter, text, letter in self.answers) for letter, text in known]


class Unclear(Exception):
    """No question can be made of its lines, for the reason given in Chinese."""


@dataclass
class Draft:
    """The lines of a question while they come in; `kind` is what the heading over it announced."""

    line: int
    said: str
    kind: str
    number: str
    mark: str
    stem: list[str]
    options: list[tuple[str, list[str]]] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    key: str = ""
    part: str = "stem"

    def go_on(self, text: str) -> None:
        """Take a line that begins nothing new; what stands after an answer explains it."""
        if self.part == "answer" and self.answer:
            self.part = "explanation"
        if self.part == "options":
            self.options[-1][1].append(text)
        elif text:
            getattr(self, self.part).append(text)

    @property
    def has_more_than_a_stem(self) -> bool:
        """Tell whether another question may follow where none carries a number."""
        return bool(self.answer or self.options or HELD_MARK.search(joined(self.stem)))


def write_questions(questions: Iterable[Question]) -> str:
    """Return all questions as one text, from which `read_questions` reads exactly these."""
    return "\n\n".join(_written(number, one) for number, one in enumerate(questions, 1))


def _written(number: int, question: Question) -> str:
    """Return a question as text."""
    lines = [f"{number}. 【{question.kind_label}】{question.text}"]
    answer = question.answers
    if question.kind == Kind.JUDGEMENT:
        answer = question.options[LETTERS.index(answer)]
    else:
        lines += map(LETTERED.join, zip(LETTERS, question.options, strict=False))
    lines.append(f"答案：{answer}")
    if question.explanation:
        lines.append(f"解析：{question.explanation}")
    return "\n".join(lines)


def made_of(draft: Draft) -> Question:
    """Return the question that its lines say; Unclear when they do not."""
    kind, stem = _kind_and_stem(draft)
    options, ticked = _options(draft.options)
    if not options and OPTION_FOLLOWS.search(stem):
        stem, *inline = split_options(stem, LETTERS)
        options, ticked = _options([(LETTERS[at], [text]) for at, text in enumerate(inline)])
    stem, held = _without_answer(stem, has_options=bool(options), is_answered=bool(draft.answer))
    said = [one for one in (joined(draft.answer), held, draft.mark, ticked, draft.key) if one]
    if not stem:
        raise Unclear("没有题目。")
    if _is_judgement(kind, options, said):
        kind, letters = Kind.JUDGEMENT, _agreed([_mark(one, options) for one in said], said)
        options = list(JUDGEMENT_OPTIONS)
    else:
        letters = _choice(kind, options, said)
        kind = kind or (Kind.SINGLE if len(letters) == 1 else Kind.MULTIPLE)
    question = Question(kind, stem, tuple(options), letters, joined(draft.explanation))
    _check(question)
    return question


def _kind_and_stem(draft: Draft) -> tuple[str, str]:
    """Return the kind that is written at the question or over it, and the stem without it."""
    stem = joined(draft.stem)
    for markers in (LEADING, TRAILING):
        for kind, marker in markers:
            found = marker.search(stem)
            if found:
                return kind, (stem[: found.start()] + stem[found.end() :]).strip()
    return draft.kind, stem


def _options(lines: Sequence[tuple[str, list[str]]]) -> tuple[list[str], str]:
    """Return the texts of the options, and the letters of those that are marked as right."""
    options: list[str] = []
    found: list[tuple[str, str]] = []
    for at, (letter, parts) in enumerate(lines):
        after = lines[at + 1][0] if at + 1 < len(lines) else ""
        between = LETTERS[LETTERS.index(letter) + 1 :].partition(after or "-")[0]
        texts = split_options(joined(parts), between)
        start = LETTERS.index(letter)
        found += zip(LETTERS[start:], texts, strict=False)
    ticked = ""
    for letter, given in found:
        if letter != LETTERS[len(options) : len(options) + 1]:
            raise Unclear(f"选项 {letter} 的顺序不对，选项应当从 A 起依次写。")
        text = given
        while match := TICKED.search(text):
            text = text[: match.start()]
            ticked += "" if letter in ticked else letter
        options.append(text.strip())
    if found and "" in options:
        raise Unclear(f"选项 {LETTERS[options.index('')]} 是空的。")
    return options, ticked


def _without_answer(stem: str, *, has_options: bool, is_answered: bool) -> tuple[str, str]:
    """Return the stem without the answer in its brackets, and that answer."""
    if not has_options:
        found = HELD_MARK.search(stem)
        if not found:
            return stem, ""
        rest = f"{stem[: found.start()]}{found[3] or ''}{stem[found.end() :]}".strip()
        if HELD_MARK.search(rest):
            raise Unclear("题目里有两处答案。")
        return rest, found[1] or found[2]
    held = list(HELD_CHOICE.finditer(stem))
    if not held or (is_answered and BLANK.search(stem)):
        return stem, ""
    last = held[-1]
    return f"{stem[: last.start()]}（ ）{stem[last.end() :]}", last[1]


def _is_judgement(kind: str, options: list[str], said: list[str]) -> bool:
    if kind == Kind.JUDGEMENT:
        return True
    if options:
        return not kind and sorted(map(mark_in, options)) == ["A", "B"]
    return not kind and any(map(mark_in, said))


def _mark(said: str, options: list[str]) -> str:
    """Return A for 对 and B for 错, said as such or by the letter of an option; '' for neither."""
    marks = [mark_in(one) for one in options] or ["A", "B"]
    if sorted(marks) != ["A", "B"]:
        raise Unclear("标的是判断题，选项却不是“对”和“错”。")
    letter = letters_in(said)
    return marks["AB".index(letter)] if letter in ("A", "B") else mark_in(said)


def _choice(kind: str, options: list[str], said: list[str]) -> str:
    """Return the letters of the right options."""
    if not options:
        raise Unclear("没有选项。" if said else "没有选项，也没有答案。")
    letters = _agreed([_letters(one, options) for one in said], said)
    beyond = letters.strip(LETTERS[: len(options)])
    if beyond:
        raise Unclear(f"答案是 {letters}，可是没有选项 {beyond}。")
    if kind == Kind.SINGLE and len(letters) > 1:
        raise Unclear(f"标的是单选题，答案却有 {len(letters)} 个：{letters}。")
    return letters


def _letters(said: str, options: list[str]) -> str:
    """Return the letters of an answer, also of one that repeats its option: A.为人民服务."""
    letter, text = said[:1], said[2:].strip(" 。.")
    if (
        letter in LETTERS[: len(options)]
        and text
        and text == options[LETTERS.index(letter)].strip(" 。.")
    ):
        return letter
    return letters_in(said)


def _agreed(answers: list[str], said: list[str]) -> str:
    """Return the answer that all places give."""
    if not answers:
        raise Unclear("没有答案。")
    if "" in answers:
        raise Unclear(f"看不懂答案“{said[answers.index('')]}”。")
    if len(set(answers)) > 1:
        raise Unclear(f"答案写了两处，不一样：{'、'.join(said)}。")
    return answers[0]


def _check(question: Question) -> None:
    """Refuse a question that is too long, or whose options cannot be told apart."""
    if question.kind != Kind.JUDGEMENT and len(question.options) < FEWEST_OPTIONS:
        raise Unclear("只有一个选项。")
    same = [one for one in question.options if question.options.count(one) > 1]
    if same:
        raise Unclear(f"有两个选项都是“{same[0]}”。")
    parts = [("题目", question.text), ("解析", question.explanation)]
    for name, text in [*parts, *(("选项", one) for one in question.options)]:
        if len(text) > LONGEST[name]:
            raise Unclear(f"{name}太长，有 {len(text)} 字，最多 {LONGEST[name]} 字。")
