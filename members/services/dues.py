"""Writing dues: what somebody owes, what was paid, handed up and published."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from branches.queries.kinds import why_not
from members.models import (
    DuesPayment,
    DuesPublication,
    DuesRemittance,
    DuesStanding,
    Member,
)
from members.queries.amounts import yuan
from members.queries.dues import belongs, formal_memberships, standing_in
from members.queries.dues_rules import (
    RULE,
    DuesRefused,
    assess,
    first_of_month,
    months_apart,
    payer_label,
)
from partybuild import audit
from partybuild.merging import CellsTaken
from partybuild.periods import Period
from partybuild.refusals import CellsRefused
from partybuild.regulations import NoRegulation, Regulation, regulation

Relief = DuesStanding.Relief
ORDINARY = DuesPayment.Kind.ORDINARY


@dataclass(frozen=True)
class CellChange:
    """One cell of the grid: what it is to hold, and what it held when the page was filled."""

    member: Member
    month: dt.date
    amount: Decimal | None
    was: Decimal | None


def dues_rule(day: dt.date, place: str) -> Regulation:
    """Return the rule of dues on a day at a place; DuesRefused before there was one."""
    try:
        return regulation(RULE, on=day, place=place)
    except NoRegulation as missing:
        raise DuesRefused("2008 年 4 月以前的党费不在这里登记。", "started_on") from missing


# --- what somebody owes ----------------------------------------------------------------------


@transaction.atomic
def fix_standing(
    *,
    actor: Any,
    member: Member,
    payer_class: str,
    base: Decimal | None,
    started_on: dt.date,
    relief: str = "",
    reduced_to: Decimal | None = None,
    studied_on: dt.date | None = None,
    approved_on: dt.date | None = None,
    approved_by: str = "",
    reason: str = "",
) -> DuesStanding:
    """Fix what a member owes a month from a month on, by the rule of that day and place.

    `base` is the monthly income in yuan; `reduced_to` the lower amount of somebody in hardship.
    `reason` says why somebody pays less, or why the base changes within the year where it is fixed
    for the year. DuesRefused when that reason or an approval is missing.
    """
    started_on = first_of_month(started_on)
    rule = dues_rule(started_on, member.branch.path)
    assessed = assess(rule, base, payer_class)
    # One writer a person at a time.
    list(Member.objects.select_for_update(of=("self",)).filter(pk=member.pk))
    standings = list(DuesStanding.objects.filter(member=member).order_by("-started_on"))
    text = "" if base is None else str(yuan(base))
    _check_policy(rule, standings, started_on, (payer_class, text), reason)
    _check_relief(rule, relief, reduced_to, assessed.amount, studied_on, approved_on, reason)
    same = next((row for row in standings if row.started_on == started_on), None)
    before = _told(same) if same else None
    standing = same or DuesStanding(member=member, started_on=started_on, version=0)
    standing.payer_class, standing.base = payer_class, text
    standing.rate, standing.amount = assessed.rate, assessed.amount
    if relief == Relief.REDUCED and reduced_to is not None:
        standing.amount = reduced_to
    standing.rule, standing.rule_since = assessed.citation, assessed.in_force_from
    standing.relief, standing.reason = relief, reason
    standing.studied_on = studied_on if relief else None
    standing.approved_on = approved_on if relief else None
    standing.approved_by = approved_by if relief else ""
    later = [row.started_on for row in standings if row.started_on > started_on]
    standing.ended_on = min(later, default=None)
    standing.version += 1
    standing.save()
    _end_former(standings, started_on)
    audit.record(
        actor=actor,
        action="members.duesstanding.fixed",
        subject=standing,
        place=member.branch.path,
        summary=f"核定 {member.name} 的党费缴费标准：{standing}",
        before=before,
        after=_told(standing),
    )
    return standing


def _check_policy(
    rule: Regulation,
    standings: Sequence[DuesStanding],
    started_on: dt.date,
    now: tuple[str, str],
    reason: str,
) -> None:
    """Ask for the reason of another base within the year where the base is fixed for the year."""
    holds = standing_in(standings, started_on)
    if rule.values["base"]["policy"] != "yearly_fixed" or holds is None:
        return
    within = started_on.month != 1 and holds.started_on < started_on
    if within and (holds.payer_class, holds.base) != now and not reason:
        raise DuesRefused(
            f"本单位的缴费基数年初核定，年内一般不变（{rule.sources['base']}）。"
            "退休、人员类型变了、原来核错了等确需变的，请写明原因；其他的请从明年 1 月起调整。",
            "reason",
        )


def _check_relief(
    rule: Regulation,
    relief: str,
    reduced_to: Decimal | None,
    amount: Decimal,
    studied_on: dt.date | None,
    approved_on: dt.date | None,
    reason: str,
) -> None:
    if not relief:
        return
    cite = rule.sources["relief"]
    if not reason:
        raise DuesRefused("请写明减免的原因。", "reason")
    if studied_on is None:
        raise DuesRefused(f"少交、免交要经支委会研究，请填写日期（{cite}）。", "studied_on")
    if approved_on is None:
        raise DuesRefused(f"少交、免交要报上级党委批准，请填写日期（{cite}）。", "approved_on")
    if approved_on < studied_on:
        raise DuesRefused("上级批准的日期早于支委会研究的日期，请核对。", "approved_on")
    if approved_on > timezone.localdate():
        raise DuesRefused("上级批准的日期还没到，请核对。", "approved_on")
    if relief == Relief.REDUCED and not (reduced_to and 0 < reduced_to < amount):
        raise DuesRefused(f"少交后的金额应大于零、小于 {amount} 元。", "reduced_to")


def _end_former(standings: Iterable[DuesStanding], started_on: dt.date) -> None:
    for row in standings:
        reaches = row.ended_on is None or row.ended_on > started_on
        if row.started_on < started_on and reaches:
            row.ended_on = started_on
            row.version += 1
            row.save(update_fields=["ended_on", "version"])


def _told(standing: DuesStanding) -> dict[str, Any]:
    """Return what history shows: the income itself is nobody's business."""
    return {
        "人员类型": payer_label(standing.payer_class),
        "月应缴": str(standing.amount),
        "起": standing.started_on,
        "减免": str(standing.get_relief_display()),
        "批准日期": standing.approved_on,
    }


