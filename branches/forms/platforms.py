"""Forms of service platforms and their coverage."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from branches.models import Coverage, ServicePlatform
from branches.queries.organizations import organizations_in_scope
from branches.queries.platforms import COVERAGE_WORDS, areas_in_scope

WRITE_DAY = "请写成 2026-11-21 这样。"


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": WRITE_DAY},
    )


def place_field(label: str, *, required: bool = True, empty: str | None = None) -> Any:
    """Return a field for one of the organisations in scope; the form gives it its queryset."""
    return forms.ModelChoiceField(
        label=label,
        queryset=None,
        required=required,
        to_field_name="public_id",
        empty_label=empty,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请选择{label}。"},
    )


def offer_places(field: Any) -> None:
    """Let a field offer the organisations in scope."""
    field.queryset = organizations_in_scope().order_by("path")


class PlatformFilterForm(forms.Form):
    """Conditions of the list of platforms."""

    q = forms.CharField(label="名称或编号", required=False, max_length=40)
    area = forms.ChoiceField(label="区域", required=False)
    level = forms.ChoiceField(
        label="层级", required=False, choices=[("", "全部"), *ServicePlatform.Level.choices]
    )
    coverage = forms.ChoiceField(
        label="覆盖",
        required=False,
        choices=[("", "全部"), *((word, title) for word, (title, _) in COVERAGE_WORDS.items())],
    )
    standard = forms.ChoiceField(
        label="标准化", required=False, choices=[("", "全部"), ("yes", "是"), ("no", "否")]
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *ServicePlatform.Kind.choices]
    )
    organization = place_field("主管党组织", required=False, empty="全部")
    day = day_field("截至哪天")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])
        field: Any = self.fields["area"]
        field.choices = [("", "全部"), *((area, area) for area in areas_in_scope())]

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read, by the names of `platform_list`."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        plain = {
            name: cleaned.get(name, "")
            for name in ("level", "area", "kind", "coverage", "standard")
        }
        return {
            **plain,
            "text": cleaned.get("q", ""),
            "organization": cleaned.get("organization"),
            "day": cleaned.get("day") or timezone.localdate(),
        }


def asked_day(text: str) -> dt.date:
    """Return the day that an address names, today without one that can be read."""
    form = DayForm({"day": text})
    return (form.is_valid() and form.cleaned_data["day"]) or timezone.localdate()


class DayForm(forms.Form):
    """As of which day figures are told."""

    day = day_field("截至哪天")


class PlatformForm(forms.Form):
    """What the register says of a platform."""

    organization = place_field("主管党组织")
    name = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )
    kind = forms.ChoiceField(label="类别", choices=ServicePlatform.Kind.choices)
    level = forms.ChoiceField(label="层级", choices=ServicePlatform.Level.choices)
    area = forms.CharField(
        label="区域",
        max_length=40,
        help_text="所在的县（市、区），同一个地方请写同样的名称。",
        error_messages={"required": "请填写区域。"},
    )
    code = forms.CharField(label="编号", max_length=40, required=False)
    is_standard = forms.BooleanField(label="已达到标准化要求", required=False)
    standard_since = day_field("达标日期")
    staff_count = forms.IntegerField(
        label="从业人员数",
        required=False,
        min_value=0,
        max_value=9_999_999,
        error_messages={"invalid": "请填整数。"},
    )
    member_count = forms.IntegerField(
        label="党员数",
        required=False,
        min_value=0,
        max_value=9_999_999,
        help_text="单位自报的数，不计入党员统计。",
        error_messages={"invalid": "请填整数。"},
    )
    opened_on = day_field("启用日期")
    note = forms.CharField(label="备注", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])


class PlatformEditForm(PlatformForm):
    """The same for one that is on the register, with the day from which it is no more."""

    closed_on = day_field("停用日期", help_text="停用的第一天。停用以后不再计入覆盖率。")


class CoverageForm(forms.Form):
    """From which day a platform is covered how and by whom."""

    way = forms.ChoiceField(
        label="覆盖方式", required=False, choices=[*Coverage.Way.choices, ("", "空白（不再覆盖）")]
    )
    organization = place_field("覆盖党组织", required=False, empty="不填")
    instructor = forms.CharField(
        label="指导员姓名", max_length=60, required=False, help_text="覆盖方式是派指导员的填写。"
    )
    started_on = day_field("从哪天起", required=True)
    document = forms.CharField(label="文号", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])
