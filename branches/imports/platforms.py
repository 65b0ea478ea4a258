"""服务平台登记表: platforms, windows and units, and which party organisation covers them."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from import_export.resources import Resource
from import_export.widgets import Widget

from branches.models import Coverage, PartyOrganization, ServicePlatform
from branches.queries.organizations import finder_in_scope, organizations_in_scope
from partybuild import paths
from partybuild.cells import (
    Column,
    NameWidget,
    ParsedWidget,
    PartialDateWidget,
    WordWidget,
    number_of,
)
from partybuild.imports import CHANGED, CREATED, NOTE, REJECT, WARN, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet
from partybuild.values import PartialDate, Problem, clean_text, is_blank

Kind, Level, Way = ServicePlatform.Kind, ServicePlatform.Level, Coverage.Way
BLANK = "blank"
DATE_WORD = "(时间|日期|年月日?)"
NO_AREA = "未注明区域"

KIND_WORDS = {
    "(公共|法律|便民|政务)*(服务)?(平台|中心|站点?|工作站)|实体平台": Kind.PLATFORM,
    "(服务|办事|政务|公证|法援)*窗口": Kind.WINDOW,
    "(服务)?网点": Kind.OUTLET,
    "社会团体|社团|协会|商会|学会": Kind.SOCIAL_GROUP,
    "基金会": Kind.FOUNDATION,
    "民办非企业(单位)?|民非|社会服务机构": Kind.PRIVATE_NON_ENTERPRISE,
    "律师(事务)?所|律所": Kind.LAW_FIRM,
    "会计师(事务)?所": Kind.ACCOUNTING_FIRM,
    "税务师(事务)?所": Kind.TAX_FIRM,
    "(非公(有制)?)?(企业|公司)": Kind.ENTERPRISE,
    "其他(单位)?|其它": Kind.OTHER,
}
# What a name ends in tells the kind where the file does not.
NAME_ENDINGS = (
    ("窗口", Kind.WINDOW),
    ("网点", Kind.OUTLET),
    ("协会|商会|学会|联合会", Kind.SOCIAL_GROUP),
    ("基金会", Kind.FOUNDATION),
    ("律师(事务)?所", Kind.LAW_FIRM),
    ("会计师(事务)?所(有限公司)?", Kind.ACCOUNTING_FIRM),
    ("税务师(事务)?所(有限公司)?", Kind.TAX_FIRM),
    ("公司|厂", Kind.ENTERPRISE),
)
LEVEL_WORDS = {
    "(地)?市(本)?级?": Level.CITY,
    "(县|区|旗|县级市)级?|县[(（]?(市|区|、|/|,|，)+[)）]?级?|区县级?": Level.COUNTY,
    "(乡|镇|街道?|乡镇|镇街|乡镇街道)级?|乡[(（]?(镇|街道?|、|/|,|，)+[)）]?级?": Level.TOWN,
}
WAY_WORDS = {
    "(已)?(单独|独立|单)(组建|建立?)(党组织|党支部)?|独立党支部|单建": Way.OWN,
    "(已)?(联合|联)(组建|建立?)(党组织|党支部)?|联合(党)?支部|联建": Way.JOINT,
    "(选)?派(驻)?(党建)?(工作)?指导员|(党建)?指导员(覆盖)?": Way.INSTRUCTOR,
    "空白|无|没有|未(覆盖|建立?|组建)(党组织)?|否": BLANK,
}
YES_WORDS = {
    "是|已|达标|已达标|标准化|√|1|Y": True,
    "否|未|未达标|非标准化|不达标|×|0|N": False,
}


class DayWidget(PartialDateWidget):
    """A day; the columns keep no precision, so what is known only to the month is remarked."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


def _words(words: dict[str, Any], choices: Any) -> Widget:
    return WordWidget(words, dict(choices.choices))


