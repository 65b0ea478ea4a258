"""Pages of reminders: look, send, what became of them, 已知道了."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from activities.forms.occasions import DueFilterForm
from activities.models import Reminder
from activities.queries.boards import due_rows
from activities.queries.obligations import Obligation, State
from activities.queries.reminders import (
    by_branch,
    can_be_reminded,
    delivery_of,
    fate_of,
    lacking_among,
    pick_of,
    reminded_today,
    sent_reminders,
    short_title,
    still_missing,
    words_of,
)
from activities.services.reminders import acknowledge, send_reminders
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period
from partybuild.saving import SavingView

SEND = "activities.send_reminder"


class RemindView(SavingView):
    """What branches would read, before it is sent: whom it reaches, when, and whom not today."""

    permission_required = SEND
    form_class = forms.Form
    template_name = "activities/remind.html"
    heading = "提醒"
    button = "发送提醒"

    @cached_property
    def lacks(self) -> list[Obligation]:
        """Return what is missing: of what was ticked, else of all that the address describes."""
        today = timezone.localdate()
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        if asked.getlist("pick") or self.request.method == "POST":
            return lacking_among(asked.getlist("pick"), today=today)
        conditions = DueFilterForm(self.request.GET or None).conditions()
        found = due_rows(today=today, **conditions | {"state": State.MISSING})
        return [owed for owed in found if can_be_reminded(owed)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, wanted = timezone.now(), by_branch(self.lacks)
        again = reminded_today(wanted, now)
        deliver_at = delivery_of(now)
        lines = [(place, words_of(owed), again.get(place.pk)) for place, owed in wanted.items()]
        return super().get_context_data(
            fresh=[(place, words) for place, words, last in lines if last is None],
            again=[(place, last) for place, _, last in lines if last is not None],
            picks=[pick_of(owed) for owed in self.lacks],
            waits_until=deliver_at if deliver_at > now else None,
            **kwargs,
        )

    def back_url(self) -> str:
        return f"{reverse('activities:due')}?state={State.MISSING}"

    def save(self, form: forms.Form) -> str:
        self.sent = send_reminders(actor=self.request.user, lacks=self.lacks)
        return reverse("activities:reminders")

    def say_done(self) -> None:
        messages.success(self.request, "提醒已保存，下面看得到送达和办理情况。")


class RemindersView(TemplateView):
    """The reminders sent to branches: when, of what, whether they were seen and done."""

    permission_required = SEND
    template_name = "activities/reminders.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            sent_reminders(),
            order=("-deliver_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        now = timezone.now()
        missing = still_missing(page.rows, today=timezone.localdate(now))
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            rows=[reminder_cells(one, fate_of(one, missing, now)) for one in page.rows],
            **kwargs,
        )


class AcknowledgeView(View):
    """已知道了: take a reminder, and the others that the home page showed with it, off it."""

    permission_required = "activities.add_activity"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        arrived = Reminder.objects.filter(deliver_at__lte=timezone.now())
        newest = get_object_or_404(arrived, public_id=public_id)
        shown = [newest.public_id, *request.POST.getlist("reminder")]
        found = arrived.filter(public_id__in=shown).select_related("organization")
        acknowledge(actor=request.user, reminders=list(found.order_by("pk")))
        messages.success(request, "已知道了。缺的那几次仍在“今年还差什么”里。")
        return redirect("activities:board")


def reminder_cells(reminder: Reminder, fate: str) -> tuple[Any, ...]:
    """Return the cells of the list: when, to whom, of what, when it arrives, what became of it."""
    place = reminder.organization
    about = "、".join(
        f"{short_title(Period.parse(item.period))}{item.get_kind_display()}"
        for item in reminder.items.all()
    )
    due = f"{reverse('activities:due')}?organization={place.public_id}&state={State.MISSING}"
    return (
        f"{timezone.localtime(reminder.sent_at):%Y-%m-%d %H:%M}",
        Link(place.label, due),
        about,
        f"{timezone.localtime(reminder.deliver_at):%m-%d %H:%M}",
        reminder.sent_by.name,
        fate,
    )
