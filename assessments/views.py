"""Pages of assessments: schemes, scorecards, one scorecard with its explanation, marks."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from assessments.forms import MarkForm, PeriodForm
from assessments.models import Mark, Scheme, SchemeItem
from assessments.points import in_words
from assessments.queries import (
    Card,
    Line,
    best_lifts,
    card_url,
    kept_scorecards,
    next_unscored,
    scorecards,
    subjects_of,
)
from assessments.services import give_mark
from assessments.tasks import ask_for_scorecards
from branches.models import PartyOrganization
from partybuild.indicators import indicators
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period, PeriodProblem
from partybuild.scoping import active_scope
from partybuild.submissions import new_key, once

VIEW = "assessments.view_scorecard"
MARK = "assessments.mark_scorecard"


class SchemeListView(View):
    """The schemes; somebody with a single branch goes straight to its scorecard."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        schemes = list(Scheme.objects.order_by("-is_running", "title", "-edition"))
        today = timezone.localdate()
        rows = [{"scheme": scheme, "period": scheme.period_on(today)} for scheme in schemes]
        branches = PartyOrganization.objects.filter(kind__in=PartyOrganization.BRANCH_KINDS)
        only = list(branches[:2])
        return render(
            request,
            "assessments/scheme_list.html",
            {"rows": rows, "branch": only[0] if len(only) == 1 else None},
        )


