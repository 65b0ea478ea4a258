"""A careless house: each door breaks one rule, so that the rules can show that they notice."""

import io
import zipfile

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from members.models import Member
from partybuild.drafts import save_draft
from partybuild.permissions import PUBLIC, requires


def everybody():
    rows = Member._base_manager.order_by("pk")
    return "、".join(member.name for member in rows)


def undeclared(request):
    return HttpResponse()


class HalfPublicView(View):
    """Says that it is public, and forgets to let strangers in."""

    permission_required = PUBLIC

    def get(self, request):
        return HttpResponse()

    post = get


@requires("members.view_member")
def unheard_of(request, unheard_of):
    return HttpResponse()


@requires("members.view_member")
def telling(request, public_id):
    if Member.objects.filter(public_id=public_id).exists():
        return HttpResponse()
    if Member._base_manager.filter(public_id=public_id).exists():
        raise PermissionDenied
    raise Http404


@requires("members.view_member")
def leaking(request):
    return HttpResponse(everybody())


@requires("members.view_member")
def leaking_on_request(request):
    return HttpResponse(everybody() if request.GET.get("q") else "")


@requires("members.view_member")
def leaking_in_a_file(request):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", everybody())
    return HttpResponse(file.getvalue())


@csrf_exempt
@requires("members.view_member")
def exempt(request):
    return HttpResponse()


@requires("members.view_member")
def changing(request):
    save_draft(user=request.user, form="visits", content={"seen": True})
    return HttpResponse()


@requires("members.view_member")
def stumbling(request):
    return HttpResponse(int(request.GET.get("version", "1")))


@requires("members.view_member")
def orderly(request):
    return HttpResponse()


careless = [
    path("undeclared/", undeclared),
    path("half-public/", HalfPublicView.as_view()),
    path("unheard-of/<slug:unheard_of>/", unheard_of),
    path("telling/<str:public_id>/", telling),
    path("leaking/", leaking),
    path("leaking-on-request/", leaking_on_request),
    path("leaking-in-a-file/", leaking_in_a_file),
    path("exempt/", exempt),
    path("changing/", changing),
    path("stumbling/", stumbling),
    path("orderly/", orderly),
]
urlpatterns = [path("careless/", include(careless)), path("", include("partybuild.urls"))]
