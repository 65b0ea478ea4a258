"""Forms of the yearly appraisal: its frame, the grid of ballots and grades, one member."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from activities.models import Activity, Appraisal, AppraisalEntry
from activities.queries.appraisals import Participant, meetings_to_link
from activities.services.appraisals import CellChange
from branches.models import PartyOrganization
from members.forms.dates import TypedDayField
from partybuild.grids import PREFIX, Cell, Grid

Grade = AppraisalEntry.Grade
MOST_VOTES = 9999
NOTE_LENGTH = 200
# What people type for a grade: the word, or as much of it as tells it apart.
GRADE_WORDS = {
    **dict.fromkeys(("优秀", "优"), Grade.EXCELLENT),
    **dict.fromkeys(("合格", "合"), Grade.QUALIFIED),
    **dict.fromkeys(("基本合格", "基本", "基"), Grade.BASIC),
    **dict.fromkeys(("不合格", "不合"), Grade.UNQUALIFIED),
    **dict.fromkeys(("不定等次", "不定"), Grade.NONE),
}
NOTHING = {"", "-", "—", "/", "无"}


def votes_field(column: str) -> forms.IntegerField:
    """Return a field for a number of ballots or people."""
    model_field: Any = (
        AppraisalEntry if column in AppraisalEntry.COUNTS else Appraisal
    )._meta.get_field(column)
    return forms.IntegerField(
        label=model_field.verbose_name,
        required=False,
        min_value=0,
        max_value=MOST_VOTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 5}),
        error_messages={
            "invalid": "请填写整数。",
            "min_value": "不能小于 0。",
            "max_value": "这个数太大，请核对。",
        },
    )


class AppraisalForm(forms.Form):
    """The frame of an appraisal: when, in which meeting, how many ballots."""

    held_on = TypedDayField(
        label="评议日期", may_be_future=True, help_text="按这一天的名册确定参加评议的党员。"
    )
    activity: Any = forms.ModelChoiceField(
        label="对应的会议",
        queryset=Activity.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="（不对应）",
        help_text="已记录的组织生活会或民主评议会议；选了，参加测评人数按到会人数算。",
    )
    present = votes_field("present")
    issued = votes_field("issued")
    received = votes_field("received")
    note = forms.CharField(label="备注", max_length=300, required=False)

    def __init__(self, *args: Any, branch: PartyOrganization, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = meetings_to_link(branch, year)  # type: ignore[attr-defined]
        self.fields["present"].help_text = "对应的会议有到会人数的，可不填。"


class CorrectAppraisalForm(AppraisalForm):
    """The same with how far it is."""

    state = forms.ChoiceField(
        label="进展",
        choices=Appraisal.State.choices,
        help_text="评定完等次，选“已完成”；党员本人就能看到自己的等次。",
    )
    field_order = ("state", "held_on", "activity", "present", "issued", "received", "note")


class AppraisalYearForm(forms.Form):
    """Which year a page is about."""

    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=2000,
        max_value=2999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "请写成 2026 这样。"),
    )

    def year_or(self, running: int) -> int:
        """Return the year that was asked for, the running one without."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get("year") or running


def words_field(column: str, help_text: str = "") -> forms.CharField:
    """Return a field for somebody's words: kept out of drafts."""
    model_field: Any = AppraisalEntry._meta.get_field(column)
    return forms.CharField(
        label=model_field.verbose_name,
        max_length=5000,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4, "data-private": ""}),
    )


class ResultForm(forms.Form):
    """Everything about one member."""

    own_grade = forms.ChoiceField(
        label="自评等次",
        required=False,
        choices=[("", "不填"), *(one for one in Grade.choices if one[0] != Grade.NONE)],
    )
    statement = words_field("statement", "加密保存，只有支部看得到。")
    peer_notes = words_field("peer_notes")
    excellent = votes_field("excellent")
    qualified = votes_field("qualified")
    basic = votes_field("basic")
    unqualified = votes_field("unqualified")
    abstained = votes_field("abstained")
    grade = forms.ChoiceField(
        label="组织评定等次", required=False, choices=[("", "还没有评定"), *Grade.choices]
    )
    note = forms.CharField(
        label="备注", max_length=NOTE_LENGTH, required=False, help_text="不定等次的，写明原因。"
    )


# --- the grid ------------------------------------------------------------------------------------

COLUMNS = ("own_grade", *AppraisalEntry.COUNTS, "grade", "note")
TITLES = {
    "own_grade": "自评",
    "excellent": "优秀票",
    "qualified": "合格票",
    "basic": "基本合格票",
    "unqualified": "不合格票",
    "abstained": "弃权",
    "grade": "评定等次",
    "note": "备注",
}
TEXT = {"own_grade", "grade", "note"}


class UnreadableCell(ValueError):
    """What was typed is no number or grade; str() says so in Chinese."""


@dataclass
class GridRow:
    """One member of the grid."""

    person: Participant
    cells: list[Cell]


class AppraisalGrid(Grid):
    """Ballots and grades of everybody who takes part."""

    def __init__(
        self, people: Iterable[Participant], posted: Mapping[str, str] | None = None
    ) -> None:
        rows = [GridRow(one, [self._cell(one, column) for column in COLUMNS]) for one in people]
        self.members = {row.person.member.pk: row.person.member for row in rows}
        super().__init__(rows, posted)

    def _cell(self, person: Participant, column: str) -> Cell:
        member = person.member
        stored = getattr(person.entry, column) if person.entry else None
        return Cell(
            key=(member.pk, column),
            name=f"{PREFIX}{member.public_id}-{column}",
            label=f"{member.name} {TITLES[column]}",
            column=column,
            is_open=column != "grade" or person.is_full,
            due=str(Grade.QUALIFIED.label) if column == "grade" else "",
            was=self.shown(stored),
            word="text" if column in TEXT else "",
        )

    def shown(self, value: Any) -> str:
        return str(Grade(value).label) if value in Grade.values else super().shown(value)

    def changes(self) -> list[CellChange]:
        found = []
        for cell, was in self.posted_cells():
            member, column = cell.key
            try:
                value, held = read_cell(cell.text, column), read_cell(was, column)
            except UnreadableCell as problem:
                cell.problem = str(problem)
                continue
            found.append(CellChange(self.members[member], column, value, held))
        return found


def read_cell(text: str, column: str) -> Any:
    """Return what a cell says: a number or None, a grade, a note; UnreadableCell otherwise."""
    said = unicodedata.normalize("NFKC", text).strip()
    if column == "note":
        if len(said) > NOTE_LENGTH:
            raise UnreadableCell(f"备注最多 {NOTE_LENGTH} 个字。")
        return text.strip()
    if column in AppraisalEntry.COUNTS:
        number = said.removesuffix("票").strip()
        if number in NOTHING:
            return None
        if not (number.isascii() and number.isdecimal() and int(number[:6]) <= MOST_VOTES):
            raise UnreadableCell(f"“{said}”不是票数，请填写整数。")
        return int(number)
    if said in NOTHING:
        return ""
    if said not in GRADE_WORDS or (column == "own_grade" and GRADE_WORDS[said] == Grade.NONE):
        raise UnreadableCell(f"“{said}”不是等次，请填优秀、合格、基本合格或不合格。")
    return str(GRADE_WORDS[said])
