"""What the demonstration tells of talks and appraisals."""

import pytest

from activities.models import Appraisal
from activities.queries.appraisals import reading_of
from activities.queries.talk_coverage import coverages
from assessments.demonstration import talks
from assessments.demonstration.organization import Demonstration
from partybuild.periods import Period
from tests.cast import enrolled
from tests.factories.members import OfficeFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_one_branch_has_nearly_talked_with_everybody_and_both_appraise(
    today, committee, first_branch, second_branch
):
    for branch in (first_branch, second_branch):
        people = [enrolled(f"{branch.name}{at}", branch, pinyin=str(at)) for at in range(8)]
        for one in people[:5]:
            OfficeFactory(organization=branch, member=one, post="committee_member")

    talks.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    year = Period.year(today.year)
    first, second = coverages([first_branch, second_branch], year, as_of=today)
    done, running = [reading_of(one) for one in Appraisal.objects.order_by("year")]
    assert [one.lack_words for one in first.uncovered] == ["与党员"] * 3
    assert len(second.uncovered) == 8
    assert (done.appraisal.state, done.ungraded, done.exceeds_share) == ("done", [], False)
    assert (running.appraisal.state, len(running.ungraded)) == ("organisation", 4)
