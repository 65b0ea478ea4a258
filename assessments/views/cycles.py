"""Pages of cycles: launched, led through their stages, sealed, looked at again."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import Card, Subject
from assessments.forms.cycles import CycleForm, LaunchForm, RatersForm
from assessments.models import Cycle, Rater, Scheme
from assessments.points import shown
from assessments.queries.ballots import rated_lines, raters_of
from assessments.queries.cycles import (
    appeals_of,
    cards_of,
    cycles,
    cycles_of,
    overview,
    own_items,
    publicity_over,
    sealed_cards,
    stage_title,
    subjects_in,
    subjects_shown,
    usual_publicity_days,
)
from assessments.queries.subjects import appeals_for, assesses, judges, secretary_remarks
from assessments.services.cycles import appoint_raters, correct_cycle, dismiss_rater, launch_cycle
from assessments.views.asking import one_subject
from assessments.views.scorecards import assess_url
from branches.queries.organizations import bodies_in_scope
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, EditingView, SavingView

VIEW, RUN = "assessments.view_scorecard", "assessments.run_cycle"
MARK, ASSESS = "assessments.mark_scorecard", "assessments.assess_self"
ASSESS_UNIT = "assessments.assess_unit"
Stage = Cycle.Stage


class CycleMixin:
    """Finds the cycle that a page is about."""

    kwargs: dict[str, Any]
    request: Any

    def record(self) -> Cycle:
        """Return the cycle as it is stored now."""
        return get_object_or_404(cycles(), public_id=self.kwargs["cycle"])

    @cached_property
    def cycle(self) -> Cycle:
        return self.record()

    def own_cycle(self) -> Cycle:
        """Return a cycle that the user's committee carries out; 404 for one from above."""
        return get_object_or_404(
            Cycle.objects.select_related("scheme", "organization__superior"),
            public_id=self.kwargs["cycle"],
        )

    @cached_property
    def subject(self) -> Subject:
        row = get_object_or_404(subjects_in(self.cycle), public_id=self.kwargs["organization"])
        return one_subject(self.cycle.scheme, row, self.cycle.span)

    def card(self) -> Card:
        """Return the subject's scorecard as it is now."""
        rows = subjects_in(self.cycle).filter(public_id=self.kwargs["organization"])
        cards = cards_of(self.cycle, rows)
        if not cards:
            raise Http404
        return cards[0]

    def back_url(self) -> str:
        return self.cycle.get_absolute_url()

    def may(self, permission: str, path: str) -> bool:
        user = self.request.user
        return user.has_perm(permission) and user.scope_for(permission).covers(path)


class CycleListView(TemplateView):
    """The cycles in which the reader judges or is judged."""

    permission_required = VIEW
    template_name = "assessments/cycles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            cycles(), order=("-launched_at", "-pk"), cursor=self.request.GET.get("cursor", "")
        )
        may_run = self.request.user.has_perm(RUN)
        schemes = Scheme.objects.filter(is_running=True).order_by("title") if may_run else ()
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            rows=[
                (
                    Link(one.title, one.get_absolute_url()),
                    one.organization.label,
                    one.span.title,
                    one.scheme.title,
                    stage_title(one),
                )
                for one in page.rows
            ],
            schemes=schemes,
            **kwargs,
        )


