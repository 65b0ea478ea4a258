"""The scorecards of a whole committee: computed, kept, and one number explained."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from activities.models import Activity, Meeting
from assessments.bench import portal
from assessments.bench.figures import Figure, cpu_seconds, interleaved
from assessments.models import Mark, Scheme
from assessments.services.schemes import load_scheme
from assessments.services.scorecards import store_scorecards
from branches.models import PartyOrganization, User
from partybuild.periods import Period
from partybuild.scoping import everything, within

YEAR = Period.year(2025)
AS_OF = dt.date(2025, 11, 21)
BRANCHES, LINES, MEETINGS_EACH = 1000, 60, 12
KINDS = (
    "general_meetings",
    "committee_meetings",
    "group_meetings",
    "party_lectures",
    "party_days",
    "study_sessions",
)
LADDER = [
    {"points": 2, "when": "每月 1 次", "per": "month"},
    {"points": 1, "when": "每季 1 次", "per": "quarter"},
    {"points": "0.5", "when": "偶尔", "per": "ever"},
    {"points": 0, "when": "没有", "per": "never", "times": 0},
]
JUDGED: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({"kind": "per_event", "when": "好事", "points": 1, "unit": "次", "cap": 3}, {"count": "2"}),
    ({"kind": "options", "options": [{"points": 3}, {"points": 0}]}, {"points": "3"}),
    ({"kind": "judged", "low": 0, "high": 5, "plain": True}, {"points": "4.5"}),
    (
        {
            "kind": "ratio_step",
            "metric": "到会 ÷ 应到",
            "base_share": "0.8",
            "base_points": 3,
            "step": "0.1",
            "step_points": 1,
        },
        {"part": "18", "whole": "20"},
    ),
    ({"kind": "shortfall", "target": 4, "points": 1, "cap": 3}, {"done": "3"}),
)


def measure(*, rounds: int) -> Iterator[Figure]:
    """Fill the database of the moment with a committee of many branches and measure."""
    with everything(reason="the bench makes up its rows and reads them"):
        top = portal.committee("S", 4)
        branches = portal.branches_of(top, BRANCHES)
        clerk = portal.account("scorer", "office_staff", top)
        activities = portal.party_days_of(branches, MEETINGS_EACH, clerk)
        _also_held(activities)
        scheme, _ = load_scheme(actor=None, raw=_document().encode())
        _mark(scheme, branches, clerk)
        portal.settled()
    yield from stored(scheme, top, rounds=rounds)
    yield explained(scheme, branches[0], clerk, rounds=rounds)


def stored(scheme: Scheme, top: PartyOrganization, *, rounds: int) -> Iterator[Figure]:
    """Compute and keep the scorecards of all branches, as the night does."""

    def keep() -> None:
        with everything(reason="the bench makes up its rows and reads them"), within(top.path):
            store_scorecards(scheme=scheme, period=YEAR, as_of=AS_OF)

    queries = portal.queries_of(keep)
    walls, taken = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        taken.append(cpu_seconds(keep))
        walls.append(time.perf_counter() - started)
    yield Figure(
        f"{BRANCHES} 个支部 × {LINES} 项考核得分，算出并保存",
        min(walls),
        "秒",
        note=f"处理器 {min(taken):.2f} 秒，{queries} 次查询",
    )


def explained(scheme: Scheme, branch: PartyOrganization, clerk: User, *, rounds: int) -> Figure:
    """Open the page that explains one measured number."""
    ask = portal.asker(clerk)
    url = reverse("assessments:line", args=[scheme.public_id, branch.public_id, 1])
    address = f"{url}?period={YEAR.code}"
    taken = interleaved({"line": lambda: ask(address)}, rounds=rounds)
    note = f"{portal.queries_of(lambda: ask(address))} 次查询"
    return Figure("一项得分怎么来的，一页", taken["line"] * 1000, "毫秒", note=note)


def _document() -> str:
    """Return a scheme of as many measured as judged lines, written down in YAML's subset JSON."""
    lines = []
    for at in range(LINES):
        if at % 2:
            rule = JUDGED[at // 2 % len(JUDGED)][0]
        else:
            indicator = f"activities.{KINDS[at // 2 % len(KINDS)]}"
            rule = {"kind": "frequency", "indicator": indicator, "rungs": LADDER}
        lines.append({"code": f"L{at}", "title": f"第{at}项", "rules": [{"code": "1", **rule}]})
    bands = [{"name": "好", "gte": 60}, {"name": "一般", "lt": 60}]
    told = {"format": "scheme/1", "code": "bench", "title": "考核", "lines": lines, "bands": bands}
    return json.dumps(told, ensure_ascii=False)


def _also_held(activities: list[Activity]) -> None:
    """Let each occasion be one of another form as well."""
    kinds = [
        Meeting.Kind.GENERAL_MEETING,
        Meeting.Kind.COMMITTEE_MEETING,
        Meeting.Kind.PARTY_LECTURE,
    ]
    Meeting.objects.bulk_create(
        (
            Meeting(activity=activity, kind=kinds[at % len(kinds)])
            for at, activity in enumerate(activities)
        ),
        batch_size=1000,
    )


def _mark(scheme: Scheme, branches: list[PartyOrganization], clerk: User) -> None:
    """Say something of every judged line of every branch."""
    items = list(scheme.items.filter(is_judged=True, number__gt=0))
    Mark.objects.bulk_create(
        (
            Mark(
                item=item,
                organization=branch,
                period=YEAR.code,
                values={"1": JUDGED[(item.number - 1) // 2 % len(JUDGED)][1]},
                reason="看了材料",
                given_by=clerk,
            )
            for branch in branches
            for item in items
        ),
        batch_size=1000,
    )
