"""Queries of ledgers that are kept under a name, for oneself or for everybody below."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from partybuild import audit, paths
from partybuild.ledgers import Ledger
from partybuild.models import SavedQuery
from partybuild.narrowing import Selection
from partybuild.refusals import Refused

LONGEST = 40
MOST = 30


def saved_queries(user: Any, ledger: Ledger) -> QuerySet[SavedQuery]:
    """Return a user's own queries of a ledger, and those shared with a place that is theirs."""
    tops = user.scope_for(ledger.permission).tops
    above = {path for top in tops for path in (*paths.ancestors(top), top)}
    mine = Q(owner=user) | Q(shared_from__in=above)
    return SavedQuery.objects.filter(mine, code=ledger.code).select_related("owner")


@transaction.atomic
def save_query(
    *,
    actor: Any,
    ledger: Ledger,
    name: str,
    selection: Selection,
    period: str = "",
    shared_from: str = "",
) -> SavedQuery:
    """Keep a query under a name; one of the same name is replaced.

    `shared_from` is the path of a place in the actor's scope. Raises Refused without a name, and
    when there are more than anybody finds their way in.
    """
    title = name.strip()[:LONGEST]
    if not title:
        raise Refused("请写一个名称，例如“女党员”。", "name")
    own = SavedQuery.objects.filter(owner=actor, code=ledger.code)
    if own.exclude(name=title).count() >= MOST:
        raise Refused(f"这本台账已经有 {MOST} 个常用查询，请先删掉不用的。", "name")
    query, _ = SavedQuery.objects.update_or_create(
        owner=actor,
        code=ledger.code,
        name=title,
        defaults={
            "selection": selection.as_json(),
            "period": period,
            "shared_from": shared_from,
        },
    )
    audit.record(
        actor=actor,
        action="partybuild.savedquery.saved",
        subject=query,
        place=shared_from,
        summary=f"保存常用查询 {ledger.title}：{title}",
        after={"period": period, "shared": bool(shared_from), **query.selection},
    )
    return query


@transaction.atomic
def drop_query(*, actor: Any, query: SavedQuery) -> None:
    """Forget one of one's own queries; those with whom it was shared lose it, too."""
    audit.record(
        actor=actor,
        action="partybuild.savedquery.dropped",
        subject=query,
        place=query.shared_from,
        summary=f"删除常用查询：{query.name}",
        before={"period": query.period, **query.selection},
    )
    query.delete()
