"""The columns of a table that comes in: by which headings they go and how a cell becomes a value.

A table's columns are the fields of a django-import-export Resource: its widgets clean the cells and
render stored values for the comparison of old and new. Writing is not left to it: our services
write in bulk, with history and in the open scope.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from import_export.fields import Field
from import_export.widgets import Widget

from partybuild import values
from partybuild.values import PartialDate, Problem

if TYPE_CHECKING:
    import datetime as dt


class CellProblem(ValueError):
    """A cell is not a value; `shown` is what stands in it, fit to be shown to anybody."""

    def __init__(self, problem: Problem, shown: str) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.shown = shown


class TextWidget(Widget):
    """Plain text; a blank cell is None."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return None if values.is_blank(value) else values.clean_text(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value or ""


class NameWidget(TextWidget):
    """The name of a person."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return values.clean_name(value) or None


class PartialDateWidget(Widget):
    """A day, or a month or year where no more is known."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> PartialDate | None:
        return _checked(values.parse_date(value), value)

    def render(self, value: PartialDate | None, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class ParsedWidget(Widget):
    """A value that one function of `partybuild.values` reads; `mask` hides most of it when shown."""

    def __init__(
        self, parse: Callable[[Any], Any], mask: Callable[[str], str] | None = None
    ) -> None:
        super().__init__()
        self.parse = parse
        self.mask = mask

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return _checked(self.parse(value), value, self.mask)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = "" if value is None else str(value)
        return self.mask(text) if self.mask else text


class WordWidget(Widget):
    """One of a few words, each with its other spellings; an unknown word is None.

    `words` maps a pattern for the whole cell to the stored value, `labels` the stored value to what
    is shown.
    """

    def __init__(self, words: Mapping[str, Any], labels: Mapping[Any, str]) -> None:
        super().__init__()
        self.words = words
        self.labels = labels

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        word = values.squeeze(value)
        for pattern, meaning in self.words.items():
            if re.fullmatch(pattern, word):
                return meaning
        return None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, value or "")


def _checked(parsed: Any, value: Any, mask: Callable[[str], str] | None = None) -> Any:
    if isinstance(parsed, Problem):
        shown = values.clean_text(value)[:40]
        raise CellProblem(parsed, mask(shown) if mask else shown)
    return parsed


class Column(Field):
    """A column of a table that comes in.

    `title` is what people call it, `pattern` matches the whole of any heading it goes by (see
    `partybuild.sheets`), `under` a heading above. `free` marks free text, in which a formula is no
    business of ours.
    """

    def __init__(
        self,
        attribute: str | None,
        title: str,
        pattern: str,
        *,
        widget: Widget | None = None,
        under: str = "",
        free: bool = False,
    ) -> None:
        super().__init__(attribute=attribute, column_name=title, widget=widget or TextWidget())
        self.title = title
        self.pattern = pattern
        self.under = under
        self.free = free

    def put(self, instance: Any, value: Any) -> None:
        """Set a cleaned value on an instance."""
        setattr(instance, str(self.attribute), value)


class PartialDateColumn(Column):
    """A date column whose instance keeps the precision beside the date."""

    def __init__(self, attribute: str, title: str, pattern: str, **options: Any) -> None:
        super().__init__(attribute, title, pattern, widget=PartialDateWidget(), **options)
        self.precision = attribute.removesuffix("_on") + "_precision"

    def get_value(self, instance: Any) -> PartialDate | None:
        return partial_date(
            getattr(instance, str(self.attribute)), getattr(instance, self.precision)
        )

    def put(self, instance: Any, value: PartialDate | None) -> None:
        setattr(instance, str(self.attribute), value.date if value else None)
        setattr(instance, self.precision, value.precision if value else "day")


def partial_date(day: "dt.date | None", precision: str) -> PartialDate | None:
    """Return a stored date with its precision, None for none."""
    return PartialDate(day, cast("values.Precision", precision)) if day else None


def number_of(value: Any) -> int | Problem | None:
    """Read a whole number such as `3年`, `三`, `2个`; a problem for anything broken."""
    parsed = values.parse_number(value)
    if isinstance(parsed, Decimal):
        return int(parsed) if parsed == int(parsed) else Problem.NUMBER_TEXT
    return parsed
