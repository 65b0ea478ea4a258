"""Reading transfers: always from the side that lies in the open scope."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.models import Member, Transfer, TransferSide, TransferStep
from partybuild.periods import Period
from partybuild.regulations import regulation
from partybuild.scoping import everything

State, Role = Transfer.State, TransferSide.Role
SUGGESTED = 8

# What the list is divided into: name in the address -> heading.
BOXES = {
    "review": "待审核",
    "accept": "待接收",
    "sent": "我方转出",
    "done": "已办结",
}


def sides_in_scope() -> QuerySet[TransferSide]:
    """Return the sides in scope, one for each transfer: the sender's where both are seen."""
    sender = TransferSide.objects.filter(transfer=OuterRef("transfer"), role=Role.SENDER)
    return TransferSide.objects.filter(Q(role=Role.SENDER) | ~Exists(sender)).select_related(
        "transfer", "transfer__member", "transfer__sender", "transfer__receiver", "organization"
    )


def side_by_id(public_id: str) -> TransferSide | None:
    """Return a side in scope with all that its page shows, None without one."""
    sides = TransferSide.objects.select_related(
        "transfer",
        "transfer__member",
        "transfer__member__branch",
        "transfer__sender",
        "transfer__receiver",
        "organization",
    )
    return sides.filter(public_id=public_id).first()


def sides_in_box(box: str) -> QuerySet[TransferSide]:
    """Return the sides of one part of the list; a batch stands there once, with its `people`.

    待接收 is told from the receiver's side, all else from the one that `sides_in_scope` chooses.
    """
    if box == "accept":
        sides = TransferSide.objects.filter(
            role=Role.RECEIVER, transfer__state=State.IN_TRANSIT
        ).select_related(
            "transfer", "transfer__member", "transfer__sender", "transfer__receiver", "organization"
        )
    else:
        sides = sides_in_scope().filter(_in_box(box))
    earlier = Transfer.objects.filter(
        batch=OuterRef("transfer__batch"),
        state=OuterRef("transfer__state"),
        pk__lt=OuterRef("transfer__pk"),
    )
    together = (
        Transfer.objects.filter(
            batch=OuterRef("transfer__batch"), state=OuterRef("transfer__state")
        )
        .order_by()
        .values("batch")
        .annotate(people=Count("pk"))
        .values("people")
    )
    return sides.filter(Q(transfer__batch="") | ~Exists(earlier)).annotate(
        people=Subquery(together)
    )


def _in_box(box: str) -> Q:
    return {
        "review": Q(role=Role.SENDER, transfer__state=State.STARTED),
        "sent": Q(role=Role.SENDER, transfer__state__in=Transfer.OPEN_STATES),
        "done": Q(transfer__state__in=(State.DONE, State.WITHDRAWN)),
    }.get(box, Q(transfer__state__in=Transfer.OPEN_STATES))


def open_sides() -> QuerySet[TransferSide]:
    """Return the sides in scope of transfers that are not over, batches once, oldest first.

    What is under way or was returned is shown to the sender; only what is on its way to both.
    """
    both = Q(transfer__state=State.IN_TRANSIT) | Q(role=Role.SENDER)
    earlier = Transfer.objects.filter(
        batch=OuterRef("transfer__batch"),
        state=OuterRef("transfer__state"),
        pk__lt=OuterRef("transfer__pk"),
    )
    sides = TransferSide.objects.filter(both, transfer__state__in=Transfer.OPEN_STATES)
    return (
        sides.filter(Q(transfer__batch="") | ~Exists(earlier))
        .select_related(
            "transfer", "transfer__member", "transfer__sender", "transfer__receiver", "organization"
        )
        .order_by("transfer__started_on", "pk")
    )


def departures_in(period: Period) -> QuerySet[TransferSide]:
    """Return the senders' sides of the transfers that were accepted in a period."""
    return TransferSide.objects.filter(
        role=Role.SENDER,
        transfer__state=State.DONE,
        transfer__received_on__range=(period.start, period.end),
    )


