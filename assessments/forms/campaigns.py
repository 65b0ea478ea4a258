"""Input of campaigns: how one begins, what it is, its phases, criteria and grades."""

from typing import Any

from django import forms

from assessments.campaign_outlines import Outline, outline_of, outlines
from assessments.models import Campaign, CampaignPhase, Scheme
from assessments.queries.campaigns import committees_that_run, earlier_campaigns
from members.forms.posts import DATE, DATE_ERRORS, LINES

READY, EARLIER = "ready", "earlier"
NAME_ERRORS = {"required": "请填写名称。", "max_length": "最多 %(limit_value)d 个字。"}


class StartForm(forms.Form):
    """A new campaign: from which outline, whose, what it is called, when it begins."""

    outline = forms.ChoiceField(
        label="从哪里开始",
        help_text="阶段、标准、等次先照抄过来，建好以后都可以改。",
        error_messages={"required": "请选择。", "invalid_choice": "没有这个模板，请重新选择。"},
    )
    title = forms.CharField(
        label="名称",
        max_length=100,
        required=False,
        help_text="不填就用模板的名称。",
        error_messages=NAME_ERRORS,
    )
    organization: Any = forms.ModelChoiceField(
        label="组织单位",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择组织单位。", "invalid_choice": "没有这个单位。"},
    )
    document = forms.CharField(label="文号", max_length=100, required=False)
    begins_on = forms.DateField(
        label="从哪天开始",
        widget=DATE,
        help_text="各阶段按模板的天数往后排，建好以后可以逐个改。",
        error_messages=DATE_ERRORS,
    )
    scheme: Any = forms.ModelChoiceField(
        label="作为依据的考核方案",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="不用",
        help_text="选了以后，方案的评分在命名时列为依据；命名仍由人决定。",
        error_messages={"invalid_choice": "没有这个方案。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = [(f"{READY}:{name}", one.title) for name, one in sorted(outlines().items())]
        earlier = [(f"{EARLIER}:{one.public_id}", str(one)) for one in earlier_campaigns()]
        groups: list[Any] = [("现成的模板", ready)]
        if earlier:
            groups.append(("以前的活动", earlier))
        fields: Any = self.fields
        fields["outline"].choices = groups
        fields["organization"].queryset = committees_that_run()
        fields["organization"].initial = committees_that_run().first()
        fields["scheme"].queryset = Scheme.objects.order_by("title", "-edition")

    def chosen(self) -> Outline:
        """Return the outline to begin with."""
        kind, _, name = self.cleaned_data["outline"].partition(":")
        if kind == READY:
            return outlines()[name]
        return outline_of(earlier_campaigns().get(public_id=name))


class CampaignForm(forms.Form):
    """What a campaign is."""

    title = forms.CharField(label="名称", max_length=100, error_messages=NAME_ERRORS)
    document = forms.CharField(label="文号", max_length=100, required=False)
    subject = forms.ChoiceField(label="评选对象", choices=Campaign.Subject.choices)
    about = forms.CharField(label="说明", max_length=500, required=False, widget=LINES)
    scheme: Any = forms.ModelChoiceField(
        label="作为依据的考核方案",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="不用",
        error_messages={"invalid_choice": "没有这个方案。"},
    )
    counts_unknown = forms.BooleanField(label="“不了解”计入满意率的分母", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["scheme"].queryset = Scheme.objects.order_by("title", "-edition")


class PhaseForm(forms.Form):
    """A phase: its name, what it is for, its days."""

    name = forms.CharField(label="阶段名称", max_length=40, error_messages=NAME_ERRORS)
    purpose = forms.ChoiceField(
        label="用途",
        choices=CampaignPhase.Purpose.choices,
        help_text="“自评申报”的最后一天就是申报期限，过后申报的会标明。",
    )
    started_on = forms.DateField(label="从", widget=DATE, error_messages=DATE_ERRORS)
    ended_on = forms.DateField(label="到", widget=DATE, error_messages=DATE_ERRORS)


class CriterionForm(forms.Form):
    """A criterion: its title and what it asks for."""

    title = forms.CharField(
        label="标准", max_length=60, error_messages=NAME_ERRORS | {"required": "请填写标准。"}
    )
    text = forms.CharField(label="内容", max_length=500, required=False, widget=LINES)


class GradeForm(forms.Form):
    """A grade: its name, how long it holds, to which share it is given."""

    name = forms.CharField(label="等次", max_length=40, error_messages=NAME_ERRORS)
    months = forms.IntegerField(
        label="有效期（月）",
        required=False,
        min_value=1,
        max_value=600,
        help_text="不填就一直有效。",
        error_messages={"invalid": "请写整数。", "min_value": "至少 1 个月。"},
    )
    share = forms.DecimalField(
        label="名额比例（%）",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text="按申报的个数算，只作提示，由人决定；不填就没有名额限制。",
        error_messages={"invalid": "请写数字。", "max_value": "不能大于 100。"},
    )

    def clean_share(self) -> Any:
        share = self.cleaned_data["share"]
        if share is not None and share <= 0:
            raise forms.ValidationError("要大于 0；没有名额限制就不填。")
        return share


class RemoveForm(forms.Form):
    """Nothing to fill in: the button says it all."""
