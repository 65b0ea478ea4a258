"""Idempotent posts: fifty copies of one filled-in form make one record and get one answer."""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from partybuild.crypto import keyed_digest
from partybuild.models import Submission

KEY_LENGTH = 32
KEY_MAX_LENGTH = 64
PURPOSE = "submissions.content"
NOT_CONTENT = {"csrfmiddlewaretoken", "submission_key"}


class SavedBefore(Exception):
    """A form that was saved comes again with other content: somebody went back and changed it."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


def new_key() -> str:
    """Return the key that a freshly shown form carries."""
    return get_random_string(KEY_LENGTH)


def content_of(request: HttpRequest) -> str:
    """Return a fingerprint of what a form says, its key and token left out."""
    fields = sorted(
        (name, sorted(values)) for name, values in request.POST.lists() if name not in NOT_CONTENT
    )
    uploads: list[Any] = [file for name in request.FILES for file in request.FILES.getlist(name)]
    files = sorted((file.name or "", file.size or 0) for file in uploads)
    return keyed_digest(json.dumps([fields, files], ensure_ascii=False), purpose=PURPOSE)


def once(*, user: Any, key: str, act: Callable[[], str], content: str = "") -> str:
    """Do `act` for the first copy of a form and return its answer (an address) to all copies.

    The row of the key is inserted first, in the transaction of the act: a second copy waits for
    the first to commit, finds the key taken and gets the same answer. When the act fails, the key
    is free again. BadRequest when a post has no proper key: sharing one, two different forms would
    count as copies of one. SavedBefore when the key was used with other `content`.
    """
    if not key.strip() or len(key) > KEY_MAX_LENGTH:
        raise BadRequest("The post carries no key of a form.")
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(
            user=user, key=key, defaults={"digest": content}
        )
        if not first and submission.digest != content:
            raise SavedBefore(submission.answer)
        if not first:
            return submission.answer
        submission.answer = act()
        submission.save(update_fields=["answer"])
        return submission.answer
