"""Judging a case of development: what was done too late or too early, what is due, what is missing.

Everything here is a function of facts in memory, so that pages, alerts and imports judge alike.
Each step is judged by the edition that was in force on its own day; what is still to be done by the
edition of the day it is asked. A date known to the month only is read in favour of the branch.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from members.models import DevelopmentSponsor, DevelopmentStep, Member
from partybuild.calendar import CalendarUnpublished, Workdays
from partybuild.cells import partial_date
from partybuild.periods import add_months, add_years
from partybuild.regulations import NoRegulation, Regulation, RuleBook

RULE = "members.development"
WATCH = "members.development_watch"
Role = DevelopmentSponsor.Role

APPLICATION, TALK, ACTIVIST, CANDIDATE = "application", "talk", "activist", "candidate"
MENTORS, INTRODUCERS, TRAINING, PRE_REVIEW = "mentors", "introducers", "training", "pre_review"
ADMISSION, APPROVAL, OATH = "admission", "approval", "oath"
PROBATION_EDUCATION = "probation_education"
CONFIRMATION, CONFIRMATION_APPROVAL = "confirmation", "confirmation_approval"
# The steps in which the branch meeting votes.
VOTED = (ADMISSION, CONFIRMATION)
# A stage begins with any of these steps.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("申请入党", ()),
    ("入党积极分子", (ACTIVIST,)),
    ("发展对象", (CANDIDATE,)),
    ("预备党员接收", ("committee_review", PRE_REVIEW, "form")),
    ("预备期教育考察和转正", (ADMISSION,)),
)


class Level(StrEnum):
    """How grave a finding is; the value is what people read."""

    NOT_MET = "未达到要求"
    EXPLAIN = "需说明原因"
    GENERAL = "未达到一般要求"
    UNKNOWN = "无法核对"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as a rule says: its code, the step it concerns, the sentence, the rule.

    `is_open` tells that somebody can still do it; else it is history.
    """

    code: str
    step: str
    text: str
    cite: str
    level: str = Level.NOT_MET
    due_on: dt.date | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Deadline:
    """Something that is still to be done, and by when; late after `late_after`."""

    code: str
    step: str
    text: str
    due_on: dt.date
    late_after: dt.date
    cite: str
    is_general: bool = False


@dataclass(frozen=True)
class StepRule:
    """One step as an edition lists it."""

    number: int
    code: str
    name: str
    stage: str
    by: str
    after: tuple[str, ...]
    papers: tuple[str, ...]
    cite: str


class Edition:
    """The rule as it stood on a day at a place: national and local values, the stricter of both."""

    def __init__(self, national: Regulation, local: Regulation) -> None:
        self.national = national
        self._local = local

    def has(self, key: str) -> bool:
        return key in self._local.values

    def value(self, key: str, name: str) -> Any:
        """Return one value: of a minimum the larger, of a deadline the smaller, else the local."""
        shipped = self.national.values.get(key, {})
        local = self._local.values[key]
        both = [table[name] for table in (shipped, local) if name in table]
        kind = local.get("kind", shipped.get("kind"))
        if len(both) > 1 and kind == "at_least" and not isinstance(both[0], bool):
            return max(both)
        if len(both) > 1 and kind == "within":
            return min(both)
        return both[-1] if both else None

    def cite(self, key: str) -> str:
        """Return document and article of a value; of a local one where that is the stricter."""
        shipped = self.national.values.get(key)
        names = self._local.values[key].keys() if shipped else ()
        national = shipped is not None and all(
            shipped.get(name) == self.value(key, name) for name in names if name != "article"
        )
        rule = self.national if national else self._local
        return f"按{rule.sources[key]}"

    @cached_property
    def steps(self) -> tuple[StepRule, ...]:
        """The steps in their order."""
        return tuple(
            StepRule(
                number=step["number"],
                code=step["code"],
                name=step["name"],
                stage=step["stage"],
                by=step["by"],
                after=tuple(step["after"]),
                papers=tuple(step["papers"]),
                cite=f"{self.national.document}{step['article']}" if step["article"] else "",
            )
            for step in self._local.values["steps"]
        )

    def step(self, code: str) -> StepRule | None:
        return next((step for step in self.steps if step.code == code), None)


