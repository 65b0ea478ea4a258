"""Pages of assessments: schemes, scorecards, one scorecard with its explanation, marks."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from assessments.cards import Card, CardLine, Group, Subject, best_lifts
from assessments.forms.marks import MarkForm, PeriodForm
from assessments.models import Cycle, Mark, Scheme, SchemeItem
from assessments.points import shown
from assessments.queries.cycles import (
    committee_items,
    cycle_over,
    cycles,
    cycles_of,
    own_items,
)
from assessments.queries.scorecards import (
    card_url,
    kept_scorecards,
    next_unscored,
    quota_readings,
)
from assessments.queries.subjects import judges, subjects_of
from assessments.services.marks import MarkRefused, give_mark, told
from assessments.tasks import ask_for_scorecards
from assessments.views.asking import (
    asked_card,
    asked_period,
    ledger_url,
    line_url,
    measured,
    one_subject,
)
from branches.models import PartyOrganization
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period
from partybuild.scoping import active_scope
from partybuild.submissions import new_key, once

VIEW = "assessments.view_scorecard"
MARK, ASSESS = "assessments.mark_scorecard", "assessments.assess_self"
ASSESS_UNIT = "assessments.assess_unit"
DRAFT = "assessments.change_scheme"


class SchemeListView(View):
    """The schemes; somebody with a single branch goes straight to its scorecard."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        schemes = list(Scheme.objects.order_by("-is_running", "title", "-edition"))
        today = timezone.localdate()
        rows = [
            {
                "scheme": scheme,
                "period": scheme.period_on(today),
                "state": scheme.state_on(today),
            }
            for scheme in schemes
        ]
        running = [scheme for scheme in schemes if scheme.is_running]
        branches = PartyOrganization.objects.filter(kind__in=PartyOrganization.BRANCH_KINDS)
        only = list(branches[:2])
        return render(
            request,
            "assessments/scheme_list.html",
            {
                "rows": rows,
                "branch": only[0] if len(only) == 1 else None,
                "may_draft": request.user.has_perm(DRAFT),
                "newest": running[0] if len(running) == 1 else None,
            },
        )


class ScorecardListView(View):
    """The kept scorecards of one scheme and period, in the order of the tree."""

    permission_required = VIEW

    def get(self, request: HttpRequest, scheme: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, found)
        running = found.period_on(timezone.localdate())
        form = PeriodForm(request.GET, scheme=found, running=running, chosen=period)
        name = form.cleaned_data["name"] if form.is_valid() else ""
        page = page_of(
            kept_scorecards(found, period, name=name),
            order=("organization__path", "pk"),
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
                "quotas": quota_readings(found, period),
                "unit": found.counted_as,
                "may_compute": request.user.has_perm(MARK),
                "may_compare": request.user.has_perm("assessments.compare_scheme"),
                "submission_key": new_key(),
            },
        )


class ComputeView(View):
    """Starts the computation of the scorecards where the user may mark."""

    permission_required = MARK

    def post(self, request: HttpRequest, scheme: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, found)
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
    """One subject's scorecard, computed anew: line → rule → records → arithmetic → what lifts it."""

    permission_required = VIEW

    def get(self, request: HttpRequest, scheme: str, organization: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, found)
        today = timezone.localdate()
        card = asked_card(found, period, organization)
        cycle = cycle_over(found, period, card.organization)
        user: Any = request.user
        may_mark = judges(user, MARK, found, card.organization)
        about = found.items.filter(number=0).first() if found.plan.asks_subjects else None
        about_url = mark_url(about, card.subject, period) if about and may_mark else ""
        return render(
            request,
            "assessments/scorecard.html",
            {
                "scheme": found,
                "period": period,
                "is_running": period.end >= today,
                "today": today,
                "card": card,
                "groups": [_group(group, card, found, period, user) for group in card.groups],
                "lifts": best_lifts(card),
                "cycle": cycles().filter(pk=cycle.pk).first() if cycle else None,
                "adjusts": found.plan.adjusting.allowed,
                "may_mark": may_mark,
                "about": told(about, card.about.values) if about and card.about else "",
                "about_url": about_url,
            },
        )


