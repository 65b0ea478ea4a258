"""Pages that write a person's file: open, correct, exempt from attendance."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from members.forms.files import (
    EndExemptionForm,
    ExemptionForm,
    FileForm,
    NewFileForm,
    fingerprint,
)
from members.models import Member
from members.queries.files import PRIVATE, values_of_file
from members.services.files import correct_file, end_exemption, grant_exemption, open_file
from members.views.on_member import OnMember
from partybuild.saving import EditingView, SavingView


class NewFileView(SavingView):
    """Open the file of somebody new: an applicant, or a member so far on paper only."""

    permission_required = "members.change_member"
    form_class = NewFileForm
    template_name = "members/file_form.html"
    heading = "建档"
    lead = "新来的党员，或刚递交申请的人。只填知道的，其余以后再补。"
    done = "已建档，花名册同时更新。"
    draft_key = "member-new"

    def get_initial(self) -> dict[str, Any]:
        return {
            "organization": self.request.GET.get("organization", ""),
            "started_on": timezone.localdate(),
        }

    def back_url(self) -> str:
        return reverse("members:members")

    def save(self, form: NewFileForm) -> str:
        member = open_file(
            actor=self.request.user,
            organization=form.cleaned_data["organization"],
            started_on=form.cleaned_data["started_on"],
            **form.facts(),
        )
        return member.get_absolute_url()


class CorrectFileView(OnMember, EditingView):
    """Correct a file; two people who do it at once both keep their work."""

    permission_required = "members.change_member"
    form_class = FileForm
    template_name = "members/file_form.html"
    done = "已保存，花名册和各台账同时更新。"
    private = PRIVATE

    def get_heading(self) -> str:
        return f"更正{self.member.name}的档案"

    def get_lead(self) -> str:
        branch = self.member.branch.name
        return f"{branch}。改动前后都留在记录里。组织关系、职务请到各自的页面办理。"

    def get_draft_key(self) -> str:
        return f"member-{self.member.public_id}"

    def record(self) -> Member:
        return get_object_or_404(Member, public_id=self.kwargs["public_id"])

    def values_of(self, record: Member) -> dict[str, Any]:
        private = {name: fingerprint(getattr(record, name)) for name in PRIVATE}
        return values_of_file(record) | private

    def fingerprint_of(self, text: str) -> str:
        return fingerprint(text)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def edit(self, form: FileForm, record: Member, version: int) -> str:
        member = correct_file(
            actor=self.request.user, member=record, version=version, **form.facts()
        )
        return member.get_absolute_url()


class ExemptionView(OnMember, SavingView):
    """Let attendance not be required of somebody for a while."""

    permission_required = "members.change_member"
    form_class: Any = ExemptionForm
    heading = "免予参加组织生活"
    done = "已登记，应到人数旁会注明。"

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def get_lead(self) -> str:
        return f"{self.member.name}。年老体弱或患病的党员，不硬性要求参加。原因加密保存。"

    def save(self, form: Any) -> str:
        grant_exemption(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()


class EndExemptionView(ExemptionView):
    """Let attendance count again."""

    form_class = EndExemptionForm
    heading = "恢复参加组织生活"
    done = "已登记。"

    def get_initial(self) -> dict[str, Any]:
        return {"ended_on": timezone.localdate()}

    def get_lead(self) -> str:
        return self.member.name

    def save(self, form: Any) -> str:
        end_exemption(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()
