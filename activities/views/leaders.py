"""Pages of how leaders take part in the life of their own branch."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from activities.forms.leaders import LeaderFilterForm, LeaderListForm
from activities.models import Attendance
from activities.queries.leaders import RULE, leaders_below, list_url, listed, post_words
from activities.queries.occasions import kinds_by_activity
from branches.models import PartyOrganization
from members.models import Member
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period
from partybuild.regulations import regulation

LISTED = (
    *("member__public_id", "member__name", "organization__public_id", "place__name"),
    *("post_title", "seat_place", "seat_post", "due_count", "present_count"),
)


class LeadersView(TemplateView):
    """Each leader with what was due and attended in the own branch; each number opens its list."""

    permission_required = "activities.view_activity"
    template_name = "activities/leaders.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = LeaderFilterForm(self.request.GET or None)
        asked = form.conditions()
        period: Period = asked["period"]
        today = timezone.localdate()
        page = page_of(
            leaders_below(period, organization=asked["branch"], day=min(period.end, today)),
            order=("place__path", "member__pinyin", "pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        return super().get_context_data(
            form=form,
            period=period,
            page=page,
            pager=pager_urls(self.request, page),
            rows=leader_cells(page.rows, period),
            citation=regulation(RULE, on=today).citation,
            **kwargs,
        )


class LeaderView(TemplateView):
    """What one figure of the table counted: occasions of the own branch, and whether one was there."""

    permission_required = "activities.view_activity"
    template_name = "activities/leader.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = get_object_or_404(Member, public_id=kwargs["public_id"])
        form = LeaderListForm(self.request.GET or None)
        asked = form.conditions()
        branch = asked["branch"] or self.home_of(member)
        page = page_of(
            listed(
                asked["period"],
                member,
                branch,
                form.cleaned_data["state"] if form.is_valid() else "",
            ),
            order=("-activity__held_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=(
                "activity",
                "activity__public_id",
                "activity__held_on",
                "activity__topic",
                "status",
                "reason",
            ),
        )
        return super().get_context_data(
            form=form,
            member=member,
            branch=branch,
            period=asked["period"],
            page=page,
            pager=pager_urls(self.request, page),
            rows=attendance_cells(page.rows),
            **kwargs,
        )

    def home_of(self, member: Member) -> PartyOrganization:
        """Return the branch that holds the file, where the address names none."""
        home = PartyOrganization.objects.filter(pk=member.branch_id).first()
        if home is None:
            raise Http404
        return home


def leader_cells(rows: list[tuple[Any, ...]], period: Period) -> list[tuple[Any, ...]]:
    """Return the cells of the table: name, branch, post, due, attended, missed."""
    address = addresses("members:member")
    return [
        (
            Link(name, address(member)),
            post_words(*post),
            place,
            Link(str(due), list_url(member, organization, period, "")),
            Link(str(present), list_url(member, organization, period, "present")),
            Link(str(due - present), list_url(member, organization, period, "away")),
        )
        for member, name, organization, place, *post, due, present in rows
    ]


def attendance_cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the cells of the list: day, forms, topic, how the leader stood to it."""
    kinds = kinds_by_activity([row[0] for row in rows])
    address = addresses("activities:activity")
    return [
        (
            held_on,
            kinds.get(activity, ""),
            Link(topic, address(public_id)),
            Attendance.Reason(reason).label if reason else Attendance.Status(status).label,
        )
        for activity, public_id, held_on, topic, status, reason in rows
    ]
