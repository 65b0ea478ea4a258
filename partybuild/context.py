"""What every page needs: menu, organisation, version, text size."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of base.html."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_version": settings.PORTAL_VERSION,
        "menu": menu_for(user, request.path) if signed_in else [],
        "unit_name": getattr(getattr(user, "home_organization", None), "label", ""),
        "role_name": getattr(user, "role_name", ""),
        "text_size": request.COOKIES.get("text_size", "standard"),
        "theme": request.COOKIES.get("theme", "auto"),
    }


def menu_for(user: Any, here: str) -> list[dict[str, Any]]:
    """Return the menu's groups: what each app declares and the user may open."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for app in apps.get_app_configs():
        for group, title, view, permission in getattr(app, "menu", ()):
            if user.has_perm(permission):
                item = {"title": title, "url": reverse(view), "current": False}
                groups.setdefault(group, []).append(item)
    _mark(groups, here)
    order = [group for group in MENU_GROUPS if group in groups]
    return [
        {"title": group, "items": groups[group], "is_open": _stays_open(groups[group])}
        for group in order
    ]


def _stays_open(items: list[dict[str, Any]]) -> bool:
    """Tell whether a group stands unfolded: a short one always, a long one around this page."""
    return len(items) <= SHORT_GROUP or any(item["current"] for item in items)


def _mark(groups: dict[str, list[dict[str, Any]]], here: str) -> None:
    """Mark the entry whose address is the longest beginning of this page's."""
    fitting = [i for items in groups.values() for i in items if here.startswith(i["url"])]
    if fitting:
        max(fitting, key=lambda item: len(item["url"]))["current"] = True


SHORT_GROUP = 4
MENU_GROUPS = (
    *("", "组织生活", "学习教育", "组织建设", "党员", "党员统计", "党费", "激励关怀"),
    *("考核与台账", "评比创建", "管理"),
)
