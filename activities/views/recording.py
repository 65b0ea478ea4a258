"""Pages that write an occasion: record and correct, with the people expected."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView

from activities.forms.occasions import (
    PRESENCES,
    ActivityForm,
)
from activities.models import Activity, Attendance, Meeting, Photo, PlannedActivity
from activities.queries.editing import (
    expected_people,
    picker,
    values_for_new,
    values_of,
    values_to_copy,
)
from activities.queries.meeting_forms import FormGuide, guides_at
from activities.queries.plans import kinds_of, open_plan_for, open_plans
from activities.queries.reviews import review_of
from activities.queries.votes import open_matters
from activities.reasons import WORDS
from activities.services.occasions import (
    correct_activity,
    record_activity,
)
from activities.views.places import BodyMixin, BranchMixin
from branches.models import PartyOrganization
from branches.queries.kinds import BODIES
from branches.queries.organizations import groups_of
from members.models import Member
from members.queries.offices import committee_on
from members.queries.roll import roll_members
from partybuild.drafts import drop_draft
from partybuild.merging import StaleVersion, merge
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.saving import note
from partybuild.submissions import SavedBefore, content_of, new_key, once

BASE_SALT = "activities.form.base"
MAX_DIGITS = 9
MATTERS_SHOWN = 10
# What is folded away on the page until it says something.
MORE = ("ended_at", "guests", "hours", "counts_for")
SAVED_BEFORE = (
    "这张表刚才已经保存成一条记录，内容与现在的不同。要改那条记录，请打开它点“更正”；"
    "如果这是另一次活动，请再点一次“保存”。"
)


class RecordView(BranchMixin, FormView):
    """Record an occasion."""

    permission_required = "activities.add_activity"
    form_class = ActivityForm
    template_name = "activities/record.html"
    heading = "记录活动"
    recorded: Activity | None = None
    people_page = "activities:people"
    fresh_key = False

    @cached_property
    def groups(self) -> Any:
        return groups_of(self.branch)

    @cached_property
    def guides(self) -> list[FormGuide]:
        return guides_at(self.branch, timezone.localdate())

    def start_values(self) -> dict[str, Any]:
        today = timezone.localdate()
        copied = self.request.GET.get("copy")
        if copied:
            return values_to_copy(get_object_or_404(Activity, public_id=copied), today=today)
        asked, held = self.request.GET.get("kind"), [guide.kind for guide in self.guides]
        usual = Meeting.Kind.PARTY_DAY if Meeting.Kind.PARTY_DAY in held else held[0]
        kind = asked if asked in held else usual
        planned = self.plan_meant(kind, today)
        return values_for_new(
            self.branch,
            kind=next(iter(kinds_of(planned)), kind) if planned else kind,
            today=today,
            group=self.request.GET.get("group", ""),
            planned=planned,
        )

    def plan_meant(self, kind: str, today: dt.date) -> PlannedActivity | None:
        """Return the plan named in the address, else this month's plan of the form, if any."""
        named = self.request.GET.get("planned")
        if named:
            return get_object_or_404(open_plans(self.branch), public_id=named)
        return open_plan_for(self.branch, kind, Period.containing(today, "month"))

    def get_initial(self) -> dict[str, Any]:
        return {} if self.request.method == "POST" else self.start_values()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "organization": self.branch,
            "groups": self.groups,
            "roll": self.leaders(),
            "kinds": [*(guide.kind for guide in self.guides), *self.kinds_recorded()],
            "plans": open_plans(self.branch, recorded=self.recorded),
        }

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if self.recorded:
            form.fields["held_on"].near = self.recorded.held_on
        return form

    def leaders(self) -> Any:
        """Return who may have led or written it: the roll, or the leading body."""
        today = timezone.localdate()
        if self.branch.is_branch:
            return roll_members(self.branch, today)
        return Member.objects.filter(pk__in=committee_on(today, self.branch).values("member"))

    def kinds_recorded(self) -> list[str]:
        """Return the forms of the record that is corrected, which stay on offer."""
        return []

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
            "submission_key": self.submission_key(),
            "guides": self.guides,
            "matters": open_matters(self.branch)[:MATTERS_SHOWN],
            "kinds_shown": kind_choices(form, self.guides),
            "other_minutes": [form[f"minutes_{kind}"] for kind in form.kinds_offered],
            "has_more": any(form[name].value() for name in MORE),
            "has_groups": bool(self.groups),
            "photos_shown": [],
            "people_url": reverse(self.people_page),
        }

    def submission_key(self) -> str:
        posted = self.request.POST.get("submission_key")
        return posted if posted and not self.fresh_key else new_key()

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
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.save(form, people),
                content=content_of(self.request),
            )
        except SavedBefore:
            self.fresh_key = True
            form.add_error(None, SAVED_BEFORE)
            return self.form_invalid(form)
        except Refused as refusal:
            note(form, refusal)
            return self.form_invalid(form)
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


class BodyRecordView(BodyMixin, RecordView):
    """Record a meeting of a leading body: 民主生活会, 理论学习中心组学习 and the like."""

    permission_required = "activities.record_body_meeting"
    heading = "记录班子会议"
    people_page = "activities:body_people"


