"""Pages of campaigns: the list, one campaign, how it begins, its phases, criteria and grades."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.forms import campaigns as forms
from assessments.models import (
    Application,
    Campaign,
    CampaignCriterion,
    CampaignGrade,
    CampaignPhase,
)
from assessments.queries import campaigns as queries
from assessments.queries.applications import applications_of
from assessments.queries.inspections import findings_of
from assessments.services import campaigns as services
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView

VIEW, APPLY = "assessments.view_campaign", "assessments.apply_campaign"
RUN, AWARD = "assessments.run_campaign", "assessments.award_campaign"
FINDINGS_SHOWN = 10


def find_campaign(public_id: str) -> Campaign:
    """Return a campaign that the open scope may see; Http404 without one."""
    return get_object_or_404(queries.campaigns(), public_id=public_id)


def find_campaign_run(public_id: str) -> Campaign:
    """Return a campaign whose committee lies in the open scope; Http404 without one."""
    return get_object_or_404(queries.campaigns_run(), public_id=public_id)


def may(user: Any, permission: str, campaign: Campaign) -> bool:
    """Tell whether somebody holds a permission at the committee of a campaign."""
    held: bool = user.has_perm(permission)
    return held and user.scope_for(permission).covers(campaign.organization.path)


class CampaignListView(TemplateView):
    """The campaigns one may see, the newest first."""

    permission_required = VIEW
    template_name = "assessments/campaigns.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            queries.campaigns(), order=("-pk",), cursor=self.request.GET.get("cursor", "")
        )
        phases = queries.phases_by_campaign(page.rows)
        today = timezone.localdate()
        address = addresses("assessments:campaign")
        cells = (
            (
                Link(one.title, address(one.public_id)),
                one.organization.label,
                one.get_subject_display(),
                one.document,
                _stage(one, queries.current_phase(phases.get(one.pk, ()), today)),
            )
            for one in page.rows
        )
        return super().get_context_data(
            page=page,
            rows=table_rows(cells, ",,nowrap,,nowrap"),
            pager=pager_urls(self.request, page),
            may_run=self.request.user.has_perm(RUN),
            **kwargs,
        )


def _stage(campaign: Campaign, phase: CampaignPhase | None) -> str:
    if campaign.announced_at is None:
        return "还没有发布"
    return phase.name if phase else "不在任何阶段"


class CampaignView(TemplateView):
    """One campaign: phases, criteria, grades with quotas, who applied, what was found."""

    permission_required = VIEW
    template_name = "assessments/campaign.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = find_campaign(kwargs["campaign"])
        today, user = timezone.localdate(), self.request.user
        phases = queries.phases_of(campaign)
        page = page_of(
            applications_of(campaign),
            order=("organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        may_run = may(user, RUN, campaign)
        until = queries.apply_until(phases)
        return super().get_context_data(
            **kwargs
            | {"campaign": campaign}
            | {
                "phases": phases,
                "current": queries.current_phase(phases, today),
                "apply_until": until,
                "criteria": queries.criteria_of(campaign),
                "quotas": queries.quotas_of(campaign, queries.grades_of(campaign)),
                "figures": queries.figures_of(campaign, today),
                "page": page,
                "rows": _application_rows(page.rows, until),
                "pager": pager_urls(self.request, page),
                "findings": findings_of(campaign)[:FINDINGS_SHOWN],
                "may_run": may_run,
                "may_award": may(user, AWARD, campaign),
                "may_apply": user.has_perm(APPLY) and queries.has_room(campaign),
                "steps": steps_of(history_of(campaign)) if may_run else (),
                "today": today,
            }
        )


def _application_rows(rows: list[Application], until: Any) -> Any:
    address = addresses("assessments:application")
    cells = (
        (
            Link(one.whose, address(one.public_id)),
            f"{one.get_state_display()}{'（过期申报）' if queries.is_late(one, until) else ''}",
            timezone.localdate(one.handed_in_at) if one.handed_in_at else None,
            _self_view(one),
            _problems(one),
        )
        for one in rows
    )
    return table_rows(cells, ",nowrap,nowrap,nowrap,nowrap")


def _self_view(one: Any) -> str:
    parts = [("达到", one.met), ("基本达到", one.partly), ("未达到", one.not_met)]
    return "，".join(f"{word} {count}" for word, count in parts if count)


def _problems(one: Any) -> str:
    return f"{one.found} 个，未销号 {one.unsettled} 个" if one.found else ""


class StartView(SavingView):
    """Begin a campaign from a ready-made outline or an earlier one."""

    permission_required = RUN
    form_class = forms.StartForm
    heading = "新建创建活动"
    lead = "满意机关、四强党支部、星级、分类定级、最美党员都从模板开始；发布以前下级看不到。"
    done = "已建好。请核对阶段、标准、等次，再发布。"
    draft_key = "campaign-start"

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("from", "")
        start = {"begins_on": timezone.localdate(), "outline": f"{forms.READY}:satisfying_agency"}
        return start | ({"outline": f"{forms.EARLIER}:{chosen}"} if chosen else {})

    def back_url(self) -> str:
        return reverse("assessments:campaigns")

    def save(self, form: forms.StartForm) -> str:
        said = form.cleaned_data
        outline = form.chosen()
        campaign = services.start_campaign(
            actor=self.request.user,
            organization=said["organization"],
            outline=outline,
            begins_on=said["begins_on"],
            title=said["title"] or outline.title,
            document=said["document"],
            scheme=said["scheme"],
        )
        return campaign.get_absolute_url()


class CorrectCampaignView(EditingView):
    """Correct what a campaign is."""

    permission_required = RUN
    form_class = forms.CampaignForm
    heading, done = "更正创建活动", "已更正。"

    def record(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    def values_of(self, record: Campaign) -> dict[str, Any]:
        names = ("title", "document", "subject", "about", "scheme", "counts_unknown")
        return {name: getattr(record, name) for name in names}

    def edit(self, form: Any, record: Campaign, version: int) -> str:
        services.correct_campaign(
            actor=self.request.user, campaign=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class AnnounceView(ButtonView):
    """Let everybody below see a campaign."""

    permission_required = RUN
    done = "已发布，下级单位现在可以申报。"

    def back_url(self) -> str:
        return find_campaign_run(self.kwargs["campaign"]).get_absolute_url()

    def act(self, version: int) -> None:
        campaign = find_campaign_run(self.kwargs["campaign"])
        services.announce_campaign(actor=self.request.user, campaign=campaign, version=version)


# What stands in the address: model, form, what the pages are called, its columns.
PARTS: dict[str, tuple[Any, Any, str, tuple[str, ...]]] = {
    "phase": (
        CampaignPhase,
        forms.PhaseForm,
        "阶段",
        ("name", "purpose", "started_on", "ended_on"),
    ),
    "criterion": (CampaignCriterion, forms.CriterionForm, "标准", ("title", "text")),
    "grade": (CampaignGrade, forms.GradeForm, "等次", ("name", "months", "share")),
}


class PartMixin:
    """Knows which kind of part a page is about."""

    kwargs: dict[str, Any]
    part = ""

    def get_form_class(self) -> Any:
        return PARTS[self.part][1]

    @property
    def model(self) -> Any:
        return PARTS[self.part][0]

    @property
    def word(self) -> str:
        return PARTS[self.part][2]


class AddPartView(PartMixin, SavingView):
    """Add a phase, a criterion or a grade."""

    permission_required = RUN

    @property
    def campaign(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    def get_heading(self) -> str:
        return f"增加{self.word}"

    def get_lead(self) -> str:
        return str(self.campaign)

    def back_url(self) -> str:
        return self.campaign.get_absolute_url()

    def save(self, form: Any) -> str:
        services.add_part(
            actor=self.request.user,
            campaign=self.campaign,
            kind=self.model,
            values=form.cleaned_data,
        )
        return self.back_url()


class CorrectPartView(PartMixin, EditingView):
    """Correct a phase, a criterion or a grade, or remove it."""

    permission_required = RUN
    template_name = "assessments/campaign_part.html"
    done = "已更正。"

    def get_heading(self) -> str:
        return f"更正{self.word}"

    def get_lead(self) -> str:
        return str(self.record().campaign)

    def record(self) -> Any:
        return part_of(self.part, self.kwargs["public_id"])

    def values_of(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in PARTS[self.part][3]}

    def back_url(self) -> str:
        url: str = self.record().campaign.get_absolute_url()
        return url

    def edit(self, form: Any, record: Any, version: int) -> str:
        services.correct_part(
            actor=self.request.user, part=record, version=version, values=form.cleaned_data
        )
        return self.back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remove = reverse(f"assessments:remove_{self.part}", args=[self.kwargs["public_id"]])
        return super().get_context_data(**{"remove_url": remove, "word": self.word} | kwargs)


class RemovePartView(PartMixin, VersionedView):
    """Remove a phase, a criterion or a grade after one has looked at it once more."""

    permission_required = RUN
    form_class = forms.RemoveForm
    button, done = "删去", "已删去。"

    def get_form_class(self) -> Any:
        return self.form_class

    def get_heading(self) -> str:
        return f"删去{self.word}"

    def get_lead(self) -> str:
        record = self.record()
        return f"{record.campaign} · {record}"

    def record(self) -> Any:
        return part_of(self.part, self.kwargs["public_id"])

    def back_url(self) -> str:
        url: str = self.record().campaign.get_absolute_url()
        return url

    def edit(self, form: Any, record: Any, version: int) -> str:
        services.remove_part(actor=self.request.user, part=record, version=version)
        url: str = record.campaign.get_absolute_url()
        return url


def part_of(part: str, public_id: str) -> Any:
    """Return a part in scope with its campaign; Http404 without one."""
    if part not in PARTS:
        raise Http404
    rows = PARTS[part][0].objects.select_related("campaign__organization")
    return get_object_or_404(rows, public_id=public_id)
