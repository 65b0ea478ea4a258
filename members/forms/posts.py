"""Forms of vanguard posts: the application, each step of their life, the reviews of a half."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from branches.queries.organizations import branches_in_scope, organizations_in_scope
from members.models import Member, PostReview, VanguardPost
from members.queries.files import members_in_scope
from members.queries.posts import Half, candidates
from members.services.posts import Pledge

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
DATE_ERRORS = {"required": "请填写日期。", "invalid": "请写成 2026-11-21 这样。"}
LINES = forms.Textarea(attrs={"rows": 3})


def past_day(day: dt.date | None) -> dt.date | None:
    """Return a day that has come; a reason at the field otherwise."""
    if day and day > timezone.localdate():
        raise forms.ValidationError("这一天还没到，请核对。")
    return day


class VanguardPostFilter(forms.Form):
    """Which posts a list shows."""

    q = forms.CharField(label="岗位名称", required=False, max_length=100)
    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="全部",
        error_messages={"invalid_choice": "没有这个党支部。"},
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *VanguardPost.Kind.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *VanguardPost.State.choices]
    )
    window = forms.CharField(label="窗口", required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return what can be asked of the list; what is wrong narrows to nothing but the rest."""
        said = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return {
            "organization": said.get("organization"),
            "kind": said.get("kind", ""),
            "state": said.get("state", ""),
            "window": said.get("window", ""),
            "text": said.get("q", ""),
        }


class PledgeFields(forms.Form):
    """三亮."""

    identity = forms.CharField(
        label="亮身份",
        max_length=200,
        required=False,
        help_text="不填就显示“共产党员”和姓名。",
    )
    duty = forms.CharField(label="亮职责", max_length=500, required=False, widget=LINES)
    promise = forms.CharField(
        label="亮承诺",
        max_length=500,
        widget=LINES,
        error_messages={"required": "请填写承诺。"},
    )

    def pledge(self) -> Pledge:
        """Return the three as the services take them."""
        said = self.cleaned_data
        return Pledge(promise=said["promise"], duty=said["duty"], identity=said["identity"])


