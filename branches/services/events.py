"""Writing dated events in the life of organisations, and taking them back as a correction.

Every event is checked against the tree that follows from it, on all days, before anything stays:
a refusal leaves nothing behind. Nothing is dated ahead: what takes effect tomorrow is entered then.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import OrganizationEvent, PartyOrganization, Placement
from branches.queries.history import living, placement_on
from branches.queries.kinds import kinds_problem
from branches.services.tree import EVER, NEVER, EventRefused, rebuild_placements
from partybuild import audit, belongings, paths
from partybuild.dated import covering
from partybuild.models import LedgerFile, LocalRegulation
from partybuild.scoping import everything

Kind = OrganizationEvent.Kind
GROUP = PartyOrganization.Kind.GROUP


@transaction.atomic
def rename_organization(
    *,
    actor: Any,
    organization: PartyOrganization,
    name: str,
    on: dt.date,
    short_name: str = "",
    document: str = "",
    note: str = "",
) -> OrganizationEvent:
    """Give an organisation another name from a day on."""
    before = _ready(organization, Kind.RENAMED, on)
    if (name, short_name) == (before.name, before.short_name):
        raise EventRefused("名称和简称都没有变。", "name")
    return _enter(
        actor,
        _event(organization, Kind.RENAMED, on, before, name=name, short_name=short_name),
        summary=f"{before.name} 更名为 {name}",
        before={"名称": before.name, "简称": before.short_name},
        after={"名称": name, "简称": short_name},
        document=document,
        note=note,
    )


@transaction.atomic
def reparent_organization(
    *,
    actor: Any,
    organization: PartyOrganization,
    superior: PartyOrganization,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> OrganizationEvent:
    """Put an organisation with all that stands below it under another superior from a day on."""
    superior.check_visible()
    before = _ready(organization, Kind.REPARENTED, on, superior)
    if superior.pk == organization.pk:
        raise EventRefused("上级不能是它自己。", "superior")
    if superior.pk == before.superior_id:
        raise EventRefused(f"它这一天的上级就是“{superior.name}”。", "superior")
    _refuse_missing(superior, on, "superior")
    if paths.covers(before.path, placement_on(on, superior).path):
        raise EventRefused(f"“{superior.name}”是它的下级，不能作它的上级。", "superior")
    return _enter(
        actor,
        _event(organization, Kind.REPARENTED, on, before, superior=superior),
        summary=f"{before.name} 调整隶属，上级改为 {superior.name}",
        before={"上级": before.superior.name if before.superior else ""},
        after={"上级": superior.name},
        document=document,
        note=note,
    )


@transaction.atomic
def change_kind(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> OrganizationEvent:
    """Make an organisation one of another kind from a day on, as a branch becomes a joint one."""
    before = _ready(organization, Kind.KIND_CHANGED, on)
    label = PartyOrganization.Kind(kind).label
    if kind == before.kind:
        raise EventRefused(f"它这一天已是{label}。", "kind")
    branches = PartyOrganization.BRANCH_KINDS
    if GROUP in {kind, before.kind}:
        raise EventRefused("党小组和其他组织不能互改，请撤销后另行设立。", "kind")
    if before.kind in branches and kind not in branches:
        _refuse_what_bars(organization, on, "kind")
    return _enter(
        actor,
        _event(organization, Kind.KIND_CHANGED, on, before, organization_kind=kind),
        summary=f"{before.name} 类别变更为 {label}",
        before={"类别": PartyOrganization.Kind(before.kind).label},
        after={"类别": label},
        document=document,
        note=note,
    )


@transaction.atomic
def dissolve_organization(
    *,
    actor: Any,
    organization: PartyOrganization,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> OrganizationEvent:
    """End an organisation: from that day on it exists no more. Nobody may belong there then."""
    before = _ready(organization, Kind.DISSOLVED, on)
    _refuse_what_came_later(organization, on)
    _refuse_what_bars(organization, on, "on")
    return _enter(
        actor,
        _event(organization, Kind.DISSOLVED, on, before),
        summary=f"撤销 {before.name}",
        before={"名称": before.name},
        after={"撤销日期": on},
        document=document,
        note=note,
    )


@transaction.atomic
def merge_organization(
    *,
    actor: Any,
    organization: PartyOrganization,
    target: PartyOrganization,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> OrganizationEvent:
    """Merge an organisation into another: it ends, and what hangs on it goes over.

    The party groups of a branch end with it (its people are grouped anew where they come); what
    stands below a committee or general branch comes under the other one. The past stays where it
    was.
    """
    target.check_visible()
    before = _ready(organization, Kind.MERGED, on, target)
    _refuse_what_came_later(organization, on)
    _refuse_merging(organization, before, target, on)
    event = _event(organization, Kind.MERGED, on, before, target=target)
    event.document, event.note = document, note
    event.save()
    with everything(reason="what hangs on an organisation goes with it, whoever may see it"):
        moved = _move(actor, event)
        _settle_subordinates(event)
        _rebuild(event)
        _refuse_what_bars(organization, on, "on")
    _note(
        actor,
        event,
        action="merged",
        summary=f"{before.name} 并入 {target.name}",
        before={"名称": before.name},
        after={
            "并入": target.name,
            "日期": on,
            "文号": document,
            "随迁": [f"{words} {number}" for words, number in moved],
        },
    )
    return event


@transaction.atomic
def take_back_event(*, actor: Any, event: OrganizationEvent, reason: str) -> None:
    """Take an event back as a correction: the tree is again what it would be without it.

    EventRefused when something that came later depends on it. Taking back the founding takes the
    organisation itself away; only one that nothing refers to can go.
    """
    organization = event.organization
    organization.check_visible()
    _lock(organization, *filter(None, (event.superior, event.target)))
    if not OrganizationEvent.objects.filter(pk=event.pk).exists():
        raise EventRefused("这一项已经撤回了。")
    if event.caused_by is not None:
        raise EventRefused(f"它随“{event.caused_by}”而来，请撤回那一项。")
    if event.kind != Kind.FOUNDED and event.happened_on is None:
        raise EventRefused("这一项没有登记日期，以前是什么样子已不可考，不能撤回。")
    told = {
        "事项": event.get_kind_display(),
        "日期": event.happened_on,
        "名称": event.name,
        "文号": event.document,
    }
    summary = f"撤回 {event.name} 的{event.get_kind_display()}"
    _note(
        actor,
        event,
        action="taken_back",
        summary=summary,
        before=told,
        after={"原因": reason[:200]},
    )
    if event.kind == Kind.FOUNDED:
        _take_back_founding(organization)
        return
    with everything(reason="what went with a merge comes back, whoever may see it"):
        if event.kind == Kind.MERGED:
            _move_back(actor, event)
        touched = [event, *event.consequences.select_related("organization")]
        ended = [one.organization_id for one in touched if one.kind in OrganizationEvent.ENDS]
        PartyOrganization.objects.filter(pk__in=ended).update(dissolved_on=None)
        organizations = [one.organization for one in touched]
        event.delete()
        rebuild_placements(organizations)
        for one in touched:
            refuse_misplaced(one.organization, one.kind, event.happened_on or EVER)


def _ready(
    organization: PartyOrganization, kind: str, on: dt.date, other: PartyOrganization | None = None
) -> Placement:
    """Lock, check the day, and return where the organisation stands on it."""
    organization.check_visible()
    _lock(organization, *filter(None, (other,)))
    if on > timezone.localdate():
        raise EventRefused("这一天还没到，请到那天再登记。", "on")
    if organization.founded_on and on <= organization.founded_on:
        raise EventRefused(f"应晚于成立日期 {organization.founded_on}。", "on")
    if organization.dissolved_on and on >= organization.dissolved_on:
        raise EventRefused(f"它已于 {organization.dissolved_on} 撤销。", "on")
    if organization.events.filter(kind=kind, happened_on=on).exists():
        raise EventRefused(f"这一天已登记过一次{Kind(kind).label}，请先撤回那一次。", "on")
    return placement_on(on, organization)


def _lock(*organizations: PartyOrganization) -> None:
    """Lock organisations and all above them in one order, then read them anew.

    Two moves that together would make a circle have one of these in common.
    """
    with everything(reason="a move locks what it hangs on, wherever that is"):
        chain = {path for one in organizations for path in (*paths.ancestors(one.path), one.path)}
        rows = PartyOrganization.objects.filter(
            Q(path__in=chain) | Q(pk__in=[one.pk for one in organizations])
        )
        list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        for one in organizations:
            one.refresh_from_db()


def _event(
    organization: PartyOrganization,
    kind: str,
    on: dt.date,
    before: Placement,
    **changes: Any,
) -> OrganizationEvent:
    said = {
        "name": before.name,
        "short_name": before.short_name,
        "organization_kind": before.kind,
        "superior": before.superior,
    }
    return OrganizationEvent(
        organization=organization, kind=kind, happened_on=on, **(said | changes)
    )


def _enter(
    actor: Any,
    event: OrganizationEvent,
    *,
    summary: str,
    before: dict[str, Any],
    after: dict[str, Any],
    document: str,
    note: str,
) -> OrganizationEvent:
    event.document, event.note = document, note
    event.save()
    with everything(reason="a subtree follows its top, whoever may see it"):
        _rebuild(event)
    after |= {"生效日期": event.happened_on, "文号": document}
    _note(actor, event, action=event.kind, summary=summary, before=before, after=after)
    return event


def _rebuild(event: OrganizationEvent) -> None:
    events = [event, *event.consequences.select_related("organization")]
    rebuild_placements([one.organization for one in events])
    for one in events:
        refuse_misplaced(one.organization, one.kind, event.happened_on or EVER)


def _note(
    actor: Any,
    event: OrganizationEvent,
    *,
    action: str,
    summary: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    audit.record(
        actor=actor,
        action=f"branches.organization.{action}",
        subject=event.organization,
        place=event.organization.path,
        summary=summary,
        before=before,
        after=after,
    )


# --- what must hold in the tree that follows --------------------------------------------------


def refuse_misplaced(organization: PartyOrganization, change: str, since: dt.date) -> None:
    """Refuse when an organisation or what stands below it cannot stand there from `since` on.

    `change` is the kind of event that was entered or taken back: each organisation must stand
    below one that exists; after a move or a change of kind, below one of a fitting kind; and with
    a name of its own among its neighbours. What nobody touched is left as it came.
    """
    own = _standing(organization.placements.select_related("superior"), since)
    for placement, start, end in own:
        if placement.superior is not None:
            _refuse_below(placement, placement.superior, start, end)
            if change in {Kind.REPARENTED, Kind.KIND_CHANGED}:
                _refuse_superior_kinds(placement, placement.superior, start, end)
            if change != Kind.KIND_CHANGED:
                _refuse_same_name(placement, start, end)
    below = Placement.objects.filter(superior=organization).select_related("organization")
    for placement, start, end in _standing(below, since):
        if organization.dissolved_on and organization.dissolved_on < end:
            raise EventRefused(f"下级“{placement.name}”还在，请先调整它的隶属或撤销它。", "on")
        if change == Kind.KIND_CHANGED:
            _refuse_superior_kinds(placement, organization, start, end)


def _standing(
    placements: Iterable[Placement], since: dt.date
) -> list[tuple[Placement, dt.date, dt.date]]:
    """Return placements with the time from `since` on in which their organisation existed there."""
    found = []
    for one in placements:
        lived = one.organization
        start = max(one.started_on or EVER, lived.founded_on or EVER, since)
        end = min(one.ended_on or NEVER, lived.dissolved_on or NEVER)
        if start < end:
            found.append((one, start, end))
    return found


def _refuse_below(
    placement: Placement, superior: PartyOrganization, start: dt.date, end: dt.date
) -> None:
    if superior.dissolved_on and superior.dissolved_on < end:
        raise EventRefused(f"上级“{superior.name}”已于 {superior.dissolved_on} 撤销。", "superior")
    if placement.started_on and superior.founded_on and superior.founded_on > start:
        raise EventRefused(f"上级“{superior.name}”到 {superior.founded_on} 才成立。", "superior")


def _refuse_superior_kinds(
    placement: Placement, superior: PartyOrganization, start: dt.date, end: dt.date
) -> None:
    held = superior.placements.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=start),
        Q(started_on__isnull=True) | Q(started_on__lt=end),
    )
    for kind in sorted(set(held.values_list("kind", flat=True))):
        problem = kinds_problem(placement.kind, kind)
        if problem:
            raise EventRefused(f"{problem}（{placement.name}）", "superior")


def _refuse_same_name(placement: Placement, start: dt.date, end: dt.date) -> None:
    same = Placement.objects.filter(superior=placement.superior, name=placement.name).exclude(
        organization=placement.organization
    )
    for _, since, until in _standing(same.select_related("organization"), start):
        if since < end and start < until:
            raise EventRefused(
                f"“{placement.superior}”下面已有“{placement.name}”，同一上级下不能重名。", "name"
            )


def _refuse_missing(organization: PartyOrganization, on: dt.date, field: str) -> None:
    if organization.founded_on and organization.founded_on > on:
        raise EventRefused(f"“{organization.name}”到 {organization.founded_on} 才成立。", field)
    if organization.dissolved_on and organization.dissolved_on <= on:
        raise EventRefused(f"“{organization.name}”已于 {organization.dissolved_on} 撤销。", field)


def _refuse_what_came_later(organization: PartyOrganization, on: dt.date) -> None:
    """Refuse an end on `on` when something has happened to an organisation since."""
    own = Q(organization=organization, happened_on__gt=on)
    into = Q(target=organization, happened_on__gte=on)
    with everything(reason="what has happened has happened, whoever may see it"):
        later = OrganizationEvent.objects.filter(own | into).order_by("happened_on").first()
    if later is not None:
        raise EventRefused(
            f"{later.happened_on} 还登记有“{later}”，它的结束不能更早；登记错了，请先撤回那一项。",
            "on",
        )


def _refuse_what_bars(organization: PartyOrganization, on: dt.date, field: str) -> None:
    with everything(reason="what bars a dissolution bars it for everybody"):
        for belonging in belongings.in_order():
            reason = belonging.bars_dissolution(organization, on)
            if reason:
                raise EventRefused(reason, field)


# --- merging ----------------------------------------------------------------------------------


def _refuse_merging(
    organization: PartyOrganization, before: Placement, target: PartyOrganization, on: dt.date
) -> None:
    if target.pk == organization.pk:
        raise EventRefused("不能并入它自己。", "target")
    _refuse_missing(target, on, "target")
    there = placement_on(on, target)
    if paths.covers(before.path, there.path) or paths.covers(organization.path, target.path):
        raise EventRefused("不能并入自己的下级。", "target")
    branches = PartyOrganization.BRANCH_KINDS
    if GROUP in {before.kind, there.kind}:
        raise EventRefused("党小组不办理合并，请撤销后重新编组。", "target")
    if (before.kind in branches) != (there.kind in branches):
        raise EventRefused("党支部只能并入党支部，党委、党总支只能并入党委、党总支。", "target")


def _move(actor: Any, event: OrganizationEvent) -> list[tuple[str, int]]:
    moved: list[tuple[str, int]] = []
    try:
        for belonging in belongings.in_order():
            moved += belonging.merge(
                actor=actor,
                source=event.organization,
                target=event.target,
                on=_day(event),
                event=event.public_id,
            )
    except belongings.MoveRefused as refusal:
        raise EventRefused(str(refusal), "target") from refusal
    return moved


def _move_back(actor: Any, event: OrganizationEvent) -> None:
    try:
        for belonging in reversed(belongings.in_order()):
            belonging.unmerge(
                actor=actor,
                source=event.organization,
                target=event.target,
                on=_day(event),
                event=event.public_id,
            )
    except belongings.MoveRefused as refusal:
        raise EventRefused(str(refusal)) from refusal


def _settle_subordinates(event: OrganizationEvent) -> None:
    """End the groups of a merged branch; put what stands below another kind under the target."""
    on = _day(event)
    below = Placement.objects.filter(
        covering(on), living(on, "organization__"), superior=event.organization
    )
    for placement in below.select_related("organization", "superior").order_by("path"):
        group = placement.kind == GROUP
        consequence = _event(
            placement.organization,
            Kind.DISSOLVED if group else Kind.REPARENTED,
            on,
            placement,
            superior=placement.superior if group else event.target,
        )
        consequence.document, consequence.caused_by = event.document, event
        taken = placement.organization.events.filter(kind=consequence.kind, happened_on=on)
        if taken.exists():
            raise EventRefused(
                f"下级“{placement.name}”这一天已登记过{consequence.get_kind_display()}。", "on"
            )
        consequence.save()


def _day(event: OrganizationEvent) -> dt.date:
    if event.happened_on is None:
        raise ValueError("A merge has a day.")
    return event.happened_on


# --- taking back the founding -----------------------------------------------------------------


def _take_back_founding(organization: PartyOrganization) -> None:
    """Take an organisation away that only its own founding tells of."""
    with everything(reason="whatever refers to an organisation keeps it, wherever it lies"):
        if organization.events.exclude(kind=Kind.FOUNDED).exists():
            raise EventRefused("它还登记有别的沿革，请先撤回那些。")
        kept = _what_refers_to(organization)
        if kept:
            raise EventRefused(f"已有{kept}与它相连，不能撤回设立；不再需要时请办理撤销。")
        organization.delete()


def _what_refers_to(organization: PartyOrganization) -> str:
    """Return in words what refers to an organisation beside its own events and placements."""
    ways: Any = organization._meta.get_fields(include_hidden=True)
    for way in ways:
        if not (way.auto_created and not way.concrete and way.related_model):
            continue
        model: type[models.Model] = way.related_model
        # A plain queryset: what is in use is in use wherever it lies, the trash included.
        rows: models.QuerySet[Any] = models.QuerySet(model).filter(**{way.field.name: organization})
        if model in (Placement, OrganizationEvent) and way.field.name == "organization":
            continue
        if rows.exists():
            return f"“{model._meta.verbose_name}”"
    for model in (LocalRegulation, LedgerFile):
        if models.QuerySet(model).filter(place=organization.path).exists():
            return f"“{model._meta.verbose_name}”"
    return ""
