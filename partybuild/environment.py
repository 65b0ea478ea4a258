"""The only ways in which settings read the environment: helpers that fail loudly."""

import contextlib
import os
import secrets
from base64 import b64encode
from collections.abc import Callable
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


def new_secret_key() -> str:
    return secrets.token_urlsafe(64)


def new_field_keys() -> str:
    """Return a first key of the encrypted columns, as partybuild.crypto reads it."""
    return f"1:{b64encode(secrets.token_bytes(32)).decode()}"


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret kept in a file, which is made on first use and for its owner only.

    Two processes that start at once agree: who comes second takes what the first has kept.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(unfinished)
        unfinished.unlink()
    return path.read_text(encoding="utf-8").strip()
