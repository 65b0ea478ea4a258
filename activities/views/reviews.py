"""Pages of the committee's review, closed months, leave to correct; and of make-up lessons."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views.generic import TemplateView, View

from activities.forms.reviews import AnswerForm, AskForm, CloseMonthForm, MakeUpForm, ReviewForm
from activities.models import Activity, Amendment, Attendance, MonthClosing, Review
from activities.queries.hints import hints_of
from activities.queries.occasions import attendance_rows, turnout_of
from activities.queries.reviews import (
    amendments_in_scope,
    closings_in_scope,
    last_reasons,
    waiting,
)
from activities.services.occasions import make_up
from activities.services.reviews import (
    answer_amendment,
    ask_to_amend,
    close_month,
    reopen_month,
    review_activity,
)
from activities.views.decisions import ActivityMixin
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period, PeriodProblem, add_months
from partybuild.refusals import Refused
from partybuild.saving import ButtonView, SavingView, version_in

REVIEW = "activities.review_activity"
QUEUE = 30


def period_of(request: HttpRequest) -> Period:
    """Return the period asked for; the running quarter and the month before it without one."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except PeriodProblem:
        return Period.containing(add_months(timezone.localdate(), -1), "quarter")


class ReviewView(TemplateView):
    """The records that wait on the left, the one to look at on the right, one key for each answer."""

    permission_required = REVIEW
    template_name = "activities/review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = period_of(self.request)
        queue = list(waiting(period)[:QUEUE])
        shown = self._shown(queue)
        at = queue.index(shown) if shown in queue else -1
        context = {
            "period": period,
            "periods": _periods(),
            "count": waiting(period).count(),
            "queue": [{"activity": each, "url": _address(each, period)} for each in queue],
            "shown": shown,
            "form": ReviewForm(),
            "reasons": last_reasons(self.request.user),
            "next_url": _address(queue[at + 1], period) if 0 <= at < len(queue) - 1 else "",
            "previous_url": _address(queue[at - 1], period) if at > 0 else "",
        }
        if shown:
            context |= {
                "meetings": shown.meetings.select_related("group"),
                "turnout": turnout_of(shown),
                "absent": attendance_rows(shown).exclude(status=Attendance.Status.PRESENT),
                "photos": shown.photos.all(),
                "hints": hints_of(shown),
            }
        return super().get_context_data(**context | kwargs)

    def _shown(self, queue: list[Activity]) -> Activity | None:
        asked = self.request.GET.get("activity")
        if asked:
            return get_object_or_404(
                Activity.objects.select_related("organization", "chair", "recorder"),
                public_id=asked,
            )
        return queue[0] if queue else None


def _address(activity: Activity, period: Period) -> str:
    query = urlencode({"period": period.code, "activity": activity.public_id})
    return f"{reverse('activities:review')}?{query}"


def _periods() -> list[Period]:
    """Return what the queue can be narrowed to: the year, its quarters so far, the last year."""
    today = timezone.localdate()
    year = Period.year(today.year)
    quarters = [quarter for quarter in year.split("quarter") if quarter.start <= today]
    return [year, *quarters, Period.year(today.year - 1)]


class ReviewActView(View):
    """Pass a record or give it back; the next one opens by itself."""

    permission_required = REVIEW

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        activity = get_object_or_404(
            Activity.objects.select_related("organization"), public_id=public_id
        )
        form, period = ReviewForm(request.POST), period_of(request)
        stay = _address(activity, period)
        if not form.is_valid():
            messages.error(request, "没有看懂这次审核，请再点一次“通过”或“退回”。")
            return redirect(stay)
        following = self._following(activity, period)
        try:
            review_activity(
                actor=request.user,
                activity=activity,
                version=version_in(request),
                **form.cleaned_data,
            )
        except StaleVersion:
            messages.warning(request, "这条记录刚被更正过，请看过现在的内容再审核。")
            return redirect(stay)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(stay)
        passed = form.cleaned_data["verdict"] == Review.Verdict.PASSED
        word = "已通过" if passed else "已退回"
        messages.success(request, f"{word}“{activity.topic}”。")
        return redirect(following)

    @staticmethod
    def _following(activity: Activity, period: Period) -> str:
        """Return the address of the record that waits next, else of the empty queue."""
        pks = list(waiting(period).values_list("pk", flat=True)[: QUEUE + 1])
        at = pks.index(activity.pk) + 1 if activity.pk in pks else 0
        after = Activity.objects.filter(pk=pks[at]).first() if at < len(pks) else None
        if after is not None:
            return _address(after, period)
        return f"{reverse('activities:review')}?{urlencode({'period': period.code})}"


