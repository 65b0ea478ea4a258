"""What the kernel asks about organisations without knowing them.

`settings.PLACES` names the module of an app that answers: the model's rows in the order of the
tree, their names and the open scope as of a day.
"""

import datetime as dt
from importlib import import_module
from typing import Any

from django.conf import settings


def scope_as_of(scope: Any, day: dt.date) -> Any:
    """Return the scope that a scope of today was on `day`."""
    return import_module(settings.PLACES).scope_as_of(scope, day)


def name_as_of(place: Any, day: dt.date) -> str:
    """Return what an organisation was called on `day`."""
    name: str = import_module(settings.PLACES).name_as_of(place, day)
    return name
