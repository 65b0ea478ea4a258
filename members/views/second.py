"""Pages of second memberships."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members.forms.second import SecondMembershipForm
from members.services.second import join_second, leave_second
from members.views.on_member import OnMember
from partybuild.saving import SavingView


class JoinSecondView(OnMember, SavingView):
    """Let a member also belong to a branch that counts nobody."""

    permission_required = "members.change_standing"
    form_class = SecondMembershipForm
    heading = "编入第二党支部"
    done = "已编入。人数仍只在原支部计算。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.member  # noqa: B018 -- a missing one answers before the form does
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def save(self, form: SecondMembershipForm) -> str:
        join_second(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()


class LeaveSecondView(JoinSecondView):
    """Let a member belong there no longer."""

    heading = "不再编入第二党支部"
    done = "已登记。"

    def save(self, form: SecondMembershipForm) -> str:
        leave_second(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()
