"""Pages of people: roster, files, vanguard posts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from members.forms import MemberFilterForm, VanguardPostForm
from members.models import Member, VanguardPost
from members.queries import find_own_file, member_list, membership_history, posts_in_scope
from members.services.files import LinkRefused, link_account
from members.services.posts import establish_post, reveal_numbers
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses
from partybuild.masking import mask_id_number, mask_phone
from partybuild.paging import page_of, pager_urls
from partybuild.panels import panels_for
from partybuild.submissions import SavedBefore, content_of, new_key, once

# What `member_cells` wants to have read.
LISTED = (
    *("public_id", "name", "gender", "category", "branch__short_name", "branch__name"),
    *("joined_on", "joined_precision", "confirmed_on", "confirmed_precision", "state"),
)
GENDERS, CATEGORIES, STATES = (
    dict(choices.choices) for choices in (Member.Gender, Member.Category, Member.State)
)


class MemberListView(TemplateView):
    """The people in scope: members on the roll and those on the way."""

    permission_required = "members.view_member"
    template_name = "members/members.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MemberFilterForm(self.request.GET or None)
        page = page_of(
            member_list(**form.conditions()),
            order=("branch__path", "pinyin", "pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            rows=member_cells(page.rows),
            **kwargs,
        )


class MemberView(TemplateView):
    """One person's file."""

    permission_required = "members.view_member"
    template_name = "members/member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = get_object_or_404(
            Member.objects.select_related("branch"), public_id=kwargs["public_id"]
        )
        return super().get_context_data(**file_context(member, self.request.user), **kwargs)


class OwnFileView(TemplateView):
    """One's own file; takes no identifier from the address."""

    permission_required = "members.view_own_file"
    template_name = "members/member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = find_own_file(self.request.user)  # type: ignore[arg-type]
        if member is None:
            raise Http404
        context = file_context(member, self.request.user)
        return super().get_context_data(**context, is_own=True, **kwargs)


class RevealView(View):
    """Show one person's numbers in full, for a stated reason that is written down first."""

    permission_required = "members.reveal_number"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        member = get_object_or_404(Member, public_id=public_id)
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, "请写明查看完整号码的原因。")
            return redirect(member)
        reveal_numbers(actor=request.user, member=member, reason=reason)
        shown = {"id_number": member.id_number, "phone": member.phone, "is_revealed": True}
        response = render(
            request, "members/member.html", file_context(member, request.user) | shown
        )
        response["Cache-Control"] = "no-store"
        return response


class LinkAccountView(View):
    """Let an account read this file as its own."""

    permission_required = "members.link_account"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        member = get_object_or_404(Member, public_id=public_id)
        username = request.POST.get("username", "").strip()
        try:
            link_account(actor=request.user, member=member, username=username)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已关联。" if username else "已取消关联。")
        return redirect(member)


class VanguardPostListView(TemplateView):
    """The vanguard posts in scope."""

    permission_required = "members.view_vanguardpost"
    template_name = "members/vanguard_posts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            posts_in_scope(),
            order=("organization__path", "awarded_on", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            may_change=self.request.user.has_perm("members.change_vanguardpost"),
            **kwargs,
        )


class VanguardPostView(TemplateView):
    """One post: pledge, holders, history."""

    permission_required = "members.view_vanguardpost"
    template_name = "members/vanguard_post.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = get_object_or_404(
            VanguardPost.objects.select_related("organization"), public_id=kwargs["public_id"]
        )
        return super().get_context_data(
            post=post,
            holders=post.holders.select_related("member"),
            steps=steps_of(history_of(post)),
            **kwargs,
        )


class VanguardPostCreateView(FormView):
    """Set up a post with its holders and pledge."""

    permission_required = "members.change_vanguardpost"
    form_class = VanguardPostForm
    template_name = "members/vanguard_post_form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"awarded_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.POST.get("submission_key") or new_key()
        return super().get_context_data(submission_key=key, **kwargs)

    def form_valid(self, form: VanguardPostForm) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: establish_post(
                    actor=self.request.user, **form.cleaned_data
                ).get_absolute_url(),
                content=content_of(self.request),
            )
        except SavedBefore:
            form.add_error(None, "这张表刚才已经保存成一个岗。要再设一个岗，请从“设岗”重新填写。")
            return self.form_invalid(form)
        messages.success(self.request, "已设岗，先锋岗台账同时更新。")
        return redirect(answer)


def member_cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the cells of the list of people."""
    address = addresses("members:member")
    return [
        (
            Link(name, address(public_id)),
            GENDERS.get(gender),
            CATEGORIES[category],
            short_name or branch,
            partial_date(joined_on, joined_precision),
            partial_date(confirmed_on, confirmed_precision),
            STATES[state],
        )
        for (
            public_id,
            name,
            gender,
            category,
            short_name,
            branch,
            joined_on,
            joined_precision,
            confirmed_on,
            confirmed_precision,
            state,
        ) in rows
    ]


def file_context(member: Member, user: Any) -> dict[str, Any]:
    """Return what a file's page shows; numbers are masked."""
    return {
        "member": member,
        "id_number": mask_id_number(member.id_number),
        "phone": mask_phone(member.phone),
        "memberships": membership_history(member),
        "offices": member.offices.select_related("organization"),
        "posts": member.vanguard_posts.select_related("post"),
        "panels": panels_for(member, user),
        "may_reveal": user.has_perm("members.reveal_number"),
        "may_link": user.has_perm("members.link_account"),
    }
