"""荣誉台账: commendations of members, organisations and units."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from import_export.resources import Resource

from branches.models import PartyOrganization
from branches.queries.organizations import finder_in_scope, organizations_in_scope
from members.imports.resources import BRANCH_PATTERN, DATE_WORD
from members.models import Honour, Member
from partybuild.cells import Column, PartialDateColumn, WordWidget
from partybuild.imports import CHANGED, CREATED, REJECT, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, clean_name

Level = Honour.Level
LEVEL_WORDS = {
    "国家级?|全国|中央|部级|国家部委": Level.NATIONAL,
    "省(部|市)?级?|自治区级?|直辖市级?": Level.PROVINCIAL,
    "(地)?市级?|州级?|厅局级": Level.MUNICIPAL,
    "(区)?县(区|市)?级?|区级": Level.COUNTY,
    "本级|本单位|单位|局级|系统内?|支部": Level.OWN,
}
LONG = 100
CHANGEABLE = ("level", "awarded_by", "document")


class HonourResource(Resource):
    """荣誉台账."""

    branch = Column(None, "所在党支部", BRANCH_PATTERN)
    winner = Column(
        None,
        "获得者",
        "(获得?者|获奖(人|者|人员|单位)?|获得(人|单位|者)|受表彰(人|者|对象|单位)?|表彰对象|荣誉获得者|姓名|集体或个人|获奖人或单位)(姓名|名称)?",
        free=True,
    )
    title = Column(
        "title", "荣誉名称", "(荣誉|表彰|奖项|奖励|获奖|称号)(名称|称号|项目)?|荣誉", free=True
    )
    level = Column(
        "level",
        "级别",
        "(荣誉|表彰|奖项|奖励|获奖)?(级别|层级|等级)",
        widget=WordWidget(LEVEL_WORDS, dict(Level.choices)),
    )
    awarded_by = Column(
        "awarded_by",
        "授予单位",
        "(授予|颁发|表彰|授奖|颁奖|发证|评选)(单位|机关|部门|机构)",
        free=True,
    )
    awarded = PartialDateColumn(
        "awarded_on", "授予时间", f"(授予|表彰|获奖|颁发|获得|荣誉|授奖)(荣誉)?{DATE_WORD}"
    )
    document = Column("document", "文号", "(文件|表彰|发文)?(文号|文件号|证书编号|依据)", free=True)

    class Meta:
        model = Honour


@dataclass
class Plan:
    """What is to be written for one row."""

    organization: PartyOrganization
    member: Member | None = None
    unit_name: str = ""
    honour: Honour | None = None  # a stored one, None for a new one
    changes: list[tuple[Column, object]] = field(default_factory=list)


class Honours(ImportTable):
    """荣誉台账: who was commended, for what, by whom, when."""

    code = "honours"
    title = "荣誉台账"
    hint = "一行一项荣誉；获得者写党员姓名、党组织名称或单位名称。先导入党员花名册。"
    permission = "members.import_roster"
    order = 7
    resource = HonourResource
    required = ("获得者", "荣誉名称", "授予时间")
    problems = {
        "": {
            Problem.DATE_INVALID: ("DATE_INVALID", REJECT),
            Problem.DATE_UNKNOWN: ("DATE_INVALID", REJECT),
            Problem.DATE_AMBIGUOUS: ("DATE_AMBIGUOUS", REJECT),
        }
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(self, as_of).plan([row for _, row in self.cleaned(sheets)])

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        new = [plan for plan in plans if plan.honour is None]
        for plan in new:
            plan.honour = Honour(
                organization=plan.organization,
                member=plan.member,
                unit_name=plan.unit_name,
                kind=Honour.Kind.PERSON if plan.member else Honour.Kind.GROUP,
            )
            _put(plan)
        journal.create(plan.honour for plan in new if plan.honour)
        changed = [plan for plan in plans if plan.changes and plan not in new]
        for plan in changed:
            if plan.honour:
                journal.watch(plan.honour)
                _put(plan)
                plan.honour.version += 1
        journal.update([p.honour for p in changed if p.honour], [*CHANGEABLE, "version"])


class _Planner:
    """Finds who was commended in each row, and honours that are stored already."""

    def __init__(self, table: Honours, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [column for column in table.columns if column.attribute]
        self.places = finder_in_scope()
        self.top = organizations_in_scope().order_by("path").first()
        self.people: dict[str, list[Member]] = defaultdict(list)
        for member in Member.objects.select_related("branch").order_by("pk"):
            self.people[member.name].append(member)
        self.honours = {
            (row.organization_id, row.member_id, row.unit_name, row.title, row.awarded_on): row
            for row in Honour.objects.order_by("pk")
        }

    def plan(self, rows: list[Row]) -> list[Row]:
        seen: dict[tuple[object, ...], Row] = {}
        for row in rows:
            self._check(row)
            if not row.is_rejected:
                self._compare(row, seen)
        return rows

    def _check(self, row: Row) -> None:
        row.label = str(row.get("获得者") or "")
        awarded: PartialDate | None = row.get("授予时间")
        if not row.get("荣誉名称"):
            row.reject("NAME_MISSING", "没有荣誉名称")
        if awarded and awarded.date > self.as_of:
            row.reject("DATE_FUTURE", f"“授予时间”{awarded} 晚于 {self.as_of}")
        elif awarded is None and not row.is_rejected:
            row.reject("DATE_INVALID", "没有授予时间")
        if row.get("级别") is None:
            row.reject("LEVEL_UNKNOWN", "级别要写国家级、省级、市级、县级或本级")
        place = self._place(row)
        if place is not None:
            self._find_winner(row, place)

    def _place(self, row: Row) -> PartyOrganization | None:
        named = row.get("所在党支部")
        if not named:
            if self.top is None:
                row.reject("BRANCH_UNKNOWN", "没有写党支部")
            return self.top
        found = self.places.find(named)
        if found is None:
            row.reject("BRANCH_UNKNOWN", f"没有找到党支部“{named}”，或它不在本次导入的范围之内")
            return None
        return found.item

    def _find_winner(self, row: Row, place: PartyOrganization) -> None:
        said = str(row.get("获得者") or "")
        people = self.people.get(clean_name(said), [])
        own = [person for person in people if person.branch.path.startswith(place.path)]
        organization = self.places.exact(said) if said else None
        if not said:
            row.reject("PERSON_UNKNOWN", "没有写获得者")
        elif len(own) > 1:
            row.reject("PERSON_AMBIGUOUS", f"“{said}”有 {len(own)} 人，请写明党支部")
        elif own:
            row.plan = Plan(own[0].branch if not row.get("所在党支部") else place, own[0])
        elif organization is not None:
            row.plan = Plan(organization)
        elif people:
            row.reject("PERSON_BRANCH_MISMATCH", f"“{said}”不在“{place.label}”，请核对党支部")
        else:
            row.plan = Plan(place, unit_name=said[:LONG])
            if not row.is_rejected:
                row.remark("PERSON_UNKNOWN", f"“{said}”不在花名册和党组织名册里，按单位或集体登记")

    def _compare(self, row: Row, seen: dict[tuple[object, ...], Row]) -> None:
        plan: Plan = row.plan
        key = (
            plan.organization.pk,
            plan.member.pk if plan.member else None,
            plan.unit_name,
            str(row.get("荣誉名称"))[:LONG],
            row.get("授予时间").date,
        )
        if key in seen:
            first = seen[key].record
            row.reject(
                "DUP_ENTRY", f"与{first.sheet}第 {first.number} 行是同一项荣誉，没有重复导入"
            )
            return
        seen[key] = row
        plan.honour = self.honours.get(key)
        told = [(c, row.get(c.title)) for c in self.columns if row.get(c.title) is not None]
        if plan.honour is None:
            row.outcome = CREATED
            plan.changes = told
            return
        for column, new in told:
            old = column.get_value(plan.honour)
            if column.attribute in CHANGEABLE and new != old:
                plan.changes.append((column, new))
                row.differences.append(
                    (column.title, column.export(plan.honour), column.widget.render(new))
                )
                row.outcome = CHANGED


def _put(plan: Plan) -> None:
    for column, value in plan.changes:
        column.put(plan.honour, value[:LONG] if isinstance(value, str) else value)
