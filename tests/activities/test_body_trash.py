"""A meeting of a leading body is deleted and comes back through a door of its own."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Activity, Amendment
from branches.roles import Role
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.cast import account
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.reviews import AmendmentFactory, MonthClosingFactory, ReviewFactory

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def study(committee):
    """A study of the committee's leading body, with somebody there."""
    held = ActivityFactory(organization=committee, topic="集体学习")
    MeetingFactory(activity=held, kind="theory_study", minutes="研讨")
    AttendanceFactory(activity=held)
    return held


def stored(study):
    """Return whether it is in the trash, its version, and how much hangs on it."""
    with everything(reason="the test looks at what was stored"):
        row = Activity.visible_rows().get(pk=study.pk)
        return row.deleted_at is not None, row.version


def post(client, page, study, **data):
    return client.post(reverse(f"activities:{page}", args=[study.public_id]), data, follow=True)


def test_it_is_deleted_with_an_offer_to_take_it_back_and_comes_back_whole(client, zhao, study):
    client.force_login(zhao)
    page = client.get(study.get_absolute_url())
    assert page.context["delete_url"] == reverse("activities:delete_body", args=[study.public_id])

    deleted = post(client, "delete_body", study, version=1)
    listed = client.get("/activities/").context["page"].count
    trash = client.get("/activities/bodies/trash/")
    restored = post(client, "restore_body", study)

    assert "已删除“集体学习”。" in deleted.text
    assert reverse("activities:restore_body", args=[study.public_id]) in deleted.text
    assert listed == 0
    assert [one.topic for one in trash.context["activities"]] == ["集体学习"]
    assert "已恢复“集体学习”，内容和名单都在。" in restored.text
    with everything(reason="the test looks at what was stored"):
        back = Activity.objects.get()
        assert (back.meetings.get().minutes, back.attendances.count()) == ("研讨", 1)
        acts = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert acts[-2:] == ["activities.activity.deleted", "activities.activity.restored"]


def test_a_passed_record_waits_for_review_again_after_it_came_back(client, zhao, study):
    ReviewFactory(activity=study)
    client.force_login(zhao)
    before = client.get(study.get_absolute_url()).context["review"]

    post(client, "delete_body", study, version=1)
    post(client, "restore_body", study)

    assert before is not None
    assert client.get(study.get_absolute_url()).context["review"] is None


def test_a_stale_deletion_is_refused(client, zhao, study):
    with everything(reason="somebody corrects meanwhile"):
        Activity.objects.update(version=2)
    client.force_login(zhao)

    answer = post(client, "delete_body", study, version=1)

    assert "没有删除" in answer.text
    assert stored(study) == (False, 2)


def test_in_a_closed_month_it_is_neither_deleted_nor_restored_without_leave(
    client, zhao, study, committee
):
    MonthClosingFactory(organization=committee, month=dt.date(2026, 11, 1))
    client.force_login(zhao)

    refused = post(client, "delete_body", study, version=1)
    assert "11月已归档" in refused.text
    assert stored(study) == (False, 1)

    with everything(reason="leave is given"):
        leave = AmendmentFactory(activity=study, state="granted")
    post(client, "delete_body", study, version=1)
    assert stored(study) == (True, 2)
    back = post(client, "restore_body", study)

    assert "11月已归档" in back.text
    assert stored(study) == (True, 2)
    with everything(reason="the leave is used up"):
        assert Amendment.visible_rows().get(pk=leave.pk).state == "used"


def test_who_only_looks_on_finds_no_button(client, study, committee):
    head = account("gao", "高建国", Role.OFFICE_HEAD, committee)
    client.force_login(head)

    assert client.get(study.get_absolute_url()).context["delete_url"] == ""
    assert post(client, "delete_body", study, version=1).status_code == 403
    assert stored(study) == (False, 1)


def test_a_secretary_has_no_door_to_it(client, li, study):
    client.force_login(li)

    for page in ("delete_body", "restore_body"):
        assert post(client, page, study, version=1).status_code == 403
    assert stored(study) == (False, 1)


def test_a_branchs_record_does_not_go_through_this_door(client, zhao, first_branch):
    held = ActivityFactory(organization=first_branch)
    client.force_login(zhao)
    page = client.get(held.get_absolute_url())

    assert page.context["delete_url"] == ""
    assert post(client, "delete_body", held, version=1).status_code == 404
    with everything(reason="the branch deletes it itself"):
        Activity.objects.update(deleted_at=dt.datetime.now(dt.UTC))
    assert post(client, "restore_body", held).status_code == 404
    assert list(client.get("/activities/bodies/trash/").context["activities"]) == []
