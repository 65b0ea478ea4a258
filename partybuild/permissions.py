"""How a view says what it needs: `permission_required` on the class, `@requires` on a function."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.contrib.auth.decorators import login_not_required


class _Public:
    """The mark of a page that anybody may open and that can read no scoped row."""

    def __repr__(self) -> str:
        return "PUBLIC"


PUBLIC: Final = _Public()
# Every account holds it; its scope is the union of all places where the account has business.
SIGNED_IN: Final = "partybuild.sign_in"

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: str) -> Callable[[View], View]:
    """Declare the permission of a function view."""

    def mark(view: View) -> View:
        view.permission_required = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Declare a function view that needs no signing in."""
    view.permission_required = PUBLIC  # type: ignore[attr-defined]
    return login_not_required(view)


def permission_of(view: Any) -> Any:
    """Return a view's permission, PUBLIC, or None when it declares nothing."""
    view_class = getattr(view, "view_class", None)
    return getattr(view_class or view, "permission_required", None)
