"""Pages of organisation life: they translate, nothing else."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from activities.forms import (
    PRESENCES,
    ActivityFilterForm,
    ActivityForm,
    DueFilterForm,
    ExplanationForm,
)
from activities.models import Activity, Attendance, Meeting, Photo
from activities.photos import directory
from activities.queries.boards import committee_board, due_rows, find_obligation, year_board
from activities.queries.editing import (
    expected_people,
    picker,
    values_for_new,
    values_of,
    values_to_copy,
)
from activities.queries.occasions import (
    Summary,
    activities_with_turnout,
    activity_list,
    attendance_rows,
    summaries_of,
    turnout_of,
)
from activities.services import (
    correct_activity,
    delete_activity,
    explain_absence,
    record_activity,
    restore_activity,
)
from branches.models import PartyOrganization
from branches.queries import branches_in_scope, groups_of
from members.queries import headcount, roll_members
from partybuild.audit import history_of
from partybuild.drafts import drop_draft
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio, addresses
from partybuild.merging import StaleVersion, merge
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.periods import Period, PeriodProblem
from partybuild.permissions import SIGNED_IN
from partybuild.readings import lines_for
from partybuild.submissions import new_key, once

BASE_SALT = "activities.form.base"
# What `activity_cells` wants to have read.
LISTED = (
    *("pk", "public_id", "held_on", "topic"),
    *("organization__short_name", "organization__name", "place"),
)
NO_FORMS = Summary("", 0, 0)


class HomeView(View):
    """The first page after signing in: what there is to do for this very person."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.has_perm("activities.add_activity"):
            return redirect("activities:board")
        if user.has_perm("activities.view_committee_page"):
            return redirect("activities:committee")
        if user.has_perm("members.view_own_file"):
            return redirect("members:own_file")
        return redirect("partybuild:welcome")


class BranchMixin:
    """Finds the branch a page is about: the one named in the address, else the user's first."""

    request: HttpRequest

    @cached_property
    def branches(self) -> list[PartyOrganization]:
        return list(branches_in_scope())

    @cached_property
    def branch(self) -> PartyOrganization:
        asked = self.request.POST.get("organization") or self.request.GET.get("organization")
        for branch in self.branches:
            if not asked or branch.public_id == asked:
                return branch
        raise Http404


class BoardView(BranchMixin, TemplateView):
    """A branch's home: this month's tasks, the year's matrix, its people."""

    permission_required = "activities.add_activity"
    template_name = "activities/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            board=year_board(self.branch, today=today),
            today=today,
            month=Period.containing(today, "month"),
            months=range(1, 13),
            branch=self.branch,
            branches=self.branches,
            people=headcount(self.branch, today),
            recent=activities_with_turnout(
                activity_list(Period.containing(today, "month"), branch=self.branch)
            ),
            **kwargs,
        )


