"""Pages of changes of standing."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from members.forms.transfers import StandingForm, TakeBackForm
from members.models import Member
from members.queries.standing import changes_in_scope, changes_of
from members.services.standing import (
    StandingRefused,
    change_standing,
    correct_standing,
    take_back_standing,
)
from members.views import transfers
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.paging import page_of, pager_urls


class StandingListView(TemplateView):
    """The changes of standing in scope."""

    permission_required = "members.view_member"
    template_name = "members/standing_changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            changes_in_scope(),
            order=("-happened_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            may_change=self.request.user.has_perm("members.change_standing"),
            **kwargs,
        )


class PickView(transfers.PickView):
    """Find the person whose standing changes."""

    permission_required = "members.change_standing"
    heading = "办理党籍变动"
    target = "members:change_standing"
    back = "members:standing_changes"


class StandingView(TemplateView):
    """One change of standing."""

    permission_required = "members.view_member"
    template_name = "members/standing_change.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change = get_object_or_404(changes_in_scope(), public_id=kwargs["public_id"])
        user: Any = self.request.user
        may = user.has_perm("members.change_standing")
        within = user.scope_for("members.change_standing").covers(change.organization.path)
        return super().get_context_data(
            change=change,
            may_change=may and within and change.taken_back_at is None,
            steps=steps_of(history_of(change)),
            **kwargs,
        )


class ChangeView(transfers.ActView):
    """Record a change of somebody's standing."""

    permission_required = "members.change_standing"
    template_name = "members/standing_form.html"
    form_class: Any = StandingForm
    heading = "办理党籍变动"
    success_message = "已登记，花名册和台账同时更新。"
    refusals = (StandingRefused,)

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": timezone.localdate()}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.member = self.find(kwargs["public_id"])

    def find(self, public_id: str) -> Member:
        """Return whose standing it is; 404 outside the scope."""
        return get_object_or_404(Member.objects.select_related("branch"), public_id=public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            member=self.member, changes=changes_of(self.member), **kwargs
        )

    def act(self, form: Any) -> str:
        return change_standing(
            actor=self.request.user, member=self.member, **form.cleaned_data
        ).get_absolute_url()


class CorrectView(ChangeView):
    """Correct the last change of somebody's standing."""

    heading = "更正党籍变动"
    success_message = "已更正。"

    def find(self, public_id: str) -> Member:
        """Return whose standing it is; 404 outside the scope."""
        self.change = get_object_or_404(changes_in_scope(), public_id=public_id)
        return self.change.member

    def get_initial(self) -> dict[str, Any]:
        return {
            name: getattr(self.change, name)
            for name in ("state", "happened_on", "document", "reason", "whereto")
        }

    def act(self, form: Any) -> str:
        return correct_standing(
            actor=self.request.user, change=self.change, **form.cleaned_data
        ).get_absolute_url()


class TakeBackView(transfers.ActView):
    """Take a change back that was recorded by mistake."""

    permission_required = "members.change_standing"
    template_name = "members/standing_form.html"
    form_class: Any = TakeBackForm
    heading = "撤回党籍变动"
    submit = "撤回"
    success_message = "已撤回，恢复到变动以前。"
    refusals = (StandingRefused,)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.change = get_object_or_404(changes_in_scope(), public_id=kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            member=self.change.member, changes=changes_of(self.change.member), **kwargs
        )

    def act(self, form: Any) -> str:
        return take_back_standing(
            actor=self.request.user, change=self.change, reason=form.cleaned_data["note"]
        ).get_absolute_url()