class PlatformResource(Resource):
    """服务平台登记表."""

    name = Column(
        "name",
        "名称",
        "(服务)?(平台|窗口|网点|单位|机构|站点|两新组织|社会组织)(的)?(名称|全称)|名称|(服务)?(平台|窗口|网点)",
        widget=NameWidget(),
        free=True,
    )
    code = Column("code", "编号", "(平台|单位|窗口|网点)?(编号|编码|代码)|统一社会信用代码")
    area = Column(
        "area", "区域", "(所在|所属)?(区域|县区|区县|县市区|县[(（]市、?区[)）]|地区|辖区)"
    )
    level = Column(
        "level",
        "层级",
        "(平台|所属|行政)?(层级|级别|级次)",
        widget=_words(LEVEL_WORDS, Level),
    )
    kind = Column(
        "kind",
        "类别",
        "(平台|单位|组织|机构)?(类别|类型|性质)",
        widget=_words(KIND_WORDS, Kind),
    )
    organization = Column(
        None,
        "主管党组织",
        "(主管|管理|归口|责任|所属|隶属|上级)(的)?(党组织|党委|党支部|支部)(名称)?",
    )
    standard = Column(
        "is_standard",
        "标准化",
        "(是否)?(达到)?(标准化|规范化|标准化规范化)(平台|建设|要求)?|(是否)?达标",
        widget=WordWidget(YES_WORDS, {True: "是", False: "否"}),
    )
    standard_since = Column(
        "standard_since", "达标日期", f"(标准化)?(达标|验收|创建){DATE_WORD}", widget=DayWidget()
    )
    way = Column(
        None,
        "覆盖方式",
        "(党(的)?组织|党建)?(覆盖|组建|建立)(方式|形式|类型|情况|党组织情况)|是否(建立|有)党组织",
        widget=WordWidget(WAY_WORDS, {**dict(Way.choices), BLANK: "空白"}),
    )
    coverer = Column(
        None, "覆盖党组织", "(覆盖|所建|建立的?|联建)(的)?(党组织|党支部)(名称)?|党组织名称"
    )
    instructor = Column(
        None, "指导员", "(党建)?(工作)?指导员(姓名)?", widget=NameWidget(), free=True
    )
    covered_since = Column(
        None, "覆盖日期", f"(党组织)?(覆盖|组建|建立|成立){DATE_WORD}", widget=DayWidget()
    )
    staff_count = Column(
        "staff_count",
        "从业人员数",
        "(从业|工作|在岗|职工)(人员)?(总)?(人?数|数量)|职工数",
        widget=ParsedWidget(number_of),
    )
    member_count = Column(
        "member_count",
        "党员数",
        "(其中)?(中共)?党员(总)?(人?数|数量)",
        widget=ParsedWidget(number_of),
    )
    opened_on = Column(
        "opened_on", "启用日期", f"(启用|设立|开办|建成|登记){DATE_WORD}", widget=DayWidget()
    )
    note = Column("note", "备注", "备注(说明)?|说明", free=True)

    class Meta:
        model = ServicePlatform


@dataclass
class Plan:
    """What is to be written for one row."""

    organization: PartyOrganization
    kind: str = Kind.PLATFORM
    platform: ServicePlatform | None = None  # a stored one, None for a new one
    changes: list[tuple[str, object]] = field(default_factory=list)
    ends: Coverage | None = None
    ends_on: dt.date | None = None
    begins: Coverage | None = None


class Platforms(ImportTable):
    """服务平台登记表: platforms with level, standard and coverage."""

    code = "platforms"
    also = ("branches.platforms",)
    title = "服务平台登记表"
    hint = "一行一个平台、窗口、网点或两新组织单位；要有“名称”和“层级”两列。先导入党组织。"
    permission = "branches.change_platform"
    order = 4
    resource = PlatformResource
    required = ("名称", "层级")
    problems = {
        "": {
            Problem.DATE_INVALID: ("DATE_INVALID", REJECT),
            Problem.DATE_AMBIGUOUS: ("DATE_AMBIGUOUS", REJECT),
            Problem.NUMBER_TEXT: ("NUMBER_TEXT", WARN),
        }
    }

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(self, as_of).plan([row for _, row in self.cleaned(sheets)])

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        new = [plan for plan in plans if plan.platform is None]
        stored = [plan for plan in plans if plan.platform is not None]
        for plan in new:
            plan.platform = ServicePlatform(organization=plan.organization)
            _put(plan)
        journal.create(plan.platform for plan in new if plan.platform)
        changed = [plan for plan in stored if plan.changes or plan.ends or plan.begins]
        for plan in changed:
            if plan.platform:
                journal.watch(plan.platform)
                _put(plan)
                plan.platform.version += 1
        columns = {name for plan in changed for name, _ in plan.changes}
        platforms = [plan.platform for plan in changed if plan.platform]
        journal.update(platforms, [*sorted(columns), "version"])
        self._write_coverages(plans, journal)

    def _write_coverages(self, plans: Sequence[Plan], journal: Journal) -> None:
        for plan in plans:
            if plan.ends:
                journal.watch(plan.ends)
                plan.ends.ended_on = plan.ends_on
            if plan.begins and plan.platform:
                plan.begins.platform = plan.platform
        journal.update([plan.ends for plan in plans if plan.ends], ["ended_on"])
        journal.create(plan.begins for plan in plans if plan.begins)


