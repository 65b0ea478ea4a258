"""Forms of the development of members."""

from typing import Any

from django import forms
from django.utils import timezone

from branches.queries.organizations import branches_in_scope
from members.models import DevelopmentCase, DevelopmentSponsor, Member
from members.queries.development import (
    chosen_sponsors,
    kinds_not_developing,
    papers_of,
    step_of,
    without_case,
)
from members.queries.development_rules import (
    ADMISSION,
    CANDIDATE,
    INTRODUCERS,
    MENTORS,
    STAGES,
    TRAINING,
    VOTED,
    StepRule,
)
from members.queries.roll import roll_members

SECRET = [("", "不填"), ("yes", "是"), ("no", "否")]
MOST_PEOPLE = 5000
COUNTS = (
    ("due_voters", "应到会有表决权党员"),
    ("present_voters", "实到会有表决权党员"),
    ("issued", "发出票"),
    ("received", "收回票"),
    ("yes", "赞成"),
    ("no", "反对"),
    ("abstain", "弃权"),
    ("written_opinions", "书面意见"),
)
COUNTED = ("due_voters", "present_voters", "yes")
SPANS = {CANDIDATE: "公示", TRAINING: "培训"}


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"请填写{label}。",
            "invalid": "请写成 2026-11-21 这样。",
        },
    )


