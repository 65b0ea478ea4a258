"""Input about responsibility letters: one text to many, a goal, its progress, what the committee says."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from assessments.models import Goal, SchemeItem
from assessments.models.letters import ONE_DAY
from assessments.queries.letters import (
    kinds_in_scope,
    line_words,
    lines_offered,
    organizations_below,
)
from assessments.services.letters import DUE_OUTSIDE, GoalText
from branches.queries.organizations import bodies_in_scope
from members.forms.files import Suggesting
from members.forms.posts import DATE, DATE_ERRORS, LINES
from partybuild.periods import Period

KINDS = ("党建工作责任书", "党风廉政建设责任书", "意识形态工作责任书", "全面从严治党责任书")
ROWS, SHOWN = 12, 4
LINES_LIST = "scheme-lines"
STATES = [("", "全部"), ("unsigned", "还没有签订"), ("signed", "已签订")]


class LineField(forms.CharField):
    """A line of a running scheme of branches, chosen by its words; the page lists them once.

    What was linked before stays, though its scheme may be over by now.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": LINES_LIST, "autocomplete": "off"})
        super().__init__(
            label="对应的考核项目", max_length=400, required=False, widget=widget, **kwargs
        )
        self.lines: dict[str, SchemeItem] = {}

    def prepare_value(self, value: Any) -> Any:
        return line_words(value) if isinstance(value, SchemeItem) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if text not in self.lines:
            raise forms.ValidationError("没有这个考核项目，请从列出的里选，或者不填。")
        return self.lines[text]


def goal_fields(*, is_required: bool) -> dict[str, forms.Field]:
    """Return the fields of one goal."""
    return {
        "text": forms.CharField(
            label="目标",
            max_length=300,
            required=is_required,
            error_messages={"required": "请填写目标。"},
        ),
        "target": forms.CharField(
            label="怎样算完成", max_length=300, required=False, help_text="写明数量、比例或者结果。"
        ),
        "due_on": forms.DateField(
            label="完成期限", widget=DATE, required=False, error_messages=DATE_ERRORS
        ),
        "item": LineField(),
    }


