"""What the person who reads a page is asked to do; stands on the first pages."""

from typing import Any

from django import template
from django.utils import timezone

from partybuild.errands import errands_for

register = template.Library()


@register.inclusion_tag("components/errands.html", takes_context=True)
def errands(context: dict[str, Any]) -> dict[str, Any]:
    """Show a card for each kind of errand of the signed-in user, nothing without any."""
    return {"groups": errands_for(context["user"], timezone.localdate())}
