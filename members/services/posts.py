"""Writing vanguard posts, and the reading of personal numbers, which leaves a trace like a write."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization
from members.models import Member, PostHolder, VanguardPost
from members.queries import names_of
from partybuild import audit


@transaction.atomic
def establish_post(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    title: str,
    pledge: str,
    awarded_on: dt.date,
    holders: Iterable[Member],
) -> VanguardPost:
    """Set up a vanguard post with its first holders."""
    post = VanguardPost.objects.create(
        organization=organization, kind=kind, title=title, pledge=pledge, awarded_on=awarded_on
    )
    people = list(holders)
    PostHolder.objects.bulk_create(
        [PostHolder(post=post, member=member, started_on=awarded_on) for member in people]
    )
    audit.record(
        actor=actor,
        action="members.vanguardpost.established",
        subject=post,
        place=organization.path,
        summary=f"设立{post.get_kind_display()} {title}",
        after={"岗位": title, "承诺": pledge, "授牌时间": awarded_on, "人员": names_of(people)},
    )
    return post


@transaction.atomic
def reveal_numbers(*, actor: Any, member: Member, reason: str) -> None:
    """Write down that somebody looks at a person's full numbers, and why."""
    audit.record(
        actor=actor,
        action="members.member.numbers_revealed",
        subject=member,
        place=member.branch.path,
        summary=f"查看 {member.name} 的完整号码",
        after={"原因": reason[:200]},
    )
