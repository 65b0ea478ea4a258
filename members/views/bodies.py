"""Pages of leading bodies: the list, one body, what bodies are made of."""

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from branches.models import PartyOrganization
from branches.queries.organizations import organizations_in_scope
from members.forms.offices import BodyFilterForm, LeaderFilterForm
from members.models import Office
from members.queries.leaders import (
    ATTENTION,
    GROUPS,
    STRUCTURE,
    Leader,
    advice_on,
    average_age,
    leaders,
    trainings_of,
)
from members.queries.offices import Body, bodies, body_of, offices_since
from members.queries.records import elections_of
from members.queries.terms import LATE, State, standing_of
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses
from partybuild.paging import slice_of

SHOWN_STATES = (State.OVERDUE, State.LAPSED, State.SOON, State.SHIFTED, State.UNKNOWN)


class BodyMixin:
    """The page belongs to one organisation; a foreign one is not found."""

    kwargs: dict[str, Any]

    @cached_property
    def organization(self) -> PartyOrganization:
        return get_object_or_404(
            PartyOrganization.objects.exclude(kind=PartyOrganization.Kind.GROUP),
            public_id=self.kwargs["public_id"],
        )

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    def back_url(self) -> str:
        """Return the address of the body's page."""
        return reverse("members:body", args=[self.organization.public_id])


class BodyListView(TemplateView):
    """The leading bodies in scope: term, due date, state, vacancies."""

    permission_required = "members.view_office"
    template_name = "members/bodies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = BodyFilterForm(self.request.GET or None)
        conditions = form.conditions()
        found = [
            body
            for body in bodies(organizations_in_scope(), timezone.localdate())
            if conditions["q"] in body.organization.name
        ]
        asked = [body for body in found if _meets(body, conditions)]
        rows, pager = slice_of(asked, self.request)
        return super().get_context_data(
            form=form,
            tiles=_tiles(found),
            count=len(asked),
            rows=body_cells(rows),
            pager=pager,
            **kwargs,
        )


def _meets(body: Body, conditions: dict[str, str]) -> bool:
    right_state = conditions["state"] in ("", body.standing.state)
    wanted = {"yes": True, "no": False}.get(conditions["vacant"])
    return right_state and wanted in (None, bool(body.vacant))


def _tiles(found: list[Body]) -> list[dict[str, Any]]:
    """Return the figures above the list, each opening the rows it counts."""
    states = Counter(body.standing.state for body in found)
    tiles = [
        {
            "label": state.label,
            "figure": states[state],
            "url": f"?{urlencode({'state': state.value})}",
            "late": state in LATE and states[state] > 0,
        }
        for state in SHOWN_STATES
    ]
    vacant = sum(bool(body.vacant) for body in found)
    return [*tiles, {"label": "班子有缺额", "figure": vacant, "url": "?vacant=yes", "late": False}]


def body_cells(found: Any) -> list[tuple[Any, ...]]:
    """Return the cells of the list of bodies."""
    address = addresses("members:body")
    return [
        (
            Link(body.organization.label, address(body.organization.public_id)),
            body.names_of(Office.Post.SECRETARY),
            len({seat.member_id or seat.holder_name for seat in body.seats}),
            _elected_on(body),
            body.standing.years,
            body.standing.until,
            body.standing.state.label,
            body.vacant_words,
        )
        for body in found
    ]


def _elected_on(body: Body) -> Any:
    term = body.standing.term
    return partial_date(term.elected_on, term.elected_precision) if term else None


class BodyView(BodyMixin, TemplateView):
    """One leading body: who sits in it, its term, approvals, elections, what to look at."""

    permission_required = "members.view_office"
    template_name = "members/body.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        standing = standing_of(self.organization, self.today)
        sitting = body_of(self.organization, self.today)
        return super().get_context_data(
            organization=self.organization,
            standing=standing,
            sitting=sitting,
            advice=advice_on(self.organization, standing, sitting, self.today),
            shifts=standing.term.shifts.all() if standing.term else [],
            elections=elections_of(self.organization),
            trainings=trainings_of(sitting, self.today),
            terms=self.organization.terms.order_by("-elected_on", "-pk"),
            past=offices_since(self.organization).filter(ended_on__isnull=False),
            may_change=user.has_perm("members.change_office"),
            may_approve=user.has_perm("members.approve_term"),
            **kwargs,
        )


class OfficeView(TemplateView):
    """One office: who holds it, since when, by what document, and its history."""

    permission_required = "members.view_office"
    template_name = "members/office.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        office = get_object_or_404(
            Office.objects.select_related("organization", "member", "term"),
            public_id=kwargs["public_id"],
        )
        return super().get_context_data(
            office=office,
            steps=steps_of(history_of(office)),
            may_change=self.request.user.has_perm("members.change_office"),
            may_open_file=self.request.user.has_perm("members.view_member"),
            **kwargs,
        )


class LeadersView(TemplateView):
    """Who leads, by age, education, posts, duties and training; every figure opens its people."""

    permission_required = "members.view_office"
    template_name = "members/leaders.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        places = organizations_in_scope()
        form = LeaderFilterForm(self.request.GET or None, places=places)
        organization, group = form.conditions()
        everybody = leaders(timezone.localdate(), organization)
        asked = [one for one in everybody if not group or GROUPS[group].counts(one)]
        rows, pager = slice_of(asked, self.request)
        place = organization.public_id if organization else ""
        return super().get_context_data(
            form=form,
            attention=_figures(ATTENTION, everybody, place),
            structure=_figures(STRUCTURE, everybody, place),
            everybody=len(everybody),
            average_age=average_age(everybody),
            hours=_average_hours(everybody),
            count=len(asked),
            rows=leader_cells(rows),
            pager=pager,
            **kwargs,
        )


def _average_hours(everybody: list[Leader]) -> str:
    total = sum(one.hours for one in everybody)
    return f"{total / len(everybody):.1f}" if everybody else "—"


def _figures(groups: Any, everybody: list[Leader], place: str) -> list[dict[str, Any]]:
    whole = len(everybody)
    figures = []
    for group in groups:
        people = sum(group.counts(leader) for leader in everybody)
        query = {"group": group.code} | ({"organization": place} if place else {})
        share = f"占 {people * 100 / whole:.0f}%" if whole else ""
        figures.append(
            {"label": group.label, "figure": people, "note": share, "url": f"?{urlencode(query)}"}
        )
    return figures


def leader_cells(rows: Any) -> list[tuple[Any, ...]]:
    """Return the cells of the list of those who lead."""
    body, file = addresses("members:body"), addresses("members:member")
    return [
        (
            Link(leader.organization, body(leader.organization_id)),
            Link(leader.name, file(leader.public_id)) if leader.public_id else leader.name,
            leader.post_words,
            leader.duty_words,
            leader.job_title,
            leader.age,
            leader.education,
            f"{leader.hours:.1f}",
        )
        for leader in rows
    ]
