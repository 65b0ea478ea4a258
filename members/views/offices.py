"""Pages on which somebody is put into an office or leaves it, and on which training is entered."""

from collections.abc import Sequence
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
    appoint,
    correct_office,
    relieve,
    resume_office,
)
from members.services.trainings import record_training, remove_training
from members.views.bodies import BodyMixin
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView


class OfficeCreateView(BodyMixin, SavingView):
    """Put somebody into a post: 补选, 增补, 任命."""

    permission_required = "members.change_office"
    form_class = OfficeForm
    heading = "登记任职"
    done = "已登记任职，班子成员名册同时更新。"
    strangers: Sequence[str] = ()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def get_initial(self) -> dict[str, Any]:
        return {"post": self.request.GET.get("post", "")}

    def get_lead(self) -> str:
        return f"{self.organization.name}。补选、增补、任命在这里登记；整个班子改选请用“换届”。"

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
        return self.back_url()

    def say_done(self) -> None:
        super().say_done()
        for name in self.strangers:
            messages.warning(self.request, f"{name}不在本组织的党员名册里，请核对。")


class OnOfficeView(VersionedView):
    """A form about one office."""

    permission_required = "members.change_office"

    def record(self) -> Office:
        return found_office(self.kwargs["public_id"])

    def get_lead(self) -> str:
        office = self.record()
        return f"{office.organization.name} {office}"


class OfficeCorrectView(OnOfficeView, EditingView):
    """Correct the duties and the beginning of an office."""

    form_class = OfficeCorrectionForm
    heading = "更正任职和分工"
    done = "已更正。"

    def edit(self, form: OfficeCorrectionForm, record: Office, version: int) -> str:
        correct_office(actor=self.request.user, office=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


class OfficeLeaveView(OnOfficeView):
    """End an office."""

    form_class = LeaveForm
    heading = "登记离任"
    done = "已登记离任，本届任期不变。"

    def edit(self, form: LeaveForm, record: Office, version: int) -> str:
        relieve(actor=self.request.user, office=record, version=version, **form.cleaned_data)
        return reverse("members:body", args=[record.organization.public_id])


class OfficeResumeView(ButtonView):
    """Take back the end of an office that was entered by mistake."""

    permission_required = "members.change_office"
    done = "已恢复在任。"

    @cached_property
    def office(self) -> Office:
        return found_office(self.kwargs["public_id"])

    def back_url(self) -> str:
        return self.office.get_absolute_url()

    def act(self, version: int) -> None:
        resume_office(actor=self.request.user, office=self.office, version=version)


def found_office(public_id: str) -> Office:
    """Return an office in scope; 404 for any other."""
    return get_object_or_404(
        Office.objects.select_related("organization", "member"), public_id=public_id
    )


class TrainingCreateView(BodyMixin, SavingView):
    """Enter a course for everybody of a subtree who attended it."""

    permission_required = "members.change_office"
    form_class = TrainingForm
    heading = "登记班子成员培训"
    done = "已登记培训，培训台账和个人档案同时更新。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def get_lead(self) -> str:
        return f"{self.organization.name}和下级党组织的班子成员，一次可以登记几个人。"

    def save(self, form: TrainingForm) -> str:
        said = form.cleaned_data
        record_training(
            actor=self.request.user,
            people=form.people,
            held_on=said["held_on"],
            hours=said["hours"],
            topic=said["topic"],
            kind=said["kind"],
        )
        return self.back_url()


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
