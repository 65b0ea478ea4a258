"""Filters every template may use without loading them."""

import datetime as dt

from django import template

register = template.Library()
WEEKDAYS = "一二三四五六日"


@register.filter
def day(value: dt.date | None) -> str:
    """11月28日（周五）, with the year in front when it is not this one's; — for none."""
    if value is None:
        return "—"
    year = "" if value.year == dt.date.today().year else f"{value.year}年"  # noqa: DTZ011 -- shown in the server's zone
    return f"{year}{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


@register.filter
def get(mapping: dict, key: object) -> object:
    """Return mapping[key], None when it is missing."""
    return mapping.get(key)
