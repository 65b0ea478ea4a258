"""Forms of quizzes: what one says, with its questions as pasted; and the answers of a person."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities.models import QuizQuestion
from activities.quiztext.questions import Question
from activities.quiztext.reading import Reading, read_questions
from activities.services.quizzes import Frame
from branches.queries.organizations import organizations_in_scope
from members.forms.dates import TypedDayField

SHOWN_PROBLEMS = 10
MAX_CHARACTERS = 60_000
DAYS_OPEN = 7
EXAMPLE = """1. 党的根本宗旨是（A）。
A. 全心全意为人民服务
B. 实事求是
2. 党费应当按月交纳。（√）
解析：预交、补交的另有规定。"""


class AnsweredQuizForm(forms.Form):
    """What may still be corrected of a quiz that somebody has answered."""

    title = forms.CharField(
        label="标题", max_length=100, error_messages={"required": "请填写标题。"}
    )
    note = forms.CharField(label="说明", max_length=300, required=False)
    closes_on = TypedDayField(
        label="到哪天止", may_be_future=True, help_text="这一天还可以答。", required=True
    )

    reading: Reading | None = None

    def asked(self) -> tuple[Question, ...] | None:
        """Return the questions that were read, None for a form without any."""
        return self.reading.questions if self.reading else None

    def frame(self, opens_on: dt.date) -> Frame:
        """Return what the services want of a quiz besides its questions."""
        said = self.cleaned_data
        return Frame(said["title"], said["note"], said.get("opens_on", opens_on), said["closes_on"])


class QuizForm(AnsweredQuizForm):
    """What a quiz says, its questions in one text."""

    opens_on = TypedDayField(label="从哪天起", may_be_future=True, required=True)
    questions: Any = forms.CharField(
        label="题目和答案",
        max_length=MAX_CHARACTERS,
        strip=False,
        error_messages={"required": "请把题目粘贴到这里。"},
        help_text="可以从 Word、WPS 里整份复制过来。单选、多选、判断都认得；答案写在题目的括号里，或者另起一行写“答案：A”；有解析的写“解析：……”。",
        widget=forms.Textarea(attrs={"rows": 16, "placeholder": EXAMPLE}),
    )
    field_order: Any = ("title", "note", "opens_on", "closes_on", "questions")

    def clean_questions(self) -> str:
        """Return the text, of which every question must be readable."""
        text: str = self.cleaned_data["questions"]
        self.reading = read_questions(text)
        problems = [str(one) for one in self.reading.problems]
        if len(problems) > SHOWN_PROBLEMS:
            more = len(problems) - SHOWN_PROBLEMS
            problems = [*problems[:SHOWN_PROBLEMS], f"还有 {more} 处，改好上面的再看。"]
        if not problems and not self.reading.questions:
            problems = ["没有读到题目。每题前面要有题号，后面要有答案。"]
        if problems:
            raise ValidationError(problems)
        return text


class NewQuizForm(QuizForm):
    """A new quiz: also whose it is."""

    organization: Any = forms.ModelChoiceField(
        label="给哪个党组织的党员",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        help_text="包括它下面的党组织。",
        error_messages={"required": "请选择党组织。", "invalid_choice": "请从列出的党组织中选。"},
    )
    field_order = ("organization", *QuizForm.field_order)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization"]
        field.queryset = organizations_in_scope().order_by("path")
        field.label_from_instance = lambda place: place.label


class VoidForm(forms.Form):
    """Why a question counts no more."""

    reason = forms.CharField(
        label="作废的原因",
        max_length=200,
        help_text="答过的人也看得到，例如：答案有误，应为 B。",
        error_messages={"required": "请写明原因。"},
    )


class AnswerForm(forms.Form):
    """The answers of one person: of every question that counts, one field named by its public id."""

    def __init__(self, *args: Any, questions: Iterable[QuizQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for one in self.questions:
            if not one.voided_at:
                self.fields[one.public_id] = _choice_of(one)

    def rows(self) -> list[tuple[QuizQuestion, Any]]:
        """Return every question with its bound field, None for a voided one."""
        return [(one, None if one.voided_at else self[one.public_id]) for one in self.questions]

    def answers(self) -> dict[str, str]:
        """Return the letters that were chosen, by public id of the question."""
        return {name: "".join(sorted(said)) for name, said in self.cleaned_data.items()}


def _choice_of(question: QuizQuestion) -> forms.ChoiceField:
    is_multiple = question.kind == QuizQuestion.Kind.MULTIPLE
    field = forms.MultipleChoiceField if is_multiple else forms.ChoiceField
    is_judgement = question.kind == QuizQuestion.Kind.JUDGEMENT
    return field(
        label=str(question),
        choices=[
            (letter, text if is_judgement else f"{letter}. {text}")
            for letter, text in zip(QuizQuestion.LETTERS, question.options, strict=False)
        ],
        widget=forms.CheckboxSelectMultiple if is_multiple else forms.RadioSelect,
        error_messages={
            "required": "这一题还没有答。",
            "invalid_choice": "请从列出的选项中选。",
            "invalid_list": "请从列出的选项中选。",
        },
    )
