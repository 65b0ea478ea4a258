"""Idempotent posts: fifty copies of one filled-in form make one record and get one answer."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string

from partybuild.models import Submission

KEY_LENGTH = 32


def new_key() -> str:
    """Return the key that a freshly shown form carries."""
    return get_random_string(KEY_LENGTH)


def once(*, user: Any, key: str, act: Callable[[], str]) -> str:
    """Do `act` for the first copy of a form and return its answer (an address) to all copies.

    The row of the key is inserted first, in the transaction of the act: a second copy waits for
    the first to commit, finds the key taken and gets the same answer. When the act fails, the key
    is free again.
    """
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(user=user, key=key[:64])
        if not first:
            return submission.answer
        submission.answer = act()
        submission.save(update_fields=["answer"])
        return submission.answer
