"""The portal's own work: list pages, obligations, saving an activity."""

import datetime as dt
from collections.abc import Callable, Iterator

from activities.models import Meeting
from activities.queries.obligations import obligations
from activities.services.occasions import Form, Presence, record_activity
from assessments.bench import portal
from assessments.bench.figures import Figure, cpu_seconds, interleaved
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to, within

YEAR = Period.year(2025)
AS_OF = dt.date(2025, 11, 21)
EMPTY = "/welcome/"
LISTS = {
    "活动列表，50 行": "/activities/?period=2025",
    "花名册，50 行": "/members/",
    "“三会一课”台账页，50 行": "/ledgers/activities.meetings/?period=2025",
}
TWICE = 2.0
BRANCHES, MEETINGS_EACH, ALONE = 1000, 12, 20
SMALL, LARGE = 25, 80
PER_ROUND = 5  # pages and savings are quick: so many of each in a round


def measure(*, rounds: int) -> Iterator[Figure]:
    """Fill the database of the moment and measure."""
    with everything(reason="the bench makes up its rows and reads them"):
        top = portal.committee("B", 1)
        branches = portal.branches_of(top, 20)
        people = portal.people_of(branches, SMALL)
        clerk = portal.clerk_of(top)
        activities = portal.party_days_of(branches, MEETINGS_EACH, clerk)
        portal.attended_by(activities, people[:SMALL])
        portal.settled()
    yield from pages(clerk, rounds=rounds * PER_ROUND)
    yield from owed(clerk, rounds=rounds)
    yield from saving(rounds=rounds * PER_ROUND)


def pages(clerk: User, *, rounds: int) -> Iterator[Figure]:
    """Compare list pages with an empty page for somebody who has signed in."""
    ask = portal.asker(clerk)

    def page(address: str) -> Callable[[], bytes]:
        return lambda: ask(address)

    addresses = {EMPTY: EMPTY, **LISTS}
    taken = interleaved({name: page(address) for name, address in addresses.items()}, rounds=rounds)
    for name, address in LISTS.items():
        yield Figure(
            name,
            taken[name] * 1000,
            "毫秒",
            peer="登录后的空页",
            peer_value=taken[EMPTY] * 1000,
            ratio=taken[name] / taken[EMPTY],
            at_most=TWICE,
            note=f"{portal.queries_of(page(address))} 次查询",
        )


def owed(clerk: User, *, rounds: int) -> Iterator[Figure]:
    """Compare one pass over all branches with asking for one branch after the other."""
    with everything(reason="the bench makes up its rows and reads them"):
        top = portal.committee("C", 2)
        branches = portal.branches_of(top, BRANCHES)
        portal.party_days_of(branches, MEETINGS_EACH, clerk)
        portal.settled()
        with within(top.path):
            found = PartyOrganization.objects.filter(superior=top)

            told: list[int] = []

            def pass_over() -> None:
                told.append(sum(1 for _ in obligations(found, YEAR, as_of=AS_OF)))

            def one_by_one() -> None:
                for branch in branches[:ALONE]:
                    alone = PartyOrganization.objects.filter(pk=branch.pk)
                    list(obligations(alone, YEAR, as_of=AS_OF))

            asked = portal.queries_of(pass_over)
            together = min(cpu_seconds(pass_over) for _ in range(rounds))
            alone = min(cpu_seconds(one_by_one) for _ in range(rounds)) * BRANCHES / ALONE
    yield Figure(
        f"{BRANCHES} 个支部全年应办，一次算出",
        together,
        "秒",
        peer="逐个支部计算",
        peer_value=alone,
        ratio=alone / together,
        note=f"{told[-1]} 项，{asked} 次查询",
    )


def saving(*, rounds: int) -> Iterator[Figure]:
    """Compare the saving of an activity of a large branch with that of a usual one."""
    with everything(reason="the bench makes up its rows and reads them"):
        top = portal.committee("D", 3)
        branch = portal.branches_of(top, 1)[0]
        people = portal.people_of([branch], LARGE)
        saver = portal.account("saver", "secretary", branch)

    def save(count: int) -> Callable[[], object]:
        return lambda: _record(saver, branch, people[:count])

    with scoped_to(saver.scope_for("activities.add_activity")):
        taken = interleaved({str(count): save(count) for count in (SMALL, LARGE)}, rounds=rounds)
        asked = [portal.queries_of(save(count)) for count in (SMALL, LARGE)]
    usual, large = taken[str(SMALL)], taken[str(LARGE)]
    yield Figure(f"保存一次 {SMALL} 人的活动", usual * 1000, "毫秒", note=f"{asked[0]} 次查询")
    yield Figure(
        f"保存一次 {LARGE} 人的活动",
        large * 1000,
        "毫秒",
        peer=f"{SMALL} 人的活动",
        peer_value=usual * 1000,
        ratio=large / usual,
        note=f"{asked[1]} 次查询",
    )


def _record(saver: User, branch: PartyOrganization, people: list[Member]) -> object:
    return record_activity(
        actor=saver,
        organization=branch,
        held_on=AS_OF,
        topic="学习贯彻全会精神",
        forms=[Form(Meeting.Kind.PARTY_DAY, minutes="传达学习。")],
        presences={person: Presence() for person in people},
        place="三楼会议室",
    )
