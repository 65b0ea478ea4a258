"""Honours in a person's party life."""

from collections.abc import Iterator

from members.models import Member
from members.queries.honours import honours_of
from partybuild.milestones import Milestone, Milestones


class HonourMilestones(Milestones):
    code = "members.honours"
    title = "荣誉"
    model = "members.member"
    permission = "members.view_honour"
    own = True

    def events(self, record: Member) -> Iterator[Milestone]:
        for honour in honours_of(record).filter(revoked_on=None):
            text = f"获{honour.get_level_display()}荣誉“{honour.title}”"
            yield Milestone(
                honour.awarded_on, honour.awarded_precision, text, honour.get_absolute_url()
            )