class LaunchView(SavingView):
    """Launch a scheme for a period."""

    permission_required = RUN
    form_class = LaunchForm
    heading = "启动考核"
    button = "启动"
    done = "已启动。先核对考核对象、指定评分人，再开始自评。"
    draft_key = "assessments.launch"

    @cached_property
    def scheme(self) -> Scheme:
        return get_object_or_404(Scheme, public_id=self.kwargs["scheme"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"scheme": self.scheme}

    def get_initial(self) -> dict[str, Any]:
        period = self.scheme.period_on(timezone.localdate())
        place = bodies_in_scope().first()
        return {
            "period": period.code,
            "title": f"{period.title}{self.scheme.title}"[:100],
            "publicity_days": usual_publicity_days(place) if place else None,
        }

    def get_lead(self) -> str:
        return f"方案：{self.scheme.title}，第 {self.scheme.edition} 版；启动以后方案不再变。"

    def back_url(self) -> str:
        return reverse("assessments:cycles")

    def save(self, form: LaunchForm) -> str:
        cycle = launch_cycle(actor=self.request.user, scheme=self.scheme, **form.cleaned_data)
        return cycle.get_absolute_url()


class CycleView(CycleMixin, TemplateView):
    """One cycle: its stage, how every subject stands, what is to be looked at, the next step."""

    permission_required = VIEW
    template_name = "assessments/cycle.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = self.cycle
        may_run = self.may(RUN, cycle.organization.path)
        return super().get_context_data(
            stage=stage_title(cycle),
            may_run=may_run,
            may_mark=self.may(MARK, cycle.organization.path),
            raters=raters_of(cycle) if may_run else (),
            rates=bool(rated_lines(cycle.scheme.plan)),
            has_own=bool(own_items(cycle)),
            publicity_over=publicity_over(cycle),
            appeals=[self._appeal(one) for one in appeals_of(cycle)],
            left_out=secretary_remarks(cycle.scheme, cycle.span, cycle.organization.path)
            if not cycle.is_sealed
            else (),
            **(self._sealed() if cycle.is_sealed else self._running()),
            **kwargs | {"cycle": cycle},
        )

    @staticmethod
    def _appeal(one: Any) -> tuple[Any, ...]:
        state = "待答复" if one.answered_at is None else ("采纳" if one.is_upheld else "不采纳")
        subject = Subject.of(one.cycle.scheme, one.organization, one.member).label
        return (
            Link(subject, one.get_absolute_url()),
            one.item.title if one.item else "整体",
            one.text,
            timezone.localtime(one.filed_at).date(),
            state,
        )

    def _sealed(self) -> dict[str, Any]:
        page = page_of(
            sealed_cards(self.cycle),
            order=("position",),
            cursor=self.request.GET.get("cursor", ""),
        )
        rows = []
        for one in page.rows:
            url = reverse("assessments:sealed", args=[self.cycle.public_id, one.public_id])
            decided = one.decision if one.final_band != one.band else ""
            points = "未完成" if one.points is None else shown(one.points)
            rows.append((Link(one.label, url), points, one.band, one.final_band, decided))
        return {"page": page, "pager": pager_urls(self.request, page), "rows": rows}

    def _running(self) -> dict[str, Any]:
        show = self.request.GET.get("show", "")
        subjects = subjects_shown(self.cycle)
        if show in {"unfinished", "remarks"}:
            whole = overview(self.cycle, subjects)
            found = whole.unfinished if show == "unfinished" else whole.remarked
            rows = [self._standing(one) for one in found]
            return {"whole": whole, "rows": rows, "show": show}
        order = ("branch__path", "pinyin", "pk") if self.cycle.scheme.scores_members else ("path",)
        page = page_of(subjects, order=order, cursor=self.request.GET.get("cursor", ""))
        wanted = subjects.filter(pk__in=[row.pk for row in page.rows])
        shown_now = overview(self.cycle, wanted)
        return {
            "page": page,
            "pager": pager_urls(self.request, page),
            "rows": [self._standing(one) for one in shown_now.standings],
            "whole": shown_now if len(page.rows) == page.count else None,
        }

    def _standing(self, one: Any) -> dict[str, Any]:
        args = [self.cycle.public_id, one.subject.public_id]
        scheme, period = self.cycle.scheme, self.cycle.period
        card = reverse("assessments:scorecard", args=[scheme.public_id, one.subject.public_id])
        stage, place, user = self.cycle.stage, one.subject.organization, self.request.user
        own, appeal = (
            ("unit_lines", "unit_appeal") if scheme.scores_units else ("own_lines", "file_appeal")
        )
        return {
            "standing": one,
            "card_url": f"{card}?period={period}",
            "own_url": reverse(f"assessments:{own}", args=args)
            if stage == Stage.SELF and assesses(user, scheme, place)
            else "",
            "appeal_url": reverse(f"assessments:{appeal}", args=args)
            if stage == Stage.PUBLICITY
            and not publicity_over(self.cycle)
            and appeals_for(user, scheme, place)
            else "",
            "band_url": reverse("assessments:decide_band", args=args)
            if stage in {Stage.REVIEW, Stage.PUBLICITY}
            and judges(user, RUN, scheme, place)
            and one.card.result.total.points is not None
            and scheme.plan.bands
            else "",
        }


class CorrectCycleView(CycleMixin, EditingView):
    """Correct title and days."""

    permission_required = RUN
    form_class = CycleForm
    heading = "更正考核批次"

    def record(self) -> Cycle:
        return self.own_cycle()

    def edit(self, form: CycleForm, record: Cycle, version: int) -> str:
        cycle = correct_cycle(
            actor=self.request.user, cycle=record, version=version, **form.cleaned_data
        )
        return cycle.get_absolute_url()


class RatersView(CycleMixin, SavingView):
    """Who rates, and appointing more."""

    permission_required = RUN
    form_class = RatersForm
    template_name = "assessments/raters.html"
    heading = "评分人"
    button = "指定"
    done = "已指定，他们的首页会看到要评的内容。"

    def record(self) -> Cycle:
        return self.own_cycle()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cycle": self.cycle}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        raters = list(raters_of(self.cycle).prefetch_related("ballots"))
        return super().get_context_data(cycle=self.cycle, raters=raters, **kwargs)

    def save(self, form: RatersForm) -> str:
        said = form.cleaned_data
        appoint_raters(
            actor=self.request.user,
            cycle=self.cycle,
            users=said["users"],
            group=said.get("group", ""),
        )
        return reverse("assessments:raters", args=[self.cycle.public_id])


class DismissRaterView(CycleMixin, ButtonView):
    """Take somebody from the raters."""

    permission_required = RUN
    done = "已撤下。"

    def record(self) -> Cycle:
        return self.own_cycle()

    def act(self, version: int) -> None:
        rater = get_object_or_404(
            Rater.objects.select_related("cycle", "user"),
            cycle=self.cycle,
            public_id=self.kwargs["rater"],
        )
        dismiss_rater(actor=self.request.user, rater=rater)

    def back_url(self) -> str:
        return reverse("assessments:raters", args=[self.cycle.public_id])


class OwnLinesView(CycleMixin, TemplateView):
    """What a subject says of itself, line by line."""

    permission_required = ASSESS
    template_name = "assessments/own_lines.html"
    of_units = False

    def record(self) -> Cycle:
        return get_object_or_404(cycles_of(units=self.of_units), public_id=self.kwargs["cycle"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        card = self.card()
        by_key = {(line.side.code, line.line.code): line for line in card.lines}
        rows = []
        for item, side in own_items(self.cycle):
            if (side, item.code) in by_key:
                url = assess_url(self.cycle, card.subject, item, side)
                rows.append((by_key[side, item.code], url))
        done = sum(line.mark is not None for line, _ in rows)
        return super().get_context_data(
            card=card,
            rows=rows,
            done=done,
            stage=stage_title(self.cycle),
            **kwargs | {"cycle": self.cycle},
        )


class UnitLinesView(OwnLinesView):
    """What a unit says of itself, line by line."""

    permission_required = ASSESS_UNIT
    of_units = True
