"""Pages that change one part of a draft: its head, a category, a line, a band, in which order they stand."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from assessments.engine.document import Document, Line
from assessments.engine.editing import (
    PARTS,
    Lost,
    Taken,
    found,
    free_code,
    key_of,
    lines_in,
    ordered,
    put,
    with_order_in,
    without,
)
from assessments.engine.typed import entries_of
from assessments.forms.drafts import OrderForm
from assessments.forms.parts import PartForm, field_name, texts_of
from assessments.models import SchemeDraft
from assessments.queries.overview import full_of, remarks_on
from assessments.queries.references import references_of
from assessments.services.drafts import change_draft
from assessments.views.drafts import DraftMixin
from partybuild.merging import StaleVersion
from partybuild.refusals import Refused
from partybuild.saving import EditingView, VersionedView

# What no form asks for: a code is given by the page, and what has pages of its own stands there.
GIVEN = {
    "categories": ("code",),
    "lines": ("code", "rules"),
    "totals": ("code",),
    "sides": ("code",),
}
HEAD_HIDDEN = ("code", *PARTS)


class DraftPartMixin(DraftMixin):
    """What pages of a part have in common: the document, the words of the list, how it is saved."""

    @cached_property
    def draft(self) -> SchemeDraft:
        return self.record()

    @property
    def plan(self) -> Document:
        return self.draft.plan

    @property
    def name(self) -> str:
        """The list of the document."""
        name: str = self.kwargs["part"]
        if name not in PARTS:
            raise Http404("A document has no such list.")
        return name

    @property
    def cls(self) -> Any:
        return PARTS[self.name]

    @property
    def hidden(self) -> tuple[str, ...]:
        return GIVEN.get(self.name, ())

    @property
    def word(self) -> str:
        """What the list is called."""
        return entries_of(Document)[self.name].label.text

    def parts(self, plan: Document) -> tuple[Any, ...]:
        """Return the parts of the list, or of the line."""
        parts: tuple[Any, ...] = getattr(plan, self.name)
        return parts

    def with_parts(self, plan: Document, parts: tuple[Any, ...]) -> Document:
        """Return the document with other parts in their place."""
        changed: dict[str, Any] = {self.name: parts}
        return dataclasses.replace(plan, **changed)

    def part_in(self, plan: Document) -> Any:
        """Return the part that the address names; Http404 when it is not there."""
        try:
            return found(self.parts(plan), self.kwargs["key"])
        except Lost:
            raise Http404("The part is not there.") from None

    def back_url(self) -> str:
        return self.draft.get_absolute_url()

    def get_form_class(self) -> Any:
        return PartForm

    def form_of(self) -> dict[str, Any]:
        """Return what the form has to know of the part."""
        return {"cls": self.cls, "hidden": self.hidden, "of": references_of(self.plan)}

    def title_of(self, part: Any) -> str:
        """Return what people call a part."""
        for name in ("title", "name", "band"):
            if title := getattr(part, name, ""):
                return str(title)
        return str(getattr(part, "words", ""))

    def keep(
        self, record: SchemeDraft, version: int, plan: Document, what: str, before: Any, after: Any
    ) -> None:
        change_draft(
            actor=self.request.user,
            draft=record,
            version=version,
            document=plan,
            what=what,
            before=None if before is None else told_in(before, self.hidden),
            after=None if after is None else told_in(after, self.hidden),
        )


def told_in(part: Any, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Return what a part says for the history: words and texts."""
    entries = entries_of(type(part))
    return {
        entries[name].label.text: entries[name].written(getattr(part, name))
        for name in entries
        if name not in hidden and not dataclasses.is_dataclass(entries[name].bare)
    }


