"""Rows of long lists and their filters as HTML, written in Python: a tenth of a template's time.

What a cell says is escaped here and nowhere else. A list of fifty rows would otherwise cost
several times an empty page (`manage.py bench`).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.forms import BoundField, Select
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

NOTHING = "—"
BLANK = "\u3000"  # a cell that has nothing to say, not one that lacks something
PLACEHOLDER = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that opens a page."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """A cell with two counts, marked when the part falls short of the whole."""

    part: int
    whole: int


def addresses(view: str) -> Callable[[str], str]:
    """Return a function from a public id to the address of its page, resolved once for a list."""
    before, _, after = reverse(view, args=[PLACEHOLDER]).partition(PLACEHOLDER)
    return lambda public_id: f"{before}{public_id}{after}"


def table_rows(rows: Iterable[Iterable[object]], classes: str = "") -> SafeString:
    """Return table rows of cells: text, dates, numbers, `Link`, `Ratio`; — for None and ''.

    `classes` are the CSS classes of the columns, separated by commas: `,,n` for the third alone.
    """
    opened = [f'<td class="{name}">' if name else "<td>" for name in classes.split(",") if classes]
    lines = (_line(row, opened) for row in rows)
    return mark_safe("\n".join(lines))  # every cell was escaped  # noqa: S308  # nosec B308, B703


def _line(row: Iterable[object], opened: list[str]) -> str:
    cells = [_cell(value) for value in row]
    if not opened:
        return f"<tr><td>{'</td><td>'.join(cells)}</td></tr>"
    pairs = zip(opened, cells, strict=True)
    return f"<tr>{''.join([f'{start}{cell}</td>' for start, cell in pairs])}</tr>"


def _cell(value: object) -> str:
    if type(value) is str:  # most are
        return escape(value) if value else NOTHING
    if value is None:
        return NOTHING
    if isinstance(value, Link):
        return f'<a href="{escape(value.url)}">{escape(value.text)}</a>'
    if isinstance(value, Ratio):
        short = " ratio--short" if value.part < value.whole else ""
        return f'<span class="ratio{short}">{value.part}/{value.whole}</span>'
    return value.isoformat() if isinstance(value, dt.date) else escape(str(value))


def filter_field(field: BoundField) -> SafeString:
    """Return a field of a filter: its label, what is wrong with it, its control."""
    wrong = "".join(
        f'<span class="field__error">！{escape(str(text))}</span>' for text in field.errors
    )
    label = (
        f'<label class="hint" for="{escape(field.id_for_label)}">{escape(str(field.label))}</label>'
    )
    html = f'<div class="field">{label}{wrong}{filter_control(field)}</div>'
    return mark_safe(html)  # every part was escaped  # noqa: S308  # nosec B308, B703


def filter_control(field: BoundField) -> SafeString:
    """Return the control of a field: a list of choices or a line of text."""
    widget = field.field.widget
    attributes = {**widget.attrs, "name": field.html_name}
    attributes |= field.build_widget_attrs({"id": field.auto_id})
    chosen = str(field.value() or "")
    if isinstance(widget, Select):
        options = "".join(_option(value, label, chosen) for value, label in widget.choices)
        html = f"<select{flatatt({**attributes, 'class': 'form-select'})}>{options}</select>"
    else:
        line = {"type": widget.input_type, "value": chosen or None, "class": "form-control"}
        html = f"<input{flatatt({**attributes, **line})}>"
    return mark_safe(html)  # escaped above and by flatatt  # noqa: S308  # nosec B308, B703


def _option(value: Any, label: Any, chosen: str) -> str:
    mark = " selected" if str(value) == chosen else ""
    return f'<option value="{escape(str(value))}"{mark}>{escape(str(label))}</option>'
