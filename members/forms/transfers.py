"""Forms of transfers and of changes of standing."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope, groups_of
from members.models import Member, Transfer
from members.queries.transfers import branches_by_name, full_name
from partybuild.values import Problem, parse_id_number, parse_phone

BAD_DATE = "请写成 2026-11-21 这样。"
Kind, Category, State = Transfer.Kind, Member.Category, Member.State


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": BAD_DATE},
    )


class TransferForm(forms.Form):
    """Where somebody's membership goes, why, and by which letter."""

    KINDS: ClassVar[tuple[Transfer.Kind, ...]] = (
        Kind.WITHIN_PROVINCE,
        Kind.ACROSS_PROVINCES,
        Kind.LETTER,
        Kind.SPECIAL,
    )

    receiver = forms.CharField(
        label="转往本系统的党支部",
        max_length=100,
        required=False,
        help_text="写全称、简称或组织代码。记不准就写一部分，保存时列出名称相近的。",
    )
    receiver_unit = forms.CharField(
        label="转往外单位",
        max_length=100,
        required=False,
        help_text="对方不在本系统时填写接收单位的全称，与上一项只填一样。",
    )
    kind = forms.ChoiceField(label="转接类型")
    reach = forms.ChoiceField(label="范围", choices=Transfer.Reach.choices)
    reason = forms.CharField(
        label="转接原因", max_length=200, error_messages={"required": "请填写转接原因。"}
    )
    letter_number = forms.CharField(label="介绍信编号", max_length=60, required=False)
    dues_paid_to = forms.CharField(
        label="党费交至", max_length=20, required=False, help_text="例如 2026年10月。"
    )
    valid_days = forms.IntegerField(
        label="介绍信有效天数",
        required=False,
        min_value=1,
        max_value=999,
        help_text="不填就按规定的天数。",
    )
    started_on = day_field("发起日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in self.KINDS]  # type: ignore[attr-defined]

    def clean_receiver(self) -> PartyOrganization | None:
        text = self.cleaned_data["receiver"]
        if not text:
            return None
        exact, similar = branches_by_name(text)
        if len(exact) == 1:
            return exact[0]
        if exact:
            names = "；".join(full_name(branch) for branch in exact)
            raise forms.ValidationError(f"有 {len(exact)} 个同名的，请写组织代码：{names}。")
        if similar:
            names = "；".join(full_name(branch) for branch in similar)
            raise forms.ValidationError(f"没有完全一样的。名称相近的有：{names}。")
        raise forms.ValidationError("没有找到这个党支部，请核对名称；对方不在本系统就填外单位。")

    def clean_valid_days(self) -> int:
        return self.cleaned_data["valid_days"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        inside, outside = cleaned.get("receiver"), cleaned.get("receiver_unit")
        if "receiver" in cleaned and not inside and not outside:
            self.add_error("receiver", "请填写转往哪里。")
        if inside and outside:
            self.add_error("receiver_unit", "转往本系统的党支部和转往外单位，请只填一样。")
        return cleaned


class WholeUnitForm(TransferForm):
    """The same for many members of one branch at once."""

    KINDS = (Kind.UNIT_OUT,)

    members: Any = forms.ModelMultipleChoiceField(
        label="党员",
        queryset=None,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一名党员。"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """One step of a transfer: the day and a word about it."""

    on = day_field("日期")
    note = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AcceptForm(StepForm):
    """The step that takes somebody in, perhaps into a group."""

    group: Any = forms.ModelChoiceField(
        label="编入党小组", queryset=None, required=False, to_field_name="public_id"
    )

    def __init__(self, *args: Any, branch: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups_of(branch)  # type: ignore[attr-defined]


class ArrivalForm(forms.Form):
    """Somebody who comes from a unit outside with a letter."""

    organization: Any = forms.ModelChoiceField(
        label="接收的党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党支部。"},
    )
    sender_unit = forms.CharField(
        label="从哪里转来",
        max_length=100,
        error_messages={"required": "请填写转出单位。"},
    )
    kind = forms.ChoiceField(
        label="转接类型", choices=[(k.value, k.label) for k in Kind if k != Kind.UNIT_OUT]
    )
    letter_number = forms.CharField(
        label="介绍信编号",
        max_length=60,
        error_messages={"required": "请填写介绍信编号。"},
    )
    sent_on = day_field("介绍信日期")
    received_on = day_field("接收日期")
    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名。"})
    gender = forms.ChoiceField(
        label="性别", choices=[("", "不填"), *Member.Gender.choices], required=False
    )
    born_on = day_field("出生日期", required=False)
    id_number = forms.CharField(
        label="身份证号码",
        max_length=20,
        error_messages={"required": "请填写身份证号码。"},
    )
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    category = forms.ChoiceField(
        label="人员类别", choices=[(c.value, c.label) for c in Member.MEMBER_CATEGORIES]
    )
    joined_on = day_field("入党时间")
    confirmed_on = day_field("转正时间", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches_in_scope()  # type: ignore[attr-defined]

    def clean_id_number(self) -> str:
        number = parse_id_number(self.cleaned_data["id_number"])
        if number is None or not number.is_usable:
            raise forms.ValidationError("身份证号码不对，请核对每一位。")
        return number.text

    def clean_phone(self) -> str:
        phone = parse_phone(self.cleaned_data["phone"])
        if isinstance(phone, Problem):
            raise forms.ValidationError("电话号码不对，请核对。")
        return phone or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        born, joined = cleaned.get("born_on"), cleaned.get("joined_on")
        confirmed = cleaned.get("confirmed_on")
        if born and joined and joined <= born:
            self.add_error("joined_on", "入党时间早于出生日期，请核对。")
        if joined and joined > today:
            self.add_error("joined_on", "入党时间还没到，请核对。")
        if confirmed and joined and confirmed < joined:
            self.add_error("confirmed_on", "转正时间早于入党时间，请核对。")
        if confirmed and confirmed > today:
            self.add_error("confirmed_on", "转正时间还没到，请核对。")
        if cleaned.get("category") == Category.FULL and not confirmed:
            self.add_error("confirmed_on", "正式党员请填写转正时间。")
        if cleaned.get("category") == Category.PROBATIONARY and confirmed:
            self.add_error("confirmed_on", "预备党员还没有转正时间，请核对。")
        return cleaned


class StandingForm(forms.Form):
    """A change of standing: what, since when, by which document, why."""

    state = forms.ChoiceField(label="变动")
    happened_on = day_field("变动日期")
    document = forms.CharField(label="文号", max_length=100, required=False)
    reason = forms.CharField(
        label="原因", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    whereto = forms.CharField(
        label="转往单位", max_length=100, required=False, help_text="只有转出时填写。"
    )
    branch: Any = forms.ModelChoiceField(
        label="恢复到哪个党支部",
        queryset=None,
        required=False,
        to_field_name="public_id",
        help_text="只有恢复党籍时填写；不填就是原来的党支部。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (state.value, "恢复党籍" if state == State.NORMAL else state.label)
            for state in (*(s for s in State if s != State.NORMAL), State.NORMAL)
        ]
        self.fields["branch"].queryset = branches_in_scope()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        state = cleaned.get("state")
        if state == State.TRANSFERRED and not cleaned.get("whereto"):
            self.add_error("whereto", "请填写转往哪个单位。")
        if state not in {None, State.DECEASED, State.TRANSFERRED} and not cleaned.get("reason"):
            self.add_error("reason", "请填写原因。")
        if state not in {None, State.NORMAL} and cleaned.get("branch"):
            self.add_error("branch", "只有恢复党籍时才填写。")
        if state not in {None, State.TRANSFERRED} and cleaned.get("whereto"):
            self.add_error("whereto", "只有转出时才填写。")
        return cleaned


class TakeBackForm(forms.Form):
    """Why a change of standing is taken back."""

    note = forms.CharField(
        label="撤回原因", max_length=300, error_messages={"required": "请填写撤回的原因。"}
    )