class PartEditingView(DraftPartMixin, EditingView):
    """Change a part; two who change different things both keep their work."""

    template_name = "assessments/draft_part.html"
    done = "已保存。"

    def values_of(self, record: SchemeDraft) -> dict[str, Any]:
        return texts_of(self.part_in(record.plan), self.hidden)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.form_of()

    def get_heading(self) -> str:
        return self.title_of(self.part_in(self.plan)) or self.word

    def get_lead(self) -> str:
        return f"{self.plan.title} · {self.word}"

    def get_draft_key(self) -> str:
        return f"scheme-{self.kwargs['draft']}-{self.name}-{self.kwargs.get('key', '')}"[:100]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.part_in(self.plan)
        return super().get_context_data(
            **{"draft": self.draft, "part": part, "remarks": remarks_on(self.plan, part)} | kwargs
        )

    def edit(self, form: PartForm, record: SchemeDraft, version: int) -> str:
        before = self.part_in(record.plan)
        part = form.part(before)
        try:
            parts = put(self.parts(record.plan), part, self.kwargs["key"])
        except Taken:
            raise Refused("已经有同名的，请换一个名称。") from None
        plan = self.with_parts(record.plan, parts)
        self.keep(record, version, plan, f"改{self.word}“{self.title_of(part)}”", before, part)
        return self.next_url(part)

    def next_url(self, part: Any) -> str:
        """Return where one goes after saving."""
        return self.back_url()


class SchemeDraftPartView(PartEditingView):
    """Change a category, a line, a band or the like."""

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return f"assessments/draft_{'line' if self.name == 'lines' else 'part'}.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        part = context["part"]
        if isinstance(part, Line):
            context["rules"] = [(rule, key_of(rule)) for rule in part.rules]
            context["full"] = full_of((part,))
            context["category_full"] = full_of(lines_in(self.plan, part.category))
        removable = reverse(
            "assessments:remove_draft_part",
            args=[self.draft.public_id, self.name, self.kwargs["key"]],
        )
        return context | {"remove_url": removable, "key": self.kwargs["key"]}

    def next_url(self, part: Any) -> str:
        return f"{self.back_url()}#{self.name}-{key_of(part)}"


class SchemeDraftHeadView(PartEditingView):
    """Change what a scheme is called, whom it scores and how often."""

    @property
    def name(self) -> str:
        return "head"

    @property
    def cls(self) -> Any:
        return Document

    @property
    def hidden(self) -> tuple[str, ...]:
        return HEAD_HIDDEN

    @property
    def word(self) -> str:
        return "基本情况"

    def part_in(self, plan: Document) -> Document:
        return plan

    def get_heading(self) -> str:
        return "基本情况"

    def edit(self, form: PartForm, record: SchemeDraft, version: int) -> str:
        before = record.plan
        plan = form.part(before)
        self.keep(record, version, plan, "改基本情况", before, plan)
        return self.back_url()


class AddPartView(DraftPartMixin, VersionedView):
    """Add a part at the end of its list."""

    template_name = "assessments/draft_add.html"
    button = "保存"
    done = "已加上。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.form_of()

    def get_initial(self) -> dict[str, Any]:
        """Return what has its default in the words of the form."""
        return initial_of(self.cls, self.hidden) | super().get_initial()

    def get_heading(self) -> str:
        return f"加一个{self.word}"

    def get_lead(self) -> str:
        return self.plan.title

    def get_draft_key(self) -> str:
        return f"scheme-{self.kwargs['draft']}-{self.name}-new"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"draft": self.draft} | kwargs)

    def given(self, plan: Document, form: PartForm) -> dict[str, Any]:
        """Return what the page gives a new part: its code, where people do not choose one."""
        if "code" not in self.hidden:
            return {}
        return {"code": free_code([one.code for one in self.parts(plan)], self.stem(form))}

    def stem(self, form: PartForm) -> str:
        return ""

    def edit(self, form: PartForm, record: SchemeDraft, version: int) -> str:
        part = form.part(**self.given(record.plan, form))
        try:
            parts = put(self.parts(record.plan), part)
        except Taken:
            raise Refused("已经有同名的，请换一个名称。") from None
        plan = self.with_parts(record.plan, parts)
        self.keep(record, version, plan, f"加{self.word}“{self.title_of(part)}”", None, part)
        return self.next_url(part)

    def next_url(self, part: Any) -> str:
        return self.back_url()


