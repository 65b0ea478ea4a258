"""Pages of responsibility letters: the list, one letter, issued to many, signed, gone on with."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.forms import letters as forms
from assessments.models import Goal, ResponsibilityLetter
from assessments.models.letters import ONE_DAY
from assessments.queries import letters as queries
from assessments.services import letters as services
from branches.models import PartyOrganization
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView

VIEW, ISSUE = "assessments.view_letter", "assessments.issue_letter"
SIGN, CONFIRM = "assessments.sign_letter", "assessments.confirm_letter"
SCORES = "assessments.view_scorecard"
SHOWN_TRASH = 200


def find_letter(public_id: str) -> Any:
    """Return a letter in scope; Http404 without one."""
    return get_object_or_404(queries.letters().select_related("secretary"), public_id=public_id)


def find_letter_issued(public_id: str) -> ResponsibilityLetter:
    """Return a letter that the reader's committee has issued; Http404 without one."""
    return get_object_or_404(queries.letters_issued_here(), public_id=public_id)


def may(user: Any, permission: str, place: PartyOrganization) -> bool:
    """Tell whether somebody holds a permission at an organisation."""
    held: bool = user.has_perm(permission)
    return held and user.scope_for(permission).covers(place.path)


class LetterListView(TemplateView):
    """The letters in scope, by year, kind and whether they are signed."""

    permission_required = VIEW
    template_name = "assessments/letters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.LetterFilterForm(self.request.GET or None)
        page = page_of(
            queries.letters_in(**form.conditions()),
            order=("-started_on", "organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("assessments:letter")
        cells = (
            (
                one.organization.label,
                Link(one.title, address(one.public_id)),
                one.kind,
                one.secretary_name or "待补",
                one.span_words,
                one.signed_on or "还没有签订",
                Ratio(one.goals_done, one.goals_all),
                Ratio(one.goals_confirmed, one.goals_all),
            )
            for one in page.rows
        )
        return super().get_context_data(
            form=form,
            page=page,
            rows=table_rows(cells, ",,,nowrap,nowrap,nowrap,nowrap,nowrap"),
            pager=pager_urls(self.request, page),
            may_issue=self.request.user.has_perm(ISSUE),
            **kwargs,
        )


class LetterView(TemplateView):
    """One letter: who signed, its goals with what the scorecard has, whether the secretary changed."""

    permission_required = VIEW
    template_name = "assessments/letter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letter, today = find_letter(kwargs["letter"]), timezone.localdate()
        user = self.request.user
        goals = list(letter.goals.select_related("item__scheme", "reported_by", "confirmed_by"))
        scores = may(user, SCORES, letter.organization)
        standings = queries.standings_of(letter, goals, today) if scores else {}
        change = queries.change_of(letter, today)
        successor = queries.successor_of(letter)
        may_issue = may(user, ISSUE, letter.issuer)
        is_signed = letter.signed_on is not None
        return super().get_context_data(
            **kwargs
            | {
                "letter": letter,
                "goals": [
                    (goal, standings.get(goal.pk), self._acts(goal, letter, successor))
                    for goal in goals
                ],
                "today": today,
                "change": change,
                "successor": successor,
                "may_issue": may_issue,
                "may_change": may_issue and not is_signed,
                "may_sign": not is_signed and may(user, SIGN, letter.organization),
                "may_succeed": may_issue and is_signed and bool(change and change.office),
                "may_name": may_issue
                and not is_signed
                and bool(change or not letter.secretary_name),
                "steps": steps_of(history_of(letter)),
            }
        )

    def _acts(
        self, goal: Goal, letter: ResponsibilityLetter, successor: ResponsibilityLetter | None
    ) -> dict[str, bool]:
        """Return what the reader may do with a goal."""
        user, is_open = self.request.user, letter.signed_on is not None and successor is None
        own = goal.reported_by_id == getattr(user, "pk", None)
        return {
            "report": is_open and not goal.is_confirmed and may(user, SIGN, letter.organization),
            "confirm": goal.waits and not own and may(user, CONFIRM, letter.issuer),
            "correct": letter.signed_on is None and may(user, ISSUE, letter.issuer),
        }


class PrintView(TemplateView):
    """A letter as it goes to the printer, with room for two signatures."""

    permission_required = VIEW
    template_name = "assessments/letter_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        letter = find_letter(kwargs["letter"])
        goals = letter.goals.order_by("number")
        return super().get_context_data(**kwargs | {"letter": letter, "goals": goals})


class IssueView(SavingView):
    """Write one letter with its goals and issue it to many."""

    permission_required = ISSUE
    form_class = forms.IssueForm
    template_name = "assessments/letter_issue.html"
    heading, button = "下发责任书", "下发"
    lead = "写一份，发给选中的每个党组织；书记按今天的班子登记自动写上。"
    draft_key = "letter-issue"
    issue: services.Issue | None = None

    def get_initial(self) -> dict[str, Any]:
        year = forms.usual_span()
        return {
            "kind": forms.KINDS[0],
            "title": f"{year.title}{forms.KINDS[0]}",
            "started_on": year.start,
            "last_day": year.end,
        }

    def back_url(self) -> str:
        return reverse("assessments:letters")

    def save(self, form: forms.IssueForm) -> str:
        self.issue = services.issue_letters(actor=self.request.user, **form.said())
        return self.back_url()

    def say_done(self) -> None:
        if self.issue is None:  # a second copy of the form
            super().say_done()
            return
        messages.success(self.request, f"已下发 {len(self.issue.letters)} 份。")
        if self.issue.without_secretary:
            names = _labels(self.issue.without_secretary)
            told = f"{names}没有登记书记：责任书已经发了，登记以后打开它点“写上现任书记”。"
            messages.warning(self.request, told)
        if self.issue.passed_over:
            names = _labels(self.issue.passed_over)
            messages.warning(self.request, f"{names}这一期间已有同类的责任书，没有再发。")


def _labels(places: Iterable[PartyOrganization]) -> str:
    return "、".join(one.label for one in places)


class CorrectView(EditingView):
    """Correct a letter that is not signed yet."""

    permission_required = ISSUE
    form_class = forms.LetterForm
    heading, done = "更正责任书", "已更正。"

    def record(self) -> ResponsibilityLetter:
        return find_letter_issued(self.kwargs["letter"])

    def get_lead(self) -> str:
        return self.record().organization.name

    def values_of(self, record: ResponsibilityLetter) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.form_class.base_fields}

    def edit(self, form: Any, record: ResponsibilityLetter, version: int) -> str:
        said = dict(form.cleaned_data)
        said["ended_on"] = said.pop("last_day") + ONE_DAY
        services.correct_letter(actor=self.request.user, letter=record, version=version, **said)
        return record.get_absolute_url()


class NameView(ButtonView):
    """Write the secretary of today into a letter."""

    permission_required = ISSUE
    done = "已写上现任书记。"

    def record(self) -> ResponsibilityLetter:
        return find_letter_issued(self.kwargs["letter"])

    def back_url(self) -> str:
        return self.record().get_absolute_url()

    def act(self, version: int) -> None:
        services.name_secretary(actor=self.request.user, letter=self.record(), version=version)


class SignView(ButtonView):
    """Sign a letter."""

    permission_required = SIGN
    done = "已签订。从现在起可以填写每个目标的进展。"

    def back_url(self) -> str:
        url: str = find_letter(self.kwargs["letter"]).get_absolute_url()
        return url

    def act(self, version: int) -> None:
        letter = find_letter(self.kwargs["letter"])
        services.sign_letter(actor=self.request.user, letter=letter, version=version)


class SucceedView(VersionedView):
    """Close a letter whose secretary changed and issue the next one."""

    permission_required = ISSUE
    form_class = forms.SuccessorForm
    heading, button = "接续责任书", "下发接续的责任书"
    done = "已下发接续的责任书，原来的到前一天为止。"
    hint = "没有确认完成的目标照抄到新的一份里，从“未开始”算起；签订以前都可以改。"

    def record(self) -> ResponsibilityLetter:
        return find_letter_issued(self.kwargs["letter"])

    def get_lead(self) -> str:
        letter = self.record()
        change = queries.change_of(letter, timezone.localdate())
        told = f"{letter.organization.label}：原由{letter.secretary_name or '书记'}负责"
        return f"{told}，现任书记{change.name}" if change and change.name else told

    def get_initial(self) -> dict[str, Any]:
        letter, today = self.record(), timezone.localdate()
        change = queries.change_of(letter, today)
        on = change.on if change and change.on else today
        return {"on": max(on, letter.started_on), "title": letter.title}

    def edit(self, form: Any, record: ResponsibilityLetter, version: int) -> str:
        successor = services.issue_successor(
            actor=self.request.user, letter=record, version=version, **form.cleaned_data
        )
        return successor.get_absolute_url()


class DeleteView(ButtonView):
    """Put a letter that is not signed into the trash."""

    permission_required = ISSUE
    done = "责任书已移到回收站，可以恢复。"
    is_deleted = False

    def back_url(self) -> str:
        url = reverse("assessments:letter", args=[self.kwargs["letter"]])
        return reverse("assessments:letters") if self.is_deleted else url

    def act(self, version: int) -> None:
        letter = find_letter_issued(self.kwargs["letter"])
        services.delete_letter(actor=self.request.user, letter=letter, version=version)
        self.is_deleted = True


class LetterTrashView(TemplateView):
    """The letters in the trash."""

    permission_required = ISSUE
    template_name = "assessments/letters_trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(letters=queries.deleted_letters()[:SHOWN_TRASH], **kwargs)


class RestoreView(ButtonView):
    """Take a letter out of the trash."""

    permission_required = ISSUE
    done = "已恢复，目标都在。"

    def back_url(self) -> str:
        return reverse("assessments:letters_trash")

    def act(self, version: int) -> None:
        letter = get_object_or_404(queries.deleted_letters(), public_id=self.kwargs["letter"])
        services.restore_letter(actor=self.request.user, letter=letter)
