"""Reading who has not said everything of itself yet: branches, secretaries and units in 自评."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.cards import Subject
from assessments.models import Cycle, Mark, Scheme
from assessments.models.schemes import SubjectKey
from assessments.queries.cycles import cycles, own_keys, subjects_in
from assessments.queries.subjects import as_subjects
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from partybuild import paths
from partybuild.scoping import active_scope

Said = dict[tuple[int, str, SubjectKey], set[tuple[str, str]]]


@dataclass(frozen=True)
class SelfAssessment:
    """A subject that has not said everything of itself yet, and how many lines are missing."""

    cycle: Cycle
    subject: Subject
    missing: int


def self_assessments_waiting() -> list[SelfAssessment]:
    """Return the branches in scope whose 自评 is asked for and not whole, and their secretaries.

    Three queries at most, and one more for each cycle of secretaries. Members say nothing here.
    """
    subjects = (Scheme.Subject.BRANCH, Scheme.Subject.SECRETARY)
    asked = list(cycles().filter(stage=Cycle.Stage.SELF, scheme__subject__in=subjects))
    if not asked:
        return []
    branches = list(branches_in_scope())
    found = []
    said = _said(asked)
    for cycle in asked:
        places = [one for one in branches if _is_below(cycle, one)]
        found += _waiting(cycle, as_subjects(cycle.scheme, places, cycle.span), said)
    return found


def units_waiting() -> list[SelfAssessment]:
    """Return the same of the units for which one speaks: those at the tops of the open scope."""
    asked = list(cycles().filter(stage=Cycle.Stage.SELF, scheme__subject=Scheme.Subject.UNIT))
    if not asked:
        return []
    found = []
    said = _said(asked)
    for cycle in asked:
        places = subjects_in(cycle).filter(path__in=active_scope().tops)
        found += _waiting(cycle, as_subjects(cycle.scheme, places, cycle.span), said)
    return found


def _is_below(cycle: Cycle, place: PartyOrganization) -> bool:
    return paths.covers(cycle.organization.path, place.path)


def _said(asked: list[Cycle]) -> Said:
    """Return which lines have been typed, by scheme, period and subject."""
    schemes = {cycle.scheme_id: cycle.scheme for cycle in asked}
    said: Said = {}
    marks = Mark.objects.filter(item__scheme__in=schemes).order_by()
    for scheme, period, place, member, code, side in marks.values_list(
        "item__scheme", "period", "organization", "member", "item__code", "side"
    ):
        key = schemes[scheme].key_of(place, member)
        said.setdefault((scheme, period, key), set()).add((code, side))
    return said


def _waiting(cycle: Cycle, subjects: Iterable[Subject], said: Said) -> list[SelfAssessment]:
    own = own_keys(cycle)
    found = []
    for subject in subjects:
        missing = len(own - said.get((cycle.scheme_id, cycle.period, subject.key), set()))
        if missing:
            found.append(SelfAssessment(cycle, subject, missing))
    return found
