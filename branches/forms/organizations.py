"""Forms of events in the life of organisations, and of the tree's page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from branches.forms.platforms import day_field
from branches.models import PartyOrganization
from branches.queries.kinds import BODIES, superior_kinds
from branches.queries.trees import named, offered

Kind = PartyOrganization.Kind


class OrganizationInput(forms.TextInput):
    """A line of text that offers names while one types."""

    suggestions: Iterable[str] = ()

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        known = attrs or {}
        list_id = f"{known.get('id', name)}_list"
        own = {**known, "list": list_id, "autocomplete": "off"}
        options = format_html_join("", '<option value="{}">', ((one,) for one in self.suggestions))
        typed = super().render(name, value, own, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', typed, list_id, options)


class OrganizationField(forms.CharField):
    """One organisation in scope, written by name, short name or code."""

    widget = OrganizationInput
    kinds: tuple[str, ...] = ()

    def offer(self, kinds: Iterable[str], *, without: str = "") -> None:
        """Take organisations of these kinds; do not offer what stands below a path."""
        self.kinds = tuple(kinds)
        widget: Any = self.widget
        widget.suggestions = offered(self.kinds, without=without)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = named(text, Kind)
        if not found:
            raise forms.ValidationError(f"您的范围里没有“{text}”，请从列出的名称里选。")
        if len(found) > 1:
            codes = "、".join(one.code for one in found)
            raise forms.ValidationError(f"有 {len(found)} 个“{text}”，请改写组织代码：{codes}。")
        return found[0]


def organization_field(label: str) -> Any:
    return OrganizationField(
        label=label,
        max_length=150,
        help_text="输入几个字，从列出的名称里选；也可写组织代码。",
        error_messages={"required": f"请填写{label}。"},
    )


def text(label: str, length: int, *, required: bool = False, help_text: str = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {length} 个字。",
        },
    )


class EventForm(forms.Form):
    """What every event says: from which day on, by which document."""

    on = day_field("生效日期", required=True, help_text="新情况的第一天。")
    document = text("文号", 100)
    note = text("说明", 300)

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()


class RenameForm(EventForm):
    """A new name."""

    field_order = ("name", "short_name", "on", "document", "note")
    name = text("新名称", 100, required=True)
    short_name = text("新简称", 60)


class MoveForm(EventForm):
    """A new superior."""

    field_order = ("superior", "on", "document", "note")
    superior = organization_field("新的上级")

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        field: Any = self.fields["superior"]
        field.offer(superior_kinds(organization.kind), without=organization.path)


class KindForm(EventForm):
    """Another kind."""

    field_order = ("kind", "on", "document", "note")
    kind = forms.ChoiceField(label="新的类别")

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [
            choice for choice in Kind.choices if choice[0] not in {Kind.GROUP, organization.kind}
        ]


class MergeForm(EventForm):
    """Into which other organisation."""

    field_order = ("target", "on", "document", "note")
    target = organization_field("并入哪个党组织")

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        field: Any = self.fields["target"]
        kinds = PartyOrganization.BRANCH_KINDS if organization.is_branch else BODIES
        field.offer(kinds, without=organization.path)


class DissolveForm(EventForm):
    """From which day on it is no more."""

    on = day_field("撤销日期", required=True, help_text="不再存在的第一天。")


class FoundForm(forms.Form):
    """A new organisation below one."""

    name = text("名称", 100, required=True, help_text="写全称。")
    short_name = text("简称", 60)
    kind = forms.ChoiceField(label="组织类别")
    founded_on = day_field("成立日期", required=True)
    code = text("组织代码", 40, help_text="不填则由系统编号。")
    document = text("批复文号", 100)
    note = text("备注", 300)

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [
            (kind, label)
            for kind, label in Kind.choices
            if organization.kind in superior_kinds(kind)
        ]


class TakeBackForm(forms.Form):
    """Why an event is taken back."""

    reason = text("撤回原因", 200, required=True, help_text="例如登记有误、批复作废。")


class JointUnitForm(forms.Form):
    """A unit that a joint branch takes in."""

    name = text("单位名称", 100, required=True)
    started_on = day_field("从哪天起", required=True)


class EndJointUnitForm(forms.Form):
    """From which day on a unit is no longer in."""

    ended_on = day_field("退出日期", required=True, help_text="不再联合的第一天。")


class TreeForm(forms.Form):
    """Which day of the tree, and what to look for in it."""

    on = day_field("看哪一天")
    q = forms.CharField(label="名称或代码", required=False, max_length=60)
