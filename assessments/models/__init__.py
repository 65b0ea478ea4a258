"""How good: schemes, what people say of a subject, scorecards, and cycles."""

from assessments.models.adjustments import Adjustment
from assessments.models.cycles import (
    Appeal,
    Ballot,
    BandDecision,
    Cycle,
    Rater,
    SealedScorecard,
)
from assessments.models.drafts import SchemeDraft
from assessments.models.marks import Mark, Scorecard
from assessments.models.schemes import Scheme, SchemeItem

__all__ = [
    "Adjustment",
    "Appeal",
    "Ballot",
    "BandDecision",
    "Cycle",
    "Mark",
    "Rater",
    "Scheme",
    "SchemeDraft",
    "SchemeItem",
    "Scorecard",
    "SealedScorecard",
]
