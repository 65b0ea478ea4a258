"""Writing funds: ask, sign three times, come in, spend. A balance never falls below zero."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import FundIncome, FundItem, FundRequest, FundSignature, FundSpending
from members.models.funds import Pot, Source
from members.queries.funds import NEXT, SIGNING, left_of, promised, signed_in_round, spent_on
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

State = FundRequest.State
CENT = Decimal("0.01")


class FundsRefused(Refused):
    """Something about funds is not done; str() is the reason in Chinese."""


@dataclass(frozen=True)
class Line:
    """One line of a request: what, how many, at which price in yuan."""

    name: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT, ROUND_HALF_UP)


@transaction.atomic
def request_funds(
    *,
    actor: Any,
    organization: PartyOrganization,
    source: str,
    category: str,
    purpose: str,
    wanted_on: dt.date,
    amount: Decimal | None = None,
    place: str = "",
    lines: Sequence[Line] = (),
) -> FundRequest:
    """Ask to use money; with lines the amount is their sum. It goes to the first level."""
    request = FundRequest.objects.create(
        organization=organization,
        source=source,
        category=category,
        purpose=purpose,
        place=place,
        amount=_total(amount, lines),
        wanted_on=wanted_on,
        requested_by=actor,
        requested_on=timezone.localdate(),
    )
    _write_lines(request, lines)
    _record(actor, request, "requested", f"申请经费 {request}", after=told(request))
    return request


@transaction.atomic
def request_again(
    *,
    actor: Any,
    request: FundRequest,
    version: int,
    source: str,
    category: str,
    purpose: str,
    wanted_on: dt.date,
    amount: Decimal | None = None,
    place: str = "",
    lines: Sequence[Line] = (),
) -> FundRequest:
    """Hand a returned or withdrawn request in once more, from the first level on."""
    if request.state not in {State.RETURNED, State.WITHDRAWN}:
        raise FundsRefused(f"这份申请现在是“{request.get_state_display()}”，不能重新提交。")
    before = told(request)
    take(request, version)
    request.source, request.category, request.purpose = source, category, purpose
    request.place, request.wanted_on, request.amount = place, wanted_on, _total(amount, lines)
    request.state, request.round = State.FIRST, request.round + 1
    request.requested_by, request.requested_on = actor, timezone.localdate()
    request.save()
    request.items.all().delete()
    _write_lines(request, lines)
    _record(actor, request, "requested_again", f"重新提交经费申请 {request}", before, told(request))
    return request


@transaction.atomic
def withdraw_request(*, actor: Any, request: FundRequest, version: int) -> FundRequest:
    """Take a waiting request back; what was written stays and can be handed in again."""
    if request.state not in FundRequest.WAITING:
        raise FundsRefused(f"这份申请现在是“{request.get_state_display()}”，不能撤回。")
    take(request, version)
    request.state = State.WITHDRAWN
    request.save(update_fields=["state"])
    _record(actor, request, "withdrawn", f"撤回经费申请 {request}")
    return request


@transaction.atomic
def sign_request(
    *, actor: Any, request: FundRequest, version: int, is_agreed: bool, reason: str = ""
) -> FundSignature:
    """Agree to a request at the level it waits for, or send it back with the reason.

    Nobody signs their own request or two levels of one. The last level agrees only while the money
    is there.
    """
    _may_sign(actor, request)
    if not is_agreed and not reason.strip():
        raise FundsRefused("退回要写明原因。", "reason")
    if is_agreed and request.state == State.THIRD:
        _check_money(request)
    take(request, version)
    signature = FundSignature.objects.create(
        request=request,
        round=request.round,
        level=request.state,
        signed_by=actor,
        signer_name=actor.name,
        is_agreed=is_agreed,
        reason=reason,
    )
    request.state = NEXT[State(request.state)] if is_agreed else State.RETURNED
    request.save(update_fields=["state"])
    word = "同意" if is_agreed else "退回"
    _record(
        actor,
        request,
        "agreed" if is_agreed else "returned",
        f"{signature.get_level_display()}{word}经费申请 {request}",
        after={"意见": reason, "状态": str(request.get_state_display())},
    )
    return signature


def _may_sign(actor: Any, request: FundRequest) -> None:
    permission = SIGNING.get(State(request.state))
    if permission is None:
        raise FundsRefused(f"这份申请现在是“{request.get_state_display()}”，不用审批。")
    if not actor.scope_for(permission).covers(request.organization.path):
        raise FundsRefused(f"这份申请现在{request.get_state_display()}，不由您审批。")
    if request.requested_by_id == actor.pk:
        raise FundsRefused("自己的申请不能自己审批。")
    if any(signature.signed_by_id == actor.pk for signature in signed_in_round(request)):
        raise FundsRefused("您已经审批过这份申请，一个人只审批一级。")


def _check_money(request: FundRequest) -> None:
    _lock(request.organization)
    left = left_of(request.organization, request.source)
    free = left - promised(request.organization, request.source)
    if request.amount > free:
        raise FundsRefused(
            f"{Source(request.source).label}可用 {free} 元（结余 {left} 元，减去已批未支），"
            f"不够这次的 {request.amount} 元。"
        )


@transaction.atomic
def book_spending(
    *,
    actor: Any,
    request: FundRequest,
    pot: str,
    amount: Decimal,
    spent_on_day: dt.date,
    voucher: str,
    note: str = "",
) -> FundSpending:
    """Book what was spent on an approved request, never more than was approved or is there."""
    _lock(request.organization)
    if request.state != State.APPROVED:
        raise FundsRefused(f"这份申请现在是“{request.get_state_display()}”，批准后才能登记支出。")
    if amount <= 0:
        raise FundsRefused("金额应大于零。", "amount")
    if spent_on_day > timezone.localdate():
        raise FundsRefused("支出日期还没到，请核对。", "spent_on_day")
    spent = spent_on(request)
    if spent + amount > request.amount:
        raise FundsRefused(
            f"批准 {request.amount} 元，已支出 {spent} 元，只能再支 {request.amount - spent} 元。",
            "amount",
        )
    left = left_of(request.organization, request.source, pot)
    if amount > left:
        raise FundsRefused(
            f"{Source(request.source).label}里的{Pot(pot).label}只剩 {left} 元，不够支出 {amount} 元。",
            "amount",
        )
    spending = FundSpending.objects.create(
        request=request,
        pot=pot,
        amount=amount,
        spent_on=spent_on_day,
        voucher=voucher,
        note=note,
    )
    _record(
        actor,
        request,
        "spent",
        f"登记支出 {spending}",
        after={"金额": str(amount), "凭证号": voucher, "日期": spent_on_day},
    )
    return spending


@transaction.atomic
def record_income(
    *,
    actor: Any,
    organization: PartyOrganization,
    source: str,
    pot: str,
    amount: Decimal,
    received_on: dt.date,
    document: str = "",
    note: str = "",
) -> FundIncome:
    """Record money that came to an organisation."""
    if amount <= 0:
        raise FundsRefused("金额应大于零。", "amount")
    if received_on > timezone.localdate():
        raise FundsRefused("到账日期还没到，请核对。", "received_on")
    income = FundIncome.objects.create(
        organization=organization,
        source=source,
        pot=pot,
        amount=amount,
        received_on=received_on,
        document=document,
        note=note,
    )
    audit.record(
        actor=actor,
        action="members.fundincome.recorded",
        subject=income,
        place=organization.path,
        summary=f"{organization.label}登记经费收入：{income}",
        after={"来源": str(income.get_source_display()), "日期": received_on, "凭证": document},
    )
    return income


def told(request: FundRequest) -> dict[str, Any]:
    """Return what a request says, as plain values: what history compares."""
    return {
        "资金来源": str(request.get_source_display()),
        "类别": str(request.get_category_display()),
        "用途": request.purpose,
        "地点": request.place,
        "金额": str(request.amount),
        "用款日期": request.wanted_on,
        "明细": [f"{item.name} {item.quantity}×{item.price}" for item in request.items.all()],
    }


def _total(amount: Decimal | None, lines: Sequence[Line]) -> Decimal:
    total = sum((line.amount for line in lines), Decimal(0)) if lines else amount
    if total is None or total <= 0:
        raise FundsRefused("请填写金额，或者填写明细。", "amount")
    if lines and amount is not None and amount != total:
        raise FundsRefused(f"明细合计 {total} 元，与申请金额 {amount} 元不同。", "amount")
    return total


def _write_lines(request: FundRequest, lines: Sequence[Line]) -> None:
    FundItem.objects.bulk_create(
        [
            FundItem(
                request=request,
                name=line.name,
                quantity=line.quantity,
                price=line.price,
                amount=line.amount,
            )
            for line in lines
        ]
    )


def _lock(organization: PartyOrganization) -> None:
    """Let one writer at a time judge an organisation's money."""
    list(PartyOrganization.objects.select_for_update().filter(pk=organization.pk))


def _record(
    actor: Any,
    request: FundRequest,
    verb: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"members.fundrequest.{verb}",
        subject=request,
        place=request.organization.path,
        summary=f"{request.organization.label}：{summary}",
        before=before,
        after=after,
    )
