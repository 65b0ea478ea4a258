"""Pages of the yearly appraisal: every branch, one branch, the grid, one member, the figures."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from activities.forms.appraisals import (
    COLUMNS,
    TEXT,
    TITLES,
    AppraisalForm,
    AppraisalGrid,
    AppraisalYearForm,
    CorrectAppraisalForm,
    ResultForm,
)
from activities.ledgers.appraisals import AppraisalLedger
from activities.models import Appraisal, AppraisalEntry
from activities.queries.appraisals import (
    Participant,
    Reading,
    appraisal_list,
    appraising_branches,
    meetings_to_link,
    reading_of,
    readings_of,
)
from activities.services.appraisals import (
    begin_appraisal,
    correct_appraisal,
    enter_results,
    write_result,
)
from activities.views.places import BranchMixin
from branches.models import PartyOrganization
from partybuild.audit import history_of
from partybuild.grids import GridView
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio
from partybuild.paging import page_of, pager_urls
from partybuild.saving import EditingView, SavingView

VIEW, CHANGE = "activities.view_appraisal", "activities.change_appraisal"
Grade = AppraisalEntry.Grade


class YearMixin:
    """Finds the year a page is about."""

    request: Any

    @cached_property
    def year_form(self) -> AppraisalYearForm:
        running = timezone.localdate().year
        return AppraisalYearForm(self.request.GET or None, initial={"year": running})

    @cached_property
    def year(self) -> int:
        return self.year_form.year_or(timezone.localdate().year)


class AppraisalListView(YearMixin, TemplateView):
    """Every branch with how far its appraisal of a year is."""

    permission_required = VIEW
    template_name = "activities/appraisals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            appraising_branches(self.year),
            order=("path",),
            cursor=self.request.GET.get("cursor", ""),
        )
        readings = readings_by_branch(page.rows, self.year)
        may_change = self.request.user.has_perm(CHANGE)
        return super().get_context_data(
            form=self.year_form,
            year=self.year,
            page=page,
            pager=pager_urls(self.request, page),
            rows=[self._cells(place, readings.get(place.pk), may_change) for place in page.rows],
            begun=appraisal_list(self.year).count(),
            done=appraisal_list(self.year).filter(state=Appraisal.State.DONE).count(),
            may_change=may_change,
            **kwargs,
        )

    def _cells(
        self,
        place: PartyOrganization,
        reading: Reading | None,
        may_change: bool,  # noqa: FBT001 -- a cell's fact
    ) -> tuple[Any, ...]:
        if reading is None:
            query = urlencode({"organization": place.public_id, "year": self.year})
            url = f"{reverse('activities:begin_appraisal')}?{query}"
            return (place.label, Link("开展", url) if may_change else "未开展", "", "", "", "")
        full = len(reading.full)
        return (
            Link(place.label, reading.appraisal.get_absolute_url()),
            reading.appraisal.get_state_display(),
            reading.appraisal.held_on,
            Ratio(full - len(reading.without_ballots), full),
            Ratio(full - len(reading.ungraded), full),
            "优秀多于一般要求" if reading.exceeds_share else "",
        )


class AppraisalView(TemplateView):
    """One branch's appraisal: steps, ballots, everybody's result, what is missing."""

    permission_required = VIEW
    template_name = "activities/appraisal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        appraisal = appraisal_or_404(kwargs["public_id"])
        reading = reading_of(appraisal)
        only_missing = self.request.GET.get("show") == "missing"
        people = reading.ungraded if only_missing else reading.people
        user: Any = self.request.user
        may_change = user.has_perm(CHANGE) and user.scope_for(CHANGE).covers(
            appraisal.organization.path
        )
        return super().get_context_data(
            appraisal=appraisal,
            reading=reading,
            only_missing=only_missing,
            rows=[result_cells(appraisal, one, may_change=may_change) for one in people],
            grades=[
                (label, reading.grades[value], ledger_url(appraisal, grade=value))
                for value, label in Grade.choices
            ],
            may_change=may_change,
            steps=steps_of(history_of(appraisal)),
            **kwargs,
        )


class StatisticsView(YearMixin, TemplateView):
    """The grades of every organisation in a year; each number opens its list."""

    permission_required = VIEW
    template_name = "activities/appraisal_statistics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            appraisal_list(self.year),
            order=("organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            form=self.year_form,
            year=self.year,
            page=page,
            pager=pager_urls(self.request, page),
            head=Grade.labels,
            rows=[statistics_cells(one) for one in readings_of(page.rows)],
            **kwargs,
        )


class BeginAppraisalView(BranchMixin, YearMixin, SavingView):
    """Begin a branch's appraisal of a year."""

    permission_required = CHANGE
    form_class = AppraisalForm
    heading = "开展民主评议党员"
    done = "已登记，名册上的党员都列出来了。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"branch": self.branch, "year": self.year}

    def get_initial(self) -> dict[str, Any]:
        meeting = meetings_to_link(self.branch, self.year).first()
        return {
            "held_on": meeting.held_on if meeting else timezone.localdate(),
            "activity": meeting.public_id if meeting else "",
        }

    def get_lead(self) -> str:
        return f"{self.branch.name}，{self.year}年"

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id}

    def back_url(self) -> str:
        return f"{reverse('activities:appraisals')}?{urlencode({'year': self.year})}"

    def save(self, form: AppraisalForm) -> str:
        appraisal = begin_appraisal(
            actor=self.request.user,
            organization=self.branch,
            year=self.year,
            **form.cleaned_data,
        )
        return appraisal.get_absolute_url()


