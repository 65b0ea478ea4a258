"""Input of cycles: launch, raters, sealing, decisions, appeals, adjustments."""

import re
from typing import Any

from django import forms
from django.utils import timezone

from assessments.models import Appeal, Cycle, Scheme
from assessments.queries.ballots import accounts_of_the_agency, groups_of
from branches.models import PartyOrganization, User
from branches.queries.organizations import bodies_in_scope
from partybuild.periods import Period

PERIODS_OFFERED = 6
WHOM = {
    "branch": "它下面的党支部都是考核对象。",
    "member": "它下面各党支部的党员都是考核对象。",
    "secretary": "它下面各党支部现任的书记都是考核对象；往期看期末那天的书记。",
    "unit": "它下面的党委、党总支都是考核对象，它自己不是。",
}
PARTS = re.compile(r"[、，,;；\s]+")
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def reason_field(label: str, help_text: str = "", length: int = 300) -> forms.CharField:
    """Return a field for a reason that has to be given."""
    return forms.CharField(
        label=label,
        max_length=length,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": f"请写明{label}。",
            "max_length": f"最多 {length} 个字，现在有 %(show_value)d 个。",
        },
    )


class CycleForm(forms.Form):
    """Title and days of a cycle."""

    title = forms.CharField(label="名称", max_length=100, error_messages={"required": "请写名称。"})
    self_until = forms.DateField(label="自评截止", required=False, widget=DATE)
    review_until = forms.DateField(label="评审截止", required=False, widget=DATE)
    publicity_days = forms.IntegerField(
        label="公示几个工作日",
        min_value=1,
        max_value=30,
        help_text="从开始公示的第二天算起，只算工作日，调休按登记的放假安排。",
        error_messages={
            "required": "请写天数。",
            "min_value": "至少 1 个工作日。",
            "max_value": "最多 30 个工作日。",
            "invalid": "请写整数。",
        },
    )


class LaunchForm(CycleForm):
    """The same with who carries it out and for which period."""

    organization = forms.ModelChoiceField(
        label="由谁组织",
        queryset=PartyOrganization.objects.all(),
        empty_label=None,
    )
    period = forms.ChoiceField(label="考核期间")
    field_order = ("organization", "period", "title")

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = scheme.period_on(timezone.localdate())
        periods = [running]
        while len(periods) < PERIODS_OFFERED:
            periods.append(periods[-1].previous())
        self.fields["period"].choices = [(one.code, one.title) for one in periods]  # type: ignore[attr-defined]
        self.fields["organization"].queryset = bodies_in_scope()  # type: ignore[attr-defined]
        self.fields["organization"].help_text = WHOM[scheme.subject]
        self.fields["organization"].to_field_name = "public_id"  # type: ignore[attr-defined]

    def clean_period(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class RatersForm(forms.Form):
    """Who is to rate, by names or accounts, and in which group."""

    users = forms.CharField(
        label="姓名或账号",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行一个，也可以用顿号隔开；要有本门户的账号。没有账号的人在“创建活动”里用评议链接。",
        error_messages={"required": "请写姓名或账号。"},
    )
    group = forms.ChoiceField(label="组别", required=False)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        groups = groups_of(cycle.scheme.plan)
        if groups:
            self.fields["group"].choices = [(name, name) for name in groups]  # type: ignore[attr-defined]
            self.fields["group"].required = True
        else:
            del self.fields["group"]

    def clean_users(self) -> list[User]:
        names = [name for name in PARTS.split(self.cleaned_data["users"]) if name]
        known = accounts_of_the_agency(self.cycle.organization)
        by_account = {user.username: user for user in known.filter(username__in=names)}
        by_name: dict[str, list[User]] = {}
        for user in known.filter(name__in=names):
            by_name.setdefault(user.name, []).append(user)
        found, wrong = [], []
        for name in dict.fromkeys(names):
            bearers = by_name.get(name, [])
            if name in by_account:
                found.append(by_account[name])
            elif len(bearers) == 1:
                found.append(bearers[0])
            elif bearers:
                wrong.append(f"“{name}”有 {len(bearers)} 个账号，请写账号。")
            else:
                wrong.append(f"没有找到“{name}”的账号。")
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = reason_field("原因")


class SealForm(forms.Form):
    """Why a cycle is sealed although not everything was scored."""

    unfinished_reason = forms.CharField(
        label="没有评完也公布的原因",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="都评完了不用写。写了，没有评完的以“未完成”公布。",
    )


class BandForm(forms.Form):
    """The band that people settle on."""

    band = forms.ChoiceField(label="等次", error_messages={"required": "请选择等次。"})
    reason = reason_field("理由", "写明依据：会议、票数、名额、同分怎么定的。")

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["band"].choices = [(one.name, one.name) for one in scheme.plan.bands]  # type: ignore[attr-defined]


class AppealForm(forms.Form):
    """What is held against a score."""

    item = forms.ChoiceField(label="针对哪一项", required=False)
    text = reason_field("申诉理由", "写明哪里不对、应当是怎样。", 1000)
    evidence = forms.CharField(
        label="依据材料",
        max_length=300,
        required=False,
        help_text="文号、材料名称、哪一天的记录。",
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "整体"), *items]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    is_upheld = forms.TypedChoiceField(
        label="是否采纳",
        choices=[("1", "采纳（先更正评分，再答复）"), ("0", "不采纳")],
        coerce=lambda value: value == "1",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否采纳。"},
    )
    answer = reason_field(
        "答复", "提出申诉的看得到。", Appeal._meta.get_field("answer").max_length or 0
    )


class AdjustmentForm(forms.Form):
    """Points beside the lines, for what, by which paper."""

    points = forms.DecimalField(
        label="分值",
        max_digits=7,
        decimal_places=2,
        help_text="加分写 2，减分写 -2。",
        error_messages={"required": "请填写分值。", "invalid": "请写数字。"},
    )
    reason = reason_field("事由")
    paper = forms.CharField(
        label="依据文件",
        max_length=200,
        help_text="文件名称和文号。",
        error_messages={"required": "请写依据的文件。"},
    )


class OpinionForm(forms.Form):
    """Whether an adjustment is approved."""

    is_approved = forms.TypedChoiceField(
        label="意见",
        choices=[("1", "批准"), ("0", "不批准")],
        coerce=lambda value: value == "1",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择批准还是不批准。"},
    )
    opinion = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        help_text="不批准请写明原因。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MarkReasonForm(forms.Form):
    """What is said once of all cells of a grid."""

    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.TextInput,
        help_text="对这次改过的格都写上，如“查阅台账后评定”。党支部看得到。",
        error_messages={"required": "请写明理由。"},
    )
