"""Pages of skills and social roles."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.social_roles import (
    EndSocialRoleForm,
    SharesForm,
    SkillsForm,
    SocialRoleForm,
    TotalForm,
)
from members.models import Skill, SocialRole
from members.models.social_roles import SocialKind
from members.queries.social_roles import roles_on, shares
from members.services.social_roles import (
    begin_social_role,
    end_social_role,
    enter_total,
    set_skills,
)
from members.views.on_member import OnMember
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls
from partybuild.saving import SavingView

LISTED = ("member__public_id", "member__name", "kind", "area", "started_on", "member__branch__name")


class SharesView(TemplateView):
    """Which share of 网格员, 联户长 … are members; each figure opens who they are."""

    permission_required = "members.view_member"
    template_name = "members/social_roles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SharesForm(self.request.GET or None)
        asked = form.conditions()
        if asked["place"] is None:
            raise Http404
        return super().get_context_data(
            form=form,
            place=asked["place"],
            day=asked["day"],
            rows=[_share_cells(share, asked) for share in shares(asked["day"], asked["place"])],
            may_change=self.request.user.has_perm("members.change_member"),
            **kwargs,
        )


class SocialRoleListView(TemplateView):
    """The members who hold a social role."""

    permission_required = "members.view_member"
    template_name = "members/social_role_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SharesForm(self.request.GET or None)
        asked = form.conditions()
        page = page_of(
            roles_on(**asked),
            order=("member__branch__path", "member__pinyin", "pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        address, words = addresses("members:member"), dict(SocialKind.choices)
        return super().get_context_data(
            form=form,
            page=page,
            day=asked["day"],
            title=words.get(asked["kind"], "社会角色"),
            pager=pager_urls(self.request, page),
            rows=[
                (Link(name, address(public_id)), words[kind], area, started_on, branch)
                for public_id, name, kind, area, started_on, branch in page.rows
            ],
            **kwargs,
        )


class SkillsView(OnMember, SavingView):
    """Say what somebody is good at."""

    permission_required = "members.change_member"
    form_class = SkillsForm
    heading = "特长"

    def get_initial(self) -> dict[str, Any]:
        skills = list(self.member.skills.all())
        other = [skill.note for skill in skills if skill.kind == Skill.Kind.OTHER]
        return {"kinds": [skill.kind for skill in skills], "note": "".join(other)}

    def save(self, form: SkillsForm) -> str:
        set_skills(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()


class NewSocialRoleView(OnMember, SavingView):
    """Enter that somebody takes on a role."""

    permission_required = "members.change_member"
    form_class = SocialRoleForm
    heading = "登记社会角色"

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def save(self, form: SocialRoleForm) -> str:
        begin_social_role(actor=self.request.user, member=self.member, **form.cleaned_data)
        return self.back_url()


class EndSocialRoleView(SavingView):
    """End a role."""

    permission_required = "members.change_member"
    form_class = EndSocialRoleForm
    heading = "不再担任"

    @cached_property
    def role(self) -> SocialRole:
        return get_object_or_404(
            SocialRole.objects.select_related("member__branch"),
            public_id=self.kwargs["public_id"],
        )

    def get_initial(self) -> dict[str, Any]:
        return {"ended_on": timezone.localdate()}

    def get_lead(self) -> str:
        return f"{self.role.member.name}：{self.role}"

    def back_url(self) -> str:
        return self.role.member.get_absolute_url()

    def save(self, form: EndSocialRoleForm) -> str:
        end_social_role(actor=self.request.user, role=self.role, **form.cleaned_data)
        return self.back_url()


class TotalView(SavingView):
    """Enter how many people of a role there are in an area."""

    permission_required = "members.change_member"
    form_class = TotalForm
    heading = "登记总人数"
    done = "已登记，占比同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {
            "organization": self.request.GET.get("organization", ""),
            "kind": self.request.GET.get("kind", ""),
            "counted_on": timezone.localdate(),
        }

    def get_lead(self) -> str:
        return "例如全市共有网格员多少人，包括不是党员的。党员人数由记录数出来，不用填。"

    def back_url(self) -> str:
        return reverse("members:social_roles")

    def save(self, form: TotalForm) -> str:
        enter_total(actor=self.request.user, **form.cleaned_data)
        return f"{self.back_url()}?{urlencode({'organization': form.cleaned_data['organization'].public_id})}"


def _share_cells(share: Any, asked: dict[str, Any]) -> tuple[Any, ...]:
    query = {
        "kind": share.kind,
        "day": asked["day"].isoformat(),
        "organization": asked["place"].public_id,
    }
    url = f"{reverse('members:social_role_list')}?{urlencode(query)}"
    total = share.total
    percent = share.percent
    remark = "记录的党员多于总人数，请核对" if share.is_odd else ""
    return (
        share.label,
        total.total if total else None,
        Link(str(share.members), url),
        f"{percent}%" if percent is not None else None,
        total.counted_on if total else "还没有登记总人数",
        remark,
    )
