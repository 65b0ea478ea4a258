"""Writing campaigns: begun from an outline, corrected part by part, announced."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, ProtectedError
from django.utils import timezone

from assessments.campaign_outlines import Outline
from assessments.models import Campaign, CampaignCriterion, CampaignGrade, CampaignPhase
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

Part = CampaignPhase | CampaignCriterion | CampaignGrade
NUMBERED = (CampaignCriterion, CampaignGrade)


class CampaignRefused(Refused):
    """Something of a campaign cannot be done; `field` is the input to look at."""


@transaction.atomic
def start_campaign(
    *,
    actor: Any,
    organization: PartyOrganization,
    outline: Outline,
    begins_on: dt.date,
    title: str,
    document: str = "",
    scheme: Any = None,
) -> Campaign:
    """Begin a campaign of a committee from an outline, its first phase on a day; nobody below sees it yet."""
    campaign = Campaign.objects.create(
        organization=organization,
        title=title,
        document=document,
        subject=outline.subject,
        about=outline.about,
        counts_unknown=outline.counts_unknown,
        scheme=scheme,
    )
    CampaignPhase.objects.bulk_create(
        CampaignPhase(
            campaign=campaign, name=one.name, purpose=one.purpose, started_on=start, ended_on=end
        )
        for one, start, end in outline.spans(begins_on)
    )
    CampaignCriterion.objects.bulk_create(
        CampaignCriterion(campaign=campaign, number=number, title=name, text=text)
        for number, (name, text) in enumerate(outline.criteria, start=1)
    )
    CampaignGrade.objects.bulk_create(
        CampaignGrade(
            campaign=campaign, number=number, name=one.name, months=one.months, share=one.share
        )
        for number, one in enumerate(outline.grades, start=1)
    )
    note(actor, campaign, "started", f"建立创建活动 {title}", {"文号": document})
    return campaign


@transaction.atomic
def correct_campaign(*, actor: Any, campaign: Campaign, version: int, **values: Any) -> Campaign:
    """Correct what a campaign is; StaleVersion when somebody else did since."""
    if "subject" in values and values["subject"] != campaign.subject:
        _may_change_subject(campaign)
    take(campaign, version)
    before = told(campaign, values)
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save()
    after = told(campaign, values)
    note(actor, campaign, "corrected", f"更正创建活动 {campaign.title}", after, before)
    return campaign


def _may_change_subject(campaign: Campaign) -> None:
    if campaign.applications.exists() or campaign.awards.exists():
        raise CampaignRefused("已经有申报或者命名，评选对象不能再改。", "subject")


@transaction.atomic
def announce_campaign(*, actor: Any, campaign: Campaign, version: int) -> Campaign:
    """Announce a campaign (发布): from now on whoever stands below sees it and may apply."""
    if campaign.announced_at:
        raise CampaignRefused("已经发布过了。")
    if not campaign.criteria.exists() or not campaign.grades.exists():
        raise CampaignRefused("请先写好标准和等次，再发布。")
    take(campaign, version)
    campaign.announced_at = timezone.now()
    campaign.save()
    note(actor, campaign, "announced", f"发布创建活动 {campaign.title}")
    return campaign


@transaction.atomic
def add_part(
    *, actor: Any, campaign: Campaign, kind: type[Part], values: Mapping[str, Any]
) -> Part:
    """Add a phase, a criterion or a grade; numbered ones come last."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    rows: Any = kind.objects.filter(campaign=campaign)
    _check(campaign, kind, values)
    given = dict(values)
    if kind in NUMBERED:
        given["number"] = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    part: Part = kind.objects.create(campaign=campaign, **given)
    said = f"{campaign.title} 增加{kind._meta.verbose_name} {part}"
    note(actor, campaign, "part_added", said, told(part, values))
    return part


@transaction.atomic
def correct_part(*, actor: Any, part: Part, version: int, values: Mapping[str, Any]) -> Part:
    """Correct a phase, a criterion or a grade."""
    _check(part.campaign, type(part), values, part)
    take(part, version)
    before = told(part, values)
    for name, value in values.items():
        setattr(part, name, value)
    part.save()
    said = f"{part.campaign.title} 更正{part._meta.verbose_name} {part}"
    note(actor, part.campaign, "part_corrected", said, told(part, values), before)
    return part


@transaction.atomic
def remove_part(*, actor: Any, part: Part, version: int) -> None:
    """Remove a phase, criterion or grade; CampaignRefused where statements, findings or awards name it."""
    take(part, version)
    said = f"{part.campaign.title} 删去{part._meta.verbose_name} {part}"
    try:
        part.delete()
    except ProtectedError as used:
        raise CampaignRefused("已经有申报、问题或者命名用到它，不能删去；可以更正文字。") from used
    note(actor, part.campaign, "part_removed", said)


def _check(
    campaign: Campaign, kind: type[Part], values: Mapping[str, Any], part: Part | None = None
) -> None:
    if kind is CampaignPhase and values["ended_on"] < values["started_on"]:
        raise CampaignRefused("结束的日子在开始以前，请核对。", "ended_on")
    if kind is CampaignGrade:
        same = campaign.grades.filter(name=values["name"]).first()
        if same and same != part:
            raise CampaignRefused("已经有这个等次。", "name")


def told(row: Model, names: Iterable[str]) -> dict[str, str]:
    """Return what some columns of a row say, by their Chinese names, for the trail."""
    said = {}
    for name in names:
        column: Any = row._meta.get_field(name)
        choice = getattr(row, f"get_{name}_display", None)
        value = choice() if choice else getattr(row, name)
        said[str(column.verbose_name)] = "" if value is None else str(value)
    return said


def note(
    actor: Any,
    campaign: Campaign,
    act: str,
    summary: str,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    """Write one act on a campaign into the trail."""
    audit.record(
        actor=actor,
        action=f"assessments.campaign.{act}",
        subject=campaign,
        place=campaign.organization.path,
        summary=summary,
        before=before,
        after=after,
    )
