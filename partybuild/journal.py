"""What an import did to the database, row by row, so that all of it can be taken back.

A journal entry names one row, its values before (None for a row that was made) and a fingerprint of
its values after. Undoing walks the entries backwards. A row whose fingerprint is another one by now
was changed by somebody since, a row that others refer to is in use, one that the table holds for
settled may not be changed: all stay as they are, and so does whatever belongs to them or they
depend on.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models

from partybuild.crypto import EncryptedTextField, decrypt, encrypt, keyed_digest

PURPOSE = "partybuild.journal"
CHUNK = 500

Key = tuple[str, int]  # model label, primary key


@dataclass
class Entry:
    """One row that was made or changed."""

    model: str
    pk: int
    label: str
    before: dict[str, str | None] | None
    after: str

    @property
    def key(self) -> Key:
        return self.model, self.pk

    def as_json(self) -> list[Any]:
        return [self.model, self.pk, self.label, self.before, self.after]


@dataclass
class Journal:
    """Writes rows in bulk and remembers what it did, in the order in which it did it.

    `actor` is who brings the rows in, None for the command line.
    """

    actor: Any = None
    _rows: dict[Key, models.Model] = field(default_factory=dict)
    _before: dict[Key, dict[str, str | None] | None] = field(default_factory=dict)

    def create(self, rows: Iterable[models.Model]) -> None:
        """Insert rows of one model; they get their keys."""
        made = list(rows)
        if not made:
            return
        manager: Any = type(made[0])._default_manager
        manager.bulk_create(made, batch_size=CHUNK)
        for row in made:
            self._note(row, None)

    def watch(self, row: models.Model) -> None:
        """Note the values of a stored row before they are changed."""
        if _key(row) not in self._before:
            self._note(row, snapshot(row))

    def before(self, row: models.Model, column: str) -> str | None:
        """Return the former value of a column of a watched row, as text."""
        return (self._before[_key(row)] or {}).get(column)

    def made(self, row: models.Model) -> bool:
        """Tell whether a row was inserted here."""
        return self._before.get(_key(row), ()) is None

    def update(self, rows: Iterable[models.Model], fields: Sequence[str]) -> None:
        """Store fields of watched rows that stay at their place."""
        changed = list(rows)
        if changed:
            manager: Any = type(changed[0])._default_manager
            manager.bulk_update(changed, fields, batch_size=CHUNK)

    def move(self, rows: Iterable[models.Model]) -> None:
        """Store watched rows that go to another place; `save` checks both places."""
        for row in rows:
            row.save()

    def entries(self) -> list[Entry]:
        """Return what was done, leaving out rows that were watched and not changed."""
        return [entry for key in self._rows if (entry := self._entry(key))]

    def tables(self) -> list[str]:
        """Return the tables of the database that hold what was written, in alphabetical order."""
        return sorted({row._meta.db_table for row in self._rows.values()})

    def _note(self, row: models.Model, before: dict[str, str | None] | None) -> None:
        self._rows[_key(row)] = row
        self._before[_key(row)] = before

    def _entry(self, key: Key) -> Entry | None:
        row, before, now = self._rows[key], self._before[key], snapshot(self._rows[key])
        if before is not None:
            before = _different(row, before, now)
            if not before:
                return None
        return Entry(*key, label_of(row), before, fingerprint(row))


# --- one row ---------------------------------------------------------------------------------


def snapshot(row: models.Model) -> dict[str, str | None]:
    """Return the stored columns of a row as text; encrypted ones stay encrypted."""
    return {column.attname: _text(column, row) for column in row._meta.concrete_fields}


def fingerprint(row: models.Model) -> str:
    """Return the fingerprint of a row's values."""
    plain = {column.attname: _plain_text(column, row) for column in row._meta.concrete_fields}
    return keyed_digest(json.dumps(plain, sort_keys=True, ensure_ascii=False), purpose=PURPOSE)[:32]


