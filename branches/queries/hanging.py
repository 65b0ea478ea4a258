"""Reading what hangs on the subtree of an organisation: platforms, coverage, alliances."""

from django.db.models import Q

from branches.models import AllianceMember, Coverage, PartyOrganization, ServicePlatform
from partybuild import paths


def under(organization: PartyOrganization, hop: str) -> Q:
    """Return the condition that the organisation under `hop` lies in the subtree of another."""
    top = organization.path
    return Q(**{f"{hop}__path__gte": top, f"{hop}__path__lt": paths.next_path(top)})


def platforms_under(organization: PartyOrganization) -> list[tuple[str, int]]:
    """Return how many platforms a subtree is in charge of and how many it covers now."""
    led = ServicePlatform.objects.filter(under(organization, "organization"), closed_on=None)
    covered = Coverage.objects.filter(under(organization, "organization"), ended_on=None)
    return [("主管的平台", led.count()), ("覆盖的平台", covered.count())]


def alliances_under(organization: PartyOrganization) -> int:
    """Return in how many alliances a subtree takes part now."""
    rows = AllianceMember.objects.filter(under(organization, "organization"), ended_on=None)
    return rows.values("alliance").distinct().count()
