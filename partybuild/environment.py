"""The only ways in which settings read the environment: three helpers that fail loudly."""

import os
from pathlib import Path


class EnvironmentProblem(Exception):
    """A setting in the environment cannot be used as it stands."""


def env_bool(name: str, *, default: bool) -> bool:
    """Return a switch; anything but True or False is refused."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in {"True", "False"}:
        raise EnvironmentProblem(f"{name} must be True or False, not {value!r}.")
    return value == "True"


def env_int(name: str, *, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise EnvironmentProblem(f"{name} must be a whole number, not {value!r}.") from None


def env_secret(name: str, *, default: str = "") -> str:
    """Return a secret: the content of the file named by NAME_FILE, else NAME.

    A file that is named but cannot be read is an error, never a silent default.
    """
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise EnvironmentProblem(f"{name}_FILE cannot be read: {problem}") from problem
    return os.environ.get(name, default)
