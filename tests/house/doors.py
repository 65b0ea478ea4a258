"""Walks the URLconf: what each address is made of, and who gets which answer there.

Nothing here is a list of addresses. The values of an address's arguments are found by trying the
rows of a place, best guess first, until the page opens; the same kinds of values are then taken
from the other places.
"""

import contextlib
import hashlib
import io
import itertools
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from http.cookies import SimpleCookie
from unittest import mock

from django.db import connection, models, transaction
from django.test import Client

from assessments.engine.document import Line
from assessments.engine.editing import key_of
from branches.models import User
from partybuild.alerts import alerts
from partybuild.checks import walk_urls
from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry, AuditHead, LedgerFile
from partybuild.permissions import PUBLIC, SIGNED_IN, permission_of
from partybuild.scoping import everything
from tests.factories.plans import KNOWN_TOKEN
from tests.house.world import Place, World, lies_at, own_models, owner_of

ARGUMENT = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
TOKEN = re.compile(rb'(name="(?:csrfmiddlewaretoken|submission_key)" value=")[^"]+')
PERIODS = ("2026", "2026Q4", "2026-11")
KEYS = {code: key_of(Line(code=code, title="")) for code in ("judged", "A", "1")}
MISSING_ID, MISSING_NUMBER = "2" * 16, "999999999"
# The parts of every furnished draft of a scheme: its lists, its category, its lines, their rules.
PARTS_OF_DRAFTS = {
    "part": ("lines", "categories"),
    "line": (KEYS["judged"],),
    "key": (KEYS["judged"], KEYS["A"], KEYS["1"]),
    "form": ("yaml", "xlsx"),
    "kind": ("judged",),
}
SHUT = {403, 404, 405}
# What a request may say to the database without changing a row.
HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
# Written whenever somebody knocks; what was refused or fetched is noted here on purpose.
NOTEBOOKS = {AuditEntry, AuditHead}


@dataclass(frozen=True)
class Value:
    """One value of an argument: fixed, or a column of the n-th row of a model at a place."""

    model: type[models.Model] | None
    column: str
    at: int
    fixed: str = ""

    def of(self, place: Place) -> str:
        return str(getattr(self.row(place), self.column)) if self.model else self.fixed

    def row(self, place: Place):
        return place.rows[self.model][self.at]

    @property
    def names_a_row(self) -> bool:
        """Tell whether the value points at one row that lies somewhere or belongs to somebody."""
        return self.model is not None and self.column in {"public_id", "pk"}

    @property
    def missing(self) -> str:
        return MISSING_ID if self.column == "public_id" else MISSING_NUMBER


@dataclass(frozen=True)
class Door:
    """One address of the portal."""

    route: str
    view: object

    def __str__(self) -> str:
        return f"/{self.route}"

    @cached_property
    def permission(self):
        return permission_of(self.view)

    @property
    def is_public(self) -> bool:
        return self.permission is PUBLIC

    @property
    def arguments(self) -> list[str]:
        return [match["name"] for match in ARGUMENT.finditer(self.route)]

    @property
    def steps(self) -> list[str]:
        """Return the route up to and with each argument: what doors have in common."""
        return [self.route[: match.end()] for match in ARGUMENT.finditer(self.route)]

    @property
    def room(self) -> str:
        """Return the module of the view."""
        return getattr(self.view, "view_class", self.view).__module__

    def address(self, values) -> str:
        """Return the address with these texts as arguments."""
        given = iter(values)
        return "/" + ARGUMENT.sub(lambda _: next(given), self.route)


def all_doors() -> list[Door]:
    return [Door(route, pattern.callback) for route, pattern in walk_urls()]


def candidates(door: Door, name: str, place: Place) -> list[Value]:
    """Return the values that an argument of this name might take, the best guess first."""
    found = [Value(None, "", 0, text) for text in _fixed(name)]
    for model, rows in place.rows.items():
        columns = {column.name for column in model._meta.concrete_fields}
        wanted = {name} & columns
        if name in model._meta.label_lower:
            wanted |= {"public_id"} & columns or {"pk"}
        for column, at in itertools.product(sorted(wanted), range(len(rows))):
            found.append(Value(model, column, at))
    view = getattr(getattr(door.view, "view_class", door.view), "__name__", "").lower()
    return sorted(found, key=lambda value: _distance(value, f"{door.route} {view}"))


