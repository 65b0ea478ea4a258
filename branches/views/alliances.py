"""Pages of alliances."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from branches.forms.alliances import (
    AllianceEditForm,
    AllianceForm,
    JoinForm,
    KeepPledgeForm,
    LeaveForm,
    PledgeForm,
)
from branches.models import Alliance, AllianceMember, AlliancePledge
from branches.queries.alliances import (
    alliance_lines,
    find_alliance,
    is_led_here,
    members_of,
    pledges_of,
    visible_alliances,
)
from branches.services.alliances import (
    correct_alliance,
    found_alliance,
    join_alliance,
    keep_pledge,
    leave_alliance,
    pledge,
)
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.paging import page_of, pager_urls
from partybuild.panels import panels_for
from partybuild.saving import EditingView, SavingView

VIEW, CHANGE = "branches.view_alliance", "branches.change_alliance"


class AllianceListView(TemplateView):
    """The alliances that are led here or that somebody here belongs to."""

    permission_required = VIEW
    template_name = "branches/alliances.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        page = page_of(
            visible_alliances(today),
            order=("name", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            lines=alliance_lines(page.rows, today),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class AllianceView(TemplateView):
    """One alliance: who belongs to it, what it promised, what it did."""

    permission_required = VIEW
    template_name = "branches/alliance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        alliance = find_alliance(kwargs["public_id"], today)
        if alliance is None:
            raise Http404
        is_own = is_led_here(alliance)
        return super().get_context_data(
            alliance=alliance,
            members=members_of(alliance),
            pledges=pledges_of(alliance),
            today=today,
            panels=panels_for(alliance, self.request.user),
            steps=steps_of(history_of(alliance)) if is_own else [],
            may_change=is_own and self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class AllianceCreateView(SavingView):
    """Found an alliance."""

    permission_required = CHANGE
    form_class = AllianceForm
    heading = "成立党建共同体"
    done = "已成立。成员单位和共建项目请在这一页登记。"

    def back_url(self) -> str:
        return reverse("branches:alliances")

    def save(self, form: AllianceForm) -> str:
        return found_alliance(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class AllianceEditView(EditingView):
    """Correct what is written of an alliance."""

    permission_required = CHANGE
    form_class = AllianceEditForm
    heading = "更正共同体"
    done = "已更正。"

    def record(self) -> Alliance:
        return led_or_404(self.kwargs["public_id"])

    def edit(self, form: AllianceEditForm, record: Alliance, version: int) -> str:
        alliance = correct_alliance(
            actor=self.request.user, alliance=record, version=version, **form.cleaned_data
        )
        return alliance.get_absolute_url()


class OnAllianceView(SavingView):
    """A form about an alliance that is led here."""

    permission_required = CHANGE

    @property
    def alliance(self) -> Alliance:
        return led_or_404(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return self.alliance.name

    def back_url(self) -> str:
        return self.alliance.get_absolute_url()


class JoinView(OnAllianceView):
    """Let somebody join."""

    form_class = JoinForm
    heading = "加入共同体"
    done = "已加入。"

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def save(self, form: JoinForm) -> str:
        join_alliance(actor=self.request.user, alliance=self.alliance, **form.cleaned_data)
        return self.back_url()


class LeaveView(OnAllianceView):
    """Let a member leave."""

    form_class = LeaveForm
    heading = "退出共同体"
    done = "已登记退出。"

    def get_initial(self) -> dict[str, Any]:
        return {"ended_on": timezone.localdate()}

    @property
    def member(self) -> AllianceMember:
        return get_object_or_404(
            AllianceMember.objects.select_related("organization"),
            alliance=self.alliance,
            public_id=self.kwargs["alliancemember"],
        )

    def get_lead(self) -> str:
        return f"{self.alliance.name} · {self.member}"

    def save(self, form: LeaveForm) -> str:
        leave_alliance(
            actor=self.request.user,
            alliance=self.alliance,
            member=self.member,
            **form.cleaned_data,
        )
        return self.back_url()


class PledgeView(OnAllianceView):
    """Promise something."""

    form_class = PledgeForm
    heading = "登记共建项目"
    done = "已登记共建项目。"

    def save(self, form: PledgeForm) -> str:
        pledge(actor=self.request.user, alliance=self.alliance, **form.cleaned_data)
        return self.back_url()


class KeepPledgeView(OnAllianceView):
    """Say that a promise was kept."""

    form_class = KeepPledgeForm
    heading = "共建项目完成情况"
    done = "已登记完成情况。"

    @property
    def pledge(self) -> AlliancePledge:
        return get_object_or_404(
            AlliancePledge.objects.select_related("alliance__lead"),
            alliance=self.alliance,
            public_id=self.kwargs["alliancepledge"],
        )

    def get_initial(self) -> dict[str, Any]:
        known = self.pledge
        return {"done_on": known.done_on or timezone.localdate(), "outcome": known.outcome}

    def get_lead(self) -> str:
        return self.pledge.title

    def save(self, form: KeepPledgeForm) -> str:
        keep_pledge(actor=self.request.user, pledge=self.pledge, **form.cleaned_data)
        return self.back_url()


def led_or_404(public_id: str) -> Alliance:
    """Return an alliance that is led in scope; one that is merely shared is not changed here."""
    return get_object_or_404(Alliance.objects.select_related("lead"), public_id=public_id)