class _Planner:
    """Finds the organisations of each row and the platform that is stored already."""

    def __init__(self, table: Platforms, as_of: dt.date) -> None:
        self.as_of = as_of
        self.columns = [column for column in table.columns if column.attribute]
        self.places = finder_in_scope()
        self.default = _only_top()
        self.by_code: dict[tuple[int, str], ServicePlatform] = {}
        self.by_name: dict[tuple[int, str, str], ServicePlatform] = {}
        stored = ServicePlatform.objects.filter(closed_on__isnull=True)
        for platform in stored.order_by("pk"):
            if platform.code:
                self.by_code[platform.organization_id, platform.code] = platform
            self.by_name[platform.organization_id, platform.area, platform.name] = platform
        open_ones = Coverage.objects.filter(ended_on__isnull=True).select_related("organization")
        self.covered = {coverage.platform_id: coverage for coverage in open_ones}

    def plan(self, rows: list[Row]) -> list[Row]:
        seen: dict[tuple[object, ...], Row] = {}
        for row in rows:
            self._check(row)
            if not row.is_rejected:
                self._find_stored(row, seen)
            if not row.is_rejected:
                self._cover(row)
            if not row.is_rejected:
                self._compare(row)
        return rows

    def _check(self, row: Row) -> None:
        row.label = row.get("名称") or ""
        if not row.label:
            row.reject("NAME_MISSING", "没有名称")
        if row.get("层级") is None:
            self._unknown(row, "层级", "LEVEL", "市、县（市、区）、乡（镇、街道）")
        if row.get("类别") is None and not is_blank(row.record.get("类别")):
            self._unknown(row, "类别", "KIND", "服务平台、窗口、网点或单位的类别")
        if row.get("覆盖方式") is None and not is_blank(row.record.get("覆盖方式")):
            self._unknown(row, "覆盖方式", "WAY", "单建、联建、派指导员、空白")
        for title in ("启用日期", "达标日期", "覆盖日期"):
            self._check_day(row, title)
        if not row.get("区域"):
            row.values["区域"] = NO_AREA
            row.remark("AREA_MISSING", f"没有写区域，按“{NO_AREA}”登记", NOTE)
        self._find_place(row)

    def _unknown(self, row: Row, title: str, code: str, words: str) -> None:
        cell = row.record.get(title)
        if is_blank(cell):
            row.reject(f"{code}_MISSING", f"没有写{title}")
        else:
            row.reject(f"{code}_UNKNOWN", f"{title}“{clean_text(cell)[:40]}”不在{words}之内")

    def _check_day(self, row: Row, title: str) -> None:
        day: PartialDate | None = row.get(title)
        if day is None:
            return
        if day.date > self.as_of:
            row.reject("DATE_FUTURE", f"“{title}”{day} 晚于 {self.as_of}")
        if day.precision != "day":
            row.remark("DATE_PARTIAL", f"“{title}”只写到 {day}，按 {day.date} 登记", NOTE)
        row.values[title] = day.date

    def _find_place(self, row: Row) -> None:
        named = clean_text(row.record.get("主管党组织") or "")
        found = self.places.find(named) if not is_blank(named) else None
        place = found.item if found else None
        if is_blank(named) and self.default:
            place = self.default
            row.remark("ORG_DEFAULT", f"没有写主管党组织，按“{place.label}”登记", NOTE)
        if place is None:
            row.reject(
                "ORG_UNKNOWN", f"没有找到主管党组织“{named[:40]}”，或它不在本次导入的范围之内"
            )
            return
        row.plan = Plan(place, kind=row.get("类别") or _kind_of(row.label))

    def _find_stored(self, row: Row, seen: dict[tuple[object, ...], Row]) -> None:
        plan: Plan = row.plan
        place, code = plan.organization.pk, row.get("编号") or ""
        named = (place, row.get("区域"), row.label)
        keys = {named} | ({(place, code)} if code else set())
        for key in keys & seen.keys():
            first = seen[key].record
            row.reject("DUP_ENTRY", f"与{first.sheet}第 {first.number} 行是同一个，没有重复导入")
            return
        seen.update(dict.fromkeys(keys, row))
        by_name = self.by_name.get(named)
        plan.platform = self.by_code.get((place, code)) if code else None
        if plan.platform is None and by_name and not (code and by_name.code):
            plan.platform = by_name
        elif plan.platform is None and by_name:
            row.reject(
                "CODE_CONFLICT",
                f"“{row.label}”已经登记，编号是“{by_name.code}”，与这一行的“{code}”不同",
            )

    def _cover(self, row: Row) -> None:
        """Tell which coverage ends and which begins."""
        plan: Plan = row.plan
        said = self._coverage_said(row)
        if said is None or row.is_rejected:
            return
        now = self.covered.get(plan.platform.pk) if plan.platform else None
        if _same(now, said):
            return
        day: dt.date | None = row.get("覆盖日期")
        if now:
            plan.ends, plan.ends_on = now, day or self.as_of
            if now.started_on and plan.ends_on and plan.ends_on <= now.started_on:
                row.reject(
                    "COVER_ORDER",
                    f"已经登记 {now.started_on} 起{now.get_way_display()}，新的覆盖日期要在它之后",
                )
                return
            day = plan.ends_on
        if said.way:
            said.started_on = day
            plan.begins = said
        row.differences.append(("覆盖", _told(now), _told(said)))

    def _coverage_said(self, row: Row) -> Coverage | None:
        """Return what a row says of the coverage, way '' for 空白, None where it says nothing."""
        way, instructor = row.get("覆盖方式"), row.get("指导员") or ""
        named = clean_text(row.record.get("覆盖党组织") or "")
        if way is None and instructor:
            way = Way.INSTRUCTOR
        if way is None:
            if not is_blank(named):
                row.remark("WAY_MISSING", "写了覆盖党组织，没有写覆盖方式，覆盖没有登记")
            return None
        if way == BLANK:
            return Coverage(way="")
        if way == Way.INSTRUCTOR:
            if not instructor:
                row.reject("INSTRUCTOR_MISSING", "覆盖方式是派指导员，没有写指导员姓名")
            return Coverage(way=way, instructor=instructor)
        found = self.places.find(named) if not is_blank(named) else None
        if found is None:
            row.reject(
                "COVER_UNKNOWN",
                f"没有找到覆盖党组织“{named[:40]}”，或它不在本次导入的范围之内",
            )
        return Coverage(way=way, organization=found.item if found else None)

    def _compare(self, row: Row) -> None:
        plan: Plan = row.plan
        stored = plan.platform
        if stored is None:
            row.outcome, row.differences = CREATED, []
            plan.changes = [("kind", plan.kind)]
        for column in self.columns:
            new, name = row.get(column.title), str(column.attribute)
            if new is None:
                continue
            old = getattr(stored, name) if stored else None
            if stored is None:
                plan.changes.append((name, new))
            elif new != old:
                plan.changes.append((name, new))
                row.differences.append(
                    (column.title, column.widget.render(old), column.widget.render(new))
                )
        if stored and (plan.changes or plan.ends or plan.begins):
            row.outcome = CHANGED


def _only_top() -> PartyOrganization | None:
    """Return the one organisation above all others in scope, None where there are several."""
    rows = list(organizations_in_scope().order_by("path"))
    if rows and all(paths.covers(rows[0].path, one.path) for one in rows):
        return rows[0]
    return None


def _kind_of(name: str) -> str:
    return next((k for ending, k in NAME_ENDINGS if re.search(f"({ending})$", name)), Kind.PLATFORM)


def _put(plan: Plan) -> None:
    for name, value in plan.changes:
        setattr(plan.platform, name, value)


def _same(now: Coverage | None, said: Coverage) -> bool:
    if now is None:
        return not said.way
    return (now.way, now.organization_id, now.instructor) == (
        said.way,
        said.organization_id,
        said.instructor,
    )


def _told(coverage: Coverage | None) -> str:
    if coverage is None or not coverage.way:
        return "空白"
    by = coverage.instructor or (coverage.organization.label if coverage.organization else "")
    return f"{coverage.get_way_display()}（{by}）"