class GoalForm(forms.Form):
    """One goal of a letter."""

    def __init__(self, *args: Any, linked: SchemeItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(goal_fields(is_required=True))
        self.lines = lines_offered() | ({line_words(linked): linked} if linked else {})
        field: Any = self.fields["item"]
        field.lines = self.lines
        field.help_text = "选了以后，这里显示评分表上这一项现在的得分。"


class IssueForm(forms.Form):
    """One letter with its goals, and to whom it goes."""

    kind = forms.CharField(label="类别", max_length=40, error_messages={"required": "请填写类别。"})
    title = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )
    issuer: Any = forms.ModelChoiceField(
        label="由谁下发",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择。", "invalid_choice": "请从列出的里面选。"},
    )
    started_on = forms.DateField(label="从", widget=DATE, error_messages=DATE_ERRORS)
    last_day = forms.DateField(
        label="到",
        widget=DATE,
        help_text="最后一天；可以是一年，也可以是一届。",
        error_messages=DATE_ERRORS,
    )
    text = forms.CharField(
        label="正文",
        max_length=3000,
        required=False,
        widget=LINES,
        help_text="写在目标前面的话，打印时印上。",
    )
    to_all = forms.BooleanField(label="下面的全部党支部", required=False)
    organizations: Any = forms.ModelMultipleChoiceField(
        label="发给",
        queryset=None,
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={
            "invalid_choice": "选中的党组织不在您的范围里。",
            "invalid_pk_value": "选中的党组织不在您的范围里。",
        },
    )

    BASICS = (("kind", "title", "issuer"), ("started_on", "last_day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        issuers = list(bodies_in_scope())
        fields["issuer"].queryset = bodies_in_scope()
        fields["issuer"].initial = issuers[0].public_id if issuers else None
        fields["organizations"].queryset = organizations_below(issuers)
        fields["organizations"].label_from_instance = lambda place: place.label
        fields["kind"].widget = Suggesting((*KINDS, *_others()), attrs={"maxlength": 40})
        self.lines = lines_offered()
        for number in range(1, ROWS + 1):
            for name, field in goal_fields(is_required=False).items():
                if isinstance(field, LineField):
                    field.lines = self.lines
                words = f"目标 {number}" if name == "text" else f"目标 {number} 的{field.label}"
                field.widget.attrs |= {"class": "form-control", "aria-label": words}
                self.fields[f"goal_{number}_{name}"] = field

    @property
    def basics(self) -> list[list[forms.BoundField]]:
        """What the letter is, line by line."""
        return [[self[name] for name in names] for names in self.BASICS]

    @property
    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The goals in their order: number and fields."""
        names = ("text", "target", "due_on", "item")
        return [
            (number, [self[f"goal_{number}_{name}"] for name in names])
            for number in range(1, ROWS + 1)
        ]

    @property
    def first_rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        return self.rows[:SHOWN]

    @property
    def more_rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        return self.rows[SHOWN:]

    @property
    def has_more(self) -> bool:
        """Tell whether something is written or wrong in the rows that are folded away."""
        return any(field.errors or field.value() for _, row in self.more_rows for field in row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(1, ROWS + 1):
            said = [cleaned.get(f"goal_{number}_{name}") for name in ("target", "due_on", "item")]
            if any(said) and not cleaned.get(f"goal_{number}_text"):
                self.add_error(f"goal_{number}_text", "请填写目标；不要这一条就都清空。")
            if self._is_outside(cleaned.get(f"goal_{number}_due_on")):
                self.add_error(f"goal_{number}_due_on", DUE_OUTSIDE)
        if not cleaned.get("to_all") and not cleaned.get("organizations"):
            self.add_error("organizations", "请选择发给哪些党组织。")
        return cleaned

    def _is_outside(self, due_on: dt.date | None) -> bool:
        start, end = (self.cleaned_data.get(name) for name in ("started_on", "last_day"))
        return bool(due_on and start and end and not start <= due_on <= end)

    def said(self) -> dict[str, Any]:
        """Return what `issue_letters` asks for."""
        cleaned = self.cleaned_data
        chosen = list(cleaned["organizations"])
        if cleaned["to_all"]:
            below = organizations_below([cleaned["issuer"]])
            chosen += [one for one in below if one.is_branch and one not in chosen]
        return {name: cleaned[name] for name in ("issuer", "kind", "title", "text")} | {
            "started_on": cleaned["started_on"],
            "ended_on": cleaned["last_day"] + ONE_DAY,
            "organizations": chosen,
            "goals": self.goals(),
        }

    def goals(self) -> list[GoalText]:
        """Return the goals that are written, in their order."""
        cleaned = self.cleaned_data
        names = ("text", "target", "due_on", "item")
        rows = [
            {name: cleaned[f"goal_{number}_{name}"] for name in names}
            for number in range(1, ROWS + 1)
        ]
        return [GoalText(**row) for row in rows if row["text"]]


def _others() -> list[str]:
    return [kind for kind in kinds_in_scope() if kind not in KINDS]


class LetterForm(forms.Form):
    """What a letter is, apart from its goals."""

    kind = forms.CharField(label="类别", max_length=40, error_messages={"required": "请填写类别。"})
    title = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )
    started_on = forms.DateField(label="从", widget=DATE, error_messages=DATE_ERRORS)
    last_day = forms.DateField(label="到", widget=DATE, error_messages=DATE_ERRORS)
    text = forms.CharField(label="正文", max_length=3000, required=False, widget=LINES)


class SuccessorForm(forms.Form):
    """From which day the next secretary answers, under which title."""

    on = forms.DateField(
        label="从哪天起",
        widget=DATE,
        help_text="原来的责任书到前一天为止。",
        error_messages=DATE_ERRORS,
    )
    title = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )


class ReportForm(forms.Form):
    """How far a goal is."""

    state = forms.ChoiceField(
        label="进展", choices=Goal.State.choices, error_messages={"required": "请选择进展。"}
    )
    progress = forms.CharField(
        label="进展情况",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="做了什么、有什么材料可以看。",
    )


class ConfirmForm(forms.Form):
    """Whether a goal is reached, and why not."""

    is_confirmed = forms.TypedChoiceField(
        label="意见",
        choices=[("", "请选择"), ("yes", "确认完成"), ("no", "不确认")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选一项。", "invalid_choice": "请选一项。"},
    )
    opinion = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=LINES,
        help_text="不确认的写明原因，支部照着继续办。",
    )


class LetterFilterForm(forms.Form):
    """Which letters a list shows."""

    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=1990,
        max_value=2999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
        error_messages={
            "invalid": "请写成 2026 这样。",
            "min_value": "请写成 2026 这样。",
            "max_value": "请写成 2026 这样。",
        },
    )
    kind = forms.ChoiceField(label="类别", required=False)
    state = forms.ChoiceField(label="签订", required=False, choices=STATES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", "全部"), *((kind, kind) for kind in kinds_in_scope())]

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read; none where nothing is asked."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "year": cleaned.get("year"),
            "kind": cleaned.get("kind", ""),
            "state": cleaned.get("state", ""),
        }


def usual_span() -> Period:
    """Return the year for which letters are usually written on this day."""
    return Period.year(timezone.localdate().year)
