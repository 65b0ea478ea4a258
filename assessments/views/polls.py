"""Pages of ratings: links are made and handed out; whoever holds one rates once, without an account."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView, TemplateView

from activities.views.feeds import not_found
from assessments.forms import polls as forms
from assessments.models import Campaign, CampaignPhase, PollLink, RaterKind
from assessments.queries import polls as queries
from assessments.queries.campaigns import phases_of
from assessments.services import polls as services
from assessments.views.campaigns import RUN, find_campaign_run
from partybuild.lists import table_rows
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.permissions import public
from partybuild.qr import qr_svg
from partybuild.refusals import Refused
from partybuild.saving import ButtonView, note
from partybuild.submissions import new_key, once

USED = "您的评议已经收到，谢谢！每个链接只能评议一次，这个页面可以关掉了。"

COPIED = "这批链接刚才已经生成，只显示一次。没有抄下来的，请停用以后再生成。"


class PollView(TemplateView):
    """The rating of a campaign: how many answered, and once it is over what was said."""

    permission_required = RUN
    template_name = "assessments/poll.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = find_campaign_run(kwargs["campaign"])
        is_over = queries.is_over(campaign)
        results = queries.results_of(campaign) if is_over else []
        shown, pager = slice_of(results, self.request)
        links = page_of(
            queries.links_of(campaign).filter(rater=RaterKind.SUPERVISOR),
            order=("pk",),
            cursor=self.request.GET.get("cursor", ""),
        )
        figures = queries.link_figures(campaign, timezone.localdate())
        return super().get_context_data(
            **kwargs | {"campaign": campaign},
            figures=[(rater.label, figures[rater]) for rater in RaterKind if rater in figures],
            is_over=is_over,
            rows=_result_rows(shown),
            pager=pager,
            formula=queries.formula_of(campaign),
            fewest=queries.FEWEST,
            remarks=queries.remarks_of(campaign) if is_over else (),
            links=links,
            links_pager=pager_urls(self.request, links),
            has_open=any(one.open for one in figures.values()),
            today=timezone.localdate(),
        )


def _result_rows(results: Any) -> Any:
    cells = (
        (
            one.unit,
            *(
                (one.said.satisfied, one.said.mostly, one.said.dissatisfied, one.said.unknown)
                if one.is_shown
                else ("不显示", "", "", "")
            ),
            one.rate,
        )
        for one in results
    )
    return table_rows(cells, ",n,n,n,n,n")


class MakeLinksView(FormView):
    """Make links; their secrets are shown this once, to be copied or printed."""

    permission_required = RUN
    template_name = "partybuild/saving.html"
    heading = ""
    lead = ""

    @cached_property
    def campaign(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    @property
    def back_url(self) -> str:
        return reverse("assessments:poll", args=[self.campaign.public_id])

    def get_initial(self) -> dict[str, Any]:
        rating = CampaignPhase.Purpose.RATE
        days = [one.ended_on for one in phases_of(self.campaign) if one.purpose == rating]
        last = max(days, default=None)
        return {"expires_on": last if last and last >= timezone.localdate() else None}

    def make(self, form: Any) -> list[tuple[PollLink, str]]:
        """Make the links and return each with its secret."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        made: list[tuple[PollLink, str]] = []

        def act() -> str:
            made.extend(self.make(form))
            return self.back_url

        key = self.request.POST.get("submission_key") or new_key()
        try:
            answer = once(user=self.request.user, key=key, act=act)
        except Refused as refusal:
            note(form, refusal)
            return self.form_invalid(form)
        if not made:
            messages.warning(self.request, COPIED)
            return redirect(answer)
        response = render(
            self.request,
            "assessments/poll_links.html",
            {"campaign": self.campaign, "links": [self._told(*one) for one in made]},
        )
        response["Cache-Control"] = "no-store"
        return response

    def _told(self, link: PollLink, token: str) -> dict[str, Any]:
        address = self.request.build_absolute_uri(reverse("assessments:rate_by_link", args=[token]))
        return {"link": link, "address": address, "qr": qr_svg(address)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = {
            "heading": self.heading,
            "lead": self.lead,
            "button": "生成链接",
            "back_url": self.back_url,
            "submission_key": self.request.POST.get("submission_key") or new_key(),
        }
        return super().get_context_data(**said | kwargs)


class SupervisorLinksView(MakeLinksView):
    """One link for each supervisor."""

    permission_required = RUN
    form_class = forms.SupervisorLinksForm
    heading = "请监督员评议"
    lead = "一人一个链接，只能用一次，不用账号。谁评了什么，谁也看不到。"

    def make(self, form: Any) -> list[tuple[PollLink, str]]:
        return services.make_supervisor_links(
            actor=self.request.user,
            campaign=self.campaign,
            supervisors=form.cleaned_data["people"],
            expires_on=form.cleaned_data["expires_on"],
        )


class PublicLinksView(MakeLinksView):
    """Links to hand out to the public, on paper or in a group."""

    permission_required = RUN
    form_class = forms.PublicLinksForm
    heading = "请群众评议"
    lead = "每个链接只能用一次，可以打印二维码发给办事群众。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.campaign}

    def make(self, form: Any) -> list[tuple[PollLink, str]]:
        return services.make_public_links(
            actor=self.request.user, campaign=self.campaign, **form.cleaned_data
        )


class RevokeLinkView(ButtonView):
    """Let a link open nothing any more."""

    permission_required = RUN
    done = "已停用，这个链接再也打不开。"

    @cached_property
    def link(self) -> PollLink:
        rows = PollLink.objects.select_related("campaign__organization")
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    def back_url(self) -> str:
        return reverse("assessments:poll", args=[self.link.campaign.public_id])

    def act(self, version: int) -> None:
        services.revoke_link(actor=self.request.user, link=self.link)


class EndPollView(ButtonView):
    """End the rating, so that the results can be read."""

    permission_required = RUN
    done = "评议已结束，没有用的链接都停用了。"

    @cached_property
    def campaign(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    def back_url(self) -> str:
        return reverse("assessments:poll", args=[self.campaign.public_id])

    def act(self, version: int) -> None:
        services.end_poll(actor=self.request.user, campaign=self.campaign)


# --- without an account ----------------------------------------------------------------------


@public
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link rate once, or say honestly why it cannot be used any more."""
    link = queries.link_of(token)
    if link is None:
        return not_found(request, "评议链接")
    if request.method == "POST":
        return _answer(request, link, token)
    shut = queries.why_shut(link, timezone.localdate())
    if shut:
        return _told(request, link, shut)
    return _form(request, link, forms.RateForm(units=queries.rated_units(link)))


def _answer(request: HttpRequest, link: PollLink, token: str) -> HttpResponse:
    form = forms.RateForm(request.POST, units=queries.rated_units(link))
    if not link.is_used and form.is_valid():
        try:
            services.rate(link=link, answers=form.answers(), remark=form.cleaned_data["remark"])
        except Refused as refusal:
            shut = queries.why_shut(link, timezone.localdate())
            if shut:
                return _told(request, link, shut)
            form.add_error(None, str(refusal))
    if link.is_used or not form.errors:
        return _told(request, link, USED)
    return _form(request, link, form)


def _form(request: HttpRequest, link: PollLink, form: forms.RateForm) -> HttpResponse:
    return _private(
        render(request, "assessments/rate_by_link.html", {"campaign": link.campaign, "form": form})
    )


def _told(request: HttpRequest, link: PollLink, text: str) -> HttpResponse:
    return _private(
        render(request, "assessments/rate_shut.html", {"campaign": link.campaign, "text": text})
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": browsers then post with the origin "null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