def people_of(transfer: Transfer) -> QuerySet[Transfer]:
    """Return the transfers that go together with one: its batch in the same state."""
    found = Transfer.objects.filter(pk=transfer.pk)
    if transfer.batch:
        found = Transfer.objects.filter(batch=transfer.batch, state=transfer.state)
    return found.select_related("member").order_by("member__pinyin", "pk")


def steps_of_transfer(transfer: Transfer) -> QuerySet[TransferStep]:
    """Return the steps of a transfer, the newest first."""
    return transfer.steps.order_by("-pk")


def transfers_of(member: Member) -> QuerySet[TransferSide]:
    """Return the transfers of one person that the open scope shows, the newest first."""
    return (
        sides_in_scope()
        .filter(transfer__member=member)
        .order_by(F("transfer__started_on").desc(), "-pk")
    )


def letter_rule(reach: str, *, on: dt.date, place: str) -> tuple[int, int, str]:
    """Return for how many days a letter is good, how many at most, and by which rule (REL-LETTER)."""
    rule = regulation("members.transfers", on=on, place=place)
    letter = rule.values["letter"]
    longest = letter["longest_beyond_days" if reach == Transfer.Reach.BEYOND else "longest_days"]
    cite = "本级要求（可调整）" if letter.get("local") else rule.sources["letter"]
    return letter[f"{reach}_days"], longest, cite


def letter_ends_on(transfer: Transfer) -> dt.date | None:
    """Return the last day on which a letter is good, None while it is not sent."""
    if transfer.sent_on is None or not transfer.valid_days:
        return None
    return transfer.sent_on + dt.timedelta(days=transfer.valid_days)


def letter_of(transfer: Transfer) -> dict[str, Any]:
    """Return what a letter of introduction says; the ID number is written in by hand."""
    member = transfer.member
    people = people_of(transfer).count()
    return {
        "编号": transfer.letter_number,
        "转入单位": transfer.to_name,
        "转出单位": transfer.from_name,
        "姓名": member.name if people == 1 else f"{member.name}等 {people} 人（名单附后）",
        "性别": member.get_gender_display() if people == 1 else None,
        "民族": member.ethnicity if people == 1 else None,
        "人员类别": member.get_category_display() if people == 1 else None,
        "身份证号码": None,
        "党费交至": transfer.dues_paid_to,
        "有效天数": transfer.valid_days,
        "开具日期": transfer.sent_on,
        "转接原因": transfer.reason,
    }


def branch_in_scope(public_id: str) -> PartyOrganization | None:
    """Return the living branch in scope with this public id, None without one."""
    return branches_in_scope().filter(public_id=public_id).first()


def branches_by_name(text: str) -> tuple[list[PartyOrganization], list[PartyOrganization]]:
    """Return the living branches that a name or code means, and some that are called like it.

    Whoever sends a member away names the receiver, who may be anybody: names and codes of all
    branches may be asked for here, and nothing else of them.
    """
    text = text.strip()
    with everything(reason="a member may go to any branch: its name is looked up, nothing else"):
        branches = list(
            PartyOrganization.objects.filter(
                dissolved_on=None,
                kind__in=PartyOrganization.BRANCH_KINDS,
            )
            .filter(Q(code=text) | Q(name__icontains=text) | Q(short_name__icontains=text))
            .select_related("superior")
            .order_by("path")[:200]
        )
    exact = [b for b in branches if text in {b.code, b.name, b.short_name}]
    return exact, branches[:SUGGESTED]


def full_name(branch: PartyOrganization) -> str:
    """Return a branch's name with its superior's and its code, to tell namesakes apart."""
    above = f"（{branch.superior.name}，" if branch.superior else "（"
    return f"{branch.name}{above}代码 {branch.code}）"
