"""Views that the middleware and the house rules have an opinion of."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.generic import View

from members.models import Member
from partybuild.permissions import PUBLIC, SIGNED_IN, public, requires


def names():
    return ",".join(member.name for member in Member.objects.order_by("name"))


@requires("members.view_member")
def listing(request):
    return HttpResponse(names())


@requires("members.view_member")
def failing(request):
    raise InterruptedError


@requires("members.view_member")
def streaming(request):
    def later():
        yield names()

    return StreamingHttpResponse(later())


@requires(SIGNED_IN)
def own(request):
    return HttpResponse(names())


@public
def open_to_all(request):
    return HttpResponse(names())


@public
def greeting(request):
    return HttpResponse("您好")


def undeclared(request):
    return HttpResponse(names())


@login_not_required
@requires("members.view_member")
def door_left_ajar(request):
    return HttpResponse(names())


@requires("members.view_membr")
def misspelt(request):
    return HttpResponse(names())


class ListingView(View):
    permission_required = "members.view_member"

    def get(self, request):
        return HttpResponse(names())


class UndeclaredView(View):
    def get(self, request):
        return HttpResponse(names())


class PublicView(View):
    permission_required = PUBLIC


rehearsal = [
    path("listing/", listing),
    path("failing/", failing),
    path("streaming/", streaming),
    path("own/", own),
    path("open/", open_to_all),
    path("greeting/", greeting),
    path("undeclared/", undeclared),
    path("ajar/", door_left_ajar),
    path("misspelt/", misspelt),
    path("class/", ListingView.as_view()),
    path("undeclared-class/", UndeclaredView.as_view()),
]
urlpatterns = [path("rehearsal/", include(rehearsal)), path("", include("partybuild.urls"))]
