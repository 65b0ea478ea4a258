"""Opening, keeping and forgetting the queries of a ledger that have a name."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View

from partybuild import ledgerfiles
from partybuild.ledger_views import asked_pairs, asked_period, asked_place, readable_ledger
from partybuild.models import SavedQuery
from partybuild.narrowing import SelectionProblem, address_of, asked_selection, kept_selection
from partybuild.refusals import Refused
from partybuild.savedqueries import drop_query, save_query, saved_queries
from partybuild.scoping import scoped_to


class OpenQueryView(View):
    """Open a ledger as a query asks for it."""

    permission_required = "partybuild.view_ledgerfile"

    def get(self, request: HttpRequest, code: str, savedquery: str) -> HttpResponse:
        ledger = readable_ledger(request, code)
        query = get_object_or_404(saved_queries(request.user, ledger), public_id=savedquery)
        try:
            selection = kept_selection(ledger, query.selection)
        except SelectionProblem as problem:
            messages.warning(request, f"“{query.name}”不能照原样打开：{problem} 请重新筛选并保存。")
            return redirect("partybuild:ledger", code=code)
        others = [("period", query.period)] if query.period else []
        address = reverse("partybuild:ledger", args=[code])
        return redirect(f"{address}?{address_of(selection, others)}")


class SaveQueryView(View):
    """Keep what the page of a ledger shows under a name."""

    permission_required = "partybuild.view_ledgerfile"

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        ledger, user = readable_ledger(request, code), request.user
        period, _ = asked_period(request)
        with scoped_to(user.scope_for(ledger.permission)):  # type: ignore[union-attr]
            place = asked_place(request, list(ledgerfiles.places_in_scope()))
        address = reverse("partybuild:ledger", args=[code])
        try:
            selection = asked_selection(ledger, asked_pairs(request))
            query = save_query(
                actor=user,
                ledger=ledger,
                name=request.POST.get("name", ""),
                selection=selection,
                period=period.code if request.POST.get("keep_period") else "",
                shared_from=place.path if request.POST.get("shared") else "",
            )
        except (Refused, SelectionProblem) as refused:
            messages.error(request, str(refused))
            return redirect(f"{address}?{urlencode(_shown(request))}")
        told = f"，{place.label}及下级都能用" if query.shared_from else ""
        messages.success(request, f"已保存为“{query.name}”{told}。")
        others = [("organization", place.public_id), ("period", period.code)]
        return redirect(f"{address}?{address_of(selection, others)}")


class DropQueryView(View):
    """Forget one of one's own queries."""

    permission_required = "partybuild.view_ledgerfile"

    def post(self, request: HttpRequest, code: str, savedquery: str) -> HttpResponse:
        ledger = readable_ledger(request, code)
        user: Any = request.user
        own = SavedQuery.objects.filter(owner=user, code=ledger.code)
        query = get_object_or_404(own, public_id=savedquery)
        drop_query(actor=user, query=query)
        messages.success(request, f"已删除常用查询“{query.name}”，台账里的记录没有变。")
        return redirect("partybuild:ledger", code=code)


def _shown(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return what the page showed, so that nothing has to be narrowed again."""
    beside = {"csrfmiddlewaretoken", "name", "shared", "keep_period"}
    return [(name, value) for name, value in asked_pairs(request) if name not in beside]
