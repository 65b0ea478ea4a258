"""Writing talks: recorded, corrected, put into the trash, taken out of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Talk, TalkPerson
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

Role = TalkPerson.Role


class TalkRefused(Refused):
    """A talk cannot have been so: `field` is what to look at, str() the reason."""


@dataclass(frozen=True)
class Named:
    """Somebody in a talk: the name, and the file where it lies in the branch."""

    name: str
    member: Member | None = None


@transaction.atomic
def record_talk(
    *,
    actor: Any,
    organization: PartyOrganization,
    talkers: Sequence[Named],
    talked_to: Sequence[Named],
    **fields: Any,
) -> Talk:
    """Record one talk; `fields` are the plain fields of `Talk`. TalkRefused where it cannot be."""
    talk = Talk(organization=organization, recorded_by=actor, **fields)
    _check(talk, talkers, talked_to)
    talk.save()
    _write_people(talk, talkers, talked_to)
    audit.record(
        actor=actor,
        action="activities.talk.recorded",
        subject=talk,
        place=organization.path,
        summary=f"登记{talk}",
        after=state_of(talk),
    )
    return talk


@transaction.atomic
def correct_talk(
    *,
    actor: Any,
    talk: Talk,
    version: int,
    talkers: Sequence[Named],
    talked_to: Sequence[Named],
    **fields: Any,
) -> Talk:
    """Correct a talk; StaleVersion when it has changed since `version`."""
    before = state_of(talk)
    take(talk, version)
    for name, value in fields.items():
        setattr(talk, name, value)
    _check(talk, talkers, talked_to)
    talk.save()
    talk.people.all().delete()
    _write_people(talk, talkers, talked_to)
    audit.record(
        actor=actor,
        action="activities.talk.corrected",
        subject=talk,
        place=talk.organization.path,
        summary=f"更正{talk}",
        before=before,
        after=state_of(talk),
    )
    return talk


@transaction.atomic
def delete_talk(*, actor: Any, talk: Talk, version: int) -> Talk:
    """Put a talk into the trash, whence it can be restored whole."""
    take(talk, version)
    talk.deleted_at = timezone.now()
    talk.save()
    audit.record(
        actor=actor,
        action="activities.talk.deleted",
        subject=talk,
        place=talk.organization.path,
        summary=f"删除{talk}（可恢复）",
    )
    return talk


@transaction.atomic
def restore_talk(*, actor: Any, talk: Talk) -> Talk:
    """Take a talk out of the trash."""
    talk.deleted_at = None
    talk.version += 1
    talk.save()
    audit.record(
        actor=actor,
        action="activities.talk.restored",
        subject=talk,
        place=talk.organization.path,
        summary=f"恢复{talk}",
    )
    return talk


def state_of(talk: Talk) -> dict[str, Any]:
    """Return what the trail keeps: who, when, where; of what was said, only that and how much."""
    people = list(talk.people.order_by("pk"))
    said = {title_of(name): _length(getattr(talk, name)) for name in Talk.CONFIDENTIAL}
    return {
        "谈话类型": str(talk.get_kind_display()),
        "谈话时间": talk.held_on,
        "谈话地点": talk.place,
        "谈话人": [one.name for one in people if one.role == Role.TALKER],
        "被谈话人": [one.name for one in people if one.role == Role.TALKED],
        **said,
    }


def title_of(name: str) -> str:
    """Return what a column of a talk is called."""
    column: Any = Talk._meta.get_field(name)
    return str(column.verbose_name)


def _length(text: str) -> str:
    return f"已填 {len(text)} 字" if text else ""


def _check(talk: Talk, talkers: Sequence[Named], talked_to: Sequence[Named]) -> None:
    founded = talk.organization.founded_on
    if not talk.organization.is_branch:
        raise TalkRefused("谈话在党支部登记，请选择党支部。")
    if talk.held_on > timezone.localdate():
        raise TalkRefused("日期还没到，谈过以后再登记。", "held_on")
    if founded and talk.held_on < founded:
        raise TalkRefused(f"支部 {founded} 才成立，请核对日期。", "held_on")
    if not talkers:
        raise TalkRefused("请填写谈话人。", "talkers")
    if not talked_to:
        raise TalkRefused("请填写被谈话人。", "talked_to")
    _refuse_twice(talkers, "talkers")
    _refuse_twice(talked_to, "talked_to")
    both = {_key(one) for one in talkers} & {_key(one) for one in talked_to}
    if both:
        raise TalkRefused("谈话人和被谈话人不能是同一个人。", "talked_to")


def _refuse_twice(people: Sequence[Named], field: str) -> None:
    if len({_key(one) for one in people}) < len(people):
        raise TalkRefused("同一个人写了两次，请核对。", field)


def _key(one: Named) -> Any:
    return one.member.pk if one.member else one.name


def _write_people(talk: Talk, talkers: Iterable[Named], talked_to: Iterable[Named]) -> None:
    TalkPerson.objects.bulk_create(
        TalkPerson(talk=talk, role=role, member=one.member, name=one.name)
        for role, people in ((Role.TALKER, talkers), (Role.TALKED, talked_to))
        for one in people
    )
