"""The grades of the yearly appraisals in a person's party life."""

from collections.abc import Iterator

from activities.models import Appraisal
from activities.queries.appraisals import results_of
from members.models import Member
from partybuild.milestones import Milestone, Milestones
from partybuild.precision import Precision


class AppraisalMilestones(Milestones):
    code = "activities.appraisals"
    title = "民主评议"
    model = "members.member"
    permission = "activities.view_appraisal"
    own = True

    def events(self, record: Member) -> Iterator[Milestone]:
        for entry in results_of(record).filter(appraisal__state=Appraisal.State.DONE):
            if entry.grade:
                text = f"{entry.appraisal.year}年民主评议：{entry.get_grade_display()}"
                url = entry.get_absolute_url()
                yield Milestone(entry.appraisal.held_on, Precision.DAY, text, url)
