"""Rows that hold from one day to another: `started_on` is the first day, `ended_on` the first after."""

import datetime as dt

from django.db.models import F, Q


def covering(day: dt.date | F, prefix: str = "") -> Q:
    """Return the condition that a dated row holds on `day` (or on that of another row); open ends are None."""
    started = Q(**{f"{prefix}started_on__isnull": True}) | Q(**{f"{prefix}started_on__lte": day})
    running = Q(**{f"{prefix}ended_on__isnull": True}) | Q(**{f"{prefix}ended_on__gt": day})
    return started & running
