"""To which branch a row of a roster belongs: its column says so, else its sheet does."""

import re
from collections.abc import Iterator

from branches.models import PartyOrganization
from branches.queries.organizations import finder_in_scope
from partybuild.imports import Row
from partybuild.sheets import DataSheet
from partybuild.values import squeeze

ELSEWHERE = re.compile(
    "组织关系(仍|还|保留|暂)?(在|隶属于?|留在|保留在|属于?)(?P<where>[^，。；,;]{2,40})"
)
OWN = ("本支部", "本单位", "我支部")
TITLE = re.compile("(?P<name>.*(党支部|支部委员会|支部))")
UNIT = re.compile(
    "(填报|填表|报送|制表)?(单位|党组织|支部)(名称)?([(（].*?[)）])?[:：](?P<name>.*?)"
    "(填报|填表|报送|制表|时间|日期|单位[:：]|$)"
)


class BranchReader:
    """Finds the branches that rows and sheets name, among those in scope."""

    def __init__(self) -> None:
        self._finder = finder_in_scope()
        self._of_sheets: dict[str, PartyOrganization | None] = {}

    def of_row(self, sheet: DataSheet, row: Row) -> PartyOrganization | None:
        """Return the branch of a row; a row without one is rejected."""
        own = self.of_sheet(sheet)
        named = row.get("所在党支部")
        if not named:
            if own is None:
                row.reject("BRANCH_UNKNOWN", self._unknown(_sheet_title(sheet)))
            return own
        found = self._finder.find(named)
        if found is None:
            row.reject("BRANCH_UNKNOWN", self._unknown(named))
            return None
        if not found.item.is_branch:
            row.reject("BRANCH_UNKNOWN", f"“{named}”是{found.item.get_kind_display()}，不是党支部")
            return None
        if own is not None and own != found.item:
            row.remark(
                "BRANCH_CONFLICT",
                f"工作表是“{own.label}”，这一行写的是“{named}”，按这一行的支部导入",
            )
        return found.item

    def of_sheet(self, sheet: DataSheet) -> PartyOrganization | None:
        """Return the branch that a sheet is about: by its name, its title, its reporting unit."""
        if sheet.name not in self._of_sheets:
            names = [sheet.name, *_names_above(sheet)]
            found = (self._finder.find(name) for name in names)
            branches = [one.item for one in found if one and one.item.is_branch]
            self._of_sheets[sheet.name] = branches[0] if branches else None
        return self._of_sheets[sheet.name]

    def _unknown(self, name: str) -> str:
        if not name:
            return "没有写明所在党支部"
        meant = self._finder.guess(name)
        hint = f"，是不是“{meant.label}”？" if meant and meant.is_branch else ""
        return f"没有找到党支部“{name}”，或它不在本次导入的范围之内{hint}"

    def is_formal_elsewhere(self, row: Row, branch: PartyOrganization) -> bool:
        """Tell whether the remark says that the formal relation is with another branch."""
        match = ELSEWHERE.search(squeeze(row.get("备注")))
        if not match or match["where"].startswith(OWN):
            return False
        found = self._finder.find(match["where"])
        return found is None or found.item != branch


def _names_above(sheet: DataSheet) -> Iterator[str]:
    for text in sheet.above:
        line = squeeze(text)
        if unit := UNIT.search(line):
            yield unit["name"]
        if title := TITLE.match(line):
            yield title["name"]


def _sheet_title(sheet: DataSheet) -> str:
    return next((name for name in _names_above(sheet) if name), sheet.name)
