"""What a line would give for values that nobody keeps."""

from collections.abc import Mapping
from dataclasses import replace

from assessments.engine.document import Document, Line
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record
from assessments.engine.results import Inputs, LineResult
from assessments.engine.rules.base import Given


def trial_of(
    document: Document, line: Line, values: Mapping[str, Given], records: Mapping[str, Record]
) -> LineResult:
    """Return the result of one line of a document as if it were scored alone, by one side."""
    alone = replace(
        document, lines=(replace(line, classes=()),), sides=(), totals=(), bands=(), quotas=()
    )
    given = {("", line.code): values}
    return evaluate(alone, Inputs(given, records)).lines[0]
