"""Pages of appeals: filed by a subject, answered by its committee."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import Card, Subject
from assessments.forms.cycles import AnswerForm, AppealForm
from assessments.models import Appeal, Cycle
from assessments.queries.cycles import cards_of, cycles_of, subjects_in
from assessments.queries.scorecards import card_url
from assessments.queries.subjects import judges
from assessments.services.appeals import answer_appeal, file_appeal, standing
from assessments.views.cycles import CycleMixin
from branches.models import PartyOrganization
from partybuild.saving import SavingView, VersionedView

VIEW, FILE, RUN = (
    "assessments.view_scorecard",
    "assessments.file_appeal",
    "assessments.run_cycle",
)
ASSESS_UNIT = "assessments.assess_unit"


class FileAppealView(CycleMixin, SavingView):
    """Hold something against a public score."""

    permission_required = FILE
    form_class = AppealForm
    heading = "提出申诉"
    button = "提出"
    done = "已提出，答复以后这里看得到。"
    of_units = False

    def record(self) -> Cycle:
        return get_object_or_404(cycles_of(units=self.of_units), public_id=self.kwargs["cycle"])

    def get_lead(self) -> str:
        return f"{self.subject.label}，{self.cycle}"

    def get_draft_key(self) -> str:
        return f"assessments.appeal.{self.cycle.public_id}.{self.subject.public_id}"

    def get_form_kwargs(self) -> dict[str, Any]:
        items = self.cycle.scheme.items.filter(number__gt=0)
        choices = [(str(one.number), f"{one.number}. {one.title}") for one in items]
        return super().get_form_kwargs() | {"items": choices}

    def save(self, form: AppealForm) -> str:
        said = form.cleaned_data
        item = None
        if said["item"]:
            item = self.cycle.scheme.items.get(number=int(said["item"]))
        appeal = file_appeal(
            actor=self.request.user,
            cycle=self.cycle,
            subject=self.subject,
            card=self.card(),
            item=item,
            text=said["text"],
            evidence=said["evidence"],
        )
        return appeal.get_absolute_url()


class UnitAppealView(FileAppealView):
    """Hold something against the score of one's own unit."""

    permission_required = ASSESS_UNIT
    of_units = True


class AppealMixin:
    """Finds an appeal in scope, and how its subject stands now."""

    kwargs: dict[str, Any]
    request: Any

    def record(self) -> Appeal:
        return get_object_or_404(
            Appeal.objects.select_related(
                "cycle__scheme",
                "cycle__organization",
                "organization__superior",
                "member",
                "item__scheme",
                "filed_by",
                "answered_by",
            ),
            public_id=self.kwargs["appeal"],
        )

    @cached_property
    def appeal(self) -> Appeal:
        return self.record()

    @cached_property
    def card(self) -> Card | None:
        """The scorecard of the appeal's subject as it is now."""
        appeal, scheme = self.appeal, self.appeal.cycle.scheme
        if scheme.scores_secretaries:
            # Who appealed gets an answer, also when somebody else has come into office since.
            place = PartyOrganization.objects.filter(pk=appeal.organization_id)
            who = [Subject.of(scheme, appeal.organization, appeal.member)]
            cards = cards_of(appeal.cycle, place, who)
        else:
            pk = appeal.member_id if scheme.scores_members else appeal.organization_id
            cards = cards_of(appeal.cycle, subjects_in(appeal.cycle).filter(pk=pk))
        return cards[0] if cards else None


class AppealView(AppealMixin, TemplateView):
    """An appeal: what is held against the score, how it stood, the answer and the difference."""

    permission_required = VIEW
    template_name = "assessments/appeal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        appeal = self.appeal
        scheme = appeal.cycle.scheme
        subject = Subject.of(scheme, appeal.organization, appeal.member)
        may_answer = appeal.answered_at is None and judges(
            self.request.user, RUN, scheme, appeal.organization
        )
        now = standing(self.card, appeal.item) if self.card and not appeal.cycle.is_sealed else {}
        return super().get_context_data(
            may_answer=may_answer,
            now=now,
            card_url=card_url(appeal.cycle.scheme, subject, appeal.cycle.span),
            **kwargs | {"subject": subject, "appeal": appeal},
        )


class AnswerView(AppealMixin, VersionedView):
    """Answer an appeal."""

    permission_required = RUN
    form_class = AnswerForm
    heading = "答复申诉"
    button = "答复"
    done = "已答复，提出申诉的看得到。"

    def get_lead(self) -> str:
        return f"{self.appeal.organization.label}：{self.appeal.text}"

    def edit(self, form: AnswerForm, record: Appeal, version: int) -> str:
        card = self.card
        if card is None:
            raise Http404
        answer_appeal(
            actor=self.request.user,
            appeal=record,
            card=card,
            version=version,
            is_upheld=form.cleaned_data["is_upheld"],
            answer=form.cleaned_data["answer"],
        )
        return record.get_absolute_url()
