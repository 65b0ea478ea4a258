"""Pages of the roster and of single files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from members.forms.people import MemberFilterForm
from members.models import Member, Membership
from members.queries.files import (
    PRIVATE,
    doubts_about,
    exemptions_of,
    find_own_file,
    known_date,
    member_list,
    membership_history,
    other_files_of,
)
from members.queries.leading import leading_posts_of
from members.queries.seniority import seniority_of
from members.services.files import LinkRefused, link_account
from members.services.posts import reveal_numbers
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses
from partybuild.masking import mask_id_number, mask_phone
from partybuild.milestones import life_of, own_life_of
from partybuild.paging import page_of, pager_urls
from partybuild.panels import own_panels_for, panels_for
from partybuild.scoping import everything

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
            may_change=self.request.user.has_perm("members.change_member"),
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
        with everything(reason="people may always read all of their own file"):
            context = file_context(member, self.request.user)
            context["memberships"] = list(context["memberships"])
        context |= {"life": own_life_of(member), "panels": own_panels_for(member)}
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
        shown: dict[str, Any] = {name: getattr(member, name) for name in PRIVATE}
        shown["is_revealed"] = True
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
    exemptions = list(exemptions_of(member))
    return {
        "member": member,
        "id_number": mask_id_number(member.id_number),
        "phone": mask_phone(member.phone),
        "second_phone": mask_phone(member.second_phone),
        "address": "已登记" if member.address else "",
        "facts": shown_facts(member) + shown_seniority(member),
        "doubts": doubts_about(member),
        "exemptions": exemptions,
        "is_exempt": any(exemption.ended_on is None for exemption in exemptions),
        "may_change": user.has_perm("members.change_member"),
        "actions": file_actions(member, user),
        "memberships": membership_history(member),
        "life": life_of(member, user),
        "panels": panels_for(member, user),
        "may_reveal": user.has_perm("members.reveal_number"),
        "may_link": user.has_perm("members.link_account"),
    }


# Shown even when nothing is known; the others only when something is.
ALWAYS_SHOWN = ("ethnicity", "native_place", "education", "job_title")
SHOWN_FACTS = (
    *("ethnicity", "native_place", "birthplace", "household_place", "education"),
    *("education_kind", "degree", "school", "graduated_on", "workplace", "job_title"),
    *("professional_title", "work_started_on", "served_in", "discharged_on"),
)


def shown_facts(member: Member) -> list[tuple[str, str]]:
    """Return the plain facts of a file, each with its title."""
    facts = []
    for name in SHOWN_FACTS:
        display = getattr(member, f"get_{name}_display", None)
        if name.endswith("_on"):
            value = str(known_date(member, name) or "")
        else:
            value = display() if display else getattr(member, name)
        if value or name in ALWAYS_SHOWN:
            column: Any = Member._meta.get_field(name)
            facts.append((str(column.verbose_name), value))
    return facts


def shown_seniority(member: Member) -> list[tuple[str, str]]:
    """Return 党龄 and 党籍时间 of somebody on the roll, in whole years."""
    if member.category not in Member.MEMBER_CATEGORIES or member.state != Member.State.NORMAL:
        return []
    told = seniority_of(member, timezone.localdate())
    about = "约 " if told.is_estimated else ""
    return [
        ("党籍时间", "" if told.membership is None else f"{told.membership} 年"),
        ("党龄", "" if told.seniority is None else f"{about}{told.seniority} 年"),
    ]


def file_actions(member: Member, user: Any) -> list[tuple[str, str]]:
    """Return what a user may enter about this person: (what, address)."""
    asked = [member.public_id]
    found = [(title, one.get_absolute_url()) for title, one in other_files_of(member)]
    if user.has_perm("members.change_member"):
        found += [
            ("特长", reverse("members:skills", args=asked)),
            ("社会角色", reverse("members:new_social_role", args=asked)),
            *(
                (f"不再担任{role}", reverse("members:end_social_role", args=[role.public_id]))
                for role in member.social_roles.filter(ended_on=None)
            ),
            ("领导职务", reverse("members:new_leading_post", args=asked)),
            *(
                (f"更正领导职务：{post}", post.get_absolute_url())
                for post in leading_posts_of(member)
            ),
            ("流出", f"{reverse('members:new_outflow')}?member={member.public_id}"),
            ("失去联系", reverse("members:report_lost", args=asked)),
        ]
    if user.has_perm("members.change_care"):
        found.append(("关怀", reverse("members:new_care", args=asked)))
    if user.has_perm("members.change_standing"):
        found.append(("编入第二党支部", reverse("members:join_second", args=asked)))
        if member.memberships.filter(kind=Membership.Kind.SECOND, ended_on=None).exists():
            found.append(("不再编入第二党支部", reverse("members:leave_second", args=asked)))
    return found
