"""Pages of election records."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from branches.models import PartyOrganization
from members.forms.elections import (
    CandidateFormSet,
    ElectionForm,
    ExclusionFormSet,
)
from members.models import Election
from members.queries.offices import names_offered
from members.queries.records import counted, electors_on, roll_remark
from members.queries.terms import in_office
from members.services.elections import correct_election, record_election
from members.views.bodies import BodyMixin
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.saving import SavingView, VersionedView


class ElectionView(TemplateView):
    """One vote: electors, ballots, votes, who is elected and by which rule."""

    permission_required = "members.view_office"
    template_name = "members/election.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        election = get_object_or_404(
            Election.objects.select_related("organization"), public_id=kwargs["public_id"]
        )
        exclusions = list(election.exclusions.all())
        return super().get_context_data(
            election=election,
            counted=counted(election),
            roll_remark=roll_remark(election, len(exclusions)),
            exclusions=exclusions,
            steps=steps_of(history_of(election)),
            may_change=self.request.user.has_perm("members.change_office"),
            **kwargs,
        )


class ElectionFormView(SavingView):
    """The form of a vote with its two lists."""

    permission_required = "members.change_office"
    form_class = ElectionForm
    template_name = "members/election_form.html"
    done = "已保存选举记录，结果按规定算好。"

    @cached_property
    def organization(self) -> PartyOrganization:
        """Return the organisation whose vote it is."""
        raise NotImplementedError

    def rows(self) -> list[Any]:
        """Return the lines the list of votes starts from."""
        return []

    def left_out(self) -> list[Any]:
        """Return the lines the list of those left out starts from."""
        return []

    @cached_property
    def candidates(self) -> Any:
        return self._lines(CandidateFormSet, "candidates", self.rows)

    @cached_property
    def exclusions(self) -> Any:
        return self._lines(ExclusionFormSet, "exclusions", self.left_out)

    def _lines(self, made: Any, prefix: str, initial: Any) -> Any:
        asked = self.request.POST or None
        return made(
            asked,
            prefix=prefix,
            organization=self.organization,
            initial=None if asked else initial(),
        )

    def get_lead(self) -> str:
        return (
            f"{self.organization.name}。一次投票记一条；再次投票另记一条。"
            "谁当选由票数算出，不用填。"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            candidates=self.candidates,
            exclusions=self.exclusions,
            names=names_offered(self.organization),
            **kwargs,
        )

    def form_valid(self, form: ElectionForm) -> HttpResponse:
        lists = [self.candidates, self.exclusions]
        if not all([one.is_valid() for one in lists]):  # every mistake is wanted  # noqa: C419
            for one in lists:
                for problem in one.non_form_errors():
                    form.add_error(None, problem)
            return self.form_invalid(form)
        return super().form_valid(form)

    def lists(self) -> dict[str, Any]:
        """Return the two lists as a service wants them."""
        return {
            "tallies": self.candidates.tallies(),
            "exclusions": self.exclusions.exclusions(),
            "people": self.candidates.people,
        }


class ElectionCreateView(BodyMixin, ElectionFormView):
    """Record a vote."""

    heading = "登记选举"

    def get_initial(self) -> dict[str, Any]:
        due = electors_on(self.organization, self.today)
        term = in_office(self.organization.terms.all(), self.today)
        return {
            "ballot_number": 1,
            "due_electors": due,
            "held_on": term.elected_on if term else None,
            "document": term.document if term else "",
        }

    def save(self, form: ElectionForm) -> str:
        held_on = form.cleaned_data["held_on"]
        return record_election(
            actor=self.request.user,
            organization=self.organization,
            term=in_office(self.organization.terms.all(), held_on),
            **self.lists(),
            **form.cleaned_data,
        ).get_absolute_url()


class ElectionCorrectView(ElectionFormView, VersionedView):
    """Correct the record of a vote."""

    heading = "更正选举记录"

    def record(self) -> Election:
        return get_object_or_404(
            Election.objects.select_related("organization"), public_id=self.kwargs["public_id"]
        )

    @cached_property
    def election(self) -> Election:
        return self.record()

    @cached_property
    def organization(self) -> PartyOrganization:
        return self.election.organization

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.election, name) for name in ElectionForm.base_fields}

    def rows(self) -> list[Any]:
        return list(
            self.election.candidates.values("name", "yes", "no", "abstain", "is_written_in")
        )

    def left_out(self) -> list[Any]:
        return list(self.election.exclusions.values("name", "reason"))

    def edit(self, form: ElectionForm, record: Election, version: int) -> str:
        return correct_election(
            actor=self.request.user,
            election=record,
            version=version,
            **self.lists(),
            **form.cleaned_data,
        ).get_absolute_url()
