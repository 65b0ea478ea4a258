"""How good: schemes, what people say of a subject, scorecards, cycles, campaigns, and letters."""

from assessments.models.adjustments import Adjustment
from assessments.models.applications import Application, ApplicationStatement
from assessments.models.awards import AwardEvent, CampaignAward
from assessments.models.campaigns import Campaign, CampaignCriterion, CampaignGrade, CampaignPhase
from assessments.models.cycles import Appeal, Ballot, BandDecision, Cycle, Rater, SealedScorecard
from assessments.models.drafts import SchemeDraft
from assessments.models.inspections import Finding, Inspection, Rectification
from assessments.models.letters import Goal, ResponsibilityLetter
from assessments.models.marks import Mark, Scorecard
from assessments.models.polls import PollLink, PollRemark, PollTally, RaterKind
from assessments.models.schemes import Scheme, SchemeItem

__all__ = [
    "Adjustment",
    "Appeal",
    "Application",
    "ApplicationStatement",
    "AwardEvent",
    "Ballot",
    "BandDecision",
    "Campaign",
    "CampaignAward",
    "CampaignCriterion",
    "CampaignGrade",
    "CampaignPhase",
    "Cycle",
    "Finding",
    "Goal",
    "Inspection",
    "Mark",
    "PollLink",
    "PollRemark",
    "PollTally",
    "Rater",
    "RaterKind",
    "Rectification",
    "ResponsibilityLetter",
    "Scheme",
    "SchemeDraft",
    "SchemeItem",
    "Scorecard",
    "SealedScorecard",
]