# --- what was paid ---------------------------------------------------------------------------


def refuse_collecting(organization: PartyOrganization, day: dt.date) -> None:
    """Refuse an organisation that collects no dues, with the rule it follows from."""
    reason = why_not(organization, "dues", on=day)
    if reason:
        raise DuesRefused(f"{reason}党员在正式组织关系所在支部交纳。")
    if not organization.is_branch:
        raise DuesRefused("党费在党支部登记，请选择党支部。")


@transaction.atomic
def enter_payments(
    *,
    actor: Any,
    organization: PartyOrganization,
    changes: Iterable[CellChange],
    paid_on: dt.date | None = None,
    method: str = "",
) -> int:
    """Enter cells of a branch's grid, all or none; return how many were changed.

    A cell without an amount is taken away. CellsTaken when somebody else has changed one since,
    CellsRefused when one may not stand there. The same cells again change nothing.
    """
    wanted = [change for change in changes if change.amount != change.was]
    refuse_collecting(organization, timezone.localdate())
    _lock(organization)
    stored = _stored(organization, wanted)
    theirs = {}
    for change in wanted:
        key = (change.member.pk, change.month)
        now = stored[key].amount if key in stored else None
        if now not in (change.was, change.amount):
            theirs[key] = now
    if theirs:
        raise CellsTaken(theirs)
    open_changes = [
        change for change in wanted if _amount(stored, change) != (change.amount or None)
    ]
    _refuse_cells(organization, open_changes, paid_on)
    before = {_name(change): str(_amount(stored, change) or "") for change in open_changes}
    for change in open_changes:
        _write_cell(organization, change, stored, paid_on, method)
    if open_changes:
        _record_cells(actor, organization, open_changes, before)
    return len(open_changes)


