"""What happened: organisation life as it is recorded, and what is planned of it."""

from activities.models.activities import Activity, Attachment, Attendance, Meeting, Photo
from activities.models.appraisals import Appraisal, AppraisalEntry
from activities.models.explanations import Explanation
from activities.models.feeds import FeedAddress, FeedGuess
from activities.models.materials import MaterialUse, MaterialVersion, StudyMaterial
from activities.models.plans import PlanItem, PlannedActivity, PlannedForm, YearPlan
from activities.models.quizzes import Quiz, QuizAttempt, QuizQuestion
from activities.models.reminders import Reminder, ReminderItem
from activities.models.reviews import Amendment, MonthClosing, Review
from activities.models.talks import Talk, TalkPerson
from activities.models.votes import ActionItem, Vote

__all__ = [
    "ActionItem",
    "Activity",
    "Amendment",
    "Appraisal",
    "AppraisalEntry",
    "Attachment",
    "Attendance",
    "Explanation",
    "FeedAddress",
    "FeedGuess",
    "MaterialUse",
    "MaterialVersion",
    "Meeting",
    "MonthClosing",
    "Photo",
    "PlanItem",
    "PlannedActivity",
    "PlannedForm",
    "Quiz",
    "QuizAttempt",
    "QuizQuestion",
    "Reminder",
    "ReminderItem",
    "Review",
    "StudyMaterial",
    "Talk",
    "TalkPerson",
    "Vote",
    "YearPlan",
]