class VanguardPostForm(PledgeFields):
    """An application: where, what, who, what would be pledged."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党支部。", "invalid_choice": "没有这个党支部。"},
    )
    kind = forms.ChoiceField(label="类别", choices=VanguardPost.Kind.choices)
    title = forms.CharField(
        label="岗位名称", max_length=100, error_messages={"required": "请填写岗位名称。"}
    )
    window = forms.CharField(label="窗口", max_length=100, required=False)
    area = forms.CharField(
        label="责任区范围", max_length=200, required=False, help_text="只有责任区才填。"
    )
    holders: Any = forms.ModelMultipleChoiceField(
        label="人员",
        queryset=None,
        to_field_name="public_id",
        help_text="可选一人或几人；示范岗只选一人。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选一名党员。",
            "invalid_choice": "所选的人不在名册里。",
            "invalid_pk_value": "所选的人不在名册里。",
        },
    )
    applied_on = forms.DateField(label="申报日期", widget=DATE, error_messages=DATE_ERRORS)

    field_order = (
        "organization",
        "kind",
        "title",
        "window",
        "area",
        "holders",
        "identity",
        "duty",
        "promise",
        "applied_on",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches_in_scope()  # type: ignore[attr-defined]
        on_roll = members_in_scope().filter(category__in=Member.MEMBER_CATEGORIES)
        self.fields["holders"].queryset = on_roll  # type: ignore[attr-defined]

    def clean_applied_on(self) -> Any:
        return past_day(self.cleaned_data["applied_on"])

    def values(self) -> dict[str, Any]:
        """Return what the service asks for."""
        names = ("organization", "kind", "title", "window", "area", "holders", "applied_on")
        return {name: self.cleaned_data[name] for name in names} | {"pledge": self.pledge()}


class StepForm(forms.Form):
    """A step in the life of a post: its day, its document, a note."""

    on = forms.DateField(label="日期", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(label="文号", max_length=100, required=False)
    note = forms.CharField(label="说明", max_length=300, required=False, widget=LINES)

    def clean_on(self) -> Any:
        return past_day(self.cleaned_data["on"])

    def values(self) -> dict[str, Any]:
        """Return what the service asks for."""
        return self.cleaned_data


class ReasonedStepForm(StepForm):
    """A step that is not taken without a reason."""

    note = forms.CharField(
        label="原因",
        max_length=300,
        widget=LINES,
        error_messages={"required": "请写明原因。"},
    )


class HandOverForm(StepForm):
    """换人: everybody who holds the post from that day on."""

    holders: Any = forms.ModelMultipleChoiceField(
        label="换人以后的全部人员",
        queryset=None,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text="继续任岗的人也要选上。",
        error_messages={
            "required": "请至少选一名党员。没有人任岗的，请办理摘牌。",
            "invalid_choice": "所选的人不在本支部名册里。",
            "invalid_pk_value": "所选的人不在本支部名册里。",
        },
    )
    field_order = ("on", "holders", "document", "note")

    def __init__(self, *args: Any, post: VanguardPost, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = candidates(post.organization, timezone.localdate())
        self.fields["holders"].queryset = fit  # type: ignore[attr-defined]


class PledgeForm(PledgeFields, StepForm):
    """承诺: what the post shows from that day on."""

    document = None  # type: ignore[assignment]
    note = None  # type: ignore[assignment]
    field_order = ("on", "identity", "duty", "promise")

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"on": said["on"], "pledge": self.pledge()}


class PostDetailsForm(forms.Form):
    """What a post is called and where it stands."""

    title = forms.CharField(
        label="岗位名称", max_length=100, error_messages={"required": "请填写岗位名称。"}
    )
    window = forms.CharField(label="窗口", max_length=100, required=False)
    area = forms.CharField(label="责任区范围", max_length=200, required=False)


class SelfReviewForm(forms.Form):
    """自查: what the branch itself finds of a post in this half."""

    on = forms.DateField(label="自查日期", widget=DATE, error_messages=DATE_ERRORS)
    result = forms.ChoiceField(label="结果", choices=PostReview.Result.choices)
    findings = forms.CharField(label="发现的情况", max_length=300, required=False, widget=LINES)

    def clean_on(self) -> Any:
        return past_day(self.cleaned_data["on"])


class ReviewForm(forms.Form):
    """One review, to be corrected or to say when all was put right."""

    reviewed_on = forms.DateField(
        label="复核日期", widget=DATE, required=False, error_messages=DATE_ERRORS
    )
    result = forms.ChoiceField(label="结果", choices=PostReview.Result.choices)
    findings = forms.CharField(label="发现的情况", max_length=300, required=False, widget=LINES)
    rectified_on = forms.DateField(
        label="整改完成日期", widget=DATE, required=False, error_messages=DATE_ERRORS
    )

    def clean_reviewed_on(self) -> Any:
        return past_day(self.cleaned_data["reviewed_on"])

    def clean_rectified_on(self) -> Any:
        return past_day(self.cleaned_data["rectified_on"])


class ReviewBatchForm(forms.Form):
    """The day of a batch of reviews; the rows of the table are read by the view."""

    on = forms.DateField(label="复核日期", widget=DATE, error_messages=DATE_ERRORS)

    def clean_on(self) -> Any:
        return past_day(self.cleaned_data["on"])


class ReviewFilter(forms.Form):
    """Which reviews the calendar shows."""

    half = forms.ChoiceField(label="半年", required=False)
    organization: Any = forms.ModelChoiceField(
        label="单位（含下级）",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="全部",
        error_messages={"invalid_choice": "没有这个单位。"},
    )
    open_only = forms.ChoiceField(
        label="范围", required=False, choices=[("", "应复核的全部"), ("yes", "还没有复核的")]
    )

    def __init__(self, *args: Any, around: Half, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        halves, half = [], around.after
        for _ in range(6):
            halves.append((half.code, half.title))
            half = half.before
        self.fields["half"].choices = halves  # type: ignore[attr-defined]
        places = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]
