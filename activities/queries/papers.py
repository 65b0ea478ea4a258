"""The papers of an occasion: which there are, and what is known of each of their places."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from activities.models import ActionItem, Activity, Attendance, Meeting
from activities.queries.boards import WEEKDAYS
from activities.queries.editing import expected_people
from activities.queries.votes import VoteLine, votes_of
from branches.models import PartyOrganization
from members.models import DevelopmentCase
from members.queries.development import cases_in_scope
from members.queries.development_papers import PAPERS as DEVELOPMENT_PAPERS
from members.queries.development_papers import values_of as development_values
from members.queries.development_rules import ADMISSION
from members.queries.roll import holds, voter_on
from partybuild.documents import NOTHING, missing
from partybuild.periods import Period
from partybuild.places import name_as_of

Values = dict[str, Any]
NUMERALS = "一二三四五六七八九十"
NONE = "无"
# Forms of which only a part of the roll is expected.
OF_A_PART = (Meeting.Kind.COMMITTEE_MEETING, Meeting.Kind.GROUP_MEETING)


@dataclass(frozen=True)
class Occasion:
    """One activity read whole: the forms that a paper is about, and how everybody stood to them."""

    activity: Activity
    place_name: str
    meetings: Sequence[Meeting]
    is_whole: bool
    rows: Sequence[Any]

    @property
    def expected(self) -> list[Any]:
        return [row for row in self.rows if row.status in Attendance.EXPECTED]

    def standing(self, *statuses: str) -> list[Any]:
        return [row for row in self.rows if row.status in statuses]


@dataclass(frozen=True)
class Paper:
    """One kind of paper: what it is called, its template, how its places are filled."""

    code: str
    title: str
    template: str
    fill: Callable[[Occasion], Values]


def forms_of(activity: Activity) -> list[Meeting]:
    """Return the forms held in an occasion, in their order."""
    return list(activity.meetings.select_related("group").order_by("pk"))


def occasion_of(activity: Activity, *, form: int = 0) -> Occasion:
    """Read an occasion for its papers; `form` is the number of one of its forms, 0 for all of them.

    Of a committee meeting or group meeting that was one of several forms, the committee or the group
    alone is expected.
    """
    meetings = forms_of(activity)
    chosen = meetings[form - 1 : form] if form else meetings
    rows = (
        activity.attendances.select_related("member")
        .annotate(has_vote=holds(voter_on(activity.held_on, "member__")))
        .order_by("member__pinyin", "pk")
    )
    people = list(rows)
    if len(chosen) < len(meetings) and chosen[0].kind in OF_A_PART:
        part = {person.member.pk for person in _expected_at(activity, chosen[0])}
        people = [row for row in people if row.member_id in part]
    name = name_as_of(activity.organization, activity.held_on)
    return Occasion(activity, name, chosen, len(chosen) == len(meetings), people)


def _expected_at(activity: Activity, meeting: Meeting) -> list[Any]:
    return expected_people(
        activity.organization,
        activity.held_on,
        kinds=[meeting.kind],
        groups=[meeting.group] if meeting.group else [],
    )


def form_name(meeting: Meeting) -> str:
    """Return what a form is called: 支部党员大会, 党小组会（第一党小组）."""
    group = f"（{meeting.group.label}）" if meeting.group else ""
    return f"{meeting.get_kind_display()}{group}"


def gaps_in(paper: Paper, values: Values) -> list[str]:
    """Return the places of a paper that stay lines to write on."""
    gaps = missing(paper.template, values)
    for part in values.get("各项", ()):
        where = f"{part['名称'].partition('、')[2]}的" if values["多项"] else ""
        gaps += [f"{where}主讲人"] if part["有主讲人"] and not part["主讲人"] else []
        gaps += [f"{where}会议内容"] if not part["内容"] else []
        gaps += [f"{where}决议和后续事项"] if not part["决议"] else []
    return gaps


def when_words(day: dt.date, started_at: dt.time | None, ended_at: dt.time | None = None) -> str:
    """Write when an occasion is: 2026年11月20日（星期五）14:30至16:00."""
    began = f"{started_at:%H:%M}" if started_at else ""
    until = f"至{ended_at:%H:%M}" if ended_at else ""
    weekday = WEEKDAYS[day.weekday()]
    return f"{day.year}年{day.month}月{day.day}日（星期{weekday}）{began}{until}"


def record_values(occasion: Occasion) -> Values:
    """Return what 会议记录 and 会议纪要 say of an occasion; what nobody wrote down is empty."""
    activity, expected = occasion.activity, occasion.expected
    there = occasion.standing(Attendance.Status.PRESENT)
    kinds = "、".join(form_name(meeting) for meeting in occasion.meetings)
    return {
        "标题": f"{occasion.place_name}{kinds}记录",
        "党组织": occasion.place_name,
        "会议类型": kinds,
        "议题": activity.topic,
        "日期": activity.held_on,
        "时间": when_words(activity.held_on, activity.started_at, activity.ended_at),
        "地点": activity.place,
        "主持人": activity.chair.name if activity.chair else "",
        "记录人": activity.recorder.name if activity.recorder else "",
        **_counts(occasion, expected, there),
        "参加人员": _names(there),
        "缺席人员及原因": _absences(occasion),
        "列席人员": _guests(occasion),
        "多项": len(occasion.meetings) > 1,
        "各项": _parts(occasion.meetings),
        "议定事项": _matters(occasion),
    }


def _counts(occasion: Occasion, expected: Sequence[Any], there: Sequence[Any]) -> Values:
    """Return the four counts; none of them is known where nobody's attendance is.

    Where an old ledger named only some, the heads are those it states, and votes nobody knows.
    """
    activity = occasion.activity
    counts = {
        "应到人数": len(expected),
        "应到有表决权": sum(row.has_vote for row in expected),
        "实到人数": len(there),
        "实到有表决权": sum(row.has_vote for row in there),
    }
    if activity.is_partly_named:
        figures = {"应到人数": activity.stated_expected, "实到人数": activity.stated_present}
        return dict.fromkeys(counts) | (figures if occasion.is_whole else {})
    return counts if expected else dict.fromkeys(counts)


def _names(rows: Iterable[Any]) -> str:
    return "、".join(row.member.name for row in rows)


def _absences(occasion: Occasion) -> str:
    """Name the absent with their reasons, then the exempt; 无 where all of those expected came."""
    away = occasion.standing(Attendance.Status.ON_LEAVE, Attendance.Status.ABSENT)
    named = "、".join(f"{row.member.name}（{_reason(row)}）" for row in away)
    exempt = _names(occasion.standing(Attendance.Status.EXEMPT))
    if not occasion.rows or (occasion.activity.is_partly_named and not named):
        return ""
    return (named or NONE) + (f"；免予参加：{exempt}" if exempt else "")


def _reason(row: Any) -> str:
    return str(row.get_reason_display() or row.get_status_display())


def _guests(occasion: Occasion) -> str:
    named = _names(occasion.standing(Attendance.Status.GUEST))
    return "、".join(part for part in (occasion.activity.guests, named) if part)


def _parts(meetings: Sequence[Meeting]) -> list[Values]:
    several = len(meetings) > 1
    votes: dict[int, list[str]] = defaultdict(list)
    for line in votes_of(meetings):
        votes[line.vote.meeting_id].append(_vote_words(line))
    return [
        {
            "名称": f"{_numeral(at)}、{form_name(meeting)}" if several else "会议内容",
            "有主讲人": bool(meeting.lecturer) or meeting.kind == Meeting.Kind.PARTY_LECTURE,
            "主讲人": meeting.lecturer,
            "内容": paragraphs(meeting.minutes),
            "表决": votes[meeting.pk],
            "决议": paragraphs(meeting.resolution),
        }
        for at, meeting in enumerate(meetings)
    ]


def _vote_words(line: VoteLine) -> str:
    """Write one vote as a record does: what on, how, who counted, how many, and the outcome."""
    vote, step, ballots = line.vote, line.vote.step, line.ballots
    how = "无记名投票" if (step.is_secret if step else vote.is_secret) else "举手表决"
    written = step.written_opinions if step else None
    by_letter = f"（含书面意见 {written} 份）" if written else ""
    outcome = "通过" if line.result.is_passed else "没有通过"
    return (
        f"{vote.title}：{how}，应到有表决权 {line.voters.due} 人，实到 {line.voters.present} 人，"
        f"赞成 {ballots.yes} 票{by_letter}，反对 {ballots.no} 票，弃权 {ballots.abstain} 票，{outcome}。"
    )


def _matters(occasion: Occasion) -> list[str]:
    """Write what the occasion left to be done; a paper about one form of several leaves it out."""
    if not occasion.is_whole:
        return []
    return [
        "，".join(
            part
            for part in (
                matter.text,
                f"负责人：{matter.responsible}" if matter.responsible else "",
                f"{matter.due_on.year}年{matter.due_on.month}月{matter.due_on.day}日前完成"
                if matter.due_on
                else "",
            )
            if part
        )
        + "。"
        for matter in ActionItem.objects.filter(raised_in=occasion.activity).order_by("pk")
    ]


def _numeral(at: int) -> str:
    return NUMERALS[at] if at < len(NUMERALS) else str(at + 1)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sign_in_values(occasion: Occasion) -> Values:
    """Return what 签到表 says: everybody expected with a line to sign, also once it is over."""
    values = record_values(occasion)
    names = ("党组织", "会议类型", "议题", "时间", "地点", "应到人数")
    away = occasion.standing(Attendance.Status.EXEMPT)
    asked = [row for row in occasion.rows if row in occasion.expected or row in away]
    notes = [(row.member.name, _note(row)) for row in asked]
    return {name: values[name] for name in names} | {"名单": sign_in_lines(notes)}


def _note(row: Any) -> str:
    return "" if row.status == Attendance.Status.PRESENT else _reason(row)


def sign_in_lines(people: Iterable[tuple[str, str]]) -> list[Values]:
    """Return the lines of 签到表 from names and notes."""
    return [
        {"序号": number, "姓名": name, "备注": note or NOTHING}
        for number, (name, note) in enumerate(people, start=1)
    ]


def prepared_values(
    organization: PartyOrganization, *, said: Values, today: dt.date
) -> dict[str, Values]:
    """Return what 签到表 and 会议通知 say of an occasion that is to come, by the paper's code.

    `said` are `kinds`, `groups`, `held_on`, `started_at`, `place`, `topic`, `agenda`, `demands`.
    """
    groups = list(said["groups"])
    people = expected_people(organization, said["held_on"], kinds=said["kinds"], groups=groups)
    common = {
        "党组织": organization.name,
        "会议类型": "、".join(str(Meeting.Kind(kind).label) for kind in said["kinds"]),
        "议题": said["topic"],
        "时间": when_words(said["held_on"], said["started_at"]),
        "地点": said["place"],
    }
    named = [(one.member.name, "免予参加" if one.is_exempt else "") for one in people]
    whom = _whom(said["kinds"], groups)
    return {
        SIGN_IN: common
        | {
            "应到人数": sum(not one.is_exempt for one in people),
            "名单": sign_in_lines(named),
        },
        NOTICE: common
        | {
            "主送": whom,
            "参加人员": f"{whom}（{len(people)} 人）",
            "议程": paragraphs(said["agenda"]),
            "要求": paragraphs(said["demands"]),
            "通知日期": today,
        },
    }


def _whom(kinds: Iterable[str], groups: Sequence[PartyOrganization]) -> str:
    asked = set(kinds)
    if asked == {Meeting.Kind.COMMITTEE_MEETING}:
        return "支部委员会委员"
    if asked == {Meeting.Kind.GROUP_MEETING} and groups:
        return f"{'、'.join(group.label for group in groups)}党员"
    return "全体党员"


def admissions_at(activity: Activity) -> list[DevelopmentCase]:
    """Return the cases in scope on whose admission the branch decided on the day of an occasion."""
    return list(
        cases_in_scope()
        .filter(
            organization=activity.organization,
            steps__code=ADMISSION,
            steps__done_on=activity.held_on,
        )
        .select_related("member", "organization")
        .order_by("member__pinyin", "pk")
    )


def admission_paper(case: DevelopmentCase) -> Paper:
    """Return 接收预备党员会议记录: the votes from the case, where and who from the occasion."""
    paper = DEVELOPMENT_PAPERS[ADMISSION]
    known = development_values(paper, case)

    def filled(occasion: Occasion) -> Values:
        record = record_values(occasion)
        return known | {
            "地点": record["地点"],
            "主持人": record["主持人"],
            "记录人": record["记录人"],
            "列席人": record["列席人员"],
            "参会人员": record["参加人员"],
            "缺席人员": record["缺席人员及原因"],
        }

    return Paper(ADMISSION, paper.title, paper.template, filled)


MINUTES, SUMMARY, SIGN_IN, NOTICE = "minutes", "summary", "sign-in", "notice"
PAPERS = {
    MINUTES: Paper(MINUTES, "会议记录", "activities.minutes", record_values),
    SUMMARY: Paper(SUMMARY, "会议纪要", "activities.summary", record_values),
    SIGN_IN: Paper(SIGN_IN, "签到表", "activities.sign_in", sign_in_values),
}
# What is written before an occasion, from what is planned.
BEFOREHAND = {SIGN_IN: ("签到表", "activities.sign_in"), NOTICE: ("会议通知", "activities.notice")}
BINDER = "activities.binder"


def occasions_in(organization: PartyOrganization, period: Period) -> QuerySet[Activity]:
    """Return the activities of one organisation in a period, in the order of days."""
    return (
        Activity.objects.filter(
            organization=organization, held_on__range=(period.start, period.end)
        )
        .select_related("organization", "chair", "recorder")
        .order_by("held_on", "pk")
    )


def gaps_among(occasions: QuerySet[Activity]) -> list[tuple[str, int]]:
    """Return what is missing in the records of occasions, with in how many of them; in one query."""
    attended = Attendance.objects.filter(activity=OuterRef("pk"))
    unwritten = Meeting.objects.filter(activity=OuterRef("pk"), minutes="")
    counted = occasions.order_by().aggregate(
        content=Count("pk", filter=Exists(unwritten)),
        people=Count("pk", filter=~Exists(attended)),
        chair=Count("pk", filter=Q(chair=None)),
        recorder=Count("pk", filter=Q(recorder=None)),
        time=Count("pk", filter=Q(started_at=None)),
        place=Count("pk", filter=Q(place="")),
    )
    words = {
        "content": "会议内容",
        "people": "出席情况",
        "chair": "主持人",
        "recorder": "记录人",
        "time": "时间",
        "place": "地点",
    }
    return [(word, counted[name]) for name, word in words.items() if counted[name]]
