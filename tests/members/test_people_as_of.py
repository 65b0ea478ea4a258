"""Somebody moves today; every ledger of last quarter stays, to the byte, with the branch that was left."""

import datetime as dt
import itertools

import pytest

from members.models import DevelopmentCase
from members.services.development import end_case, record_review
from members.services.memberships import move_member
from partybuild import ledgerfiles
from partybuild.ledgers import ledgers
from partybuild.periods import Period
from partybuild.scoping import Scope, everything, scoped_to
from tests.cast import enrolled
from tests.factories.development import (
    DevelopmentCaseFactory,
    DevelopmentReviewFactory,
    DevelopmentStepFactory,
)
from tests.factories.discipline import DisciplineFactory, OrganizationalMeasureFactory
from tests.factories.members import MemberFactory, MembershipFactory
from tests.factories.offices import TrainingRecordFactory
from tests.factories.people import (
    CareRecordFactory,
    CareVisitFactory,
    LostMemberFactory,
    SocialRoleFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SUMMER, MOVED = dt.date(2026, 8, 5), dt.date(2026, 11, 20)
LAST_QUARTER = Period.parse("2026Q3")
TOLD = {
    *("members.roster", "members.care", "members.care_visits", "members.social_roles"),
    *("members.lost", "members.trainings", "members.disciplines", "members.measures"),
    *("members.development",),
}


@pytest.fixture
def xu(first_branch):
    """许知行, of whom every ledger about people says something in the summer."""
    member = enrolled("许知行", first_branch)
    care = CareRecordFactory(member=member, started_on=dt.date(2026, 2, 1))
    CareVisitFactory(record=care, visited_on=SUMMER)
    SocialRoleFactory(member=member, started_on=dt.date(2026, 2, 1))
    LostMemberFactory(member=member, lost_on=dt.date(2026, 3, 1))
    TrainingRecordFactory(member=member, held_on=SUMMER)
    DisciplineFactory(member=member, decided_on=SUMMER)
    OrganizationalMeasureFactory(member=member, decided_on=SUMMER)
    return member


@pytest.fixture
def meng(first_branch):
    """孟初一, an activist with a case."""
    member = MemberFactory(
        name="孟初一", branch=first_branch, category="activist", joined_on=None, confirmed_on=None
    )
    MembershipFactory(member=member, kind="development")
    case = DevelopmentCaseFactory(member=member)
    DevelopmentStepFactory(case=case)
    DevelopmentStepFactory(case=case, code="activist", done_on=dt.date(2025, 9, 8))
    DevelopmentReviewFactory(case=case, reviewed_on=dt.date(2026, 3, 10))
    return member


@pytest.fixture
def build(tmp_path):
    """Return a function that builds the ledgers of a place as of last quarter."""
    numbers = itertools.count()

    def build(place):
        built = {}
        with scoped_to(Scope.of([place.path])):
            for ledger in (one for one in ledgers if one.code in TOLD):
                target = tmp_path / f"{next(numbers)}.xlsx"
                ledgerfiles.export(
                    actor=None, ledger=ledger, period=LAST_QUARTER, place=place, target=target
                )
                built[ledger.code] = target.read_bytes()
        return built

    return build


def changed(before, after):
    return sorted(code for code in before if before[code] != after[code])


def test_last_quarter_stays_with_the_branch_that_was_left(
    build, xu, meng, first_branch, second_branch
):
    places = (first_branch, second_branch)
    before = [build(place) for place in places]
    with everything(reason="two people move"):
        for member in (xu, meng):
            move_member(member=member, to=second_branch, on=MOVED)

    after = [build(place) for place in places]

    assert before[0].keys() == TOLD
    assert [changed(*pair) for pair in zip(before, after, strict=True)] == [[], []]


def test_what_is_known_since_changes_no_case_of_last_quarter(build, zhao, meng, first_branch):
    before = build(first_branch)
    with everything(reason="the branch goes on"):
        case = DevelopmentCase.objects.get(member=meng)
        record_review(
            actor=zhao, case=case, version=1, reviewed_on=dt.date(2026, 11, 10), conclusion="好"
        )
        end_case(actor=zhao, case=case, version=2, on=MOVED, outcome="ended", reason="本人放弃申请")

    assert changed(before, build(first_branch)) == []


def test_what_is_recorded_of_the_summer_stands_in_the_ledger_of_the_summer(
    build, zhao, meng, first_branch
):
    before = build(first_branch)
    with everything(reason="the branch puts in what it forgot"):
        record_review(
            actor=zhao,
            case=DevelopmentCase.objects.get(member=meng),
            version=1,
            reviewed_on=SUMMER,
            conclusion="好",
        )

    assert changed(before, build(first_branch)) == ["members.development"]
