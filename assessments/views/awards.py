"""Pages of awards: decided, renewed, withdrawn, and what became of one."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.forms import awards as forms
from assessments.models import Campaign, CampaignAward
from assessments.queries.awards import (
    awards_of,
    evidence_for,
    standing_word,
    with_standing,
)
from assessments.queries.campaigns import campaigns_run, grades_of, open_findings, quotas_of
from assessments.services import awards as services
from assessments.views.campaigns import AWARD, VIEW, find_campaign, find_campaign_run, may
from branches.models import PartyOrganization
from members.models import Member
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import SavingView, VersionedView


class AwardListView(TemplateView):
    """What a campaign awarded in scope, and how it stands today."""

    permission_required = VIEW
    template_name = "assessments/awards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, today = find_campaign(kwargs["campaign"]), timezone.localdate()
        page = page_of(
            awards_of(campaign),
            order=("grade__number", "organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("assessments:award")
        cells = (
            (
                Link(one.whose, address(one.public_id)),
                one.grade.name,
                one.awarded_on,
                one.valid_until,
                standing_word(one.valid_until, one.withdrawn_on, today),
                one.document,
            )
            for one in page.rows
        )
        return super().get_context_data(
            **kwargs | {"campaign": campaign},
            quotas=quotas_of(campaign, grades_of(campaign)),
            page=page,
            rows=table_rows(cells, ",nowrap,nowrap,nowrap,nowrap,"),
            pager=pager_urls(self.request, page),
            may_award=may(self.request.user, AWARD, campaign),
        )


class GiveView(SavingView):
    """Award a grade; evidence, quotas and open findings are told, a person decides."""

    permission_required = AWARD
    form_class = forms.AwardForm
    template_name = "assessments/award_form.html"
    heading, button, done = "命名", "决定命名", "已命名。"

    @cached_property
    def campaign(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    def get_lead(self) -> str:
        return str(self.campaign)

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("subject", "")
        return {"on": timezone.localdate(), "subject": chosen}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.campaign}

    def back_url(self) -> str:
        return self.campaign.get_absolute_url()

    def save(self, form: forms.AwardForm) -> str:
        award = services.give_award(
            actor=self.request.user, campaign=self.campaign, **form.values()
        )
        return award.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.campaign
        chosen = self._chosen()
        told = {
            "quotas": quotas_of(campaign, grades_of(campaign)),
            "unsettled": open_findings(campaign).count(),
            "chosen": chosen,
            "evidence": evidence_for(campaign, *chosen, timezone.localdate()) if chosen else None,
        }
        return super().get_context_data(**told | kwargs)

    def _chosen(self) -> tuple[PartyOrganization, Member | None] | None:
        said = self.request.POST.get("subject") or self.request.GET.get("subject", "")
        if self.campaign.selects_members:
            member = Member.objects.filter(public_id=said).select_related("branch").first()
            return (member.branch, member) if member and member.branch else None
        place = PartyOrganization.objects.filter(public_id=said).first()
        return (place, None) if place else None


def find_award(public_id: str) -> Any:
    """Return an award in scope with how it stands; Http404 without one."""
    rows = with_standing(CampaignAward.objects.all()).select_related(
        "campaign__organization", "grade", "organization", "member", "application"
    )
    return get_object_or_404(rows, public_id=public_id)


class AwardView(TemplateView):
    """One award: its evidence, how long it holds, everything that was decided about it."""

    permission_required = VIEW
    template_name = "assessments/award.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        award, today = find_award(kwargs["public_id"]), timezone.localdate()
        return super().get_context_data(
            **kwargs,
            award=award,
            standing=standing_word(award.valid_until, award.withdrawn_on, today),
            events=award.events.select_related("decided_by"),
            may_decide=award.withdrawn_on is None and may(self.request.user, AWARD, award.campaign),
            steps=steps_of(history_of(award)),
        )


class AwardStepView(VersionedView):
    """One more decision about an award."""

    permission_required = AWARD
    form_class = forms.DecisionForm
    service: ClassVar[Callable[..., CampaignAward]]

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def record(self) -> CampaignAward:
        award: CampaignAward = find_award(self.kwargs["public_id"])
        get_object_or_404(campaigns_run(), pk=award.campaign_id)
        return award

    def get_lead(self) -> str:
        return str(self.record())

    def edit(self, form: Any, record: CampaignAward, version: int) -> str:
        service = type(self).service
        service(actor=self.request.user, award=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


class RenewView(AwardStepView):
    permission_required = AWARD
    service = staticmethod(services.renew_award)
    heading, button, done = "复审", "复审通过", "复审通过，有效期从决定那天重新算。"


class WithdrawView(AwardStepView):
    permission_required = AWARD
    service = staticmethod(services.withdraw_award)
    heading, button, done = "摘牌", "摘牌", "已摘牌，以前的记录都还在。"
