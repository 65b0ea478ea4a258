"""A year of dues in the made-up organisation: standings, payments with a few gaps, funds, a share."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from branches.models import PartyOrganization, User
from members.models import DuesStanding, Member
from members.queries.roll import roll_members
from members.services.dues import CellChange, enter_payments, fix_standing, hand_up, publish_dues
from members.services.funds import (
    Line,
    book_spending,
    record_income,
    request_funds,
    sign_request,
)
from partybuild.localrules import lay_over
from partybuild.periods import Period

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

SIGNERS = ("keshi", "fenguan", "zhuyao")
# The first branch has one member who has not paid for seven months, and one for three.
BEHIND = {3: 7, 5: 3}


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Write the dues of this year for every branch, and the use of funds in the first."""
    actor = User.objects.get(username="shuji")
    start = dt.date(demo.today.year, 1, 1)
    lay_over(
        actor=None,
        place=committee,
        code="members.dues",
        values={
            "base": {"policy": "yearly_fixed"},
            "handing_up": {"share": "0.20", "per": "quarter", "level": "own"},
        },
        in_force_from=start,
        document="《云溪市直机关党费收缴管理办法》",
        article="第六条",
    )
    for number, branch in enumerate(branches):
        _year(demo, actor, branch, behind=BEHIND if number == 0 else {})
        publish_dues(
            actor=actor,
            organization=branch,
            year=demo.today.year - 1,
            published_on=start + dt.timedelta(days=9),
            how="党务公开栏",
        )
    if demo.today.month > 4:  # noqa: PLR2004 -- the first quarter goes up in April
        hand_up(
            actor=None,
            organization=committee,
            kind="share",
            period=Period.quarter(demo.today.year, 1),
            amount=Decimal("9000.00"),
            handed_on=dt.date(demo.today.year, 4, 10),
            document="缴款单 001",
            note="尾数下季度补齐",
        )
    _funds(demo, actor, committee, branches[0])


def _year(
    demo: "Demonstration", actor: User, branch: PartyOrganization, *, behind: dict[int, int]
) -> None:
    start = dt.date(demo.today.year, 1, 1)
    months = [part.start for part in Period.year(demo.today.year).split("month")]
    closed = [month for month in months if month < demo.today.replace(day=1)]
    changes = []
    for at, member in enumerate(roll_members(branch, demo.today)):
        base = Decimal(demo.random.randrange(280, 1300) * 10)
        standing = fix_standing(
            actor=actor,
            member=member,
            payer_class=DuesStanding.PayerClass.MONTHLY_SALARY,
            base=base,
            started_on=start,
        )
        unpaid = behind.get(at, 0)
        changes += [
            CellChange(member, month, standing.amount, None)
            for month in (closed[:-unpaid] if unpaid else closed)
            if _joined(member, month)
        ]
    enter_payments(actor=actor, organization=branch, changes=changes)


def _joined(member: Member, month: dt.date) -> bool:
    """Tell whether a member had joined by the first day of a month."""
    return member.joined_on is None or member.joined_on <= month


def _funds(
    demo: "Demonstration", actor: User, committee: PartyOrganization, branch: PartyOrganization
) -> None:
    signers = [User.objects.get(username=username) for username in SIGNERS]
    record_income(
        actor=actor,
        organization=branch,
        source="dues",
        pot="refund",
        amount=Decimal("3000.00"),
        received_on=dt.date(demo.today.year, 1, 20),
        document="返还通知 2 号",
    )
    wanted = demo.today + dt.timedelta(days=10)
    request = request_funds(
        actor=actor,
        organization=branch,
        source="dues",
        category="materials",
        purpose="购买专题学习读本",
        wanted_on=wanted,
        lines=[Line("学习读本", Decimal(25), Decimal("32.00"))],
    )
    for signer in signers:
        sign_request(actor=signer, request=request, version=request.version, is_agreed=True)
    book_spending(
        actor=actor,
        request=request,
        pot="refund",
        amount=Decimal("800.00"),
        spent_on_day=demo.today,
        voucher="DF-001",
    )
    request_funds(
        actor=actor,
        organization=branch,
        source="dues",
        category="venue",
        purpose="红色教育基地主题党日",
        place="云溪革命纪念馆",
        wanted_on=wanted,
        amount=Decimal("600.00"),
    )
