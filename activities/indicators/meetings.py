"""Indicators of organisation life: how many meetings of each form a branch held, month by month."""

from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from activities.models import Meeting
from activities.queries.occasions import meetings_counted_in
from partybuild.indicators import FrequencyIndicator
from partybuild.periods import Period


class MeetingFrequency(FrequencyIndicator):
    """Counts the meetings of one form by the month they count for, in one query.

    It starts at the meetings, so that the open scope and the trash hold. `needs_committee` says
    that the form belongs to a 支委会: a branch without one owes none (CNT-NA).
    """

    kind: ClassVar[Meeting.Kind]
    needs_committee: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.evidence = ("activities.meetings", {"kind": str(cls.kind), "counted": "month"})
        super().__init_subclass__(**kwargs)

    def months(self, subjects: QuerySet, period: Period) -> QuerySet:
        return (
            meetings_counted_in(period)
            .filter(kind=self.kind, activity__organization__in=subjects)
            .annotate(month=TruncMonth("counted_on"))
            .order_by()
            .values_list("activity__organization", "month")
            .annotate(records=Count("pk"))
        )


class GeneralMeetings(MeetingFrequency):
    code = "activities.general_meetings"
    title = "支部党员大会次数"
    kind = Meeting.Kind.GENERAL_MEETING


class CommitteeMeetings(MeetingFrequency):
    code = "activities.committee_meetings"
    title = "支部委员会会议次数"
    kind = Meeting.Kind.COMMITTEE_MEETING
    needs_committee = True


class GroupMeetings(MeetingFrequency):
    code = "activities.group_meetings"
    title = "党小组会次数"
    kind = Meeting.Kind.GROUP_MEETING


class PartyLectures(MeetingFrequency):
    code = "activities.party_lectures"
    title = "党课次数"
    kind = Meeting.Kind.PARTY_LECTURE


class PartyDays(MeetingFrequency):
    code = "activities.party_days"
    title = "主题党日次数"
    kind = Meeting.Kind.PARTY_DAY


class OrganizationalLifeMeetings(MeetingFrequency):
    code = "activities.organizational_life_meetings"
    title = "组织生活会次数"
    kind = Meeting.Kind.ORGANIZATIONAL_LIFE_MEETING


class DemocraticAppraisals(MeetingFrequency):
    code = "activities.democratic_appraisals"
    title = "民主评议党员次数"
    kind = Meeting.Kind.DEMOCRATIC_APPRAISAL


class StudySessions(MeetingFrequency):
    code = "activities.study_sessions"
    title = "集中学习次数"
    kind = Meeting.Kind.STUDY_SESSION


class DemocraticLifeMeetings(MeetingFrequency):
    code = "activities.democratic_life_meetings"
    title = "民主生活会次数"
    kind = Meeting.Kind.DEMOCRATIC_LIFE_MEETING


class TheoryStudies(MeetingFrequency):
    code = "activities.theory_studies"
    title = "理论学习中心组学习次数"
    kind = Meeting.Kind.THEORY_STUDY


class WorkReports(MeetingFrequency):
    code = "activities.work_reports"
    title = "述职评议次数"
    kind = Meeting.Kind.WORK_REPORT


class ElectionMeetings(MeetingFrequency):
    code = "activities.election_meetings"
    title = "换届选举会议次数"
    kind = Meeting.Kind.ELECTION_MEETING


class SpecialMeetings(MeetingFrequency):
    code = "activities.special_meetings"
    title = "专题会次数"
    kind = Meeting.Kind.SPECIAL_MEETING


class Forums(MeetingFrequency):
    code = "activities.forums"
    title = "座谈会次数"
    kind = Meeting.Kind.FORUM
