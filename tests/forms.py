"""What a browser would post from a page with one form, as it is shown."""

from typing import Any

HIDDEN = ("submission_key", "version", "base")


def as_shown(page: Any, **typed: Any) -> dict[str, Any]:
    """Return the post of a shown form, with what is `typed` over it; empty fields are left out."""
    shown = {field.html_name: field.value() for field in page.context["form"]}
    shown |= {name: page.context[name] for name in HIDDEN if page.context.get(name)}
    shown |= page.context.get("carried") or {}
    return {
        name: value for name, value in (shown | typed).items() if value not in (None, "", [], False)
    }
