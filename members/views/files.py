"""Pages that write a person's file: open, correct, exempt from attendance."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from members.forms.files import (
    EndExemptionForm,
    ExemptionForm,
    FileForm,
    NewFileForm,
    fingerprint,
)
from members.models import Member
from members.queries.files import PRIVATE, values_of_file
from members.services.files import (
    ExemptionRefused,
    FileRefused,
    correct_file,
    end_exemption,
    grant_exemption,
    open_file,
)
from members.services.memberships import MembershipRefused
from members.views.writing import WriteView
from partybuild.merging import StaleVersion, merge

BASE_SALT = "members.file.base"
MAX_DIGITS = 9


class NewFileView(WriteView):
    """Open the file of somebody new: an applicant, or a member so far on paper only."""

    permission_required = "members.change_member"
    form_class = NewFileForm
    template_name = "members/file_form.html"
    refusals = (FileRefused, MembershipRefused)
    heading = "建档"
    saved = "已建档，花名册同时更新。"
    draft_key = "member-new"

    def get_initial(self) -> dict[str, Any]:
        return {
            "organization": self.request.GET.get("organization", ""),
            "started_on": timezone.localdate(),
        }

    def lead(self) -> str:
        return "新来的党员，或刚递交申请的人。只填知道的，其余以后再补。"

    def back(self) -> str:
        return reverse("members:members")

    def act(self, form: NewFileForm) -> str:
        member = open_file(
            actor=self.request.user,
            organization=form.cleaned_data["organization"],
            started_on=form.cleaned_data["started_on"],
            **form.facts(),
        )
        return member.get_absolute_url()


class CorrectFileView(WriteView):
    """Correct a file; two people who do it at once both keep their work."""

    permission_required = "members.change_member"
    form_class = FileForm
    template_name = "members/file_form.html"
    refusals = (FileRefused,)
    saved = "已保存，花名册和各台账同时更新。"

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    @property
    def heading(self) -> str:  # type: ignore[override]
        return f"更正{self.member.name}的档案"

    @property
    def draft_key(self) -> str:  # type: ignore[override]
        return f"member-{self.member.public_id}"

    def lead(self) -> str:
        return (
            f"{self.member.branch.name}。改动前后都留在记录里。组织关系、职务请到各自的页面办理。"
        )

    def back(self) -> str:
        return self.member.get_absolute_url()

    def get_initial(self) -> dict[str, Any]:
        return values_of_file(self.member)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST
        return super().get_context_data(**kwargs) | {
            "version": kwargs.get("version") or posted.get("version") or self.member.version,
            "base": kwargs.get("base") or posted.get("base") or signed_state(self.member),
        }

    def form_valid(self, form: FileForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleVersion:
            self.fresh_key = True
            return self.reconcile(form)

    def act(self, form: FileForm) -> str:
        return self.save(form, self.posted_version())

    def save(self, form: FileForm, version: int) -> str:
        member = correct_file(
            actor=self.request.user, member=self.member, version=version, **form.facts()
        )
        return member.get_absolute_url()

    def posted_version(self) -> int:
        """Return the version the form was filled from; 0, which is always stale, without one."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0

    def reconcile(self, form: FileForm) -> HttpResponse:
        """Somebody saved in between: merge what does not clash, ask about what does."""
        self.__dict__.pop("member", None)
        theirs = state_of(self.member)
        try:
            base: dict[str, Any] = signing.loads(self.request.POST.get("base", ""), salt=BASE_SALT)
        except signing.BadSignature:
            base = {}
        typed = {name: form.cleaned_data.get(name, "") for name in PRIVATE}
        mine = form.posted_values() | {
            name: fingerprint(text) if text else base.get(name, theirs[name])
            for name, text in typed.items()
        }
        merged = merge(base=base, mine=mine, theirs=theirs)
        own = {name: value for name, (value, _) in merged.conflicts.items()}
        again = self._form(merged.values | own)
        if again.is_valid() and not merged.conflicts:
            request: Any = self.request
            request.POST = again.data
            request.POST["version"] = str(self.member.version)
            request.POST["base"] = signed_state(self.member)
            messages.info(self.request, "别人刚刚也改了这份档案，两边的改动都已保存。")
            return WriteView.form_valid(self, again)
        for name, (_, their) in merged.conflicts.items():
            again.note_conflict(name, "另一个值" if name in PRIVATE else their)
        context = self.get_context_data(
            form=again, version=self.member.version, base=signed_state(self.member)
        )
        return self.render_to_response(context, status=409)

    def _form(self, values: dict[str, Any]) -> FileForm:
        data: QueryDict = self.request.POST.copy()
        for name, value in values.items():
            if name not in PRIVATE:
                data[name] = value
        return self.form_class(**self.get_form_kwargs() | {"data": data})


def state_of(member: Member) -> dict[str, Any]:
    """Return what two editors may clash over: plain values, fingerprints of the personal ones."""
    private = {name: fingerprint(getattr(member, name)) for name in PRIVATE}
    return values_of_file(member) | private


def signed_state(member: Member) -> str:
    """Return what a form was filled from, so that nobody can make it up."""
    return signing.dumps(state_of(member), salt=BASE_SALT, compress=True)


class ExemptionView(WriteView):
    """Let attendance not be required of somebody for a while."""

    permission_required = "members.change_member"
    form_class = ExemptionForm
    refusals = (ExemptionRefused,)
    heading = "免予参加组织生活"
    saved = "已登记，应到人数旁会注明。"

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def lead(self) -> str:
        return f"{self.member.name}。年老体弱或患病的党员，不硬性要求参加。原因加密保存。"

    def back(self) -> str:
        return self.member.get_absolute_url()

    def act(self, form: ExemptionForm) -> str:
        grant_exemption(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back()


class EndExemptionView(ExemptionView):
    """Let attendance count again."""

    form_class = EndExemptionForm  # type: ignore[assignment]
    heading = "恢复参加组织生活"
    saved = "已登记。"

    def get_initial(self) -> dict[str, Any]:
        return {"ended_on": timezone.localdate()}

    def lead(self) -> str:
        return self.member.name

    def act(self, form: EndExemptionForm) -> str:  # type: ignore[override]
        end_exemption(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back()
