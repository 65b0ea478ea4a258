"""述职评议 of the branches' secretaries, in 评审: two have reported, one rater has begun."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from assessments.loading import SHIPPED, load_scheme_file
from assessments.models import Rater
from assessments.queries.cycles import subjects_in
from assessments.queries.subjects import as_subjects
from assessments.services.ballots import cast_ballot
from assessments.services.cycles import (
    appoint_raters,
    begin_review,
    begin_self_assessment,
    launch_cycle,
)
from assessments.services.marks import give_mark
from branches.models import PartyOrganization, User

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

SCHEME: Path = SHIPPED.parent / "secretaries.yaml"
DAYS_FOR_REVIEW = 15
REPORTS = (
    ("shuji", "9", "三会一课按时开，党员到会比去年多；调研偏少，明年每季下一次窗口。"),
    ("shuji2", "8", "带头上党课两次；党费收缴有两个月晚了，已专人负责。"),
)
RATERS = ("fuzeren", "jijian")


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Launch a cycle of the running year; who acts are the accounts of the demonstration."""
    accounts = {user.username: user for user in User.objects.all()}
    staff = accounts.get("dangwei")
    raters = [accounts[name] for name in RATERS if name in accounts]
    if not (staff and raters):
        return
    scheme = load_scheme_file(actor=staff, path=SCHEME)
    period = scheme.period_on(demo.today)
    cycle = launch_cycle(
        actor=staff,
        scheme=scheme,
        organization=committee,
        period=period,
        title=f"{period.title}党支部书记述职评议",
        review_until=demo.today + dt.timedelta(days=DAYS_FOR_REVIEW),
    )
    appoint_raters(actor=staff, cycle=cycle, users=raters, group="")
    begin_self_assessment(actor=staff, cycle=cycle, version=cycle.version)
    subjects = as_subjects(scheme, subjects_in(cycle), period)
    by_place = {one.organization.pk: one for one in subjects}
    report = scheme.items.select_related("scheme").get(code="R1")
    for name, points, reason in REPORTS:
        speaker = accounts.get(name)
        place = speaker.home_organization if speaker else None
        if place and place.pk in by_place:
            give_mark(
                actor=speaker,
                item=report,
                subject=by_place[place.pk],
                period=period,
                values={"1": {"points": points}},
                reason=reason,
                version=0,
            )
    begin_review(actor=staff, cycle=cycle, version=cycle.version)
    first = Rater.objects.select_related("cycle__scheme", "cycle__organization", "user").get(
        cycle=cycle, user=raters[0]
    )
    for subject in subjects[:1]:
        cast_ballot(
            actor=raters[0], rater=first, subject=subject, votes={"T1/1": "较好"}, version=0
        )