class RecordView(BranchMixin, FormView):
    """Record an occasion."""

    permission_required = "activities.add_activity"
    form_class = ActivityForm
    template_name = "activities/record.html"
    heading = "记录活动"
    recorded: Activity | None = None

    @cached_property
    def groups(self) -> Any:
        return groups_of(self.branch)

    def start_values(self) -> dict[str, Any]:
        today = timezone.localdate()
        copied = self.request.GET.get("copy")
        if copied:
            return values_to_copy(get_object_or_404(Activity, public_id=copied), today=today)
        kind = self.request.GET.get("kind", Meeting.Kind.PARTY_DAY)
        return values_for_new(
            self.branch,
            kind=kind if kind in Meeting.Kind.values else Meeting.Kind.PARTY_DAY,
            today=today,
            group=self.request.GET.get("group", ""),
        )

    def get_initial(self) -> dict[str, Any]:
        return {} if self.request.method == "POST" else self.start_values()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "organization": self.branch,
            "groups": self.groups,
            "roll": roll_members(self.branch, timezone.localdate()),
        }

    @property
    def draft_key(self) -> str:
        return f"activity-{self.branch.public_id}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form: ActivityForm = context["form"]
        return context | {
            "heading": self.heading,
            "branch": self.branch,
            "branches": self.branches,
            "people": self.people_shown(form),
            "choices": people_choices(),
            "draft_key": self.draft_key,
            "submission_key": self.request.POST.get("submission_key") or new_key(),
            "other_minutes": [form[f"minutes_{kind}"] for kind in Meeting.Kind.values],
            "has_groups": bool(self.groups),
            "photos_shown": [],
            "people_url": reverse("activities:people"),
        }

    def people_shown(self, form: ActivityForm) -> list[Any]:
        values = form.chosen_values()
        day = form.day_shown() or timezone.localdate()
        people = expected_people(
            self.branch,
            day,
            kinds=values.get("kinds", []),
            groups=form.groups_shown(),
            recorded=self.recorded,
        )
        return picker(people, form.choices_made())

    def expected(self, form: ActivityForm) -> list[Any]:
        cleaned = form.cleaned_data
        return expected_people(
            self.branch,
            cleaned["held_on"],
            kinds=cleaned["kinds"],
            groups=cleaned["groups"],
            recorded=self.recorded,
        )

    def form_valid(self, form: ActivityForm) -> HttpResponse:
        people = self.expected(form)
        if form.people_differ(people):
            return self.form_invalid(form)
        answer = once(
            user=self.request.user,
            key=self.request.POST.get("submission_key") or new_key(),
            act=lambda: self.save(form, people),
        )
        return redirect(f"{answer}?saved=1")

    def save(self, form: ActivityForm, people: list[Any]) -> str:
        activity = record_activity(
            actor=self.request.user,
            organization=self.branch,
            forms=form.forms_held(),
            presences=form.presences(people),
            photos=form.cleaned_data["photos"],
            **form.plain_fields(),
        )
        drop_draft(user=self.request.user, form=self.draft_key)
        return activity.get_absolute_url()


class PeopleView(RecordView):
    """The people grid alone, for a day and forms that were changed while recording."""

    template_name = "activities/_people.html"

    @cached_property
    def recorded(self) -> Activity | None:  # type: ignore[override]
        return Activity.objects.filter(public_id=self.request.GET.get("activity", "")).first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.get_context_data())


class CorrectView(RecordView):
    """Correct a recorded occasion; two people who do it at once both keep their work."""

    permission_required = "activities.change_activity"
    heading = "更正活动"

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(
            Activity.objects.select_related("organization", "chair", "recorder"),
            public_id=self.kwargs["public_id"],
        )

    @property
    def recorded(self) -> Activity:  # type: ignore[override]
        return self.activity

    @cached_property
    def branch(self) -> PartyOrganization:
        return self.activity.organization

    @property
    def draft_key(self) -> str:
        return f"activity-{self.activity.public_id}"

    def start_values(self) -> dict[str, Any]:
        return values_of(self.activity)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = values_of(self.activity)
        return super().get_context_data(**kwargs) | {
            "activity": self.activity,
            "version": kwargs.get("version")
            or self.request.POST.get("version")
            or self.activity.version,
            "base": kwargs.get("base")
            or self.request.POST.get("base")
            or signing.dumps(current, salt=BASE_SALT, compress=True),
            "photos_shown": photo_strip(self.activity),
            "people_url": f"{reverse('activities:people')}?activity={self.activity.public_id}",
        }

    def form_valid(self, form: ActivityForm) -> HttpResponse:
        people = self.expected(form)
        if form.people_differ(people):
            return self.form_invalid(form)
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.save(form, people),
            )
        except StaleVersion:
            return self.reconcile()
        return redirect(f"{answer}?saved=1")

    def save(self, form: ActivityForm, people: list[Any], version: int | None = None) -> str:
        removed = self.request.POST.getlist("removed_photos")
        activity = correct_activity(
            actor=self.request.user,
            activity=self.activity,
            version=version or int(self.request.POST.get("version") or 0),
            forms=form.forms_held(),
            presences=form.presences(people),
            photos=form.cleaned_data["photos"],
            dropped_photos=list(
                Photo.objects.filter(activity=self.activity, public_id__in=removed)
            ),
            **form.plain_fields(),
        )
        drop_draft(user=self.request.user, form=self.draft_key)
        return activity.get_absolute_url()

    def reconcile(self) -> HttpResponse:
        """Somebody saved in between: merge what does not clash, show what does."""
        self.__dict__.pop("activity", None)
        self.__dict__.pop("branch", None)
        theirs = values_of(self.activity)
        base = signing.loads(self.request.POST.get("base", ""), salt=BASE_SALT)
        form = self.get_form()
        merged = merge(base=base, mine=form.posted_values(), theirs=theirs)
        form = self.get_form_class()(
            **self.get_form_kwargs() | {"data": as_post(self.request.POST, merged.values)}
        )
        if not merged.conflicts and form.is_valid():
            answer = self.save(form, self.expected(form), version=self.activity.version)
            messages.info(self.request, "别人刚刚也改了这条记录，两边的改动都已保存。")
            return redirect(f"{answer}?saved=1")
        mine = {name: own for name, (own, _) in merged.conflicts.items()}
        form = self.get_form_class()(
            **self.get_form_kwargs() | {"data": as_post(self.request.POST, merged.values | mine)}
        )
        form.is_valid()
        for name, (_, their) in merged.conflicts.items():
            form.note_conflict(name, their)
        context = self.get_context_data(
            form=form,
            version=self.activity.version,
            base=signing.dumps(theirs, salt=BASE_SALT, compress=True),
        )
        return self.render_to_response(context, status=409)


