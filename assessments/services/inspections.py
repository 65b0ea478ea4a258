"""Writing inspections, what they found, and how it is put right until it is closed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.models import (
    Campaign,
    CampaignCriterion,
    Finding,
    Inspection,
    Rectification,
)
from assessments.services.campaigns import told
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

State, Verdict = Finding.State, Rectification.Verdict


class InspectionRefused(Refused):
    """Something of an inspection cannot be done; `field` is the input to look at."""


@transaction.atomic
def record_inspection(
    *,
    actor: Any,
    campaign: Campaign,
    organization: PartyOrganization,
    kind: str,
    inspected_on: dt.date,
    inspectors: str,
    place: str = "",
    note: str = "",
) -> Inspection:
    """Record that a unit was inspected; of a 暗访 the unit sees nothing before a finding is issued."""
    inspection = Inspection.objects.create(
        campaign=campaign,
        organization=organization,
        kind=kind,
        inspected_on=inspected_on,
        inspectors=inspectors,
        place=place,
        note=note,
        recorded_by=actor,
    )
    # At the place of the campaign: the trail of the unit must not tell of a 暗访 either.
    audit.record(
        actor=actor,
        action="assessments.inspection.recorded",
        subject=inspection,
        place=campaign.organization.path,
        summary=f"{campaign.title} {inspection}",
    )
    return inspection


@transaction.atomic
def correct_inspection(
    *, actor: Any, inspection: Inspection, version: int, **values: Any
) -> Inspection:
    """Correct when, how and by whom was inspected; the unit stays."""
    take(inspection, version)
    before = told(inspection, values)
    for name, value in values.items():
        setattr(inspection, name, value)
    inspection.save()
    audit.record(
        actor=actor,
        action="assessments.inspection.corrected",
        subject=inspection,
        place=inspection.campaign.organization.path,
        summary=f"更正检查 {inspection}",
        before=before,
        after=told(inspection, values),
    )
    return inspection


@transaction.atomic
def issue_finding(
    *,
    actor: Any,
    inspection: Inspection,
    text: str,
    due_on: dt.date,
    responsible: str = "",
    criterion: CampaignCriterion | None = None,
) -> Finding:
    """Issue a finding (下发问题) to the inspected unit, which sees it from now on."""
    if due_on < inspection.inspected_on:
        raise InspectionRefused("整改期限在检查日期以前，请核对。", "due_on")
    finding = Finding.objects.create(
        inspection=inspection,
        organization=inspection.organization,
        criterion=criterion,
        text=text,
        due_on=due_on,
        responsible=responsible,
    )
    _note(actor, finding, "issued", f"下发问题：{text}", {"整改期限": str(due_on)})
    return finding


@transaction.atomic
def answer_finding(*, actor: Any, finding: Finding, version: int, answer: str) -> Rectification:
    """Tell how a finding was put right (整改); it waits for the re-check then."""
    if finding.state != State.OPEN:
        raise InspectionRefused("已经答复，正等复查；或者已经销号。")
    take(finding, version)
    finding.state = State.ANSWERED
    finding.save()
    row = Rectification.objects.create(finding=finding, answer=answer, answered_by=actor)
    _note(actor, finding, "answered", f"答复整改：{finding.text}")
    return row


@transaction.atomic
def check_finding(
    *, actor: Any, finding: Finding, version: int, verdict: str, reason: str = ""
) -> Finding:
    """Re-check (复查): close a finding, or give it back with a reason; nobody checks the own answer."""
    if finding.state != State.ANSWERED:
        raise InspectionRefused("单位还没有答复，或者已经销号。")
    if verdict == Verdict.RETURNED and not reason:
        raise InspectionRefused("请写明退回的原因，单位才知道还要改什么。", "reason")
    row = Rectification.objects.get(finding=finding, verdict=Verdict.WAITING)
    if actor and row.answered_by_id == actor.pk:
        raise InspectionRefused("自己的整改不能自己复查，请由别人复查。")
    take(finding, version)
    finding.state = State.CLOSED if verdict == Verdict.CLOSED else State.OPEN
    finding.save()
    row.verdict, row.reason = verdict, reason
    row.checked_by, row.checked_at = actor, timezone.now()
    row.save()
    _note(actor, finding, verdict, f"复查“{finding.text}”：{row.get_verdict_display()}")
    return finding


@transaction.atomic
def postpone_finding(
    *, actor: Any, finding: Finding, version: int, due_on: dt.date, reason: str
) -> Finding:
    """Give a finding that is not closed another deadline, for a stated reason."""
    if finding.state == State.CLOSED:
        raise InspectionRefused("已经销号，不用改期限。")
    before = {"整改期限": str(finding.due_on)}
    take(finding, version)
    finding.due_on = due_on
    finding.save()
    after = {"整改期限": str(due_on), "原因": reason}
    _note(actor, finding, "postponed", f"改整改期限：{finding.text}", after, before)
    return finding


def _note(
    actor: Any,
    finding: Finding,
    act: str,
    summary: str,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.finding.{act}",
        subject=finding,
        place=finding.organization.path,
        summary=summary,
        before=before,
        after=after,
    )
