"""The stages of a cycle: from one to the next, its bands, what was sealed and whether it still holds."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import SealedCard, Subject
from assessments.engine.snapshots import inputs_from_data, moved_lines
from assessments.forms.cycles import BandForm, ReasonForm, SealForm
from assessments.models import BandDecision, Cycle, SealedScorecard
from assessments.points import shown
from assessments.queries.cycles import Overview, cards_of, overview, result_of, said_in
from assessments.queries.subjects import rows_seen
from assessments.services.cycles import (
    archive_cycle,
    begin_publicity,
    begin_review,
    begin_self_assessment,
    decide_band,
    fingerprint_of,
    reopen_review,
    seal_cycle,
)
from assessments.views.cycles import CycleMixin
from partybuild.saving import ButtonView, VersionedView, version_in

VIEW = "assessments.view_scorecard"
RUN = "assessments.run_cycle"


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
    done = "自评开始，考核对象现在可以填写。"


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
