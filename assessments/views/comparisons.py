"""The page that tries another scheme on a period: who would be in another band, and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from assessments.forms.comparisons import ComparisonForm
from assessments.models import Scheme
from assessments.queries.comparisons import Trial, Tried, comparable_with, trial
from assessments.views.asking import asked_period

SHOWN = 50


class CompareView(View):
    """What a scheme would have given on a past period, beside what was used then; nobody is ranked."""

    permission_required = "assessments.compare_scheme"

    def get(self, request: HttpRequest, scheme: str) -> HttpResponse:
        used = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, used)
        running = used.period_on(timezone.localdate())
        others = list(comparable_with(used))
        form = ComparisonForm(
            request.GET, scheme=used, running=running, chosen=period, others=others
        )
        other = next((one for one in others if one.public_id == request.GET.get("with")), None)
        tried = trial(used, other, period, as_of=timezone.localdate()) if other else None
        shown = _shown(tried, every=request.GET.get("show") == "all") if tried else []
        start = _start(request)
        return render(
            request,
            "assessments/compare.html",
            {
                "scheme": used,
                "other": other,
                "others": others,
                "period": period,
                "form": form,
                "trial": tried,
                "rows": shown[start : start + SHOWN],
                "count": len(shown),
                "unit": "名党员" if used.scores_members else "个党支部",
                "previous": _page(request, start - SHOWN) if start else "",
                "next": _page(request, start + SHOWN) if start + SHOWN < len(shown) else "",
            },
        )


def _shown(tried: Trial, *, every: bool) -> list[Tried]:
    return tried.differing if every else tried.moving


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004 -- no such page


def _page(request: HttpRequest, start: int) -> str:
    asked: Any = request.GET.copy()
    asked["from"] = max(start, 0)
    return f"?{asked.urlencode()}"
