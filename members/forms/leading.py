"""The form of a leading post."""

from django import forms

from members.forms.dates import TypedDayField


class LeadingPostForm(forms.Form):
    """By which post somebody leads, and from when to when."""

    title = forms.CharField(
        label="领导职务",
        max_length=60,
        help_text="例如：局党组成员、副局长。",
        error_messages={"required": "请填写职务。"},
    )
    started_on = TypedDayField(label="从哪天起")
    ended_on = TypedDayField(
        label="从哪天起不再担任",
        required=False,
        help_text="还在任的不填。登记错了的，填和“从哪天起”同一天，就等于没有担任过。",
    )
