"""Pages of accounts and organisations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any) -> HttpResponse:
    """Answer the sixth wrong password: how long to wait, whom to ask."""
    return render(request, "branches/locked_out.html", status=429)
