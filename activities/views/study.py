"""Pages of study: the 学时 of a branch, of all branches, of one member; who lectured how often."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from activities.forms.study import LecturerForm, StudyBranchesForm, StudyForm, YearForm
from activities.queries.appraisals import appraising_branches
from activities.queries.lectures import (
    Lecturer,
    lecturers_of,
    lectures_in,
    occasions_of,
    secretary_lectures,
)
from activities.queries.study import (
    BranchStudy,
    Person,
    Standing,
    Sums,
    hours_words,
    person_of,
    studies,
    study_of,
    sums_of,
)
from activities.queries.study_lines import StudyLine, elsewhere, lines_of
from activities.views.occasions import LISTED, activity_cells
from activities.views.places import BranchMixin
from members.models import Member
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.periods import Period

SEE = "activities.view_activity"
# How many topics a line of the list of lecturers says.
NAMED = 3
PARTS = {"occasions": "组织生活", "trainings": "班子成员培训"}


class StudyView(BranchMixin, TemplateView):
    """One branch and year: how many 学时 each member has; each number opens what it sums."""

    permission_required = SEE
    template_name = "activities/study.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = StudyForm(self.request.GET or None), timezone.localdate()
        year = Period.year(form.year_chosen())
        read = study_of(self.branch, year, as_of=today)
        shown = read.those(form.told("standing"))
        rows, pager = slice_of(shown, self.request)
        return super().get_context_data(
            branch=self.branch,
            branches=self.branches,
            form=form,
            year=year,
            study=read,
            figures=figures_of(read),
            count=len(shown),
            rows=person_rows(rows, year),
            pager=pager,
            **kwargs,
        )


class StudyBranchesView(TemplateView):
    """All branches: how many members have reached what is asked for, how many not yet."""

    permission_required = "activities.view_committee_page"
    template_name = "activities/study_branches.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = StudyBranchesForm(self.request.GET or None), timezone.localdate()
        year = Period.year(form.year_chosen())
        read = list(studies(appraising_branches(year.start.year), year, as_of=today))
        behind = [one for one in read if one.not_yet]
        chosen = behind if form.told("show") else read
        rows, pager = slice_of(chosen, self.request)
        return super().get_context_data(
            form=form,
            year=year,
            total=len(read),
            done=sum(one.is_done for one in read),
            behind=len(behind),
            people=sum(len(one.people) for one in read),
            reached=sum(one.counts[Standing.REACHED] for one in read),
            count=len(chosen),
            rule=read[0].rule_words if read else "",
            rows=[branch_cells(one) for one in rows],
            pager=pager,
            **kwargs,
        )


class MemberHoursView(TemplateView):
    """What one member's 学时 are made of: each occasion and training, with its own page."""

    permission_required = SEE
    template_name = "activities/study_member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = get_object_or_404(
            Member.objects.select_related("branch").only("public_id", "name", "branch"),
            public_id=kwargs["public_id"],
        )
        form, today = YearForm(self.request.GET or None), timezone.localdate()
        year = Period.year(form.year_chosen())
        found = person_of(member, year, as_of=today)
        sums = found[0].sums if found else sums_of([member.pk], year).get(member.pk, Sums())
        times, hours = elsewhere(member, year, sums)
        part = self.request.GET.get("of", "")
        lines = [
            line
            for line in lines_of(member, year)
            if part not in PARTS or line.is_training == (part == "trainings")
        ]
        return super().get_context_data(
            member=member,
            form=form,
            year=year,
            hours=hours_words(sums.hours),
            elsewhere=times if part != "trainings" else 0,
            hours_elsewhere=hours_words(hours),
            person=found[0] if found else None,
            rule=found[1].rule_words if found else "",
            part=PARTS.get(part, ""),
            rows=[line_cells(line) for line in lines],
            **kwargs,
        )


class LecturersView(TemplateView):
    """Who lectured in a year: how often, about what; each count opens its records."""

    permission_required = SEE
    template_name = "activities/lecturers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = LecturerForm(self.request.GET or None), timezone.localdate()
        year = Period.year(form.year_chosen())
        lectures = lectures_in(year, branch=form.branch())
        name = form.told("lecturer")
        found = [one for one in lecturers_of(lectures) if name in one.name]
        rows, pager = slice_of(found, self.request)
        return super().get_context_data(
            form=form,
            year=year,
            count=len(found),
            times=len({one.activity for one in lectures}),
            rows=[lecturer_cells(one, year) for one in rows],
            pager=pager,
            secretaries=secretary_lectures(lectures, year, as_of=today)
            if not form.branch()
            else [],
            **kwargs,
        )


