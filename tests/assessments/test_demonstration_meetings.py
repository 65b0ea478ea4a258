"""What the demonstration tells of last year's meetings."""

import pytest

from activities.models import Activity, Meeting
from assessments.demonstration import past_meetings
from assessments.demonstration.organization import Demonstration
from partybuild.models import ImportBatch
from tests.cast import enrolled

pytestmark = pytest.mark.usefixtures("everywhere")


def test_last_years_ledger_has_come_in(today, committee, first_branch, second_branch):
    for name in ("安小河", "白一舟", "陈望南", "丁初晴"):
        enrolled(name, first_branch)
    past_meetings.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    outcome = ImportBatch.objects.get().outcome
    assert (outcome["created"], outcome["rejected_rows"]) == (6, 1)
    assert {activity.held_on.year for activity in Activity.objects.all()} == {today.year - 1}
    assert Meeting.objects.count() == 9
    assert Activity.objects.filter(is_partly_named=True).count() == 1
