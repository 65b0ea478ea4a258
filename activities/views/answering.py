"""Pages of quizzes for who answers them: which there are, answering, the own result, practice."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from activities.forms.quizzes import AnswerForm
from activities.models import Quiz
from activities.queries.quizzes import (
    has_ended,
    last_day,
    own_answers,
    own_quizzes,
    questions_of,
    quizzes_reaching,
    readable_quizzes,
    result_of,
    why_closed,
)
from activities.services.quizzes import answer_quiz
from members.models import Member
from members.queries.files import find_own_file
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.saving import VersionedView
from partybuild.scoping import NOTHING, scoped_to

SEE, CHANGE, COUNTS = (
    "activities.view_material",
    "activities.change_material",
    "activities.view_activity",
)
SHOWN = 20
CHANGED = "题目刚才改过，还没有提交。您选的都在，请看一遍再提交。"


class OwnMixin:
    """Knows whose page this is: the file of who is signed in, never one from the address."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def member(self) -> Member | None:
        return find_own_file(self.request.user)

    def readable_or_404(self) -> Quiz:
        found = readable_quizzes(self.member, timezone.localdate())
        quiz = found.filter(public_id=self.kwargs["public_id"]).first()
        if quiz is None:
            raise Http404
        return quiz


class QuizzesView(OwnMixin, TemplateView):
    """The quizzes one may answer and has answered; and for who keeps them those of the scope."""

    permission_required = SEE
    template_name = "activities/quizzes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, user = timezone.localdate(), self.request.user
        reaching: Any = quizzes_reaching(self.member, today) if self.member else Quiz.objects.none()
        mine = [
            (quiz, has_ended(quiz, today), last_day(quiz))
            for quiz in reaching.order_by("-closes_on", "-pk")[:SHOWN]
        ]
        keeps = user.has_perm(COUNTS)
        with scoped_to(user.scope_for(COUNTS) if keeps else NOTHING):
            page = page_of(own_quizzes(), order=("-pk",), cursor=self.request.GET.get("cursor", ""))
            rows = [quiz_cells(quiz) for quiz in page.rows]
        return super().get_context_data(
            waiting=[one for one in mine if not (one[1] or one[0].is_answered)],
            past=[one for one in mine if one[1] or one[0].is_answered],
            keeps=keeps,
            page=page,
            pager=pager_urls(self.request, page),
            rows=rows,
            may_change=user.has_perm(CHANGE),
            **kwargs,
        )


class AnswerQuizView(OwnMixin, VersionedView):
    """Answer a quiz once; afterwards, the own result, which nobody else is shown."""

    permission_required = SEE
    template_name = "activities/quiz_answer.html"
    form_class = AnswerForm
    button = "交卷"
    done = "已提交。下面是您的结果，只有您自己看得到。"

    def record(self) -> Quiz:
        return self.readable_or_404()

    @cached_property
    def quiz(self) -> Quiz:
        return self.record()

    def get_heading(self) -> str:
        return str(self.quiz)

    def get_draft_key(self) -> str:
        return f"quiz-answer-{self.quiz.public_id}"

    def back_url(self) -> str:
        return reverse("activities:quizzes")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": questions_of(self.quiz)}

    def came_second(self, form: AnswerForm) -> HttpResponse:
        form.add_error(None, CHANGED)
        return self.show_again(form, self.record())

    def edit(self, form: AnswerForm, record: Quiz, version: int) -> str:
        answer_quiz(
            actor=self.request.user,
            member=self.member,
            quiz=record,
            version=version,
            answers=form.answers(),
        )
        return reverse("activities:answer_quiz", args=[record.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quiz, today = self.quiz, timezone.localdate()
        answers = own_answers(quiz, self.member)
        why = "" if answers is not None else why_closed(quiz, self.member, today)
        told = {
            "quiz": quiz,
            "last_day": last_day(quiz),
            "why": why,
            "may_practise": answers is not None or has_ended(quiz, today),
            "result": None if answers is None else result_of(questions_of(quiz), answers),
        }
        return super().get_context_data(**{"version": quiz.version} | told | kwargs)


class PractiseView(OwnMixin, TemplateView):
    """Answer a quiz again for practice: nothing of it is kept."""

    permission_required = SEE
    template_name = "activities/quiz_practise.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        is_free = own_answers(self.quiz, self.member) is not None
        if not (is_free or has_ended(self.quiz, timezone.localdate())):
            return redirect("activities:answer_quiz", self.quiz.public_id)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def quiz(self) -> Quiz:
        return self.readable_or_404()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        questions = questions_of(self.quiz)
        form = AnswerForm(request.POST, questions=questions)
        result = result_of(questions, form.answers()) if form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, result=result))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or AnswerForm(questions=questions_of(self.quiz))
        return super().get_context_data(quiz=self.quiz, form=form, **kwargs)


def quiz_cells(quiz: Any) -> tuple[Any, ...]:
    """Return the cells of one quiz in the list of who keeps them."""
    today = timezone.localdate()
    state = "正在进行" if quiz.opens_on <= today else "还没有开始"
    return (
        Link(quiz.title, quiz.get_absolute_url()),
        quiz.organization.label,
        quiz.opens_on,
        last_day(quiz),
        "已结束" if has_ended(quiz, today) else state,
        f"{quiz.answered} 人",
    )
