"""The lock on every row: no scoped model can be read or written outside an open scope.

A scope is a set of subtrees of the organisation tree, held in a context variable. A model that
belongs to a place inherits `ScopedModel` and says in `scope_path` how to get from a row to the
path of its place. A model that does not says why in `unscoped_because`; saying neither is system
check partybuild.E001.

Known limits: a query that *starts* at an unscoped model and joins down is not narrowed, so start
at the scoped side; joins from a scoped model narrow by that model's own place only; following a
key from a row one holds (`meeting.activity`, `user.member`) and cascading from a row one deletes
go where they lead; uniqueness is checked among visible rows, the database knows of the others; and
`_base_manager` bypasses the lock (allowed only in `branches/services/tree.py`, to move a subtree).
"""

import datetime as dt
import operator
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from partybuild import paths, places


class ScopeMissing(Exception):
    """A scoped model was touched while no scope was open."""


@dataclass(frozen=True)
class Scope:
    """The subtrees that are open: the path of each subtree's top.

    A scope as of a former day also leaves out single places that came later (`without`) and holds
    single places that have left since (`also`).
    """

    tops: tuple[str, ...] = ()
    unlimited: bool = False
    without: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()

    def as_q(self, lookup: str) -> Q:
        """Return the condition that the path under `lookup` lies in this scope."""
        if self.unlimited:
            return Q()
        parts = [_subtree(lookup, top) for top in self.tops]
        inside = reduce(operator.or_, parts) if parts else Q(pk__in=[])
        if self.without:
            inside &= ~Q(**{f"{lookup}__in": sorted(self.without)})
        if self.also:
            inside |= Q(**{f"{lookup}__in": sorted(self.also)})
        return inside

    def covers(self, path: str) -> bool:
        """Tell whether a place lies in this scope."""
        below = any(paths.covers(top, path) for top in self.tops)
        return self.unlimited or path in self.also or (below and path not in self.without)

    def narrowed_to(self, top: str) -> "Scope":
        """Return the part of this scope that lies below `top`; a scope of today only."""
        if self.without or self.also:
            raise ValueError("Narrow the scope of today, then ask how it was.")
        if self.covers(top):
            return Scope((top,))
        return Scope(tuple(own for own in self.tops if paths.covers(top, own)))

    @classmethod
    def of(cls, tops: Iterable[str]) -> "Scope":
        """Return a scope without subtrees that lie inside one another."""
        kept: list[str] = []
        for top in sorted(set(tops)):
            if not (kept and paths.covers(kept[-1], top)):
                kept.append(top)
        return cls(tuple(kept))


def _subtree(lookup: str, top: str) -> Q:
    return Q(**{f"{lookup}__gte": top, f"{lookup}__lt": paths.next_path(top)})


EVERYTHING = Scope(unlimited=True)
NOTHING = Scope()

_active: ContextVar[Scope | None] = ContextVar("active_scope", default=None)


def active_scope() -> Scope:
    """Return the open scope; ScopeMissing when there is none."""
    scope = _active.get()
    if scope is None:
        raise ScopeMissing("No scope is open.")
    return scope


def activate(scope: Scope) -> Token[Scope | None]:
    """Open a scope; the token goes back to `deactivate`."""
    return _active.set(scope)


def deactivate(token: Token[Scope | None]) -> None:
    """Close what `activate` opened."""
    _active.reset(token)


@contextmanager
def scoped_to(scope: Scope) -> Iterator[Scope]:
    """Open a scope for the length of a block."""
    token = activate(scope)
    try:
        yield scope
    finally:
        deactivate(token)


@contextmanager
def within(top: str) -> Iterator[Scope]:
    """Narrow the open scope to the subtree of `top` for the length of a block."""
    with scoped_to(active_scope().narrowed_to(top)) as scope:
        yield scope


@contextmanager
def within_as_of(top: str, day: dt.date) -> Iterator[Scope]:
    """Narrow the open scope to what stood below `top` on a day: who has left since is there, who came later is not."""
    scope = active_scope() if top == "" else active_scope().narrowed_to(top)
    with scoped_to(places.scope_as_of(scope, day)) as then:
        yield then


@contextmanager
def everything(*, reason: str) -> Iterator[Scope]:
    """Open all rows, for a stated reason; `grep 'everything('` is the whole audit."""
    if not reason:
        raise ValueError("Opening everything needs a reason.")
    with scoped_to(EVERYTHING) as scope:
        yield scope


class ScopedQuerySet(models.QuerySet):
    """A queryset whose writes respect the open scope."""

    model: Any

    def bulk_create(  # type: ignore[override]  # keywords only, so that none slips through
        self, objs: Iterable[Any], *, update_conflicts: bool = False, **kwargs: Any
    ) -> list[Any]:
        """Create many rows; one query checks all their places."""
        rows = list(objs)
        self.model.check_scope(rows)
        if update_conflicts:
            raise TypeError("bulk_create() may not update rows, which may lie anywhere.")
        return super().bulk_create(rows, **kwargs)

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update many visible rows; moving them elsewhere is refused by `update`."""
        rows = list(objs)
        self.model.check_scope(rows)
        return super().bulk_update(rows, fields, batch_size)

    def update(self, **fields: Any) -> int:
        """Update visible rows; a row moves to another place only by `save()`, which checks it."""
        hop = self.model.scope_path.partition("__")[0]
        if fields.keys() & {hop, f"{hop}_id"}:
            raise TypeError("update() may not move rows to another place; save() checks that.")
        return super().update(**fields)

    update.alters_data = True  # type: ignore[attr-defined]

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse raw SQL: it cannot be scoped."""
        raise TypeError("Raw SQL cannot be scoped; say it with the ORM.")


