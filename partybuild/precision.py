"""Dates that are known to the month or to the year only: a companion column says how exactly."""

from django.db import models


class Precision(models.TextChoices):
    """How exactly a date is known; the unknown parts are stored as the first."""

    DAY = "day", "年月日"
    MONTH = "month", "年月"
    YEAR = "year", "年"


def precision_field() -> models.CharField:
    """Return the companion column of a date that may be known to the month or year only."""
    return models.CharField("精确到", max_length=5, choices=Precision, default=Precision.DAY)
