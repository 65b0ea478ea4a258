"""Writing ratings: links are made, handed out and revoked; an answer is counted, once, by nobody."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.models import Campaign, PollLink, PollRemark, PollTally, RaterKind
from assessments.queries.polls import ANSWERS, digest_of, rated_units, why_shut
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.refusals import Refused
from partybuild.scoping import everything

TOKEN_BYTES = 16  # 128 bits
MOST_LINKS = 200  # as many as one goes on printing at once


class PollRefused(Refused):
    """A rating, or its links, cannot be taken so; `field` is the input to look at."""


@dataclass(frozen=True)
class Supervisor:
    """Somebody who is asked by name, with where they work."""

    name: str
    employer: str = ""


@transaction.atomic
def make_supervisor_links(
    *,
    actor: Any,
    campaign: Campaign,
    supervisors: Sequence[Supervisor],
    expires_on: dt.date,
) -> list[tuple[PollLink, str]]:
    """Make one link for each supervisor; return each with its secret, told this once and not kept.

    Who has a living link already gets no second one: PollRefused names them.
    """
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    asked = [(one.name, one.employer) for one in supervisors]
    twice = [name for (name, _), count in Counter(asked).items() if count > 1]
    have = set(_asked_supervisors(campaign))
    twice += [name for name, employer in asked if (name, employer) in have]
    if twice:
        raise PollRefused(
            f"{'、'.join(dict.fromkeys(twice))}已经有链接或者写了两遍；丢了链接的，先停用旧的。",
            "people",
        )
    links = [
        PollLink(campaign=campaign, rater=RaterKind.SUPERVISOR, name=name, employer=employer)
        for name, employer in asked
    ]
    return _made(actor, campaign, links, expires_on, f"生成 {len(links)} 名监督员的评议链接")


def _asked_supervisors(campaign: Campaign) -> Any:
    living = PollLink.objects.filter(campaign=campaign, rater=RaterKind.SUPERVISOR, revoked_at=None)
    return living.values_list("name", "employer")


@transaction.atomic
def make_public_links(
    *,
    actor: Any,
    campaign: Campaign,
    count: int,
    expires_on: dt.date,
    organization: PartyOrganization | None = None,
) -> list[tuple[PollLink, str]]:
    """Make links to hand out, for one unit or all; return each with its secret, told this once."""
    if not 0 < count <= MOST_LINKS:
        raise PollRefused(f"一次生成 1 至 {MOST_LINKS} 个，可以多生成几次。", "count")
    links = [
        PollLink(campaign=campaign, rater=RaterKind.PUBLIC, organization=organization)
        for _ in range(count)
    ]
    where = f"（只评{organization.label}）" if organization else ""
    return _made(actor, campaign, links, expires_on, f"生成 {count} 个群众评议链接{where}")


def _made(
    actor: Any, campaign: Campaign, links: list[PollLink], expires_on: dt.date, said: str
) -> list[tuple[PollLink, str]]:
    if campaign.announced_at is None:
        raise PollRefused("这项活动还没有发布，先发布再请人评议。")
    if expires_on < timezone.localdate():
        raise PollRefused("这一天已经过去，链接一生成就不能用。", "expires_on")
    if _link_needs_units(campaign, links):
        raise PollRefused("还没有单位申报，没有可以评议的单位。")
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in links]
    for link, token in zip(links, tokens, strict=True):
        link.token_digest, link.expires_on = digest_of(token), expires_on
    PollLink.objects.bulk_create(links)
    _note(actor, campaign, "made", said)
    return list(zip(links, tokens, strict=True))


def _link_needs_units(campaign: Campaign, links: Iterable[PollLink]) -> bool:
    open_to_all = next((link for link in links if not link.organization_id), None)
    return open_to_all is not None and not rated_units(open_to_all)


@transaction.atomic
def revoke_link(*, actor: Any, link: PollLink) -> None:
    """Let a link that was not used open nothing any more."""
    done = PollLink.objects.filter(pk=link.pk, is_used=False, revoked_at=None)
    if not done.update(revoked_at=timezone.now()):
        raise PollRefused("这个链接已经用过或者已经停用。")
    _note(actor, link.campaign, "revoked", f"停用 {link} 的评议链接")


@transaction.atomic
def end_poll(*, actor: Any, campaign: Campaign) -> int:
    """End the rating: every link that was not used opens nothing any more; return how many."""
    unused = PollLink.objects.filter(campaign=campaign, is_used=False, revoked_at=None)
    count = unused.update(revoked_at=timezone.now())
    _note(actor, campaign, "ended", f"结束评议，停用 {count} 个没有用的链接")
    return count


@transaction.atomic
def rate(*, link: PollLink, answers: Mapping[str, str], remark: str = "") -> bool:
    """Count what the holder of a link says: public id of a unit -> one of ANSWERS.

    Returns False when the link was used before, and counts nothing: a repeated post is the same
    post. PollRefused when the link is shut, or nothing, or something else was said. Whose link it
    was stands nowhere beside the answer, neither here nor in the trail.
    """
    with everything(reason="whoever holds the link of a rating has no account and no place"):
        held = PollLink.objects.select_for_update().get(pk=link.pk)
        if held.is_used:
            return False
        shut = why_shut(held, timezone.localdate())
        if shut:
            raise PollRefused(shut)
        units = {one.public_id: one for one in rated_units(link)}
        said = {units[key]: answer for key, answer in answers.items() if key in units}
        if not said or not set(said.values()) <= set(ANSWERS):
            raise PollRefused("请至少给一个单位选一项，再提交。")
        PollLink.objects.filter(pk=held.pk).update(is_used=True)
        _count(link.campaign, link.rater, said)
        if remark:
            PollRemark.objects.create(campaign=link.campaign, text=remark)
        kind = RaterKind(link.rater).label
        audit.record(
            actor=None,
            action="assessments.poll.rated",
            # About no record: the history of the campaign would tell when each answer came.
            place=link.campaign.organization.path,
            summary=f"收到一份{kind}评议：{link.campaign.title}",
        )
    return True


def _count(campaign: Campaign, rater: str, said: Mapping[PartyOrganization, str]) -> None:
    """Add the answers to the tallies in a constant number of queries, locked in one order."""
    rows = PollTally.objects.filter(campaign=campaign, rater=rater, organization__in=list(said))
    known = set(rows.values_list("organization", flat=True))
    PollTally.objects.bulk_create(
        [
            PollTally(campaign=campaign, rater=rater, organization=unit)
            for unit in said
            if unit.pk not in known
        ],
        ignore_conflicts=True,
    )
    list(rows.select_for_update().order_by("pk").values_list("pk"))
    for answer in ANSWERS:
        units = [unit.pk for unit, one in said.items() if one == answer]
        if units:
            rows.filter(organization__in=units).update(**{answer: F(answer) + 1})


def _note(actor: Any, campaign: Campaign, act: str, summary: str) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.poll.{act}",
        subject=campaign,
        place=campaign.organization.path,
        summary=summary,
    )