class AmendmentListView(TemplateView):
    """Who asks for leave to correct a record of a closed month, and the closed months."""

    permission_required = REVIEW
    template_name = "activities/amendments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            amendments_in_scope(open_only="all" not in self.request.GET),
            order=("-asked_at", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            closings=closings_in_scope()[:24],
            shows_all="all" in self.request.GET,
            **kwargs,
        )


class AnswerView(SavingView):
    """Give leave or refuse it."""

    permission_required = REVIEW
    form_class = AnswerForm
    heading = "答复更正申请"
    button = "答复"
    done = "已答复。"

    @cached_property
    def amendment(self) -> Amendment:
        return get_object_or_404(
            Amendment.objects.select_related("activity__organization", "asked_by"),
            public_id=self.kwargs["public_id"],
        )

    def get_lead(self) -> str:
        asked = self.amendment
        return f"{asked.activity} · {asked.activity.organization.label} · {asked.asked_by.name}：{asked.reason}"

    def back_url(self) -> str:
        self.amendment  # noqa: B018 -- a foreign one is not found, also where only the way back is asked
        return reverse("activities:amendments")

    def save(self, form: AnswerForm) -> str:
        try:
            answer_amendment(
                actor=self.request.user,
                amendment=self.amendment,
                granted=form.cleaned_data["decision"] == "grant",
                answer=form.cleaned_data["answer"],
            )
        except StaleVersion:
            raise Refused("这份申请刚才已经有人答复。") from None
        return self.back_url()


class AskView(ActivityMixin, SavingView):
    """Ask for leave to correct a record of a closed month."""

    permission_required = "activities.view_activity"
    form_class = AskForm
    heading = "申请更正"
    button = "提交申请"
    done = "已提交，机关党委同意以后可以更正一次。"

    def save(self, form: AskForm) -> str:
        ask_to_amend(actor=self.request.user, activity=self.activity, **form.cleaned_data)
        return self.back_url()


class CloseMonthView(SavingView):
    """Close a month's records."""

    permission_required = REVIEW
    form_class = CloseMonthForm
    heading = "月度归档"
    lead = "归档以后，这个月的会议记录不能直接改，要先申请更正。"
    button = "归档"
    done = "已归档。"

    def back_url(self) -> str:
        return reverse("activities:amendments")

    def save(self, form: CloseMonthForm) -> str:
        close_month(actor=self.request.user, **form.cleaned_data)
        return self.back_url()


class ReopenMonthView(ButtonView):
    """Open a closed month again."""

    permission_required = REVIEW
    done = "已重新开放，支部可以补记和更正。"

    @cached_property
    def closing(self) -> MonthClosing:
        return get_object_or_404(
            MonthClosing.objects.select_related("organization"),
            public_id=self.kwargs["public_id"],
        )

    def act(self, version: int) -> None:
        reopen_month(actor=self.request.user, closing=self.closing)

    def back_url(self) -> str:
        return reverse("activities:amendments")


class MakeUpView(ActivityMixin, SavingView):
    """Note how those who were away made it up."""

    permission_required = "activities.view_activity"
    form_class = MakeUpForm
    heading = "登记补课"
    done = "已登记补课。"

    def get_form_kwargs(self) -> dict[str, Any]:
        away = attendance_rows(self.activity).filter(
            status__in=[Attendance.Status.ON_LEAVE, Attendance.Status.ABSENT]
        )
        return super().get_form_kwargs() | {"absent": list(away.select_related("activity"))}

    def save(self, form: MakeUpForm) -> str:
        make_up(actor=self.request.user, activity=self.activity, made_up=form.made_up())
        return self.back_url()
