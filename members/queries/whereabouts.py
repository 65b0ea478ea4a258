"""Where somebody belonged on a day, for records that lie with the file and go with it.

A file lies in the branch of today. A ledger of a former day shows its records where their people
belonged then: to that branch and its superiors, under the name it had.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from branches.models import PartyOrganization, Placement
from members.models import Membership
from partybuild.dated import covering
from partybuild.scoping import everything


def at_home(
    read: Callable[[], QuerySet],
    day: dt.date,
    *,
    member: str = "member",
    place: str = "member__branch",
) -> QuerySet:
    """Return what `read` returns of those who belonged to the open scope on `day`.

    With `home`, the key of the organisation somebody belonged to then (since left), else of the one
    under `place`; and its `place_name` and `place_path` of that day. `member` is the lookup of the
    person.
    """
    shown = PartyOrganization.objects.values("pk")
    with everything(reason="where somebody belonged then is not where the file lies now"):
        left = Membership.objects.filter(
            covering(day),
            ended_on__isnull=False,
            kind__in=(Membership.Kind.FORMAL, Membership.Kind.DEVELOPMENT),
            member=OuterRef(member),
        )
        since_left = left.order_by("-kind", "pk").values("organization")[:1]
        stood = Placement.objects.filter(covering(day), organization=OuterRef("home"))
        rows = (
            read()
            .annotate(home=Coalesce(Subquery(since_left), F(place), output_field=BigIntegerField()))
            .annotate(
                place_name=Subquery(stood.values("name")[:1]),
                place_path=Subquery(stood.values("path")[:1]),
            )
        )
    return rows.filter(home__in=shown)
