"""核对名单: a branch goes through its roster by exception."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.forms.roster_checks import RosterCheckForm
from members.models import Membership, RosterRemark
from members.queries.roster_checks import last_check, open_remarks, people_to_check
from members.services.roster_checks import check_roster, settle_remark
from partybuild.saving import SavingView


class RosterCheckView(SavingView):
    """Everybody on the roll, ticked; whoever is wrong gets a remark."""

    permission_required = "members.change_member"
    form_class = RosterCheckForm
    template_name = "members/roster_check.html"
    heading = "核对名单"
    button = "核对完毕"
    done = "名单已核对。有疑问的人在“核对名单”里等待处理。"

    @cached_property
    def branch(self) -> PartyOrganization:
        asked = self.request.POST.get("organization") or self.request.GET.get("organization")
        found = branches_in_scope()
        branch = (found.filter(public_id=asked) if asked else found).first()
        if branch is None:
            raise Http404
        return branch

    @cached_property
    def people(self) -> list[Membership]:
        return people_to_check(self.branch, timezone.localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self.people}

    def get_lead(self) -> str:
        last = last_check(self.branch)
        told = f"上次核对 {last.checked_on}。" if last else ""
        return (
            f"{self.branch.name}：{len(self.people)} 人。"
            f"都对就直接保存；谁不对，去掉勾，写一句原因。{told}"
        )

    def back_url(self) -> str:
        return "/"

    def get_draft_key(self) -> str:
        return f"roster-check-{self.branch.public_id}"

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": context["form"].rows(),
            "remarks": open_remarks(self.branch),
        }

    def save(self, form: RosterCheckForm) -> str:
        check_roster(
            actor=self.request.user,
            organization=self.branch,
            people=len(self.people),
            remarks=form.remarks(),
            missing=form.cleaned_data["missing"],
        )
        return "/"


class SettleRemarkView(View):
    """Close a remark."""

    permission_required = "members.change_member"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        remark = get_object_or_404(
            RosterRemark.objects.select_related("member", "roster_check__organization"),
            public_id=public_id,
        )
        settle_remark(actor=request.user, remark=remark)
        messages.success(request, "已处理。")
        branch = remark.roster_check.organization
        return redirect(f"{reverse('members:roster_check')}?organization={branch.public_id}")
