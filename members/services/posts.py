"""Writing vanguard posts, step by step; and the reading of personal numbers, which leaves a trace.

A post is applied for, publicised, awarded, and in the end withdrawn. Each step is one event. What
lists show of a post (`state`, days, pledge) is written by `_tell` from its events and pledges.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from branches.models import PartyOrganization
from members.models import Member, PostEvent, PostHolder, PostPledge, PostReview, VanguardPost
from members.queries.files import names_of
from members.queries.posts import RULE, Half, candidates, cite
from partybuild import audit, paths
from partybuild.calendar import CalendarUnpublished, add_workdays
from partybuild.merging import take
from partybuild.refusals import Refused
from partybuild.regulations import regulation

Step, State, Kind = PostEvent.Kind, VanguardPost.State, VanguardPost.Kind
# Which steps may follow in which state.
NEXT_STEPS: dict[str, frozenset[str]] = {
    State.APPLIED: frozenset({Step.PUBLICISED, Step.REFUSED}),
    State.PUBLICISED: frozenset({Step.AWARDED, Step.REFUSED}),
    State.AWARDED: frozenset({Step.ADJUSTED, Step.WITHDRAWN}),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
STATE_AFTER: dict[str, str] = {
    Step.APPLIED: State.APPLIED,
    Step.PUBLICISED: State.PUBLICISED,
    Step.AWARDED: State.AWARDED,
    Step.REFUSED: State.REFUSED,
    Step.WITHDRAWN: State.WITHDRAWN,
}


class PostRefused(Refused):
    """A step in the life of a post cannot be taken: str() says why, `field` names the form's field."""