def _fixed(name: str) -> tuple[str, ...]:
    if name == "alert":
        return tuple(alert.code for alert in alerts)
    if name == "token":
        return (KNOWN_TOKEN,)
    if name == "code":
        return tuple(ledger.code for ledger in ledgers)
    if name in PARTS_OF_DRAFTS:
        return PARTS_OF_DRAFTS[name]
    return PERIODS if name == "period" else ()


def _distance(value: Value, words: str) -> tuple[bool, str]:
    label = value.model._meta.model_name if value.model else ""
    return (label[:6] not in words, label)


class Walker:
    """Knocks at doors as one of the people, and leaves everything as it was."""

    def __init__(self, user: User | None, *, enforce_csrf_checks: bool = False) -> None:
        self.user = user
        self.client = Client(enforce_csrf_checks=enforce_csrf_checks)
        if user:
            self.client.force_login(user)
        self._cookies = {name: cookie.value for name, cookie in self.client.cookies.items()}
        self.client.get("/accessibility/")  # the first request alone writes into its session
        self._noted_before = refusals()  # and stays so, as every other request is taken back

    def __str__(self) -> str:
        return self.user.name if self.user else "陌生人"

    @property
    def horizon(self):
        """Return all places in which the user has any business."""
        return self.user.scope_for(SIGNED_IN)

    def knock(self, method: str, address: str, data=None):
        """Send one request and return its answer; whatever it writes is taken back.

        The answer carries `body`, all that its reader can see.
        """
        with taken_back():
            return self._send(method, address, data)

    def status_and_notes(self, method: str, address: str) -> tuple[int, int]:
        """Return the status of an answer, and how many refusals are noted for it."""
        with taken_back():
            return self._send(method, address).status_code, refusals() - self._noted_before

    def changes(self, method: str, address: str) -> list[str]:
        """Return the tables that one request changes.

        The tables are compared only if the request, on a first trial, does more than read.
        """
        with taken_back(), statements_noted() as statements:
            self._send(method, address)
        if all(statement.startswith(HARMLESS) for statement in statements):
            return []
        with taken_back():
            before = fingerprint()
            self._send(method, address)
            after = fingerprint()
        return [table for table, digest in after.items() if digest != before[table]]

    def _send(self, method: str, address: str, data=None):
        self.client.cookies = SimpleCookie(self._cookies)
        with mock.patch("django.test.client.store_rendered_templates", new=forget):
            response = getattr(self.client, method)(address, data or {})
        response.body = body_of(response)
        return response


@contextlib.contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def statements_noted():
    """Yield the list of all that the database is told meanwhile."""
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def forget(*_, **__):
    """Keep no copies of the contexts of templates: they make a seventh of what a walk costs."""