def _lock(organization: PartyOrganization) -> None:
    """Let one writer a branch at a time in: two who enter one cell find each other."""
    list(PartyOrganization.objects.select_for_update().filter(pk=organization.pk))


def _record_cells(
    actor: Any,
    organization: PartyOrganization,
    changes: Sequence[CellChange],
    before: dict[str, str],
) -> None:
    audit.record(
        actor=actor,
        action="members.duespayment.entered",
        subject=organization,
        place=organization.path,
        summary=f"{organization.label}登记党费 {len(changes)} 笔",
        before=before,
        after={_name(change): str(change.amount or "") for change in changes},
    )


def _name(change: CellChange) -> str:
    return f"{change.member.name} {change.month:%Y-%m}"


def _amount(stored: dict[Any, DuesPayment], change: CellChange) -> Decimal | None:
    payment = stored.get((change.member.pk, change.month))
    return payment.amount if payment else None


def _stored(
    organization: PartyOrganization, changes: Sequence[CellChange]
) -> dict[tuple[int, dt.date], DuesPayment]:
    rows = DuesPayment.objects.filter(
        organization=organization,
        kind=ORDINARY,
        member__in={change.member.pk for change in changes},
        month__in={change.month for change in changes},
    )
    return {(row.member_id, row.month): row for row in rows}


def _refuse_cells(
    organization: PartyOrganization, changes: Sequence[CellChange], paid_on: dt.date | None
) -> None:
    paying = [change for change in changes if change.amount]
    if not paying:
        return
    months = sorted(change.month for change in paying)
    spans: dict[int, list[tuple[dt.date | None, dt.date | None]]] = {}
    memberships = formal_memberships(months[0], months[-1]).filter(
        organization=organization, member__in={change.member.pk for change in paying}
    )
    for row in memberships:
        spans.setdefault(row.member_id, []).append((row.started_on, row.ended_on))
    reasons = {}
    for change in paying:
        rule = dues_rule(change.month, organization.path)
        reason = ""
        if not belongs(change.member, spans.get(change.member.pk, []), change.month):
            reason = f"这个月不在本支部交纳（{rule.sources['place']}）"
        elif (
            paid_on and abs(months_apart(paid_on, change.month)) > rule.values["payment"]["months"]
        ):
            reason = (
                f"预交、补交一般不超过 {rule.values['payment']['months']} 个月"
                f"（{rule.sources['payment']}）；确需登记，请用“单笔登记”写明原因"
            )
        if reason:
            reasons[change.member.pk, change.month] = reason
    if reasons:
        raise CellsRefused(reasons)


def _write_cell(
    organization: PartyOrganization,
    change: CellChange,
    stored: dict[tuple[int, dt.date], DuesPayment],
    paid_on: dt.date | None,
    method: str,
) -> None:
    payment = stored.get((change.member.pk, change.month))
    if payment is None:
        payment = DuesPayment(
            organization=organization, member=change.member, month=change.month, version=0
        )
    elif not change.amount:
        payment.delete()
        return
    payment.amount, payment.paid_on, payment.method = change.amount or Decimal(0), paid_on, method
    payment.version += 1
    payment.save()


@transaction.atomic
def record_payment(
    *,
    actor: Any,
    organization: PartyOrganization,
    member: Member,
    month: dt.date,
    amount: Decimal,
    paid_on: dt.date,
    method: str,
    kind: str = ORDINARY,
    note: str = "",
) -> DuesPayment:
    """Record one payment by itself: a big voluntary one, or one far from its month, with its reason.

    An ordinary payment adds to what the month holds already.
    """
    month = first_of_month(month)
    refuse_collecting(organization, paid_on)
    rule = dues_rule(month, organization.path)
    _check_payment(rule, organization, member, month, amount, paid_on, kind, note)
    _lock(organization)
    payment = None
    if kind == ORDINARY:
        payment = DuesPayment.objects.filter(
            organization=organization, member=member, month=month, kind=ORDINARY
        ).first()
    before = {"金额": str(payment.amount)} if payment else None
    payment = payment or DuesPayment(
        organization=organization, member=member, month=month, kind=kind, amount=0, version=0
    )
    payment.amount += amount
    payment.paid_on, payment.method, payment.note = paid_on, method, note
    payment.version += 1
    payment.save()
    audit.record(
        actor=actor,
        action="members.duespayment.recorded",
        subject=payment,
        place=organization.path,
        summary=f"登记 {member.name} {payment.get_kind_display()} {month:%Y-%m} {amount} 元",
        before=before,
        after={"金额": str(payment.amount), "收缴日期": paid_on, "备注": note},
    )
    return payment


