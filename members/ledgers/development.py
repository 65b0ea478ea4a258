"""Ledgers of the development of members."""

from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from branches.queries.placements import placed
from members.models import DevelopmentCase, DevelopmentSponsor, Member, Membership
from members.queries.development import (
    cases_on,
    probationers_on,
    review_days_of,
    sponsors_of,
    states_of,
)
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Column, Date, Gathered, Integer, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number
from partybuild.periods import Period

# The steps whose days stand in the ledger; each is joined once under its name.
STEPS = (
    *("application", "talk", "activist", "activist_filed", "candidate", "candidate_filed"),
    *("political_review", "training", "committee_review", "pre_review", "admission"),
    *("superior_talk", "approval", "placed", "oath", "confirmation_request", "confirmation"),
    "confirmation_approval",
)
APPLY, ACTIVIST, CANDIDATE = "申请与谈话", "积极分子", "发展对象"
ADMIT, PROBATION, CONFIRM = "接收预备党员", "预备期", "转正"


def _day(group: str, title: str, step: str) -> Column:
    return Date((group, title), f"at_{step}__done_on", f"at_{step}__done_precision")


def _votes(group: str, step: str) -> tuple[Column, ...]:
    counted = (
        ("应到（有表决权）", "due_voters"),
        ("实到（有表决权）", "present_voters"),
        ("发出票", "issued"),
        ("收回票", "received"),
        ("赞成", "yes"),
        ("反对", "no"),
        ("弃权", "abstain"),
    )
    return tuple(Integer((group, title), f"at_{step}__{name}", width=8) for title, name in counted)


def _mentors(cases: list[Any]) -> dict[Any, str]:
    return sponsors_of(cases, DevelopmentSponsor.Role.MENTOR)


def _introducers(cases: list[Any]) -> dict[Any, str]:
    return sponsors_of(cases, DevelopmentSponsor.Role.INTRODUCER)


class DevelopmentLedger(Ledger):
    code = "members.development"
    title = "发展党员台账"
    permission = "members.view_development"
    about = "培养中和当年结束的培养档案，一人一行。"
    as_of = True
    periodic = True
    record = "public_id"
    record_page = "members:development_case"
    conditions = {"outcome": "outcome_then"}
    order = ("place_path", "opened_on", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Text("学历", "member__education", width=12),
        _day(APPLY, "递交申请书时间", "application"),
        _day(APPLY, "谈话时间", "talk"),
        Text((APPLY, "谈话情况"), "at_talk__note", width=16),
        _day(ACTIVIST, "确定时间", "activist"),
        Text((ACTIVIST, "推荐方式"), "at_activist__note", width=12),
        _day(ACTIVIST, "上级备案时间", "activist_filed"),
        Gathered((ACTIVIST, "培养联系人"), ("pk",), gather=_mentors, width=16),
        Gathered(
            (ACTIVIST, "半年考察时间"), ("as_known",), gather=review_days_of, width=24, wrap=True
        ),
        _day(CANDIDATE, "确定时间", "candidate"),
        Date((CANDIDATE, "公示起"), "at_candidate__span_from"),
        Date((CANDIDATE, "公示止"), "at_candidate__span_to"),
        _day(CANDIDATE, "上级备案时间", "candidate_filed"),
        Gathered((CANDIDATE, "入党介绍人"), ("pk",), gather=_introducers, width=16),
        _day(CANDIDATE, "政审时间", "political_review"),
        Text((CANDIDATE, "政审结论"), "at_political_review__note", width=16),
        _day(CANDIDATE, "培训时间", "training"),
        Column((CANDIDATE, "培训学时"), ("at_training__hours",), kind="number", width=8),
        _day(ADMIT, "支委会审查时间", "committee_review"),
        _day(ADMIT, "预审时间", "pre_review"),
        _day(ADMIT, "支部大会时间", "admission"),
        *_votes(ADMIT, "admission"),
        _day(ADMIT, "上级谈话时间", "superior_talk"),
        _day(ADMIT, "上级审批时间", "approval"),
        _day(PROBATION, "编入时间", "placed"),
        _day(PROBATION, "宣誓时间", "oath"),
        _day(CONFIRM, "申请时间", "confirmation_request"),
        _day(CONFIRM, "支部大会时间", "confirmation"),
        *_votes(CONFIRM, "confirmation"),
        _day(CONFIRM, "上级审批时间", "confirmation_approval"),
        Choice(("特别说明", "结果"), "outcome_then", DevelopmentCase.Outcome, width=8),
        Text(("特别说明", "说明"), "reason_then", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[DevelopmentCase]:
        day = self.day(period)
        joined = {
            f"at_{step}": FilteredRelation(
                "steps", condition=Q(steps__code=step, steps__done_on__lte=day)
            )
            for step in STEPS
        }
        cases = at_home(lambda: cases_on(day, since=period.start), day, place="organization")
        return cases.annotate(**joined)


def _probationer(_: str) -> str:
    """Say what everybody in this ledger was on its day, whatever they are by now."""
    return str(Member.Category.PROBATIONARY.label)


class ProbationerLedger(Ledger):
    code = "members.probationers"
    title = "预备党员列表"
    permission = "members.view_development"
    about = "某一天的预备党员，一人一行。"
    as_of = True
    record = "member__public_id"
    record_page = "members:member"
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("姓名", "member__name", width=10),
        Sensitive("身份证号", "member__id_number", mask_id_number, width=21),
        Text("所在党支部", "place__name", width=26),
        Column("人员类别", ("kind",), render=_probationer, width=11),
        Text("学历", "member__education", width=12),
        Date("加入党组织日期", "member__joined_on", "member__joined_precision"),
        Date("转为正式党员日期", "member__confirmed_on", "member__confirmed_precision"),
        Gathered("审核状态", ("member",), gather=states_of, width=12),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        day = self.day(period)
        return placed(probationers_on(day), "organization", day)
