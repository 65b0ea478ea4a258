"""Pages that read the roll as a whole: structure, political birthdays, fifty years."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from members.forms.structure import MonthForm, StructureForm, StructurePeopleForm, YearForm
from members.queries.seniority import (
    birthdays,
    counts_from,
    fifty_years_on,
    medal_of,
    newly_fifty,
    whole_years,
)
from members.queries.structure import (
    DIMENSIONS,
    bands,
    people_of_structure,
    structure,
)
from members.views.people import CATEGORIES, GENDERS
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.places import scope_as_of
from partybuild.regulations import NoRegulation
from partybuild.scoping import active_scope, scoped_to

LISTED = (
    *("member__public_id", "member__name", "member__gender", "member__born_on"),
    *("member__born_precision", "member__ethnicity", "member__education", "category_then"),
    *("confirmed_then", "member__confirmed_precision", "place__name"),
)


class StructureView(TemplateView):
    """How old, how educated, how long in the party: each figure opens its list."""

    permission_required = "members.view_member"
    template_name = "members/structure.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = StructureForm(self.request.GET or None)
        asked = form.conditions()
        with scoped_to(scope_as_of(active_scope(), asked["day"])):
            dimensions = structure(asked["day"], asked["place"])
        total = sum(figure.count for figure in dimensions[0].figures)
        return super().get_context_data(
            form=form,
            day=asked["day"],
            total=total,
            dimensions=[
                (dimension, [_row(dimension.code, figure, asked) for figure in dimension.figures])
                for dimension in dimensions
            ],
            **kwargs,
        )


class StructurePeopleView(TemplateView):
    """The people behind one figure."""

    permission_required = "members.view_member"
    template_name = "members/structure_people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = StructurePeopleForm(self.request.GET or None)
        asked = form.conditions()
        day = asked["day"]
        with scoped_to(scope_as_of(active_scope(), day)):
            page = page_of(
                people_of_structure(**asked),
                order=("place__path", "member__pinyin", "pk"),
                cursor=self.request.GET.get("cursor", ""),
                values=LISTED,
            )
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            rows=_cells(page.rows, day),
            title=_title(asked),
            day=day,
            **kwargs,
        )


class BirthdayView(TemplateView):
    """本月政治生日: who joined the party in this month of an earlier year."""

    permission_required = "members.view_member"
    template_name = "members/birthdays.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MonthForm(self.request.GET or None)
        year, month = form.chosen()
        found = birthdays(year, month)
        rows, pager = slice_of(found, self.request)
        address = addresses("members:member")
        return super().get_context_data(
            form=form,
            year=year,
            month=month,
            rows=[
                (
                    Link(one.member.name, address(one.member.public_id)),
                    f"{one.day.month}月{one.day.day}日" if one.day else f"{month}月（日不详）",
                    partial_date(one.member.joined_on, one.member.joined_precision),
                    f"{one.years} 年",
                    one.branch,
                )
                for one in rows
            ],
            count=len(found),
            pager=pager,
            **kwargs,
        )


class FiftyYearsView(TemplateView):
    """Who may receive 光荣在党50年 in a year; a list to check, never a decision."""

    permission_required = "members.view_member"
    template_name = "members/fifty_years.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = YearForm(self.request.GET or None)
        day = form.chosen()
        try:
            medal = medal_of(day.year)
        except NoRegulation:
            return super().get_context_data(form=form, year=day.year, **kwargs)
        people = list(fifty_years_on(day).select_related("organization"))
        rows, pager = slice_of(people, self.request)
        address = addresses("members:member")
        return super().get_context_data(
            form=form,
            year=day.year,
            medal=medal,
            rows=[
                (
                    Link(row.member.name, address(row.member.public_id)),
                    partial_date(row.member.joined_on, row.member.joined_precision),
                    partial_date(row.member.confirmed_on, row.member.confirmed_precision)
                    or "未填，按入党时间推算",
                    whole_years(counts_from(row.member) or medal.day, medal.day),
                    row.organization.label,
                )
                for row in rows
            ],
            count=len(people),
            newly=newly_fifty(people, day.year),
            pager=pager,
            ledger_url=f"{reverse('partybuild:ledger', args=['members.fifty_years'])}?period={day.year}",
            **kwargs,
        )


def _row(dimension: str, figure: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return a bar of a figure with the address of its list."""
    query = {"dimension": dimension, "band": figure.code, "day": asked["day"].isoformat()}
    if asked["place"]:
        query["organization"] = asked["place"].public_id
    url = f"{reverse('members:structure_people')}?{urlencode(query)}"
    return {"label": figure.label, "value": figure.count, "url": url}


def _title(asked: dict[str, Any]) -> str:
    if not asked["dimension"]:
        return "全部党员"
    found = {band.code: band.label for band in bands(asked["dimension"], asked["day"])}
    return f"{DIMENSIONS[asked['dimension']]}：{found.get(asked['band'], '全部')}"


def _cells(rows: list[tuple[Any, ...]], day: dt.date) -> list[tuple[Any, ...]]:
    address = addresses("members:member")
    return [
        (
            Link(name, address(public_id)),
            GENDERS.get(gender),
            partial_date(born_on, born_precision),
            whole_years(born_on, min(day, timezone.localdate())) if born_on else None,
            ethnicity,
            education,
            CATEGORIES[category],
            partial_date(confirmed_on, confirmed_precision),
            place,
        )
        for (
            public_id,
            name,
            gender,
            born_on,
            born_precision,
            ethnicity,
            education,
            category,
            confirmed_on,
            confirmed_precision,
            place,
        ) in rows
    ]
