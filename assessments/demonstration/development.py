"""The development of members in the made-up organisation: somebody in every stage, one case late."""

import datetime as dt
from decimal import Decimal
from typing import Any

from branches.models import PartyOrganization
from members.models import DevelopmentCase, Member
from members.services.development import (
    note_leaving,
    open_case_of_new_applicant,
    record_review,
    record_step,
)

# Days from the application to each step.
WAY = {
    "talk": 15,
    "activist": 150,
    "activist_filed": 165,
    "mentors": 170,
    "candidate": 545,
    "candidate_filed": 560,
    "introducers": 562,
    "political_review": 580,
    "training": 600,
    "committee_review": 630,
    "pre_review": 640,
    "form": 645,
    "admission": 655,
    "superior_talk": 670,
    "approval": 690,
    "placed": 695,
    "oath": 705,
    "confirmation_request": 1015,
    "confirmation": 1025,
    "confirmation_approval": 1050,
    "archived": 1060,
}
APPLICATION_PAPERS = ["入党申请书"]
REVIEW_EVERY = 170
ADMITTED, CONFIRMED = WAY["admission"], WAY["confirmation"]
# Branch, the last step that is done, days since then.
STORIES = (
    (0, "", 20),
    (0, "", 50),  # nobody has talked to this applicant in time
    (0, "talk", 40),
    (1, "activist_filed", 100),
    (1, "mentors", 200),
    (2, "candidate_filed", 30),
    (2, "training", 10),
    (4, "pre_review", 12),
    (4, "approval", 14),
    (0, "oath", 250),
    (2, "archived", 40),
)
LEAVING = 9  # this one means to leave before the probation ends


def tell(demo: Any, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    """Write one case after the other, each up to its last step."""
    for at, (place, last, days) in enumerate(STORIES):
        case = _case(demo, branches[place], last, days)
        if at == LEAVING:
            note_leaving(
                actor=None,
                case=case,
                version=case.version,
                leaving_on=demo.today + dt.timedelta(days=60),
            )


def _case(demo: Any, branch: PartyOrganization, last: str, days: int) -> DevelopmentCase:
    applied = demo.today - dt.timedelta(days=WAY.get(last, 0) + days)
    case = open_case_of_new_applicant(
        actor=None,
        organization=branch,
        applied_on=applied,
        name=next(demo.names),
        gender=demo.random.choice(["male", "female"]),
        born_on=dt.date(demo.today.year - 32, demo.random.randrange(1, 13), 12),
        papers=APPLICATION_PAPERS,
    )
    for after, code in _events(last, (demo.today - applied).days):
        on = applied + dt.timedelta(days=after)
        if code:
            _step(case, branch, code, on)
        else:
            _review(case, on)
    return case


def _events(last: str, until: int) -> list[tuple[int, str]]:
    """Return the days from the application on which something happened: a step, or "" a review."""
    done = [(after, code) for code, after in WAY.items() if last and after <= WAY[last]]
    spans = ((WAY["activist"], WAY["candidate"]), (ADMITTED, CONFIRMED))
    reviews = [
        (after, "")
        for start, end in spans
        for after in range(start + REVIEW_EVERY, min(until, end), REVIEW_EVERY)
    ]
    return sorted(done + reviews)


def _step(case: DevelopmentCase, branch: PartyOrganization, code: str, on: dt.date) -> None:
    said: dict[str, Any] = {}
    if code in ("mentors", "introducers"):
        full = Member.objects.filter(
            branch=branch, category=Member.Category.FULL, confirmed_on__lte=on
        )
        said["sponsors"] = list(full.order_by("pk")[:2])
    elif code == "candidate":
        said["span_from"], said["span_to"] = on - dt.timedelta(days=25), on - dt.timedelta(days=1)
    elif code == "training":
        said["hours"] = Decimal(24)
    elif code in ("admission", "confirmation"):
        said |= {"due_voters": 20, "present_voters": 19, "issued": 19, "received": 19}
        said |= {"yes": 18, "no": 0, "abstain": 1}
        if code == "admission":
            said["is_secret"] = True
    record_step(actor=None, case=case, version=case.version, code=code, done_on=on, **said)


def _review(case: DevelopmentCase, on: dt.date) -> None:
    record_review(
        actor=None,
        case=case,
        version=case.version,
        reviewed_on=on,
        conclusion="按时汇报思想，工作积极主动，继续培养。",
    )
