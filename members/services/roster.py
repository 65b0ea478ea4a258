"""Writing people: their files, what can be searched in them, and the offices they hold."""

from collections import defaultdict
from collections.abc import Iterable

from members.models import Member, Office
from members.queries.files import id_number_index, phone_index
from partybuild.journal import Journal
from partybuild.pinyin import pinyin_of

PINYIN_LENGTH = Member._meta.get_field("pinyin").max_length
INITIALS_LENGTH = Member._meta.get_field("initials").max_length


def make_findable(member: Member) -> None:
    """Fill what a file is searched by: pinyin, initials, blind indexes.

    The number of somebody who applied anew finds the later file.
    """
    pinyin, initials = pinyin_of(member.name)
    member.pinyin, member.initials = pinyin[:PINYIN_LENGTH], initials[:INITIALS_LENGTH]
    is_former = member.followed_by_id is not None
    member.id_number_index = None if is_former else id_number_index(member.id_number)
    member.phone_index = phone_index(member.phone)


def register_members(members: Iterable[Member], journal: Journal) -> None:
    """Open files for many people; the caller's batch audits them."""
    opened = list(members)
    for member in opened:
        make_findable(member)
    journal.create(opened)


def change_members(members: Iterable[Member], journal: Journal) -> None:
    """Store files that were changed in memory after the journal began to watch them.

    A file that goes to another branch is saved by itself, the others in bulk.
    """
    moving: list[Member] = []
    staying: list[Member] = []
    for member in members:
        make_findable(member)
        member.version += 1
        moved = journal.before(member, "branch_id") != str(member.branch_id)
        (moving if moved else staying).append(member)
    journal.move(moving)
    journal.update(staying, [c.name for c in Member._meta.concrete_fields if c.name not in KEPT])


KEPT = ("id", "public_id", "branch", "user")


def link_offices(journal: Journal) -> None:
    """Fill in who holds an office, where exactly one member of that name is on the roll.

    Somebody of the organisation's own subtree goes before somebody from elsewhere.
    """
    offices = list(Office.objects.filter(member=None, ended_on=None).select_related("organization"))
    people = members_by_name(office.holder_name for office in offices)
    linked = []
    for office in offices:
        holder = holder_of(office.holder_name, office.organization.path, people)
        if holder is not None:
            journal.watch(office)
            office.member = holder
            linked.append(office)
    journal.update(linked, ["member"])


def members_by_name(names: Iterable[str]) -> dict[str, list[Member]]:
    """Return the full and probationary members in scope of these names."""
    found: dict[str, list[Member]] = defaultdict(list)
    wanted = Member.objects.filter(name__in=set(names), category__in=Member.MEMBER_CATEGORIES)
    for member in wanted.select_related("branch"):
        found[member.name].append(member)
    return found


def holder_of(name: str, path: str, people: dict[str, list[Member]]) -> Member | None:
    """Return the one member whom a name in an organisation's register means, None if not clear."""
    everybody = people.get(name, [])
    own = [member for member in everybody if member.branch.path.startswith(path)]
    chosen = own or everybody
    return chosen[0] if len(chosen) == 1 else None
