"""The page that tries another scheme on a period: who would be in another band, and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from assessments.forms.comparisons import ComparisonForm
from assessments.models import Scheme, SchemeDraft
from assessments.queries.comparisons import (
    Trial,
    Tried,
    comparable_drafts,
    comparable_with,
    trial,
)
from assessments.views.asking import asked_period
from assessments.views.drafts import CHANGE
from partybuild.scoping import scoped_to

COMPARE = "assessments.compare_scheme"
SHOWN = 50


class CompareView(View):
    """What a scheme or a draft would have given on a past period, beside what was used then.

    Nothing is kept, nobody is ranked.
    """

    permission_required = COMPARE

    def get(self, request: HttpRequest, scheme: str) -> HttpResponse:
        used = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, used)
        running = used.period_on(timezone.localdate())
        others, drafts = list(comparable_with(used)), _drafts(request.user, used)
        form = ComparisonForm(
            request.GET,
            scheme=used,
            running=running,
            chosen=period,
            others=others,
            drafts=drafts,
        )
        wanted = request.GET.get("with")
        offered: list[Any] = [*drafts, *others]
        other = next((one for one in offered if one.public_id == wanted), None)
        tried = trial(used, other.plan, period, as_of=timezone.localdate()) if other else None
        shown = _shown(tried, every=request.GET.get("show") == "all") if tried else []
        start = _start(request)
        return render(
            request,
            "assessments/compare.html",
            {
                "scheme": used,
                "other": other,
                "others": others,
                "can_compare": bool(others or drafts),
                "is_draft": isinstance(other, SchemeDraft),
                "period": period,
                "form": form,
                "trial": tried,
                "rows": shown[start : start + SHOWN],
                "count": len(shown),
                "unit": used.counted_as,
                "previous": _page(request, start - SHOWN) if start else "",
                "next": _page(request, start + SHOWN) if start + SHOWN < len(shown) else "",
            },
        )


def _drafts(user: Any, used: Scheme) -> list[SchemeDraft]:
    """Return the drafts that may be tried: those that their own page would show to this user."""
    if not user.has_perm(CHANGE):
        return []
    with scoped_to(user.scope_for(CHANGE)):
        return comparable_drafts(used)


def _shown(tried: Trial, *, every: bool) -> list[Tried]:
    return tried.differing if every else tried.moving


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004 -- no such page


def _page(request: HttpRequest, start: int) -> str:
    asked: Any = request.GET.copy()
    asked["from"] = max(start, 0)
    return f"?{asked.urlencode()}"
