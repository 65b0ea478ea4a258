"""Collections that fill themselves: defining a subclass registers it under its code."""

from collections.abc import Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class CodeTaken(Exception):
    """Two classes claim one code."""


class Registry(Generic[Entry]):
    """One instance per code, in the order of the codes."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._entries: dict[str, Entry] = {}

    def add(self, code: str, entry: Entry) -> None:
        """Register an entry; CodeTaken when another class has the code."""
        other = self._entries.get(code)
        if other is not None and _origin(other) != _origin(entry):
            raise CodeTaken(f"{self.title}: {code}")
        self._entries[code] = entry

    def __getitem__(self, code: str) -> Entry:
        return self._entries[code]

    def get(self, code: str) -> Entry | None:
        return self._entries.get(code)

    def __contains__(self, code: str) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter([self._entries[code] for code in sorted(self._entries)])

    def __len__(self) -> int:
        return len(self._entries)


def _origin(entry: object) -> tuple[str, str]:
    return type(entry).__module__, type(entry).__qualname__