class LecturesView(TemplateView):
    """The occasions at which somebody lectured in a year."""

    permission_required = SEE
    template_name = "activities/lectures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = LecturerForm(self.request.GET or None)
        year, name = Period.year(form.year_chosen()), form.told("lecturer")
        lectures = form.meant(lectures_in(year, branch=form.branch()))
        page = page_of(
            occasions_of(lectures, name),
            order=("-held_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        return super().get_context_data(
            form=form,
            year=year,
            lecturer=name,
            page=page,
            pager=pager_urls(self.request, page),
            rows=activity_cells(page.rows),
            **kwargs,
        )


def figures_of(study: BranchStudy) -> list[tuple[str, int, str]]:
    """Return the figures above a branch's table: words, number, the people behind it."""
    counts = study.counts
    return [(one.label, counts[one], study_url(study, one)) for one in Standing if counts[one]]


def person_rows(people: Any, year: Period) -> list[tuple[Any, ...]]:
    """Return the cells of the people of a branch; each sum opens what it is made of."""
    address = addresses("activities:study_member")
    return [_person_cells(one, address(one.member.public_id), year) for one in people]


def _person_cells(person: Person, url: str, year: Period) -> tuple[Any, ...]:
    sums = person.sums

    def cell(text: str, part: str = "") -> Link:
        query = urlencode({"year": year.code, **({"of": part} if part else {})})
        return Link(text, f"{url}?{query}")

    occasions = f"{hours_words(sums.occasion_hours)}（{sums.occasions} 次）"
    trainings = f"{hours_words(sums.training_hours)}（{sums.trainings} 次）"
    return (
        person.member.name,
        cell(occasions, "occasions") if sums.occasions else None,
        cell(trainings, "trainings") if sums.trainings else None,
        cell(hours_words(sums.hours)),
        person.words,
    )


def branch_cells(study: BranchStudy) -> tuple[Any, ...]:
    """Return the cells of one branch; each number opens the people behind it."""
    counts = study.counts
    owing = Standing.BELOW if counts[Standing.BELOW] else Standing.RUNNING

    def cell(number: int, standing: Standing) -> Link | int:
        return Link(str(number), study_url(study, standing)) if number else 0

    return (
        Link(study.organization.label, study_url(study)),
        len(study.people),
        cell(counts[Standing.REACHED], Standing.REACHED),
        cell(study.not_yet, owing),
        cell(counts[Standing.LATE], Standing.LATE),
        cell(counts[Standing.EXEMPT], Standing.EXEMPT),
        cell(counts[Standing.UNTOLD], Standing.UNTOLD),
    )


def study_url(study: BranchStudy, standing: str = "") -> str:
    """Return the address of a branch's year, of those of one standing if one is named."""
    query = {"organization": study.organization.public_id, "year": study.year.code}
    if standing:
        query["standing"] = standing
    return f"{reverse('activities:study')}?{urlencode(query)}"


def line_cells(line: StudyLine) -> tuple[Any, ...]:
    """Return the cells of one occasion or training of a member."""
    topic = Link(line.topic, line.url) if line.url else line.topic
    return (line.held_on, line.kinds, topic, line.place, hours_words(line.hours))


def lecturer_cells(lecturer: Lecturer, year: Period) -> tuple[Any, ...]:
    """Return the cells of one lecturer; the count opens the records."""
    query = {
        "year": year.code,
        "organization": lecturer.place.public_id,
        "lecturer": lecturer.name,
    }
    topics = lecturer.topics
    more = f"等 {len(topics)} 个题目" if len(topics) > NAMED else ""
    return (
        lecturer.name,
        lecturer.place.label,
        Link(str(lecturer.times), f"{reverse('activities:lectures')}?{urlencode(query)}"),
        hours_words(lecturer.hours),
        "；".join(topics[:NAMED]) + more,
    )
