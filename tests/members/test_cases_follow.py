"""A case of development goes where its person goes, and ends with a membership that ends."""

import datetime as dt

import pytest

from branches.services.events import merge_organization, take_back_event
from members.alerts.development import DevelopmentDueAlert
from members.models import DevelopmentCase, StandingChange, Transfer
from members.services.development import record_step, revoke_probation
from members.services.memberships import move_member
from members.services.standing import change_standing, correct_standing, take_back_standing
from members.services.transfers import (
    accept_transfer,
    confirm_transfer,
    review_transfer,
    start_transfer,
)
from tests.cast import enrolled
from tests.factories.development import DevelopmentCaseFactory, DevelopmentStepFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

ADMITTED, MOVED = dt.date(2025, 10, 20), dt.date(2026, 9, 1)


@pytest.fixture
def case(first_branch):
    """郑新雨, on probation in the first branch for a year and a month."""
    member = enrolled(
        "郑新雨", first_branch, category="probationary", joined_on=ADMITTED, confirmed_on=None
    )
    case = DevelopmentCaseFactory(member=member, opened_on=dt.date(2023, 5, 8))
    DevelopmentStepFactory(case=case, done_on=dt.date(2023, 5, 8))
    DevelopmentStepFactory(case=case, code="admission", done_on=ADMITTED)
    DevelopmentStepFactory(case=case, code="approval", done_on=dt.date(2025, 11, 20))
    return case


@pytest.fixture
def activist(first_branch):
    """孟初一, an activist of the first branch."""
    member = MemberFactory(
        name="孟初一", branch=first_branch, category="activist", joined_on=None, confirmed_on=None
    )
    MembershipFactory(member=member, kind="development")
    return DevelopmentCaseFactory(member=member)


def where(case):
    case.refresh_from_db()
    return case.organization


def how(case):
    case.refresh_from_db()
    return (case.closed_on, case.outcome)


def sent(li, zhao, case, **to):
    kind = Transfer.Kind.WITHIN_PROVINCE
    side = start_transfer(actor=li, members=[case.member], kind=kind, started_on=MOVED, **to)
    review_transfer(actor=zhao, side=side, version=1, approved=True, on=MOVED)
    return side


def test_the_branch_that_receives_a_probationer_leads_the_case_on(
    li, wang, zhao, case, first_branch, second_branch
):
    side = sent(li, zhao, case, receiver=second_branch)
    on_the_way = where(case)
    accept_transfer(
        actor=wang, side=side.transfer.sides.exclude(pk=side.pk).get(), version=2, on=MOVED
    )

    assert (on_the_way, where(case)) == (first_branch, second_branch)
    (notice,) = [
        n for n in DevelopmentDueAlert().notices(dt.date(2026, 11, 1)) if "讨论转正" in n.text
    ]
    assert notice.place == second_branch.label


def test_whoever_moves_without_a_letter_takes_the_case_along(activist, second_branch):
    move_member(member=activist.member, to=second_branch, on=MOVED)

    assert where(activist) == second_branch


def test_a_merged_branch_hands_its_cases_over_and_gets_them_back(
    zhao, case, activist, first_branch, second_branch
):
    over = DevelopmentCaseFactory(
        member=MemberFactory(branch=first_branch), closed_on=dt.date(2025, 1, 9), outcome="ended"
    )
    event = merge_organization(
        actor=zhao, organization=first_branch, target=second_branch, on=MOVED, document="1号"
    )
    merged = [where(one) for one in (case, activist, over)]
    record_step(
        actor=zhao,
        case=activist,
        version=DevelopmentCase.objects.get(pk=activist.pk).version,
        code="application",
        done_on=dt.date(2026, 10, 9),
    )
    take_back_event(actor=zhao, event=event, reason="文件撤销")

    assert merged == [second_branch, second_branch, first_branch]
    assert [where(one) for one in (case, activist, over)] == [first_branch] * 3


def test_a_case_ends_with_the_receipt_from_outside_and_opens_again_when_it_is_taken_back(
    li, zhao, case
):
    side = sent(li, zhao, case, receiver_unit="云渚大学党委")
    confirm_transfer(actor=zhao, side=side, version=2, on=MOVED)
    left = how(case)
    take_back_standing(actor=zhao, change=StandingChange.objects.get(), reason="回执登记错了")

    assert left == (MOVED, "left")
    assert how(case) == (None, "")


def test_nothing_is_due_any_more_of_somebody_who_has_died(zhao, case):
    change = change_standing(actor=zhao, member=case.member, state="deceased", happened_on=MOVED)
    ended, notices = how(case), list(DevelopmentDueAlert().notices(dt.date(2026, 11, 1)))
    later = dt.date(2026, 9, 3)
    correct_standing(actor=zhao, change=change, state="deceased", happened_on=later)

    assert (ended, notices) == ((MOVED, "ended"), [])
    assert how(case) == (later, "ended")


def test_a_suspended_probationer_keeps_the_case_and_is_not_reminded_of(zhao, case):
    change_standing(actor=zhao, member=case.member, state="suspended", happened_on=MOVED)

    assert how(case) == (None, "")
    assert list(DevelopmentDueAlert().notices(dt.date(2026, 11, 1))) == []


def test_a_probation_that_is_revoked_is_listed_and_taken_back_like_other_changes(zhao, case):
    revoke_probation(actor=zhao, case=case, version=case.version, on=MOVED, reason="不履行党员义务")
    change = StandingChange.objects.get()
    revoked = (*how(case), case.reason, change.state, change.reason)
    take_back_standing(actor=zhao, change=change, reason="决定撤销")

    assert revoked == (MOVED, "revoked", "不履行党员义务", "probation_revoked", "不履行党员义务")
    assert how(case) == (None, "")
    case.member.refresh_from_db()
    assert (case.member.state, case.member.memberships.get().ended_on) == ("normal", None)
