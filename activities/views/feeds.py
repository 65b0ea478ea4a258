"""Pages of calendars: one's addresses, and what a calendar program reads under them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from activities.calendars import calendar_of
from activities.forms.plans import FeedForm
from activities.queries.feeds import feed_of, feeds_to_show, planned_for
from activities.services.feeds import (
    GUESSES_WITHIN,
    make_feed,
    note_guess,
    note_use,
    revoke_feed,
)
from branches.queries.organizations import branches_in_scope
from partybuild.permissions import SIGNED_IN, public
from partybuild.refusals import Refused
from partybuild.scoping import scoped_to

PLAIN = "text/plain; charset=utf-8"
SEE, RECORD = "activities.view_activity", "activities.add_activity"


class FeedMixin:
    """Finds which branches' calendars somebody may subscribe to, and which they look after."""

    request: HttpRequest

    def form(self, data: Any = None) -> FeedForm:
        """Return the form with the branches whose plans the user may see."""
        user: Any = self.request.user
        form = FeedForm(data)
        with scoped_to(user.scope_for(SEE)):
            form.offer(list(branches_in_scope()))
        return form

    def addresses(self) -> Any:
        """Return the addresses the user may stop: their own, and those of their branches."""
        user: Any = self.request.user
        with scoped_to(user.scope_for(RECORD)):
            return feeds_to_show(user, list(branches_in_scope()))


class FeedsView(FeedMixin, TemplateView):
    """One's calendar addresses; a new one is shown once."""

    permission_required = SIGNED_IN
    template_name = "activities/feeds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = {"form": self.form(), "feeds": self.addresses()}
        return super().get_context_data(**kept | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            user: Any = request.user
            feed, token = make_feed(actor=user, organization=form.branch_chosen())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form))
        address = request.build_absolute_uri(reverse("activities:feed", args=[token]))
        response = render(request, "activities/feed_once.html", {"feed": feed, "address": address})
        response["Cache-Control"] = "no-store"
        return response


class RevokeFeedView(FeedMixin, View):
    """Let an address open nothing any more."""

    permission_required = SIGNED_IN

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        feed = get_object_or_404(self.addresses(), public_id=public_id)
        user: Any = request.user
        revoke_feed(actor=user, feed=feed)
        messages.success(request, "已停用，这个地址再也打不开。")
        return redirect("activities:feeds")


def not_found(request: HttpRequest, what: str = "日历地址") -> HttpResponse:
    """Answer a wrong address: not found, and after too many from one place for a while not at all.

    A right address never comes here, and whoever is signed in is never counted: a whole agency sits
    behind one network address.
    """
    address = request.META["REMOTE_ADDR"]
    if not request.user.is_authenticated and note_guess(address=address, what=what):
        response = HttpResponse("试的次数太多，请过一会儿再试。", status=429, content_type=PLAIN)
        response["Retry-After"] = str(int(GUESSES_WITHIN.total_seconds()))
        return response
    raise Http404


@public
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give what is planned to the calendar program that knows a secret address."""
    feed = feed_of(token)
    if feed is None:
        return not_found(request)
    content = calendar_of(
        planned_for(feed),
        title=f"{feed.organization.label}组织生活" if feed.organization else "我的组织生活",
        url_of=lambda planned: request.build_absolute_uri(planned.get_absolute_url()),
    )
    note_use(feed=feed)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
