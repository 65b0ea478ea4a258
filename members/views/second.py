"""Pages of second memberships."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from members.forms.second import SecondMembershipForm
from members.models import Member
from members.services.memberships import MembershipRefused
from members.services.second import join_second, leave_second
from members.views.writing import WriteView


class JoinSecondView(WriteView):
    """Let a member also belong to a branch that counts nobody."""

    permission_required = "members.change_standing"
    form_class = SecondMembershipForm
    refusals = (MembershipRefused,)
    heading = "编入第二党支部"
    saved = "已编入。人数仍只在原支部计算。"

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.member  # noqa: B018 -- a missing one answers before the form does
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def lead(self) -> str:
        return f"{self.member.name} · {self.member.branch.name}"

    def back(self) -> str:
        return self.member.get_absolute_url()

    def act(self, form: SecondMembershipForm) -> str:
        join_second(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back()


class LeaveSecondView(JoinSecondView):
    """Let a member belong there no longer."""

    heading = "不再编入第二党支部"
    saved = "已登记。"

    def act(self, form: SecondMembershipForm) -> str:
        leave_second(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back()
