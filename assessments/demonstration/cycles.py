"""The year's assessment, as far as 自评: one branch has scored itself, the others have not yet."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from assessments.cards import Subject
from assessments.loading import SHIPPED, load_scheme_file
from assessments.services.cycles import appoint_raters, begin_self_assessment, launch_cycle
from assessments.services.marks import give_mark
from branches.models import PartyOrganization, User

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

SCHEME: Path = SHIPPED.parent / "annual-appraisal.yaml"
DAYS_FOR_SELF, DAYS_FOR_REVIEW = 10, 25
OWN = (
    ("B1", "24", "班子四次研究党建，分工都有落实。"),
    ("B2", "23", "设岗七个，两次抢险都有人上。"),
)
RATERS = (("党委委员", ("fuzeren", "jijian")), ("党员代表", ("shuji", "shuji2", "dangyuan")))


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Launch a cycle of the running year; who acts are the accounts of the demonstration."""
    accounts = {user.username: user for user in User.objects.all()}
    staff, secretary = accounts.get("dangwei"), accounts.get("shuji2")
    branch = secretary.home_organization if secretary else None
    if not (staff and branch):
        return
    scheme = load_scheme_file(actor=staff, path=SCHEME)
    period = scheme.period_on(demo.today)
    cycle = launch_cycle(
        actor=staff,
        scheme=scheme,
        organization=committee,
        period=period,
        title=f"{period.title}党支部年度考核",
        self_until=demo.today + dt.timedelta(days=DAYS_FOR_SELF),
        review_until=demo.today + dt.timedelta(days=DAYS_FOR_REVIEW),
    )
    for group, names in RATERS:
        found = [accounts[name] for name in names if name in accounts]
        appoint_raters(actor=staff, cycle=cycle, users=found, group=group)
    begin_self_assessment(actor=staff, cycle=cycle, version=cycle.version)
    for code, points, reason in OWN:
        give_mark(
            actor=secretary,
            item=scheme.items.select_related("scheme").get(code=code),
            subject=Subject(branch),
            period=period,
            values={"1": {"points": points}},
            reason=reason,
            side="own",
            version=0,
        )
