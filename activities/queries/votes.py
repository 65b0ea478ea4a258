"""Votes: who counted, whether the meeting could decide, whether it did, by which rule."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from activities.models import ActionItem, Attendance, Meeting, Vote
from branches.models import PartyOrganization
from members.models import DevelopmentCase
from members.queries.development import cases_in_scope
from members.queries.development_rules import Rules
from members.queries.offices import committee_on
from members.queries.roll import roll_on, voter_on
from partybuild.regulations import NoRegulation, Regulation, regulation

RULE = "activities.votes"
COMMITTEE = "committee"


@dataclass(frozen=True)
class Voters:
    """应到 and 实到 of those with a vote."""

    due: int
    present: int


@dataclass(frozen=True)
class Ballots:
    """What was counted; the three sum to at most who was there."""

    yes: int
    no: int
    abstain: int


@dataclass(frozen=True)
class Result:
    """How a vote ended: `words` is the arithmetic in a sentence, `source` the rule it follows."""

    is_valid: bool
    is_passed: bool
    words: str
    source: str
    remarks: tuple[str, ...] = ()


def may_decide(due: int, present: int, values: Mapping[str, Any]) -> bool:
    """Tell whether enough with a vote are there: half or more of those due (VOTE-RES)."""
    return present > 0 and present * values["present_times"] >= due * values["due_times"]


def mistakes_in(voters: Voters, ballots: Ballots) -> list[tuple[str, str]]:
    """Return what cannot be true, as (field, sentence)."""
    cast = ballots.yes + ballots.no + ballots.abstain
    if cast > voters.present:
        said = f"赞成、反对、弃权合计 {cast}，多于实到有表决权的 {voters.present} 人，请核对。"
        return [("yes", said)]
    return []


def judge(voters: Voters, ballots: Ballots, values: Mapping[str, Any], source: str) -> Result:
    """Say whether a vote is valid and passed, in whole numbers (VOTE-RES).

    `values` are one subject's of rule `activities.votes`. More than half is meant strictly: of ten,
    five for are not enough.
    """
    whole, word = (voters.present, "实到") if values["of"] == "present" else (voters.due, "应到")
    valid = may_decide(voters.due, voters.present, values)
    passed = valid and ballots.yes * 2 > whole
    if not valid:
        words = f"有表决权的应到 {voters.due} 人，实到 {voters.present} 人，不到半数，不能表决"
    else:
        than = "超过" if passed else "没有超过"
        words = f"赞成 {ballots.yes} 票，{than}{word}有表决权 {whole} 人的半数"
    silent = voters.present - ballots.yes - ballots.no - ballots.abstain
    remarks = (f"实到的人里有 {silent} 人没有计票。",) if valid and silent > 0 else ()
    return Result(valid, passed, words, source, remarks)


def voters_of(meeting: Meeting) -> Voters:
    """Count who had a vote in one form of an occasion, as of its day.

    In a committee meeting these are the committee's, in a group meeting the group's; elsewhere all
    on the roll with a vote.
    """
    day = meeting.activity.held_on
    rows = Attendance.objects.filter(activity=meeting.activity_id).filter(voter_on(day, "member__"))
    if meeting.kind == Meeting.Kind.COMMITTEE_MEETING:
        seats = committee_on(day, meeting.activity.organization)
        rows = rows.filter(member__in=seats.values("member"))
    elif meeting.group_id:
        group = roll_on(day, meeting.activity.organization).filter(group=meeting.group_id)
        rows = rows.filter(member__in=group.values("member"))
    counted = rows.aggregate(
        due=Count("pk", filter=Q(status__in=Attendance.EXPECTED)),
        present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)),
    )
    return Voters(**counted)


@dataclass(frozen=True)
class VoteLine:
    """One vote as the page shows it."""

    vote: Vote
    voters: Voters
    ballots: Ballots
    result: Result
    day_differs: dt.date | None


def votes_of(meetings: Iterable[Meeting]) -> list[VoteLine]:
    """Return the votes of the forms of one occasion with their results."""
    found = []
    by_pk = {meeting.pk: meeting for meeting in meetings}
    votes = Vote.objects.filter(meeting__in=by_pk).select_related("step__case__member")
    voters: dict[int, Voters] = {}
    for vote in votes.order_by("meeting", "pk"):
        meeting = by_pk[vote.meeting_id]
        if vote.step is not None:
            found.append(_counted_in_development(vote, meeting))
            continue
        if meeting.pk not in voters:
            voters[meeting.pk] = voters_of(meeting)
        ballots = Ballots(vote.yes or 0, vote.no or 0, vote.abstain or 0)
        result = result_of(vote, meeting, voters[meeting.pk], ballots)
        found.append(VoteLine(vote, voters[meeting.pk], ballots, result, None))
    return found


def result_of(vote: Vote, meeting: Meeting, voters: Voters, ballots: Ballots) -> Result:
    """Judge one vote by the rule of the day of its meeting."""
    activity = meeting.activity
    try:
        rule = regulation(RULE, on=activity.held_on, place=activity.organization.path)
    except NoRegulation:
        words = f"{activity.held_on} 还没有可依据的规定"
        return Result(is_valid=False, is_passed=False, words=words, source="")
    values, source = values_for(rule, vote.subject, meeting.kind)
    judged = judge(voters, ballots, values, source)
    if values["secret"] and not vote.is_secret:
        said = (*judged.remarks, "这类表决一般用无记名投票，请核对。")
        return Result(judged.is_valid, judged.is_passed, judged.words, source, said)
    return judged


def values_for(rule: Regulation, subject: str, kind: str) -> tuple[dict[str, Any], str]:
    """Return the values of a subject in a form of meeting, and where they stand."""
    in_committee = kind == Meeting.Kind.COMMITTEE_MEETING and subject == Vote.Subject.RESOLUTION
    key = COMMITTEE if in_committee else subject
    return rule.values[key], rule.sources[key]


def _counted_in_development(vote: Vote, meeting: Meeting) -> VoteLine:
    step = vote.step
    assert step is not None  # noqa: S101 -- asked by the caller  # nosec B101
    voters = Voters(step.due_voters or 0, step.present_voters or 0)
    ballots = Ballots(step.yes or 0, step.no or 0, step.abstain or 0)
    than = "超过" if ballots.yes * 2 > voters.due else "没有超过"
    written = f"（含书面意见 {step.written_opinions} 份）" if step.written_opinions else ""
    words = f"赞成 {ballots.yes} 票{written}，{than}应到有表决权 {voters.due} 人的半数"
    edition = Rules().on(step.done_on, meeting.activity.organization.path)
    rule = edition.step(step.code) if edition else None
    result = Result(voters.present * 2 >= voters.due, step.passed, words, rule.cite if rule else "")
    day = meeting.activity.held_on
    return VoteLine(vote, voters, ballots, result, None if step.done_on == day else step.done_on)


def cases_to_vote_on(organization: PartyOrganization) -> QuerySet[DevelopmentCase]:
    """Return the open cases of a branch, by name."""
    return (
        cases_in_scope()
        .filter(organization=organization, closed_on=None)
        .order_by("member__pinyin", "pk")
    )


def open_matters(organization: PartyOrganization) -> QuerySet[ActionItem]:
    """Return what an organisation's meetings left open, the most urgent first."""
    return matters_open(Q(organization=organization))


def matters_open(where: Q) -> QuerySet[ActionItem]:
    """Return the matters that are not closed where a condition holds, the most urgent first."""
    return ActionItem.objects.filter(where, closed_on=None).order_by("due_on", "pk")


def matter_list(
    *, state: str = "", organization: PartyOrganization | None = None, today: dt.date
) -> QuerySet[ActionItem]:
    """Return matters in scope; `state` is open, late, closed or "" for all."""
    matters = ActionItem.objects.select_related("organization", "raised_in")
    if organization is not None:
        matters = matters.filter(organization=organization)
    conditions: dict[str, Q] = {
        "open": Q(closed_on=None),
        "late": Q(closed_on=None, due_on__lt=today),
        "closed": Q(closed_on__isnull=False),
    }
    return matters.filter(conditions[state]) if state in conditions else matters


def late_matters(day: dt.date) -> Sequence[ActionItem]:
    """Return what should have been done before a day and is not."""
    return list(
        ActionItem.objects.filter(closed_on=None, due_on__lt=day)
        .select_related("organization")
        .order_by("due_on", "pk")
    )
