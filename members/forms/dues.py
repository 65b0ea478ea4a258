"""Forms of dues: the cells of the grid, one payment, a standing, handing up, publishing, local rules."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from branches.queries.organizations import organizations_in_scope
from members.models import DuesPayment, DuesRemittance, DuesStanding
from members.queries.amounts import AmountProblem, is_exempt_word, parse_amount
from members.queries.dues import ELSEWHERE, PersonReading
from members.services.dues import CellChange
from partybuild.grids import PREFIX, Cell, Grid
from partybuild.periods import Period

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
DATE_ERRORS = {"required": "请填写日期。", "invalid": "请写成 2026-11-21 这样。"}
FULL_SHARE = 100


class AmountField(forms.Field):
    """An amount in yuan as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "请填写金额。"})
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        try:
            amount = parse_amount(value)
        except AmountProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        self.validate(amount)
        return amount


class MonthField(forms.Field):
    """A month as 2026-11; its first day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "请填写月份。"})
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "month"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dt.date | None:
        self.validate(value)
        if not value:
            return None
        found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", str(value).strip())
        if not found:
            raise forms.ValidationError("请写成 2026-11 这样。")
        return dt.date(int(found[1]), int(found[2]), 1)


# --- the grid --------------------------------------------------------------------------------


class MonthCell(Cell):
    """One month of one person; `word` says how it stands."""

    @property
    def month(self) -> dt.date:
        month: dt.date = self.key[1]
        return month


@dataclass
class GridRow:
    """One person of the grid."""

    person: PersonReading
    cells: list[MonthCell]


class DuesGrid(Grid):
    """A branch's year as cells, one a month and person."""

    def __init__(
        self, people: Iterable[PersonReading], posted: Mapping[str, str] | None = None
    ) -> None:
        rows = [GridRow(person, list(self._cells(person))) for person in people]
        self.members = {row.person.member.pk: row.person.member for row in rows}
        super().__init__(rows, posted)

    def _cells(self, person: PersonReading) -> Iterable[MonthCell]:
        for reading in person.months:
            stored = self.shown(reading.paid)
            yield MonthCell(
                key=(person.member.pk, reading.month),
                name=f"{PREFIX}{person.member.public_id}-{reading.month.month}",
                label=f"{person.member.name} {reading.month.month}月",
                column=str(reading.month.month),
                is_open=reading.word != ELSEWHERE or bool(stored),
                due=self.shown(reading.due),
                was=stored,
                word=reading.word,
            )

    def shown(self, value: Any) -> str:
        return str(value) if value else ""

    def said(self, value: Any) -> str:
        return f"{value} 元" if value else "空"

    def changes(self) -> list[CellChange]:
        found = []
        for cell, held in self.posted_cells():
            try:
                if is_exempt_word(cell.text):
                    raise AmountProblem("免交请在“缴费标准”里登记，写明研究和批准的日期。")  # noqa: TRY301 -- one way to note it
                amount, was = parse_amount(cell.text) or None, parse_amount(held) or None
            except AmountProblem as problem:
                cell.problem = str(problem)
                continue
            found.append(CellChange(self.members[cell.key[0]], cell.month, amount, was))
        return found

    def fill(self, month: int) -> list[CellChange]:
        """Return changes that pay what is still due of a month, as fixed, and nothing else."""
        return [
            CellChange(self.members[cell.key[0]], cell.month, Decimal(cell.due), None)
            for cell in self.by_key.values()
            if cell.month.month == month and cell.due and not cell.was and not cell.text
        ]


class CollectForm(forms.Form):
    """What is said once for all cells that are saved: when and how they were collected."""

    paid_on = forms.DateField(
        label="收缴日期",
        required=False,
        widget=DATE,
        error_messages=DATE_ERRORS,
        help_text="补登往年的台账可不填。",
    )
    method = forms.ChoiceField(
        label="方式", required=False, choices=[("", "不填"), *DuesPayment.Method.choices]
    )


# --- single acts -----------------------------------------------------------------------------


