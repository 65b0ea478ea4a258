"""Reading accounts."""

from django.db.models import QuerySet

from branches.models import User


def accounts() -> QuerySet[User]:
    """Return all accounts with their grants, for those who administer them."""
    return User.objects.prefetch_related("grants__organization")
