"""Input of a comparison: which scheme is tried on which period, and whom to list."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.forms.marks import PeriodForm
from assessments.models import Scheme, SchemeDraft
from partybuild.periods import Period

LISTED = (("", "等次有变化的"), ("all", "得分或等次有变化的"))


class ComparisonForm(PeriodForm):
    """Chooses the other scheme or a draft, the period, and whom to list."""

    show = forms.ChoiceField(label="列出", required=False, choices=LISTED)

    def __init__(
        self,
        data: Any,
        *,
        scheme: Scheme,
        running: Period,
        chosen: Period,
        others: Iterable[Scheme],
        drafts: Iterable[SchemeDraft] = (),
    ) -> None:
        super().__init__(data, scheme=scheme, running=running, chosen=chosen)
        del self.fields["name"]
        named = [(one.public_id, f"草稿：{one}") for one in drafts]
        named += [(one.public_id, f"{one.title}，第 {one.edition} 版") for one in others]
        choices = [("", "请选择"), *named]
        other = forms.ChoiceField(label="试算的方案", required=False, choices=choices)
        self.fields = {"with": other, **self.fields}
