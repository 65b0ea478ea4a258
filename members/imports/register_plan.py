"""What is to be written for one row of the register."""

from dataclasses import dataclass, field
from typing import Any

from branches.models import PartyOrganization, Term
from members.models import Office
from partybuild.cells import Column


@dataclass
class Plan:
    """What is to be written for one row."""

    kind: str
    organization: PartyOrganization
    is_new: bool
    superior: "PartyOrganization | Plan | None" = None
    changes: list[tuple[Column, Any]] = field(default_factory=list)
    term: Term | None = None  # a stored one to be changed, or a new one
    term_changes: dict[str, Any] = field(default_factory=dict)
    opens_term: bool = False
    holders: list[tuple[str, str]] = field(default_factory=list)
    new_holders: list[tuple[str, str]] = field(default_factory=list)
    leaving: list[Office] = field(default_factory=list)
    new_groups: list[str] = field(default_factory=list)