class AddSchemeDraftPartView(AddPartView):
    """Add a category, a line, a band or the like."""

    def get_initial(self) -> dict[str, Any]:
        initial = super().get_initial()
        if self.name == "lines":
            known = [one.code for one in self.plan.all_categories]
            asked = self.request.GET.get("category", "")
            initial[field_name("category")] = asked if asked in known else next(iter(known), "")
        return initial

    def stem(self, form: PartForm) -> str:
        if self.name != "lines":
            return ""
        return str(form.cleaned_data[field_name("category")] or "项")

    def next_url(self, part: Any) -> str:
        if self.name != "lines":
            return f"{self.back_url()}#{self.name}-{key_of(part)}"
        return reverse("assessments:draft_part", args=[self.draft.public_id, "lines", key_of(part)])


def initial_of(cls: Any, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Return the defaults of a part as the form writes them."""
    entries = {name: one for name, one in entries_of(cls).items() if name not in hidden}
    return {
        field_name(name): one.default
        if one.label.choices or one.bare is bool
        else one.shown(one.default)
        for name, one in entries.items()
        if not one.is_required and not one.is_list and not dataclasses.is_dataclass(one.bare)
    }


class RemovePartView(DraftPartMixin, VersionedView):
    """Take a part out of the draft, after a look at it."""

    template_name = "assessments/draft_add.html"
    button = "删除"
    done = "已从草稿里删除。"

    def get_form_class(self) -> Any:
        return forms.Form

    def get_heading(self) -> str:
        return f"删除{self.word}“{self.title_of(self.part_in(self.plan))}”？"

    def get_lead(self) -> str:
        return "只从这份草稿里删除，已下发的方案不变。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"draft": self.draft} | kwargs)

    def edit(self, form: forms.Form, record: SchemeDraft, version: int) -> str:
        part = self.part_in(record.plan)
        if self.name == "categories" and (lines := lines_in(record.plan, part.code)):
            raise Refused(f"这个类别里还有 {len(lines)} 个项目，请先删除或移到别的类别。")
        parts = without(self.parts(record.plan), self.kwargs["key"])
        plan = self.with_parts(record.plan, parts)
        self.keep(record, version, plan, f"删除{self.word}“{self.title_of(part)}”", part, None)
        return self.back_url()


class RemoveSchemeDraftPartView(RemovePartView):
    """Take a category, a line, a band or the like out of the draft."""


class OrderView(DraftPartMixin, VersionedView):
    """Put parts into another order: always the whole of it, so that none is lost."""

    template_name = "assessments/draft_order.html"
    done = "顺序已保存。"

    def get_form_class(self) -> Any:
        return OrderForm

    def get_form_kwargs(self) -> dict[str, Any]:
        parts = self.listed(self.plan)
        named = [(part, self.title_of(part)) for part in parts]
        return super().get_form_kwargs() | {"parts": named}

    def listed(self, plan: Document) -> Sequence[Any]:
        return self.parts(plan)

    def get_heading(self) -> str:
        return f"调整{self.word}的顺序"

    def get_lead(self) -> str:
        return "把序号改成想要的位置：要排到第 2，就写 2，其他的依次往后。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"draft": self.draft} | kwargs)

    def in_order(self, plan: Document, keys: list[str]) -> Document:
        return self.with_parts(plan, ordered(self.parts(plan), keys))

    def edit(self, form: OrderForm, record: SchemeDraft, version: int) -> str:
        try:
            plan = self.in_order(record.plan, form.keys_in_order())
        except Lost:
            raise StaleVersion(record) from None
        what = f"调整{self.word}的顺序"
        self.keep(record, version, plan, what, None, None)
        return self.back_url()


class OrderSchemeDraftPartsView(OrderView):
    """Put the parts of a list into another order; of lines, those of one category."""

    @property
    def category(self) -> str:
        return self.request.GET.get("category", "")

    def listed(self, plan: Document) -> Sequence[Any]:
        return lines_in(plan, self.category) if self.name == "lines" else self.parts(plan)

    def in_order(self, plan: Document, keys: list[str]) -> Document:
        if self.name == "lines":
            return with_order_in(plan, self.category, keys)
        return super().in_order(plan, keys)
