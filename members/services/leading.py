"""Writing who leads in the agency."""

import datetime as dt
from typing import Any

from django.db import transaction

from members.models import LeadingPost, Member
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


class LeadingPostRefused(Refused):
    """A post cannot be entered so, with the reason in Chinese."""


@transaction.atomic
def begin_leading_post(
    *,
    actor: Any,
    member: Member,
    title: str,
    started_on: dt.date,
    ended_on: dt.date | None = None,
) -> LeadingPost:
    """Enter that a member leads by a post; LeadingPostRefused for one that is entered."""
    if LeadingPost.objects.filter(member=member, title=title, ended_on=None).exists():
        raise LeadingPostRefused(f"{member.name}已登记为{title}，不用重复登记。", "title")
    _check_days(started_on, ended_on)
    post = LeadingPost.objects.create(
        member=member, title=title, started_on=started_on, ended_on=ended_on
    )
    audit.record(
        actor=actor,
        action="members.leadingpost.begun",
        subject=member,
        place=member.branch.path,
        summary=f"登记 {member.name} 的领导职务",
        after=facts_of(post),
    )
    return post


@transaction.atomic
def correct_leading_post(
    *,
    actor: Any,
    post: LeadingPost,
    version: int,
    title: str,
    started_on: dt.date,
    ended_on: dt.date | None,
) -> LeadingPost:
    """Correct or end a post; StaleVersion when it has changed since `version`."""
    before = facts_of(post)
    take(post, version)
    _check_days(started_on, ended_on)
    post.title, post.started_on, post.ended_on = title, started_on, ended_on
    post.save()
    audit.record(
        actor=actor,
        action="members.leadingpost.corrected",
        subject=post.member,
        place=post.member.branch.path,
        summary=f"更正 {post.member.name} 的领导职务",
        before=before,
        after=facts_of(post),
    )
    return post


def facts_of(post: LeadingPost) -> dict[str, Any]:
    """Return what a post says, for the audit."""
    return {"领导职务": post.title, "起": post.started_on, "止": post.ended_on}


def _check_days(started_on: dt.date, ended_on: dt.date | None) -> None:
    if ended_on and ended_on < started_on:
        raise LeadingPostRefused(f"不能早于开始日期 {started_on}。", "ended_on")
