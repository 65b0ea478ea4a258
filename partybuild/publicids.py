"""Random public ids: what stands in a URL instead of a running number."""

import secrets

from django.db import models

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16


def new_public_id() -> str:
    """Return 16 characters of a 31-letter alphabet: 79 bits, easy to read aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class PublicIdField(models.CharField):
    """The public id of a row, made when the row is."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(
            max_length=LENGTH,
            unique=True,
            editable=False,
            default=new_public_id,
            verbose_name="公开编号",
        )
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def get_prep_value(self, value: object) -> object:
        """Ask for an id with a NUL, which PostgreSQL cannot even be asked for, as one nobody has."""
        text = super().get_prep_value(value)
        return text.replace("\0", "?") if isinstance(text, str) else text
