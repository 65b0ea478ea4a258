"""The papers of development: which there are, and what is known of each of their places."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from members.models import DevelopmentCase, DevelopmentStep, Member
from members.queries.development import facts_of
from members.queries.development_rules import (
    ACTIVIST,
    ADMISSION,
    APPLICATION,
    CANDIDATE,
    CONFIRMATION,
    TALK,
    Facts,
    Role,
    Rules,
    probation_end,
)
from partybuild.ledgers import partial_date
from partybuild.masking import mask_id_number, mask_phone

Values = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """One kind of paper: what it is called, its template, how its places are filled."""

    title: str
    template: str
    fill: Callable[[DevelopmentCase, Facts], Values]


def values_of(paper: Paper, case: DevelopmentCase, *, reveal: bool = False) -> Values:
    """Return what is known of each place of a paper; personal numbers masked unless revealed."""
    values = paper.fill(case, facts_of([case])[case.pk])
    if "身份证号码" in values:
        member = case.member
        values["身份证号码"] = member.id_number if reveal else mask_id_number(member.id_number)
        values["联系电话"] = member.phone if reveal else mask_phone(member.phone)
    return values


def _person(member: Member) -> Values:
    return {
        "姓名": member.name,
        "性别": member.get_gender_display(),
        "民族": member.ethnicity,
        "出生日期": _known(partial_date(member.born_on, member.born_precision)),
        "学历": member.education,
        "单位职务": member.job_title,
    }


def _known(day: dt.date | str | None) -> str:
    """Write a day as far as it is known: 2026年5月18日, 2026年5月, 2026年."""
    if not day:
        return ""
    parts = day.isoformat().split("-") if isinstance(day, dt.date) else day.split("-")
    return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))


def _day(facts: Facts, code: str) -> str:
    step = facts.steps.get(code)
    return _known(partial_date(step.done_on, step.done_precision)) if step else ""


def _names(facts: Facts, role: str) -> str:
    return "、".join(one.name for one in facts.sponsors if one.role == role)


def _path(facts: Facts) -> Values:
    return {
        "申请入党时间": _day(facts, APPLICATION),
        "积极分子时间": _day(facts, ACTIVIST),
        "培养联系人": _names(facts, Role.MENTOR),
    }


def _activist(case: DevelopmentCase, facts: Facts) -> Values:
    step = facts.steps.get(ACTIVIST)
    return {
        "党支部": case.organization.name,
        **_person(case.member),
        "身份证号码": "",
        "联系电话": "",
        "申请入党时间": _day(facts, APPLICATION),
        "谈话时间": _day(facts, TALK),
        "推荐方式": step.note if step else "",
        "确定时间": _day(facts, ACTIVIST),
        "培养联系人": _names(facts, Role.MENTOR),
        "党支部日期": _day(facts, ACTIVIST),
    }


def _notice_days(facts: Facts) -> Values:
    step = facts.steps.get(CANDIDATE)
    return {
        "公示起": step.span_from if step else None,
        "公示止": step.span_to if step else None,
    }


def _candidate(case: DevelopmentCase, facts: Facts) -> Values:
    superior = case.organization.superior
    return {
        "上级党组织": superior.name if superior else "",
        "党支部": case.organization.name,
        **_person(case.member),
        **_path(facts),
        "确定时间": _day(facts, CANDIDATE),
        **_notice_days(facts),
        "入党介绍人": _names(facts, Role.INTRODUCER),
        "落款日期": _day(facts, CANDIDATE),
    }


def _notice(case: DevelopmentCase, facts: Facts) -> Values:
    born = _person(case.member)["出生日期"]
    return {
        "党支部": case.organization.name,
        **_person(case.member),
        "出生年月": born.partition("月")[0] + "月" if "月" in born else born,
        **_path(facts),
        **_notice_days(facts),
    }


def _votes(step: DevelopmentStep | None) -> Values:
    counted = {
        "应到人数": "due_voters",
        "实到人数": "present_voters",
        "发出票": "issued",
        "收回票": "received",
        "赞成": "yes",
        "反对": "no",
        "弃权": "abstain",
        "书面意见": "written_opinions",
    }
    return {name: getattr(step, column) if step else None for name, column in counted.items()}


def _resolution(step: DevelopmentStep | None, decided: str) -> str:
    if step is None or step.yes is None or step.due_voters is None:
        return ""
    if step.passed:
        return f"赞成人数超过应到会有表决权党员的半数，{decided}。"
    return "赞成人数没有超过应到会有表决权党员的半数，未通过。"


def _admission(case: DevelopmentCase, facts: Facts) -> Values:
    step = facts.steps.get(ADMISSION)
    how = {True: "无记名投票", False: "举手表决"}
    return {
        "姓名": case.member.name,
        "会议时间": _day(facts, ADMISSION),
        "地点": "",
        "主持人": "",
        "记录人": "",
        "入党介绍人": _names(facts, Role.INTRODUCER),
        "列席人": "",
        **_votes(step),
        "参会人员": "",
        "缺席人员": "",
        "表决方式": how.get(step.is_secret) if step and step.is_secret is not None else "",
        "决议": _resolution(step, f"同意接收{case.member.name}同志为预备党员"),
    }


def _confirmation(case: DevelopmentCase, facts: Facts) -> Values:
    step, end = facts.steps.get(CONFIRMATION), probation_end(facts, Rules())
    return {
        "党支部": case.organization.name,
        "姓名": case.member.name,
        "接收时间": _day(facts, ADMISSION),
        "预备期满": end,
        "转正申请时间": _day(facts, "confirmation_request"),
        "会议时间": _day(facts, CONFIRMATION),
        **_votes(step),
        "决议": _resolution(
            step,
            f"同意{case.member.name}同志按期转为中共正式党员"
            if not case.extended_until
            else f"同意{case.member.name}同志转为中共正式党员",
        ),
    }


# By the step that they belong to.
PAPERS = {
    "activist_filed": Paper("入党积极分子备案表", "members.activist_filing", _activist),
    CANDIDATE: Paper("发展对象公示", "members.public_notice", _notice),
    "candidate_filed": Paper("发展对象备案报告", "members.candidate_filing", _candidate),
    ADMISSION: Paper("接收预备党员会议记录", "members.admission_record", _admission),
    CONFIRMATION: Paper("预备党员转正决议", "members.confirmation_resolution", _confirmation),
}
