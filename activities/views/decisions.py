"""Pages of votes and of the matters that meetings leave to be done."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from activities.forms.decisions import (
    CloseForm,
    MatterFilterForm,
    MatterForm,
    VoteCorrection,
    VoteForm,
)
from activities.models import ActionItem, Activity, Vote
from activities.queries.votes import matter_list, voters_of
from activities.services.action_items import (
    close_matter,
    correct_matter,
    raise_matter,
    reopen_matter,
)
from activities.services.votes import correct_vote, record_vote, remove_vote
from activities.views.places import may_change
from branches.models import PartyOrganization
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, EditingView, SavingView

# Who sees a record comes to these doors; whether they record for its organisation is asked inside.
VIEW = "activities.view_activity"


def only_recorders(user: Any, organization: PartyOrganization) -> None:
    """Let those in who record for the organisation; PermissionDenied for others."""
    if not may_change(user, organization):
        raise PermissionDenied


class ActivityMixin:
    """A form that adds something to one occasion."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def activity(self) -> Activity:
        found = get_object_or_404(
            Activity.objects.select_related("organization"), public_id=self.kwargs["public_id"]
        )
        only_recorders(self.request.user, found.organization)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.activity.held_on} {self.activity.topic} · {self.activity.organization.label}"
        return super().get_context_data(**{"lead": lead} | kwargs)  # type: ignore[misc]

    def back_url(self) -> str:
        return self.activity.get_absolute_url()


class VoteCreateView(ActivityMixin, SavingView):
    """Record a vote of an occasion."""

    permission_required = VIEW
    form_class = VoteForm
    heading = "登记表决"
    done = "已登记表决，结果按规定算好。"

    def get_form_kwargs(self) -> dict[str, Any]:
        meetings = self.activity.meetings.select_related("activity__organization")
        return super().get_form_kwargs() | {"meetings": meetings}

    def get_initial(self) -> dict[str, Any]:
        first = self.activity.meetings.select_related("activity__organization").first()
        return {"meeting": first, "yes": voters_of(first).present if first else 0}

    def save(self, form: VoteForm) -> str:
        record_vote(actor=self.request.user, **form.values())
        return self.back_url()


class VoteMixin:
    """One vote; a foreign one is not found, one of others is not changed."""

    kwargs: dict[str, Any]
    request: HttpRequest

    def vote(self) -> Vote:
        found = get_object_or_404(
            Vote.objects.select_related("meeting__activity__organization", "step"),
            public_id=self.kwargs["public_id"],
        )
        only_recorders(self.request.user, found.meeting.activity.organization)
        return found


class VoteCorrectView(VoteMixin, EditingView):
    """Correct a vote."""

    permission_required = VIEW
    form_class = VoteCorrection
    heading = "更正表决"
    done = "已更正，结果重新算好。"

    def record(self) -> Vote:
        return self.vote()

    def back_url(self) -> str:
        return self.vote().meeting.activity.get_absolute_url()

    def edit(self, form: VoteCorrection, record: Vote, version: int) -> str:
        said = form.cleaned_data
        correct_vote(
            actor=self.request.user,
            vote=record,
            version=version,
            title=said["title"],
            ballots=form.ballots(),
            is_secret=said["is_secret"],
        )
        return self.back_url()


class VoteRemoveView(VoteMixin, ButtonView):
    """Take a vote off its meeting."""

    permission_required = VIEW
    done = "已删除这次表决登记。"

    @cached_property
    def found(self) -> Vote:
        return self.vote()

    def act(self, version: int) -> None:
        remove_vote(actor=self.request.user, vote=self.found, version=version)

    def back_url(self) -> str:
        return self.found.meeting.activity.get_absolute_url()


class MatterListView(TemplateView):
    """The matters of the organisations in scope."""

    permission_required = VIEW
    template_name = "activities/matters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MatterFilterForm(self.request.GET or None, initial={"state": "open"})
        today = timezone.localdate()
        page = page_of(
            matter_list(**form.conditions(), today=today),
            order=("organization__path", "raised_on", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("activities:matter")
        rows = [
            (
                Link(matter.text, address(matter.public_id)),
                matter.organization.label,
                matter.responsible,
                matter.raised_on,
                matter.due_on,
                word_of(matter, today),
            )
            for matter in page.rows
        ]
        return super().get_context_data(
            form=form, page=page, rows=rows, pager=pager_urls(self.request, page), **kwargs
        )


def word_of(matter: ActionItem, today: Any) -> str:
    """Say in a word how a matter stands."""
    if matter.closed_on:
        return "已办结"
    return "超过时限" if matter.due_on and matter.due_on < today else "办理中"


class MatterView(TemplateView):
    """One matter with its history."""

    permission_required = VIEW
    template_name = "activities/matter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        matter = get_object_or_404(
            ActionItem.objects.select_related("organization", "raised_in"),
            public_id=kwargs["public_id"],
        )
        return super().get_context_data(
            matter=matter,
            word=word_of(matter, timezone.localdate()),
            may_change=may_change(self.request.user, matter.organization),
            steps=steps_of(history_of(matter)),
            **kwargs,
        )


class MatterCreateView(ActivityMixin, SavingView):
    """Keep something that a meeting decided to have done."""

    permission_required = VIEW
    form_class = MatterForm
    heading = "登记议定事项"
    done = "已登记，没有办结以前，每次记录会议时都会提示。"

    def save(self, form: MatterForm) -> str:
        raise_matter(actor=self.request.user, activity=self.activity, **form.cleaned_data)
        return self.back_url()


class MatterMixin:
    """A form about one matter; a foreign one is not found, one of others is not changed."""

    kwargs: dict[str, Any]
    request: HttpRequest

    def record(self) -> ActionItem:
        found = get_object_or_404(
            ActionItem.objects.select_related("organization"), public_id=self.kwargs["public_id"]
        )
        only_recorders(self.request.user, found.organization)
        return found

    def back_url(self) -> str:
        return self.record().get_absolute_url()


class MatterCorrectView(MatterMixin, EditingView):
    """Correct a matter."""

    permission_required = VIEW
    form_class = MatterForm
    heading = "更正议定事项"
    done = "已更正。"

    def edit(self, form: MatterForm, record: ActionItem, version: int) -> str:
        correct_matter(actor=self.request.user, matter=record, version=version, **form.cleaned_data)
        return self.back_url()


class MatterCloseView(MatterMixin, EditingView):
    """Say that a matter is done."""

    permission_required = VIEW
    form_class = CloseForm
    heading = "办结议定事项"
    done = "已办结。"

    def values_of(self, record: ActionItem) -> dict[str, Any]:
        day = record.closed_on or timezone.localdate()
        return {"closed_on": day, "outcome": record.outcome}

    def edit(self, form: CloseForm, record: ActionItem, version: int) -> str:
        close_matter(actor=self.request.user, matter=record, version=version, **form.cleaned_data)
        return self.back_url()


class MatterReopenView(MatterMixin, ButtonView):
    """Take back that a matter is done."""

    permission_required = VIEW
    done = "已恢复办理，以前的结果留在历史里。"

    def act(self, version: int) -> None:
        reopen_matter(actor=self.request.user, matter=self.record(), version=version)
