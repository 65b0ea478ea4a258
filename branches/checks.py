"""House rule: a permission that a page or a ledger asks for is held by some role."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from branches.roles import known_permissions
from partybuild.checks import walk_urls
from partybuild.ledgers import ledgers
from partybuild.permissions import PUBLIC, SIGNED_IN, permission_of


@register()
def every_permission_is_held_by_a_role(**kwargs: Any) -> list[CheckMessage]:
    """E003: a misspelt permission would lock everybody out without a word."""
    asked = {route: permission_of(pattern.callback) for route, pattern in walk_urls()}
    asked |= {ledger.code: ledger.permission for ledger in ledgers}
    known = known_permissions() | {SIGNED_IN, PUBLIC, None}
    return [
        Error(f"{where} needs {permission}, which no role holds.", id="partybuild.E003")
        for where, permission in asked.items()
        if permission not in known
    ]