class PendingQuerySet(ScopedQuerySet):
    """What a scoped manager hands out while no scope is open.

    Views and form fields may hold one from import time: `all()` and `using()` inside a scope turn
    it into a scoped queryset. Anything that touches its SQL outside a scope raises, conditions
    included, so that none can get lost on the way.
    """

    _db: str | None
    trash = False

    @property
    def _query(self) -> Any:
        raise ScopeMissing(f"{self.model.__name__} was read outside any scope.")

    @_query.setter
    def _query(self, value: Any) -> None:
        """Drop the query that QuerySet.__init__ assigns: a pending set has none."""

    @property
    def query(self) -> Any:  # type: ignore[override]
        return self._query

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        raise ScopeMissing(f"{self.model.__name__} was written outside any scope.")

    def none(self) -> Any:
        return ScopedQuerySet(self.model, using=self._db).none()

    def prefetch_related(self, *lookups: Any) -> Any:
        raise ScopeMissing(f"{self.model.__name__} was read outside any scope.")

    def _chain(self) -> Any:
        if _active.get() is None:
            pending = type(self)(self.model, using=self._db)
            pending.trash = self.trash
            return pending
        manager = self.model.trashed if self.trash else self.model._default_manager
        return manager.using(self._db)


def _may_not_add(manager: Any, *rows: Any, **kwargs: Any) -> None:
    raise TypeError("Related rows are not added: set the key on the row and save() it.")


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Hands out rows of the open scope, without what lies in the trash."""

    def __init__(self, *, trash: bool = False) -> None:
        super().__init__()
        self.trash = trash

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take add() and set() from related managers: they update rows past the lock."""
        super().__init_subclass__(**kwargs)
        for name in {"add", "aadd", "set", "aset"} & cls.__dict__.keys():
            setattr(cls, name, _may_not_add)

    def get_queryset(self) -> Any:
        scope = _active.get()
        if scope is None:
            pending: Any = PendingQuerySet(self.model, using=self._db)
            pending.trash = self.trash
            return pending
        queryset = super().get_queryset()
        if not scope.unlimited:
            queryset = queryset.filter(scope.as_q(self.model.scope_path))
        if self.model.trash_path:
            queryset = queryset.filter(**{f"{self.model.trash_path}__isnull": not self.trash})
        return queryset


class ScopedModel(models.Model):
    """A row that belongs to a place of the organisation tree.

    `scope_path` is the lookup from the row to the path of its place; `trash_path` the lookup to
    the moment at which it (or what it belongs to) was put into the trash, None where rows are
    never put there.
    """

    scope_path: ClassVar[str]
    trash_path: ClassVar[str | None] = None

    objects = ScopedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            kwargs["force_insert"] = True  # never overwrite a stored row that has the same key
        else:
            self.check_visible()  # the stored row, before looking at where it would go
        self.check_scope([self])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.check_visible()
        return super().delete(*args, **kwargs)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: Any = None,
    ) -> None:
        """Read the stored row again, or a deferred field of it, if the open scope shows it."""
        if from_queryset is None:
            from_queryset = self.visible_rows()
        super().refresh_from_db(using, fields, from_queryset)

    @classmethod
    def visible_rows(cls) -> ScopedQuerySet:
        """Return the rows that the open scope shows, be they alive or in the trash."""
        return ScopedQuerySet(cls).filter(active_scope().as_q(cls.scope_path))

    @classmethod
    def check_scope(cls, rows: Sequence[Self]) -> None:
        """Refuse rows outside the open scope: a row may go where its parent is visible."""
        scope = _active.get()
        if scope is None:
            raise ScopeMissing(f"{cls.__name__} was written outside any scope.")
        if scope.unlimited or not rows:
            return
        hop, _, rest = cls.scope_path.partition("__")
        if rest:
            field: Any = cls._meta.get_field(hop)
            places = {getattr(row, field.attname) for row in rows}
            manager = field.related_model._default_manager
            allowed = manager.filter(pk__in=places).count() == len(places)
        else:
            allowed = all(scope.covers(getattr(row, hop)) for row in rows)
        if not allowed:
            raise PermissionDenied(f"{cls.__name__} lies outside the open scope.")

    def check_visible(self) -> None:
        """Refuse a row that the open scope does not show, be it alive or in the trash."""
        if not self.visible_rows().filter(pk=self.pk).exists():
            raise PermissionDenied(f"{type(self).__name__} lies outside the open scope.")


class TrashableModel(ScopedModel):
    """A scoped row that is put into the trash instead of being deleted, and carries a version.

    `version` is the optimistic lock: a form states the version it was filled from, and a service
    that finds another one refuses to overwrite.
    """

    version = models.PositiveIntegerField("版本", default=1)
    deleted_at = models.DateTimeField("移入回收站的时间", null=True, blank=True, db_index=True)

    trash_path = "deleted_at"
    # Named again: the first manager of the nearest class is the default one.
    objects: ClassVar[Any] = ScopedManager()
    trashed = ScopedManager(trash=True)

    class Meta:
        abstract = True
