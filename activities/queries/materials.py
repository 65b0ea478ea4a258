"""Reading the materials library: what one may read, which version holds, who used which."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from activities.models import Activity, MaterialUse, MaterialVersion, StudyMaterial
from branches.models import PartyOrganization
from partybuild import paths
from partybuild.scoping import active_scope, everything


def materials(text: str = "") -> QuerySet[StudyMaterial]:
    """Return the materials of the open scope and those sent down to it from above.

    With a `text` only those that say it in title, source, document number or wording.
    """
    scope = active_scope()
    above = {path for top in scope.tops for path in paths.ancestors(top)}
    sent = Q(sent_at__isnull=False, organization__path__in=above)
    return _said(_all().filter(scope.as_q("organization__path") | sent), text)


def materials_at(organization: PartyOrganization, text: str = "") -> QuerySet[StudyMaterial]:
    """Return the materials that an organisation may use: its own, and those sent down to it."""
    sent = Q(sent_at__isnull=False, organization__path__in=paths.ancestors(organization.path))
    return _said(_all().filter(Q(organization=organization) | sent), text)


def _all() -> QuerySet[StudyMaterial]:
    with everything(reason="what was sent down is read by those below, beyond their scope"):
        return StudyMaterial.objects.select_related("organization")


def _versions() -> QuerySet[MaterialVersion]:
    with everything(reason="whoever may read a material may read its versions"):
        return MaterialVersion.objects.all()


def _said(found: QuerySet[StudyMaterial], text: str) -> QuerySet[StudyMaterial]:
    words = text.strip()
    if not words:
        return found
    columns = ("source", "document", "text", "file_name")
    said = [Q(**{f"{column}__icontains": words}) for column in columns]
    told = said[0]
    for one in said[1:]:
        told |= one
    versions = _versions().filter(told, material=OuterRef("pk"))
    return found.filter(Q(title__icontains=words) | Q(summary__icontains=words) | Exists(versions))


def versions_of(material: StudyMaterial) -> list[MaterialVersion]:
    """Return the versions of a material that one may read, the newest first."""
    return list(_versions().filter(material=material).order_by("-number"))


def find_version(public_id: str) -> MaterialVersion | None:
    """Return a version of a material that the open scope may read, None without one."""
    readable = _versions().filter(material__in=materials().order_by().values("pk"))
    return readable.filter(public_id=public_id).select_related("material").first()


def in_force(versions: Iterable[MaterialVersion], day: dt.date) -> MaterialVersion | None:
    """Return the newest version that holds on a day; before the first begins, the first."""
    known = sorted(versions, key=lambda one: one.number)
    begun = [one for one in known if one.in_force_from is None or one.in_force_from <= day]
    if begun:
        return begun[-1]
    return known[0] if known else None


def versions_in_force(pks: Iterable[int], day: dt.date) -> dict[int, MaterialVersion]:
    """Return which version of each of these materials holds on a day, in one query."""
    found: dict[int, list[MaterialVersion]] = defaultdict(list)
    for version in _versions().filter(material__in=list(pks)).defer("text"):
        found[version.material_id].append(version)
    return {pk: one for pk, known in found.items() if (one := in_force(known, day))}


def uses_of(material: StudyMaterial) -> QuerySet[MaterialUse]:
    """Return which activities in scope used a material, the newest first."""
    used = MaterialUse.objects.filter(version__material=material)
    return used.select_related("activity__organization", "version").order_by(
        "-activity__held_on", "-pk"
    )


def used_in(activity: Activity) -> QuerySet[MaterialUse]:
    """Return which versions an activity used, also of materials that were withdrawn since."""
    used = MaterialUse.objects.filter(activity=activity)
    return used.select_related("version__material__organization").order_by("pk")


def own_materials(where: Q) -> QuerySet[StudyMaterial]:
    """Return the living materials in scope that meet a condition on their organisation."""
    return StudyMaterial.objects.filter(where)


def deleted_materials() -> QuerySet[Any]:
    """Return the materials in the trash, the last withdrawn first."""
    trashed = StudyMaterial.trashed.select_related("organization")
    return trashed.order_by("-deleted_at", "-pk")
