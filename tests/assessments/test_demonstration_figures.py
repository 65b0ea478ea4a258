"""What the demonstration defines as figures."""

import pytest

from assessments.demonstration import figures
from assessments.demonstration.organization import Demonstration
from partybuild.models import Statistic
from partybuild.periods import Period
from partybuild.statistics import figure_in, words_of
from tests.cast import account, enrolled
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_each_figure_can_be_computed_and_branches_may_use_it(today, committee, first_branch):
    account("dangwei", "李静", "office_staff", committee)
    for name, gender in (("安若水", "female"), ("白若山", "male")):
        enrolled(name, first_branch, gender=gender)

    figures.tell(Demonstration(today=today), committee, [first_branch])

    defined = Statistic.objects.all()
    assert {one.name for one in defined} == {name for name, *_ in figures.FIGURES}
    assert {one.shared_from for one in defined} == {committee.path}
    told = {one.name: str(figure_in(one, Period.year(2026), committee.path)) for one in defined}
    found = {name: figure for name, figure in told.items() if figure not in {"0", "0/0"}}
    assert found == {"党员总数": "2", "女党员": "1/2（50.0%）"}
    assert all(words_of(one).startswith("《") for one in defined)


def test_without_the_account_nothing_is_defined(today, committee):
    figures.tell(Demonstration(today=today), PartyOrganizationFactory(), [])

    assert Statistic.objects.count() == 0
