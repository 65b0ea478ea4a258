"""Writing service platforms and who covers them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import Coverage, PartyOrganization, ServicePlatform
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

NO_COVERAGE = "空白"


@transaction.atomic
def register_platform(
    *, actor: Any, organization: PartyOrganization, name: str, **fields: Any
) -> ServicePlatform:
    """Put a platform on the register; `fields` are its other plain columns.

    Refused when the organisation has one of this name in this area, or of this code.
    """
    platform = ServicePlatform(organization=organization, name=name, **fields)
    _check(platform)
    platform.save()
    audit.record(
        actor=actor,
        action="branches.platform.registered",
        subject=platform,
        place=organization.path,
        summary=f"登记{platform.get_kind_display()} {name}",
        after=state_of(platform),
    )
    return platform


@transaction.atomic
def correct_platform(
    *, actor: Any, platform: ServicePlatform, version: int, **fields: Any
) -> ServicePlatform:
    """Correct what stands in the register; StaleVersion when it has changed since `version`."""
    before = state_of(platform)
    take(platform, version)
    for name, value in fields.items():
        setattr(platform, name, value)
    _check(platform)
    platform.save()
    audit.record(
        actor=actor,
        action="branches.platform.corrected",
        subject=platform,
        place=platform.organization.path,
        summary=f"更正{platform.get_kind_display()} {platform.name}",
        before=before,
        after=state_of(platform),
    )
    return platform


@transaction.atomic
def change_coverage(
    *,
    actor: Any,
    platform: ServicePlatform,
    version: int,
    way: str,
    started_on: dt.date,
    organization: PartyOrganization | None = None,
    instructor: str = "",
    document: str = "",
) -> Coverage | None:
    """Let a platform be covered another way from a day on; `way` '' leaves it 空白.

    What held until then ends on that day. Refused when a later change is on file, when the day
    lies outside the platform's life, or when nothing would change.
    """
    take(platform, version)
    last = platform.coverages.order_by("-pk").first()
    running = last if last and last.ended_on is None else None
    before = {"覆盖": told(running)}
    _check_day(platform, last, started_on)
    if way and way != Coverage.Way.INSTRUCTOR and organization is None:
        raise Refused("单建、联建要写明是哪个党组织。", "organization")
    if way == Coverage.Way.INSTRUCTOR and not instructor.strip():
        raise Refused("请写明派去的指导员姓名。", "instructor")
    if not way and running is None:
        raise Refused("现在就是空白，没有变化。", "way")
    coverage = None
    if way:
        coverage = Coverage(
            platform=platform,
            way=way,
            organization=organization,
            instructor=instructor.strip() if way == Coverage.Way.INSTRUCTOR else "",
            document=document,
            started_on=started_on,
        )
        if running and told(running) == told(coverage):
            raise Refused("和现在的覆盖一样，没有变化。", "way")
    if running:
        running.ended_on = started_on
        running.save(update_fields=["ended_on"])
    if coverage:
        coverage.save()
    audit.record(
        actor=actor,
        action="branches.platform.coverage_changed",
        subject=platform,
        place=platform.organization.path,
        summary=f"{platform.name} {started_on} 起{told(coverage)}",
        before=before,
        after={"覆盖": told(coverage), "起": started_on, "文号": document},
    )
    return coverage


@transaction.atomic
def take_back_coverage(*, actor: Any, platform: ServicePlatform, version: int) -> None:
    """Undo the last change of coverage, as a correction; what held before holds on."""
    take(platform, version)
    rows = list(platform.coverages.order_by("-pk")[:2])
    if not rows:
        raise Refused("没有可以撤回的变动。")
    last, earlier = rows[0], rows[1] if len(rows) > 1 else None
    now: Coverage | None
    before = {"覆盖": told(last if last.ended_on is None else None)}
    if last.ended_on is not None:
        now = last
    else:
        now = earlier if earlier and earlier.ended_on == last.started_on else None
        last.delete()
    if now:
        now.ended_on = None
        now.save(update_fields=["ended_on"])
    audit.record(
        actor=actor,
        action="branches.platform.coverage_taken_back",
        subject=platform,
        place=platform.organization.path,
        summary=f"撤回 {platform.name} 最近一次覆盖变动",
        before=before,
        after={"覆盖": told(now)},
    )


def told(coverage: Coverage | None) -> str:
    """Say in words how a platform is covered."""
    if coverage is None:
        return NO_COVERAGE
    by = coverage.instructor or (coverage.organization.label if coverage.organization else "")
    return f"{coverage.get_way_display()}（{by}）" if by else str(coverage.get_way_display())


def state_of(platform: ServicePlatform) -> dict[str, Any]:
    """Return all that the register says of a platform: what history compares."""
    return {
        "名称": platform.name,
        "编号": platform.code,
        "类别": platform.get_kind_display(),
        "层级": platform.get_level_display(),
        "区域": platform.area,
        "主管党组织": platform.organization.name,
        "标准化": "是" if platform.is_standard else "否",
        "达标日期": platform.standard_since,
        "从业人员数": platform.staff_count,
        "党员数": platform.member_count,
        "启用日期": platform.opened_on,
        "停用日期": platform.closed_on,
        "备注": platform.note,
    }


def _check(platform: ServicePlatform) -> None:
    """Refuse what cannot be; the organisation is locked, so that two copies do not slip in."""
    list(PartyOrganization.objects.select_for_update().filter(pk=platform.organization_id))
    beside = ServicePlatform.objects.filter(organization_id=platform.organization_id).exclude(
        pk=platform.pk
    )
    if platform.code and beside.filter(code=platform.code).exists():
        raise Refused(f"编号“{platform.code}”已经登记过。", "code")
    same = beside.filter(name=platform.name, area=platform.area, closed_on__isnull=True)
    if platform.closed_on is None and same.exists():
        raise Refused(f"“{platform.area}”的“{platform.name}”已经登记过。", "name")
    _check_days(platform)


def _check_days(platform: ServicePlatform) -> None:
    today = timezone.localdate()
    for field, title in (
        ("opened_on", "启用日期"),
        ("closed_on", "停用日期"),
        ("standard_since", "达标日期"),
    ):
        day = getattr(platform, field)
        if day and day > today:
            raise Refused(f"{title}还没到，请核对。", field)
    if platform.standard_since and not platform.is_standard:
        raise Refused("没有勾选标准化，不用填达标日期。", "standard_since")
    if platform.closed_on is None:
        return
    if platform.opened_on and platform.closed_on <= platform.opened_on:
        raise Refused("停用日期要在启用日期之后。", "closed_on")
    if platform.pk and platform.coverages.filter(started_on__gte=platform.closed_on).exists():
        raise Refused("停用日期之后还登记了覆盖变动，请先撤回那次变动。", "closed_on")


def _check_day(platform: ServicePlatform, last: Coverage | None, day: dt.date) -> None:
    if day > timezone.localdate():
        raise Refused("日期还没到，请核对。", "started_on")
    if platform.opened_on and day < platform.opened_on:
        raise Refused(f"这里 {platform.opened_on} 才启用，请核对日期。", "started_on")
    if platform.closed_on and day >= platform.closed_on:
        raise Refused(f"这里 {platform.closed_on} 已停用，不再变动覆盖。", "started_on")
    known = [one for one in (last.started_on, last.ended_on) if one] if last else []
    if last and last.ended_on is None and last.started_on == day:
        raise Refused("同一天已经登记过一次变动；登记错了请先撤回。", "started_on")
    if known and day < max(known):
        raise Refused(
            f"{max(known)} 已经登记过变动，请按先后登记，或先撤回那次变动。", "started_on"
        )
