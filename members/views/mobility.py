"""Pages of mobile and lost members."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
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
from members.models import LostMember, Member, MobileMember
from members.queries.mobility import lost_on, mobile_list
from members.services.mobility import (
    MobilityRefused,
    begin_mobility,
    correct_mobility,
    note_contact,
    note_found,
    report_lost,
)
from members.views.writing import WriteView
from partybuild.lists import Link
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls, slice_of

MAX_DIGITS = 9
CHANGED = "别人刚刚改了这条记录，这次没有保存。下面是现在的内容，请再改一次。"
DETAILS = (
    *("kind", "destination", "workplace", "other_organization", "contact_person", "contact"),
    *("attends", "dues", "ended_on"),
)


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


class NewOutflowView(WriteView):
    """Register that one of ours lives away."""

    permission_required = "members.change_member"
    form_class: Any = NewOutflowForm
    refusals = (MobilityRefused,)
    heading = "登记流出党员"

    def get_initial(self) -> dict[str, Any]:
        return {"member": self.request.GET.get("member", "")}

    def lead(self) -> str:
        return "组织关系没有转走，连续外出不能参加组织生活的党员。登记不改变组织关系。"

    def back(self) -> str:
        return reverse("members:mobile_members")

    def act(self, form: Any) -> str:
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

    def lead(self) -> str:
        return "在本支部活动、组织关系还在别处的党员。不计入应到人数，也不参加表决。"

    def act(self, form: Any) -> str:
        mobile = begin_mobility(
            actor=self.request.user,
            direction=MobileMember.Direction.IN,
            **form.cleaned_data,
        )
        return mobile.get_absolute_url()


class VersionedView(WriteView):
    """A form about a row with a version: who comes second is shown what the first has written."""

    permission_required = "members.change_member"
    refusals = (MobilityRefused,)

    @property
    def row(self) -> Any:
        raise NotImplementedError

    def back(self) -> str:
        address: str = self.row.get_absolute_url()
        return address

    def version(self) -> int:
        """Return the version the form was filled from; 0, always stale, without one."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("version")
        return super().get_context_data(**kwargs) | {"version": posted or self.row.version}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleVersion:
            messages.warning(self.request, CHANGED)
            return redirect(self.request.path)


class CorrectMobileView(VersionedView):
    """Correct what is known of somebody away, or end it."""

    form_class: Any = CorrectMobileForm
    heading = "更正流动党员"

    @cached_property
    def row(self) -> MobileMember:
        return _mobile(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in DETAILS}

    def lead(self) -> str:
        return str(self.row)

    def act(self, form: Any) -> str:
        correct_mobility(
            actor=self.request.user, mobile=self.row, version=self.version(), **form.cleaned_data
        )
        return self.back()


class ContactView(WriteView):
    """Note a contact."""

    permission_required = "members.change_member"
    form_class = ContactForm
    refusals = (MobilityRefused,)
    heading = "登记联系"

    @cached_property
    def mobile(self) -> MobileMember:
        return _mobile(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"contacted_on": timezone.localdate()}

    def lead(self) -> str:
        return str(self.mobile)

    def back(self) -> str:
        return self.mobile.get_absolute_url()

    def act(self, form: ContactForm) -> str:
        note_contact(actor=self.request.user, mobile=self.mobile, **form.cleaned_data)
        return self.back()


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


class NewLostView(WriteView):
    """Register that somebody cannot be reached."""

    permission_required = "members.change_member"
    form_class = LostForm
    refusals = (MobilityRefused,)
    heading = "登记失去联系"

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def lead(self) -> str:
        return f"{self.member.name}。登记不改变党籍；满六个月后提醒支部研究。"

    def back(self) -> str:
        return self.member.get_absolute_url()

    def act(self, form: LostForm) -> str:
        lost = report_lost(actor=self.request.user, member=self.member, **form.cleaned_data)
        return lost.get_absolute_url()


class FoundView(VersionedView):
    """Note that contact is there again."""

    form_class: Any = FoundForm
    heading = "恢复联系"

    @cached_property
    def row(self) -> LostMember:
        return _lost(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"found_on": timezone.localdate()}

    def lead(self) -> str:
        return self.row.member.name

    def act(self, form: Any) -> str:
        note_found(
            actor=self.request.user, lost=self.row, version=self.version(), **form.cleaned_data
        )
        return self.back()


def _mobile(public_id: str) -> MobileMember:
    return get_object_or_404(
        MobileMember.objects.select_related("organization", "member"), public_id=public_id
    )


def _lost(public_id: str) -> LostMember:
    return get_object_or_404(
        LostMember.objects.select_related("member__branch"), public_id=public_id
    )