class ActivityListView(TemplateView):
    """The activities of a period, the newest first."""

    permission_required = "activities.view_activity"
    template_name = "activities/activities.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ActivityFilterForm(self.request.GET or None)
        conditions = form.conditions()
        page = page_of(
            activity_list(**conditions),
            order=("-held_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        return super().get_context_data(
            form=form,
            period=conditions["period"],
            page=page,
            pager=pager_urls(self.request, page),
            rows=activity_cells(page.rows),
            may_record=self.request.user.has_perm("activities.add_activity"),
            **kwargs,
        )


class ActivityView(TemplateView):
    """One occasion: what was recorded, who was there, and what followed by itself."""

    permission_required = "activities.view_activity"
    template_name = "activities/activity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activity = get_object_or_404(
            Activity.objects.select_related("organization", "chair", "recorder", "recorded_by"),
            public_id=kwargs["public_id"],
        )
        saved = "saved" in self.request.GET
        return super().get_context_data(
            activity=activity,
            meetings=activity.meetings.select_related("group"),
            turnout=turnout_of(activity),
            absent=attendance_rows(activity).exclude(status=Attendance.Status.PRESENT),
            present=attendance_rows(activity).filter(status=Attendance.Status.PRESENT),
            photos=activity.photos.all(),
            saved=saved,
            draft_done=f"activity-{activity.organization.public_id}" if saved else "",
            lines=lines_for(activity, self.request.user),
            may_change=_may_change(self.request.user, activity),
            **kwargs,
        )


class HistoryView(TemplateView):
    """Who recorded and corrected an occasion, what from, what to."""

    permission_required = "activities.view_activity"
    template_name = "activities/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activity = get_object_or_404(Activity, public_id=kwargs["public_id"])
        return super().get_context_data(
            activity=activity, steps=steps_of(history_of(activity)), **kwargs
        )


class DeleteView(View):
    """Put an occasion into the trash; the answer offers to take it back."""

    permission_required = "activities.delete_activity"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        activity = get_object_or_404(Activity, public_id=public_id)
        try:
            delete_activity(
                actor=request.user,
                activity=activity,
                version=int(request.POST.get("version") or activity.version),
            )
        except (StaleVersion, ValueError):
            messages.warning(request, "这条记录刚被别人更正过，没有删除。请看过再决定。")
            return redirect(activity)
        restore = reverse("activities:restore", args=[activity.public_id])
        messages.success(request, f"已删除“{activity.topic}”。", extra_tags=f"undo:{restore}")
        return redirect("activities:activities")


class RestoreView(View):
    """Take an occasion out of the trash."""

    permission_required = "activities.delete_activity"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        activity = Activity.trashed.filter(public_id=public_id).first()
        if activity is None:
            return redirect(get_object_or_404(Activity, public_id=public_id))
        restore_activity(actor=request.user, activity=activity)
        messages.success(request, f"已恢复“{activity.topic}”，内容和名单都在。")
        return redirect(activity)