def _check_payment(
    rule: Regulation,
    organization: PartyOrganization,
    member: Member,
    month: dt.date,
    amount: Decimal,
    paid_on: dt.date,
    kind: str,
    note: str,
) -> None:
    if amount <= 0:
        raise DuesRefused("金额应大于零。", "amount")
    if paid_on > timezone.localdate():
        raise DuesRefused("收缴日期还没到，请核对。", "paid_on")
    spans = [
        (row.started_on, row.ended_on)
        for row in formal_memberships(month, month).filter(organization=organization, member=member)
    ]
    if not belongs(member, spans, month):
        raise DuesRefused(
            f"{member.name} 这个月的正式组织关系不在本支部，不在这里交纳（{rule.sources['place']}）。",
            "member",
        )
    least = Decimal(rule.values["big"]["amount"])
    if kind == DuesPayment.Kind.BIG and amount < least:
        raise DuesRefused(
            f"自愿一次性多交 {least} 元以上的才全部上缴中央（{rule.sources['big']}）；不足的请按党费登记。",
            "amount",
        )
    limit = rule.values["payment"]["months"]
    if abs(months_apart(paid_on, month)) > limit and not note:
        raise DuesRefused(
            f"未达到一般要求：预交、补交一般不超过 {limit} 个月（{rule.sources['payment']}）。请在备注里写明原因。",
            "note",
        )


# --- handing up and publishing ---------------------------------------------------------------


@transaction.atomic
def hand_up(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    period: Period,
    amount: Decimal,
    handed_on: dt.date,
    document: str = "",
    note: str = "",
) -> DuesRemittance:
    """Record that an organisation handed up dues of a quarter or a year."""
    if amount <= 0:
        raise DuesRefused("金额应大于零。", "amount")
    if handed_on > timezone.localdate():
        raise DuesRefused("上缴日期还没到，请核对。", "handed_on")
    if handed_on < period.start:
        raise DuesRefused("上缴日期早于这个期间，请核对。", "handed_on")
    row = DuesRemittance.objects.create(
        organization=organization,
        kind=kind,
        period=period.code,
        amount=amount,
        handed_on=handed_on,
        document=document,
        note=note,
    )
    audit.record(
        actor=actor,
        action="members.duesremittance.recorded",
        subject=row,
        place=organization.path,
        summary=f"{organization.label}上缴党费：{period.title} {amount} 元",
        after={"种类": str(row.get_kind_display()), "上缴日期": handed_on, "凭证": document},
    )
    return row


@transaction.atomic
def publish_dues(
    *, actor: Any, organization: PartyOrganization, year: int, published_on: dt.date, how: str
) -> DuesPublication:
    """Record when and how a branch published a year's dues; once more corrects the record."""
    if published_on > timezone.localdate():
        raise DuesRefused("公示日期还没到，请核对。", "published_on")
    if published_on.year < year:
        raise DuesRefused(f"公示日期早于 {year} 年，请核对。", "published_on")
    row, _ = DuesPublication.objects.update_or_create(
        organization=organization,
        year=year,
        defaults={"published_on": published_on, "how": how},
    )
    audit.record(
        actor=actor,
        action="members.duespublication.recorded",
        subject=row,
        place=organization.path,
        summary=f"{organization.label}公示 {year} 年党费收缴情况",
        after={"公示日期": published_on, "方式和地点": how},
    )
    return row
