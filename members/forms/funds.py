"""Forms of funds: a request with its lines, an opinion, an income, a spending."""

from decimal import Decimal
from typing import Any

from django import forms

from branches.queries.organizations import organizations_in_scope
from members.forms.dues import DATE, DATE_ERRORS, AmountField
from members.models import FundRequest
from members.models.funds import Pot, Source
from members.queries.amounts import AmountProblem, parse_amount
from members.services.funds import Line

LINES = 6


class PlaceForm(forms.Form):
    """What is about one organisation."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党组织。", "invalid_choice": "请从名单里选择。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_in_scope()  # type: ignore[attr-defined]


class RequestForm(PlaceForm):
    """A request to use money: out of which, for what, when; lines are read beside the fields."""

    source = forms.ChoiceField(label="资金来源", choices=Source.choices)
    category = forms.ChoiceField(label="用途类别", choices=FundRequest.Category.choices)
    purpose = forms.CharField(
        label="用途",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明用途。"},
    )
    place = forms.CharField(
        label="地点", max_length=100, required=False, help_text="场地费用请填写。"
    )
    wanted_on = forms.DateField(label="用款日期", widget=DATE, error_messages=DATE_ERRORS)
    amount = AmountField(
        label="申请金额（元）", required=False, help_text="填写了明细的，可以不填，按明细合计。"
    )

    def line_rows(self) -> list[dict[str, str]]:
        """Return the fields of the lines as they were typed, or as they stand in `initial`."""
        kept = self.initial.get("lines", [])
        rows = []
        for at in range(LINES):
            stored = kept[at] if at < len(kept) else {}
            rows.append(
                {
                    "at": str(at),
                    **{
                        part: self.data.get(f"line-{at}-{part}", stored.get(part, ""))
                        for part in ("name", "quantity", "price")
                    },
                }
            )
        return rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["lines"] = [
            line
            for number, row in enumerate(self.line_rows(), 1)
            if (line := self._line(number, row))
        ]
        return cleaned

    def _line(self, number: int, row: dict[str, str]) -> Line | None:
        name = row["name"].strip()[:100]
        try:
            quantity, price = parse_amount(row["quantity"]), parse_amount(row["price"])
        except AmountProblem as problem:
            self.add_error(None, f"明细第 {number} 行：{problem}")
            return None
        if not name and quantity is None and price is None:
            return None
        if not name or not quantity or not price:
            self.add_error(None, f"明细第 {number} 行：名称、数量、单价都要填写。")
            return None
        return Line(name, quantity, price)


class OpinionForm(forms.Form):
    """What a level says to a request."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回的要写明原因。",
    )


class IncomeForm(PlaceForm):
    """Money that came in."""

    source = forms.ChoiceField(label="资金来源", choices=Source.choices)
    pot = forms.ChoiceField(label="款项", choices=Pot.choices)
    amount = AmountField(label="金额（元）")
    received_on = forms.DateField(label="到账日期", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(label="凭证或文号", max_length=100, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)


class SpendingForm(forms.Form):
    """Money that was spent on an approved request."""

    pot = forms.ChoiceField(label="从哪笔款支出", choices=Pot.choices)
    amount = AmountField(label="金额（元）")
    spent_on_day = forms.DateField(label="支出日期", widget=DATE, error_messages=DATE_ERRORS)
    voucher = forms.CharField(
        label="凭证号", max_length=60, error_messages={"required": "请填写凭证号。"}
    )
    note = forms.CharField(label="说明", max_length=200, required=False)


def initial_of(request: FundRequest) -> dict[str, Any]:
    """Return what the form of a request that is handed in again starts with."""
    return {
        "organization": request.organization,
        "source": request.source,
        "category": request.category,
        "purpose": request.purpose,
        "place": request.place,
        "wanted_on": request.wanted_on,
        "amount": request.amount,
        "lines": [
            {"name": item.name, "quantity": _plain(item.quantity), "price": str(item.price)}
            for item in request.items.all()
        ],
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
