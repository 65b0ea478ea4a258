"""Drafts: what was typed is kept on the server, per user and form, until it is saved for good."""

from typing import Any

from partybuild.models import Draft

MAX_CHARACTERS = 2_000_000


def save_draft(*, user: Any, form: str, content: dict[str, Any]) -> Draft:
    """Keep the newest content of a form."""
    values = {"content": _storable(content)}
    draft, _ = Draft.objects.update_or_create(user=user, form=form, defaults=values)
    return draft


def find_draft(*, user: Any, form: str) -> Draft | None:
    """Return what was kept for a form."""
    return Draft.objects.filter(user=user, form=form).first()


def drop_draft(*, user: Any, form: str) -> None:
    """Forget a form's draft: it was saved for good."""
    Draft.objects.filter(user=user, form=form).delete()


def _storable(value: Any) -> Any:
    """Replace what no database takes: NUL, and halves of characters that a browser cut."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
