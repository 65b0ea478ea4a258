"""Grids of short entries: people in rows, a few cells each; no cell of somebody else is overwritten.

`static/js/grid.js` hands in the changed cells alone, each as NAME with what it held as was-NAME.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property

from partybuild.merging import CellsTaken
from partybuild.refusals import CellsRefused, Refused
from partybuild.saving import SavingView

PREFIX = "c-"


@dataclass
class Cell:
    """One cell: what it held when it was read, what was typed, what is wrong with it.

    `column` is what `fill` buttons name, `due` what they fill in; a closed cell takes nothing.
    """

    key: Any
    name: str
    label: str
    column: str
    is_open: bool = True
    due: str = ""
    was: str = ""
    text: str = ""
    problem: str = ""
    word: str = ""


class Grid:
    """Cells shown from what is stored, laid over with what was posted; `rows` have `cells`."""

    def __init__(self, rows: Sequence[Any], posted: Mapping[str, str] | None = None) -> None:
        self.rows = rows
        self.posted = posted or {}
        self.by_key: dict[Any, Any] = {cell.key: cell for row in rows for cell in row.cells}
        for cell in self.by_key.values():
            cell.text = self.posted.get(cell.name, cell.was)

    def posted_cells(self) -> list[tuple[Any, str]]:
        """Return the cells that were posted, each with what it held when the page was filled."""
        return [
            (cell, self.posted.get(f"was-{cell.name}", cell.was))
            for cell in self.by_key.values()
            if cell.name in self.posted
        ]

    def unknown(self) -> bool:
        """Tell whether a cell was posted that is not on the page."""
        names = {cell.name for cell in self.by_key.values()}
        return any(name.startswith(PREFIX) and name not in names for name in self.posted)

    def changes(self) -> list[Any]:
        """Return what was posted as changes; what cannot be read is noted at its cell."""
        raise NotImplementedError

    def shown(self, value: Any) -> str:
        """Return a stored value as its cell shows it."""
        return "" if value is None else str(value)

    def said(self, value: Any) -> str:
        """Return a stored value as a sentence says it."""
        return self.shown(value) or "空"

    def note(self, reasons: Mapping[Any, str]) -> None:
        """Note at cells why they were refused."""
        for key, reason in reasons.items():
            self.by_key[key].problem = reason

    def note_theirs(self, theirs: Mapping[Any, Any]) -> None:
        """Show at cells what somebody else has entered; saving again then overrides knowingly."""
        for key, value in theirs.items():
            cell = self.by_key[key]
            cell.was = self.shown(value)
            cell.problem = f"刚才有人改成了{self.said(value)}。再保存一次，就改成您填的。"

    @property
    def problems(self) -> list[Any]:
        """The cells that are to be put right."""
        return [cell for cell in self.by_key.values() if cell.problem]


class GridView(SavingView):
    """A page with one grid, all or none of it saved; `form_class` is what is said once for all cells.

    `read_grid` reads it with what was posted, `enter` writes changes and returns the next address;
    it may raise CellsTaken, CellsRefused or another refusal.
    """

    form_class: Any = forms.Form

    def read_grid(self, posted: Mapping[str, str]) -> Grid:
        """Return the grid as it is stored, with what was posted laid over it."""
        raise NotImplementedError

    def enter(self, changes: list[Any], cleaned: dict[str, Any]) -> str:
        """Write the changes and return the address of the next page."""
        raise NotImplementedError

    @cached_property
    def grid(self) -> Any:
        grid = self.read_grid(self.request.POST.dict())
        if grid.unknown():
            raise Http404
        return grid

    @cached_property
    def changes(self) -> list[Any]:
        """What was typed; reading it notes mistakes in the grid."""
        return self.grid.changes()

    def form_invalid(self, form: Any) -> HttpResponse:
        self.changes  # noqa: B018 -- what is wrong in the grid is shown as well
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        changes = self.changes
        if self.grid.problems:
            return self.form_invalid(form)
        try:
            return self.attempt(form, lambda: self.enter(changes, form.cleaned_data))
        except CellsTaken as taken:
            self.grid.note_theirs(taken.theirs)
            return self.render_to_response(self.get_context_data(form=form), status=409)

    def say_refused(self, form: Any, refusal: Refused) -> None:
        if isinstance(refusal, CellsRefused):
            self.grid.note(refusal.reasons)
        else:
            super().say_refused(form, refusal)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"grid": self.grid} | kwargs)