class PeopleView(RecordView):
    """The people grid alone, for a day and forms that were changed while recording."""

    template_name = "activities/_people.html"

    @cached_property
    def recorded(self) -> Activity | None:  # type: ignore[override]
        return Activity.objects.filter(public_id=self.request.GET.get("activity", "")).first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.get_context_data())


class BodyPeopleView(BodyMixin, PeopleView):
    """The people grid of a leading body."""

    permission_required = "activities.record_body_meeting"


class CorrectView(RecordView):
    """Correct a recorded occasion; two people who do it at once both keep their work."""

    permission_required = "activities.change_activity"
    heading = "更正活动"

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(
            self.records().select_related("organization", "chair", "recorder", "planned"),
            public_id=self.kwargs["public_id"],
        )

    def records(self) -> QuerySet[Activity]:
        """Return the records this page corrects."""
        return Activity.objects.all()

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

    def kinds_recorded(self) -> list[str]:
        return [meeting.kind for meeting in self.activity.meetings.all()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = values_of(self.activity)
        return super().get_context_data(**kwargs) | {
            "activity": self.activity,
            "review": review_of(self.activity),
            "version": kwargs.get("version")
            or self.request.POST.get("version")
            or self.activity.version,
            "base": kwargs.get("base")
            or self.request.POST.get("base")
            or signing.dumps(current, salt=BASE_SALT, compress=True),
            "photos_shown": photo_strip(self.activity),
            "people_url": f"{reverse(self.people_page)}?activity={self.activity.public_id}",
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
                content=content_of(self.request),
            )
        except (StaleVersion, SavedBefore):
            self.fresh_key = True
            return self.reconcile()
        except Refused as refusal:
            note(form, refusal)
            return self.form_invalid(form)
        return redirect(f"{answer}?saved=1")

    def save(self, form: ActivityForm, people: list[Any], version: int | None = None) -> str:
        removed = self.request.POST.getlist("removed_photos")
        activity = correct_activity(
            actor=self.request.user,
            activity=self.activity,
            version=version or self.posted_version(),
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

    def posted_version(self) -> int:
        """Return the version the form was filled from; 0, which is always stale, without one."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0

    def posted_base(self) -> dict[str, Any]:
        """Return what the form was filled from; without it every difference is asked about."""
        try:
            base: dict[str, Any] = signing.loads(self.request.POST.get("base", ""), salt=BASE_SALT)
        except signing.BadSignature:
            return {}
        return base

    def form_with(self, values: dict[str, Any]) -> Any:
        """Return the form as if these values had been posted."""
        data = as_post(self.request.POST, values)
        form = self.get_form_class()(**self.get_form_kwargs() | {"data": data})
        form.fields["held_on"].near = self.activity.held_on
        return form

    def reconcile(self) -> HttpResponse:
        """Somebody saved in between: merge what does not clash, show what does."""
        self.__dict__.pop("activity", None)
        self.__dict__.pop("branch", None)
        theirs = values_of(self.activity)
        base = self.posted_base()
        form = self.get_form()
        merged = merge(base=base, mine=form.posted_values(), theirs=theirs)
        form = self.form_with(merged.values)
        if not merged.conflicts and form.is_valid():
            try:
                answer = self.save(form, self.expected(form), version=self.activity.version)
            except Refused as refusal:
                note(form, refusal)
                return self.form_invalid(form)
            messages.info(self.request, "别人刚刚也改了这条记录，两边的改动都已保存。")
            return redirect(f"{answer}?saved=1")
        mine = {name: own for name, (own, _) in merged.conflicts.items()}
        form = self.form_with(merged.values | mine)
        form.is_valid()
        for name, (_, their) in merged.conflicts.items():
            form.note_conflict(name, their)
        context = self.get_context_data(
            form=form,
            version=self.activity.version,
            base=signing.dumps(theirs, salt=BASE_SALT, compress=True),
        )
        return self.render_to_response(context, status=409)


class BodyCorrectView(CorrectView):
    """Correct a meeting of a leading body."""

    permission_required = "activities.record_body_meeting"
    people_page = "activities:body_people"

    def records(self) -> QuerySet[Activity]:
        return Activity.objects.filter(organization__kind__in=BODIES)


def kind_choices(form: ActivityForm, guides: list[FormGuide]) -> dict[str, list[Any]]:
    """Return the boxes of the forms: the usual ones at once, the others folded unless chosen."""
    usual = {guide.kind for guide in guides if guide.is_usual}
    boxes = list(form["kinds"])
    shown = [box for box in boxes if box.data["value"] in usual or box.data["selected"]]
    return {"shown": shown, "folded": [box for box in boxes if box not in shown]}


def people_choices() -> list[dict[str, Any]]:
    """Return the choices of the people grid in its own words."""
    return [
        {
            "value": value,
            "label": label,
            "is_here": presence.status == Attendance.Status.PRESENT,
            "is_expected": presence.status in Attendance.EXPECTED,
            "words": WORDS[value],
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