class Rules:
    """The editions by day and place, and the calendar: two queries for any number of cases."""

    def __init__(self) -> None:
        self._book = RuleBook(RULE)
        self._editions: dict[tuple[int, int], Edition] = {}

    @cached_property
    def workdays(self) -> Workdays:
        return Workdays()

    def on(self, day: dt.date, place: str = "") -> Edition | None:
        """Return the edition of a day, None before the first."""
        try:
            national, local = self._book.on(day), self._book.on(day, place=place)
        except NoRegulation:
            return None
        key = id(national), id(local)
        return self._editions.setdefault(key, Edition(national, local))


@dataclass
class Facts:
    """What is known of one case, as far as a rule asks for it."""

    place: str
    steps: Mapping[str, DevelopmentStep]
    born_on: dt.date | None = None
    reviews: Sequence[dt.date] = ()
    sponsors: Sequence[DevelopmentSponsor] = ()
    reviews_kept_since: dt.date | None = None
    extended_until: dt.date | None = None
    leaving_on: dt.date | None = None
    is_closed: bool = False
    # Somebody came from outside as 预备党员: what stands before the probation was done there.
    came_on_probation: bool = False
    # When members had no vote and may not sponsor (留党察看), by pk; why is nobody's business here.
    suspended: Mapping[int, Sequence[tuple[dt.date, dt.date | None]]] = field(default_factory=dict)

    def done(self, code: str) -> DevelopmentStep | None:
        """Return a step that is behind us; a failed vote is none."""
        step = self.steps.get(code)
        return step if step is not None and step.passed else None

    def furthest(self, edition: Edition) -> int:
        """Return the number of the furthest step that is behind us, 0 for none."""
        furthest = max((rule.number for rule in edition.steps if self.done(rule.code)), default=0)
        return max(furthest, self.done_elsewhere(edition))

    def done_elsewhere(self, edition: Edition) -> int:
        """Return the number of the last step before the probation where it began elsewhere, else 0."""
        education = edition.step(PROBATION_EDUCATION) if self.came_on_probation else None
        return education.number - 1 if education else 0

    def stage(self) -> int:
        """Return the place of the present stage in STAGES."""
        return max(
            at
            for at, (_, codes) in enumerate(STAGES)
            if not codes or any(self.done(code) for code in codes)
        )

    def stage_since(self) -> dt.date | None:
        """Return the day on which the present stage began, None when nobody knows."""
        codes = STAGES[self.stage()][1] or (APPLICATION,)
        return min((step.done_on for code in codes if (step := self.done(code))), default=None)


def last_day(step: DevelopmentStep) -> dt.date:
    """Return the last day that the date of a step may mean."""
    known = partial_date(step.done_on, step.done_precision)
    return known.last if known else step.done_on


# --- what is wrong -----------------------------------------------------------------------------


def findings(facts: Facts, day: dt.date, rules: Rules) -> list[Finding]:
    """Return everything about a case that is not as the rules say, as seen on `day`."""
    found = [
        *_age(facts, rules),
        *_limits(facts, rules),
        *_year(facts, rules),
        *_notice(facts, rules),
        *_training(facts, rules),
        *_sponsors(facts, day, rules),
        *_reviews(facts, day, rules),
        *_votes(facts, rules),
        *_probation(facts, rules),
        *_leaving(facts, rules),
    ]
    found += [
        Finding(
            code=one.code,
            step=one.step,
            text=f"{one.text}，应在 {one.due_on} 前完成，还没有记录",
            cite=one.cite,
            level=Level.GENERAL if one.is_general else Level.NOT_MET,
            due_on=one.due_on,
            is_open=True,
        )
        for one in deadlines(facts, day, rules)
        if day > one.late_after and one.code != "DEV-REVIEW"
    ]
    return found


def _age(facts: Facts, rules: Rules) -> Iterator[Finding]:
    step = facts.done(APPLICATION)
    if step is None or facts.born_on is None:
        return
    edition = rules.on(step.done_on, facts.place)
    years = edition.value("age", "years") if edition else 0
    if edition and last_day(step) < add_years(facts.born_on, years):
        yield Finding("DEV-AGE", APPLICATION, f"申请入党时未满 {years} 周岁", edition.cite("age"))