class PersonForm(forms.Form):
    """What is about one person of one branch."""

    member: Any = forms.ModelChoiceField(
        label="党员",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党员。", "invalid_choice": "请从名单里选择。"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = people  # type: ignore[attr-defined]


class PaymentForm(PersonForm):
    """One payment by itself."""

    kind = forms.ChoiceField(label="种类", choices=DuesPayment.Kind.choices)
    month = MonthField(label="哪个月的")
    amount = AmountField(label="金额（元）")
    paid_on = forms.DateField(label="收缴日期", widget=DATE, error_messages=DATE_ERRORS)
    method = forms.ChoiceField(label="方式", choices=DuesPayment.Method.choices)
    note = forms.CharField(
        label="备注",
        max_length=200,
        required=False,
        help_text="预交、补交超过 6 个月的，请写明原因。",
    )


class StandingForm(PersonForm):
    """What one member owes a month, and why less where it is less."""

    payer_class = forms.ChoiceField(label="人员类型", choices=DuesStanding.PayerClass.choices)
    base = AmountField(
        label="月缴费基数（元）",
        required=False,
        help_text="税后月收入或养老金。学生、下岗失业、领取抚恤救济和低保的不填；农民填每月应缴的金额。",
    )
    started_on = MonthField(label="从哪个月起")
    relief = forms.ChoiceField(label="减免", required=False, choices=DuesStanding.Relief.choices)
    reduced_to = AmountField(label="少交后的月应缴（元）", required=False)
    studied_on = forms.DateField(
        label="支委会研究日期", required=False, widget=DATE, error_messages=DATE_ERRORS
    )
    approved_on = forms.DateField(
        label="上级党委批准日期", required=False, widget=DATE, error_messages=DATE_ERRORS
    )
    approved_by = forms.CharField(label="批准的党委", max_length=100, required=False)
    reason = forms.CharField(
        label="减免或年内变动的原因",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="加密保存，只有能登记党费的人看得到。没有减免、不在年内变动的，不用填。",
    )


class RemittanceForm(forms.Form):
    """Dues that an organisation handed up."""

    kind = forms.ChoiceField(label="种类", choices=DuesRemittance.Kind.choices)
    period = forms.CharField(label="期间", max_length=7)
    amount = AmountField(label="上缴金额（元）")
    handed_on = forms.DateField(label="上缴日期", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(label="凭证或文号", max_length=100, required=False)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="与应上缴的不同时写明原因。"
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = Period.year(year)
        periods = [*whole.split("quarter"), whole]
        self.fields["period"] = forms.TypedChoiceField(
            label="期间",
            choices=[(period.code, period.title) for period in periods],
            coerce=Period.parse,
        )
        self.order_fields(["kind", "period"])


class PublicationForm(forms.Form):
    """When and how a branch published its dues."""

    published_on = forms.DateField(label="公示日期", widget=DATE, error_messages=DATE_ERRORS)
    how = forms.CharField(
        label="公示方式和地点",
        max_length=100,
        error_messages={"required": "请写明怎样公示、在哪里。"},
    )


class DuesRuleForm(forms.Form):
    """What an agency fixes for itself: base policy, rounding, the share that goes up."""

    organization: Any = forms.ModelChoiceField(
        label="适用单位",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择适用单位。"},
    )
    in_force_from = forms.DateField(label="从哪天起", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(
        label="依据文件", max_length=200, error_messages={"required": "请写明依据的文件和文号。"}
    )
    article = forms.CharField(label="条款", max_length=60, required=False)
    policy = forms.ChoiceField(
        label="缴费基数",
        required=False,
        choices=[
            ("", "不改"),
            ("monthly", "收入变动的，从变动的当月起按新基数"),
            ("yearly_fixed", "年初核定，年内一般不变"),
        ],
    )
    unit = forms.ChoiceField(
        label="应缴金额取整",
        required=False,
        choices=[("", "不改"), ("0.01", "到分"), ("0.1", "到角")],
    )
    share = AmountField(label="上缴比例（%）", required=False)
    per = forms.ChoiceField(label="多久上缴一次", choices=[("quarter", "每季度"), ("year", "每年")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_in_scope()  # type: ignore[attr-defined]

    def clean_share(self) -> Decimal | None:
        share: Decimal | None = self.cleaned_data["share"]
        if share is not None and not 0 < share <= FULL_SHARE:
            raise forms.ValidationError("上缴比例在 0 到 100 之间。")
        return share

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.values():
            raise forms.ValidationError("请至少填写一项要定的内容。")
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what is laid over the shipped rule."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {}
        if cleaned.get("policy"):
            values["base"] = {"policy": cleaned["policy"]}
        if cleaned.get("unit"):
            values["rounding"] = {"unit": cleaned["unit"]}
        if cleaned.get("share"):
            share = cleaned["share"] / FULL_SHARE
            values["handing_up"] = {"share": str(share), "per": cleaned["per"], "level": "own"}
        return values
