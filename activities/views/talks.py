"""Pages of talks: lists, one talk, who has been talked with, and writing them down."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from activities.forms.talks import CoverageFilterForm, TalkFilterForm, TalkForm
from activities.models import Talk, TalkPerson
from activities.queries.boards import Cell
from activities.queries.talk_coverage import (
    Coverage,
    Person,
    With,
    branches_of,
    coverage_of,
    coverages,
)
from activities.queries.talks import (
    READ,
    WRITE,
    Namebook,
    Parties,
    may_read,
    may_write,
    parties_of,
    talk_list,
)
from activities.services.talks import (
    correct_talk,
    delete_talk,
    record_talk,
    restore_talk,
    title_of,
)
from activities.views.places import BranchMixin
from branches.models import PartyOrganization
from members.models import Member
from members.queries.offices import secretary_of
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.periods import Period
from partybuild.saving import EditingView, SavingView

VIEW = "activities.view_talk"
# How many names a line of the list of coverages says.
NAMED = 6
Role = TalkPerson.Role


class TalkListView(TemplateView):
    """The talks of a period: when, who, with whom; never what was said."""

    permission_required = VIEW
    template_name = "activities/talks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = TalkFilterForm(self.request.GET or None)
        conditions = form.conditions()
        talks, about = self._narrowed(form, conditions)
        page = page_of(talks, order=("-held_on", "-pk"), cursor=self.request.GET.get("cursor", ""))
        names = parties_of(talk.pk for talk in page.rows)
        return super().get_context_data(
            form=form,
            period=conditions["period"],
            about=about,
            page=page,
            pager=pager_urls(self.request, page),
            rows=[talk_cells(talk, names.get(talk.pk, Parties())) for talk in page.rows],
            may_record=self.request.user.has_perm(WRITE),
            may_read=self.request.user.has_perm(READ),
            **kwargs,
        )

    def _narrowed(self, form: TalkFilterForm, conditions: dict[str, Any]) -> tuple[Any, str]:
        """Return the talks that the table of coverage counted in the cell that was pressed."""
        asked = form.hidden_conditions()
        people = {
            name: Member.objects.filter(public_id=asked[name]).first() if asked[name] else None
            for name in ("member", "partner")
        }
        member, partner = people["member"], people["partner"]
        talks = talk_list(**conditions, member=member)
        if member is None:
            return talks, ""
        if partner:
            talks = talks.filter(pk__in=talk_list(**conditions, member=partner).values("pk"))
            return talks, f"{member.name}和{partner.name}"
        if asked["side"] in set(With) and conditions["branch"]:
            year = Period.containing(conditions["period"].start, "year")
            read = coverage_of(conditions["branch"], year, as_of=timezone.localdate())
            counted = next((one for one in read.people if one.member.pk == member.pk), None)
            side = With(asked["side"])
            talks = talks.filter(pk__in=counted.talks[side] if counted else ())
            return talks, f"{member.name}与{side.label}"
        return talks, member.name


class TalkView(TemplateView):
    """One talk: that it was held, and for whom may read it, what was said."""

    permission_required = VIEW
    template_name = "activities/talk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        talk = talk_or_404(kwargs["public_id"])
        people = list(talk.people.select_related("member"))
        readable = may_read(self.request.user, talk)
        said = [(title_of(name), getattr(talk, name)) for name in Talk.CONFIDENTIAL]
        return super().get_context_data(
            talk=talk,
            sides=[
                (role.label, [one for one in people if one.role == role])
                for role in (Role.TALKER, Role.TALKED)
            ],
            readable=readable,
            said=[(title, text) for title, text in said if text] if readable else [],
            may_change=may_write(self.request.user, talk),
            steps=steps_of(history_of(talk)),
            **kwargs,
        )


class RecordTalkView(BranchMixin, SavingView):
    """Record a talk: today, by the secretary or whoever is signed in."""

    permission_required = WRITE
    form_class = TalkForm
    heading = "登记谈话"
    done = "已登记，台账和覆盖情况同时更新。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"branch": self.branch, "day": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        book = Namebook(self.branch, today)
        asked = {
            one.public_id: one
            for one in book.labels.values()
            if one.public_id in self.request.GET.values()
        }
        talker = asked.get(self.request.GET.get("talker", "")) or self._usual_talker(book, today)
        talked = asked.get(self.request.GET.get("talked", ""))
        return {
            "held_on": today,
            "kind": self.request.GET.get("kind", Talk.Kind.HEART_TO_HEART),
            "talkers": book.label_of(talker, "") if talker and talker != talked else "",
            "talked_to": book.label_of(talked, "") if talked else "",
        }

    def _usual_talker(self, book: Namebook, today: dt.date) -> Member | None:
        own = next(
            (one for one in book.labels.values() if one.user_id == self.request.user.pk), None
        )
        return own or secretary_of(self.branch, today)

    def get_lead(self) -> str:
        return self.branch.name

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id}

    def back_url(self) -> str:
        return coverage_url(self.branch)

    def save(self, form: TalkForm) -> str:
        talk = record_talk(actor=self.request.user, organization=self.branch, **form.facts())
        return talk.get_absolute_url()


class CorrectTalkView(EditingView):
    """Correct a talk; only who may read it."""

    permission_required = WRITE
    form_class = TalkForm
    heading = "更正谈话"
    done = "已更正。"

    def record(self) -> Talk:
        talk = talk_or_404(self.kwargs["public_id"])
        if not may_write(self.request.user, talk):
            raise PermissionDenied
        return talk

    def get_form_kwargs(self) -> dict[str, Any]:
        talk = self.record()
        return super().get_form_kwargs() | {"branch": talk.organization, "day": talk.held_on}

    def values_of(self, record: Talk) -> dict[str, str]:
        book = Namebook(record.organization, record.held_on)
        people = list(record.people.select_related("member"))
        names = {
            role: "、".join(
                book.label_of(one.member, one.name) for one in people if one.role == role
            )
            for role in (Role.TALKER, Role.TALKED)
        }
        plain = {name: getattr(record, name) for name in ("kind", "place", *Talk.CONFIDENTIAL)}
        return plain | {
            "held_on": str(record.held_on),
            "talkers": names[Role.TALKER],
            "talked_to": names[Role.TALKED],
        }

    def edit(self, form: TalkForm, record: Talk, version: int) -> str:
        talk = correct_talk(actor=self.request.user, talk=record, version=version, **form.facts())
        return talk.get_absolute_url()


class DeleteTalkView(View):
    """Put a talk into the trash; the answer offers to take it back."""

    permission_required = WRITE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        talk = talk_or_404(public_id)
        if not may_write(request.user, talk):
            raise PermissionDenied
        try:
            version = int(request.POST.get("version") or talk.version)
            delete_talk(actor=request.user, talk=talk, version=version)
        except (StaleVersion, ValueError):
            messages.warning(request, "这条登记刚被别人更正过，没有删除。请看过再决定。")
            return redirect(talk)
        restore = reverse("activities:restore_talk", args=[talk.public_id])
        messages.success(request, "已删除这次谈话。", extra_tags=f"undo:{restore}")
        return redirect("activities:talks")


class RestoreTalkView(View):
    """Take a talk out of the trash."""

    permission_required = WRITE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        talk = Talk.trashed.select_related("organization").filter(public_id=public_id).first()
        if talk is None:
            return redirect(talk_or_404(public_id))
        restore_talk(actor=request.user, talk=talk)
        messages.success(request, "已恢复这次谈话，内容和人员都在。")
        return redirect(talk)


class TalkTrashView(TemplateView):
    """Which talks were deleted and can be taken back."""

    permission_required = WRITE
    template_name = "activities/talks_trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deleted = Talk.trashed.select_related("organization").order_by("-deleted_at")
        return super().get_context_data(talks=deleted[:200], **kwargs)


class CoverageListView(TemplateView):
    """Every branch with whom it has talked this year."""

    permission_required = VIEW
    template_name = "activities/talk_coverages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = CoverageFilterForm(self.request.GET or None, initial={"year": today.year})
        year = Period.year(form.year_or(today.year))
        read = coverages(branches_of(year), year, as_of=today)
        behind = [one for one in read if one.uncovered]
        rows, pager = slice_of(behind if form.only_missing() else read, self.request)
        return super().get_context_data(
            form=form,
            year=year,
            total=len(read),
            behind=len(behind),
            count=len(behind if form.only_missing() else read),
            rows=[coverage_cells(one) for one in rows],
            pager=pager,
            citation=next((one.citation for one in read if one.rule), ""),
            **kwargs,
        )


class CoverageView(TemplateView):
    """One branch and year: who has talked with whom, who is left; each cell opens its talks."""

    permission_required = VIEW
    template_name = "activities/talk_coverage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        branch = get_object_or_404(
            PartyOrganization,
            public_id=kwargs["public_id"],
            kind__in=PartyOrganization.BRANCH_KINDS,
        )
        year = Period.year(CoverageFilterForm(self.request.GET or None).year_or(today.year))
        read = coverage_of(branch, year, as_of=today)
        scope: Any = self.request.user
        may_record = scope.has_perm(WRITE) and scope.scope_for(WRITE).covers(branch.path)
        table = _Table(read, may_record=may_record, is_over=year.end < today)
        return super().get_context_data(
            branch=branch,
            year=year,
            previous_year=year.start.year - 1,
            next_year=min(year.start.year + 1, today.year),
            coverage=read,
            pairs=table.pairs(),
            people=table.people(),
            may_record=may_record,
            **kwargs,
        )


class _Table:
    """The cells of a branch's coverage: each opens its talks, or the form that is still owed."""

    def __init__(self, coverage: Coverage, *, may_record: bool, is_over: bool) -> None:
        self.coverage = coverage
        self.may_record = may_record
        self.owed = "miss" if is_over else "due"

    def pairs(self) -> list[tuple[str, list[Cell]]]:
        """Return per committee member the cells of the pairs with each of the others."""
        committee = self.coverage.committee
        return [
            (one.member.name, [self._pair(one, other) for other in committee]) for one in committee
        ]

    def people(self) -> list[tuple[Person, list[Cell]]]:
        """Return per person the cells with committee and with other members."""
        return [
            (one, [self._side(one, With.COMMITTEE), self._side(one, With.MEMBER)])
            for one in self.coverage.people
        ]

    def _pair(self, one: Person, other: Person) -> Cell:
        if one is other:
            return Cell("not", "—", 1, "")
        between = self.coverage.pairs.get(frozenset((one.member.pk, other.member.pk)), set())
        words = f"{one.member.name}和{other.member.name}"
        if between:
            url = self._talks(member=one.member.public_id, partner=other.member.public_id)
            return Cell("ok", str(len(between)), 1, f"{words}：{len(between)} 次", url)
        if other.member not in one.missing or not one.is_due:
            return Cell("not", "·", 1, f"{words}：今年不作要求")
        url = self._record(talker=one.member.public_id, talked=other.member.public_id)
        return Cell(self.owed, "待", 1, f"{words}：还没有谈", url)

    def _side(self, one: Person, side: With) -> Cell:
        words, held = f"{one.member.name}与{side.label}", one.held(side)
        url = self._talks(member=one.member.public_id, side=side) if held else ""
        if not one.lacks(side):
            if held:
                return Cell("ok", str(held), 1, f"{words}：{held} 次", url)
            return Cell("not", "·", 1, f"{words}：今年不作要求")
        return Cell(
            self.owed,
            str(held) if held else "待",
            1,
            f"{words}：{held} 次，还差" if held else f"{words}：还没有谈",
            url or self._record(talked=one.member.public_id),
        )

    def _talks(self, **who: str) -> str:
        query = {
            "organization": self.coverage.organization.public_id,
            "period": self.coverage.year.code,
            **who,
        }
        return f"{reverse('activities:talks')}?{urlencode(query)}"

    def _record(self, **who: str) -> str:
        return record_url(self.coverage.organization, **who) if self.may_record else ""


