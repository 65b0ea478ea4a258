"""核对名单: everybody is right unless somebody says otherwise."""

import pytest

from members.models import RosterCheck, RosterRemark
from partybuild.alerts import alerts
from partybuild.models import AuditEntry
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_li(client, li):
    client.force_login(li)
    return client


@pytest.fixture
def he(first_branch):
    return enrolled("何应秋", first_branch)


def invitation(user, today):
    with scoped_to(user.scope_for("members.change_member")):
        return [notice.text for notice in alerts["members.roster_check"].notices(today)]


def check(client, *, wrong=(), **answers):
    context = client.get("/members/check/").context
    right = [row["member"].public_id for row in context["rows"] if row["member"] not in wrong]
    return client.post(
        "/members/check/",
        {
            "submission_key": context["submission_key"],
            "organization": context["carried"]["organization"],
            "right": right,
        }
        | answers,
    )


def test_a_branch_is_invited_until_it_has_checked(as_li, li, he, today):
    assert invitation(li, today) == ["您的支部：2 人，请核对。还没有核对过名单"]

    check(as_li)

    assert invitation(li, today) == []
    with everything(reason="the test looks at the check"):
        [row] = RosterCheck.objects.all()
        assert (row.people, row.checked_by, row.remarks.count()) == (2, li, 0)


def test_whoever_is_wrong_gets_a_remark_that_waits_until_it_is_settled(as_li, li, he, today):
    check(as_li, wrong=[he], **{f"remark_{he.public_id}": "已调走"}, missing="林望舒")

    assert invitation(li, today) == ["名单上有 1 处疑问还没有处理"]
    assert "已调走" in as_li.get("/members/check/").content.decode()
    with everything(reason="the test looks at the trail"):
        remark = RosterRemark.objects.get()
        [entry] = AuditEntry.objects.filter(action="members.rostercheck.done")
    assert entry.after == {"存疑": ["何应秋：已调走"], "缺的人": "林望舒"}

    as_li.post(f"/members/check/{remark.public_id}/settle/")
    as_li.post(f"/members/check/{remark.public_id}/settle/")

    assert invitation(li, today) == []
    with everything(reason="the test counts the entries"):
        assert AuditEntry.objects.filter(action="members.rosterremark.settled").count() == 1


def test_wrong_without_a_word_is_asked_about_and_nothing_is_saved(as_li, he):
    answer = check(as_li, wrong=[he])

    assert answer.context["form"].errors == {
        f"remark_{he.public_id}": ["请写明何应秋哪里不对，例如“已调走”。"]
    }
    assert [row["is_right"] for row in answer.context["rows"]].count(False) == 1
    with everything(reason="the test counts the checks"):
        assert RosterCheck.objects.count() == 0


def test_a_remark_beside_a_tick_counts(as_li, he):
    check(as_li, **{f"remark_{he.public_id}": "入党时间不对"})

    with everything(reason="the test looks at the remark"):
        assert RosterRemark.objects.get().text == "入党时间不对"


def test_the_neighbour_settles_nothing(client, as_li, wang, he):
    check(as_li, wrong=[he], **{f"remark_{he.public_id}": "已调走"})
    client.force_login(wang)
    with everything(reason="the test takes the address"):
        remark = RosterRemark.objects.get()

    assert client.post(f"/members/check/{remark.public_id}/settle/").status_code == 404


def test_a_committee_is_told_of_every_branch_in_two_queries(
    zhao, li, wang, he, today, django_assert_num_queries
):
    with (
        scoped_to(zhao.scope_for("members.change_member")),
        django_assert_num_queries(2),
    ):
        found = list(alerts["members.roster_check"].notices(today))

    assert [notice.place for notice in found] == ["第一党支部", "第二党支部"]