# Finding, the step that is due, the step it follows, the key of the rule, what to call both.
LIMITS = (
    ("DEV-TALK", TALK, APPLICATION, "talk", "派人谈话", "递交入党申请书"),
    ("DEV-MEET", ADMISSION, PRE_REVIEW, "meeting", "支部大会讨论", "预审通过"),
    ("DEV-APPROVE", APPROVAL, ADMISSION, "approval", "上级党委审批", "支部大会"),
    ("DEV-OATH", OATH, APPROVAL, "oath", "入党宣誓", "上级党委批准"),
    (
        "DEV-APPROVE2",
        CONFIRMATION_APPROVAL,
        CONFIRMATION,
        "confirmation_approval",
        "转正审批",
        "转正大会",
    ),
)


def _limits(facts: Facts, rules: Rules) -> Iterator[Finding]:
    for code, late, start, key, name, since in LIMITS:
        step, began = facts.done(late), facts.done(start)
        edition = rules.on(step.done_on, facts.place) if step else None
        if step is None or began is None or edition is None:
            continue
        due = add_months(last_day(began), edition.value(key, "months"))
        if step.done_on <= due:
            continue
        text = f"{since} {_shown(began)}，{name} {_shown(step)}，应在 {due} 前"
        level: str = Level.GENERAL if edition.value(key, "general") else Level.NOT_MET
        longest = edition.value(key, "longest_months")
        if longest and step.done_on <= add_months(last_day(began), longest):
            level = Level.EXPLAIN
            text += f"，特殊情况可到 {longest} 个月，须说明原因"
        elif longest:
            text += f"，已超过 {longest} 个月"
        if step.reason:
            text += f"；原因：{step.reason}"
        yield Finding(code, late, text, edition.cite(key), level, due)


def _year(facts: Facts, rules: Rules) -> Iterator[Finding]:
    step, began = facts.done(CANDIDATE), facts.done(ACTIVIST)
    edition = rules.on(step.done_on, facts.place) if step else None
    if step is None or began is None or edition is None:
        return
    years = edition.value("activist", "years")
    earliest = add_years(began.done_on, years)
    if last_day(step) < earliest:
        text = (
            f"{_shown(began)} 确定为积极分子，{_shown(step)} 确定为发展对象，"
            f"培养教育不满 {years} 年，应不早于 {earliest}"
        )
        yield Finding("DEV-YEAR", CANDIDATE, text, edition.cite("activist"))


def notice_until(posted: dt.date, edition: Edition, rules: Rules) -> dt.date:
    """Return the last day a public notice posted on a day has to stand; CalendarUnpublished."""
    inclusive = bool(edition.value("notice", "start_inclusive"))
    days = edition.value("notice", "workdays")
    return rules.workdays.add(posted, days, start_inclusive=inclusive)


def _notice(facts: Facts, rules: Rules) -> Iterator[Finding]:
    step = facts.done(CANDIDATE)
    edition = rules.on(step.done_on, facts.place) if step else None
    if step is None or edition is None or not edition.has("notice"):
        return
    days, cite = edition.value("notice", "workdays"), edition.cite("notice")
    if step.span_from is None or step.span_to is None:
        yield Finding("DEV-NOTICE", CANDIDATE, f"没有公示记录，应公示不少于 {days} 个工作日", cite)
        return
    try:
        until = notice_until(step.span_from, edition, rules)
    except CalendarUnpublished as unpublished:
        yield Finding(
            "DEV-NOTICE", CANDIDATE, f"日历数据未发布：{unpublished}", cite, Level.UNKNOWN
        )
        return
    if step.span_to < until:
        text = f"公示 {step.span_from} 至 {step.span_to}，不足 {days} 个工作日，应到 {until}"
        yield Finding("DEV-NOTICE", CANDIDATE, text, cite, due_on=until)


