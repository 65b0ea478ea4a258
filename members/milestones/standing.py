"""What changes of standing tell of a person's party life, the present one apart."""

from collections.abc import Iterator

from members.models import Member
from members.queries.standing import changes_of
from partybuild.milestones import Milestone, Milestones
from partybuild.precision import Precision


class StandingMilestones(Milestones):
    code = "members.standing"
    title = "党籍变动"
    model = "members.member"
    permission = "members.view_member"

    def events(self, record: Member) -> Iterator[Milestone]:
        told = (record.state, record.state_since) if record.state != Member.State.NORMAL else None
        for change in changes_of(record):
            if (change.state, change.happened_on) != told:
                document = f"（{change.document}）" if change.document else ""
                yield Milestone(
                    change.happened_on,
                    Precision.DAY,
                    f"{change.label}{document}",
                    change.get_absolute_url(),
                )
