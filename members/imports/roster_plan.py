"""What is to be written for one row of a roster."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from branches.models import PartyOrganization
from members.models import Member, Membership
from partybuild.cells import Column


@dataclass
class Plan:
    """What is to be written for one row."""

    branch: PartyOrganization
    category: str = ""
    member: Member | None = None  # a stored file, None for a new one
    twin: "Plan | None" = None  # the row of the same file that opens the file of this person
    is_second: bool = False
    changes: list[tuple[Column, Any]] = field(default_factory=list)
    group: str = ""
    started_on: dt.date | None = None
    ended: list[Membership] = field(default_factory=list)
    opened: str = ""  # kind of the membership to open, "" for none
    membership: Membership | None = None  # a stored one to be changed
    exempt: str | None = None  # the reason, "" for no longer, None for nothing said
    posts: list[str] = field(default_factory=list)

    @property
    def file(self) -> Member | None:
        """The file this row is about, None for somebody new whose file is not open yet."""
        return (self.twin or self).member

    @property
    def person(self) -> Member:
        """The file this row is about, once the new ones are opened."""
        if self.file is None:
            raise ValueError("The file of this row is not open yet.")
        return self.file
