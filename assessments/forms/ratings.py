"""Input of raters and of the committee's grid."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from assessments.cards import Subject
from assessments.engine.numbers import Unfit, said
from assessments.engine.rules.base import Ask
from assessments.models import Ballot, Mark, SchemeItem
from assessments.queries.ballots import RatedRule
from assessments.services.ballots import Vote
from assessments.services.marks import MarkChange
from partybuild.grids import PREFIX, Cell, Grid

YES = {"1": "有", "0": "没有"}
SINGLE = {"points", "number", "choice", "count", "yes"}


def written(text: str) -> str:
    """Return what was typed in a cell without the width of its signs."""
    return unicodedata.normalize("NFKC", text).strip()


class BallotForm(forms.Form):
    """One ballot: a choice or a number for each line, or why one does not rate."""

    recusal = forms.CharField(
        label="回避原因",
        max_length=200,
        required=False,
        help_text="与本单位有关系、不了解情况的，写明原因，不用评分。",
    )

    def __init__(
        self, *args: Any, rated: tuple[RatedRule, ...], ballot: Ballot, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rated = {f"vote_{at}": one for at, one in enumerate(rated, start=1)}
        self.initial = {"recusal": ballot.recusal}
        for name, one in self.rated.items():
            self.fields[name] = _vote_field(one)
            self.initial[name] = ballot.votes.get(one.key, "")
        self.order_fields([*self.rated, "recusal"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, one in self.rated.items():
            vote = written(cleaned.get(name, ""))
            if vote and not cleaned.get("recusal"):
                try:
                    one.rule.value_of(vote)
                except Unfit as unfit:
                    self.add_error(name, f"{unfit}。")
        return cleaned

    def votes(self) -> dict[str, str]:
        """Return what was chosen, by LINE/RULE."""
        return {one.key: written(self.cleaned_data[name]) for name, one in self.rated.items()}


def _vote_field(one: RatedRule) -> forms.Field:
    ask = one.rule.vote_ask()
    if ask.choices:
        return forms.ChoiceField(
            label=one.title, choices=ask.choices, widget=forms.RadioSelect, required=False
        )
    return forms.CharField(
        label=one.title,
        required=False,
        max_length=10,
        help_text=f"{ask.low} 至 {ask.high} 分。",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


@dataclass
class SubjectRow:
    """One subject of a grid."""

    subject: Subject
    cells: list[Cell]


class BallotGrid(Grid):
    """All ballots of one rater: subjects down, lines across."""

    def __init__(
        self,
        subjects: Iterable[Subject],
        rated: tuple[RatedRule, ...],
        ballots: Mapping[Any, Ballot],
        posted: Mapping[str, str] | None = None,
    ) -> None:
        self.rated = rated
        self.by_subject = {one.key: one for one in subjects}
        rows = [
            SubjectRow(
                one,
                [self._cell(one, ballots.get(one.key), rule, at) for at, rule in enumerate(rated)],
            )
            for one in self.by_subject.values()
        ]
        super().__init__(rows, posted)

    @staticmethod
    def _cell(subject: Subject, ballot: Ballot | None, rule: RatedRule, at: int) -> Cell:
        return Cell(
            key=(subject.key, rule.key),
            name=f"{PREFIX}{subject.public_id}-{at}",
            label=f"{subject.label} {rule.title}",
            column=str(at),
            was=ballot.votes.get(rule.key, "") if ballot else "",
            word="text" if rule.rule.vote_ask().choices else "",
        )

    def changes(self) -> list[Vote]:
        rules = {one.key: one.rule for one in self.rated}
        found = []
        for cell, was in self.posted_cells():
            key, rated = cell.key
            value = written(cell.text)
            try:
                if value:
                    rules[rated].value_of(value)
            except Unfit as unfit:
                cell.problem = f"{unfit}。"
                continue
            found.append(Vote(self.by_subject[key], rated, value, was))
        return found


@dataclass(frozen=True)
class MarkColumn:
    """A line of the committee with a single value."""

    item: SchemeItem
    side: str
    rule: str
    ask: Ask

    @property
    def title(self) -> str:
        """The line, with its full mark where it has one."""
        full = self.item.line.full
        return f"{self.item.title}（{said(full)} 分）" if full else self.item.title

    def shown(self, value: str) -> str:
        """Return a kept value as its cell says it."""
        if not value:
            return ""
        if self.ask.shape == "yes" and not self.ask.choices:
            return YES.get(value, value)
        return value

    def read(self, text: str) -> str:
        """Return the value that a cell means."""
        words = {label: value for value, label in self.ask.choices}
        if self.ask.shape == "yes" and not self.ask.choices:
            words = {label: value for value, label in YES.items()} | {"无": "0"}
        return words.get(text, text)


class MarkGrid(Grid):
    """The committee's lines with a single value: subjects down, lines across."""

    def __init__(
        self,
        subjects: Iterable[Subject],
        columns: list[MarkColumn],
        marks: Mapping[Any, Mark],
        posted: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = {(one.item.number, one.side): one for one in columns}
        self.by_subject = {one.key: one for one in subjects}
        rows = [
            SubjectRow(one, [self._cell(one, column, marks) for column in columns])
            for one in self.by_subject.values()
        ]
        super().__init__(rows, posted)

    @staticmethod
    def columns_of(items: Iterable[tuple[SchemeItem, str]]) -> list[MarkColumn]:
        """Return the lines that fit into one cell."""
        found = []
        for item, side in items:
            asked = _asked(item)
            if len(asked) == 1 and asked[0][1].shape in SINGLE and not asked[0][1].may_be_empty:
                rule, ask = asked[0]
                found.append(MarkColumn(item, side, rule, ask))
        return found

    @staticmethod
    def left_out(items: Iterable[tuple[SchemeItem, str]]) -> list[str]:
        """Return the titles of the lines that ask for more than one value."""
        every = list(items)
        fitting = {(one.item.pk, one.side) for one in MarkGrid.columns_of(every)}
        titles = [item.title for item, side in every if (item.pk, side) not in fitting]
        return list(dict.fromkeys(titles))

    @staticmethod
    def _cell(subject: Subject, column: MarkColumn, marks: Mapping[Any, Mark]) -> Cell:
        mark = marks.get((subject.key, column.side, column.item.number))
        kept = mark.values.get(column.rule, {}).get(column.ask.name, "") if mark else ""
        return Cell(
            key=(subject.key, column.item.number, column.side),
            name=f"{PREFIX}{subject.public_id}-{column.item.number}-{column.side}",
            label=f"{subject.label} {column.item.title}",
            column=f"{column.item.number}-{column.side}",
            was=column.shown(kept),
            word="text" if column.ask.shape in {"choice", "yes"} else "",
        )

    def changes(self) -> list[MarkChange]:
        found = []
        for cell, was in self.posted_cells():
            key, number, side = cell.key
            column = self.columns[number, side]
            found.append(
                MarkChange(
                    column.item,
                    side,
                    self.by_subject[key],
                    column.rule,
                    column.ask.name,
                    column.read(written(cell.text)),
                    column.read(was),
                )
            )
        return found


def _asked(item: SchemeItem) -> list[tuple[str, Ask]]:
    return [
        (rule.code, ask) for rule in item.line.rules if not rule.indicator for ask in rule.asks()
    ]