def reason_field(label: str = "原因", *, required: bool = True) -> forms.CharField:
    """Return a field for a reason."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": f"请填写{label}。"},
    )


class CaseFilterForm(forms.Form):
    """Conditions of the list of cases."""

    q = forms.CharField(label="姓名或拼音首字母", required=False, max_length=40)
    organization: Any = forms.ModelChoiceField(
        label="党支部", queryset=None, required=False, to_field_name="public_id", empty_label="全部"
    )
    stage = forms.TypedChoiceField(
        label="阶段",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "全部"), *((str(at), name) for at, (name, _) in enumerate(STAGES))],
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "培养中"), ("all", "全部"), *DevelopmentCase.Outcome.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = branches_in_scope().only("public_id", "short_name", "name")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        state = cleaned.get("state", "")
        return {
            "text": cleaned.get("q", ""),
            "branch": cleaned.get("organization"),
            "stage": cleaned.get("stage"),
            "state": {"": "open", "all": ""}.get(state, state),
        }


class OpenCaseForm(forms.Form):
    """The case of an applicant: somebody on file, or somebody new."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党支部。"},
    )
    member: Any = forms.ModelChoiceField(
        label="已有档案的申请人",
        help_text="出党以后重新申请的也在这里选：另立新的档案，原来的档案和经历不动。",
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label="不选，在下面登记新的申请人",
    )
    name = forms.CharField(label="姓名", required=False, max_length=60)
    gender = forms.ChoiceField(
        label="性别", required=False, choices=[("", "不填"), *Member.Gender.choices]
    )
    born_on = day_field("出生日期", required=False)
    applied_on = day_field("递交入党申请书时间")
    papers = forms.BooleanField(label="入党申请书已收到", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = branches_in_scope().exclude(kind__in=kinds_not_developing(timezone.localdate()))
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]
        self.fields["member"].queryset = without_case()  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = (  # type: ignore[attr-defined]
            lambda one: f"{one.name}（{'，'.join(_told(one))}）"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("member"):
            for name, missing in (("name", "姓名"), ("born_on", "出生日期")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"没有选已有档案的人，请填写{missing}。")
        return cleaned


def _told(person: Member) -> list[str]:
    has_left = person.state != Member.State.NORMAL
    return [person.branch.label, *([person.get_state_display()] if has_left else [])]


class StepForm(forms.Form):
    """One step: the day, and what that step asks for besides."""

    def __init__(self, *args: Any, rule: StepRule, case: DevelopmentCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields["done_on"] = day_field("日期")
        if rule.code in SPANS:
            self._add_span(SPANS[rule.code])
        if rule.code in (MENTORS, INTRODUCERS):
            self._add_sponsors(case)
        if rule.code in VOTED:
            self._add_votes()
        self.fields["note"] = forms.CharField(label="情况", required=False, max_length=300)
        self.fields["reason"] = forms.CharField(
            label="原因说明",
            required=False,
            max_length=300,
            help_text="超过一般期限的，写明原因。",
        )
        if rule.papers:
            self.fields["papers"] = forms.MultipleChoiceField(
                label="已收到的材料",
                required=False,
                choices=[(name, name) for name in rule.papers],
                widget=forms.CheckboxSelectMultiple,
            )

    def _add_span(self, name: str) -> None:
        self.fields["span_from"] = day_field(f"{name}开始", required=False)
        self.fields["span_to"] = day_field(f"{name}结束", required=False)
        if self.rule.code == TRAINING:
            self.fields["hours"] = forms.DecimalField(
                label="学时", required=False, min_value=0, max_value=999, decimal_places=1
            )

    def _add_sponsors(self, case: DevelopmentCase) -> None:
        today = timezone.localdate()
        people = roll_members(case.organization, today).filter(category=Member.Category.FULL)
        self.fields["sponsors"] = forms.ModelMultipleChoiceField(
            label="正式党员",
            queryset=people,
            required=False,
            to_field_name="public_id",
            widget=forms.CheckboxSelectMultiple,
        )

    def _add_votes(self) -> None:
        for name, label in COUNTS:
            self.fields[name] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=MOST_PEOPLE,
                required=name in COUNTED,
                error_messages={"required": "请填写人数。", "invalid": "请填写整数。"},
            )
        if self.rule.code == ADMISSION:
            self.fields["is_secret"] = forms.TypedChoiceField(
                label="无记名投票",
                required=False,
                choices=SECRET,
                coerce=lambda said: said == "yes",
                empty_value=None,
            )

    def plain_fields(self) -> dict[str, Any]:
        """Return the plain fields of the step."""
        beside = {"papers", "sponsors"}
        return {name: value for name, value in self.cleaned_data.items() if name not in beside}


def values_of(case: DevelopmentCase, rule: StepRule) -> dict[str, Any]:
    """Return what the form of a recorded step starts with; a new one starts with today."""
    step = step_of(case, rule.code)
    if step is None:
        return {"done_on": timezone.localdate()}
    secret = {True: "yes", False: "no", None: ""}[step.is_secret]
    role = DevelopmentSponsor.Role.MENTOR
    if rule.code != MENTORS:
        role = DevelopmentSponsor.Role.INTRODUCER
    plain = ("done_on", "span_from", "span_to", "hours", "note", "reason")
    return {
        **{name: getattr(step, name) for name in (*plain, *(name for name, _ in COUNTS))},
        "is_secret": secret,
        "sponsors": chosen_sponsors(case, role),
        "papers": papers_of(case, rule.code),
    }


class ReviewForm(forms.Form):
    """A half-yearly review."""

    reviewed_on = day_field("考察日期")
    conclusion = forms.CharField(
        label="考察意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtensionForm(forms.Form):
    """The prolongation of a probation."""

    until = day_field("延长至")
    reason = reason_field()


class LeavingForm(forms.Form):
    """When somebody means to leave."""

    leaving_on = day_field("预计离开日期", required=False, help_text="不离开了，请清空。")


class EndingForm(forms.Form):
    """The end of a case that did not lead to full membership."""

    on = day_field("结束日期")
    outcome = forms.ChoiceField(
        label="结果",
        choices=[
            choice
            for choice in DevelopmentCase.Outcome.choices
            if choice[0] in {DevelopmentCase.Outcome.ENDED, DevelopmentCase.Outcome.LEFT}
        ],
    )
    reason = reason_field()


class RevocationForm(forms.Form):
    """The decision that takes the standing of a 预备党员 away."""

    on = day_field("决定日期")
    reason = reason_field()