def _training(facts: Facts, rules: Rules) -> Iterator[Finding]:
    step = facts.done(TRAINING)
    edition = rules.on(step.done_on, facts.place) if step else None
    if step is None or edition is None:
        return
    days = (step.span_to - step.span_from).days + 1 if step.span_from and step.span_to else None
    least_days, least_hours = edition.value("training", "days"), edition.value("training", "hours")
    said = f"不少于 {least_days} 天或 {least_hours} 学时"
    if days is None and step.hours is None:
        text, level = f"没有填写培训的天数或学时，应{said}", Level.UNKNOWN
    elif (days or 0) >= least_days or (step.hours or 0) >= least_hours:
        return
    else:
        told = f"{step.hours.normalize():f} 学时" if step.hours is not None else f"{days} 天"
        text, level = f"培训 {told}，应{said}", Level.NOT_MET
    yield Finding("DEV-TRAIN", TRAINING, text, edition.cite("training"), level)


def _sponsors(facts: Facts, day: dt.date, rules: Rules) -> Iterator[Finding]:
    yield from _introducers(facts, day, rules)
    mentors = [one for one in facts.sponsors if one.role == Role.MENTOR]
    step = facts.done(MENTORS)
    edition = rules.on(step.done_on if step else day, facts.place)
    if edition is None or (step is None and not mentors):
        return
    current = [one for one in mentors if one.ended_on is None or one.ended_on > day]
    least, most = edition.value("mentors", "people"), edition.value("mentors", "most")
    if not facts.is_closed and not least <= len(current) <= most:
        text = f"培养联系人 {len(current)} 名，应为 {least} 至 {most} 名"
        yield Finding("DEV-MENTORS", MENTORS, text, edition.cite("mentors"), is_open=True)


def _introducers(facts: Facts, day: dt.date, rules: Rules) -> Iterator[Finding]:
    chosen = [one for one in facts.sponsors if one.role == Role.INTRODUCER]
    later = ("committee_review", PRE_REVIEW, "form", ADMISSION)
    if not chosen and not any(facts.done(code) for code in (INTRODUCERS, *later)):
        return
    if not chosen and facts.came_on_probation:
        return
    step = facts.done(INTRODUCERS) or facts.done(CANDIDATE) or facts.done(ADMISSION)
    judged_on = step.done_on if step else day
    edition = rules.on(judged_on, facts.place)
    if edition is None:
        return
    wanted = edition.value("introducers", "people")
    problems = [f"入党介绍人 {len(chosen)} 名，应为 {wanted} 名"] if len(chosen) != wanted else []
    problems += [
        problem for one in chosen if (problem := sponsor_problem(one, judged_on, facts.suspended))
    ]
    if problems:
        yield Finding(
            "DEV-INTRODUCERS", INTRODUCERS, "；".join(problems), edition.cite("introducers")
        )


def sponsor_problem(
    sponsor: DevelopmentSponsor,
    day: dt.date,
    suspended: Mapping[int, Sequence[tuple[dt.date, dt.date | None]]],
) -> str:
    """Say why somebody may not sponsor on a day, "" when nothing speaks against it."""
    member = sponsor.member
    if member is None:
        return ""
    if not was_full(member, day):
        return f"{sponsor.name} {day} 时不是正式党员"
    spans = suspended.get(member.pk, ())
    if any(start <= day and (end is None or day < end) for start, end in spans):
        return f"{sponsor.name} {day} 时没有表决权"
    return ""


def was_full(member: Member, day: dt.date) -> bool:
    """Tell whether somebody was a full member on a day, as far as the file tells."""
    if member.category != Member.Category.FULL:
        return False
    return member.confirmed_on is None or member.confirmed_on <= day


def _reviews(facts: Facts, day: dt.date, rules: Rules) -> Iterator[Finding]:
    for start, end, is_open in _review_spans(facts, day):
        edition = rules.on(end, facts.place)
        if edition is None:
            continue
        months = edition.value("review", "months") + edition.value("review", "grace_months")
        marks = [start, *sorted(on for on in facts.reviews if start < on < end), end]
        for before, after in pairwise(marks):
            if after > add_months(before, months):
                still = is_open and after == end
                text = f"{before} 之后到 {after}，超过半年没有考察记录"
                yield Finding(
                    "DEV-REVIEW",
                    "education" if start == _activist_start(facts) else "probation_education",
                    text,
                    edition.cite("review"),
                    due_on=add_months(before, edition.value("review", "months")),
                    is_open=still,
                )
                break


