"""Addresses that the system checks refuse."""

from django.http import HttpResponse
from django.urls import include, path

from partybuild.permissions import requires


def undeclared(request):
    return HttpResponse()


@requires("members.view_membr")
def misspelt(request):
    return HttpResponse()


@requires("members.view_member")
def orderly(request):
    return HttpResponse()


inner = [path("undeclared/", undeclared), path("misspelt/<int:number>/", misspelt)]
urlpatterns = [path("inner/", include(inner)), path("orderly/", orderly)]
