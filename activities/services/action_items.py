"""Writing what a meeting left to be done, until it is done."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import ActionItem, Activity
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


class MatterRefused(Refused):
    """A matter cannot be so; `field` is the input to look at."""


@transaction.atomic
def raise_matter(
    *,
    actor: Any,
    activity: Activity,
    text: str,
    responsible: str = "",
    due_on: dt.date | None = None,
) -> ActionItem:
    """Keep something that a meeting decided to have done."""
    _check_due(activity.held_on, due_on)
    matter = ActionItem.objects.create(
        organization=activity.organization,
        raised_in=activity,
        raised_on=activity.held_on,
        text=text,
        responsible=responsible,
        due_on=due_on,
    )
    _note(actor, matter, "raised", "登记议定事项", after=state_of(matter))
    return matter


@transaction.atomic
def correct_matter(*, actor: Any, matter: ActionItem, version: int, **fields: Any) -> ActionItem:
    """Change text, responsible person or term; StaleVersion when it has changed since."""
    _check_due(matter.raised_on, fields.get("due_on"))
    return _change(actor, matter, version, "corrected", "更正议定事项", fields)


@transaction.atomic
def close_matter(
    *, actor: Any, matter: ActionItem, version: int, closed_on: dt.date, outcome: str
) -> ActionItem:
    """Say that it is done, when, and what came of it."""
    if closed_on < matter.raised_on:
        raise MatterRefused(f"早于议定日期 {matter.raised_on}，请核对。", "closed_on")
    if closed_on > timezone.localdate():
        raise MatterRefused("日期还没到，请核对。", "closed_on")
    fields = {"closed_on": closed_on, "outcome": outcome}
    return _change(actor, matter, version, "closed", "办结议定事项", fields)


@transaction.atomic
def reopen_matter(*, actor: Any, matter: ActionItem, version: int) -> ActionItem:
    """Take back that it is done; what was said of the outcome stays in the history."""
    fields = {"closed_on": None, "outcome": ""}
    return _change(actor, matter, version, "reopened", "重新办理议定事项", fields)


def state_of(matter: ActionItem) -> dict[str, Any]:
    """Return what a matter says, as history compares it."""
    return {
        "事项": matter.text,
        "负责人": matter.responsible,
        "完成时限": matter.due_on,
        "办结日期": matter.closed_on,
        "办理结果": matter.outcome,
    }


def _check_due(raised_on: dt.date, due_on: dt.date | None) -> None:
    if due_on is not None and due_on < raised_on:
        raise MatterRefused(f"完成时限早于议定日期 {raised_on}，请核对。", "due_on")


def _change(
    actor: Any, matter: ActionItem, version: int, act: str, said: str, fields: dict[str, Any]
) -> ActionItem:
    before = state_of(matter)
    take(matter, version)
    for name, value in fields.items():
        setattr(matter, name, value)
    matter.save()
    _note(actor, matter, act, said, before=before, after=state_of(matter))
    return matter


def _note(actor: Any, matter: ActionItem, act: str, said: str, **states: Any) -> None:
    audit.record(
        actor=actor,
        action=f"activities.actionitem.{act}",
        subject=matter,
        place=matter.organization.path,
        summary=f"{said}：{matter.text}",
        **states,
    )
