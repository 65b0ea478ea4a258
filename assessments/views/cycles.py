"""Pages of cycles: launched, led through their stages, sealed, looked at again."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import Card, SealedCard, Subject
from assessments.engine.snapshots import inputs_from_data, moved_lines
from assessments.forms.cycles import (
    BandForm,
    CycleForm,
    LaunchForm,
    RatersForm,
    ReasonForm,
    SealForm,
)
from assessments.models import BandDecision, Cycle, Rater, Scheme, SealedScorecard
from assessments.points import shown
from assessments.queries.ballots import rated_lines, raters_of
from assessments.queries.cycles import (
    Overview,
    appeals_of,
    cards_of,
    cycles,
    cycles_of,
    overview,
    own_items,
    publicity_over,
    result_of,
    said_in,
    sealed_cards,
    stage_title,
    subjects_in,
    subjects_shown,
    usual_publicity_days,
)
from assessments.queries.subjects import (
    appeals_for,
    assesses,
    judges,
    rows_seen,
    secretary_remarks,
)
from assessments.services.cycles import (
    appoint_raters,
    archive_cycle,
    begin_publicity,
    begin_review,
    begin_self_assessment,
    correct_cycle,
    decide_band,
    dismiss_rater,
    fingerprint_of,
    launch_cycle,
    reopen_review,
    seal_cycle,
)
from assessments.views.asking import one_subject
from assessments.views.scorecards import assess_url
from branches.queries.organizations import bodies_in_scope
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView, version_in

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


class StageView(CycleMixin, ButtonView):
    """A button that leads to the next stage."""

    permission_required = RUN
    service: Any = None

    def record(self) -> Cycle:
        return self.own_cycle()

    def act(self, version: int) -> None:
        type(self).service(actor=self.request.user, cycle=self.cycle, version=version)


class BeginSelfView(StageView):
    permission_required = RUN
    service = begin_self_assessment
    done = "自评开始，被考核的现在可以填写。"


class BeginReviewView(StageView):
    permission_required = RUN
    service = begin_review
    done = "评审开始，自评不能再改。"


class BeginPublicityView(StageView):
    permission_required = RUN
    service = begin_publicity
    done = "公示开始，被考核的看得到得分，可以提出申诉。"


class ArchiveView(StageView):
    permission_required = RUN
    service = archive_cycle
    done = "已归档。"


class ReopenView(CycleMixin, VersionedView):
    """Take back what is public."""

    permission_required = RUN
    form_class = ReasonForm
    heading = "退回评审"
    hint = "退回以后评分可以再改；改好重新公示，公示天数重新计算。"
    button = "退回评审"
    done = "已退回评审。"

    def record(self) -> Cycle:
        return self.own_cycle()

    def edit(self, form: ReasonForm, record: Cycle, version: int) -> str:
        reopen_review(actor=self.request.user, cycle=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


class SealView(CycleMixin, VersionedView):
    """Publish and seal, after a look at the whole."""

    permission_required = RUN
    form_class = SealForm
    template_name = "assessments/seal.html"
    heading = "公布并封存"
    hint = "公布以后，方案、依据和得分一起封存，任何人都不能再改。"
    button = "公布并封存"
    done = "已公布并封存。"

    def record(self) -> Cycle:
        return self.own_cycle()

    @cached_property
    def whole(self) -> Overview:
        return overview(self.cycle)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"whole": self.whole, "cycle": self.cycle} | kwargs)

    def edit(self, form: SealForm, record: Cycle, version: int) -> str:
        seal_cycle(actor=self.request.user, cycle=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


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


class BandView(CycleMixin, VersionedView):
    """Settle the band of one subject."""

    permission_required = RUN
    form_class = BandForm
    heading = "定等次"
    button = "确定"
    done = "已确定，按分数的等次和理由都留着。"

    def decision(self) -> BandDecision | None:
        return BandDecision.objects.filter(
            cycle=self.cycle,
            organization=self.subject.organization,
            member=self.subject.member,
        ).first()

    def record(self) -> Any:
        return self.decision() or BandDecision(cycle=self.cycle, version=0)

    @cached_property
    def cycle(self) -> Cycle:
        return self.own_cycle()

    def back_url(self) -> str:
        return self.cycle.get_absolute_url()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"scheme": self.cycle.scheme}

    def get_initial(self) -> dict[str, Any]:
        found = self.decision()
        return {"band": found.band, "reason": found.reason} if found else {"band": self.card().band}

    def get_lead(self) -> str:
        card = self.card()
        points = card.result.total.points
        told = "还没有评完" if points is None else f"{shown(points)} 分"
        band = f"，按分数是“{card.band}”" if card.band else ""
        return f"{self.subject.label}：{told}{band}。{card.result.band.why}"

    def save(self, form: BandForm) -> str:
        return self.edit(form, None, version_in(self.request))

    def edit(self, form: BandForm, record: Any, version: int) -> str:
        decide_band(
            actor=self.request.user,
            cycle=self.cycle,
            subject=self.subject,
            card=self.card(),
            version=version,
            **form.cleaned_data,
        )
        return self.cycle.get_absolute_url()


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


class SealedView(CycleMixin, TemplateView):
    """A sealed scorecard, explained from nothing but what was sealed."""

    permission_required = VIEW
    template_name = "assessments/sealed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = self.cycle
        found = rows_seen(cycle.scheme, SealedScorecard).filter(cycle=cycle)
        found = found.select_related("organization", "member")
        sealed = get_object_or_404(found, public_id=self.kwargs["sealed"])
        result = result_of(sealed, cycle.document or {})
        card = SealedCard(
            Subject.of(cycle.scheme, sealed.organization, sealed.member),
            result,
            inputs_from_data(sealed.inputs),
            said_in(sealed),
        )
        return super().get_context_data(
            card=card,
            groups=card.groups,
            is_same=result.fingerprint == sealed.fingerprint,
            **kwargs | {"cycle": cycle, "sealed": sealed},
        )


class CheckView(CycleMixin, TemplateView):
    """What was sealed computed again, and beside it what the records say today."""

    permission_required = RUN
    template_name = "assessments/check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = self.own_cycle()
        if not cycle.is_sealed:
            raise Http404
        rows = list(
            SealedScorecard.objects.filter(cycle=cycle)
            .select_related("organization__superior", "member")
            .order_by("position")
        )
        results = [result_of(one, cycle.document or {}) for one in rows]
        differing = [
            one.label
            for one, result in zip(rows, results, strict=True)
            if result.fingerprint != one.fingerprint
        ]
        now = {card.subject.key: card for card in cards_of(cycle)}
        moved = []
        for one, result in zip(rows, results, strict=True):
            card = now.get(cycle.scheme.key_of(one.organization_id, one.member_id))
            lines = moved_lines(result, card.result) if card else []
            if lines or card is None:
                moved.append((one, card, lines))
        return super().get_context_data(
            count=len(rows),
            differing=differing,
            is_same=fingerprint_of(cycle, rows) == cycle.fingerprint and not differing,
            moved=moved,
            **kwargs | {"cycle": cycle},
        )
