"""What every request passes: the idle time-out, and the scope of the view's permission."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings as portal_settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.urls import reverse
from django.utils import timezone

from branches.roles import Role
from members.models import Member
from partybuild.acting import acting_as
from partybuild.models import AuditEntry
from partybuild.permissions import PUBLIC, SIGNED_IN, permission_of
from partybuild.scoping import EVERYTHING, NOTHING, Scope, ScopeMissing, everything
from tests.factories.branches import GrantFactory
from tests.factories.members import MemberFactory
from tests.partybuild import offending_urls

pytestmark = pytest.mark.urls("tests.partybuild.offending_urls")


def page(client, user, name):
    client.force_login(user)
    return client.get(f"/rehearsal/{name}/")


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["listing", "class"])
def test_a_view_sees_where_its_user_holds_its_permission(name, client, cast):
    seen = {who: text(page(client, cast[who], name)) for who in ("li", "wang", "zhao", "qian")}

    assert seen == {
        "li": "孙知远,李秀岩",
        "wang": "王若川",
        "zhao": "孙知远,李秀岩,王若川",
        "qian": "钱别浦",
    }


def test_what_and_where_are_one_question(client, li, second_branch):
    MemberFactory(name="第二支部的人", branch=second_branch)
    GrantFactory(user=li, role=Role.MEMBER, organization=second_branch)

    assert text(page(client, li, "listing")) == "李秀岩"


def test_several_grants_open_several_places(client, li, wang, second_branch):
    GrantFactory(user=li, role=Role.LEDGER_CLERK, organization=second_branch)

    assert text(page(client, li, "listing")) == "李秀岩,王若川"


def test_what_everybody_may_see_lies_where_they_have_business(client, cast):
    seen = [text(page(client, cast[who], "own")) for who in ("sun", "zhou", "system_admin")]

    assert seen == ["孙知远,李秀岩", "", ""]


def test_a_page_without_permission_is_refused_and_noted(client, sun):
    response = page(client, sun, "listing")

    assert response.status_code == 403
    with everything(reason="what was noted"):
        entry = AuditEntry.objects.get()
    assert (entry.actor, entry.result) == (sun, AuditEntry.Result.REFUSED)
    assert entry.summary == "无权打开页面 /rehearsal/listing/"


def test_a_grant_holds_from_its_first_to_its_last_day(today, client, zhou, first_branch):
    GrantFactory(
        user=zhou,
        organization=first_branch,
        starts_on=today,
        ends_on=today + dt.timedelta(days=1),
    )

    answers = []
    for days in (-1, 0, 1, 2):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            answers.append(page(client, zhou, "listing").status_code)

    assert answers == [403, 200, 200, 403]


def test_strangers_are_asked_to_sign_in(client, li):
    response = client.get("/rehearsal/listing/")

    assert response.status_code == 302
    assert response.url == f"{reverse('branches:sign_in')}?next=/rehearsal/listing/"


def test_a_public_page_needs_no_account_and_reads_no_row(client, li):
    assert text(client.get("/rehearsal/greeting/")) == "您好"
    with pytest.raises(ScopeMissing):
        client.get("/rehearsal/open/")


@pytest.mark.parametrize("name", ["undeclared", "undeclared-class", "ajar"])
def test_a_page_that_declares_nothing_or_lets_strangers_in_is_never_shown(name, client, li):
    if name != "ajar":
        client.force_login(li)

    with pytest.raises(ImproperlyConfigured):
        client.get(f"/rehearsal/{name}/")


@pytest.mark.parametrize("name", ["listing", "failing", "streaming"])
def test_the_scope_closes_with_the_request(name, client, li):
    client.raise_request_exception = False

    page(client, li, name)

    with pytest.raises(ScopeMissing):
        list(Member.objects.all())


def test_a_streamed_answer_is_read_after_the_scope_has_closed(client, li):
    response = page(client, li, "streaming")

    with pytest.raises(ScopeMissing):
        list(response.streaming_content)


def test_a_first_password_must_be_changed_before_anything_else(client, li):
    li.must_change_password = True
    li.save()

    response = page(client, li, "listing")
    changing = client.get(reverse("branches:change_password"))

    assert (response.status_code, response.url) == (302, reverse("branches:change_password"))
    assert changing.status_code == 200


def test_a_session_ends_after_half_an_hour_without_use(today, client, li):
    client.force_login(li)
    answers = []
    for minutes in (0, 29, 58, 89):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
            answers.append(client.get("/rehearsal/listing/").status_code)

    assert portal_settings.SESSION_IDLE_SECONDS == 30 * 60
    assert answers == [200, 200, 200, 302]


def test_a_session_is_written_once_a_minute_at_most(
    today, client, li, django_assert_max_num_queries
):
    page(client, li, "listing")

    with django_assert_max_num_queries(4) as asked:
        client.get("/rehearsal/listing/")

    assert [query["sql"] for query in asked.captured_queries if "UPDATE" in query["sql"]] == []


def test_acting_as_somebody_opens_their_scope(li, wang, first_branch):
    with acting_as(li.pk, "members.view_member") as actor:
        names = list(Member.objects.values_list("name", flat=True))

    assert (actor, names) == (li, ["李秀岩"])
    with pytest.raises(ScopeMissing):
        list(Member.objects.all())


@pytest.mark.parametrize("who", ["sun", "zhou", "audit_admin"])
def test_nobody_acts_with_a_permission_they_lack(who, cast):
    with pytest.raises(PermissionDenied), acting_as(cast[who].pk, "members.view_member"):
        pass


def test_a_closed_account_acts_no_more(li):
    li.is_active = False
    li.save()

    with pytest.raises(PermissionDenied), acting_as(li.pk, "members.view_member"):
        pass


def test_scopes_follow_from_grants(cast, committee, first_branch):
    assert cast["li"].scope_for("members.view_member") == Scope((first_branch.path,))
    assert cast["zhao"].scope_for("members.view_member") == Scope((committee.path,))
    assert cast["sun"].scope_for("members.view_member") == NOTHING
    assert cast["audit_admin"].scope_for("partybuild.view_auditentry") == EVERYTHING
    assert cast["audit_admin"].scope_for(SIGNED_IN) == NOTHING


def test_a_view_is_asked_for_its_permission_however_it_is_written():
    declared = {
        "listing": permission_of(offending_urls.listing),
        "class": permission_of(offending_urls.ListingView.as_view()),
        "own": permission_of(offending_urls.own),
        "greeting": permission_of(offending_urls.greeting),
        "public class": permission_of(offending_urls.PublicView.as_view()),
        "undeclared": permission_of(offending_urls.undeclared),
    }

    assert declared == {
        "listing": "members.view_member",
        "class": "members.view_member",
        "own": SIGNED_IN,
        "greeting": PUBLIC,
        "public class": PUBLIC,
        "undeclared": None,
    }
    assert repr(PUBLIC) == "PUBLIC"
