"""Forms of the materials library: what a material is called, what a version says, a search."""

from typing import Any

from django import forms

from activities.documents import DocumentRefused, StoredDocument, store_document
from activities.services.materials import Wording
from branches.queries.organizations import organizations_in_scope
from members.forms.dates import TypedDayField

TITLE_ERRORS = {"required": "请填写标题。"}


class DocumentField(forms.FileField):
    """One document, stored as soon as it proves to be one; never required."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.txt"})
    default_error_messages = {"empty": "这个文件是空的。", "invalid": "请重新选文件。"}

    def clean(self, data: Any, initial: Any = None) -> StoredDocument | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return store_document(file, size=file.size, file_name=file.name)
        except DocumentRefused as refusal:
            raise forms.ValidationError(f"{refusal}其他内容都在，请重新选文件。") from refusal


class WordingForm(forms.Form):
    """One version of a material: its source, its text or its file."""

    source = forms.CharField(
        label="来源", max_length=100, required=False, help_text="哪个单位、哪本书、哪个网站。"
    )
    document = forms.CharField(label="文号", max_length=60, required=False)
    in_force_from = TypedDayField(
        label="从哪天起",
        required=False,
        may_be_future=True,
        help_text="文件的施行日期；活动按当天有效的版本记。",
    )
    text = forms.CharField(label="正文", required=False, widget=forms.Textarea(attrs={"rows": 8}))
    file = DocumentField(
        label="文件",
        required=False,
        help_text="PDF、Word（.docx）或纯文本，不超过 20 MB。带宏、夹带文件、有密级标志的不收。",
    )

    def wording(self) -> Wording:
        """Return what the services want of a version."""
        return Wording(**{name: self.cleaned_data[name] for name in WordingForm.base_fields})


class MaterialForm(forms.Form):
    """What a material is called."""

    title = forms.CharField(label="标题", max_length=200, error_messages=TITLE_ERRORS)
    summary = forms.CharField(label="说明", max_length=300, required=False)


class NewMaterialForm(WordingForm):
    """A new material: whose it is, what it is called, what its first version says."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党组织。", "invalid_choice": "请从列出的党组织中选。"},
    )
    title = forms.CharField(label="标题", max_length=200, error_messages=TITLE_ERRORS)
    summary = forms.CharField(label="说明", max_length=300, required=False)
    field_order = ("organization", "title", "summary")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization"]
        field.queryset = organizations_in_scope().order_by("path")
        field.label_from_instance = lambda place: place.label


class MaterialFilterForm(forms.Form):
    """A search in the library."""

    text = forms.CharField(label="标题、文号或内容", required=False, max_length=60)

    def words(self) -> str:
        """Return what is searched for, '' for everything."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get("text") or ""