def body_of(response) -> bytes:
    """Return all that a reader of the answer can see: body, unpacked files, headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return body + b"\n" + headers.encode()


def same_but_for(body: bytes, *texts: str) -> bytes:
    """Return a body without the keys of its forms and without what was asked for."""
    bare = TOKEN.sub(rb"\1", body)
    for text in texts:
        bare = bare.replace(text.encode(), b"?")
    return re.sub(rb"Content-Length: \d+", b"", bare)


class House:
    """The doors, and for each how it opens: found once, then remembered."""

    keys: dict[Door, tuple[str, tuple[Value, ...]] | None] = {}
    # By step of a route and by room: the models whose rows have opened a door there before.
    openers: dict[str, set[type[models.Model]]] = defaultdict(set)

    def __init__(self, world: World, prefix: str = "") -> None:
        self.world = world
        self.doors = [door for door in all_doors() if door.route.startswith(prefix)]
        self.walkers = {name: Walker(user) for name, user in world.people.items()}
        self.stranger = Walker(None)

    @property
    def declared_doors(self) -> list[Door]:
        return [door for door in self.doors if door.permission]

    @property
    def open_doors(self) -> list[Door]:
        """Return the doors that can be opened; rules of their own tell of the others."""
        return [door for door in self.declared_doors if self.key_of(door)]

    @property
    def guarded_doors(self) -> list[Door]:
        return [door for door in self.open_doors if not door.is_public]

    def holders(self, door: Door):
        """Return the walkers who hold a door's permission."""
        return [w for w in self.walkers.values() if w.user.has_perm(door.permission)]

    def first_holder(self, door: Door) -> Walker:
        return self.stranger if door.is_public else self.holders(door)[0]

    def key_of(self, door: Door):
        """Return by which method and with which kinds of values a door opens; None if by none."""
        if door not in self.keys:
            self.keys[door] = self._find_key(door)
        return self.keys[door]

    def _find_key(self, door: Door):
        walkers = [self.stranger] if door.is_public else self.holders(door)
        for walker, place in itertools.product(walkers, self.world.places.values()):
            if not self._is_open_to(walker, door, place):
                continue
            choices = [
                sorted(candidates(door, name, place), key=partial(self._novelty, door, step))
                for name, step in zip(door.arguments, door.steps, strict=True)
            ]
            for values in itertools.product(*choices):
                address = door.address([value.of(place) for value in values])
                for method in ("get", "post"):
                    if walker.knock(method, address).status_code not in SHUT:
                        self._remember(door, values)
                        return method, values
        return None

    def _novelty(self, door, step, value) -> tuple[bool, bool]:
        """Put first what has opened doors of the same beginning, then those of the same room."""
        return value.model not in self.openers[step], value.model not in self.openers[door.room]

    def _remember(self, door, values):
        for step, value in zip(door.steps, values, strict=True):
            self.openers[step].add(value.model)
            self.openers[door.room].add(value.model)

    def _is_open_to(self, walker, door, place) -> bool:
        if door.is_public:
            return place.name == "own"
        return walker.user.scope_for(door.permission).covers(place.organization.path) or (
            place.name == "own"
        )

    def address_at(self, door: Door, place: Place) -> str:
        _, values = self.key_of(door)
        return door.address([value.of(place) for value in values])

    def opening_place(self, walker: Walker, door: Door) -> Place:
        """Return a place at which this walker may expect the door to open."""
        scope = walker.user.scope_for(door.permission) if walker.user else None
        for place in self.world.places.values():
            if scope and scope.covers(place.organization.path):
                return place
        return self.world.places["own"]

    def strange_addresses(self, walker: Walker, door: Door):
        """Yield (address of a missing row, {place: address of its row, not the walker's})."""
        _, values = self.key_of(door)
        scope = walker.user.scope_for(door.permission)
        home = self.opening_place(walker, door)
        for number, value in enumerate(values):
            if not value.names_a_row:
                continue
            texts = [other.of(home) for other in values]

            def asking(text, number=number, texts=texts):
                return door.address([*texts[:number], text, *texts[number + 1 :]])

            yield (
                asking(value.missing),
                {
                    place.name: asking(value.of(place))
                    for place in self.world.places.values()
                    if belongs_to_somebody_else(value.row(place), walker.user, scope)
                },
            )


def belongs_to_somebody_else(row, user, scope) -> bool:
    """Tell whether a row lies beyond a scope, or is for its owner alone and that is not the user."""
    path, owner = lies_at(row), owner_of(row)
    if path is not None and not scope.covers(path):
        return True
    personal = path is None or isinstance(row, LedgerFile)
    return personal and owner is not None and owner != user


def fingerprint() -> dict[str, str]:
    """Return a digest of every table in which a page could change something."""
    return {
        model._meta.label: hashlib.sha256(repr(all_rows(model)).encode()).hexdigest()
        for model in own_models()
        if model not in NOTEBOOKS and not model._meta.proxy
    }


def all_rows(model) -> list[tuple]:
    rows = model._base_manager.order_by("pk")
    return list(rows.values_list())


def refusals() -> int:
    with everything(reason="counting the refusals"):
        return AuditEntry.objects.filter(result=AuditEntry.Result.REFUSED).count()
