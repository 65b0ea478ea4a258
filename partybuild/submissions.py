"""Idempotent posts: fifty copies of one filled-in form make one record and get one answer."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.utils.crypto import get_random_string

from partybuild.models import Submission

KEY_LENGTH = 32
KEY_MAX_LENGTH = 64


def new_key() -> str:
    """Return the key that a freshly shown form carries."""
    return get_random_string(KEY_LENGTH)


def once(*, user: Any, key: str, act: Callable[[], str]) -> str:
    """Do `act` for the first copy of a form and return its answer (an address) to all copies.

    The row of the key is inserted first, in the transaction of the act: a second copy waits for
    the first to commit, finds the key taken and gets the same answer. When the act fails, the key
    is free again. BadRequest when a post has no proper key: sharing one, two different forms would
    count as copies of one.
    """
    if not key.strip() or len(key) > KEY_MAX_LENGTH:
        raise BadRequest("The post carries no key of a form.")
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(user=user, key=key)
        if not first:
            return submission.answer
        submission.answer = act()
        submission.save(update_fields=["answer"])
        return submission.answer
