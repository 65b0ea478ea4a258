"""Pages of leading posts."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from members.forms.leading import LeadingPostForm
from members.models import LeadingPost
from members.services.leading import begin_leading_post, correct_leading_post
from members.views.on_member import OnMember
from partybuild.saving import EditingView, SavingView

HINT = (
    "党员领导干部要以普通党员身份参加所在党支部的组织生活。机关党委、党总支班子成员不用在这里登记。"
)


class NewLeadingPostView(OnMember, SavingView):
    """Enter that somebody leads by a post."""

    permission_required = "members.change_member"
    form_class = LeadingPostForm
    heading = "登记领导职务"
    hint = HINT

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.member.job_title, "started_on": timezone.localdate()}

    def save(self, form: LeadingPostForm) -> str:
        begin_leading_post(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()


class LeadingPostView(EditingView):
    """Correct a leading post, or say until when it was held."""

    permission_required = "members.change_member"
    form_class = LeadingPostForm
    heading = "更正领导职务"
    hint = HINT

    def record(self) -> LeadingPost:
        posts = LeadingPost.objects.select_related("member__branch")
        return get_object_or_404(posts, public_id=self.kwargs["public_id"])

    def get_lead(self) -> str:
        member = self.record().member
        return f"{member.name} · {member.branch.label}"

    def back_url(self) -> str:
        return self.record().member.get_absolute_url()

    def edit(self, form: LeadingPostForm, record: LeadingPost, version: int) -> str:
        correct_leading_post(
            actor=self.request.user, post=record, version=version, **form.cleaned_data
        )
        return self.back_url()
