"""Reading schemes that are being written."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.engine.document import CALENDAR_PERIODS, Document
from assessments.models import SchemeDraft
from assessments.queries.scorecards import newest_scheme
from branches.models import PartyOrganization
from partybuild.periods import Period
from partybuild.scoping import active_scope


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
