"""Writing the materials library: materials, their versions, what an activity used."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.documents import StoredDocument
from activities.models import Activity, MaterialUse, MaterialVersion, StudyMaterial
from activities.queries.materials import materials_at
from activities.services.reviews import check_open
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


@dataclass(frozen=True)
class Wording:
    """What one version of a material says: its source, its text or its file."""

    source: str = ""
    document: str = ""
    in_force_from: dt.date | None = None
    text: str = ""
    file: StoredDocument | None = None


@transaction.atomic
def add_material(
    *, actor: Any, organization: PartyOrganization, title: str, summary: str, wording: Wording
) -> StudyMaterial:
    """Put a material into the library of an organisation, with its first version."""
    _check_wording(wording)
    if organization.dissolved_on:
        raise Refused(f"{organization.label}已经撤销，请选择别的党组织。", "organization")
    material = StudyMaterial.objects.create(
        organization=organization, title=title, summary=summary, added_by=_by(actor)
    )
    _write_version(actor, material, 1, wording)
    _note(actor, material, "added", f"登记学习资料“{material}”", after=state_of(material))
    return material


@transaction.atomic
def correct_material(
    *, actor: Any, material: StudyMaterial, version: int, title: str, summary: str
) -> StudyMaterial:
    """Correct what a material is called; StaleVersion when it has changed since `version`."""
    before = state_of(material)
    take(material, version)
    material.title, material.summary = title, summary
    material.save()
    after = state_of(material)
    _note(actor, material, "corrected", f"更正学习资料“{material}”", before, after)
    return material


@transaction.atomic
def add_version(
    *, actor: Any, material: StudyMaterial, version: int, wording: Wording
) -> MaterialVersion:
    """Add a newer version; records go on saying which one they used."""
    _check_wording(wording)
    before = state_of(material)
    take(material, version)
    newest = material.versions.order_by("-number").first()
    added = _write_version(actor, material, newest.number + 1 if newest else 1, wording)
    summary = f"学习资料“{material}”增加{added}"
    _note(actor, material, "version_added", summary, before, state_of(material))
    return added


@transaction.atomic
def send_material(*, actor: Any, material: StudyMaterial, version: int) -> StudyMaterial:
    """Send a material down: from now on those below read it, later versions included."""
    if material.organization.is_branch:
        raise Refused("党支部的资料本支部都看得到，不用下发。")
    if material.sent_at:
        raise Refused("这份资料已经下发，新的版本下面马上看得到，不用再下发。")
    take(material, version)
    material.sent_at, material.sent_by = timezone.now(), _by(actor)
    material.save()
    _note(actor, material, "sent", f"下发学习资料“{material}”")
    return material


@transaction.atomic
def withdraw_material(*, actor: Any, material: StudyMaterial, version: int) -> StudyMaterial:
    """Take a material out of the library into the trash; records keep what they used."""
    take(material, version)
    material.deleted_at = timezone.now()
    material.save()
    _note(actor, material, "withdrawn", f"撤下学习资料“{material}”（可恢复）")
    return material


@transaction.atomic
def restore_material(*, actor: Any, material: StudyMaterial) -> StudyMaterial:
    """Put a withdrawn material back as it was, sent down if it was."""
    material.deleted_at = None
    material.version += 1
    material.save()
    _note(actor, material, "restored", f"恢复学习资料“{material}”")
    return material


@transaction.atomic
def use_version(*, actor: Any, activity: Activity, version: MaterialVersion) -> MaterialUse:
    """Note that an activity used a version; said twice, it is noted once."""
    check_open(activity.organization, activity.held_on)
    if not materials_at(activity.organization).filter(pk=version.material_id).exists():
        raise Refused("这份资料没有下发到这个党组织，不能选用。")
    used, is_new = MaterialUse.objects.get_or_create(activity=activity, version=version)
    if is_new:
        _note_use(actor, activity, "used", f"选用“{version.material}”{version}")
    return used


@transaction.atomic
def drop_use(*, actor: Any, used: MaterialUse) -> None:
    """Take back that an activity used a version."""
    check_open(used.activity.organization, used.activity.held_on)
    said = f"不再选用“{used.version.material}”{used.version}"
    activity = used.activity
    used.delete()
    _note_use(actor, activity, "dropped", said)


def state_of(material: StudyMaterial) -> dict[str, Any]:
    """Return what a material says, its wording by length: what history compares."""
    return {
        "标题": material.title,
        "说明": material.summary,
        "版本": [
            "，".join(part for part in _parts(one) if part)
            for one in material.versions.order_by("number")
        ],
    }


def _parts(version: MaterialVersion) -> list[str]:
    starts = f"{version.in_force_from}起" if version.in_force_from else ""
    text = f"正文 {len(version.text)} 字" if version.text else ""
    return [str(version), version.source, version.document, starts, text, version.file_name]


def _check_wording(wording: Wording) -> None:
    if not wording.text.strip() and wording.file is None:
        raise Refused("请写正文，或者选一个文件。", "text")


def _write_version(
    actor: Any, material: StudyMaterial, number: int, wording: Wording
) -> MaterialVersion:
    file = wording.file
    return MaterialVersion.objects.create(
        material=material,
        number=number,
        source=wording.source,
        document=wording.document,
        in_force_from=wording.in_force_from,
        text=wording.text,
        file_name=file.file_name if file else "",
        kind=file.kind if file else "",
        stored_as=file.name if file else "",
        byte_count=file.byte_count if file else 0,
        sha256=file.sha256 if file else "",
        added_by=_by(actor),
    )


def _by(actor: Any) -> Any:
    return actor if getattr(actor, "pk", None) else None


def _note(
    actor: Any,
    material: StudyMaterial,
    act: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"activities.studymaterial.{act}",
        subject=material,
        place=material.organization.path,
        summary=summary,
        before=before,
        after=after,
    )


def _note_use(actor: Any, activity: Activity, act: str, said: str) -> None:
    audit.record(
        actor=actor,
        action=f"activities.materialuse.{act}",
        subject=activity,
        place=activity.organization.path,
        summary=f"{said}：{activity}",
        after={"学习资料": said},
    )
