"""Forms of a person's file."""

from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from branches.queries.organizations import branches_in_scope
from members.forms.dates import KnownDateField, TypedDayField
from members.models import Member
from members.queries.files import DEGREES, EDUCATIONS, PARTLY_KNOWN, PLAIN, PRIVATE
from partybuild.crypto import keyed_digest
from partybuild.values import (
    ETHNICITIES,
    Problem,
    id_check_digit,
    name_problem,
    parse_ethnicity,
    parse_id_number,
    parse_phone,
)

CLEARED = "无"
PURPOSE = "members.file.base"
KEEP = "已登记的不显示。不填表示不变，填“无”表示清除。"
ID_REASONS = {
    Problem.ID_LENGTH: "身份证号应为 18 位，这里是 {length} 位。",
    Problem.ID_FORMAT: "身份证号里有不是数字的字符，例如把 0 写成了字母 O。",
    Problem.ID_CHECKSUM: "身份证号最后一位不符：按前 17 位推算应为 {digit}；也可能中间某一位写错。",
    Problem.ID_BAD_DATE: "身份证号第 7 至 14 位不是有效的出生日期。",
}


class Suggesting(forms.TextInput):
    """A line of text with suggestions; anything else may be typed, too."""

    def __init__(self, suggestions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{name}_suggestions"
        typed = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join(
            "", '<option value="{}"></option>', ((word,) for word in self.suggestions)
        )
        return format_html('{}<datalist id="{}">{}</datalist>', typed, list_id, options)


def line(column: str, widget: Any = None) -> forms.CharField:
    """Return a field for a plain column of the file."""
    model_field: Any = Member._meta.get_field(column)
    return forms.CharField(
        label=model_field.verbose_name,
        max_length=model_field.max_length,
        required=False,
        widget=widget or forms.TextInput,
    )


def private(label: str, max_length: int) -> forms.CharField:
    """Return a field for something personal: never filled in, kept out of drafts."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "data-private": ""})
    return forms.CharField(
        label=label, max_length=max_length, required=False, widget=widget, help_text=KEEP
    )


class FileForm(forms.Form):
    """What is known of one person; personal numbers are typed anew or left as they are."""

    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名。"})
    gender = forms.ChoiceField(
        label="性别", choices=[("", "不填"), *Member.Gender.choices], required=False
    )
    born = KnownDateField(label="出生日期", required=False)
    ethnicity = line("ethnicity", Suggesting(ETHNICITIES))
    native_place = line("native_place")
    birthplace = line("birthplace")
    household_place = line("household_place")
    id_number = private("身份证号码", 30)
    phone = private("联系电话", 30)
    second_phone = private("备用电话", 30)
    address = private("现居住地", 200)
    education = line("education", Suggesting(EDUCATIONS))
    education_kind = forms.ChoiceField(
        label="教育类别", choices=[("", "不填"), *Member.EducationKind.choices], required=False
    )
    degree = line("degree", Suggesting(DEGREES))
    school = line("school")
    graduated = KnownDateField(label="毕业时间", required=False)
    workplace = line("workplace")
    job_title = line("job_title")
    professional_title = line("professional_title")
    work_started = KnownDateField(label="参加工作时间", required=False)
    served_in = line("served_in")
    discharged = KnownDateField(label="退役时间", required=False)
    category = forms.ChoiceField(
        label="人员类别",
        choices=[("", "请选择"), *Member.Category.choices],
        error_messages={"required": "请选择人员类别。"},
    )
    applied = KnownDateField(label="申请入党时间", required=False)
    joined = KnownDateField(label="入党时间", required=False)
    confirmed = KnownDateField(label="转正时间", required=False)
    note = line("note")

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        (
            "基本情况",
            (
                *("name", "gender", "born", "ethnicity", "native_place", "birthplace"),
                *("household_place", "id_number", "phone", "second_phone", "address"),
            ),
        ),
        ("学历", ("education", "education_kind", "degree", "school", "graduated")),
        (
            "工作",
            (
                *("workplace", "job_title", "professional_title", "work_started"),
                *("served_in", "discharged"),
            ),
        ),
        ("党内情况", ("category", "applied", "joined", "confirmed", "note")),
    )

    def __init__(self, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        if member is not None:
            on_roll = member.category in Member.MEMBER_CATEGORIES
            self.fields["category"].choices = [  # type: ignore[attr-defined]
                choice
                for choice in Member.Category.choices
                if (choice[0] in Member.MEMBER_CATEGORIES) == on_roll
            ]
        else:
            for name in PRIVATE:
                self.fields[name].help_text = ""

    def sections(self) -> list[tuple[str, list[Any]]]:
        """Return the headings of the form, each with its fields."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name_problem(name):
            raise forms.ValidationError("姓名里有“?”或旧字库的字，请改成正确的字。")
        return name

    def clean_ethnicity(self) -> str:
        said = self.cleaned_data["ethnicity"]
        known = parse_ethnicity(said)
        return known if isinstance(known, str) else said

    def clean_id_number(self) -> str:
        said = self.cleaned_data["id_number"]
        number = parse_id_number(said) if said != CLEARED else None
        if number is None:
            return said
        if number.problem is not None and not number.is_usable:
            digit = id_check_digit(number.text) if number.problem is Problem.ID_CHECKSUM else ""
            reason = ID_REASONS.get(number.problem, ID_REASONS[Problem.ID_FORMAT])
            raise forms.ValidationError(reason.format(length=len(number.text), digit=digit))
        return number.text

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_second_phone(self) -> str:
        return self._phone("second_phone")

    def _phone(self, name: str) -> str:
        said = self.cleaned_data[name]
        if said in {"", CLEARED}:
            return said
        number = parse_phone(said)
        if not isinstance(number, str):
            raise forms.ValidationError("电话号码的位数不对，请核对。")
        return number

    def facts(self) -> dict[str, Any]:
        """Return what the service is to write; personal numbers only where they change."""
        cleaned = self.cleaned_data
        changed = {name: cleaned[name] for name in PRIVATE if cleaned[name]}
        return {name: cleaned[name] for name in (*PLAIN, *PARTLY_KNOWN)} | {
            name: "" if value == CLEARED else value for name, value in changed.items()
        }


def fingerprint(text: str) -> str:
    """Return what tells two personal numbers apart without showing them."""
    return keyed_digest(text, purpose=PURPOSE) if text else ""


class NewFileForm(FileForm):
    """The file of somebody new: where they belong comes first."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={"required": "请选择党支部。"},
    )
    started_on = TypedDayField(label="编入本支部时间", help_text="不知道哪天编入的，留今天。")

    SECTIONS = (
        ("编入", ("organization", "started_on")),
        *FileForm.SECTIONS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches_in_scope()  # type: ignore[attr-defined]


class ExemptionForm(forms.Form):
    """Why attendance is not required of somebody, and for how long."""

    reason = forms.CharField(
        label="原因",
        max_length=100,
        error_messages={"required": "请写明原因。"},
        widget=forms.TextInput(attrs={"data-private": ""}),
    )
    started_on = TypedDayField(label="从哪天起", may_be_future=True)
    ended_on = TypedDayField(
        label="到哪天止",
        required=False,
        may_be_future=True,
        help_text="这一天起恢复参加。不填表示长期。",
    )


class EndExemptionForm(forms.Form):
    """From which day on attendance counts again."""

    ended_on = TypedDayField(label="从哪天起恢复参加", may_be_future=True)