class MarkView(View):
    """Types what holds of one judged line, or of the subject itself."""

    permission_required = MARK
    template_name = "assessments/mark_form.html"
    own = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kwargs = kwargs

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._ask(request)
        return self._show(request, MarkForm(item=self.item, mark=self._mark()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._ask(request)
        form = MarkForm(request.POST, item=self.item, mark=None)
        if not form.is_valid():
            return self._show(request, form)
        try:
            answer = once(
                user=request.user,
                key=form.cleaned_data["submission_key"],
                act=lambda: self._give(request, form),
            )
        except MarkRefused as refused:
            form.add_error(form.inputs[0].name if len(form.inputs) == 1 else None, str(refused))
            return self._show(request, form)
        except StaleVersion:
            mark = self._mark()
            if mark is None:
                form.add_error(None, "这项评分已经不在了。您填的内容还在；再按保存，就重新评。")
                form.data = {**form.data, "version": "0"}
                return self._show(request, form)
            form.add_error(None, _since(mark))
            form.refreshed_from(mark)
            return self._show(request, form)
        messages.success(request, self._effect())
        return redirect(answer)

    def _ask(self, request: HttpRequest) -> None:
        """Find what the address names, or raise 404."""
        scheme, self.period = self._about(request)
        if self.period.start > timezone.localdate():
            raise Http404("A period that has not begun cannot be judged.")
        row = get_object_or_404(
            subjects_of(scheme, self.period), public_id=self.kwargs["organization"]
        )
        self.subject = one_subject(scheme, row, self.period)
        if scheme.scores_units and not self._may_speak(request, scheme):
            raise Http404("Nobody judges his own unit.")
        self.item = get_object_or_404(
            scheme.items.select_related("scheme"), number=self.kwargs["number"], is_judged=True
        )
        self.side = request.GET.get("side", "")
        sides = {side.code for side in scheme.plan.all_sides} if self.item.number else {""}
        if self.side not in sides:
            raise Http404("The scheme has no such side.")

    def _may_speak(self, request: HttpRequest, scheme: Scheme) -> bool:
        """Tell whether somebody is of the side that types here, where that is not said by the scope."""
        return judges(request.user, self.permission_required, scheme, self.subject.organization)

    def _about(self, request: HttpRequest) -> tuple[Scheme, Period]:
        """Return the scheme and the period that are marked."""
        scheme = get_object_or_404(Scheme, public_id=self.kwargs["scheme"])
        return scheme, asked_period(request, scheme)

    def _url(self, item: SchemeItem) -> str:
        """Return where something is said of another line of the subject."""
        return mark_url(item, self.subject, self.period, self.side)

    def _back_url(self) -> str:
        """Return the page from which one came."""
        return card_url(self.item.scheme, self.subject, self.period)

    def _after(self) -> str:
        """Return the page that shows what was saved."""
        place = f"{self.item.number}-{self.side}" if self.side else f"{self.item.number}"
        return f"{self._back_url()}#line-{place}"

    def _mark(self) -> Mark | None:
        return (
            Mark.objects.filter(
                item=self.item,
                organization=self.subject.organization,
                member=self.subject.member,
                side=self.side,
                period=self.period.code,
            )
            .select_related("given_by", "item__scheme")
            .first()
        )

    def _give(self, request: HttpRequest, form: MarkForm) -> str:
        give_mark(
            actor=request.user,
            item=self.item,
            subject=self.subject,
            period=self.period,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            evidence=form.cleaned_data["evidence"],
            side=self.side,
            version=form.cleaned_data["version"],
        )
        following = self._following() if "next" in request.POST else None
        if following:
            return self._url(following)
        return self._after()

    def _following(self) -> SchemeItem | None:
        """Return the next line that this person has to say something about."""
        cycle = cycle_over(self.item.scheme, self.period, self.subject.organization)
        items = None
        if cycle:
            pairs = own_items(cycle) if self.own else committee_items(cycle)
            items = {item.pk for item, side in pairs if side == self.side}
        return next_unscored(self.item, self.subject, self.period, self.side, items)

    def _effect(self) -> str:
        """Say what came of it at once: the line's arithmetic, and the total as it is now."""
        card = asked_card(self.item.scheme, self.period, self.subject.public_id)
        total = card.result.total
        now = "总分未完成" if total.points is None else f"总分现在是 {shown(total.points)} 分"
        line = next(
            (
                one
                for one in card.lines
                if one.line.code == self.item.code and one.side.code == self.side
            ),
            None,
        )
        if line is None:
            return f"{self.subject.label}的“{self.item.title}”已保存，得分随之更新。"
        if not line.line.counts:
            return f"“{self.item.title}”已保存：{line.why}；{now}。"
        points = line.state.label if line.points is None else f"得 {shown(line.points)} 分"
        return f"“{self.item.title}”已评分：{line.why}；{points}，{now}。"

    def _show(self, request: HttpRequest, form: MarkForm) -> HttpResponse:
        side = next((s for s in self.item.scheme.plan.sides if s.code == self.side), None)
        mark = self._mark()
        if self.own:
            form.fields["reason"].help_text = "写明依据什么材料、哪些事；上级评审时看得到。"
        return render(
            request,
            self.template_name,
            {
                "scheme": self.item.scheme,
                "item": self.item,
                "line": self.item.line,
                "side": side,
                "subject": self.subject,
                "period": self.period,
                "form": form,
                "mark": mark,
                "told": told(self.item, mark.values) if mark else "",
                "has_next": self._following() is not None,
                "back_url": self._back_url(),
                "own": self.own,
            },
        )


class AssessView(MarkView):
    """Types what a subject says of itself: 自评, while its cycle asks for it."""

    permission_required = ASSESS
    own = True
    of_units = False
    page = "assessments:own_lines"

    def _about(self, request: HttpRequest) -> tuple[Scheme, Period]:
        found = cycles_of(units=self.of_units)
        self.cycle = get_object_or_404(found, public_id=self.kwargs["cycle"])
        return self.cycle.scheme, self.cycle.span

    def _url(self, item: SchemeItem) -> str:
        return assess_url(self.cycle, self.subject, item, self.side)

    def _back_url(self) -> str:
        args = [self.cycle.public_id, self.subject.public_id]
        return reverse(self.page, args=args)

    def _after(self) -> str:
        return self._back_url()

    def _ask(self, request: HttpRequest) -> None:
        super()._ask(request)
        sides = {side.code: side for side in self.item.scheme.plan.all_sides}
        if not self.item.number or not self.item.scheme.plan.is_own(
            sides[self.side], self.item.line
        ):
            raise Http404("Nothing that a subject says of itself.")


class AssessUnitView(AssessView):
    """Types what a unit says of itself."""

    permission_required = ASSESS_UNIT
    of_units = True
    page = "assessments:unit_lines"

    def _may_speak(self, request: HttpRequest, scheme: Scheme) -> bool:
        # Whoever stands above may look; the service takes it from the unit alone.
        return True


def _group(group: Group, card: Card, scheme: Scheme, period: Period, reader: Any) -> dict[str, Any]:
    rows = [_row(line, card, scheme, period, reader) for line in group.lines]
    return {"group": group, "rows": rows}


def _row(line: CardLine, card: Card, scheme: Scheme, period: Period, reader: Any) -> dict[str, Any]:
    judged = line.line.is_judged and judges(reader, MARK, scheme, card.organization)
    return {
        "line": line,
        "ledger_url": ledger_url(line, card, period, reader) if line.indicator else "",
        "measured": measured(line) if line.indicator else "",
        "mark_url": _line_url(scheme, card.subject, line.number, period, line.side.code)
        if judged
        else "",
        "why_url": line_url(scheme, card.subject, line, period),
    }


def assess_url(cycle: Cycle, subject: Subject, item: SchemeItem, side: str) -> str:
    """Return where a subject says something of itself."""
    page = "assessments:assess_unit" if cycle.scheme.scores_units else "assessments:assess"
    url = reverse(page, args=[cycle.public_id, subject.public_id, item.number])
    return f"{url}?{urlencode({'side': side})}" if side else url


def mark_url(item: SchemeItem, subject: Subject, period: Period, side: str = "") -> str:
    """Return where something is said of a line of a subject."""
    return _line_url(item.scheme, subject, item.number, period, side)


def _line_url(scheme: Scheme, subject: Subject, number: int, period: Period, side: str) -> str:
    url = reverse("assessments:mark", args=[scheme.public_id, subject.public_id, number])
    asked = {"period": period.code} | ({"side": side} if side else {})
    return f"{url}?{urlencode(asked)}"


def _since(mark: Mark) -> str:
    at = timezone.localtime(mark.given_at)
    return (
        f"{mark.given_by.name}在 {at.month}月{at.day}日 {at:%H:%M} 已评过此项："
        f"{told(mark.item, mark.values)}。您填的内容还在；核对后再按保存，就以您的为准。"
    )
