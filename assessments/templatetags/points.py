"""Filters for points."""

from decimal import Decimal

from django import template

from assessments.points import shown

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """Return points as they are written, with a true minus sign; — for none."""
    return "—" if value is None else shown(value).replace("-", "−")
