"""Writing what campaigns award: decided by a person on stated evidence, renewed, withdrawn."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from assessments.models import AwardEvent, Campaign, CampaignAward, CampaignGrade
from assessments.queries.awards import Evidence, evidence_for
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit
from partybuild.merging import take
from partybuild.periods import add_months
from partybuild.refusals import Refused

Kind = AwardEvent.Kind


class AwardRefused(Refused):
    """An award cannot be given, renewed or withdrawn so; `field` is the input to look at."""


@transaction.atomic
def give_award(
    *,
    actor: Any,
    campaign: Campaign,
    grade: CampaignGrade,
    organization: PartyOrganization,
    on: dt.date,
    reason: str,
    member: Member | None = None,
    document: str = "",
    ground: str = "",
) -> CampaignAward:
    """Award a grade (命名) to a unit, or to a member of it, for as long as the grade holds.

    AwardRefused without evidence (accepted application, scorecard or stated ground), and for who
    applied or is awarded: nobody decides about oneself.
    """
    if grade.campaign_id != campaign.pk:
        raise AwardRefused("这个等次不是这项活动的。", "grade")
    if campaign.selects_members and member is None:
        raise AwardRefused("请选择党员。", "subject")
    evidence = evidence_for(campaign, organization, member, on)
    _check(actor, evidence, member, ground)
    try:
        with transaction.atomic():
            award = CampaignAward.objects.create(
                campaign=campaign,
                grade=grade,
                organization=organization,
                member=member,
                application=evidence.application,
                scorecard=evidence.scorecard,
                ground=ground,
            )
    except IntegrityError as twice:
        raise AwardRefused("已经命名过；要继续有效请办复审。", "subject") from twice
    _event(actor, award, Kind.AWARDED, on, reason, document, until=_until(grade, on))
    return award


def _check(actor: Any, evidence: Evidence, member: Member | None, ground: str) -> None:
    if not (evidence.application or evidence.scorecard or ground):
        raise AwardRefused(
            "没有已受理的申报，也没有评分，命名没有依据。确有其他依据的，请写明。", "ground"
        )
    applied = evidence.application
    if actor and applied and applied.written_by_id == actor.pk:
        raise AwardRefused("申报是您填写的，请由别人决定。")
    if actor and member and member.user_id == actor.pk:
        raise AwardRefused("不能给自己命名，请由别人决定。")


@transaction.atomic
def renew_award(
    *,
    actor: Any,
    award: CampaignAward,
    version: int,
    on: dt.date,
    reason: str,
    document: str = "",
) -> CampaignAward:
    """Renew an award (复审通过) from a day on, for as long as its grade holds now."""
    _check_step(actor, award, on)
    if award.grade.months is None:
        raise AwardRefused("这个等次没有有效期，不用复审。")
    take(award, version)
    until = _until(award.grade, on)
    _event(actor, award, Kind.RENEWED, on, reason, document, until=until)
    return award


@transaction.atomic
def withdraw_award(
    *,
    actor: Any,
    award: CampaignAward,
    version: int,
    on: dt.date,
    reason: str,
    document: str = "",
) -> CampaignAward:
    """Withdraw an award (摘牌) for a stated reason; it is not held from that day on."""
    _check_step(actor, award, on)
    take(award, version)
    _event(actor, award, Kind.WITHDRAWN, on, reason, document)
    return award


def _check_step(actor: Any, award: CampaignAward, on: dt.date) -> None:
    events = list(award.events.all())
    if any(one.kind == Kind.WITHDRAWN for one in events):
        raise AwardRefused("已经摘牌，不能再办。")
    if events and on < max(one.happened_on for one in events):
        raise AwardRefused("日期在上一次决定以前，请核对。", "on")
    applied = award.application
    if actor and applied and applied.written_by_id == actor.pk:
        raise AwardRefused("申报是您填写的，请由别人决定。")


def _until(grade: CampaignGrade, on: dt.date) -> dt.date | None:
    """Return the last day of an award: months run from the day, the day before they end is the last."""
    if grade.months is None:
        return None
    return add_months(on, grade.months) - dt.timedelta(days=1)


def _event(
    actor: Any,
    award: CampaignAward,
    kind: str,
    on: dt.date,
    reason: str,
    document: str,
    *,
    until: dt.date | None = None,
) -> None:
    event = AwardEvent.objects.create(
        award=award,
        kind=kind,
        happened_on=on,
        valid_until=until,
        document=document,
        reason=reason,
        decided_by=actor,
    )
    audit.record(
        actor=actor,
        action=f"assessments.award.{kind}",
        subject=award,
        place=award.organization.path,
        summary=f"{event.get_kind_display()}：{award}",
        after={
            "日期": str(on),
            "有效到": str(until) if until else "",
            "文号": document,
            "理由": reason,
            "依据": _grounds(award),
        },
    )


def _grounds(award: CampaignAward) -> str:
    applied = "已受理的申报" if award.application_id else ""
    return "；".join(one for one in (applied, award.scorecard, award.ground) if one)
