"""Tables in: the contract of an import and the way every file takes.

A file is read in a guarded child process, its headings are recognised, each row is cleaned and
compared with what is stored, and only then anything is written: good rows in one transaction, wrong
rows back with remarks. A journal makes the whole batch undoable. An import is one class,
`ImportTable`; its columns are the fields of a django-import-export Resource.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django.db import models
from import_export.resources import Resource

from partybuild import values
from partybuild.cells import CellProblem, Column
from partybuild.registry import Registry
from partybuild.sheets import DataSheet, Record, Required, recognise
from partybuild.tables import TableRefused, read_tables
from partybuild.values import Problem

CREATED, CHANGED, UNCHANGED, REJECTED = "created", "changed", "unchanged", "rejected"
REJECT, WARN, NOTE = "reject", "warn", "note"
SHOWN_ROWS = 200


class ImportRefused(Exception):
    """The whole file is not taken; str() says why and what to do, in plain Chinese."""


@dataclass(frozen=True)
class Remark:
    """What is to be said about a row: a code for machines, a reason for people, how grave it is."""

    code: str
    reason: str
    level: str


@dataclass
class Row:
    """One row on its way in.

    `values` holds the cleaned values by column title, `label` names what the row is about,
    `differences` are (title, old, new) as shown. `plan` is the table's own idea of what to write.
    """

    record: Record
    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    label: str = ""
    outcome: str = UNCHANGED
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    plan: Any = None

    def remark(self, code: str, reason: str, level: str = WARN) -> None:
        """Say something about the row; what is said twice under one code becomes one remark."""
        for place, said in enumerate(self.remarks):
            if said.code == code:
                graver = REJECT if REJECT in {said.level, level} else said.level
                self.remarks[place] = Remark(code, f"{said.reason}；{reason}", graver)
                return
        self.remarks.append(Remark(code, reason, level))

    def reject(self, code: str, reason: str) -> None:
        self.remark(code, reason, REJECT)

    def has(self, code: str) -> bool:
        """Tell whether something was said under this code."""
        return any(remark.code == code for remark in self.remarks)

    @property
    def is_rejected(self) -> bool:
        return any(remark.level == REJECT for remark in self.remarks)

    def get(self, title: str) -> Any:
        """Return the cleaned value of a column, None when it is blank, wrong or not in the file."""
        return self.values.get(title)


@dataclass
class Reading:
    """What was found in a file: tables, and sheets that were left out with the reason."""

    sheets: list[DataSheet]
    skipped: list[tuple[str, str]]


class ImportTable:
    """导入表: one kind of list that comes in as a file; defining the class registers it."""

    code: ClassVar[str]
    # Other names for the same table, for those who tell layouts apart.
    also: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str]
    # What the page says about the files that fit.
    hint: ClassVar[str] = ""
    permission: ClassVar[str]
    # Tables stand in the order in which they are to come in.
    order: ClassVar[int] = 1
    resource: ClassVar[type[Resource]]
    # The columns without which a sheet is not this table.
    required: ClassVar[Required]
    # Problem of a cell -> (code, level), for columns by title; "" for every column.
    problems: ClassVar[dict[str, dict[Problem, tuple[str, str]]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            import_tables.add(cls.code, cls())

    @property
    def columns(self) -> list[Column]:
        return cast("list[Column]", list(self.resource().get_import_fields()))

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        """Clean, check and compare every row with what is stored in the open scope; write nothing."""
        raise NotImplementedError

    def write(self, rows: Sequence[Row], journal: Any, *, as_of: dt.date) -> None:
        """Write the rows that are not rejected, through the journal."""
        raise NotImplementedError

    def settled(self, rows: Sequence[models.Model]) -> dict[models.Model, str]:
        """Return which of the rows that an import wrote may not be taken back any more, and why."""
        return {}

    def cleaned(self, sheets: Iterable[DataSheet]) -> Iterator[tuple[DataSheet, Row]]:
        """Yield a row for each record, its cells cleaned and what is wrong with them remarked."""
        columns = self.columns
        for sheet in sheets:
            present = [column for column in columns if sheet.has(column.title)]
            for record in sheet.records:
                row = Row(record)
                for column in present:
                    self._clean(row, column)
                yield sheet, row

    def _clean(self, row: Row, column: Column) -> None:
        record = row.record
        if column.title in record.formulas and record.get(column.title) is None:
            row.remark("FORMULA_NO_VALUE", f"“{column.title}”是公式，没有算出的值，留空")
            return
        if column.free:
            self._note_formulas(row, column)
        try:
            value = column.clean(record.cells)
        except CellProblem as problem:
            self._remark_problem(row, column, problem)
            return
        if value is not None and not self._fits(row, column, value):
            return
        row.values[column.title] = value

    def _note_formulas(self, row: Row, column: Column) -> None:
        if column.title in row.record.formulas:
            row.remark("FORMULA_IN_TEXT", f"“{column.title}”是公式，只保存它显示的文字", NOTE)
        elif values.looks_like_formula(row.record.get(column.title)):
            row.remark(
                "INJECTION_TEXT", f"“{column.title}”像公式，按普通文字保存，导出时不会执行", NOTE
            )

    def _remark_problem(self, row: Row, column: Column, found: CellProblem) -> None:
        known = {**self.problems.get("", {}), **self.problems.get(column.title, {})}
        code, level = known.get(found.problem, (found.problem.name, WARN))
        reason = problem_words(found.problem).format(title=column.title, shown=found.shown)
        row.remark(code, reason, level)

    def _fits(self, row: Row, column: Column, value: Any) -> bool:
        longest = longest_text(self.resource._meta.model, column.attribute)
        if not isinstance(value, str) or longest is None or len(value) <= longest:
            return True
        row.reject("TEXT_TOO_LONG", f"“{column.title}”有 {len(value)} 个字，最多 {longest} 个字")
        return False


import_tables: Registry[ImportTable] = Registry("导入表")


def tables_in_order() -> list[ImportTable]:
    """Return all tables, those first on which others stand."""
    return sorted(import_tables, key=lambda table: (table.order, table.code))


def find_table(name: str) -> ImportTable | None:
    """Return the table of this code or other name."""
    return next((t for t in import_tables if name == t.code or name in t.also), None)


def longest_text(model: type[models.Model] | None, attribute: str | None) -> int | None:
    """Return how many characters a column of a model holds, None when it does not say."""
    if model is None or attribute not in {column.name for column in model._meta.fields}:
        return None
    return getattr(model._meta.get_field(attribute), "max_length", None)


PROBLEM_WORDS = {
    Problem.DATE_INVALID: "“{title}”填的“{shown}”不是有效的日期",
    Problem.DATE_UNKNOWN: "“{title}”填的是“{shown}”，留空",
    Problem.DATE_AMBIGUOUS: "“{title}”填的“{shown}”可以有两种读法，留空；请写成 2018-05-12 这样",
    Problem.PHONE_FORMAT: "“{title}”位数不对，没有保存",
    Problem.SEX_UNKNOWN: "“{title}”填的“{shown}”认不出来，留空",
    Problem.ETHNIC_UNKNOWN: "“{title}”填的“{shown}”不在 56 个民族之内，留空",
    Problem.NUMBER_TEXT: "“{title}”填的“{shown}”不是数字，留空",
}


def problem_words(problem: Problem) -> str:
    """Return the sentence about a problem of a cell, with {title} and {shown} to fill in."""
    return PROBLEM_WORDS.get(problem, "“{title}”填的“{shown}”有问题")


# --- reading ---------------------------------------------------------------------------------


def read_file(table: ImportTable, data: bytes, file_name: str) -> Reading:
    """Read a file and find the table in its sheets; ImportRefused says why it is not taken."""
    try:
        raw = read_tables(data, file_name)
    except TableRefused as refused:
        raise ImportRefused(refused.reason) from refused
    sheets: list[DataSheet] = []
    skipped: list[tuple[str, str]] = []
    needed = "、".join(f"“{one if isinstance(one, str) else one[0]}”" for one in table.required)
    for sheet in raw:
        found = None if sheet.hidden else recognise(sheet, table.columns, table.required)
        if sheet.hidden:
            skipped.append((sheet.name, "隐藏的工作表，没有读取；需要导入请先取消隐藏"))
        elif found is None:
            skipped.append((sheet.name, f"没有找到含有{needed}的表头，没有读取"))
        else:
            sheets.append(found)
    if not sheets:
        raise ImportRefused(
            f"文件里没有找到{table.title}：没有一张可见的工作表有含{needed}的表头。"
            "没有导入任何内容，请核对文件或导入表的种类。"
        )
    return Reading(sheets, skipped)


# --- what became of it -----------------------------------------------------------------------


def outcome_of(reading: Reading, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what became (or would become) of every row, as plain values for page and command."""
    good = [row for row in rows if not row.is_rejected]
    counts = Counter(row.outcome for row in good)
    told = {
        "created": counts[CREATED],
        "changed": counts[CHANGED],
        "unchanged": counts[UNCHANGED],
        "rejected": _remarks((row for row in rows if row.is_rejected), {REJECT, WARN, NOTE}),
        "warned": _remarks(good, {WARN}),
        "noted": _remarks(good, {NOTE}),
        "skipped": [{"sheet": sheet, "reason": reason} for sheet, reason in reading.skipped],
        "columns": [_columns_of(sheet) for sheet in reading.sheets],
        "rejected_rows": sum(row.is_rejected for row in rows),
        "new": _labels(row for row in good if row.outcome == CREATED),
        "differences": [
            {
                "sheet": row.record.sheet,
                "row": row.record.number,
                "who": row.label,
                "fields": row.differences,
            }
            for row in good
            if row.outcome == CHANGED
        ][:SHOWN_ROWS],
    }
    return cast("dict[str, Any]", _storable(told))


def _storable(value: Any) -> Any:
    """Drop characters that no database stores; they can only come from a strange file."""
    if isinstance(value, str):
        return values.CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value


def _remarks(rows: Iterable[Row], levels: Collection[str]) -> list[dict[str, Any]]:
    """Return one entry per row and code, the gravest first."""
    order = [REJECT, WARN, NOTE]
    return [
        {
            "sheet": row.record.sheet,
            "row": row.record.number,
            "code": remark.code,
            "reason": remark.reason,
            "who": row.label,
        }
        for row in rows
        for remark in sorted(row.remarks, key=lambda remark: order.index(remark.level))
        if remark.level in levels
    ]


def _labels(rows: Iterable[Row]) -> list[dict[str, Any]]:
    found = [{"sheet": r.record.sheet, "row": r.record.number, "who": r.label} for r in rows]
    return found[:SHOWN_ROWS]


def _columns_of(sheet: DataSheet) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "rows": len(sheet.records),
        "known": list(sheet.columns.values()),
        "strange": sheet.strange,
        "hidden": sheet.hidden,
    }
