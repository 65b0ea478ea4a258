"""Reading dues: month by month what is due, paid and owed, for one branch or for many.

What is due rests on dated rows alone: the branch that holds the formal membership on the first day
of a month is where that month is due (on the day of joining for the month of joining). Payments
count at the branch that took them. A payment settles its own month first; what exceeds it settles
the oldest open months, then the coming ones: of the person, whichever branch it was due at or paid
to, so that nobody who has moved owes a month that was paid ahead.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Sum, When

from branches.models import PartyOrganization
from members.models import (
    DuesPayment,
    DuesPublication,
    DuesRemittance,
    DuesStanding,
    Member,
    Membership,
)
from members.queries.amounts import yuan
from members.queries.dues_rules import RULE, first_of_month, months_between, percent, rounded
from members.queries.roll import roll_members
from partybuild.periods import Period, add_months
from partybuild.regulations import Regulation, RuleBook
from partybuild.scoping import Scope, everything

ZERO = Decimal("0.00")
NEVER = dt.date.max
# What is encrypted in a file, and never read here.
PRIVATE = ("address", "id_number", "phone", "second_phone")

PAID, PART, OWED, EXEMPT = "已缴", "部分", "欠", "免"
NOT_YET, ADVANCE, NO_STANDARD, ELSEWHERE = "未到期", "预缴", "未定标准", ""


@dataclass(frozen=True)
class MonthReading:
    """One month of one person: what is due here, what was paid in it, how much of it is settled."""

    month: dt.date
    word: str
    due: Decimal = ZERO
    paid: Decimal = ZERO
    settled: Decimal = ZERO


@dataclass
class PersonReading:
    """One person's months at one branch; `is_guest` when the formal membership is elsewhere."""

    member: Member
    months: list[MonthReading]
    standing: DuesStanding | None = None
    is_guest: bool = False
    big: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        """What is due in these months."""
        return sum((month.due for month in self.months), ZERO)

    @property
    def paid(self) -> Decimal:
        """What was paid in these months, big voluntary payments left out."""
        return sum((month.paid for month in self.months), ZERO)

    @property
    def owed(self) -> Decimal:
        """What is due by now and not settled."""
        return sum((m.due - m.settled for m in self.months if m.word in {OWED, PART}), ZERO)

    @property
    def owed_months(self) -> list[dt.date]:
        """The months that are wholly unpaid by now."""
        return [month.month for month in self.months if month.word == OWED]

    @property
    def in_a_row(self) -> list[dt.date]:
        """The unpaid months in a row up to the last one that is due by now."""
        return last_run(self.months)


Spans = Sequence[tuple[dt.date | None, dt.date | None]]


