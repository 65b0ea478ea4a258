"""A unit below every place, and a cycle that judges it and waits for what it says of itself."""

from assessments.models import Scheme
from branches.models import PartyOrganization
from tests.factories import assessments, branches

CODE = "unit-scheme"


def furnish(place, member):
    scheme = Scheme.objects.filter(code=CODE).first() or assessments.CycleSchemeFactory(
        code=CODE, subject=Scheme.Subject.UNIT
    )
    unit = branches.PartyOrganizationFactory(
        superior=place.organization, kind=PartyOrganization.Kind.GENERAL_BRANCH
    )
    cycle = assessments.CycleFactory(
        scheme=scheme,
        organization=place.organization,
        launched_by=place.secretary,
        title=place.mark,
        stage="preparing",
    )
    return scheme, *scheme.items.all(), unit, cycle
