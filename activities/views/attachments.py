"""Documents of a record: put to it, fetched, taken out."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import View

from activities.documents import as_attachment
from activities.forms.materials import DocumentField
from activities.models import Activity, Attachment
from activities.services.attachments import attach, detach
from activities.views.materials import activity_or_refuse
from activities.views.places import may_change
from partybuild.saving import ButtonView, SavingView

SEE = "activities.view_activity"


class AttachForm(forms.Form):
    """The document that is put to a record."""

    file = DocumentField(
        label="文件",
        help_text="PDF、Word（.docx）或纯文本；照片请在“更正”里添加。",
        error_messages={"required": "请选文件。"},
    )


class AttachView(SavingView):
    """Put a document to a record."""

    permission_required = SEE
    form_class = AttachForm
    heading = "添加附件"
    button = "添加"
    done = "已添加。"

    @cached_property
    def activity(self) -> Activity:
        return activity_or_refuse(self.request.user, self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.activity)

    def back_url(self) -> str:
        return self.activity.get_absolute_url()

    def save(self, form: Any) -> str:
        attach(actor=self.request.user, activity=self.activity, file=form.cleaned_data["file"])
        return self.activity.get_absolute_url()


class AttachmentView(View):
    """A document, to be saved by those who may see its activity."""

    permission_required = SEE

    def get(self, request: HttpRequest, attachment: str) -> FileResponse:
        found = get_object_or_404(Attachment, public_id=attachment)
        return as_attachment(found.stored_as, file_name=found.file_name, kind=found.kind)


class DetachView(ButtonView):
    """Take a document out of a record."""

    permission_required = SEE
    done = "已取下。"

    @cached_property
    def attachment(self) -> Attachment:
        rows = Attachment.objects.select_related("activity__organization")
        found = get_object_or_404(rows, public_id=self.kwargs["attachment"])
        if not may_change(self.request.user, found.activity.organization):
            raise PermissionDenied
        return found

    def act(self, version: int) -> None:
        detach(actor=self.request.user, attachment=self.attachment)

    def back_url(self) -> str:
        return self.attachment.activity.get_absolute_url()
