"""Forms of honours."""

from typing import Any

from django import forms

from branches.queries.organizations import organizations_in_scope
from members.forms.posts import DATE, DATE_ERRORS, LINES, past_day
from members.models import Honour
from members.queries.honours import people_named
from members.services.honours import Award

PERSON, ORGANIZATION, UNIT = "person", "organization", "unit"


class HonourFilter(forms.Form):
    """Which honours a list shows."""

    q = forms.CharField(label="名称或获得者", required=False, max_length=100)
    organization: Any = forms.ModelChoiceField(
        label="党组织（含下级）",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="全部",
        error_messages={"invalid_choice": "没有这个党组织。"},
    )
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "全部"), *Honour.Level.choices]
    )
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部"), *Honour.Kind.choices]
    )
    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=1921,
        max_value=2999,
        error_messages={
            "invalid": "请填写年份。",
            "min_value": "请核对年份。",
            "max_value": "请核对年份。",
        },
    )
    standing = forms.BooleanField(label="不含已撤销的", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return what can be asked of the list; what is wrong narrows nothing."""
        self.is_valid()
        said = getattr(self, "cleaned_data", {})
        return {
            "organization": said.get("organization"),
            "level": said.get("level", ""),
            "kind": said.get("kind", ""),
            "year": said.get("year"),
            "text": said.get("q", ""),
            "standing": said.get("standing", False),
        }


class HonourForm(forms.Form):
    """An honour: who, what, which level, when, by whom."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党组织。", "invalid_choice": "没有这个党组织。"},
    )
    winner = forms.ChoiceField(
        label="谁获得",
        choices=[(PERSON, "党员"), (ORGANIZATION, "这个党组织"), (UNIT, "其他单位或集体")],
    )
    winner_name = forms.CharField(
        label="姓名或单位名称",
        max_length=100,
        required=False,
        help_text="党组织获得的不用填。",
    )
    title = forms.CharField(
        label="荣誉名称", max_length=100, error_messages={"required": "请填写荣誉名称。"}
    )
    level = forms.ChoiceField(label="级别", choices=Honour.Level.choices)
    awarded_on = forms.DateField(label="授予时间", widget=DATE, error_messages=DATE_ERRORS)
    awarded_by = forms.CharField(
        label="授予单位", max_length=100, error_messages={"required": "请填写授予单位。"}
    )
    document = forms.CharField(label="文号", max_length=100, required=False)
    is_public = forms.BooleanField(label="可以公开", required=False, initial=True)
    despite = forms.CharField(
        label="处分影响期内表彰的理由", max_length=300, required=False, widget=LINES
    )

    def __init__(self, *args: Any, sees_discipline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]
        if not sees_discipline:
            del self.fields["despite"]

    def clean_awarded_on(self) -> Any:
        return past_day(self.cleaned_data["awarded_on"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        winner, name = said.get("winner"), (said.get("winner_name") or "").strip()
        said["member"], said["unit_name"] = None, ""
        if winner == UNIT and not name:
            self.add_error("winner_name", "请填写单位名称。")
        elif winner == UNIT:
            said["unit_name"] = name
        elif winner == PERSON and said.get("organization"):
            said["member"] = self._person(name, said["organization"])
        return said

    def _person(self, name: str, organization: Any) -> Any:
        found = people_named(name, organization) if name else []
        if not name:
            self.add_error("winner_name", "请填写姓名。")
        elif not found:
            self.add_error("winner_name", f"“{organization.label}”的档案里没有“{name}”。")
        elif len(found) > 1:
            self.add_error("winner_name", f"“{name}”有 {len(found)} 人，请把党组织选到支部。")
        return found[0] if len(found) == 1 else None

    def award(self) -> Award:
        """Return what the services keep."""
        said = self.cleaned_data
        names = (
            "organization",
            "title",
            "level",
            "awarded_on",
            "awarded_by",
            "member",
            "unit_name",
            "document",
            "is_public",
        )
        return Award(**{name: said[name] for name in names})

    def despite_reason(self) -> str:
        return str(self.cleaned_data.get("despite", ""))


class RevokeForm(forms.Form):
    """An honour that was revoked."""

    revoked_on = forms.DateField(label="撤销时间", widget=DATE, error_messages=DATE_ERRORS)
    reason = forms.CharField(
        label="撤销原因", max_length=200, error_messages={"required": "请写明撤销原因。"}
    )

    def clean_revoked_on(self) -> Any:
        return past_day(self.cleaned_data["revoked_on"])
