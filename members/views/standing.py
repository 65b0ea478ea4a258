"""Pages of changes of standing."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.transfers import StandingForm, TakeBackForm
from members.models import Member, StandingChange
from members.queries.standing import changes_in_scope, changes_of
from members.services.standing import (
    change_standing,
    correct_standing,
    take_back_standing,
)
from members.views import transfers
from members.views.on_member import OnMember
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.paging import page_of, pager_urls
from partybuild.saving import SavingView


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


class ChangeView(OnMember, SavingView):
    """Record a change of somebody's standing."""

    permission_required = "members.change_standing"
    template_name = "members/standing_form.html"
    form_class: Any = StandingForm
    heading = "办理党籍变动"
    done = "已登记，花名册和台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": timezone.localdate()}

    def get_lead(self) -> str:
        one = self.member
        return (
            f"{one.name} · {one.branch.name} · {one.get_category_display()}"
            f" · 现在是{one.get_state_display()}"
        )

    def back_url(self) -> str:
        return reverse("members:standing_changes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(changes=changes_of(self.member), **kwargs)

    def save(self, form: Any) -> str:
        return change_standing(
            actor=self.request.user, member=self.member, **form.cleaned_data
        ).get_absolute_url()


class CorrectView(ChangeView):
    """Correct the last change of somebody's standing."""

    heading = "更正党籍变动"
    done = "已更正。"

    @cached_property
    def change(self) -> StandingChange:
        return get_object_or_404(changes_in_scope(), public_id=self.kwargs["public_id"])

    @property
    def member(self) -> Member:
        return self.change.member

    def get_initial(self) -> dict[str, Any]:
        return {
            name: getattr(self.change, name)
            for name in ("state", "happened_on", "document", "reason", "whereto")
        }

    def save(self, form: Any) -> str:
        return correct_standing(
            actor=self.request.user, change=self.change, **form.cleaned_data
        ).get_absolute_url()


class TakeBackView(CorrectView):
    """Take a change back that was recorded by mistake."""

    form_class = TakeBackForm
    heading = "撤回党籍变动"
    button = "撤回"
    done = "已撤回，恢复到变动以前。"

    def get_initial(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        return take_back_standing(
            actor=self.request.user, change=self.change, reason=form.cleaned_data["note"]
        ).get_absolute_url()
