"""What happened: organisation life as it is recorded."""

from activities.models.activities import Activity, Attendance, Meeting, Photo
from activities.models.appraisals import Appraisal, AppraisalEntry
from activities.models.explanations import Explanation
from activities.models.reviews import Amendment, MonthClosing, Review
from activities.models.talks import Talk, TalkPerson
from activities.models.votes import ActionItem, Vote

__all__ = [
    "ActionItem",
    "Activity",
    "Amendment",
    "Appraisal",
    "AppraisalEntry",
    "Attendance",
    "Explanation",
    "Meeting",
    "MonthClosing",
    "Photo",
    "Review",
    "Talk",
    "TalkPerson",
    "Vote",
]
