"""Counting an election: pure arithmetic over whole numbers and a dated rule.

`rule` is `members.elections` as of the day of the election. Nothing here reads the database: the
record of an election and the record of a meeting count alike.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from partybuild.regulations import NoRegulation, Regulation, regulation


@dataclass(frozen=True)
class Tally:
    """What one person was given; somebody written in (另选他人) has only votes for."""

    name: str
    yes: int
    no: int = 0
    abstain: int = 0
    is_written_in: bool = False


@dataclass(frozen=True)
class Ballots:
    """Electors due and present, ballots issued, received, valid, invalid."""

    due: int
    present: int
    issued: int
    received: int
    valid: int
    invalid: int


class Outcome(Enum):
    """How a vote ended."""

    ELECTED = "选出"
    REVOTE = "得票相等，再次投票"
    INCOMPLETE = "当选人少于应选名额，另行选举"
    VOID = "选举无效，重新选举"
    NO_QUORUM = "到会人数不够，不能选举"


@dataclass(frozen=True)
class Result:
    """Who is elected; `tied` are voted on again, `vacant` seats are still open."""

    outcome: Outcome
    winners: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    vacant: int = 0
    reasons: tuple[str, ...] = ()


def election_rule(day: dt.date, place: str = "") -> Regulation:
    """Return the rule of elections on a day; NoRegulation before there was one."""
    return regulation("members.elections", on=day, place=place)


def eligibility_source(day: dt.date) -> str:
    """Return in brackets by what only full members may be elected, "" before there was a rule."""
    try:
        return f"（{election_rule(day).sources['eligible']}）"
    except NoRegulation:
        return ""


def has_quorum(*, present: int, due: int, rule: Regulation) -> bool:
    """Tell whether enough electors are there: four fifths by default (VOTE-ELECT)."""
    have, need = present * rule.values["present_times"], due * rule.values["due_times"]
    enough = have > need if rule.values["quorum"] == "gt" else have >= need
    return enough and present > 0


def candidates_needed(seats: int, rule: Regulation) -> int:
    """Return how many candidates a vote on seats in the committee needs at least (VOTE-SURPLUS)."""
    return (seats * (100 + rule.values["surplus_percent"]) + 99) // 100


def is_elected(yes: int, *, ballots: Ballots, rule: Regulation) -> bool:
    """Tell whether these votes are more than half of the electors that count (VOTE-ELECT)."""
    whole = ballots.due if rule.values["of"] == "due" else ballots.present
    return yes * 2 > whole


def mistakes_in(ballots: Ballots, tallies: Sequence[Tally], seats: int) -> list[tuple[str, str]]:
    """Return what cannot be true, as (field, sentence); received > issued is possible, but void."""
    found = []
    if ballots.present > ballots.due:
        found.append(
            ("present_electors", f"实到 {ballots.present} 人，多于应到 {ballots.due} 人。")
        )
    if ballots.issued > ballots.present:
        found.append(("issued", f"发出 {ballots.issued} 张，多于实到 {ballots.present} 人。"))
    if ballots.valid + ballots.invalid != ballots.received:
        said = f"有效 {ballots.valid} 张加无效 {ballots.invalid} 张"
        found.append(("valid", f"{said}，不等于收回的 {ballots.received} 张。"))
    for tally in tallies:
        total = tally.yes + tally.no + tally.abstain
        if tally.is_written_in and (tally.no or tally.abstain):
            found.append(("candidates", f"另选的{tally.name}只填赞成票。"))
        elif tally.is_written_in and tally.yes > ballots.valid:
            found.append(("candidates", f"{tally.name}得票多于有效票 {ballots.valid} 张。"))
        elif not tally.is_written_in and total != ballots.valid:
            said = f"{tally.name}赞成、反对、弃权合计 {total} 票"
            found.append(("candidates", f"{said}，不等于有效票 {ballots.valid} 张。"))
    votes = sum(tally.yes for tally in tallies)
    if not found and votes > seats * ballots.valid:
        most = f"{ballots.valid} 张有效票每张最多选 {seats} 人"
        found.append(("candidates", f"赞成票一共 {votes} 票，{most}，请核对。"))
    return found


def count(ballots: Ballots, tallies: Sequence[Tally], seats: int, rule: Regulation) -> Result:
    """Count a vote on `seats` seats.

    More than half of those who count elects. More winners than seats: the most votes go first; a
    tie for the last seat is voted on again. Fewer: the seats left are voted on again.
    """
    if not has_quorum(present=ballots.present, due=ballots.due, rule=rule):
        return Result(Outcome.NO_QUORUM, vacant=seats, reasons=(quorum_words(ballots, rule),))
    if ballots.received > ballots.issued:
        why = f"收回 {ballots.received} 张，多于发出的 {ballots.issued} 张。"
        return Result(Outcome.VOID, vacant=seats, reasons=(why,))
    over_half = [tally for tally in tallies if is_elected(tally.yes, ballots=ballots, rule=rule)]
    over_half.sort(key=lambda tally: -tally.yes)
    if len(over_half) < seats:
        why = f"得赞成票过半数的 {len(over_half)} 人，应选 {seats} 人。"
        names = tuple(tally.name for tally in over_half)
        return Result(Outcome.INCOMPLETE, names, vacant=seats - len(over_half), reasons=(why,))
    last = over_half[seats - 1].yes
    beyond = over_half[seats:]
    if not beyond or beyond[0].yes < last:
        return Result(Outcome.ELECTED, tuple(tally.name for tally in over_half[:seats]))
    winners = tuple(tally.name for tally in over_half if tally.yes > last)
    tied = tuple(tally.name for tally in over_half if tally.yes == last)
    why = f"{'、'.join(tied)}各得 {last} 票，最后 {seats - len(winners)} 个名额分不出先后。"
    return Result(Outcome.REVOTE, winners, tied, seats - len(winners), (why,))


def quorum_words(ballots: Ballots, rule: Regulation) -> str:
    """Say how many came, what is asked, and that the texts disagree."""
    word = "超过" if rule.values["quorum"] == "gt" else "不少于"
    share = f"{rule.values['present_times']} 分之 {rule.values['due_times']}"
    return (
        f"应到 {ballots.due} 人，实到 {ballots.present} 人；要求实到{word}应到的 {share}"
        f"（各版本写法不一，本级按“{word}”计算）。"
    )


def rule_words(rule: Regulation) -> str:
    """Say in one sentence how a vote is counted, with its source."""
    whole = "应到" if rule.values["of"] == "due" else "实到"
    word = "超过" if rule.values["quorum"] == "gt" else "不少于"
    share = f"{rule.values['present_times']} 分之 {rule.values['due_times']}"
    return (
        f"实到有选举权人数{word}应到的 {share}才能选举，赞成票超过{whole}有选举权人数的一半当选"
        f"（{rule.citation}）。"
    )
