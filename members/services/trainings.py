"""Writing the training of those who lead."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from members.models import Member, TrainingRecord
from members.queries.files import names_of
from partybuild import audit
from partybuild.paths import covers, parent_path
from partybuild.refusals import Refused


class TrainingRefused(Refused):
    """A course cannot be written, with the reason in Chinese."""


@transaction.atomic
def record_training(
    *,
    actor: Any,
    people: Sequence[Member],
    held_on: dt.date,
    hours: Decimal,
    topic: str,
    kind: str,
) -> list[TrainingRecord]:
    """Write down one course for everybody who attended it; TrainingRefused if one has it already."""
    again = [
        one.member
        for one in TrainingRecord.objects.filter(
            member__in=people, held_on=held_on, topic=topic
        ).select_related("member")
    ]
    if again:
        raise TrainingRefused(f"{names_of(again)}的这次培训已经登记过。", "names")
    records = TrainingRecord.objects.bulk_create(
        TrainingRecord(member=member, held_on=held_on, hours=hours, topic=topic, kind=kind)
        for member in people
    )
    audit.record(
        actor=actor,
        action="members.training.recorded",
        subject=records[0],
        place=_place_of(people),
        summary=f"登记培训 {topic}，{len(records)} 人",
        after={"日期": held_on, "学时": hours, "内容": topic, "人员": names_of(people)},
    )
    return records


@transaction.atomic
def remove_training(*, actor: Any, training: TrainingRecord) -> None:
    """Take back a course that was entered by mistake."""
    audit.record(
        actor=actor,
        action="members.training.removed",
        subject=training,
        place=training.member.branch.path,
        summary=f"删除 {training.member.name} 的培训 {training.topic}",
        before={"日期": training.held_on, "学时": training.hours, "内容": training.topic},
        after={},
    )
    training.delete()


def _place_of(people: Sequence[Member]) -> str:
    """Return the lowest organisation that covers everybody's branch."""
    paths = sorted(member.branch.path for member in people)
    place = paths[0]
    while place and not all(covers(place, path) for path in paths):
        place = parent_path(place)
    return place
