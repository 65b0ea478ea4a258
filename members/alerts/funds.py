"""Requests for funds that wait for a signature."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from members.models import FundRequest
from members.queries.funds import waiting_at
from partybuild.alerts import Alert, Notice


class _Waiting(Alert):
    """Requests that wait for one level."""

    state: ClassVar[str]
    order = 15
    about = "审批以后自动消失。退回要写明原因。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        for asked in waiting_at(self.state):
            yield Notice(
                text=f"{asked.organization.label}申请{asked.get_category_display()} {asked.amount} 元，等您审批",
                url=asked.get_absolute_url(),
                place=asked.organization.label,
                due_on=asked.wanted_on,
                is_late=asked.wanted_on < day,
            )


class FundsFirst(_Waiting):
    code = "members.funds_first"
    title = "经费申请，待科室负责人审批"
    permission = "members.sign_funds_first"
    state = FundRequest.State.FIRST


class FundsSecond(_Waiting):
    code = "members.funds_second"
    title = "经费申请，待分管领导审批"
    permission = "members.sign_funds_second"
    state = FundRequest.State.SECOND


class FundsThird(_Waiting):
    code = "members.funds_third"
    title = "经费申请，待主要领导审批"
    permission = "members.sign_funds_third"
    state = FundRequest.State.THIRD
