"""One person's file: masked, revealed with a trace, read by its own person alone."""

import pytest
from django.db import connection

from members.models import Member
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.cast import account, enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory
from tests.factories.branches import GrantFactory

pytestmark = pytest.mark.django_db

NUMBER = "99900119800101007X"


@pytest.fixture
def member(first_branch):
    return enrolled("安小河", first_branch, id_number=NUMBER, phone="15400001234")


def entries(action):
    with everything(reason="the test looks at the trail"):
        return list(AuditEntry.objects.filter(action=action))


def test_numbers_are_masked_until_a_reason_is_given_and_written_down(client, li, member):
    client.force_login(li)
    page = client.get(f"/members/{member.public_id}/").content.decode()
    assert NUMBER not in page
    assert "999001********007X" in page

    revealed = client.post(
        f"/members/{member.public_id}/reveal/", {"reason": "办理转正"}
    ).content.decode()

    assert NUMBER in revealed
    [entry] = entries("members.member.numbers_revealed")
    assert (entry.actor, entry.after) == (li, {"原因": "办理转正"})


def test_without_a_reason_nothing_is_revealed(client, li, member):
    client.force_login(li)

    page = client.post(f"/members/{member.public_id}/reveal/", {"reason": " "}, follow=True)

    assert NUMBER not in page.content.decode()
    assert entries("members.member.numbers_revealed") == []


def test_the_database_holds_no_plain_number(member):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone, address FROM members_member")
        stored = str(cursor.fetchall())

    assert NUMBER not in stored
    assert "15400001234" not in stored


def test_a_linked_account_reads_its_own_file_and_no_other(client, li, member, sun):
    client.force_login(li)
    own = account("anxiaohe", "安小河", "member", member.branch)
    client.post(f"/members/{member.public_id}/account/", {"username": "anxiaohe"})

    client.force_login(own)

    assert client.get("/members/own/").context["member"] == member
    with everything(reason="the test needs another file"):
        other = Member.objects.get(user=sun)
    assert client.get(f"/members/{other.public_id}/").status_code == 403


@pytest.mark.parametrize("username", ["nobody", "wang", "sun"])
def test_a_wrong_account_is_not_linked(client, li, member, wang, sun, username):
    client.force_login(li)

    client.post(f"/members/{member.public_id}/account/", {"username": username})

    with everything(reason="the test looks at the file"):
        assert Member.objects.get(pk=member.pk).user is None
    assert entries("members.member.account_linked") == []


def test_whoever_moved_still_reads_what_they_attended_before(client, sun, li, second_branch):
    with everything(reason="the test arranges its rows"):
        member = Member.objects.get(user=sun)
        activity = ActivityFactory(organization=member.branch, topic="从前的学习", recorded_by=li)
        AttendanceFactory(activity=activity, member=member)
        sun.grants.all().delete()
    GrantFactory(user=sun, role="member", organization=second_branch)
    client.force_login(sun)

    page = client.get("/members/own/").content.decode()

    assert "从前的学习" in page
    assert member.branch.name in page