def _activist_start(facts: Facts) -> dt.date | None:
    step = facts.done(ACTIVIST)
    return max(step.done_on, facts.reviews_kept_since or step.done_on) if step else None


def _review_spans(facts: Facts, day: dt.date) -> Iterator[tuple[dt.date, dt.date, bool]]:
    """Yield the spans in which reviews were kept and owed: start, end, whether it still runs."""
    pairs = ((ACTIVIST, (CANDIDATE,)), (ADMISSION, (CONFIRMATION,)))
    for first, lasts in pairs:
        began = facts.done(first)
        if began is None:
            continue
        ended = next((step for code in lasts if (step := facts.done(code))), None)
        start = max(began.done_on, facts.reviews_kept_since or began.done_on)
        end = ended.done_on if ended else day
        if start < end and (ended or not facts.is_closed):
            yield start, end, ended is None


def _votes(facts: Facts, rules: Rules) -> Iterator[Finding]:
    for code in VOTED:
        step = facts.steps.get(code)
        edition = rules.on(step.done_on, facts.place) if step else None
        rule = edition.step(code) if edition else None
        if step is not None and edition is not None and rule is not None:
            yield from _vote(step, rule, edition)


def _vote(step: DevelopmentStep, rule: StepRule, edition: Edition) -> Iterator[Finding]:
    due, present, yes = step.due_voters, step.present_voters, step.yes
    cite = f"按{rule.cite}" if rule.cite else ""
    if due is not None and yes is not None and not vote_passes(yes, due):
        name = "VOTE-ADMIT" if step.code == ADMISSION else "VOTE-CONFIRM"
        text = f"赞成 {yes} 票，没有超过应到会有表决权党员 {due} 名的半数"
        yield Finding(name, step.code, text, cite)
    if due is not None and present is not None and present * 2 < due:
        text = f"实到会有表决权党员 {present} 名，不到应到 {due} 名的半数"
        yield Finding("VOTE-PRESENT", step.code, text, cite)
    if present is not None and yes is not None and step.no is not None:
        cast_votes = yes + step.no + (step.abstain or 0)
        if not present <= cast_votes <= present + (step.written_opinions or 0):
            text = f"实到 {present} 名，赞成、反对、弃权合计 {cast_votes} 票，请核对"
            yield Finding("VOTE-SUM", step.code, text, cite)
    if edition.has("ballot") and step.code == ADMISSION and step.is_secret is False:
        yield Finding("VOTE-SECRET", step.code, "应采取无记名投票", edition.cite("ballot"))


def vote_passes(yes: int, due: int) -> bool:
    """Tell whether more than half of those entitled to vote were in favour; whole numbers only."""
    return yes * 2 > due


def _probation(facts: Facts, rules: Rules) -> Iterator[Finding]:
    step, began = facts.done(CONFIRMATION), facts.done(ADMISSION)
    edition = rules.on(step.done_on, facts.place) if step else None
    end = probation_end(facts, rules)
    if step is None or began is None or edition is None or end is None:
        return
    if last_day(step) < end:
        text = f"{_shown(began)} 接收为预备党员，{_shown(step)} 讨论转正，预备期到 {end} 才满"
        yield Finding("DEV-PROBATION", CONFIRMATION, text, edition.cite("probation"))


def probation_end(facts: Facts, rules: Rules) -> dt.date | None:
    """Return the day on which the probation is over, None without a meeting that admitted."""
    began = facts.done(ADMISSION)
    edition = rules.on(began.done_on, facts.place) if began else None
    if began is None or edition is None:
        return None
    return facts.extended_until or add_years(began.done_on, edition.value("probation", "years"))


def extension_span(facts: Facts, rules: Rules) -> tuple[dt.date, dt.date] | None:
    """Return the earliest and the latest day to which a probation may be prolonged."""
    began = facts.done(ADMISSION)
    edition = rules.on(began.done_on, facts.place) if began else None
    if began is None or edition is None:
        return None
    end = add_years(began.done_on, edition.value("probation", "years"))
    return (
        add_months(end, edition.value("extension", "months")),
        add_months(end, edition.value("extension", "longest_months")),
    )


