"""Reading schemes that are being written."""

from collections.abc import Sequence
from itertools import count

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.engine.document import CALENDAR_PERIODS, Document
from assessments.models import SchemeDraft
from assessments.queries.scorecards import newest_scheme
from branches.models import PartyOrganization
from partybuild.paths import root_path
from partybuild.periods import Period
from partybuild.scoping import active_scope, everything

# Of 60 characters a code may have, as many as leave room for a number.
MOST_CODE = 54


def open_drafts() -> QuerySet[SchemeDraft]:
    """Return the drafts in scope that are not issued yet, the last changed first."""
    drafts: QuerySet[SchemeDraft] = SchemeDraft.objects.filter(issued_as=None)
    return drafts.select_related("organization", "drafted_by", "copied_from")


def deleted_drafts() -> QuerySet[SchemeDraft]:
    """Return the drafts in the trash, the last deleted first."""
    drafts: QuerySet[SchemeDraft] = SchemeDraft.trashed.order_by("-deleted_at")
    return drafts.select_related("organization")


def drafts_where(where: Q) -> QuerySet[SchemeDraft]:
    """Return the drafts at the places of a condition that are not issued yet."""
    drafts: QuerySet[SchemeDraft] = SchemeDraft.objects.filter(where, issued_as=None)
    return drafts


def drafting_organizations() -> QuerySet[PartyOrganization]:
    """Return for which organisations somebody may draft: the tops of the scope."""
    return PartyOrganization.objects.filter(path__in=active_scope().tops).order_by("path")


def period_of(plan: Document) -> str:
    """Return the kind of period that an edition of a document would have."""
    return plan.period if plan.period in CALENDAR_PERIODS else "year"


def periods_to_begin(draft: SchemeDraft) -> Sequence[Period]:
    """Return the periods with which an issue may begin: the next; the running one without a former."""
    plan = draft.plan
    running = Period.containing(timezone.localdate(), period_of(plan))
    return [running.next()] if newest_scheme(plan.code) else [running, running.next()]


def issued_elsewhere(draft: SchemeDraft) -> bool:
    """Tell whether the editions that a draft would follow belong to a committee of another tree.

    They belong to the last that issued one; what was only loaded from a file belongs to nobody.
    """
    with everything(reason="no committee ends what one that it has nothing to do with issued"):
        issued = SchemeDraft.objects.filter(issued_as__code=draft.plan.code)
        last = issued.order_by("-issued_as__edition").values_list("organization__path").first()
    return last is not None and root_path(last[0]) != root_path(draft.organization.path)


def free_scheme_code(code: str) -> str:
    """Return a code like another one under which there is neither an edition nor a draft."""
    numbered = (f"{code[:MOST_CODE]}-{number}" for number in count(2))
    return next(one for one in numbered if not _is_taken(one))


def _is_taken(code: str) -> bool:
    with everything(reason="a code is free when no draft of any committee has it either"):
        drafted = SchemeDraft.objects.filter(document__code=code).exists()
    return drafted or newest_scheme(code) is not None
