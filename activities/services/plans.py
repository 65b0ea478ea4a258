"""Writing what is planned: a committee's year, and what a branch makes of it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Meeting, PlanItem, PlannedActivity, PlannedForm, YearPlan
from activities.queries.party_days import PartyDays
from activities.queries.plans import (
    Proposal,
    kinds_of,
    kinds_title,
    proposals_for,
    with_recorded,
)
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

YEARS_AHEAD = 1


@dataclass(frozen=True)
class Theme:
    """What a committee writes for one month of one form; without a theme the month is left free."""

    theme: str = ""
    required_materials: str = ""
    optional_materials: str = ""


@transaction.atomic
def open_year_plan(*, actor: Any, organization: PartyOrganization, year: int) -> YearPlan:
    """Begin a committee's plan for a year; refused for a branch, and when there is one."""
    if organization.kind in PartyOrganization.BRANCH_KINDS:
        raise Refused("年度计划由党支部的上级制定，党支部请到“全年安排”里安排。", "organization")
    this_year = timezone.localdate().year
    if not this_year <= year <= this_year + YEARS_AHEAD:
        raise Refused(f"只能制定 {this_year} 年和 {this_year + YEARS_AHEAD} 年的计划。", "year")
    # One after the other, so that two copies do not slip in.
    list(PartyOrganization.objects.select_for_update().filter(pk=organization.pk))
    if YearPlan.objects.filter(organization=organization, year=year).exists():
        raise Refused(f"{organization.label}已有 {year} 年的计划，请打开它修改。", "year")
    plan = YearPlan.objects.create(organization=organization, year=year)
    audit.record(
        actor=actor,
        action="activities.yearplan.opened",
        subject=plan,
        place=organization.path,
        summary=f"开始制定{plan}",
    )
    return plan


@transaction.atomic
def write_year_plan(
    *, actor: Any, plan: YearPlan, version: int, kind: str, months: Mapping[int, Theme]
) -> YearPlan:
    """Write the themes of one form; StaleVersion when the plan has changed since `version`.

    What branches have already arranged from it stays as they arranged it.
    """
    before = themes_of(plan, kind)
    take(plan, version)
    known = {item.month: item for item in plan.items.filter(kind=kind)}
    for month, theme in months.items():
        _write_item(known.get(month) or PlanItem(plan=plan, month=month, kind=kind), theme)
    audit.record(
        actor=actor,
        action="activities.yearplan.written",
        subject=plan,
        place=plan.organization.path,
        summary=f"写{plan}：{Meeting.Kind(kind).label}",
        before=before,
        after=themes_of(plan, kind),
    )
    return plan


def _write_item(item: PlanItem, theme: Theme) -> None:
    if theme.theme:
        item.theme = theme.theme
        item.required_materials = theme.required_materials
        item.optional_materials = theme.optional_materials
        item.save()
    elif item.pk:
        item.delete()


@transaction.atomic
def send_year_plan(*, actor: Any, plan: YearPlan) -> YearPlan:
    """Send a plan down: from now on the branches below read it, later corrections included."""
    if plan.sent_at:
        raise Refused("这份计划已经下发，改动会直接让下面看到，不用再下发。")
    if not plan.items.exists():
        raise Refused("计划还是空的，请先写上各月的主题。")
    plan.sent_at, plan.sent_by = timezone.now(), actor
    plan.save(update_fields=["sent_at", "sent_by"])
    audit.record(
        actor=actor,
        action="activities.yearplan.sent",
        subject=plan,
        place=plan.organization.path,
        summary=f"下发{plan}",
    )
    return plan


@transaction.atomic
def arrange_year(
    *, actor: Any, organization: PartyOrganization, year: int
) -> list[PlannedActivity]:
    """Arrange the rest of a branch's year as proposed; what is arranged already stays.

    Refused when nothing is left to arrange.
    """
    # One after the other: the second to press the button finds everything arranged.
    list(PartyOrganization.objects.select_for_update().filter(pk=organization.pk))
    proposals = proposals_for(organization, year, today=timezone.localdate())
    if not proposals:
        raise Refused(f"{year} 年都已安排，没有可以再安排的。")
    made = [_create(organization, [one.kind], _details_of(one)) for one in proposals]
    audit.record(
        actor=actor,
        action="activities.planned.year_arranged",
        place=organization.path,
        subject=made[0],
        summary=f"{organization.label}照计划安排 {year} 年 {len(made)} 项活动",
        after={"安排": [str(planned) for planned in made]},
    )
    return made


def _details_of(proposal: Proposal) -> dict[str, Any]:
    return {
        "planned_on": proposal.planned_on,
        "starts_at": proposal.starts_at,
        "place": proposal.place,
        "theme": proposal.theme,
        "item": proposal.item,
        "counts_for": proposal.counts_for,
        "counts_for_reason": proposal.note if proposal.counts_for else "",
    }


