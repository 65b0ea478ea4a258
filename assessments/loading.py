"""Schemes from files: any that is named, or the one that comes with the portal."""

from pathlib import Path
from typing import Any

from assessments.filetext import MAX_BYTES
from assessments.models import Scheme
from assessments.services.schemes import load_scheme

SHIPPED = Path(__file__).parent / "demo" / "gdou-branch-rubric.yaml"


def read_scheme_file(path: Path) -> bytes:
    """Return the content of a file, cut off just above what a scheme may have; OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def load_scheme_file(*, actor: Any, path: Path = SHIPPED) -> Scheme:
    """Load the scheme of a file, the shipped one by default; errors as `load_scheme`."""
    scheme, _ = load_scheme(actor=actor, raw=read_scheme_file(path))
    return scheme
