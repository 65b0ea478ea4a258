"""A cycle that runs and one that is sealed, with everything that belongs to them."""

from django.utils import timezone

from assessments.models import Scheme
from tests.factories import assessments

CODE = "cycle-scheme"


def furnish(place, member):
    scheme = Scheme.objects.filter(code=CODE).first() or assessments.CycleSchemeFactory(code=CODE)
    who = place.secretary
    cycle = assessments.CycleFactory(
        scheme=scheme,
        organization=place.organization,
        launched_by=who,
        title=place.mark,
        stage="preparing",
    )
    # What a committee has published is read below it, so only branches have something published.
    published = {"stage": "sealed", "sealed_at": timezone.now(), "sealed_by": who}
    sealed = assessments.CycleFactory(
        scheme=scheme,
        organization=place.organization,
        launched_by=who,
        period="2025",
        **(published if place.organization.is_branch else {"stage": "preparing"}),
        document=scheme.document,
        title=f"去年{place.mark}",
    )
    rater = assessments.RaterFactory(cycle=cycle, user=who, added_by=who)
    own = {"organization": place.organization}
    return (
        scheme,
        *scheme.items.all(),
        cycle,
        sealed,
        rater,
        assessments.BallotFactory(rater=rater, **own),
        assessments.AppealFactory(
            cycle=cycle,
            filed_by=who,
            text=place.mark,
            answer=place.mark,
            answered_by=who,
            answered_at=timezone.now(),
            **own,
        ),
        assessments.BandDecisionFactory(cycle=cycle, decided_by=who, reason=place.mark, **own),
        assessments.SealedScorecardFactory(cycle=sealed, label=place.mark, **own),
        assessments.AdjustmentFactory(scheme=scheme, proposed_by=who, reason=place.mark, **own),
    )
