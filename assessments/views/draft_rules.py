"""Pages of the rules of one line of a draft, and the try-out of the line."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.views.generic import TemplateView

from assessments.engine.document import Document, Line
from assessments.engine.editing import Lost, found, free_number, key_of, with_line_rules
from assessments.engine.rules.base import KINDS
from assessments.forms.parts import PartForm
from assessments.forms.trials import TrialForm
from assessments.queries.trials import trial_of
from assessments.views.draft_parts import AddPartView, OrderView, PartEditingView, RemovePartView
from assessments.views.drafts import DraftMixin

HIDDEN = ("code",)


class RuleMixin:
    """The parts are the rules of the line that the address names."""

    kwargs: dict[str, Any]
    name = "rules"
    word = "规则"
    hidden = HIDDEN

    def line_in(self, plan: Document) -> Line:
        return line_or_404(plan, self.kwargs["line"])

    def parts(self, plan: Document) -> tuple[Any, ...]:
        return self.line_in(plan).rules

    def with_parts(self, plan: Document, parts: tuple[Any, ...]) -> Document:
        return with_line_rules(plan, self.kwargs["line"], parts)

    def title_of(self, part: Any) -> str:
        return str(part.words)

    def back_url(self) -> str:
        arguments = [self.kwargs["draft"], "lines", self.kwargs["line"]]
        return reverse("assessments:draft_part", args=arguments)

    def get_lead(self) -> str:
        plan = self.record().plan  # type: ignore[attr-defined]
        return f"{plan.title} · {self.line_in(plan).title}"

    def say_done(self) -> None:
        """Say at once what the rule says now."""
        self.done = self.said
        super().say_done()  # type: ignore[misc]

    @property
    def said(self) -> str:
        line = self.line_in(self.record().plan)  # type: ignore[attr-defined]
        return f"已保存。现在这一项是：{line.words or '还没有规则'}"


class WordsMixin:
    """Answers what is typed with the sentence that it would be once saved; keeps nothing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()  # type: ignore[attr-defined]
        if form.is_valid():
            return JsonResponse({"words": f"这样填，保存以后写成：{self.typed(form).words}"})
        missing = [str(form[name].label) for name in form.errors if name in form.fields]
        named = "、".join(f"“{label}”" for label in missing)
        return JsonResponse({"words": f"填好{named}，这里写出整句话。"})

    def typed(self, form: PartForm) -> Any:
        """Return the rule that was typed."""
        return form.part()


class SchemeDraftRuleView(RuleMixin, PartEditingView):
    """Change a rule."""

    template_name = "assessments/draft_rule.html"

    @property
    def cls(self) -> Any:
        return type(self.part_in(self.plan))

    def get_heading(self) -> str:
        return str(self.cls.title)

    def get_draft_key(self) -> str:
        return f"scheme-{self.kwargs['draft']}-{self.kwargs['line']}-{self.kwargs['key']}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.plan
        remove_url = reverse(
            "assessments:remove_draft_rule",
            args=[self.draft.public_id, self.kwargs["line"], self.kwargs["key"]],
        )
        words_url = reverse(
            "assessments:draft_rule_words",
            args=[self.draft.public_id, self.kwargs["line"], self.kwargs["key"]],
        )
        kept = {"line": self.line_in(plan), "remove_url": remove_url, "words_url": words_url}
        return super().get_context_data(**kept | kwargs)


class SchemeDraftRuleWordsView(WordsMixin, SchemeDraftRuleView):
    """What a rule would say as it is being changed."""

    def typed(self, form: PartForm) -> Any:
        return form.part(self.part_in(self.plan))


class ChooseSchemeDraftRuleView(DraftMixin, TemplateView):
    """The kinds of rules, to choose one."""

    template_name = "assessments/draft_kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.record()
        shown = {
            "draft": draft,
            "line": line_or_404(draft.plan, self.kwargs["line"]),
            "key": self.kwargs["line"],
            "kinds": [(kind.kind, kind.title, kind.about) for kind in KINDS.values()],
        }
        return super().get_context_data(**kwargs | shown)


class AddSchemeDraftRuleView(RuleMixin, AddPartView):
    """Add a rule of a kind to a line."""

    template_name = "assessments/draft_rule.html"

    @property
    def cls(self) -> Any:
        kind = KINDS.get(self.kwargs["kind"])
        if kind is None:
            raise Http404("There is no such kind of rule.")
        return kind

    def get_heading(self) -> str:
        return f"加一条规则：{self.cls.title}"

    def get_draft_key(self) -> str:
        return f"scheme-{self.kwargs['draft']}-{self.kwargs['line']}-{self.cls.kind}"

    def given(self, plan: Document, form: PartForm) -> dict[str, Any]:
        return {"code": free_number(self.parts(plan))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words_url = reverse(
            "assessments:new_draft_rule_words",
            args=[self.draft.public_id, self.kwargs["line"], self.cls.kind],
        )
        kept = {"line": self.line_in(self.plan), "words_url": words_url}
        return super().get_context_data(**kept | kwargs)


class NewSchemeDraftRuleWordsView(WordsMixin, AddSchemeDraftRuleView):
    """What a rule would say that is being added."""


class RemoveSchemeDraftRuleView(RuleMixin, RemovePartView):
    """Take a rule out of its line."""


class OrderSchemeDraftRulesView(RuleMixin, OrderView):
    """Put the rules of a line into another order."""

    def get_heading(self) -> str:
        return "调整规则的顺序"


class TrySchemeDraftLineView(DraftMixin, TemplateView):
    """Try a line out: what is typed here is computed and not kept."""

    template_name = "assessments/draft_try.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.record()
        line = line_or_404(draft.plan, self.kwargs["line"])
        form = TrialForm(self.request.GET or None, line=line, per=draft.plan.period)
        result = None
        if form.is_bound and form.is_valid():
            result = trial_of(draft.plan, line, form.values(), form.records())
        shown = {"draft": draft, "line": line, "key": key_of(line), "form": form, "result": result}
        return super().get_context_data(**kwargs | shown)


def line_or_404(plan: Document, key: str) -> Line:
    """Return the line that an address names."""
    try:
        line: Line = found(plan.lines, key)
    except Lost:
        raise Http404("The line is not there.") from None
    return line