@transaction.atomic
def plan_activity(
    *, actor: Any, organization: PartyOrganization, kinds: Iterable[str], **details: Any
) -> PlannedActivity:
    """Plan one activity.

    `details` are `planned_on`, `starts_at`, `place`, `theme`, `agenda`, `counts_for`,
    `counts_for_reason`. Where nobody says for which month it counts, the rule does.

    Refused for a day that has passed: what was held is recorded, not planned.
    """
    _check_day(organization, details["planned_on"])
    kinds = list(kinds)
    details |= _counting(organization, kinds, details)
    planned = _create(organization, kinds, details)
    audit.record(
        actor=actor,
        action="activities.planned.added",
        subject=planned,
        place=organization.path,
        summary=f"计划 {planned}",
        after=state_of(planned),
    )
    return planned


@transaction.atomic
def change_planned(
    *, actor: Any, planned: PlannedActivity, version: int, kinds: Iterable[str], **details: Any
) -> PlannedActivity:
    """Change or move a planned activity; StaleVersion when it has changed since `version`."""
    before = state_of(planned)
    take(planned, version)
    if planned.cancelled_at:
        raise Refused("这一项已经取消，不能再改。要办的话请另外增加一项。")
    if details["planned_on"] != planned.planned_on:
        _check_day(planned.organization, details["planned_on"])
    kinds = list(kinds)
    details |= _counting(planned.organization, kinds, details)
    for name, value in details.items():
        setattr(planned, name, value)
    planned.save()
    if sorted(kinds) != sorted(kinds_of(planned)):
        planned.forms.all().delete()
        PlannedForm.objects.bulk_create(PlannedForm(planned=planned, kind=kind) for kind in kinds)
    audit.record(
        actor=actor,
        action="activities.planned.changed",
        subject=planned,
        place=planned.organization.path,
        summary=f"改计划 {planned}",
        before=before,
        after=state_of(planned),
    )
    return planned


@transaction.atomic
def cancel_planned(
    *, actor: Any, planned: PlannedActivity, version: int, reason: str
) -> PlannedActivity:
    """Cancel a planned activity and say why; refused once it was recorded, by every group."""
    before = state_of(planned)
    take(planned, version)
    if planned.cancelled_at:
        raise Refused("这一项已经取消。")
    if with_recorded(PlannedActivity.objects.filter(pk=planned.pk)).get().recorded:
        raise Refused("这一项已经有活动记录，不能取消。")
    planned.cancelled_at, planned.cancel_reason = timezone.now(), reason
    planned.save()
    audit.record(
        actor=actor,
        action="activities.planned.cancelled",
        subject=planned,
        place=planned.organization.path,
        summary=f"取消计划 {planned}",
        before=before,
        after=state_of(planned),
    )
    return planned


def state_of(planned: PlannedActivity) -> dict[str, Any]:
    """Return all that a planned activity says: what history compares."""
    kinds = planned.forms.order_by("pk").values_list("kind", flat=True)
    return {
        "计划日期": planned.planned_on,
        "时间": planned.starts_at,
        "地点": planned.place,
        "主题": planned.theme,
        "议程": planned.agenda,
        "形式": kinds_title(kinds),
        "取消原因": planned.cancel_reason,
        **(
            {"计入": f"{planned.counts_for:%Y-%m}", "计入的原因": planned.counts_for_reason}
            if planned.counts_for and planned.counts_for_elsewhere
            else {}
        ),
    }


def themes_of(plan: YearPlan, kind: str) -> dict[str, Any]:
    """Return what a year plan says of one form, month by month: what history compares."""
    themes = {f"{month}月": "" for month in range(1, 13)}
    for item in plan.items.filter(kind=kind):
        materials = (item.required_materials, item.optional_materials)
        themes[f"{item.month}月"] = "；".join(part for part in (item.theme, *materials) if part)
    return themes


def _create(
    organization: PartyOrganization, kinds: Iterable[str], details: Mapping[str, Any]
) -> PlannedActivity:
    planned = PlannedActivity.objects.create(organization=organization, **details)
    PlannedForm.objects.bulk_create(PlannedForm(planned=planned, kind=kind) for kind in kinds)
    return planned


def _counting(
    organization: PartyOrganization, kinds: Iterable[str], said: Mapping[str, Any]
) -> dict[str, Any]:
    """Return for which month a plan counts: as somebody says, else as the rule of the party day does."""
    if said.get("counts_for"):
        month, reason = said["counts_for"].replace(day=1), said.get("counts_for_reason", "")
        return {"counts_for": month, "counts_for_reason": reason}
    moved = None
    if Meeting.Kind.PARTY_DAY in set(kinds):
        moved = PartyDays().moved_from(said["planned_on"], organization.path)
    month, reason = (moved[0].start, moved[1]) if moved else (None, "")
    return {"counts_for": month, "counts_for_reason": reason}


def _check_day(organization: PartyOrganization, day: dt.date) -> None:
    if day < timezone.localdate():
        raise Refused("这一天已经过了。开过的活动请直接记录，不用再计划。", "planned_on")
    if organization.dissolved_on and day >= organization.dissolved_on:
        raise Refused(f"支部 {organization.dissolved_on} 撤销，请核对日期。", "planned_on")
