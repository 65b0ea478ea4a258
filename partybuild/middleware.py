"""What every request passes: the idle time-out and the scope of the view's permission."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from partybuild.audit import record_refusal
from partybuild.permissions import PUBLIC, permission_of
from partybuild.scoping import activate, deactivate

PASSWORD_CHANGE_VIEWS = {"branches:change_password", "branches:sign_out", "static"}


class IdleSessionMiddleware:
    """End a session after the idle time, and after twelve hours however busy it is.

    Whatever the browser saves meanwhile counts as use.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            seen = request.session.get("seen_at", now)
            begun = request.session.setdefault("begun_at", now)
            idle = now - seen > settings.SESSION_IDLE_SECONDS
            if idle or now - begun > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen > 60 or "seen_at" not in request.session:  # noqa: PLR2004 -- a minute
                request.session["seen_at"] = now
        return self.get_response(request)


class ScopeMiddleware:
    """Open the scope of the permission that the view declares, and close it afterwards.

    What (permission) and where (scope) are one question: the user's grants that carry the
    permission decide which subtrees the view can see.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            token = getattr(request, "_scope_token", None)
            if token is not None:
                deactivate(token)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        permission = permission_of(view)
        if permission is PUBLIC:
            return None
        if permission is None:
            name = getattr(view, "__qualname__", view)
            raise ImproperlyConfigured(f"{name} declares no permission_required.")
        user: Any = request.user
        if not user.is_authenticated:
            raise ImproperlyConfigured(f"{permission} reached without signing in.")
        if user.must_change_password and _view_name(request) not in PASSWORD_CHANGE_VIEWS:
            return redirect("branches:change_password")
        if not user.has_perm(permission):
            record_refusal(actor=user, permission=permission, path=request.path)
            raise PermissionDenied(permission)
        request._scope_token = activate(user.scope_for(permission))  # type: ignore[attr-defined] # noqa: SLF001 -- our own mark on the request
        return None


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""