@dataclass
class _Account:
    """All that is on record of one person, wherever it was due or paid, as of a month `start`.

    `spans` are the formal memberships with their organisations, `paid` the ordinary payments from
    `start` on by month, `carry` what was paid before beyond what was due before (less than zero:
    what was still open).
    """

    member: Member
    held: list[tuple[int, dt.date | None, dt.date | None]] = field(default_factory=list)
    standings: list[DuesStanding] = field(default_factory=list)
    paid: dict[dt.date, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    carry: Decimal = ZERO

    def spans(self, place: int | None = None) -> Spans:
        """Return from when to when somebody belonged to a place, or anywhere."""
        return [(start, end) for at, start, end in self.held if place in (None, at)]

    def read(
        self,
        months: Sequence[dt.date],
        today: dt.date,
        *,
        here: Spans,
        booked: Mapping[dt.date, Decimal],
    ) -> list[MonthReading]:
        """Return the months as one branch sees them, settled by all that was ever paid.

        `here` says when somebody belonged to that branch, `booked` what it took.
        """
        whole = months_between(months[0], max([months[-1], *self.paid]))
        read = read_person(
            self.member, self.spans(), self.standings, self.paid, whole, today, carry=self.carry
        )
        return [
            MonthReading(one.month, one.word, one.due, booked.get(one.month, ZERO), one.settled)
            if belongs(self.member, here, one.month)
            else MonthReading(one.month, ELSEWHERE, paid=booked.get(one.month, ZERO))
            for one in read[: len(months)]
        ]


def last_run(months: Sequence[MonthReading]) -> list[dt.date]:
    """Return the run of unpaid months that ends with the last month that was due."""
    run: list[dt.date] = []
    for reading in months:
        if reading.word == OWED:
            run.append(reading.month)
        elif reading.word in {PAID, PART, EXEMPT, ADVANCE}:
            run = []
    return run


def settle(
    due: Mapping[dt.date, Decimal], paid: Mapping[dt.date, Decimal], carry: Decimal = ZERO
) -> dict[dt.date, Decimal]:
    """Return how much of each month is settled; never more than is due or was paid.

    `carry` is what comes from the months before: paid ahead, or still open when below zero.
    """
    settled = {month: min(amount, paid.get(month, ZERO)) for month, amount in due.items()}
    surplus = max(carry + sum(paid.values(), ZERO) - sum(settled.values(), ZERO), ZERO)
    for month in sorted(due):
        part = min(surplus, due[month] - settled[month])
        settled[month] += part
        surplus -= part
    return settled


def belongs(
    member: Member, spans: Iterable[tuple[dt.date | None, dt.date | None]], month: dt.date
) -> bool:
    """Tell whether a month is due from somebody who held these formal memberships."""
    if member.category not in Member.MEMBER_CATEGORIES:
        return False
    day = month
    if member.joined_on and first_of_month(member.joined_on) == month:
        day = member.joined_on
    if member.joined_on and day < member.joined_on:
        return False
    gone = member.state_since
    if member.state != Member.State.NORMAL and (gone is None or gone <= day):
        return False
    return any(
        (start is None or start <= day) and (end is None or end > day) for start, end in spans
    )


def standing_in(standings: Sequence[DuesStanding], month: dt.date) -> DuesStanding | None:
    """Return the standing that holds in a month."""
    for standing in standings:
        ended = standing.ended_on is not None and standing.ended_on <= month
        if standing.started_on <= month and not ended:
            return standing
    return None


def read_person(
    member: Member,
    spans: Iterable[tuple[dt.date | None, dt.date | None]],
    standings: Sequence[DuesStanding],
    paid: Mapping[dt.date, Decimal],
    months: Sequence[dt.date],
    today: dt.date,
    *,
    carry: Decimal = ZERO,
) -> list[MonthReading]:
    """Return the readings of these months; `paid` may hold more months than are asked for.

    `carry` is what is left over or open from the months before.
    """
    spans = list(spans)
    here = {month for month in months if belongs(member, spans, month)}
    holds = {month: standing_in(standings, month) for month in here}
    due = {month: Decimal(held.due) if held else ZERO for month, held in holds.items()}  # type: ignore[arg-type]
    settled = settle(due, paid, carry)
    return [
        MonthReading(
            month=month,
            word=_word(month, due, settled, holds, today) if month in here else ELSEWHERE,
            due=due.get(month, ZERO),
            paid=paid.get(month, ZERO),
            settled=settled.get(month, ZERO),
        )
        for month in months
    ]


def _word(
    month: dt.date,
    due: Mapping[dt.date, Decimal],
    settled: Mapping[dt.date, Decimal],
    holds: Mapping[dt.date, DuesStanding | None],
    today: dt.date,
) -> str:
    if holds[month] is None:
        return NO_STANDARD
    if due[month] == 0:
        return EXEMPT
    if settled[month] >= due[month]:
        return ADVANCE if month > today else PAID
    if settled[month] > 0:
        return PART
    return OWED if add_months(month, 1) <= today else NOT_YET


# --- branches --------------------------------------------------------------------------------


def read_branches(
    organizations: Collection[PartyOrganization], year: int, today: dt.date
) -> dict[int, list[PersonReading]]:
    """Return per organisation the people of a year with their twelve months: six queries at most.

    Those who only paid here without belonging here stand at the end of the list as guests.
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 1)
    months = months_between(first, last)
    places = [place.pk for place in organizations]
    members: dict[int, Member] = {}
    seen: dict[tuple[int, int], None] = {}
    belonging = formal_memberships(first, last).filter(organization__in=places)
    for membership in belonging.defer(*(f"member__{column}" for column in PRIVATE)):
        members[membership.member_id] = membership.member
        seen[membership.organization_id, membership.member_id] = None
    booked: dict[tuple[int, int, str], dict[dt.date, Decimal]] = defaultdict(dict)
    took = DuesPayment.objects.filter(organization__in=places, month__range=(first, last))
    for place, member, kind, month, amount in took.order_by("pk").values_list(
        "organization", "member", "kind", "month", "amount"
    ):
        seen[place, member] = None
        book = booked[place, member, kind]
        book[month] = book.get(month, ZERO) + amount
    with everything(reason="who paid here is named, wherever the file lies by now"):
        guests = Member.objects.filter(pk__in={member for _, member in seen} - members.keys())
        members |= {member.pk: member for member in guests.defer(*PRIVATE)}
    accounts = _accounts(members.values(), first)
    found: dict[int, list[PersonReading]] = {place: [] for place in places}
    for place, pk in seen:
        account, big = accounts[pk], booked[place, pk, DuesPayment.Kind.BIG]
        here = account.spans(place)
        person = PersonReading(
            member=account.member,
            months=account.read(
                months, today, here=here, booked=booked[place, pk, DuesPayment.Kind.ORDINARY]
            ),
            standing=_standing_now(account, first, last, today),
            is_guest=not any(_reaches(span, first, last) for span in here),
            big=sum(big.values(), ZERO),
        )
        if person.paid or person.big or any(m.word != ELSEWHERE for m in person.months):
            found[place].append(person)
    for rows in found.values():
        rows.sort(key=lambda row: (row.is_guest, row.member.pinyin, row.member.pk))
    return found


def _standing_now(
    account: _Account, first: dt.date, last: dt.date, today: dt.date
) -> DuesStanding | None:
    """Return the standing of this month, or of the nearest of the months that are shown."""
    return standing_in(account.standings, min(max(first_of_month(today), first), last))


def _reaches(span: tuple[dt.date | None, dt.date | None], first: dt.date, last: dt.date) -> bool:
    start, end = span
    return (start is None or start < add_months(last, 1)) and (end is None or end > first)


def _accounts(members: Iterable[Member], start: dt.date) -> dict[int, _Account]:
    """Return what is on record of these people, wherever it lies, as of a month: three queries."""
    accounts = {member.pk: _Account(member) for member in members}
    with everything(reason="what somebody has paid is paid, whichever branch took it"):
        held = Membership.objects.filter(member__in=accounts, kind=Membership.Kind.FORMAL)
        for member, *span in held.order_by("pk").values_list(
            "member", "organization", "started_on", "ended_on"
        ):
            accounts[member].held.append((span[0], span[1], span[2]))
        standings = DuesStanding.objects.filter(member__in=accounts).defer("base", "reason")
        for standing in standings.order_by("-started_on"):
            accounts[standing.member_id].standings.append(standing)
        paid = DuesPayment.objects.filter(
            member__in=accounts, kind=DuesPayment.Kind.ORDINARY
        ).annotate(at=Case(When(month__gte=start, then="month"), default=None))
        sums = paid.order_by().values("member", "at").annotate(total=Sum("amount"))
        for member, month, total in sums.values_list("member", "at", "total"):
            if month is None:
                accounts[member].carry = yuan(total)
            else:
                accounts[member].paid[month] = yuan(total)
    for account in accounts.values():
        account.carry -= _due_before(account, start)
    return accounts


def _due_before(account: _Account, start: dt.date) -> Decimal:
    """Return what was due of somebody in all the months before one."""
    spans, total = account.spans(), ZERO
    for standing in account.standings:
        due = Decimal(standing.due)  # type: ignore[arg-type]
        if not due or standing.started_on >= start:
            continue
        end = min(standing.ended_on or start, start)
        total += due * sum(
            belongs(account.member, spans, month)
            for month in months_between(standing.started_on, add_months(end, -1))
        )
    return total


def formal_memberships(start: dt.date, end: dt.date) -> QuerySet[Membership]:
    """Return the formal memberships that hold on some day of the months from start to end."""
    last = add_months(end, 1)
    return Membership.objects.filter(
        Q(started_on__isnull=True) | Q(started_on__lt=last),
        Q(ended_on__isnull=True) | Q(ended_on__gt=start),
        kind=Membership.Kind.FORMAL,
    ).select_related("member")


def read_branch(organization: PartyOrganization, year: int, today: dt.date) -> list[PersonReading]:
    """Return the people of one branch with the months of a year."""
    return read_branches([organization], year, today)[organization.pk]


@dataclass
class BranchSums:
    """One organisation's year: collected a month, what is due and owed, who is behind."""

    organization: PartyOrganization
    months: list[Decimal]
    due: Decimal
    paid: Decimal
    owed: Decimal
    behind: int
    big: Decimal


def sums_of(
    organizations: Sequence[PartyOrganization], year: int, today: dt.date
) -> list[BranchSums]:
    """Return the sums of a year for each organisation, in constant queries."""
    read = read_branches(organizations, year, today)
    found = []
    for place in organizations:
        people = read[place.pk]
        months = [sum((person.months[at].paid for person in people), ZERO) for at in range(12)]
        found.append(
            BranchSums(
                organization=place,
                months=months,
                due=sum((person.due for person in people), ZERO),
                paid=sum(months, ZERO),
                owed=sum((person.owed for person in people), ZERO),
                behind=sum(1 for person in people if person.owed),
                big=sum((person.big for person in people), ZERO),
            )
        )
    return found


def _below(organization: PartyOrganization) -> Q:
    return Scope((organization.path,)).as_q("organization__path")


# --- one person ------------------------------------------------------------------------------


def read_member(member: Member, first: dt.date, last: dt.date, today: dt.date) -> PersonReading:
    """Return one person's months from `first` to `last` over all branches in scope: five queries."""
    account = _accounts([member], first)[member.pk]
    here = [
        (row.started_on, row.ended_on)
        for row in formal_memberships(first, last).filter(member=member)
    ]
    booked: dict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    big = ZERO
    for payment in member.dues_payments.filter(month__range=(first, last)):
        if payment.kind == DuesPayment.Kind.BIG:
            big += payment.amount
        else:
            booked[payment.month] += payment.amount
    return PersonReading(
        member=member,
        months=account.read(months_between(first, last), today, here=here, booked=booked),
        standing=_standing_now(account, first, last, today),
        big=big,
    )


def payers_of(organization: PartyOrganization, day: dt.date) -> QuerySet[Member]:
    """Return those on a branch's roll whose file it holds: they pay their dues here."""
    return roll_members(organization, day).filter(branch=organization)


def standing_history(member: Member) -> QuerySet[DuesStanding]:
    """Return all standings of one person, the newest first."""
    return member.dues_standings.order_by("-started_on")


# --- arrears ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrears:
    """Somebody who has not paid for some months in a row, and the branch that is to ask."""

    member: Member
    organization: PartyOrganization
    months: list[dt.date]
    owed: Decimal


def in_arrears(today: dt.date) -> list[Arrears]:
    """Return who in scope is behind by now, those longest behind first: six queries.

    The last twelve closed months are looked at, at whichever branches they were due: a move does
    not begin the count anew. Who has left is not asked any more. People whose payments reach what
    is due in all are left out by sums alone, so that thousands of branches cost little.
    """
    last = add_months(first_of_month(today), -1)
    start = add_months(last, -11)
    months = months_between(start, last)
    suspects = Member.objects.filter(pk__in=_suspects(last), state=Member.State.NORMAL)
    accounts = _accounts(suspects.select_related("branch").defer(*PRIVATE), start)
    found = []
    for account in accounts.values():
        read = account.read(months, today, here=account.spans(), booked=account.paid)
        person = PersonReading(member=account.member, months=read)
        if person.in_a_row:
            branch = account.member.branch
            found.append(Arrears(account.member, branch, person.in_a_row, person.owed))
    found.sort(key=lambda row: (-len(row.months), row.organization.path, row.member.pinyin))
    return found


def _suspects(last: dt.date) -> list[int]:
    """Return members whose payments up to a month fall short of what may have been due by then."""
    paid = dict(
        DuesPayment.objects.filter(month__lte=last, kind=DuesPayment.Kind.ORDINARY)
        .order_by()
        .values_list("member")
        .annotate(total=Sum("amount"))
    )
    standings = DuesStanding.objects.filter(started_on__lte=last, amount__gt=0).exclude(
        relief=DuesStanding.Relief.EXEMPT
    )
    may_owe: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for member, amount, since, until in standings.order_by().values_list(
        "member", "amount", "started_on", "ended_on"
    ):
        end = min(until or NEVER, add_months(last, 1))
        may_owe[member] += amount * ((end.year - since.year) * 12 + end.month - since.month)
    return [member for member, amount in may_owe.items() if yuan(paid.get(member)) < amount]


# --- handing up and publishing ---------------------------------------------------------------


@dataclass(frozen=True)
class HandingUp:
    """What an organisation collected in a period, what is to be handed up, what was."""

    period: Period
    collected: Decimal
    share: Decimal | None
    due: Decimal | None
    handed: Decimal
    citation: str

    @property
    def share_text(self) -> str:
        """The share as people write it."""
        return percent(self.share)

    @property
    def difference(self) -> Decimal | None:
        """Handed up beyond what was to be; below zero is what is still missing."""
        return None if self.due is None else self.handed - self.due


def handing_up(organization: PartyOrganization, year: int) -> list[HandingUp]:
    """Return the quarters of a year with collected, due and handed-up amounts: three queries.

    Where no share is fixed for the place, `share` and `due` are None. Big payments have their
    own row of the year, which goes up as a whole.
    """
    whole = Period.year(year)
    book = RuleBook(RULE)
    rules = [book.on(quarter.end, place=organization.path) for quarter in whole.split("quarter")]
    payments: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    below = DuesPayment.objects.filter(_below(organization), month__range=(whole.start, whole.end))
    for kind, month, total in (
        below.order_by().values_list("kind", "month").annotate(total=Sum("amount"))
    ):
        payments[kind, Period.containing(month, "quarter").code] += yuan(total)
    remitted: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in remittances_of(organization, year):
        remitted[row.kind, row.period] += row.amount
    kind = DuesPayment.Kind.ORDINARY
    rows = [
        HandingUp(
            period=quarter,
            collected=payments[kind, quarter.code],
            share=share_of(rule),
            due=_share_due(rule, payments[kind, quarter.code]),
            handed=remitted[DuesRemittance.Kind.SHARE, quarter.code],
            citation=rule.sources["handing_up"],
        )
        for quarter, rule in zip(whole.split("quarter"), rules, strict=True)
    ]
    big = sum((payments[DuesPayment.Kind.BIG, q.code] for q in whole.split("quarter")), ZERO)
    handed = sum(
        (amount for (kind, _), amount in remitted.items() if kind == DuesRemittance.Kind.BIG), ZERO
    )
    rows.append(HandingUp(whole, big, Decimal(1), big, handed, rules[-1].sources["big"]))
    return rows


def share_of(rule: Regulation) -> Decimal | None:
    """Return the share that is handed up at a place, None where nobody has fixed one.

    The shipped share is that of a provincial body; it holds for no other.
    """
    terms = rule.values["handing_up"]
    return None if terms.get("level") == "province" else Decimal(terms["share"])


def _share_due(rule: Regulation, amount: Decimal) -> Decimal | None:
    share = share_of(rule)
    return None if share is None else rounded(rule, amount * share)


def remittances_of(organization: PartyOrganization, year: int) -> QuerySet[DuesRemittance]:
    """Return what one organisation handed up for a year."""
    return DuesRemittance.objects.filter(
        organization=organization, period__startswith=str(year)
    ).order_by("handed_on", "pk")


def publication_of(organization: PartyOrganization, year: int) -> DuesPublication | None:
    """Return the record that a branch published a year's dues, None without one."""
    return DuesPublication.objects.filter(organization=organization, year=year).first()


def unpublished(year: int) -> QuerySet[PartyOrganization]:
    """Return the living branches in scope that took dues in a year and did not publish them."""
    took = DuesPayment.objects.filter(month__year=year).order_by().values("organization")
    published = DuesPublication.objects.filter(year=year).values("organization")
    return (
        PartyOrganization.objects.filter(pk__in=took, dissolved_on__isnull=True)
        .exclude(pk__in=published)
        .order_by("path")
    )


def payments_in(period: Period) -> QuerySet[DuesPayment]:
    """Return the payments booked in a period."""
    return DuesPayment.objects.filter(month__range=(period.start, period.end))


def paid_in_time(period: Period) -> QuerySet[DuesPayment]:
    """Return the ordinary payments of a period that were not made after their month.

    Where no day was written down the month of the booking is taken. Not narrowed by the open scope:
    join it to members in scope.
    """
    year, month = F("month__year"), F("month__month")
    in_time = (
        Q(paid_on=None)
        | Q(paid_on__year__lt=year)
        | Q(paid_on__year=year, paid_on__month__lte=month)
    )
    with everything(reason="what somebody has paid is paid, whichever branch took it"):
        booked = payments_in(period)
    return booked.filter(in_time, kind=DuesPayment.Kind.ORDINARY)
