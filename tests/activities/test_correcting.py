"""Correcting, deleting, restoring: nobody's work is overwritten, nothing is gone."""

import datetime as dt

import pytest

from activities.models import Activity, Attendance, Meeting
from partybuild.audit import verify
from partybuild.scoping import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(client, li, roll, post, today):
    client.force_login(li)
    client.post("/activities/new/", post)
    with everything(reason="the fixture hands out the record"):
        return Activity.objects.get()


def page_of(client, activity):
    """Open the correction form and return what it would post unchanged."""
    context = client.get(f"/activities/{activity.public_id}/correct/").context
    form = context["form"]
    posted = {name: value for name, value in form.initial.items() if value not in ("", [])}
    return posted | {
        "version": context["version"],
        "base": context["base"],
        "submission_key": context["submission_key"],
    }


def correct(client, activity, posted):
    return client.post(f"/activities/{activity.public_id}/correct/", posted)


def stored(activity):
    with everything(reason="the test looks at the record"):
        return Activity.objects.get(pk=activity.pk)


def test_a_correction_is_saved_and_stands_in_the_history(client, activity):
    posted = page_of(client, activity) | {"place": "二楼学习室"}

    correct(client, activity, posted)

    assert stored(activity).place == "二楼学习室"
    steps = client.get(f"/activities/{activity.public_id}/history/").context["steps"]
    assert [step["note"] for step in steps] == ["地点：三楼会议室 → 二楼学习室", ""]


def test_a_bare_day_belongs_to_the_month_of_the_record(client, activity):
    october = page_of(client, activity) | {"held_on": "2026-10-28"}
    correct(client, activity, october)

    correct(client, activity, page_of(client, activity) | {"held_on": "25"})

    assert stored(activity).held_on == dt.date(2026, 10, 25)


def test_two_editors_of_different_fields_both_keep_their_work(client, activity):
    mine = page_of(client, activity) | {"place": "二楼学习室"}
    theirs = page_of(client, activity) | {"topic": "重温入党誓词"}

    correct(client, activity, theirs)
    correct(client, activity, mine)

    record = stored(activity)
    assert (record.place, record.topic) == ("二楼学习室", "重温入党誓词")


def test_two_editors_of_one_field_are_asked_and_nothing_is_overwritten(client, activity):
    mine = page_of(client, activity) | {"place": "二楼学习室"}
    theirs = page_of(client, activity) | {"place": "红色驿站"}

    correct(client, activity, theirs)
    answer = correct(client, activity, mine)

    assert stored(activity).place == "红色驿站"
    assert answer.context["form"].errors["place"] == [
        "别人刚刚改为“红色驿站”。上面是您填的，请核对后再保存。"
    ]
    assert answer.context["form"]["place"].value() == "二楼学习室"


def test_after_a_conflict_the_same_person_can_decide(client, activity):
    mine = page_of(client, activity) | {"place": "二楼学习室"}
    correct(client, activity, page_of(client, activity) | {"place": "红色驿站"})
    context = correct(client, activity, mine).context

    decided = mine | {
        "version": context["version"],
        "base": context["base"],
        "submission_key": context["submission_key"],
    }
    correct(client, activity, decided)

    assert stored(activity).place == "二楼学习室"


def test_a_deleted_activity_leaves_every_reading_and_comes_back_whole(
    client, activity, first_branch
):
    with everything(reason="the test compares all rows"):
        before = (
            list(Meeting.objects.values_list("kind", "minutes")),
            list(Attendance.objects.values_list("member", "status")),
        )

    client.post(f"/activities/{activity.public_id}/delete/", {"version": activity.version})

    with everything(reason="the test compares all rows"):
        assert (Activity.objects.count(), Meeting.objects.count(), Attendance.objects.count()) == (
            0,
            0,
            0,
        )
    assert client.get("/ledgers/activities.meetings/").context["page"].count == 0

    client.post(f"/activities/{activity.public_id}/restore/")

    with everything(reason="the test compares all rows"):
        after = (
            list(Meeting.objects.values_list("kind", "minutes")),
            list(Attendance.objects.values_list("member", "status")),
        )
    assert after == before
    assert client.get("/ledgers/activities.meetings/").context["page"].count == 1
    assert verify()[1] is None


def test_the_neighbour_cannot_delete_restore_or_correct(client, activity, wang):
    client.force_login(wang)
    address = f"/activities/{activity.public_id}"

    answers = [
        client.post(f"{address}/delete/").status_code,
        client.post(f"{address}/restore/").status_code,
        client.post(f"{address}/correct/").status_code,
        client.get(f"{address}/").status_code,
        client.get(f"{address}/history/").status_code,
    ]

    assert answers == [404] * 5
    assert stored(activity).deleted_at is None


def test_a_stale_deletion_is_refused(client, activity):
    correct(client, activity, page_of(client, activity) | {"place": "二楼学习室"})

    client.post(f"/activities/{activity.public_id}/delete/", {"version": 1})

    assert stored(activity).place == "二楼学习室"


def test_somebody_who_left_the_roll_stays_in_a_record_that_names_them(client, activity, roll):
    with everything(reason="the test takes somebody off the roll of that day"):
        roll[1].memberships.update(ended_on="2026-11-01")

    correct(client, activity, page_of(client, activity) | {"place": "二楼学习室"})

    with everything(reason="the test looks at the record"):
        assert Attendance.objects.filter(member=roll[1]).count() == 1


def test_going_back_to_a_saved_correction_and_changing_it_saves_the_change(client, activity):
    posted = page_of(client, activity) | {"place": "二楼学习室"}
    correct(client, activity, posted)

    correct(client, activity, posted | {"topic": "重温入党誓词"})

    record = stored(activity)
    assert (record.place, record.topic) == ("二楼学习室", "重温入党誓词")


@pytest.mark.parametrize("strange", [{"version": "abc"}, {"base": "forged"}, {"version": ""}])
def test_a_form_whose_marks_were_tampered_with_overwrites_nothing(client, activity, strange):
    posted = page_of(client, activity) | {"place": "二楼学习室"}
    correct(client, activity, page_of(client, activity) | {"place": "红色驿站"})

    answer = correct(client, activity, posted | strange)

    assert stored(activity).place == "红色驿站"
    assert answer.status_code == 409
