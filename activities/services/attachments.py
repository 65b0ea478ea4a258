"""Putting documents to the record of an activity, and taking them out again."""

from typing import Any

from django.db import transaction

from activities.documents import StoredDocument
from activities.models import Activity, Attachment
from activities.services.reviews import check_open
from partybuild import audit
from partybuild.refusals import Refused

MOST = 20


@transaction.atomic
def attach(*, actor: Any, activity: Activity, file: StoredDocument) -> Attachment:
    """Put a document to a record; the same content twice is one. MonthClosed in a closed month."""
    check_open(activity.organization, activity.held_on, activity.counts_for)
    same = activity.attachments.filter(sha256=file.sha256).first()
    if same is not None:
        raise Refused(f"这份文件已经添加过：{same.file_name}。", "file")
    if activity.attachments.count() >= MOST:
        raise Refused(f"一次活动最多添加 {MOST} 份文件，请先取下不用的。", "file")
    added = Attachment.objects.create(
        activity=activity,
        file_name=file.file_name,
        kind=file.kind,
        stored_as=file.name,
        byte_count=file.byte_count,
        sha256=file.sha256,
        added_by=actor,
    )
    _note(actor, activity, "attached", f"添加附件 {added}", after=_told(added))
    return added


@transaction.atomic
def detach(*, actor: Any, attachment: Attachment) -> None:
    """Take a document out of a record. MonthClosed in a closed month."""
    activity = attachment.activity
    check_open(activity.organization, activity.held_on, activity.counts_for)
    _note(actor, activity, "detached", f"取下附件 {attachment}", before=_told(attachment))
    attachment.delete()


def _told(attachment: Attachment) -> dict[str, str]:
    return {"附件": attachment.file_name, "指纹": attachment.sha256}


def _note(
    actor: Any,
    activity: Activity,
    act: str,
    summary: str,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"activities.activity.{act}",
        subject=activity,
        place=activity.organization.path,
        summary=f"{activity}：{summary}",
        before=before,
        after=after,
    )
