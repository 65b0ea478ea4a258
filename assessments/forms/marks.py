"""Input of assessments: which period is shown, and what a person says about a judged line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from assessments.engine.numbers import said
from assessments.engine.rules.base import Ask
from assessments.engine.rules.choices import SEVERAL
from assessments.models import Mark, Scheme, SchemeItem
from partybuild.periods import Period
from partybuild.submissions import new_key

PERIODS_SHOWN = 8
MOST = 99999
YES_NO = (("0", "没有"), ("1", "有"))


class PeriodForm(forms.Form):
    """Chooses a period of a scheme: the running one and those before it."""

    period = forms.ChoiceField(label="期间", required=False)
    name = forms.CharField(label="名称", required=False, max_length=100)

    def __init__(self, data: Any, *, scheme: Scheme, running: Period, chosen: Period) -> None:
        super().__init__({**data.dict(), "period": chosen.code})
        periods = [running]
        while len(periods) < PERIODS_SHOWN:
            periods.append(periods[-1].previous())
        if chosen not in periods:
            periods.insert(0, chosen)
        choices = [(period.code, period.title) for period in periods]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]
        names = {"member": "党员或党支部", "secretary": "书记或党支部", "unit": "单位名称"}
        self.fields["name"].label = names.get(scheme.subject, "党支部名称")


class MarkForm(forms.Form):
    """What holds of one judged line, in the input that each of its rules asks for, with a reason."""

    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明看了什么材料、为什么这样评；被考核的能看到。",
        error_messages={
            "required": "请写明理由。",
            "max_length": "理由最多 300 个字，现在有 %(show_value)d 个。",
        },
    )
    evidence = forms.CharField(
        label="佐证材料",
        required=False,
        max_length=300,
        help_text="文号、材料名称或存放的地方。",
        error_messages={"max_length": "佐证材料最多 300 个字，现在有 %(show_value)d 个。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, item: SchemeItem, mark: Mark | None) -> None:
        initial: dict[str, Any] = {"version": 0, "submission_key": new_key()}
        if mark:
            initial |= {"reason": mark.reason, "evidence": mark.evidence, "version": mark.version}
        self.asked = dict(asks_of(item))
        for name, (rule, ask) in self.asked.items():
            kept = mark.values.get(rule, {}).get(ask.name) if mark else None
            initial[name] = _usual(ask) if kept is None else kept
        super().__init__(data, initial=initial)
        for name, (_, ask) in self.asked.items():
            self.fields[name] = field_of(ask, item)

    @property
    def inputs(self) -> list[forms.BoundField]:
        """The fields that the rules ask for, in their order."""
        return [self[name] for name in self.asked]

    def values(self) -> dict[str, dict[str, str]]:
        """Return what was typed, rule by rule."""
        typed: dict[str, dict[str, str]] = {}
        for name, (rule, ask) in self.asked.items():
            typed.setdefault(rule, {})[ask.name] = written(self.cleaned_data[name])
        return typed

    def refreshed_from(self, mark: Mark) -> None:
        """Let the next post of this very form replace the mark that has come in between."""
        self.data = {**self.data, "version": str(mark.version)}


def asks_of(item: SchemeItem) -> Iterator[tuple[str, tuple[str, Ask]]]:
    """Yield the fields of an item's form: their names, the rule and what it asks for."""
    asked = [
        (rule.code, ask) for rule in item.line.rules if not rule.indicator for ask in rule.asks()
    ]
    for at, (rule, ask) in enumerate(asked, start=1):
        yield ask.name if len(asked) == 1 else f"value_{at}", (rule, ask)


def _usual(ask: Ask) -> str:
    """Return what stands in a field before anybody has said anything."""
    return "0" if ask.shape == "count" else ""


def written(value: Any) -> str:
    """Return a cleaned value as marks keep it."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def field_of(ask: Ask, item: SchemeItem) -> forms.Field:
    """Return the field for what a rule asks."""
    fields = {
        "choice": _choice,
        "yes": _choice,
        "count": _count,
        "number": _number,
        "points": _number,
        "several": _several,
        "marks": _marks,
    }
    return fields[ask.shape](ask, item)


def _choice(ask: Ask, item: SchemeItem) -> forms.Field:
    choices = ask.choices or YES_NO
    return forms.ChoiceField(
        label=ask.label,
        choices=choices,
        required=not ask.may_be_empty,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择得分。" if ask.name == "points" else "请选择。",
            "invalid_choice": f"此项只{item.line.words}，请从中选择。",
        },
    )


def _count(ask: Ask, item: SchemeItem) -> forms.Field:
    unit = f"（{ask.unit}）" if ask.unit else ""
    return forms.IntegerField(
        label=f"{ask.label}{unit}",
        min_value=0,
        max_value=MOST,
        error_messages={
            "required": "请填写，没有就写 0。",
            "invalid": "请写整数，没有就写 0。",
            "min_value": "不能小于 0。",
            "max_value": f"不能大于 {MOST}。",
        },
    )


def _number(ask: Ask, item: SchemeItem) -> forms.Field:
    return forms.DecimalField(
        label=ask.label,
        min_value=ask.low,
        max_value=ask.high,
        max_digits=9,
        decimal_places=2,
        help_text=_span(ask),
        error_messages={
            "required": "请填写分值。",
            "invalid": "请写数字。",
            "min_value": "不能小于 %(limit_value)s 分。",
            "max_value": "不能大于 %(limit_value)s 分。",
            "max_decimal_places": "最多两位小数。",
            "max_digits": "数字太长。",
            "max_whole_digits": "数字太长。",
        },
    )


def _span(ask: Ask) -> str:
    if ask.shape != "points":
        return ""
    if ask.high is None:
        return f"不少于 {said(ask.low or 0)} 分。"
    return f"{said(ask.low or 0)} 至 {said(ask.high)} 分。"


def _span_of(ask: Ask) -> str:
    return f"{said(ask.low or 0)} 至 {said(ask.high or 0)} 分"


def _several(ask: Ask, item: SchemeItem) -> forms.Field:
    return _SeveralField(
        label=ask.label,
        max_length=200,
        help_text=f"每{ask.unit}一个分值，用顿号分开，例如“1、2.5”；没有写 0。",
        error_messages={"required": "请填写，没有就写 0。", "max_length": "写得太长。"},
    )


def _marks(ask: Ask, item: SchemeItem) -> forms.Field:
    return _SeveralField(
        label=ask.label,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"每人一个分数，{_span_of(ask)}，用顿号分开，例如“8、8.5”；可从表格里粘贴一列。",
        error_messages={"required": "请填写各人打的分。", "max_length": "写得太长。"},
    )


class _SeveralField(forms.CharField):
    """A number for each event; in whatever way they were parted, they are kept with 、."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return "、".join(part for part in SEVERAL.split(text) if part)
