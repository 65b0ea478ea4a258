"""What the case of development tells of a person's party life."""

from collections.abc import Iterator

from members.models import Member
from members.queries.development import cases_of, facts_of
from members.queries.development_rules import ACTIVIST, CANDIDATE, OATH
from partybuild.milestones import Milestone, Milestones

# The application, the admission and 转正 stand on the file itself.
TOLD = {ACTIVIST: "确定为入党积极分子", CANDIDATE: "确定为发展对象", OATH: "入党宣誓"}


class DevelopmentMilestones(Milestones):
    code = "members.development"
    title = "发展党员"
    model = "members.member"
    permission = "members.view_development"

    def events(self, record: Member) -> Iterator[Milestone]:
        cases = list(cases_of(record))
        facts = facts_of(cases)
        for case in cases:
            for code, text in TOLD.items():
                step = facts[case.pk].done(code)
                if step is not None:
                    yield Milestone(
                        step.done_on, step.done_precision, text, case.get_absolute_url()
                    )
