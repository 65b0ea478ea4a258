"""Pages of what was recorded: lists, one occasion, its history, trash and photos."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView, View

from activities.forms.occasions import (
    ActivityListForm,
)
from activities.models import Activity, Attendance, Photo
from activities.photos import directory
from activities.queries.hints import hints_of
from activities.queries.materials import used_in
from activities.queries.occasions import (
    Summary,
    activity_list,
    attendance_rows,
    summaries_of,
    turnout_of,
)
from activities.queries.papers import PAPERS, admissions_at
from activities.queries.reviews import closing_for, leave_for, review_of
from activities.queries.votes import votes_of
from activities.services.occasions import (
    delete_activity,
    restore_activity,
)
from activities.views.places import may, may_change
from branches.queries.kinds import BODIES
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio, addresses
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.readings import lines_for
from partybuild.refusals import Refused
from partybuild.scoping import scoped_to

MATERIALS = "activities.change_material"
DELETE, DELETE_BODY = "activities.delete_activity", "activities.record_body_meeting"
REVIEW = "activities.review_activity"
# Page that records, page that corrects.
BRANCH_DOORS = ("activities:record", "activities:correct")
BODY_DOORS = ("activities:record_body", "activities:correct_body")
# What is deleted through the door of a leading body's staff.
OF_BODIES = {"organization__kind__in": BODIES}
# What `activity_cells` wants to have read.
LISTED = (
    *("pk", "public_id", "held_on", "topic"),
    *("organization__short_name", "organization__name", "place"),
)
SHOWN_TRASH = 200
NO_FORMS = Summary("", 0, 0)


class ActivityListView(TemplateView):
    """The activities of a period, the newest first."""

    permission_required = "activities.view_activity"
    template_name = "activities/activities.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ActivityListForm(self.request.GET or None)
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
            counted=conditions["counted"],
            page=page,
            pager=pager_urls(self.request, page),
            rows=activity_cells(page.rows),
            may_record=self.request.user.has_perm("activities.add_activity"),
            may_record_body=self.request.user.has_perm("activities.record_body_meeting"),
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
        meetings = list(activity.meetings.select_related("group"))
        for meeting in meetings:
            meeting.activity = activity
        return super().get_context_data(
            activity=activity,
            meetings=meetings,
            turnout=turnout_of(activity),
            absent=attendance_rows(activity).exclude(status=Attendance.Status.PRESENT),
            present=attendance_rows(activity).filter(status=Attendance.Status.PRESENT),
            photos=activity.photos.all(),
            attachments=activity.attachments.all(),
            saved=saved,
            draft_done=f"activity-{activity.organization.public_id}" if saved else "",
            lines=lines_for(activity, self.request.user),
            papers=papers_at(activity, self.request.user),
            materials=list(used_in(activity)),
            chooses_materials=self._chooses_materials(activity),
            may_delete=may(self.request.user, DELETE, activity.organization),
            delete_url=self._delete_url(activity),
            votes=votes_of(meetings),
            matters=activity.action_items.order_by("pk"),
            review=review_of(activity),
            hints=hints_of(activity) if self._sees_hints(activity) else [],
            closing=closing_for(activity),
            leave=leave_for(activity),
            **self._pages(activity),
            **kwargs,
        )

    def _sees_hints(self, activity: Activity) -> bool:
        """Hints are shown to those who can correct the record, and to those who review it."""
        user, place = self.request.user, activity.organization
        return may_change(user, place) or may(user, REVIEW, place)

    def _chooses_materials(self, activity: Activity) -> bool:
        """Who corrects the record says what was read."""
        user, place = self.request.user, activity.organization
        return may_change(user, place) and may(user, MATERIALS, place)

    def _delete_url(self, activity: Activity) -> str:
        """Return where the record is put into the trash, '' for those who may not."""
        of_branch = activity.organization.is_branch
        permission = DELETE if of_branch else DELETE_BODY
        if not may(self.request.user, permission, activity.organization):
            return ""
        page = "activities:delete" if of_branch else "activities:delete_body"
        return reverse(page, args=[activity.public_id])

    def _pages(self, activity: Activity) -> dict[str, str]:
        """Return where the record is corrected and copied, for those who may."""
        if not may_change(self.request.user, activity.organization):
            return {}
        record, correct = BRANCH_DOORS if activity.organization.is_branch else BODY_DOORS
        query = urlencode(
            {"organization": activity.organization.public_id, "copy": activity.public_id}
        )
        return {
            "correct_url": reverse(correct, args=[activity.public_id]),
            "copy_url": f"{reverse(record)}?{query}",
        }


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

    permission_required = DELETE
    restore_page = "activities:restore"
    conditions: ClassVar[dict[str, Any]] = {}

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        records = Activity.objects.filter(**self.conditions)
        activity = get_object_or_404(records, public_id=public_id)
        try:
            delete_activity(
                actor=request.user,
                activity=activity,
                version=int(request.POST.get("version") or activity.version),
            )
        except (StaleVersion, ValueError):
            messages.warning(request, "这条记录刚被别人更正过，没有删除。请看过再决定。")
            return redirect(activity)
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect(activity)
        restore = reverse(self.restore_page, args=[activity.public_id])
        messages.success(request, f"已删除“{activity.topic}”。", extra_tags=f"undo:{restore}")
        return redirect("activities:activities")


class RestoreView(View):
    """Take an occasion out of the trash."""

    permission_required = DELETE
    trash_page = "activities:trash"
    conditions: ClassVar[dict[str, Any]] = {}

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        activity = Activity.trashed.filter(public_id=public_id, **self.conditions).first()
        if activity is None:
            records = Activity.objects.filter(**self.conditions)
            return redirect(get_object_or_404(records, public_id=public_id))
        try:
            restore_activity(actor=request.user, activity=activity)
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect(self.trash_page)
        messages.success(request, f"已恢复“{activity.topic}”，内容和名单都在。")
        return redirect(activity)


class TrashView(TemplateView):
    """What was deleted and can be taken back."""

    permission_required = DELETE
    template_name = "activities/trash.html"
    heading = "回收站"
    restore_page = "activities:restore"
    conditions: ClassVar[dict[str, Any]] = {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deleted = Activity.trashed.filter(**self.conditions).select_related("organization")
        return super().get_context_data(
            heading=self.heading,
            restore_page=self.restore_page,
            activities=deleted.order_by("-deleted_at")[:SHOWN_TRASH],
            **kwargs,
        )


class BodyDeleteView(DeleteView):
    """Put a meeting of a leading body into the trash."""

    permission_required = DELETE_BODY
    restore_page = "activities:restore_body"
    conditions = OF_BODIES


class BodyRestoreView(RestoreView):
    """Take a meeting of a leading body out of the trash."""

    permission_required = DELETE_BODY
    trash_page = "activities:trash_body"
    conditions = OF_BODIES


class BodyTrashView(TrashView):
    """The meetings of leading bodies that were deleted and can be taken back."""

    permission_required = DELETE_BODY
    heading = "班子会议回收站"
    restore_page = "activities:restore_body"
    conditions = OF_BODIES


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


def activity_cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the cells of the list of activities: day, forms, topic, branch, place, turnout."""
    summaries = summaries_of([row[0] for row in rows])
    address = addresses("activities:activity")
    cells = []
    for pk, public_id, held_on, topic, short_name, name, place in rows:
        summary = summaries.get(pk, NO_FORMS)
        link = Link(topic, address(public_id))
        cells.append((held_on, summary.kinds, link, short_name or name, place, _turnout(summary)))
    return cells


def papers_at(activity: Activity, user: Any) -> list[tuple[str, str]]:
    """Return the papers that can be made of an occasion: title, address."""
    found = [(paper.title, f"activities:paper_{code}") for code, paper in PAPERS.items()]
    if user.has_perm("members.view_development"):
        with scoped_to(user.scope_for("members.view_development")):
            if admissions_at(activity):
                found.append(("接收预备党员会议记录", "activities:paper_admission"))
    return [(title, reverse(page, args=[activity.public_id])) for title, page in found]


def _turnout(summary: Summary) -> Ratio | str:
    """Return the cell of 实到 and 应到; an old ledger may tell neither."""
    if summary.present is None or summary.expected is None:
        figures = (summary.present, summary.expected)
        return "/".join("不详" if figure is None else str(figure) for figure in figures)
    return Ratio(summary.present, summary.expected)
