"""The key that tasks use: act as a user, with one permission, in the scope it gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied

from partybuild.scoping import scoped_to


@contextmanager
def acting_as(user_id: int, permission: str) -> Iterator[Any]:
    """Open the scope in which the user holds `permission`, and yield the user.

    PermissionDenied when the account is closed or no longer holds the permission: a task acts
    with the rights of the moment in which it runs, not of the moment in which it was asked for.
    """
    user = get_user_model()._default_manager.get(pk=user_id)
    if not (user.is_active and user.has_perm(permission)):
        raise PermissionDenied(f"{user} no longer holds {permission}.")
    with scoped_to(user.scope_for(permission)):
        yield user
