"""Pages of applications: filled in and handed in by the unit, returned or accepted by the committee."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.forms import applications as forms
from assessments.models import Application, Campaign, CampaignCriterion
from assessments.queries import campaigns as queries
from assessments.queries.applications import statements_of
from assessments.queries.awards import awards_of
from assessments.queries.inspections import findings_at, inspections_told
from assessments.queries.polls import FEWEST, formula_of, own_result
from assessments.services import applications as services
from assessments.services.applications import evidence_field, opinion_field
from assessments.views.campaigns import APPLY, AWARD, RUN, VIEW, find_campaign, may
from branches.models import PartyOrganization
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView


def find_application(public_id: str) -> Application:
    """Return an application in scope; Http404 without one."""
    rows = Application.objects.select_related(
        "campaign__organization", "organization", "member", "written_by", "decided_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def find_application_run(public_id: str) -> Application:
    """Return an application whose campaign is run by a committee in scope, not by one above it."""
    application = find_application(public_id)
    get_object_or_404(queries.campaigns_run(), pk=application.campaign_id)
    return application


def belongs_to(user: Any, place: PartyOrganization) -> bool:
    """Tell whether somebody holds a role at this very unit, not above it."""
    return any(grant.organization_id == place.pk for grant in user.current_grants)


class ApplicationView(TemplateView):
    """One application: what was said, what was found, what was awarded, what may be done."""

    permission_required = VIEW
    template_name = "assessments/application.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = find_application(kwargs["public_id"])
        campaign, user = application.campaign, self.request.user
        said = statements_of(application)
        criteria = queries.criteria_of(campaign)
        until = queries.apply_until(queries.phases_of(campaign))
        place = application.organization
        may_run = may(user, RUN, campaign)
        writing = application.state in Application.OPEN_STATES
        awards = awards_of(campaign).filter(organization=place, member=application.member)
        return super().get_context_data(
            **kwargs
            | {
                "application": application,
                "campaign": campaign,
                "rows": [{"criterion": one, "said": said.get(one.pk)} for one in criteria],
                "is_late": queries.is_late(application, until),
                "apply_until": until,
                "inspections": inspections_told(campaign, [place]),
                "findings": findings_at(campaign, place),
                "awards": awards,
                "may_write": writing and user.has_perm(APPLY),
                "may_decide": may_run and not writing,
                "may_award": application.state == Application.State.ACCEPTED
                and may(user, AWARD, campaign),
                "subject": (application.member or place).public_id,
                "may_accept": may_run and application.state == Application.State.HANDED_IN,
                # Superiors in between read results of nobody, as they do of the whole.
                "result": own_result(application) if may_run or belongs_to(user, place) else None,
                "formula": formula_of(campaign),
                "fewest": FEWEST,
                "today": timezone.localdate(),
                "steps": steps_of(history_of(application)),
            }
        )


class FormMixin:
    """Hands the form its criteria and says which button was pressed."""

    request: Any

    @property
    def hands_in(self) -> bool:
        return "hand_in" in self.request.POST

    def say_done(self) -> None:
        said = "已申报，等主办单位受理。" if self.hands_in else "已保存，还没有申报。"
        messages.success(self.request, said)


class ApplyView(FormMixin, SavingView):
    """Begin the application of a unit, or of one of its members."""

    permission_required = APPLY
    form_class = forms.ApplicationForm
    template_name = "assessments/application_form.html"
    heading = "申报"

    @cached_property
    def campaign(self) -> Campaign:
        return find_campaign(self.kwargs["campaign"])

    def get_lead(self) -> str:
        return str(self.campaign)

    def get_draft_key(self) -> str:
        return f"campaign-apply-{self.campaign.public_id}"

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria = queries.criteria_of(self.campaign)
        return super().get_form_kwargs() | {"criteria": criteria, "begins": self.campaign}

    def back_url(self) -> str:
        return self.campaign.get_absolute_url()

    def save(self, form: forms.ApplicationForm) -> str:
        application = services.begin_application(
            actor=self.request.user,
            campaign=self.campaign,
            summary=form.cleaned_data["summary"],
            statements=form.statements(),
            **form.whose(),
        )
        if self.hands_in:
            services.hand_in(
                actor=self.request.user, application=application, version=application.version
            )
        return application.get_absolute_url()


class WriteView(FormMixin, EditingView):
    """Go on with an application that is not handed in, or was returned."""

    permission_required = APPLY
    form_class = forms.ApplicationForm
    template_name = "assessments/application_form.html"
    heading = "填写申报"

    def record(self) -> Application:
        return find_application(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def get_draft_key(self) -> str:
        return f"campaign-application-{self.kwargs['public_id']}"

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria = queries.criteria_of(self.record().campaign)
        return super().get_form_kwargs() | {"criteria": criteria, "begins": None}

    def get_form_class(self) -> Any:
        return self.form_class

    def values_of(self, record: Application) -> dict[str, Any]:
        said = statements_of(record)
        values: dict[str, Any] = {"summary": record.summary}
        for one in queries.criteria_of(record.campaign):
            given = said.get(one.pk)
            values[opinion_field(one)] = given.opinion if given else ""
            values[evidence_field(one)] = given.evidence if given else ""
        return values

    def edit(self, form: Any, record: Application, version: int) -> str:
        user = self.request.user
        kept = services.correct_application(
            actor=user,
            application=record,
            version=version,
            summary=form.cleaned_data["summary"],
            statements=form.statements(),
        )
        if self.hands_in:
            services.hand_in(actor=user, application=kept, version=kept.version)
        return record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"application": self.record()} | kwargs)


class ReturnView(VersionedView):
    """Give an application back, with the reason beside its criterion."""

    permission_required = RUN
    form_class = forms.ReturnForm
    heading, button, done = "退回申报", "退回", "已退回，单位看得到原因。"

    def record(self) -> Application:
        return find_application_run(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.record().campaign}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("criterion", "")
        rows = CampaignCriterion.objects.filter(campaign=self.record().campaign)
        return {"criterion": rows.filter(public_id=asked).first()}

    def edit(self, form: Any, record: Application, version: int) -> str:
        services.return_application(
            actor=self.request.user, application=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class AcceptView(ButtonView):
    """Accept an application."""

    permission_required = RUN
    done = "已受理。"

    def back_url(self) -> str:
        return find_application_run(self.kwargs["public_id"]).get_absolute_url()

    def act(self, version: int) -> None:
        application = find_application_run(self.kwargs["public_id"])
        services.accept_application(
            actor=self.request.user, application=application, version=version
        )
