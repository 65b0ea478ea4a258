"""What the fields of a document may refer to: indicators, and other parts of the same document."""

from assessments.engine.document import Document
from assessments.engine.typed import escaped
from partybuild.indicators import indicators

References = dict[str, list[tuple[str, str]]]


def references_of(document: Document) -> References:
    """Return the values on offer with their words, by what a label says it refers to."""
    measured = sorted((one.code, one.title) for one in indicators)
    named = {
        "indicators": measured,
        "categories": [(one.code, one.name) for one in document.all_categories if one.code],
        "totals": [(one.code, one.name) for one in document.all_totals],
        "bands": [(one.name, one.name) for one in document.bands],
        "classes": [(one.code, one.name) for one in document.classes],
    }
    return {
        what: [(escaped(code), word) for code, word in values] for what, values in named.items()
    }