def _leaving(facts: Facts, rules: Rules) -> Iterator[Finding]:
    for code in (CANDIDATE, ADMISSION):
        step = facts.done(code)
        edition = rules.on(step.done_on, facts.place) if step else None
        if step is None or edition is None or facts.leaving_on is None:
            continue
        if not edition.has("leaving"):
            continue
        months = edition.value("leaving", "months")
        if step.done_on <= facts.leaving_on < add_months(step.done_on, months):
            text = f"预计 {facts.leaving_on} 离开，离开前 {months} 个月内一般不办理发展手续"
            yield Finding("DEV-LEAVING", code, text, edition.cite("leaving"), Level.GENERAL)


def _shown(step: DevelopmentStep) -> str:
    return str(partial_date(step.done_on, step.done_precision))


# --- what is due -------------------------------------------------------------------------------


def deadlines(facts: Facts, day: dt.date, rules: Rules) -> list[Deadline]:
    """Return what is still to be done by a certain day, the earliest first."""
    edition = rules.on(day, facts.place)
    if facts.is_closed or edition is None:
        return []
    found = [*_open_limits(facts, edition), *_open_reviews(facts, day, edition)]
    end = probation_end(facts, rules)
    if end is not None and not any(facts.done(c) for c in (CONFIRMATION, CONFIRMATION_APPROVAL)):
        found.append(
            Deadline(
                "DEV-CONFIRM",
                CONFIRMATION,
                "预备期满，讨论转正",
                end,
                add_months(end, 1),
                edition.cite("probation"),
            )
        )
    return sorted(found, key=lambda one: (one.due_on, one.step))


def _open_limits(facts: Facts, edition: Edition) -> Iterator[Deadline]:
    furthest = facts.furthest(edition)
    for code, late, start, key, name, since in LIMITS:
        rule, began = edition.step(late), facts.done(start)
        if began is None or rule is None or facts.done(late) or rule.number < furthest:
            continue
        due = add_months(last_day(began), edition.value(key, "months"))
        yield Deadline(
            code,
            late,
            f"{_shown(began)} {since}，{name}",
            due,
            due,
            edition.cite(key),
            bool(edition.value(key, "general")),
        )


def _open_reviews(facts: Facts, day: dt.date, edition: Edition) -> Iterator[Deadline]:
    for code, last in ((ACTIVIST, CANDIDATE), (ADMISSION, CONFIRMATION)):
        began = facts.done(code)
        if began is None or facts.done(last) or (code == ACTIVIST and facts.done(ADMISSION)):
            continue
        start = max(began.done_on, facts.reviews_kept_since or began.done_on)
        latest = max([start, *(on for on in facts.reviews if start < on <= day)])
        months, grace = edition.value("review", "months"), edition.value("review", "grace_months")
        yield Deadline(
            "DEV-REVIEW",
            "education" if code == ACTIVIST else "probation_education",
            "半年考察",
            add_months(latest, months),
            add_months(latest, months + grace),
            edition.cite("review"),
        )


# --- what cannot be ----------------------------------------------------------------------------


def impossible_order(facts: Facts, rules: Rules, day: dt.date) -> list[tuple[str, str]]:
    """Return the steps whose dates cannot be, each with the reason: they stand before others."""
    edition = rules.on(day)
    if edition is None:
        return []
    found = []
    for rule in edition.steps:
        step = facts.steps.get(rule.code)
        for other in _all_before(rule, edition) if step else ():
            earlier = facts.steps.get(other.code)
            if step and earlier and last_day(step) < earlier.done_on:
                found.append(
                    (
                        rule.code,
                        f"“{rule.name}”{_shown(step)} 早于“{other.name}”{_shown(earlier)}",
                    )
                )
    return found


def _all_before(rule: StepRule, edition: Edition) -> Iterable[StepRule]:
    """Return the steps that cannot be later than one, directly or not."""
    waiting, found = list(rule.after), {}
    while waiting:
        code = waiting.pop()
        other = edition.step(code)
        if other is not None and code not in found:
            found[code] = other
            waiting += other.after
    return sorted(found.values(), key=lambda one: one.number)
