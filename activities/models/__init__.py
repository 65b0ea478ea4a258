"""What happened: organisation life as it is recorded."""

from activities.models.activities import Activity, Attendance, Meeting, Photo
from activities.models.appraisals import Appraisal, AppraisalEntry
from activities.models.explanations import Explanation
from activities.models.talks import Talk, TalkPerson

__all__ = [
    "Activity",
    "Appraisal",
    "AppraisalEntry",
    "Attendance",
    "Explanation",
    "Meeting",
    "Photo",
    "Talk",
    "TalkPerson",
]