def restore(row: models.Model, before: dict[str, str | None]) -> None:
    """Give a row its former values, in memory."""
    for column in row._meta.concrete_fields:
        if column.attname in before:
            setattr(row, column.attname, _value(column, before[column.attname]))


def label_of(row: models.Model) -> str:
    """Tell what a row is, in words that its owner understands."""
    person = getattr(row, "member", None)
    return f"{row._meta.verbose_name} {person or row}"[:100]


def _key(row: models.Model) -> Key:
    return row._meta.label_lower, row.pk


def _plain_text(column: Any, row: models.Model) -> str | None:
    value = column.value_from_object(row)
    if value is None:
        return None
    return str(column.value_to_string(row))


def _text(column: Any, row: models.Model) -> str | None:
    plain = _plain_text(column, row)
    if plain and isinstance(column, EncryptedTextField):
        return encrypt(plain, purpose=PURPOSE)
    return plain


def _value(column: Any, text: str | None) -> Any:
    if text and isinstance(column, EncryptedTextField):
        return decrypt(text, purpose=PURPOSE)
    return column.to_python(text) if text is not None else None


def _different(
    row: models.Model, before: dict[str, str | None], now: dict[str, str | None]
) -> dict[str, str | None]:
    """Return those of the former values that are not the present ones."""
    return {
        column.attname: before[column.attname]
        for column in row._meta.concrete_fields
        if _value(column, before[column.attname]) != _value(column, now[column.attname])
    }


# --- taking it back --------------------------------------------------------------------------


@dataclass
class Undone:
    """How many rows were taken back, and which ones stay, each with its reason."""

    count: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)


def undo(
    stored: Sequence[Sequence[Any]],
    settled: Callable[[Sequence[models.Model]], dict[models.Model, str]] = lambda _: {},
) -> Undone:
    """Take back what stands in a journal, inside the caller's transaction and scope.

    `settled` says of the stored rows which may not be changed any more, and why.
    """
    entries = [Entry(*values) for values in stored]
    rows = _stored_rows(entries)
    kept = _changed_since(entries, rows) | _in_use(entries, rows)
    kept |= {_key(row): why for row, why in settled(list(rows.values())).items()}
    kept |= _bound_to(kept, entries, rows)
    report = Undone(kept=[(entry.label, kept[entry.key]) for entry in entries if entry.key in kept])
    for (label, made), group in groupby(
        reversed(entries), key=lambda e: (e.model, e.before is None)
    ):
        chosen = [entry for entry in group if entry.key in rows and entry.key not in kept]
        report.count += len(chosen)
        if made:
            _delete(label, [entry.pk for entry in chosen])
        else:
            _restore([(rows[entry.key], entry.before or {}) for entry in chosen])
    return report


def _stored_rows(entries: list[Entry]) -> dict[Key, models.Model]:
    """Return the rows that are still there and lie in the open scope."""
    rows: dict[Key, models.Model] = {}
    for label, keys in _by_model(entries):
        manager = apps.get_model(label)._default_manager
        for chunk in _chunks(keys):
            rows |= {(label, row.pk): row for row in manager.filter(pk__in=chunk)}
    return rows


def _changed_since(entries: list[Entry], rows: dict[Key, models.Model]) -> dict[Key, str]:
    kept: dict[Key, str] = {}
    for entry in entries:
        row = rows.get(entry.key)
        if row is None:
            kept[entry.key] = "导入之后已被删除或移到您的管理范围之外"
        elif fingerprint(row) != entry.after:
            kept[entry.key] = "导入之后又有改动"
    return kept


def _in_use(entries: list[Entry], rows: dict[Key, models.Model]) -> dict[Key, str]:
    """Return the rows made by the import that other records refer to by now."""
    ours = {entry.key for entry in entries}
    kept: dict[Key, str] = {}
    for label, keys in _by_model(entry for entry in entries if entry.before is None):
        for relation in _relations(apps.get_model(label)):
            for chunk in _chunks(keys):
                for target, referrer in _references(relation, chunk):
                    if (relation.related_model._meta.label_lower, referrer) not in ours:
                        name = relation.related_model._meta.verbose_name
                        kept[(label, target)] = f"已有{name}用到它"
    return {key: reason for key, reason in kept.items() if key in rows}