class ScorecardListView(View):
    """The kept scorecards of one scheme and period, in the order of the tree."""

    permission_required = VIEW

    def get(self, request: HttpRequest, scheme: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = _period(request, found)
        running = found.period_on(timezone.localdate())
        form = PeriodForm(request.GET, scheme=found, running=running, chosen=period)
        name = form.cleaned_data["name"] if form.is_valid() else ""
        page = page_of(
            kept_scorecards(found, period, name=name),
            order=("organization__path",),
            cursor=request.GET.get("cursor", ""),
        )
        return render(
            request,
            "assessments/scorecard_list.html",
            {
                "scheme": found,
                "period": period,
                "form": form,
                "page": page,
                "pager": pager_urls(request, page),
                "has_filter": bool(name),
                "may_compute": request.user.has_perm(MARK),
                "submission_key": new_key(),
            },
        )


class ComputeView(View):
    """Starts the computation of the scorecards where the user may mark."""

    permission_required = MARK

    def post(self, request: HttpRequest, scheme: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = _period(request, found)
        tops = PartyOrganization.objects.filter(path__in=active_scope().tops)

        def start() -> str:
            for top in tops:
                ask_for_scorecards(actor=request.user, scheme=found, period=period, place=top)
            return f"{found.get_absolute_url()}?{urlencode({'period': period})}"

        key = request.POST.get("submission_key") or new_key()
        answer = once(user=request.user, key=key, act=start)
        messages.info(request, "已开始计算，稍后刷新本页就能看到新的得分。")
        return redirect(answer)


class ScorecardView(View):
    """One branch's scorecard, computed anew: line → rule → records → arithmetic → what lifts it."""

    permission_required = VIEW

    def get(self, request: HttpRequest, scheme: str, organization: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = _period(request, found)
        today = timezone.localdate()
        card = _card(found, period, organization)
        user: Any = request.user
        may_mark = user.scope_for(MARK).covers(card.organization.path)
        return render(
            request,
            "assessments/scorecard.html",
            {
                "scheme": found,
                "period": period,
                "is_running": period.end >= today,
                "today": today,
                "card": card,
                "rows": [_row(line, card, period, may_mark=may_mark) for line in card.lines],
                "lifts": best_lifts(card),
            },
        )


class MarkView(View):
    """Types the mark of one judged line."""

    permission_required = MARK
    template_name = "assessments/mark_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kwargs = kwargs

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        item, place, period = self._asked(request)
        mark = _mark(item, place, period)
        return self._show(request, item, place, period, MarkForm(item=item, mark=mark))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        item, place, period = self._asked(request)
        form = MarkForm(request.POST, item=item, mark=None)
        if not form.is_valid():
            return self._show(request, item, place, period, form)
        try:
            answer = once(
                user=request.user,
                key=form.cleaned_data["submission_key"],
                act=lambda: self._give(request, item, place, period, form),
            )
        except StaleVersion:
            mark = Mark.objects.select_related("given_by").get(
                item=item, organization=place, period=period.code
            )
            form.add_error(None, _since(mark))
            form.refreshed_from(mark)
            return self._show(request, item, place, period, form)
        messages.success(request, f"“{item.title}”已评分，{place.label}的得分随之更新。")
        return redirect(answer)

    def _asked(self, request: HttpRequest) -> tuple[SchemeItem, PartyOrganization, Period]:
        scheme = get_object_or_404(Scheme, public_id=self.kwargs["scheme"])
        period = _period(request, scheme)
        if period.start > timezone.localdate():
            raise Http404("A period that has not begun cannot be judged.")
        place = get_object_or_404(
            subjects_of(scheme, period), public_id=self.kwargs["organization"]
        )
        item = get_object_or_404(scheme.items, number=self.kwargs["number"], indicator="")
        return item, place, period

    def _give(
        self,
        request: HttpRequest,
        item: SchemeItem,
        place: PartyOrganization,
        period: Period,
        form: MarkForm,
    ) -> str:
        give_mark(
            actor=request.user,
            item=item,
            organization=place,
            period=period,
            points=form.cleaned_data["points"],
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
        following = next_unscored(item, place, period) if "next" in request.POST else None
        if following:
            return _mark_url(following, place, period)
        return f"{card_url(item.scheme, place, period)}#line-{item.number}"

    def _show(
        self,
        request: HttpRequest,
        item: SchemeItem,
        place: PartyOrganization,
        period: Period,
        form: MarkForm,
    ) -> HttpResponse:
        return render(
            request,
            self.template_name,
            {
                "scheme": item.scheme,
                "item": item,
                "organization": place,
                "period": period,
                "form": form,
                "mark": _mark(item, place, period),
                "has_next": next_unscored(item, place, period) is not None,
                "card_url": card_url(item.scheme, place, period),
            },
        )


def _period(request: HttpRequest, scheme: Scheme) -> Period:
    """Return the period asked for, the running one when none is; 404 for what is no period."""
    text = request.GET.get("period", "")
    if not text:
        return scheme.period_on(timezone.localdate())
    try:
        period = Period.parse(text)
    except PeriodProblem as problem:
        raise Http404(str(problem)) from problem
    if period.kind != scheme.per:
        raise Http404("The scheme has another kind of period.")
    return period


def _card(scheme: Scheme, period: Period, organization: str) -> Card:
    one = subjects_of(scheme, period).filter(public_id=organization)
    cards = scorecards(scheme, one, period, as_of=timezone.localdate())
    if not cards:
        raise Http404("No such branch in scope.")
    return cards[0]


def _row(line: Line, card: Card, period: Period, *, may_mark: bool) -> dict[str, Any]:
    judged = not line.item.indicator
    return {
        "line": line,
        "ledger_url": "" if judged else _ledger_url(line, card, period),
        "mark_url": _mark_url(line.item, card.organization, period) if judged and may_mark else "",
    }


def _ledger_url(line: Line, card: Card, period: Period) -> str:
    ledger, conditions = indicators[line.item.indicator].evidence
    asked = {"organization": card.organization.public_id, "period": period.code, **conditions}
    return f"{reverse('partybuild:ledger', args=[ledger])}?{urlencode(asked)}"


def _mark_url(item: SchemeItem, place: PartyOrganization, period: Period) -> str:
    url = reverse("assessments:mark", args=[item.scheme.public_id, place.public_id, item.number])
    return f"{url}?{urlencode({'period': period})}"


def _mark(item: SchemeItem, place: PartyOrganization, period: Period) -> Mark | None:
    return (
        Mark.objects.filter(item=item, organization=place, period=period.code)
        .select_related("given_by")
        .first()
    )


def _since(mark: Mark) -> str:
    at = timezone.localtime(mark.given_at)
    return (
        f"{mark.given_by.name}在 {at.month}月{at.day}日 {at:%H:%M} 已把此项评为"
        f" {in_words(mark.points)} 分。您填的内容还在；核对后再按保存，就以您的为准。"
    )
