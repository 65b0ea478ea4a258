"""Pages on which somebody is put into an office or leaves it, and on which training is entered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from members.forms.offices import LeaveForm, OfficeCorrectionForm, OfficeForm, TrainingForm
from members.models import Office, TrainingRecord
from members.queries.offices import strangers_among
from members.queries.terms import in_office
from members.services.offices import (
    OfficeRefused,
    appoint,
    correct_office,
    relieve,
    resume_office,
)
from members.services.trainings import TrainingRefused, record_training, remove_training
from members.views.bodies import STALE, BodyMixin, OnceFormView
from members.views.terms import version_in
from partybuild.merging import StaleVersion


class OfficeCreateView(BodyMixin, OnceFormView):
    """Put somebody into a post: 补选, 增补, 任命."""

    permission_required = "members.change_office"
    form_class = OfficeForm
    heading = "登记任职"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def get_initial(self) -> dict[str, Any]:
        return {"post": self.request.GET.get("post", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("members:body", args=[self.organization.public_id])
        lead = f"{self.organization.name}。补选、增补、任命在这里登记；整个班子改选请用“换届”。"
        return super().get_context_data(back_url=back, lead=lead, **kwargs)

    def save(self, form: OfficeForm) -> str:
        said, holder = form.cleaned_data, form.holder()
        appoint(
            actor=self.request.user,
            organization=self.organization,
            holder=holder,
            started_on=said["started_on"],
            started_by=said["started_by"],
            document=said["document"],
            term=in_office(self.organization.terms.all(), said["started_on"]),
        )
        self.strangers = strangers_among([holder], self.organization, said["started_on"])
        return reverse("members:body", args=[self.organization.public_id])

    def done(self, answer: str) -> HttpResponse:
        messages.success(self.request, "已登记任职，班子成员名册同时更新。")
        for name in getattr(self, "strangers", ()):
            messages.warning(self.request, f"{name}不在本组织的党员名册里，请核对。")
        return redirect(answer)


class OneOfficeMixin:
    """The page belongs to one office; a foreign one is not found."""

    kwargs: dict[str, Any]

    @cached_property
    def office(self) -> Office:
        return get_object_or_404(
            Office.objects.select_related("organization", "member"),
            public_id=self.kwargs["public_id"],
        )


class OfficeCorrectView(OneOfficeMixin, OnceFormView):
    """Correct the duties and the beginning of an office."""

    permission_required = "members.change_office"
    form_class = OfficeCorrectionForm
    heading = "更正任职和分工"

    def get_initial(self) -> dict[str, Any]:
        names = ("duties", "started_on", "started_by", "document", "version")
        return {name: getattr(self.office, name) for name in names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.office.organization.name} {self.office}"
        return super().get_context_data(
            back_url=self.office.get_absolute_url(), lead=lead, **kwargs
        )

    def save(self, form: OfficeCorrectionForm) -> str:
        correct_office(actor=self.request.user, office=self.office, **form.cleaned_data)
        return self.office.get_absolute_url()

    def done(self, answer: str) -> HttpResponse:
        messages.success(self.request, "已更正。")
        return redirect(answer)


class OfficeLeaveView(OneOfficeMixin, OnceFormView):
    """End an office."""

    permission_required = "members.change_office"
    form_class = LeaveForm
    heading = "登记离任"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.office.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.office.organization.name} {self.office}"
        return super().get_context_data(
            back_url=self.office.get_absolute_url(), lead=lead, **kwargs
        )

    def save(self, form: LeaveForm) -> str:
        relieve(actor=self.request.user, office=self.office, **form.cleaned_data)
        return reverse("members:body", args=[self.office.organization.public_id])

    def done(self, answer: str) -> HttpResponse:
        messages.success(self.request, "已登记离任，本届任期不变。")
        return redirect(answer)


class OfficeResumeView(OneOfficeMixin, View):
    """Take back the end of an office that was entered by mistake."""

    permission_required = "members.change_office"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            resume_office(actor=request.user, office=self.office, version=version_in(request))
        except OfficeRefused as refusal:
            messages.error(request, str(refusal))
        except StaleVersion:
            messages.error(request, STALE)
        else:
            messages.success(request, "已恢复在任。")
        return redirect(self.office)


class TrainingCreateView(BodyMixin, OnceFormView):
    """Enter a course for everybody of a subtree who attended it."""

    permission_required = "members.change_office"
    form_class = TrainingForm
    heading = "登记班子成员培训"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("members:body", args=[self.organization.public_id])
        lead = f"{self.organization.name}和下级党组织的班子成员，一次可以登记几个人。"
        return super().get_context_data(back_url=back, lead=lead, **kwargs)

    def save(self, form: TrainingForm) -> str:
        said = form.cleaned_data
        try:
            record_training(
                actor=self.request.user,
                people=form.people,
                held_on=said["held_on"],
                hours=said["hours"],
                topic=said["topic"],
                kind=said["kind"],
            )
        except TrainingRefused as refusal:
            raise OfficeRefused(str(refusal), "names") from refusal
        return reverse("members:body", args=[self.organization.public_id])

    def done(self, answer: str) -> HttpResponse:
        messages.success(self.request, "已登记培训，培训台账和个人档案同时更新。")
        return redirect(answer)


class TrainingRemoveView(View):
    """Take back a course of one person that was entered by mistake."""

    permission_required = "members.change_office"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        training = get_object_or_404(
            TrainingRecord.objects.select_related("member__branch"), public_id=public_id
        )
        remove_training(actor=request.user, training=training)
        messages.success(request, "已删除这次培训登记。")
        return redirect("members:body", training.member.branch.public_id)