def _relations(model: type[models.Model]) -> list[Any]:
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created
    ]


def _references(relation: Any, targets: list[int]) -> Iterator[tuple[int, int]]:
    """Yield (row, who refers to it), wherever that lies, the trash included."""
    name = relation.field.attname
    # A plain queryset: whether a row is in use does not depend on who asks, and nothing is shown.
    everywhere: models.QuerySet[Any] = models.QuerySet(relation.related_model)
    yield from everywhere.filter(**{f"{name}__in": targets}).values_list(name, "pk")


def _bound_to(
    kept: dict[Key, str], entries: list[Entry], rows: dict[Key, models.Model]
) -> dict[Key, str]:
    """Return what else must stay: what belongs to a kept row, and what a kept row stands on.

    Of what belongs to a row that is only stood on, that part stays which needs nobody else.
    """
    owned = _owned(entries, rows)
    made = {entry.key for entry in entries if entry.before is None and entry.key in rows}
    stands_on = {key: made.intersection(_targets(rows[key])) for key in rows}
    staying = {key for key in kept if key in rows}
    waiting = [(key, True) for key in staying]
    while waiting:
        key, whole = waiting.pop()
        found = [
            (other, True) for other in owned.get(key, []) if whole or stands_on[other] <= staying
        ]
        found += [(other, False) for other in stands_on[key]]
        new = [(other, as_a_whole) for other, as_a_whole in found if other not in staying]
        staying |= {other for other, _ in new}
        waiting += new
    return {key: "与保留的记录相连" for key in staying if key not in kept}


def _owned(entries: list[Entry], rows: dict[Key, models.Model]) -> dict[Key, list[Key]]:
    """Map a row to those of the journal that would be deleted with it."""
    owned: dict[Key, list[Key]] = {}
    for entry in entries:
        if entry.key in rows:
            for target, rule in _targets(rows[entry.key]).items():
                if rule == models.CASCADE:
                    owned.setdefault(target, []).append(entry.key)
    return owned


def _targets(row: models.Model) -> dict[Key, Any]:
    """Return the rows that a row refers to, each with the rule for when it is deleted."""
    return {
        (column.related_model._meta.label_lower, getattr(row, column.attname)): (
            column.remote_field.on_delete
        )
        for column in row._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and getattr(row, column.attname) is not None
    }


def _delete(label: str, keys: list[int]) -> None:
    manager = apps.get_model(label)._default_manager
    for chunk in _chunks(keys):
        manager.filter(pk__in=chunk).delete()


def _restore(changes: list[tuple[models.Model, dict[str, str | None]]]) -> None:
    staying: list[models.Model] = []
    fields: set[str] = set()
    for row, before in changes:
        restore(row, before)
        if _place_column(row) in before:
            row.save()
        else:
            staying.append(row)
            fields |= before.keys()
    if staying:
        manager: Any = type(staying[0])._default_manager
        manager.bulk_update(staying, sorted(_field_names(staying[0], fields)), batch_size=CHUNK)


def _place_column(row: models.Model) -> str:
    """Return the column by which a scoped row hangs on its place."""
    hop: Any = row._meta.get_field(getattr(row, "scope_path").partition("__")[0])  # noqa: B009 -- a class attribute that mypy cannot see
    return str(hop.attname)


def _field_names(row: models.Model, columns: Iterable[str]) -> list[str]:
    return [column.name for column in row._meta.concrete_fields if column.attname in columns]


def _by_model(entries: Iterable[Entry]) -> list[tuple[str, list[int]]]:
    keys: dict[str, list[int]] = {}
    for entry in entries:
        keys.setdefault(entry.model, []).append(entry.pk)
    return list(keys.items())


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
