"""What happened: organisation life as it is recorded, and what is planned of it."""

from activities.models.activities import Activity, Attendance, Meeting, Photo
from activities.models.explanations import Explanation
from activities.models.feeds import FeedAddress
from activities.models.plans import PlanItem, PlannedActivity, PlannedForm, YearPlan
from activities.models.reviews import Amendment, MonthClosing, Review
from activities.models.votes import ActionItem, Vote

__all__ = [
    "ActionItem",
    "Activity",
    "Amendment",
    "Attendance",
    "Explanation",
    "FeedAddress",
    "Meeting",
    "MonthClosing",
    "Photo",
    "PlanItem",
    "PlannedActivity",
    "PlannedForm",
    "Review",
    "Vote",
    "YearPlan",
]
