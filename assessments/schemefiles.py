"""Schemes as files that come and go: YAML, and the workbook."""

import io
from pathlib import PurePath

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from assessments.engine.document import Document
from assessments.engine.written import as_yaml
from assessments.filetext import TranscriptProblem
from assessments.schemebooks import document_of, write_scheme
from assessments.transcripts import read_transcript
from partybuild.tables import read_tables

BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "application/yaml; charset=utf-8"
UNFIT_FOR_NAMES = '\\/:*?"<>|\n\r\t'
LONGEST_NAME = 80


def document_in(data: bytes, file_name: str) -> Document:
    """Read a scheme from an uploaded file, whole or not at all.

    TranscriptProblem and TableRefused say in Chinese why not, and where.
    """
    if PurePath(file_name).suffix.lower() in {".yaml", ".yml"}:
        told = read_transcript(data)
        if told.unsupported and not told.document.lines:
            raise TranscriptProblem("；".join(told.unsupported))
        return told.document
    return document_of(read_tables(data, file_name))


def as_file(document: Document, form: str) -> HttpResponse:
    """Return a scheme as a file to be saved: `yaml` or `xlsx`."""
    if form == "yaml":
        response = HttpResponse(as_yaml(document), content_type=TEXT)
    elif form == "xlsx":
        book = io.BytesIO()
        write_scheme(book, document)
        response = HttpResponse(book.getvalue(), content_type=BOOK)
    else:
        raise Http404("There is no such kind of file.")
    title = "".join(" " if one in UNFIT_FOR_NAMES else one for one in document.title)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{title[:LONGEST_NAME].strip() or '考核方案'}.{form}"
    )
    response["Cache-Control"] = "no-store"
    return response
