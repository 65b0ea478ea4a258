"""Writing what the committee says of records: reviews, closed months, leave to correct in them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Amendment, MonthClosing, Review
from activities.queries.reviews import closing_for, closing_of, leave_for
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import StaleVersion
from partybuild.refusals import Refused

State = Amendment.State


class ReviewRefused(Refused):
    """The committee cannot say this of a record; `field` is the input to look at."""


class MonthClosed(Refused):
    """The month of a record is closed and no leave was given; nothing was changed."""


@transaction.atomic
def review_activity(
    *,
    actor: Any,
    activity: Activity,
    version: int,
    verdict: str,
    field: str = "",
    reason: str = "",
) -> Review:
    """Pass a record or give it back; StaleVersion when it has changed since it was read."""
    list(Activity.objects.select_for_update().filter(pk=activity.pk))
    activity.refresh_from_db(fields=["version", "recorded_by"])
    if activity.version != version:
        raise StaleVersion(activity)
    if verdict == Review.Verdict.RETURNED and not reason:
        raise ReviewRefused("请写明退回的原因，支部才知道改什么。", "reason")
    if activity.recorded_by_id == actor.pk:
        raise ReviewRefused("自己记录的不能自己审核，请由别人审核。")
    review = Review.objects.create(
        activity=activity,
        verdict=verdict,
        field=field,
        reason=reason,
        seen_version=version,
        decided_by=actor,
    )
    audit.record(
        actor=actor,
        action=f"activities.activity.{verdict}",
        subject=activity,
        place=activity.organization.path,
        summary=f"审核{review.get_verdict_display()} {activity}",
        after={"退回的内容": review.get_field_display(), "退回原因": reason} if reason else None,
    )
    return review


@transaction.atomic
def close_month(*, actor: Any, organization: PartyOrganization, month: dt.date) -> MonthClosing:
    """Close a month's records at and below an organisation; ReviewRefused for one that still runs."""
    first = month.replace(day=1)
    if first >= timezone.localdate().replace(day=1):
        raise ReviewRefused("这个月还没有过完，不能归档。", "month")
    if MonthClosing.objects.filter(organization=organization, month=first).exists():
        raise ReviewRefused("这个月已经归档。", "month")
    closing = MonthClosing.objects.create(organization=organization, month=first, closed_by=actor)
    audit.record(
        actor=actor,
        action="activities.monthclosing.closed",
        subject=closing,
        place=organization.path,
        summary=f"{organization.label} {first:%Y年%m月}的会议记录归档",
    )
    return closing


@transaction.atomic
def reopen_month(*, actor: Any, closing: MonthClosing) -> None:
    """Open a closed month again."""
    audit.record(
        actor=actor,
        action="activities.monthclosing.reopened",
        subject=closing,
        place=closing.organization.path,
        summary=f"重新开放 {closing.month:%Y年%m月}的会议记录",
    )
    closing.delete()


@transaction.atomic
def ask_to_amend(*, actor: Any, activity: Activity, reason: str) -> Amendment:
    """Ask for leave to correct a record of a closed month."""
    if closing_for(activity) is None:
        raise ReviewRefused("这个月没有归档，可以直接更正。")
    if leave_for(activity) is not None:
        raise ReviewRefused("已经申请过，请等答复；已同意的可以直接更正。")
    asked = Amendment.objects.create(activity=activity, reason=reason, asked_by=actor)
    _note(actor, asked, "asked", "申请更正", {"更正原因": reason})
    return asked


@transaction.atomic
def answer_amendment(
    *, actor: Any, amendment: Amendment, granted: bool, answer: str = ""
) -> Amendment:
    """Give leave or refuse it with a reason."""
    if not granted and not answer:
        raise ReviewRefused("请写明不同意的原因。", "answer")
    if amendment.asked_by_id == actor.pk:
        raise ReviewRefused("自己的申请不能自己答复。")
    state = State.GRANTED if granted else State.REFUSED
    answered = Amendment.objects.filter(pk=amendment.pk, state=State.ASKED).update(
        state=state, answer=answer, answered_by=actor, answered_at=timezone.now()
    )
    if not answered:
        raise StaleVersion(amendment)
    amendment.refresh_from_db()
    said = {"答复": amendment.get_state_display(), "原因": answer}
    _note(actor, amendment, "answered", "答复更正申请", said)
    return amendment


def check_open(
    organization: PartyOrganization, day: dt.date, counts_for: dt.date | None = None
) -> None:
    """Refuse to write into a closed month (MonthClosed), or what would count for one."""
    closing = closing_of(organization, day)
    if closing is None and counts_for:
        closing = closing_of(organization, counts_for)
    if closing is not None:
        raise MonthClosed(
            f"{closing.month.month}月已归档（{timezone.localdate(closing.closed_at)}）。"
            "填的内容都在草稿里。要补记，请联系机关党委重新开放这个月。",
            "held_on",
        )


def use_leave(activity: Activity, day: dt.date, counts_for: dt.date | None = None) -> None:
    """Let a record of a closed month be corrected once where leave was given, else MonthClosed.

    `day` is the day the record is to have, `counts_for` the month for which it is to count; neither
    may lie in another closed month.
    """
    days = {activity.held_on, activity.counting_day, day, counts_for or day}
    closings = {
        closing.month
        for each in sorted(days)
        if (closing := closing_of(activity.organization, each))
    }
    if not closings:
        return
    leave = leave_for(activity)
    if leave is None or leave.state != State.GRANTED:
        months = "、".join(f"{month.month}月" for month in sorted(closings))
        raise MonthClosed(
            f"{months}已归档，没有保存。填的内容都在草稿里；请先在记录页点“申请更正”，同意后再保存。",
            "held_on",
        )
    Amendment.objects.filter(pk=leave.pk).update(state=State.USED)


def _note(actor: Any, amendment: Amendment, act: str, said: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        action=f"activities.amendment.{act}",
        subject=amendment.activity,
        place=amendment.activity.organization.path,
        summary=f"{said}：{amendment.activity}",
        after=after,
    )
