"""House rules as system checks: a forgotten declaration stops runserver, migrate and CI."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from partybuild.permissions import permission_of
from partybuild.scoping import ScopedModel

OWN_APPS = ("partybuild", "branches", "members", "activities", "assessments")


@register()
def every_model_says_where_it_belongs(**kwargs: Any) -> list[CheckMessage]:
    """E001: a model inherits ScopedModel with a scope_path, or says why it has no place."""
    problems: list[CheckMessage] = []
    for label in OWN_APPS:
        for model in apps.get_app_config(label).get_models():
            scoped = issubclass(model, ScopedModel)
            told = (
                getattr(model, "scope_path", "")
                if scoped
                else getattr(model, "unscoped_because", "")
            )
            if not told and not model._meta.proxy:
                problems.append(
                    Error(
                        f"{model.__name__} says neither scope_path nor unscoped_because.",
                        obj=model,
                        id="partybuild.E001",
                    )
                )
    return problems


@register()
def every_view_declares_a_permission(**kwargs: Any) -> list[CheckMessage]:
    """E002: a view without permission_required."""
    return [
        Error(f"{route} declares no permission_required.", id="partybuild.E002")
        for route, pattern in walk_urls()
        if permission_of(pattern.callback) is None
    ]


def walk_urls(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every URL pattern with its whole route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from walk_urls(entry, route)
        else:
            yield route, entry
