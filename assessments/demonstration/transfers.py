"""Members who come and go: transfers at every step, an arrival, a death, a suspension that ended."""

import datetime as dt
from typing import TYPE_CHECKING

from branches.models import PartyOrganization
from members.models import Member, Transfer
from members.queries.roll import formal_members
from members.services.standing import change_standing
from members.services.transfers import (
    accept_transfer,
    receive_from_outside,
    review_transfer,
    start_transfer,
)
from partybuild.values import id_check_digit

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

Kind = Transfer.Kind
WHY = ("工作调动", "单位内部轮岗", "退休后转到居住地")
ELSEWHERE = "云溪市大学机关党委"


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Start four transfers and let each get a step further; one letter has run out."""
    one, two, three, four = branches[:4]
    people = {
        branch.pk: [
            member
            for member in formal_members(branch, demo.today)
            if member.category == Member.Category.FULL and not member.offices.exists()
        ]
        for branch in branches[:4]
    }

    def leaver(branch: PartyOrganization) -> Member:
        """Return somebody who has been a member for long and holds no office."""
        return people[branch.pk].pop()

    def day(ago: int) -> dt.date:
        return demo.today - dt.timedelta(days=ago)

    start_transfer(
        actor=None,
        members=[leaver(one)],
        receiver=two,
        kind=Kind.WITHIN_PROVINCE,
        reason=WHY[1],
        started_on=day(2),
    )
    for sender, receiver, ago, accepted in ((two, three, 40, True), (three, four, 4, False)):
        side = start_transfer(
            actor=None,
            members=[leaver(sender)],
            receiver=receiver,
            kind=Kind.WITHIN_PROVINCE,
            reason=WHY[0],
            letter_number=f"云司组介〔{demo.today.year}〕{ago}号",
            dues_paid_to=f"{day(ago):%Y年%m月}",
            started_on=day(ago),
        )
        review_transfer(actor=None, side=side, version=1, approved=True, on=day(ago - 2))
        if accepted:
            other = side.transfer.sides.exclude(pk=side.pk).get()
            accept_transfer(actor=None, side=other, version=2, on=day(ago - 8))
    away = start_transfer(
        actor=None,
        members=[leaver(four)],
        receiver_unit="云溪市松桂街道党工委",
        kind=Kind.LETTER,
        reason=WHY[2],
        letter_number=f"云司组介〔{demo.today.year}〕25号",
        started_on=day(25),
    )
    review_transfer(actor=None, side=away, version=1, approved=True, on=day(24))
    _arrival(demo, one, day(60))
    change_standing(
        actor=None,
        member=leaver(two),
        state=Member.State.DECEASED,
        happened_on=day(90),
    )
    back = leaver(one)
    for state, ago, reason in (
        (Member.State.SUSPENDED, 300, "失去联系六个月，支部大会决定"),
        (Member.State.NORMAL, 120, "已恢复联系，补交党费，支部大会同意"),
    ):
        change_standing(
            actor=None,
            member=back,
            state=state,
            happened_on=day(ago),
            document=f"云司党〔{day(ago).year}〕{ago // 10}号",
            reason=reason,
        )


def _arrival(demo: "Demonstration", branch: PartyOrganization, on: dt.date) -> None:
    number = "99900119880316005"
    receive_from_outside(
        actor=None,
        organization=branch,
        sender_unit=ELSEWHERE,
        kind=Kind.LETTER,
        letter_number=f"云大组介〔{on.year}〕16号",
        sent_on=on - dt.timedelta(days=4),
        received_on=on,
        name=next(demo.names),
        id_number=number + id_check_digit(number),
        born_on=dt.date(1988, 3, 16),
        gender=Member.Gender.MALE,
        category=Member.Category.FULL,
        joined_on=dt.date(2012, 6, 28),
        confirmed_on=dt.date(2013, 6, 28),
    )
