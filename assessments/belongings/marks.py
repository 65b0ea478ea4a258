"""What is scored where an organisation ends: told before a merge, and nothing of it is rewritten.

Marks and scorecards are facts of their branch and stay with it: it existed in the period and is
scored for it. Marks of a member are read by the person, wherever they were given, so that they
count at the next branch at once, and again at the old one when the merge is taken back.
"""

from typing import Any

from django.utils import timezone

from assessments.models import Mark, Scheme
from branches.queries.hanging import under
from partybuild.belongings import Belonging


class MarkBelonging(Belonging):
    code = "assessments.marks"
    order = 90

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        today = timezone.localdate()
        running = {
            scheme.period_on(today).code for scheme in Scheme.objects.filter(is_running=True)
        }
        marks = Mark.objects.filter(
            under(organization, "organization"), period__in=running, item__scheme__is_running=True
        )
        number = marks.filter(item__scheme__subject=Scheme.Subject.MEMBER).count()
        return [("本期的党员评分", number)] if number else []
