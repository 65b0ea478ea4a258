"""Pages of 加减分: proposed beside a scorecard, decided by somebody else."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from assessments.cards import Subject
from assessments.engine.numbers import signed
from assessments.forms.cycles import AdjustmentForm, OpinionForm, ReasonForm
from assessments.models import Adjustment, Scheme
from assessments.queries.adjustments import adjustments_of
from assessments.queries.scorecards import card_url
from assessments.queries.subjects import judges, subjects_of
from assessments.services.adjustments import (
    decide_adjustment,
    propose_adjustment,
    withdraw_adjustment,
)
from assessments.views.asking import asked_period, one_subject
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period
from partybuild.saving import SavingView, VersionedView

VIEW, MARK, APPROVE = (
    "assessments.view_scorecard",
    "assessments.mark_scorecard",
    "assessments.approve_adjustment",
)


class AdjustmentListView(TemplateView):
    """What was proposed of a scheme and period."""

    permission_required = VIEW
    template_name = "assessments/adjustments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scheme = get_object_or_404(Scheme, public_id=kwargs["scheme"])
        period = asked_period(self.request, scheme)
        page = page_of(
            adjustments_of(scheme, period),
            order=("-proposed_at", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            rows=[
                (
                    Link(
                        Subject.of(scheme, one.organization, one.member).label,
                        one.get_absolute_url(),
                    ),
                    signed(one.points),
                    one.reason,
                    one.paper,
                    one.get_state_display(),
                )
                for one in page.rows
            ],
            period=period,
            **kwargs | {"scheme": scheme},
        )


class ProposeView(SavingView):
    """Propose points beside the lines."""

    permission_required = MARK
    form_class = AdjustmentForm
    heading = "提出加减分"
    button = "提出"
    done = "已提出，由别人批准以后才计入。"

    @cached_property
    def scheme(self) -> Scheme:
        return get_object_or_404(Scheme, public_id=self.kwargs["scheme"])

    @cached_property
    def period(self) -> Period:
        return asked_period(self.request, self.scheme)

    @cached_property
    def subject(self) -> Subject:
        row = get_object_or_404(
            subjects_of(self.scheme, self.period), public_id=self.kwargs["organization"]
        )
        return one_subject(self.scheme, row, self.period)

    def get_lead(self) -> str:
        return f"{self.subject.label}，{self.period.title}，{self.scheme.title}"

    def back_url(self) -> str:
        return card_url(self.scheme, self.subject, self.period)

    def save(self, form: AdjustmentForm) -> str:
        adjustment = propose_adjustment(
            actor=self.request.user,
            scheme=self.scheme,
            subject=self.subject,
            period=self.period,
            **form.cleaned_data,
        )
        return adjustment.get_absolute_url()


class AdjustmentMixin:
    """Finds an adjustment in scope."""

    kwargs: dict[str, Any]

    def record(self) -> Adjustment:
        return get_object_or_404(
            Adjustment.objects.select_related(
                "scheme", "organization__superior", "member", "proposed_by", "decided_by"
            ),
            public_id=self.kwargs["adjustment"],
        )


class AdjustmentView(AdjustmentMixin, TemplateView):
    """One adjustment: for what, by which paper, who proposed and who decided."""

    permission_required = VIEW
    template_name = "assessments/adjustment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.record()
        may = judges(self.request.user, APPROVE, one.scheme, one.organization)
        subject = Subject.of(one.scheme, one.organization, one.member)
        period = Period.parse(one.period)
        return super().get_context_data(
            one=one,
            points=signed(one.points),
            subject=subject,
            period=period,
            card_url=card_url(one.scheme, subject, period),
            list_url=list_url(one.scheme, period),
            may_decide=may and one.state == Adjustment.State.PROPOSED,
            may_withdraw=may and one.state == Adjustment.State.APPROVED,
            **kwargs,
        )


class DecideView(AdjustmentMixin, VersionedView):
    """Approve or refuse."""

    permission_required = APPROVE
    form_class = OpinionForm
    heading = "批准加减分"
    button = "确定"
    done = "已办理，得分随之更新。"

    def get_lead(self) -> str:
        one = self.record()
        subject = Subject.of(one.scheme, one.organization, one.member)
        return f"{subject.label} {signed(one.points)}：{one.reason}（{one.paper}）"

    def edit(self, form: OpinionForm, record: Adjustment, version: int) -> str:
        decide_adjustment(
            actor=self.request.user, adjustment=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class WithdrawView(AdjustmentMixin, VersionedView):
    """Take back what was approved."""

    permission_required = APPROVE
    form_class = ReasonForm
    heading = "撤销加减分"
    button = "撤销"
    done = "已撤销，不再计入。"

    def edit(self, form: ReasonForm, record: Adjustment, version: int) -> str:
        withdraw_adjustment(
            actor=self.request.user,
            adjustment=record,
            version=version,
            reason=form.cleaned_data["reason"],
        )
        return record.get_absolute_url()


def list_url(scheme: Scheme, period: Period) -> str:
    """Return the address of what was proposed of a scheme and period."""
    url = reverse("assessments:adjustments", args=[scheme.public_id])
    return f"{url}?{urlencode({'period': period.code})}"
