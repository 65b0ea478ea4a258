"""Input about drafts of schemes: how one begins, in which order its parts stand, when it is issued."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from assessments.engine.document import CALENDAR_PERIODS, PERIODS, SUBJECTS
from assessments.engine.editing import key_of
from assessments.models import Scheme
from assessments.queries.drafts import drafting_organizations
from branches.models import PartyOrganization
from partybuild.periods import Period

MOST = 9999
TITLE = {"required": "请填写方案名称。", "max_length": "方案名称最多 200 个字。"}
MEBIBYTE = 1 << 20


class BeginForm(forms.Form):
    """For whom a draft is begun: not asked where there is only one answer."""

    organization = forms.ModelChoiceField(
        label="制定单位",
        queryset=PartyOrganization.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择。", "invalid_choice": "请从列出的里面选。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tops = list(drafting_organizations())
        field: Any = self.fields["organization"]
        field.queryset = drafting_organizations()
        if len(self.tops) == 1:
            del self.fields["organization"]

    @property
    def place(self) -> PartyOrganization:
        """The organisation for which the draft is."""
        chosen: PartyOrganization = self.cleaned_data.get("organization") or self.tops[0]
        return chosen


class BlankForm(BeginForm):
    """A scheme from nothing: its title, whom it scores and how often."""

    title = forms.CharField(label="方案名称", max_length=200, error_messages=TITLE)
    subject = forms.ChoiceField(label="考核谁", choices=list(SUBJECTS.items()))
    period = forms.ChoiceField(
        label="多长时间考核一次",
        choices=[(code, word) for code, word in PERIODS.items() if code in CALENDAR_PERIODS],
        initial="year",
    )
    field_order = ("title", "subject", "period", "organization")


class CopyForm(BeginForm):
    """A scheme like one that there is, under another title."""

    title = forms.CharField(
        label="方案名称",
        max_length=200,
        error_messages=TITLE,
        help_text="年份已经替您加了一年，可以改。内容照原来的，原来的方案不变。",
    )
    field_order = ("title", "organization")


class FileForm(BeginForm):
    """A scheme from a file."""

    file = forms.FileField(
        label="方案文件",
        help_text="本系统导出的 Excel（xlsx）或 YAML 文件，也可以是方案转录文件。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.yaml,.yml"}),
        error_messages={
            "required": "请选择文件。",
            "empty": "这个文件是空的，请重新选文件。",
            "invalid": "请重新选文件。",
        },
    )
    field_order = ("file", "organization")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // MEBIBYTE
            raise forms.ValidationError(f"文件超过 {limit} MB，不像是考核方案文件。")
        return file


class IssueForm(forms.Form):
    """From which period on a scheme counts."""

    begins = forms.ChoiceField(
        label="从哪一期起用",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择从哪一期起用。", "invalid_choice": "请重新选择。"},
    )

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["begins"]
        field.choices = [(one.code, one.title) for one in periods]
        field.initial = periods[-1].code


class OrderForm(forms.Form):
    """In which order parts stand: a number for each of them."""

    def __init__(self, *args: Any, parts: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [key_of(part) for part, _ in parts]
        for at, (part, title) in enumerate(parts, start=1):
            self.fields[f"at_{key_of(part)}"] = forms.IntegerField(
                label=title,
                initial=at,
                min_value=1,
                max_value=MOST,
                error_messages={
                    "required": "请写序号。",
                    "invalid": "序号应是整数。",
                    "min_value": "序号从 1 起。",
                    "max_value": f"序号不能大于 {MOST}。",
                },
            )

    def keys_in_order(self) -> list[str]:
        """Return the keys as numbered: moved up, before who stood there; moved down, behind."""
        typed = {key: self.cleaned_data[f"at_{key}"] for key in self.keys}
        was = {key: at for at, key in enumerate(self.keys, start=1)}

        def place(key: str) -> tuple[int, int, int]:
            moved = (typed[key] > was[key]) - (typed[key] < was[key])
            return typed[key], moved, was[key]

        return sorted(self.keys, key=place)


def next_title(scheme: Scheme) -> str:
    """Return the title of an edition with its year one further; as it is when it names none."""
    year = next((year for year in range(2015, 2100) if str(year) in scheme.title), None)
    return scheme.title.replace(str(year), str(year + 1)) if year else scheme.title
