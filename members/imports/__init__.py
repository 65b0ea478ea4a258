"""The tables of this app that come in as files."""

from members.imports import register, roster, vanguard

__all__ = ["register", "roster", "vanguard"]
