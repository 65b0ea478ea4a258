"""Who stands above whom: superiors are named in many spellings, in rows of any order."""

from typing import Any

from branches.models import PartyOrganization
from branches.naming import Nearness, OrganizationFinder, key_of
from members.imports.register_plan import Plan
from partybuild.imports import Row
from partybuild.scoping import active_scope
from partybuild.values import is_blank

Kind = PartyOrganization.Kind

# Who may stand above whom: a superior has a smaller number.
RANKS: dict[str, int] = {
    Kind.WORKING_COMMITTEE: 0,
    Kind.OFFICE_COMMITTEE: 1,
    Kind.COMMITTEE: 1,
    Kind.GENERAL_BRANCH: 2,
}
BRANCH_RANK = 3


def rank(kind: str) -> int:
    """Return how high a kind stands, 0 for the highest."""
    return RANKS.get(kind, BRANCH_RANK)


class Tree:
    """Finds the superior of each row among the rows and the stored organisations."""

    def __init__(self, stored: OrganizationFinder[PartyOrganization]) -> None:
        self._stored = stored
        self._rows: OrganizationFinder[Row] = OrganizationFinder()

    def find_superiors(self, rows: list[Row]) -> None:
        """Find each superior among the rows that are good so far and the stored organisations."""
        good = [row for row in rows if not row.is_rejected]
        self._rows = OrganizationFinder(
            (row, (row.get("党组织名称"), row.get("简称") or "")) for row in good
        )
        homeless = [row for row in rows if row.plan is not None and not self._find_superior(row)]
        top, outside = self._top(good, [row for row in homeless if not row.is_rejected])
        for row in homeless:
            self._place_homeless(row, top, outside)

    def _find_superior(self, row: Row) -> bool:
        said = row.get("上级党组织")
        if is_blank(said):
            return False
        found = self._rows.find(said, upto=Nearness.GUESS)
        if found is not None and found.item is not row and self._may_command(found.item, row):
            row.plan.superior = found.item.plan
            self._note_nearness(row, said, found.nearness, found.item.label)
            return True
        stored = self._stored.find(said, upto=Nearness.GUESS)
        if stored is not None and stored.item.pk != row.plan.organization.pk:
            row.plan.superior = stored.item
            self._note_nearness(row, said, stored.nearness, stored.item.name)
            return True
        return False

    def _may_command(self, superior: Row, row: Row) -> bool:
        own = rank(row.plan.kind)
        return rank(superior.plan.kind) < own or own < RANKS[Kind.GENERAL_BRANCH]

    def _note_nearness(self, row: Row, said: str, nearness: Nearness, name: str) -> None:
        if nearness > Nearness.RULE:
            row.remark("PARENT_FUZZY", f"上级写的“{said}”，按“{name}”导入，请核对")

    def _top(self, good: list[Row], homeless: list[Row]) -> tuple[Row | None, str]:
        """Return the row that stands at the top, and how its own superior outside is written.

        It is of the highest rank in the file and has more below it than any other such row.
        """
        highest = min((rank(row.plan.kind) for row in good), default=BRANCH_RANK)
        candidates = [r for r in homeless if rank(r.plan.kind) == highest]
        if not candidates or (highest == BRANCH_RANK and len(good) > 1):
            return None, ""
        below = {id(row): sum(r.plan.superior is row.plan for r in good) for row in candidates}
        top = max(candidates, key=lambda row: below[id(row)])
        return top, key_of(top.get("上级党组织") or "")

    def _place_homeless(self, row: Row, top: Row | None, outside: str) -> None:
        said = row.get("上级党组织")
        is_top = row is top or bool(outside and key_of(said or "") == outside)
        stored = row.plan.organization
        if is_top and not row.is_rejected and (not row.plan.is_new or active_scope().unlimited):
            row.plan.superior = stored.superior if not row.plan.is_new else None
            if said:
                row.remark("PARENT_EXTERNAL", f"是本名册最上级的党组织，它的上级“{said}”不在名册里")
            return
        row.reject(
            "PARENT_UNKNOWN",
            f"没有找到上级党组织“{said}”，或它不在本次导入的范围之内"
            if said
            else "没有写上级党组织",
        )

    def refuse_orphans(self, rows: list[Row]) -> None:
        """Reject rows whose superior is not taken, or who stand above themselves."""
        row_of = {id(row.plan): row for row in rows if row.plan is not None}
        changed = True
        while changed:
            changed = False
            for row in rows:
                if row.is_rejected or not isinstance(row.plan.superior, Plan):
                    continue
                superior = row_of[id(row.plan.superior)]
                if not row.plan.is_new and superior.is_rejected:
                    row.plan.superior = None  # it stays where it is
                elif superior.is_rejected:
                    row.reject("PARENT_UNKNOWN", f"上级党组织“{superior.label}”没有导入")
                    changed = True
                elif _stands_above_itself(row.plan):
                    row.reject(
                        "PARENT_UNKNOWN", f"与上级党组织“{superior.label}”互为上下级，请核对"
                    )
                    changed = True


def _stands_above_itself(plan: Plan) -> bool:
    seen: set[int] = set()
    above: Any = plan
    while isinstance(above, Plan):
        if id(above) in seen:
            return True
        seen.add(id(above))
        above = above.superior
    return False