@dataclass(frozen=True)
class Pledge:
    """三亮: identity (empty: told from the files), duty, promise."""

    promise: str
    duty: str = ""
    identity: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a review found of one post."""

    post: VanguardPost
    result: str
    findings: str = ""


# --- the life of a post ----------------------------------------------------------------------


@transaction.atomic
def apply_post(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    title: str,
    applied_on: dt.date,
    holders: Iterable[Member],
    pledge: Pledge,
    window: str = "",
    area: str = "",
    document: str = "",
    note: str = "",
) -> VanguardPost:
    """Apply for a post (申报) with those who are to hold it and what they would pledge."""
    people = list(holders)
    _check_place(kind, area)
    _check_holders(organization, kind, people, applied_on)
    post = VanguardPost.objects.create(
        organization=organization,
        kind=kind,
        title=title,
        window=window,
        area=area,
        state=State.APPLIED,
    )
    _begin(post, people, pledge, applied_on)
    _note(post, Step.APPLIED, actor, applied_on, document=document, note=note)
    _tell(post)
    _record(actor, post, "applied", f"申报{post.get_kind_display()} {title}", _state_of(post))
    return post


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
    window: str = "",
    area: str = "",
) -> VanguardPost:
    """Enter a post that was awarded before it came into the portal, with its first holders."""
    post = VanguardPost.objects.create(
        organization=organization, kind=kind, title=title, window=window, area=area
    )
    _begin(post, list(holders), Pledge(pledge), awarded_on)
    _note(post, Step.AWARDED, actor, awarded_on)
    _tell(post)
    _record(actor, post, "established", f"设立{post.get_kind_display()} {title}", _state_of(post))
    return post


@transaction.atomic
def publicise_post(
    *,
    actor: Any,
    post: VanguardPost,
    version: int,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> VanguardPost:
    """Publicise an application (公示) for the working days that the rule asks, from the next on."""
    _may(post, Step.PUBLICISED)
    _in_order(post, on)
    rule = regulation(RULE, on=on, place=post.organization.path)
    try:
        until = add_workdays(on, rule.values["notice_workdays"])
    except CalendarUnpublished as unpublished:
        raise PostRefused(str(unpublished), "on") from unpublished
    take(post, version)
    _note(post, Step.PUBLICISED, actor, on, document=document, note=note, notice_until=until)
    _tell(post)
    _record(
        actor,
        post,
        "publicised",
        f"公示 {post.title}，到 {until} 为止",
        {"公示": on, "公示截止": until, "依据": cite(rule), "文号": document},
    )
    return post


@transaction.atomic
def award_post(
    *,
    actor: Any,
    post: VanguardPost,
    version: int,
    on: dt.date,
    document: str = "",
    note: str = "",
) -> VanguardPost:
    """Award a post (授牌): whoever was named for it holds it from that day on.

    Before the 公示 has ended the reason has to be told.
    """
    _may(post, Step.AWARDED)
    _in_order(post, on)
    notice = post.events.get(kind=Step.PUBLICISED)
    if notice.notice_until and on <= notice.notice_until and not note:
        raise PostRefused(
            f"公示到 {notice.notice_until} 为止，期满以后授牌。要提前，请写明原因。", "note"
        )
    people = [holder.member for holder in post.holders.select_related("member")]
    _check_holders(post.organization, post.kind, people, on)
    take(post, version)
    post.holders.update(started_on=on)
    _note(post, Step.AWARDED, actor, on, document=document, note=note)
    _tell(post)
    _record(
        actor,
        post,
        "awarded",
        f"授牌 {post.title}",
        {"授牌时间": on, "人员": names_of(people), "文号": document, "说明": note},
    )
    return post


@transaction.atomic
def refuse_post(
    *,
    actor: Any,
    post: VanguardPost,
    version: int,
    on: dt.date,
    note: str,
    document: str = "",
) -> VanguardPost:
    """Refuse an application (不予授牌), with the reason."""
    _may(post, Step.REFUSED)
    _in_order(post, on)
    take(post, version)
    post.holders.update(ended_on=F("started_on"))
    _note(post, Step.REFUSED, actor, on, document=document, note=note)
    _tell(post)
    _record(actor, post, "refused", f"不予授牌 {post.title}", {"日期": on, "原因": note})
    return post


@transaction.atomic
def withdraw_post(
    *,
    actor: Any,
    post: VanguardPost,
    version: int,
    on: dt.date,
    note: str,
    document: str = "",
) -> VanguardPost:
    """Take the plate down (摘牌), with the reason; its public page ends with it."""
    _may(post, Step.WITHDRAWN)
    _in_order(post, on)
    _after_last_start(post, on)
    take(post, version)
    post.holders.filter(ended_on=None).update(ended_on=on)
    post.public_token = None
    _note(post, Step.WITHDRAWN, actor, on, document=document, note=note)
    _tell(post)
    _record(actor, post, "withdrawn", f"摘牌 {post.title}", {"摘牌时间": on, "原因": note})
    return post


@transaction.atomic
def hand_over(
    *,
    actor: Any,
    post: VanguardPost,
    version: int,
    on: dt.date,
    holders: Iterable[Member],
    document: str = "",
    note: str = "",
) -> VanguardPost:
    """Change who holds an awarded post (换人): exactly `holders` from `on`; who stays goes on."""
    _may(post, Step.ADJUSTED)
    _in_order(post, on)
    people = list(dict.fromkeys(holders))
    _check_holders(post.organization, post.kind, people, on)
    now = list(post.holders.filter(ended_on=None).select_related("member").order_by("pk"))
    wanted, held = {member.pk for member in people}, {row.member_id for row in now}
    if wanted == held:
        raise PostRefused("人员没有变化，不用换人。", "holders")
    _after_last_start(post, on)
    take(post, version)
    post.holders.filter(ended_on=None).exclude(member__in=wanted).update(ended_on=on)
    PostHolder.objects.bulk_create(
        PostHolder(post=post, member=member, started_on=on)
        for member in people
        if member.pk not in held
    )
    before = names_of(row.member for row in now)
    _note(
        post,
        Step.ADJUSTED,
        actor,
        on,
        document=document,
        note="；".join(part for part in (f"{before}换为{names_of(people)}", note) if part)[:300],
    )
    _tell(post)
    _record(
        actor,
        post,
        "handed_over",
        f"{post.title} 换人",
        {"人员": names_of(people), "日期": on, "文号": document},
        {"人员": before, "日期": None, "文号": ""},
    )
    return post


@transaction.atomic
def pledge_post(
    *, actor: Any, post: VanguardPost, version: int, on: dt.date, pledge: Pledge
) -> VanguardPost:
    """Show what a post pledges from a day on (承诺); the former pledge stays in its history."""
    if post.state in {State.REFUSED, State.WITHDRAWN}:
        raise PostRefused(f"这个岗{post.get_state_display()}，不再承诺。")
    current = post.pledges.filter(ended_on=None).last()
    if current and on < current.started_on:
        raise PostRefused(f"现在的承诺从 {current.started_on} 起，新承诺不能更早。", "on")
    take(post, version)
    before = _pledge_of(current)
    if current and current.started_on == on:
        current.delete()
    elif current:
        current.ended_on = on
        current.save()
    PostPledge.objects.create(
        post=post,
        identity=pledge.identity,
        duty=pledge.duty,
        promise=pledge.promise,
        started_on=on,
    )
    _tell(post)
    after = {"亮身份": pledge.identity, "亮职责": pledge.duty, "亮承诺": pledge.promise}
    _record(actor, post, "pledged", f"{post.title} 更新承诺", after, before)
    return post


@transaction.atomic
def correct_post(
    *, actor: Any, post: VanguardPost, version: int, title: str, window: str, area: str
) -> VanguardPost:
    """Correct what a post is called and where it stands."""
    _check_place(post.kind, area)
    before = {"岗位": post.title, "窗口": post.window, "责任区范围": post.area}
    take(post, version)
    post.title, post.window, post.area = title, window, area
    post.save(update_fields=["title", "window", "area"])
    after = {"岗位": title, "窗口": window, "责任区范围": area}
    _record(actor, post, "corrected", f"更正 {title}", after, before)
    return post


@transaction.atomic
def publish_plate(
    *, actor: Any, post: VanguardPost, version: int, token: str | None
) -> VanguardPost:
    """Open the public page of a plate under a fresh token, or close it with None."""
    if token and post.state != State.AWARDED:
        raise PostRefused("授牌以后才能公开。")
    take(post, version)
    post.public_token = token
    post.save(update_fields=["public_token"])
    said = f"{post.title} 的公开页{'打开' if token else '关闭'}"
    _record(actor, post, "published" if token else "unpublished", said, None)
    return post


# --- reviews ---------------------------------------------------------------------------------


@transaction.atomic
def review_posts(
    *,
    actor: Any,
    half: Half,
    on: dt.date,
    verdicts: Sequence[Verdict],
    kind: str = PostReview.Kind.REVIEW,
) -> list[PostReview]:
    """Write the reviews of a half for many posts at once, all or none.

    Findings are told of all that is not 合格. A post is reviewed once a half: whoever comes second
    is told so.
    """
    if not verdicts:
        raise PostRefused("还没有选岗位。")
    if on < half.start:
        raise PostRefused(f"{half.title}从 {half.start} 开始，复核日期不能更早。", "on")
    _check_verdicts(verdicts, on)
    posts = [verdict.post for verdict in verdicts]
    known = PostReview.objects.filter(
        post__in=posts, kind=kind, year=half.year, half=half.half
    ).select_related("post")
    if known:
        titles = "、".join(row.post.title for row in known[:5])
        raise PostRefused(f"{titles} 已经有{half.title}的结果，这次没有保存。请刷新后再填。")
    rows = [
        PostReview(
            post=verdict.post,
            kind=kind,
            year=half.year,
            half=half.half,
            reviewed_on=on,
            result=verdict.result,
            findings=verdict.findings,
            recorded_by=actor if getattr(actor, "pk", None) else None,
        )
        for verdict in verdicts
    ]
    try:
        with transaction.atomic():
            made = PostReview.objects.bulk_create(rows)
    except IntegrityError:
        raise PostRefused("别人刚才已经登记了其中的岗位，这次没有保存。请刷新后再填。") from None
    first = posts[0]
    word = PostReview.Kind(kind).label
    audit.record(
        actor=actor,
        action="members.postreview.recorded",
        subject=first if len(posts) == 1 else None,
        place=_common_place(posts),
        summary=f"{half.title}{word} {len(posts)} 个岗",
        after={
            f"{verdict.post.title}（{verdict.post.public_id}）": PostReview.Result(
                verdict.result
            ).label
            for verdict in verdicts
        },
    )
    return made


@transaction.atomic
def correct_review(
    *,
    actor: Any,
    review: PostReview,
    version: int,
    reviewed_on: dt.date | None,
    result: str,
    findings: str,
    rectified_on: dt.date | None,
) -> PostReview:
    """Correct a review, or write down when what was found had been put right."""
    _check_findings(result, findings)
    if rectified_on and result != PostReview.Result.RECTIFY:
        raise PostRefused("结果是整改的，才填整改完成日期。", "rectified_on")
    if rectified_on and reviewed_on and rectified_on < reviewed_on:
        raise PostRefused(f"整改完成日期不能早于复核日期 {reviewed_on}。", "rectified_on")
    before = _review_of(review)
    take(review, version)
    review.reviewed_on, review.result = reviewed_on, result
    review.findings, review.rectified_on = findings, rectified_on
    review.save()
    _record(
        actor,
        review.post,
        "review_corrected",
        f"更正 {review.post.title} {review}",
        _review_of(review),
        before,
    )
    return review


# --- inside ----------------------------------------------------------------------------------


def _may(post: VanguardPost, step: str) -> None:
    if step not in NEXT_STEPS[post.state]:
        raise PostRefused(f"这个岗{post.get_state_display()}，不能{Step(step).label}。")


def _in_order(post: VanguardPost, on: dt.date) -> None:
    days = post.events.exclude(happened_on=None).values_list("happened_on", flat=True)
    last = max((day for day in days if day), default=None)
    if last and on < last:
        raise PostRefused(f"上一步在 {last}，这一步不能更早。", "on")


def _after_last_start(post: VanguardPost, on: dt.date) -> None:
    starts = post.holders.filter(ended_on=None).values_list("started_on", flat=True)
    last = max(starts, default=None)
    if last and on <= last:
        raise PostRefused(f"现在的人员 {last} 才任岗，日期要在这以后。", "on")


def _check_place(kind: str, area: str) -> None:
    if kind == Kind.RESPONSIBILITY and not area:
        raise PostRefused("请写明责任区的范围。", "area")
    if kind != Kind.RESPONSIBILITY and area:
        raise PostRefused("只有责任区才填范围。", "area")


def _check_holders(
    organization: PartyOrganization, kind: str, people: list[Member], day: dt.date
) -> None:
    if not people:
        raise PostRefused("请至少选一名党员。", "holders")
    if kind == Kind.MODEL and len(people) > 1:
        raise PostRefused("示范岗由一名党员担任，请只选一人。", "holders")
    applicants = [m for m in people if m.category not in Member.MEMBER_CATEGORIES]
    if applicants:
        raise PostRefused(f"{names_of(applicants)}还不是党员，不能任岗。", "holders")
    fit = set(candidates(organization, day).values_list("pk", flat=True))
    strangers = [member for member in people if member.pk not in fit]
    if strangers:
        raise PostRefused(
            f"{names_of(strangers)} {day} 不在“{organization.label}”的名册里，不能在这里任岗。",
            "holders",
        )


def _check_verdicts(verdicts: Sequence[Verdict], on: dt.date) -> None:
    for verdict in verdicts:
        _check_findings(verdict.result, verdict.findings, verdict.post.title)
        awarded = verdict.post.awarded_on
        if awarded is None or on < awarded:
            raise PostRefused(f"“{verdict.post.title}”那天还没有授牌，不能复核。")
        if verdict.post.ended_on and on >= verdict.post.ended_on:
            raise PostRefused(f"“{verdict.post.title}”已经摘牌，不能复核。")


def _check_findings(result: str, findings: str, title: str = "") -> None:
    if result != PostReview.Result.QUALIFIED and not findings:
        subject = f"“{title}”" if title else ""
        raise PostRefused(
            f"{subject}结果是{PostReview.Result(result).label}，请写明发现的情况。", "findings"
        )


def _begin(post: VanguardPost, people: list[Member], pledge: Pledge, day: dt.date) -> None:
    PostHolder.objects.bulk_create(
        [PostHolder(post=post, member=member, started_on=day) for member in people]
    )
    if pledge.promise:
        PostPledge.objects.create(
            post=post,
            identity=pledge.identity,
            duty=pledge.duty,
            promise=pledge.promise,
            started_on=day,
        )


def _note(post: VanguardPost, kind: str, actor: Any, on: dt.date, **details: Any) -> PostEvent:
    by = actor if getattr(actor, "pk", None) else None
    return PostEvent.objects.create(post=post, kind=kind, happened_on=on, recorded_by=by, **details)


def _tell(post: VanguardPost) -> None:
    """Write on the post what its events and pledges say: the reading that lists use."""
    post.awarded_on = post.ended_on = None
    for event in post.events.order_by("pk"):
        post.state = STATE_AFTER.get(event.kind, post.state)
        if event.kind == Step.AWARDED:
            post.awarded_on, post.awarded_precision = event.happened_on, event.precision
        elif event.kind == Step.WITHDRAWN:
            post.ended_on = event.happened_on
    current = post.pledges.filter(ended_on=None).last()
    post.pledge = current.promise if current else ""
    post.save()


def _record(
    actor: Any,
    post: VanguardPost,
    verb: str,
    summary: str,
    after: dict[str, Any] | None,
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"members.vanguardpost.{verb}",
        subject=post,
        place=post.organization.path,
        summary=summary,
        before=before,
        after=after,
    )


def _state_of(post: VanguardPost) -> dict[str, Any]:
    people = [row.member for row in post.holders.select_related("member").order_by("pk")]
    return {
        "岗位": post.title,
        "承诺": post.pledge,
        "授牌时间": post.awarded_on,
        "人员": names_of(people),
    }


def _pledge_of(pledge: PostPledge | None) -> dict[str, Any] | None:
    if pledge is None:
        return None
    return {"亮身份": pledge.identity, "亮职责": pledge.duty, "亮承诺": pledge.promise}


def _review_of(review: PostReview) -> dict[str, Any]:
    return {
        "复核日期": review.reviewed_on,
        "结果": review.get_result_display(),
        "发现的情况": review.findings,
        "整改完成": review.rectified_on,
    }


def _common_place(posts: Sequence[VanguardPost]) -> str:
    places = sorted({post.organization.path for post in posts})
    first, last = places[0], places[-1]
    shared = 0
    while shared < min(len(first), len(last)) and first[shared] == last[shared]:
        shared += 1
    return first[: shared - shared % paths.STEP]


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
