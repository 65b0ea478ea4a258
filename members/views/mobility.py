"""Pages of mobile and lost members."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.mobility import (
    ContactForm,
    CorrectMobileForm,
    FoundForm,
    LostForm,
    MobileFilterForm,
    NewInflowForm,
    NewOutflowForm,
)
from members.models import LostMember, MobileMember
from members.queries.mobility import lost_on, mobile_list
from members.services.mobility import (
    begin_mobility,
    correct_mobility,
    note_contact,
    note_found,
    report_lost,
)
from members.views.on_member import OnMember
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.saving import EditingView, SavingView, VersionedView


class MobileListView(TemplateView):
    """Who lives away, who came."""

    permission_required = "members.view_member"
    template_name = "members/mobile_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MobileFilterForm(self.request.GET or None)
        page = page_of(
            mobile_list(**form.conditions(), day=timezone.localdate()),
            order=("organization__path", "name", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            rows=[
                (
                    Link(row.name, row.get_absolute_url()),
                    row.get_direction_display(),
                    row.get_kind_display(),
                    row.destination,
                    row.started_on,
                    row.contacted_last,
                    row.organization.label,
                )
                for row in page.rows
            ],
            may_change=self.request.user.has_perm("members.change_member"),
            **kwargs,
        )


class MobileView(TemplateView):
    """One record of somebody away, with the contacts."""

    permission_required = "members.view_member"
    template_name = "members/mobile_member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mobile = _mobile(kwargs["public_id"])
        return super().get_context_data(
            mobile=mobile,
            contacts=mobile.contacts.all(),
            may_change=self.request.user.has_perm("members.change_member"),
            **kwargs,
        )


class NewOutflowView(SavingView):
    """Register that one of ours lives away."""

    permission_required = "members.change_member"
    form_class: Any = NewOutflowForm
    heading = "登记流出党员"

    def get_initial(self) -> dict[str, Any]:
        return {"member": self.request.GET.get("member", "")}

    def get_lead(self) -> str:
        return "组织关系没有转走，连续外出不能参加组织生活的党员。登记不改变组织关系。"

    def back_url(self) -> str:
        return reverse("members:mobile_members")

    def save(self, form: Any) -> str:
        mobile = begin_mobility(
            actor=self.request.user,
            direction=MobileMember.Direction.OUT,
            organization=form.cleaned_data["member"].branch,
            **form.cleaned_data,
        )
        return mobile.get_absolute_url()


class NewInflowView(NewOutflowView):
    """Register that somebody came whose relation lies elsewhere."""

    form_class: Any = NewInflowForm
    heading = "登记流入党员"

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_lead(self) -> str:
        return "在本支部活动、组织关系还在别处的党员。不计入应到人数，也不参加表决。"

    def save(self, form: Any) -> str:
        mobile = begin_mobility(
            actor=self.request.user,
            direction=MobileMember.Direction.IN,
            **form.cleaned_data,
        )
        return mobile.get_absolute_url()


class CorrectMobileView(EditingView):
    """Correct what is known of somebody away, or end it."""

    permission_required = "members.change_member"
    form_class = CorrectMobileForm
    heading = "更正流动党员"

    def record(self) -> MobileMember:
        return _mobile(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def edit(self, form: CorrectMobileForm, record: MobileMember, version: int) -> str:
        correct_mobility(
            actor=self.request.user, mobile=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class ContactView(SavingView):
    """Note a contact."""

    permission_required = "members.change_member"
    form_class = ContactForm
    heading = "登记联系"

    @cached_property
    def mobile(self) -> MobileMember:
        return _mobile(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"contacted_on": timezone.localdate()}

    def get_lead(self) -> str:
        return str(self.mobile)

    def back_url(self) -> str:
        return self.mobile.get_absolute_url()

    def save(self, form: ContactForm) -> str:
        note_contact(actor=self.request.user, mobile=self.mobile, **form.cleaned_data)
        return self.back_url()


class LostListView(TemplateView):
    """Whom nobody can reach, the longest first."""

    permission_required = "members.view_member"
    template_name = "members/lost_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(lost_on(timezone.localdate()))
        rows, pager = slice_of(found, self.request)
        return super().get_context_data(
            count=len(found),
            pager=pager,
            rows=[
                (
                    Link(lost.member.name, lost.get_absolute_url()),
                    lost.lost_on,
                    lost.get_cause_display(),
                    lost.member.get_state_display(),
                    lost.member.branch.label,
                )
                for lost in rows
            ],
            **kwargs,
        )


class LostView(TemplateView):
    """One loss."""

    permission_required = "members.view_member"
    template_name = "members/lost_member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lost=_lost(kwargs["public_id"]),
            may_change=self.request.user.has_perm("members.change_member"),
            **kwargs,
        )


class NewLostView(OnMember, SavingView):
    """Register that somebody cannot be reached."""

    permission_required = "members.change_member"
    form_class = LostForm
    heading = "登记失去联系"

    def get_lead(self) -> str:
        return f"{self.member.name}。登记不改变党籍；满六个月后提醒支部研究。"

    def save(self, form: LostForm) -> str:
        lost = report_lost(actor=self.request.user, member=self.member, **form.cleaned_data)
        return lost.get_absolute_url()


class FoundView(VersionedView):
    """Note that contact is there again."""

    permission_required = "members.change_member"
    form_class = FoundForm
    heading = "恢复联系"

    def record(self) -> LostMember:
        return _lost(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"found_on": timezone.localdate()}

    def get_lead(self) -> str:
        return self.record().member.name

    def edit(self, form: FoundForm, record: LostMember, version: int) -> str:
        note_found(actor=self.request.user, lost=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


def _mobile(public_id: str) -> MobileMember:
    return get_object_or_404(
        MobileMember.objects.select_related("organization", "member"), public_id=public_id
    )


def _lost(public_id: str) -> LostMember:
    return get_object_or_404(
        LostMember.objects.select_related("member__branch"), public_id=public_id
    )
