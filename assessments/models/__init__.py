"""How good: schemes, what people say of a subject, and scorecards."""

from assessments.models.marks import Mark, Scorecard
from assessments.models.schemes import Scheme, SchemeItem

__all__ = ["Mark", "Scheme", "SchemeItem", "Scorecard"]
