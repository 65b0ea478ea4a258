"""Forms for the parts of a scheme, made from the fields that a part has and the words on them.

What is typed is text, as `engine/typed.py` reads and writes it: numbers stay exact, lists are typed one
line for each part, and a line that cannot be read is named with the reason.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from assessments.engine.rules.base import Rule
from assessments.engine.typed import Entry, entries_of
from assessments.engine.written import Unreadable

MOST_CHARACTERS = 5000
ROWS_OF_LIST, ROWS_OF_TEXT = 6, 2
Choices = Mapping[str, list[tuple[str, str]]]


class TypedField(forms.CharField):
    """A value of a document, typed as text; what is cleaned is the text, tried out."""

    def __init__(self, entry: Entry, **kwargs: Any) -> None:
        self.entry = entry
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = (super().clean(value) or "").replace("\r\n", "\n")
        try:
            self.entry.read(text)
        except Unreadable as problem:
            raise forms.ValidationError(str(problem)) from None
        return text


class PartForm(forms.Form):
    """One part of a scheme; `part()` is what was typed, put over the part that there was."""

    def __init__(
        self, *args: Any, cls: Any, hidden: tuple[str, ...], of: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cls = cls
        self.flat = {name: entry for name, _, entry in flattened(cls, hidden)}
        for name, entry in self.flat.items():
            self.fields |= fields_for(field_name(name), entry, of)
        for name, field in self.fields.items():
            if isinstance(field, OpenChoiceField):
                field.keep(self.initial.get(name) or field.choices[0][0])  # type: ignore[index]

    def part(self, before: Any = None, **more: Any) -> Any:
        """Return the part; what the form does not ask for stays as it was before."""
        values = {name: self._value(name, before) for name in self.flat}
        return built(self.cls, values, before, more)

    def _value(self, name: str, before: Any) -> Any:
        entry, said = self.flat[name], self.cleaned_data
        field = field_name(name)
        if is_ticks(entry):
            chosen = tuple(one for one in entry.label.choices if said[tick(field, one)])
            kept = inside(before, name) if before is not None else ()
            return kept if set(kept) == set(chosen) else chosen
        if entry.bare is bool:
            return bool(said[field])
        return entry.read(said[field])


def texts_of(part: Any, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Return what the form says of a part, by field."""
    texts: dict[str, Any] = {}
    for name, _, entry in flattened(type(part), hidden):
        value, field = inside(part, name), field_name(name)
        if is_ticks(entry):
            texts |= {tick(field, one): one in value for one in entry.label.choices}
        elif entry.bare is bool or entry.label.choices:
            texts[field] = value
        else:
            texts[field] = entry.shown(value)
    return texts


def flattened(cls: Any, hidden: tuple[str, ...]) -> Iterator[tuple[str, str, Entry]]:
    """Yield the fields of a part, those of a part within it (依据, 小数) among them."""
    entries = entries_of(cls)
    if issubclass(cls, Rule):
        # What every kind has comes after what this kind is about, but for its condition.
        common = set(entries_of(Rule)) - {"when"}
        entries = dict(sorted(entries.items(), key=lambda one: one[0] in common))
    for name, entry in entries.items():
        if name in hidden:
            continue
        if dataclasses.is_dataclass(entry.bare):
            for inner, one in entries_of(entry.bare).items():
                yield f"{name}-{inner}", name, one
        else:
            yield name, name, entry


def inside(part: Any, name: str) -> Any:
    """Return the value of a flattened field."""
    for step in name.split("-"):
        part = getattr(part, step)
    return part


def built(cls: Any, values: dict[str, Any], before: Any, more: dict[str, Any]) -> Any:
    """Return a part with the values of flattened fields."""
    own: dict[str, Any] = dict(more)
    for name, value in values.items():
        outer, _, inner = name.partition("-")
        if inner:
            own.setdefault(outer, {})[inner] = value
        else:
            own[name] = value
    entries = entries_of(cls)
    own = {
        name: entries[name].bare(**value) if isinstance(value, dict) else value
        for name, value in own.items()
    }
    return cls(**own) if before is None else dataclasses.replace(before, **own)


def field_name(name: str) -> str:
    """Return what the form calls a field: `base` and `version` are names of the page itself."""
    return f"said_{name}"


def is_ticks(entry: Entry) -> bool:
    """Tell whether a field is a list of words that are ticked."""
    return entry.is_list and bool(entry.label.choices)


def tick(name: str, choice: str) -> str:
    return f"{name}_{choice}"


def fields_for(name: str, entry: Entry, of: Choices) -> dict[str, forms.Field]:
    """Return the fields of the form for one value."""
    label, about = entry.label, of.get(entry.label.of, [])
    if is_ticks(entry):
        return {
            tick(name, one): forms.BooleanField(label=f"{label.text}：{word}", required=False)
            for one, word in label.choices.items()
        }
    if entry.bare is bool:
        return {name: forms.BooleanField(label=label.text, required=False, help_text=label.hint)}
    if label.choices or (about and entry.bare is str):
        return {name: _choice(entry, list(label.choices.items()) or about)}
    hint = label.hint
    if about:
        hint += f"可写：{'、'.join(f'{code}（{word}）' for code, word in about if code)}。"
    rows = ROWS_OF_LIST if entry.is_list else ROWS_OF_TEXT
    is_long = entry.is_list or label.is_long
    widget = forms.Textarea(attrs={"rows": rows}) if is_long else forms.TextInput()
    field = TypedField(
        entry,
        label=label.text,
        required=entry.is_required,
        max_length=MOST_CHARACTERS,
        help_text=hint,
        widget=widget,
        error_messages={
            "required": f"请填写{label.text}。",
            "max_length": f"最多 {MOST_CHARACTERS} 个字。",
        },
    )
    return {name: field}


def _choice(entry: Entry, choices: list[tuple[str, str]]) -> forms.Field:
    is_free = not entry.label.choices
    return OpenChoiceField(
        label=entry.label.text,
        choices=[("", "（不选）"), *choices] if is_free else choices,
        required=not is_free,
        help_text=entry.label.hint,
        error_messages={"required": "请选择。", "invalid_choice": "请从列出的里面选。"},
    )


class OpenChoiceField(forms.ChoiceField):
    """A choice that keeps what stood there before, even when it is not (any more) on offer."""

    def keep(self, value: str) -> None:
        """Offer a value that the scheme holds already."""
        offered = list(self.choices)  # type: ignore[arg-type]
        if value not in {code for code, _ in offered}:
            self.choices = [*offered, (value, f"{value}（不在列表里）")]
