"""What happened: organisation life as it is recorded."""

from activities.models.activities import Activity, Attendance, Meeting, Photo
from activities.models.explanations import Explanation
from activities.models.votes import ActionItem, Vote

__all__ = [
    "ActionItem",
    "Activity",
    "Attendance",
    "Explanation",
    "Meeting",
    "Photo",
    "Vote",
]
