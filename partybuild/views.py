"""The kernel's pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partybuild.permissions import public


@public
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a post whose form was too old: what was typed is kept, what to do."""
    return render(request, "stale_form.html", status=403)
