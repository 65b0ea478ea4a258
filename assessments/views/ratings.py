"""Pages for raters and for the committee that scores many subjects at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import Subject
from assessments.engine.numbers import said
from assessments.engine.rules.panels import Rated
from assessments.forms.cycles import MarkReasonForm
from assessments.forms.ratings import BallotForm, BallotGrid, MarkGrid
from assessments.models import Ballot, Cycle, Rater
from assessments.queries.ballots import (
    group_size,
    own_places,
    rated_lines,
    rater_for,
    ratings_waiting,
)
from assessments.queries.cycles import committee_items, marks_in, subjects_in
from assessments.queries.subjects import as_subjects
from assessments.services.ballots import cast_ballot, cast_ballots
from assessments.services.marks import give_marks
from assessments.views.cycles import CycleMixin
from partybuild.grids import Grid, GridView
from partybuild.saving import VersionedView, version_in
from partybuild.scoping import everything

RATE, MARK = "assessments.rate_subject", "assessments.mark_scorecard"


@dataclass(frozen=True)
class ToRate:
    """A subject as a rater's list shows it."""

    subject: Subject
    ballot: Ballot | None
    url: str
    is_own: bool

    @property
    def is_done(self) -> bool:
        return self.ballot is not None and self.ballot.is_given


class RaterMixin:
    """Finds the user's place among the raters of a cycle, and whom he rates.

    A rater stands outside the subjects' scope: of them he reads the names, and his own ballots.
    """

    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def rater(self) -> Rater:
        found = rater_for(self.request.user, self.kwargs["cycle"])
        if found is None:
            raise Http404
        return found

    @property
    def cycle(self) -> Cycle:
        return self.rater.cycle

    @cached_property
    def subjects(self) -> list[Subject]:
        with everything(reason="a rater reads the names of those he rates"):
            return as_subjects(self.cycle.scheme, subjects_in(self.cycle), self.cycle.span)

    @cached_property
    def own(self) -> set[str]:
        """The paths of the places that he leaves to others."""
        return own_places(self.request.user)

    def ballots(self) -> dict[Any, Ballot]:
        """Return the rater's own ballots by subject."""
        with everything(reason="a rater reads his own ballots"):
            found = list(Ballot.objects.filter(rater=self.rater))
        key_of = self.cycle.scheme.key_of
        return {key_of(one.organization_id, one.member_id): one for one in found}


class RatingsView(TemplateView):
    """Where the user is asked to rate now."""

    permission_required = RATE
    template_name = "assessments/ratings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(raters=ratings_waiting(self.request.user), **kwargs)


class RateListView(RaterMixin, TemplateView):
    """Whom a rater rates, and what is still open."""

    permission_required = RATE
    template_name = "assessments/rate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ballots = self.ballots()
        rows = [
            ToRate(
                one,
                ballots.get(one.key),
                reverse("assessments:rate_subject", args=[self.cycle.public_id, one.public_id]),
                is_own=one.organization.path in self.own,
            )
            for one in self.subjects
        ]
        asked = [row for row in rows if not row.is_own]
        return super().get_context_data(
            rater=self.rater,
            rows=rows,
            asked=len(asked),
            done=sum(row.is_done for row in asked),
            is_alone=group_size(self.rater) == 1,
            is_open=self.cycle.stage == Cycle.Stage.REVIEW,
            **kwargs | {"cycle": self.cycle},
        )


class RateView(RaterMixin, VersionedView):
    """One ballot: every line as a choice or a number, or why one does not rate."""

    permission_required = RATE
    form_class = BallotForm
    template_name = "assessments/ballot.html"
    done = "已保存。"
    button = "保存并评下一个"

    @cached_property
    def subject(self) -> Subject:
        for one in self.subjects:
            if one.public_id == self.kwargs["organization"]:
                return one
        raise Http404

    def record(self) -> Any:
        return self.ballots().get(self.subject.key) or Ballot(rater=self.rater, version=0)

    def back_url(self) -> str:
        return reverse("assessments:rate", args=[self.cycle.public_id])

    def get_heading(self) -> str:
        return self.subject.label

    def get_lead(self) -> str:
        return str(self.cycle)

    def get_draft_key(self) -> str:
        return f"assessments.ballot.{self.cycle.public_id}.{self.subject.public_id}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "rated": rated_lines(self.cycle.scheme.plan),
            "ballot": self.record(),
        }

    def save(self, form: BallotForm) -> str:
        return self.edit(form, None, version_in(self.request))

    def edit(self, form: BallotForm, record: Any, version: int) -> str:
        cast_ballot(
            actor=self.request.user,
            rater=self.rater,
            subject=self.subject,
            votes=form.votes(),
            recusal=form.cleaned_data["recusal"],
            version=version,
        )
        given = {key for key, ballot in self.ballots().items() if ballot.is_given}
        following = next(
            (
                one
                for one in self.subjects
                if one.key not in given and one.organization.path not in self.own
            ),
            None,
        )
        if following is None:
            return self.back_url()
        return reverse("assessments:rate_subject", args=[self.cycle.public_id, following.public_id])


class RateGridView(RaterMixin, GridView):
    """All ballots of a rater in one grid; a block of a spreadsheet can be pasted."""

    permission_required = RATE
    form_class = forms.Form
    template_name = "assessments/subject_grid.html"
    heading = "用表格评"
    done = "已保存。"

    def read_grid(self, posted: Mapping[str, str]) -> Grid:
        rated = rated_lines(self.cycle.scheme.plan)
        return BallotGrid(self.subjects, rated, self.ballots(), posted)

    def back_url(self) -> str:
        return reverse("assessments:rate", args=[self.cycle.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rated = rated_lines(self.cycle.scheme.plan)
        return super().get_context_data(
            cycle=self.cycle,
            head=[one.title for one in rated],
            told=[f"{one.title}：{allowed(one.rule)}" for one in rated],
            **kwargs,
        )

    def enter(self, changes: list[Any], cleaned: dict[str, Any]) -> str:
        cast_ballots(actor=self.request.user, rater=self.rater, changes=changes)
        return reverse("assessments:rate_grid", args=[self.cycle.public_id])


def allowed(rule: Rated) -> str:
    """Say what a cell of a rule may hold."""
    ask = rule.vote_ask()
    if ask.choices:
        return "、".join(label for _, label in ask.choices)
    return f"{said(ask.low or 0)} 至 {said(ask.high or 0)} 分"


class MarkGridView(CycleMixin, GridView):
    """The committee's lines of all subjects in one grid."""

    permission_required = MARK
    form_class = MarkReasonForm
    template_name = "assessments/subject_grid.html"
    heading = "表格评分"
    done = "已保存，得分随之更新。"

    def record(self) -> Cycle:
        return self.own_cycle()

    @cached_property
    def columns(self) -> list[Any]:
        return MarkGrid.columns_of(committee_items(self.cycle))

    def read_grid(self, posted: Mapping[str, str]) -> Grid:
        rows = subjects_in(self.cycle)
        subjects = as_subjects(self.cycle.scheme, rows, self.cycle.span)
        return MarkGrid(subjects, self.columns, marks_in(self.cycle, rows), posted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cycle=self.cycle,
            head=[one.title for one in self.columns],
            elsewhere=MarkGrid.left_out(committee_items(self.cycle)),
            **kwargs,
        )

    def enter(self, changes: list[Any], cleaned: dict[str, Any]) -> str:
        give_marks(
            actor=self.request.user,
            cycle=self.cycle,
            changes=changes,
            reason=cleaned["reason"],
        )
        return reverse("assessments:mark_grid", args=[self.cycle.public_id])