def record_url(branch: PartyOrganization, **who: str) -> str:
    """Return the address of the form for a talk of a branch, with whom if known."""
    query = {"organization": branch.public_id, **who}
    return f"{reverse('activities:record_talk')}?{urlencode(query)}"


def coverage_url(branch: PartyOrganization) -> str:
    """Return the address of a branch's coverage."""
    return reverse("activities:talk_coverage", args=[branch.public_id])


def coverage_cells(coverage: Coverage) -> tuple[Any, ...]:
    """Return the cells of one branch in the list of coverages."""
    place = coverage.organization
    url = f"{coverage_url(place)}?{urlencode({'year': coverage.year.code})}"
    due = len(coverage.due)
    names = "、".join(one.member.name for one in coverage.uncovered[:NAMED])
    more = f"等 {len(coverage.uncovered)} 人" if len(coverage.uncovered) > NAMED else ""
    return (
        Link(place.label, url),
        due,
        Ratio(coverage.covered_count, due) if due else None,
        f"{names}{more}",
    )


def talk_or_404(public_id: str) -> Talk:
    """Return a talk in scope."""
    return get_object_or_404(
        Talk.objects.select_related("organization", "recorded_by"), public_id=public_id
    )


def talk_cells(talk: Talk, parties: Parties) -> tuple[Any, ...]:
    """Return the cells of one line of the list."""
    return (
        Link(str(talk.held_on), talk.get_absolute_url()),
        talk.get_kind_display(),
        parties.talkers,
        parties.talked_to,
        talk.organization.label,
        talk.place,
    )
