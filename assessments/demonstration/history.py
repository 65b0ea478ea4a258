"""What happened to organisations: last year one was renamed and one came under the general branch."""

import datetime as dt
from typing import Any

from branches.models import PartyOrganization
from branches.services.events import rename_organization, reparent_organization
from partybuild import paths


def tell(demo: Any, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    """Rename the last branch right below the committee, and move the one before it."""
    last_year = demo.today.year - 1
    direct = [one for one in branches if one.superior_id == committee.pk]
    centre = PartyOrganization.objects.get(
        kind=PartyOrganization.Kind.GENERAL_BRANCH,
        path__gte=committee.path,
        path__lt=paths.next_path(committee.path),
    )
    rename_organization(
        actor=None,
        organization=direct[-1],
        name="云溪市司法局备案审查处党支部",
        short_name="备案审查处党支部",
        on=dt.date(last_year, 4, 1),
        document=f"云司机党〔{last_year}〕6号",
        note="处室更名",
    )
    reparent_organization(
        actor=None,
        organization=direct[-2],
        superior=centre,
        on=dt.date(last_year, 7, 1),
        document=f"云司机党〔{last_year}〕11号",
        note="处室职能并入服务中心",
    )
