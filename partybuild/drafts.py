"""Drafts: what was typed is kept on the server, per user and form, until it is saved for good."""

from typing import Any

from partybuild.models import Draft

MAX_CHARACTERS = 2_000_000


def save_draft(*, user: Any, form: str, content: dict[str, Any]) -> Draft:
    """Keep the newest content of a form."""
    draft, _ = Draft.objects.update_or_create(user=user, form=form, defaults={"content": content})
    return draft


def find_draft(*, user: Any, form: str) -> Draft | None:
    """Return what was kept for a form."""
    return Draft.objects.filter(user=user, form=form).first()


def drop_draft(*, user: Any, form: str) -> None:
    """Forget a form's draft: it was saved for good."""
    Draft.objects.filter(user=user, form=form).delete()
