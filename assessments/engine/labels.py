"""What people read for a field of a document: it stands on the field itself, in its type.

`points: Annotated[Decimal, Label("分值")]` is read by the form on the page and by the workbook; a new
field or a new kind of rule needs nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Label:
    """The word for a field, and what helps to fill it in.

    `choices` are the words for its values; other values are no document, unless `is_open`.
    `of` names what its values refer to: indicators, categories, bands, totals, classes.
    """

    text: str
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_open: bool = False
    is_long: bool = False
    of: str = ""


@cache
def labels_of(cls: Any) -> dict[str, Label]:
    """Return the labels of the fields of a part of a document, by name."""
    hints = get_type_hints(cls, include_extras=True).items()
    return {
        name: one
        for name, hint in hints
        if get_origin(hint) is Annotated
        for one in get_args(hint)[1:]
        if isinstance(one, Label)
    }
