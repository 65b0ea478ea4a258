"""Papers: Word templates of an app, filled with values.

A template is a .docx file in an app's `papers/`: `members/papers/resolution.docx` is the paper
`members.resolution`. It is an ordinary Word file in which `{{ 姓名 }}` stands for a value, so that an
office may change its look in Word. What has no value stays a line to write on; it is never guessed.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.utils.http import content_disposition_header

BLANK = "____"
# A value that is known to be nothing: its place stays empty instead of becoming a line.
NOTHING = "\u3000"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fill(code: str, values: Mapping[str, Any]) -> bytes:
    """Return the paper `code` as a Word file in which every place holds its value.

    Dates are written 2026年5月18日. A value that is None, "" or not given becomes a line to write on.
    A list is for a loop in the template; what is written into its places is treated alike. True and
    False are for its conditions.
    """
    template = _open(code)
    shown = {name: _shown(values.get(name)) for name in _places(code)}
    template.render(shown, autoescape=True)
    written = BytesIO()
    template.save(written)
    return written.getvalue()


def missing(code: str, values: Mapping[str, Any]) -> list[str]:
    """Return the places of a paper that have no value, in the order of `values`."""
    wanted = _places(code)
    known = [name for name in values if name in wanted]
    return [name for name in known if _is_missing(values[name])] + sorted(wanted - values.keys())


def word_response(content: bytes, file_name: str) -> HttpResponse:
    """Return a Word file to be saved under a name that may be Chinese; nothing keeps a copy."""
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name
    )
    response["Cache-Control"] = "no-store"
    return response


def _open(code: str) -> Any:
    from docxtpl import DocxTemplate  # noqa: PLC0415 -- only those who write a paper need it

    return DocxTemplate(BytesIO(_template(code)))


@cache
def _places(code: str) -> frozenset[str]:
    return frozenset(_open(code).get_undeclared_template_variables())


@cache
def _template(code: str) -> bytes:
    app, _, name = code.partition(".")
    return (Path(apps.get_app_config(app).path) / "papers" / f"{name}.docx").read_bytes()


def _is_missing(value: Any) -> bool:
    return value is None or value == ""


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if _is_missing(value):
        return BLANK
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    return str(value)
