"""Panels: what apps to the left add to a record's page, such as attendance on a member's file."""

from typing import Any, ClassVar

from partybuild.registry import Registry
from partybuild.scoping import everything, scoped_to


class Panel:
    """栏目: a titled table that another app adds to the page of a record of `model`."""

    code: ClassVar[str]
    model: ClassVar[str]
    permission: ClassVar[str]
    title: ClassVar[str]
    head: ClassVar[tuple[str, ...]]
    empty: ClassVar[str]
    # Also shown, without the permission, to the person whom the record is about.
    own: ClassVar[bool] = False
    # Shown to that person and to nobody else, with links, and only while there is something in it.
    private: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            panels.add(cls.code, cls())

    def summary(self, record: Any) -> str:
        """Return one sentence above the table."""
        return ""

    def rows(self, record: Any) -> list[tuple[str, tuple[Any, ...]]]:
        """Return per row its address ('' for none) and its cells."""
        raise NotImplementedError


panels: Registry[Panel] = Registry("栏目")


def panels_for(record: Any, user: Any) -> list[dict[str, Any]]:
    """Return the panels of a record that the user may see, ready for the template."""
    shown = []
    for panel in panels:
        if _fits(panel, record) and not panel.private and user.has_perm(panel.permission):
            with scoped_to(user.scope_for(panel.permission)):
                shown.append(_filled(panel, record))
    return shown


def own_panels_for(record: Any) -> list[dict[str, Any]]:
    """Return the panels that the person whom `record` is about may always read."""
    with everything(reason="people may always read what is kept about themselves"):
        filled = [_filled(one, record) for one in panels if one.own and _fits(one, record)]
    private = [one for one in filled if one["private"] and one["rows"]]
    return [*private, *(one for one in filled if not one["private"])]


def _fits(panel: Panel, record: Any) -> bool:
    return panel.model == record._meta.label_lower


def _filled(panel: Panel, record: Any) -> dict[str, Any]:
    return {
        "title": panel.title,
        "head": panel.head,
        "empty": panel.empty,
        "private": panel.private,
        "summary": panel.summary(record),
        "rows": panel.rows(record),
    }
