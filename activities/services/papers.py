"""Writing down that papers were made, and having binders of them made."""

from typing import Any

from django.db import transaction

from activities.queries.papers import BINDER
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.ledgerfiles import ask_for_file
from partybuild.models import LedgerFile
from partybuild.periods import Period
from partybuild.places import name_as_of

BINDER_JOB = "activities.build_binder"


@transaction.atomic
def note_paper_written(*, actor: Any, subject: Any, place: PartyOrganization, title: str) -> None:
    """Write down that a paper about an occasion or, before one, at an organisation was filled in."""
    audit.record(
        actor=actor,
        action="activities.paper.written",
        subject=subject,
        place=place.path,
        summary=f"生成《{title}》",
    )


def ask_for_binder(*, actor: Any, organization: PartyOrganization, year: int) -> LedgerFile:
    """Queue the building of one organisation's records of a year; the caller rings the job."""
    period = Period.year(year)
    return ask_for_file(
        actor=actor,
        kind=BINDER_JOB,
        code=BINDER,
        title=f"会议记录汇编 {organization.label} {period.title}",
        place=organization,
        unit=name_as_of(organization, period.end),
        period=period,
    )
