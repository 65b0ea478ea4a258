"""Writing ballots: what a rater says of a subject, or that he does not rate it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assessments.cards import Subject
from assessments.engine.numbers import Unfit
from assessments.models import Ballot, Cycle, Rater
from assessments.queries.ballots import own_places, rated_lines
from partybuild import audit
from partybuild.merging import CellsTaken, StaleVersion
from partybuild.refusals import CellsRefused, Refused
from partybuild.scoping import everything

Cells = Mapping[str, str]
OWN = "这是您所在的{place}，请回避，由其他评分人评。"
HIMSELF = "不能评自己，请回避，由其他评分人评。"


@transaction.atomic
def cast_ballot(
    *, actor: Any, rater: Rater, subject: Subject, votes: Cells, recusal: str = "", version: int
) -> Ballot:
    """Say what a rater chose of one subject, by LINE/RULE; '' leaves one open.

    With a `recusal` nothing is said. Refused outside of 评审, for one's own branch and for what
    the scheme does not offer; StaleVersion when the ballot has changed since `version`.
    """
    _check_open(rater)
    _check_stranger(rater, subject)
    kept = {} if recusal else _accepted(rater, votes)
    if not kept and not recusal:
        raise Refused("一项也没有评；不评请写明回避原因。")
    with everything(reason="a rater's ballot belongs to the committee that appointed him"):
        ballot, is_new = Ballot.objects.select_for_update().get_or_create(
            rater=rater,
            organization=subject.organization,
            member=subject.member,
            defaults={"votes": kept, "recusal": recusal},
        )
        if version != (0 if is_new else ballot.version):
            raise StaleVersion(ballot)
        if not is_new:
            ballot.votes, ballot.recusal = kept, recusal
            ballot.version += 1
            ballot.save()
        # The chain says that somebody voted, never what.
        audit.record(
            actor=actor,
            action="assessments.ballot.cast",
            subject=ballot,
            place=rater.cycle.organization.path,
            summary=f"“{rater.cycle}”评了{subject.label}"
            if kept
            else f"“{rater.cycle}”回避{subject.label}",
        )
    return ballot


@dataclass(frozen=True)
class Vote:
    """One cell of a rater's grid: what is said of a line of a subject, and what was said before."""

    subject: Subject
    rated: str
    value: str
    was: str

    @property
    def key(self) -> tuple[Any, str]:
        return self.subject.key, self.rated


@transaction.atomic
def cast_ballots(*, actor: Any, rater: Rater, changes: Iterable[Vote]) -> int:
    """Enter many votes of one rater, all or none; return how many changed.

    CellsRefused for one's own branch and what the scheme does not offer, CellsTaken for what the
    same rater has entered elsewhere since.
    """
    _check_open(rater)
    wanted = [one for one in changes if one.value != one.was]
    with everything(reason="a rater's ballots belong to the committee that appointed him"):
        Rater.objects.select_for_update(of=("self",)).get(pk=rater.pk)
        ballots = {
            rater.cycle.scheme.key_of(one.organization_id, one.member_id): one
            for one in Ballot.objects.filter(rater=rater)
        }
        _refuse_cells(rater, wanted)
        theirs = {}
        for one in wanted:
            stored = ballots.get(one.subject.key)
            now = stored.votes.get(one.rated, "") if stored else ""
            if now not in {one.was, one.value}:
                theirs[one.key] = now
        if theirs:
            raise CellsTaken(theirs)
        touched = _changed(rater, wanted, ballots)
        for ballot in touched:
            ballot.version += 1
            ballot.save()
        if wanted:
            audit.record(
                actor=actor,
                action="assessments.ballot.entered",
                subject=rater,
                place=rater.cycle.organization.path,
                summary=f"“{rater.cycle}”评了 {len(touched)} 个对象",
            )
    return len(wanted)


def _changed(rater: Rater, wanted: list[Vote], ballots: dict[Any, Ballot]) -> list[Ballot]:
    touched: dict[Any, Ballot] = {}
    for one in wanted:
        ballot = ballots.setdefault(
            one.subject.key,
            Ballot(
                rater=rater,
                organization=one.subject.organization,
                member=one.subject.member,
                version=0,
            ),
        )
        votes = {**ballot.votes, one.rated: one.value}
        ballot.votes = {key: value for key, value in votes.items() if value}
        ballot.recusal = ""
        touched[one.subject.key] = ballot
    return list(touched.values())


def _refuse_cells(rater: Rater, wanted: list[Vote]) -> None:
    own = own_places(rater.user)
    wrong = {}
    for one in wanted:
        strange = _recusal(rater, one.subject, own)
        if strange:
            wrong[one.key] = strange
            continue
        try:
            _accepted(rater, {one.rated: one.value})
        except CellsRefused as refused:
            wrong[one.key] = str(refused)
    if wrong:
        raise CellsRefused(wrong)


def _check_open(rater: Rater) -> None:
    if rater.cycle.stage != Cycle.Stage.REVIEW:
        raise Refused(f"现在是“{rater.cycle.get_stage_display()}”阶段，不能评分。")


def _check_stranger(rater: Rater, subject: Subject) -> None:
    why = _recusal(rater, subject, own_places(rater.user))
    if why:
        raise Refused(why)


def _recusal(rater: Rater, subject: Subject, own: set[str]) -> str:
    """Return why a rater does not rate a subject, '' where he may; `own` are his places."""
    if subject.is_user(rater.user):
        return HIMSELF
    place = subject.organization
    return OWN.format(place="党支部" if place.is_branch else "单位") if place.path in own else ""


def _accepted(rater: Rater, votes: Cells) -> dict[str, str]:
    rated = {one.key: one for one in rated_lines(rater.cycle.scheme.plan)}
    if votes.keys() - rated.keys():
        raise Refused("有的项目不由评分人评，请刷新页面再填。")
    kept, wrong = {}, {}
    for key, vote in votes.items():
        text = vote.strip()
        if not text:
            continue
        try:
            rated[key].rule.value_of(text)
        except Unfit as unfit:
            wrong[key] = f"{unfit}。"
        else:
            kept[key] = text
    if wrong:
        raise CellsRefused(wrong)
    return kept
