"""Pages of quizzes for who makes them: making with a look before saving, one quiz with its counts."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from activities.forms.quizzes import (
    DAYS_OPEN,
    AnsweredQuizForm,
    NewQuizForm,
    QuizForm,
    VoidForm,
)
from activities.models import MaterialVersion, Quiz, QuizQuestion
from activities.queries.materials import find_version
from activities.queries.quizzes import (
    as_said,
    deleted_quizzes,
    has_ended,
    is_answered_by_anybody,
    own_quizzes,
    questions_of,
    tally_of,
)
from activities.quiztext.questions import write_questions
from activities.services.quizzes import (
    close_quiz,
    correct_quiz,
    make_quiz,
    restore_quiz,
    void_question,
    withdraw_quiz,
)
from activities.views.places import may
from branches.queries.organizations import organizations_in_scope
from partybuild.audit import history_of
from partybuild.crypto import keyed_digest
from partybuild.history import steps_of
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView

CHANGE, COUNTS = "activities.change_material", "activities.view_activity"
SHOWN_TRASH = 200
LOOK, SAVE = "看看读到了什么", "保存"


class QuizView(TemplateView):
    """One quiz of the scope: its questions, how many have answered, and in the end what they chose."""

    permission_required = COUNTS
    template_name = "activities/quiz.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quiz, today = own_quiz_or_404(kwargs["public_id"]), timezone.localdate()
        ended, may_write = has_ended(quiz, today), may(self.request.user, CHANGE, quiz.organization)
        tally = tally_of(quiz, today)
        return super().get_context_data(
            quiz=quiz,
            tally=tally,
            has_begun=quiz.opens_on <= today,
            has_ended=ended,
            may_change=may_write,
            may_correct=may_write and not ended,
            # Before anybody has answered, a wrong question is corrected.
            may_void=may_write and (ended or tally.answered > 0),
            may_close=may_write and not ended and quiz.opens_on <= today,
            steps=steps_of(history_of(quiz)) if may_write else [],
            **kwargs,
        )


class LookFirst(SavingView):
    """Shows what was read of the pasted questions, and saves them when they come again as they were seen."""

    template_name = "activities/quiz_form.html"
    is_look = False

    def form_valid(self, form: Any) -> HttpResponse:
        if self.has_seen(form):
            return super().form_valid(form)
        self.is_look = True
        return self.render_to_response(self.get_context_data(form=form))

    def has_seen(self, form: Any) -> bool:
        """Tell whether the page showed the questions that would be saved; without any there is nothing to see."""
        asked = form.asked()
        return asked is None or self.request.POST.get("seen") == _digest(asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        asked = None if form.has_error("questions") else form.asked()
        is_seen = self.is_look or (asked is not None and self.has_seen(form))
        told = {
            "reading": form.reading,
            "seen": _digest(asked) if asked and is_seen else "",
            "button": SAVE if is_seen or "questions" not in form.fields else LOOK,
        }
        return context | told


class MakeQuizView(LookFirst, SavingView):
    """Make a quiz: for a material (`material`, a version), like a former one (`copy`), or of its own."""

    permission_required = CHANGE
    form_class = NewQuizForm
    heading = "出一份学习小测"
    done = "已保存。到了开始的日期，党员在“学习小测”里就能答。"
    draft_key = "quiz"

    @cached_property
    def version(self) -> MaterialVersion | None:
        asked = self._asked("material")
        return find_version(asked) if asked else None

    @cached_property
    def former(self) -> Quiz | None:
        asked = self.request.GET.get("copy", "")
        return own_quizzes().filter(public_id=asked).first() if asked else None

    def _asked(self, name: str) -> str:
        return self.request.POST.get(name) or self.request.GET.get(name, "")

    def carried(self) -> dict[str, Any]:
        version = self.former.material_version if self.former else self.version
        return {"material": version.public_id} if version else {}

    def get_lead(self) -> str:
        version = self.former.material_version if self.former else self.version
        return f"配套资料：{version.material}（{version}）" if version else ""

    def get_draft_key(self) -> str:
        asked = self.request.GET.get("copy", "") or self._asked("material")
        return f"quiz-{asked}" if asked else "quiz"

    def get_initial(self) -> dict[str, Any]:
        today, former = timezone.localdate(), self.former
        closes_on = today + dt.timedelta(days=DAYS_OPEN)
        initial: dict[str, Any] = {"opens_on": today, "closes_on": closes_on}
        if former:
            text = write_questions(
                as_said(one) for one in questions_of(former) if not one.voided_at
            )
            initial |= {"title": former.title, "note": former.note, "questions": text}
        place = former.organization if former else organizations_in_scope().order_by("path").first()
        return initial | {"organization": place.public_id if place else ""}

    def back_url(self) -> str:
        version = self.version
        return version.material.get_absolute_url() if version else reverse("activities:quizzes")

    def save(self, form: NewQuizForm) -> str:
        quiz = make_quiz(
            actor=self.request.user,
            organization=form.cleaned_data["organization"],
            frame=form.frame(timezone.localdate()),
            questions=form.asked() or (),
            material_version=self.version,
        )
        return quiz.get_absolute_url()


class CorrectQuizView(LookFirst, EditingView):
    """Correct a quiz; once somebody has answered, its questions are fixed."""

    permission_required = CHANGE
    heading = "更正学习小测"
    done = "已更正。"

    def record(self) -> Quiz:
        return own_quiz_or_404(self.kwargs["public_id"])

    @cached_property
    def is_answered(self) -> bool:
        return is_answered_by_anybody(self.record())

    @property
    def hint(self) -> str:  # type: ignore[override]
        fixed = "已经有人作答，题目不能再改。题目有错的，在小测页面作废那一题，或者照这份再出一份。"
        return fixed if self.is_answered else ""

    def get_form_class(self) -> type[AnsweredQuizForm]:
        return AnsweredQuizForm if self.is_answered else QuizForm

    def get_draft_key(self) -> str:
        return f"quiz-change-{self.kwargs['public_id']}"

    def values_of(self, record: Quiz) -> dict[str, Any]:
        names = (name for name in self.get_form_class().base_fields if name != "questions")
        values = {name: getattr(record, name) for name in names}
        if not self.is_answered:
            values["questions"] = write_questions(map(as_said, questions_of(record)))
        return values

    def has_seen(self, form: AnsweredQuizForm) -> bool:
        kept = [as_said(one) for one in questions_of(self.record())]
        return list(form.asked() or kept) == kept or super().has_seen(form)

    def edit(self, form: AnsweredQuizForm, record: Quiz, version: int) -> str:
        quiz = correct_quiz(
            actor=self.request.user,
            quiz=record,
            version=version,
            frame=form.frame(record.opens_on),
            questions=form.asked(),
        )
        return quiz.get_absolute_url()


class QuizButtonView(ButtonView):
    """A button on the page of a quiz."""

    permission_required = CHANGE

    @cached_property
    def quiz(self) -> Quiz:
        return own_quiz_or_404(self.kwargs["public_id"])

    def back_url(self) -> str:
        return self.quiz.get_absolute_url()


class CloseQuizView(QuizButtonView):
    """End a quiz before its last day."""

    done = "已结束，不再收新的作答。"

    def act(self, version: int) -> None:
        close_quiz(actor=self.request.user, quiz=self.quiz, version=version)


class WithdrawQuizView(QuizButtonView):
    """Put a quiz into the trash."""

    done = "已撤下，党员看不到了。要恢复，请到学习小测的回收站。"

    def act(self, version: int) -> None:
        withdraw_quiz(actor=self.request.user, quiz=self.quiz, version=version)

    def back_url(self) -> str:
        return reverse("activities:quizzes") if self.quiz.deleted_at else super().back_url()


class RestoreQuizView(View):
    """Take a quiz out of the trash."""

    permission_required = CHANGE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        quiz = deleted_quizzes().filter(public_id=public_id).first()
        if quiz is None:
            return redirect(own_quiz_or_404(public_id))
        restore_quiz(actor=request.user, quiz=quiz)
        messages.success(request, f"已恢复“{quiz}”，题目和作答都在。")
        return redirect(quiz)


class QuizTrashView(TemplateView):
    """Which quizzes were withdrawn and can be taken back."""

    permission_required = CHANGE
    template_name = "activities/quizzes_trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(quizzes=deleted_quizzes()[:SHOWN_TRASH], **kwargs)


class VoidQuestionView(VersionedView):
    """Let a wrong question count for nobody."""

    permission_required = CHANGE
    form_class = VoidForm
    heading = "作废一题"
    hint = "作废的题不再计入，答过的人也看得到原因。作废以后不能恢复。"
    button = "作废这一题"
    done = "已作废，每个人的结果都按其余的题算。"

    def record(self) -> Quiz:
        return own_quiz_or_404(self._question().quiz.public_id)

    def _question(self) -> QuizQuestion:
        rows = QuizQuestion.objects.select_related("quiz__organization")
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    def get_lead(self) -> str:
        question = self._question()
        return f"{question}：{question.text}"

    def get_draft_key(self) -> str:
        return f"quiz-void-{self.kwargs['public_id']}"

    def edit(self, form: VoidForm, record: Quiz, version: int) -> str:
        void_question(
            actor=self.request.user,
            question=self._question(),
            version=version,
            reason=form.cleaned_data["reason"],
        )
        return record.get_absolute_url()


def own_quiz_or_404(public_id: str) -> Quiz:
    """Return a quiz of the open scope."""
    return get_object_or_404(
        Quiz.objects.select_related("organization", "material_version__material"),
        public_id=public_id,
    )


def _digest(questions: Any) -> str:
    return keyed_digest(write_questions(questions), purpose="quiz-seen")
