"""What happened: organisation life as it is recorded."""

from activities.models.activities import Activity, Attendance, Meeting, Photo
from activities.models.explanations import Explanation
from activities.models.reviews import Amendment, MonthClosing, Review
from activities.models.votes import ActionItem, Vote

__all__ = [
    "ActionItem",
    "Activity",
    "Amendment",
    "Attendance",
    "Explanation",
    "Meeting",
    "MonthClosing",
    "Photo",
    "Review",
    "Vote",
]