class CorrectAppraisalView(EditingView):
    """Correct the frame of an appraisal: day, meeting, ballots, how far it is."""

    permission_required = CHANGE
    form_class = CorrectAppraisalForm
    heading = "评议情况"
    done = "已保存。"

    def record(self) -> Appraisal:
        return appraisal_or_404(self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        record = self.record()
        return super().get_form_kwargs() | {"branch": record.organization, "year": record.year}

    def get_lead(self) -> str:
        record = self.record()
        return f"{record.organization.name}，{record.year}年"

    def edit(self, form: CorrectAppraisalForm, record: Appraisal, version: int) -> str:
        appraisal = correct_appraisal(
            actor=self.request.user, appraisal=record, version=version, **form.cleaned_data
        )
        return appraisal.get_absolute_url()


class EnterResultsView(GridView):
    """The grid: ballots and grades of everybody; only changed cells are saved."""

    permission_required = CHANGE
    template_name = "activities/appraisal_grid.html"
    done = "已保存，民主评议党员台账同时更新。"

    @cached_property
    def reading(self) -> Reading:
        return reading_of(appraisal_or_404(self.kwargs["public_id"]))

    def read_grid(self, posted: Any) -> AppraisalGrid:
        return AppraisalGrid(self.reading.people, posted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            appraisal=self.reading.appraisal,
            reading=self.reading,
            head=[(TITLES[column], column in TEXT) for column in COLUMNS],
            **kwargs,
        )

    def back_url(self) -> str:
        return self.reading.appraisal.get_absolute_url()

    def enter(self, changes: list[Any], cleaned: dict[str, Any]) -> str:
        appraisal = self.reading.appraisal
        enter_results(actor=self.request.user, appraisal=appraisal, changes=changes)
        return reverse("activities:enter_results", args=[appraisal.public_id])


class ResultView(EditingView):
    """Everything about one member: own word, notes of the others, ballots, grade."""

    permission_required = CHANGE
    form_class = ResultForm
    done = "已保存，民主评议党员台账同时更新。"

    @cached_property
    def appraisal(self) -> Appraisal:
        return appraisal_or_404(self.kwargs["public_id"])

    @cached_property
    def person(self) -> Participant:
        for one in reading_of(self.appraisal).people:
            if one.member.public_id == self.kwargs["member"]:
                return one
        raise Http404

    def record(self) -> AppraisalEntry:
        member = self.person.member
        stored = AppraisalEntry.objects.filter(appraisal=self.appraisal, member=member).first()
        return stored or AppraisalEntry(appraisal=self.appraisal, member=member)

    def get_heading(self) -> str:
        return str(self.person.member)

    def get_lead(self) -> str:
        kind = "" if self.person.is_full else "，预备党员，参加评议、不定等次"
        return f"{self.appraisal}{kind}"

    def back_url(self) -> str:
        return self.appraisal.get_absolute_url()

    def edit(self, form: ResultForm, record: AppraisalEntry, version: int) -> str:
        write_result(
            actor=self.request.user,
            appraisal=self.appraisal,
            member=record.member,
            version=version,
            **form.cleaned_data,
        )
        return self.back_url()


def appraisal_or_404(public_id: str) -> Appraisal:
    """Return an appraisal in scope."""
    return get_object_or_404(
        Appraisal.objects.select_related("organization", "activity"), public_id=public_id
    )


def readings_by_branch(branches: list[PartyOrganization], year: int) -> dict[int, Reading]:
    """Return the readings of a year: pk of the branch -> reading."""
    found = appraisal_list(year).filter(organization__in=branches)
    return {one.appraisal.organization_id: one for one in readings_of(found)}


def ledger_url(appraisal: Appraisal, **conditions: str) -> str:
    """Return the ledger's page that lists the results of one branch with these conditions."""
    query = {
        "organization": appraisal.organization.public_id,
        "period": appraisal.year,
        **conditions,
    }
    return f"{reverse('partybuild:ledger', args=[AppraisalLedger.code])}?{urlencode(query)}"


def result_cells(appraisal: Appraisal, one: Participant, *, may_change: bool) -> tuple[Any, ...]:
    """Return the cells of one member: kind, own grade, ballots, grade, note."""
    entry, member = one.entry, one.member
    url = reverse("activities:result", args=[appraisal.public_id, member.public_id])
    counts = [getattr(entry, name) if entry else None for name in AppraisalEntry.COUNTS]
    grade = entry.get_grade_display() if entry and entry.grade else ""
    return (
        Link(member.name, url) if may_change else member.name,
        "正式党员" if one.is_full else "预备党员",
        entry.get_own_grade_display() if entry else "",
        *counts,
        grade or ("还没有评定" if one.is_full else "不定等次"),
        entry.note if entry else "",
    )


def statistics_cells(reading: Reading) -> tuple[Any, ...]:
    """Return the cells of one branch: everybody, the grades, who has none yet, those on probation."""
    appraisal, grades = reading.appraisal, reading.grades
    own = appraisal.get_absolute_url()
    missing = len(reading.ungraded)
    return (
        Link(appraisal.organization.label, own),
        Link(str(len(reading.people)), own) if reading.people else None,
        *(
            Link(str(grades[value]), ledger_url(appraisal, grade=value)) if grades[value] else None
            for value in Grade.values
        ),
        Link(str(missing), f"{own}?show=missing") if missing else None,
    )
