"""Reading whether the number of members fits how an organisation is set up, as of a day.

Counted are full members by their formal membership: a second one is never counted again, and
temporary and functional branches have no thresholds. What is found is for people to consider;
nothing follows from it by itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from branches.models import PartyOrganization
from branches.queries.history import placed_on
from branches.queries.terms import terms_by_organization
from members.models import Membership
from members.queries.roll import full_on, memberships_on
from members.queries.terms import in_office
from partybuild import paths
from partybuild.regulations import NoRegulation, Regulation, RuleBook

Kind = PartyOrganization.Kind
BRANCHES = (Kind.BRANCH, Kind.JOINT_BRANCH)
COMMITTEES = (Kind.COMMITTEE, Kind.OFFICE_COMMITTEE)
RULES = ("branch_size", "branch_committee", "committee_size", "congress")


@dataclass(frozen=True)
class Size:
    """One organisation on a day: what it was called, how many belong to it and all below it."""

    pk: int
    public_id: str
    label: str
    kind: str
    path: str
    full: int
    members: int
    # Whether the term in office has a 支委会; None where no term is on file.
    has_committee: bool | None


@dataclass(frozen=True)
class Finding:
    """One thing to be considered about the size of an organisation, with the rule."""

    size: Size
    text: str
    citation: str


def sizes_on(day: dt.date) -> list[Size]:
    """Return the size of every organisation in scope as of `day`. Three queries."""
    counted = (
        memberships_on(day)
        .filter(kind=Membership.Kind.FORMAL)
        .order_by()
        .values_list("organization")
        .annotate(
            full=Count("member", filter=full_on(day, "member__"), distinct=True),
            members=Count("member", distinct=True),
        )
    )
    own = {place: (full, members) for place, full, members in counted}
    placements = list(placed_on(day).select_related("organization").order_by("path"))
    full: defaultdict[str, int] = defaultdict(int)
    members: defaultdict[str, int] = defaultdict(int)
    for one in placements:
        for path in (*paths.ancestors(one.path), one.path):
            full[path] += own.get(one.organization_id, (0, 0))[0]
            members[path] += own.get(one.organization_id, (0, 0))[1]
    branches = PartyOrganization.objects.filter(kind__in=BRANCHES)
    terms = terms_by_organization(branches)
    sizes = []
    for one in placements:
        term = in_office(terms.get(one.organization_id, []), day)
        sizes.append(
            Size(
                pk=one.organization_id,
                public_id=one.organization.public_id,
                label=one.short_name or one.name,
                kind=one.organization.kind,
                path=one.path,
                full=full[one.path],
                members=members[one.path],
                has_committee=term.has_committee if term else None,
            )
        )
    return sizes


def findings_on(day: dt.date) -> list[Finding]:
    """Return what is to be considered about the sizes of `day`, in the order of the tree.

    One query for each rule beside those of `sizes_on` (ORG-BR-MIN, ORG-COMMITTEE, ORG-NOCOMMITTEE,
    ORG-GENERAL, ORG-PARTYCOM, ORG-CONGRESS). A rule that was not in force that day finds nothing.
    """
    books = {name: RuleBook(f"branches.{name}") for name in RULES}

    def rule(name: str, size: Size) -> Regulation | None:
        try:
            return books[name].on(day, place=size.path)
        except NoRegulation:
            return None

    found = []
    for size in sizes_on(day):
        if size.kind in BRANCHES:
            found += [*_branch(size, rule("branch_size", size))]
            found += [*_committee_of(size, rule("branch_committee", size))]
        elif size.kind == Kind.GENERAL_BRANCH:
            found += [*_general(size, rule("committee_size", size))]
        elif size.kind in COMMITTEES:
            found += [*_committee(size, rule("committee_size", size))]
            found += [*_congress(size, rule("congress", size))]
    return found


def _branch(size: Size, rule: Regulation | None) -> Iterator[Finding]:
    if rule is None:
        return
    least, most = rule.values["least"], rule.values["most"]
    if size.full < least:
        yield _found(
            size, rule, f"不足 {least} 名，提请研究与其他单位联合设置，或者调整", key="least"
        )
    if size.full > most:
        yield _found(size, rule, f"一般不超过 {most} 名，提请研究分设", key="most")


def _committee_of(size: Size, rule: Regulation | None) -> Iterator[Finding]:
    if rule is None or size.has_committee is None:
        return
    least = rule.values["full_members"]
    if size.has_committee and size.full < least:
        yield _found(
            size, rule, f"不足 {least} 名，本届设有支委会，提请研究是否调整", key="full_members"
        )
    if not size.has_committee and size.full >= least:
        yield _found(
            size,
            rule,
            f"已有 {least} 名以上，本届没有设支委会，提请研究选举支委会",
            key="full_members",
        )


def _general(size: Size, rule: Regulation | None) -> Iterator[Finding]:
    if rule is None:
        return
    least, most = rule.values["general_least"], rule.values["general_most"]
    if size.full < least:
        text = f"党总支一般 {least} 至 {most} 名，提请研究；因工作需要设立的不用处理"
        yield _found(size, rule, text, key="general_least")
    if size.full > most:
        text = f"党总支一般 {least} 至 {most} 名，提请研究是否设立党委"
        yield _found(size, rule, text, key="general_most")


def _committee(size: Size, rule: Regulation | None) -> Iterator[Finding]:
    if rule is not None and size.full <= rule.values["committee_over"]:
        over = rule.values["committee_over"]
        text = f"党委一般超过 {over} 名，提请研究；已经上级批准的不用处理"
        yield _found(size, rule, text, key="committee_over")


def _congress(size: Size, rule: Regulation | None) -> Iterator[Finding]:
    if rule is not None and size.members >= rule.values["members"]:
        limit = rule.values["members"]
        yield Finding(
            size,
            f"{size.label}有党员 {size.members} 名，{limit} 名以上一般召开党员代表大会，提请研究",
            rule.sources["members"],
        )


def _found(size: Size, rule: Regulation, text: str, *, key: str) -> Finding:
    return Finding(size, f"{size.label}有正式党员 {size.full} 名，{text}", rule.sources[key])