class TrashView(TemplateView):
    """What was deleted and can be taken back."""

    permission_required = "activities.delete_activity"
    template_name = "activities/trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deleted = Activity.trashed.select_related("organization").order_by("-deleted_at")
        return super().get_context_data(activities=deleted[:200], **kwargs)


class PhotoView(View):
    """A photo, served only to those who may see its activity."""

    permission_required = "activities.view_activity"

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        photo = get_object_or_404(Photo, public_id=public_id)
        file = directory() / photo.stored_as
        if not file.is_file():
            raise Http404
        response = FileResponse(file.open("rb"), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=3600"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


class DueView(TemplateView):
    """Which branch owes what in which period; every figure of the committee's page opens this."""

    permission_required = "activities.view_activity"
    template_name = "activities/due.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = DueFilterForm(self.request.GET or None)
        conditions = form.conditions()
        owed = due_rows(today=timezone.localdate(), **conditions)
        rows, pager = slice_of(owed, self.request)
        return super().get_context_data(
            form=form,
            rows=rows,
            count=len(owed),
            pager=pager,
            period=conditions["period"],
            **kwargs,
        )


class ExplainView(BranchMixin, FormView):
    """Say why a form was not held in a period."""

    permission_required = "activities.add_activity"
    form_class = ExplanationForm
    template_name = "activities/explain.html"

    @cached_property
    def gap(self) -> Any:
        try:
            period = Period.parse(self.kwargs["period"])
        except PeriodProblem:
            raise Http404 from None
        today = timezone.localdate()
        gap = find_obligation(self.branch, self.kwargs["kind"], period, today=today)
        if gap is None:
            raise Http404
        return gap

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self.gap.explanation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(gap=self.gap, branch=self.branch, **kwargs)

    def form_valid(self, form: ExplanationForm) -> HttpResponse:
        explain_absence(
            actor=self.request.user,
            organization=self.branch,
            kind=self.gap.kind,
            period_start=self.gap.period.start,
            reason=form.cleaned_data["reason"],
        )
        messages.success(self.request, "已保存说明，这一格不再记为缺。")
        query = urlencode({"organization": self.branch.public_id})
        return redirect(f"{reverse('activities:board')}?{query}")


class CommitteeView(TemplateView):
    """The committee's page: who needs help, each figure opening its list."""

    permission_required = "activities.view_committee_page"
    template_name = "activities/committee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            board=committee_board(today=today), today=today, months=range(1, 13), **kwargs
        )


def activity_cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the cells of the list of activities: day, forms, topic, branch, place, turnout."""
    summaries = summaries_of([row[0] for row in rows])
    address = addresses("activities:activity")
    cells = []
    for pk, public_id, held_on, topic, short_name, name, place in rows:
        summary = summaries.get(pk, NO_FORMS)
        link = Link(topic, address(public_id))
        turnout = Ratio(summary.present, summary.expected)
        cells.append((held_on, summary.kinds, link, short_name or name, place, turnout))
    return cells


def people_choices() -> list[dict[str, Any]]:
    """Return the choices of the people grid in its own words."""
    return [
        {
            "value": value,
            "label": label,
            "is_here": presence.status == Attendance.Status.PRESENT,
            "is_expected": presence.status in Attendance.EXPECTED,
        }
        for value, (label, presence) in PRESENCES.items()
    ]


def photo_strip(activity: Activity) -> list[dict[str, str]]:
    """Return the saved photos as the photo strip wants them."""
    return [
        {"public_id": photo.public_id, "url": reverse("activities:photo", args=[photo.public_id])}
        for photo in activity.photos.all()
    ]


def as_post(posted: QueryDict, values: dict[str, Any]) -> QueryDict:
    """Return a copy of a post with other values of its fields."""
    data = posted.copy()
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _may_change(user: Any, activity: Activity) -> bool:
    permission = "activities.change_activity"
    return user.has_perm(permission) and user.scope_for(permission).covers(
        activity.organization.path
    )
