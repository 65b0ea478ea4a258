"""Whatever happens to people, in whatever order: one branch a day, nobody lost, no past rewritten."""

import datetime as dt
from contextlib import ExitStack, suppress
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from branches.services.events import EventRefused, merge_organization
from members.models import Member, Membership, StandingChange, Transfer
from members.queries.rehearsal import rehearse
from members.queries.roll import roll_on
from members.services.memberships import MembershipRefused, begin_membership, move_member
from members.services.standing import StandingRefused, change_standing, take_back_standing
from members.services.transfers import (
    TransferRefused,
    accept_transfer,
    confirm_transfer,
    review_transfer,
    start_transfer,
)
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory, UserFactory
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 11, 20)
YEARS = (2024, 2025, 2026)
REFUSALS = (MembershipRefused, StandingRefused, TransferRefused, EventRefused)
STATES = ("suspended", "normal", "expelled", "resigned", "deceased", "transferred")
pick = st.integers(min_value=0, max_value=30)


class Lives(RuleBasedStateMachine):
    """Two committees with two branches each; time goes on, and everybody may do anything."""

    @initialize()
    def found(self):
        self.opened = ExitStack()
        self.opened.enter_context(everything(reason="the machine sees all"))
        self.opened.enter_context(transaction.atomic())
        self.opened.callback(transaction.set_rollback, True)  # noqa: FBT003 -- Django's own
        self.zhao = UserFactory()
        top = PartyOrganizationFactory(kind="working_committee")
        committees = [
            PartyOrganizationFactory(kind="office_committee", superior=top) for _ in range(2)
        ]
        self.branches = [PartyOrganizationFactory(superior=c) for c in committees for _ in range(2)]
        self.places = [top, *committees, *self.branches]
        self.today = FIRST
        self.told = {}  # what was read of a day once, stays so
        for branch in self.branches:
            self._admit(branch)

    def teardown(self):
        if hasattr(self, "opened"):
            with self.opened:
                self._add_up()

    def _admit(self, branch):
        member = MemberFactory(branch=branch, joined_on=self.today, confirmed_on=None)
        begin_membership(
            member=member, organization=branch, on=self.today, reason=Membership.Start.ADMITTED
        )

    def _member(self, number):
        people = list(Member.objects.order_by("pk"))
        return people[number % len(people)]

    def _branch(self, number):
        branch = self.branches[number % len(self.branches)]
        branch.refresh_from_db()
        return branch

    def _try(self, act):
        """Do what may be refused: then nothing of it is kept."""
        with suppress(*REFUSALS), transaction.atomic():
            act()

    @rule(days=st.integers(min_value=1, max_value=120))
    def wait(self, days):
        self._read(self.today)
        self._add_up()
        self.today = min(self.today + dt.timedelta(days=days), LAST)

    def _read(self, day):
        """Remember the roll of the day before, which is over."""
        over = day - dt.timedelta(days=1)
        for branch in self.branches:
            roll = sorted(row.member_id for row in roll_on(over, branch))
            assert self.told.setdefault((over, branch.pk), roll) == roll

    @rule(branch=pick)
    def admit(self, branch):
        self._try(lambda: self._admit(self._branch(branch)))

    @rule(member=pick, branch=pick)
    def move(self, member, branch):
        self._try(
            lambda: move_member(member=self._member(member), to=self._branch(branch), on=self.today)
        )

    @rule(member=pick, state=st.sampled_from(STATES))
    def change(self, member, state):
        self._try(
            lambda: change_standing(
                actor=self.zhao,
                member=self._member(member),
                state=state,
                happened_on=self.today,
                whereto="云渚大学党委",
            )
        )

    @rule(member=pick, branch=pick)
    def transfer(self, member, branch):
        def act():
            side = start_transfer(
                actor=self.zhao,
                members=[self._member(member)],
                receiver=self._branch(branch),
                kind=Transfer.Kind.WITHIN_PROVINCE,
                started_on=self.today,
            )
            review_transfer(actor=self.zhao, side=side, version=1, approved=True, on=self.today)
            other = side.transfer.sides.exclude(pk=side.pk).get()
            accept_transfer(actor=self.zhao, side=other, version=2, on=self.today)

        self._try(act)

    @rule(member=pick)
    def send_away(self, member):
        def act():
            side = start_transfer(
                actor=self.zhao,
                members=[self._member(member)],
                receiver_unit="云渚大学党委",
                kind=Transfer.Kind.LETTER,
                started_on=self.today,
            )
            review_transfer(actor=self.zhao, side=side, version=1, approved=True, on=self.today)
            confirm_transfer(actor=self.zhao, side=side, version=2, on=self.today)

        self._try(act)

    @rule(member=pick)
    def think_better_of_it(self, member):
        """Take back what was recorded today: nobody has read a roll with it yet."""
        last = StandingChange.objects.filter(
            member=self._member(member), happened_on=self.today, taken_back_at=None
        ).last()
        if last is not None:
            self._try(lambda: take_back_standing(actor=self.zhao, change=last, reason="记错"))

    @rule(source=pick, into=pick)
    def merge(self, source, into):
        numbers = range(len(self.branches))
        standing = [b for b in map(self._branch, numbers) if b.dissolved_on is None]
        if len(standing) > 2:
            one, other = standing[source % len(standing)], standing[into % len(standing)]
            self._try(
                lambda: merge_organization(
                    actor=self.zhao, organization=one, target=other, on=self.today, document="1"
                )
            )

    @invariant()
    def one_branch_a_day(self):
        for rows in self._lives().values():
            for earlier, later in pairwise(rows):
                assert earlier.ended_on is not None
                assert earlier.ended_on <= later.started_on

    def _lives(self):
        lives = {}
        formal = Membership.objects.filter(kind="formal").order_by("started_on", "pk")
        for row in formal:
            lives.setdefault(row.member_id, []).append(row)
        return lives

    def _add_up(self):
        for place in self.places:
            for year in YEARS:
                told = rehearse(place, year)
                assert [told.lines[14].count, told.unexplained] == [0, ()]

    @invariant()
    def the_past_stays(self):
        for (day, branch), roll in list(self.told.items())[-8:]:
            place = next(b for b in self.branches if b.pk == branch)
            assert sorted(row.member_id for row in roll_on(day, place)) == roll


def test_no_history_loses_anybody_or_changes_the_past():
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )
