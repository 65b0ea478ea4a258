"""Recording an occasion through the page: once, whole, and only one's own."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from activities.models import Activity, Attendance, Meeting
from members.models import Member
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.cast import enrolled

pytestmark = pytest.mark.django_db


def everything_of(model):
    with everything(reason="the test looks at all rows"):
        return list(model.objects.order_by("pk"))


def test_recording_a_party_day_keeps_what_was_typed_and_who_was_there(
    client, li, roll, post, today
):
    client.force_login(li)
    absent = roll[1].public_id

    answer = client.post(
        "/activities/new/",
        post
        | {f"presence-{p.public_id}": "present" for p in roll}
        | {f"presence-{absent}": "illness"},
    )

    [activity] = everything_of(Activity)
    assert answer["Location"] == f"/activities/{activity.public_id}/?saved=1"
    assert (activity.held_on, activity.started_at) == (dt.date(2026, 11, 20), dt.time(14, 30))
    assert (activity.topic, activity.place) == ("学习贯彻全会精神", "三楼会议室")
    with everything(reason="the test looks at all rows"):
        stood = dict(Attendance.objects.values_list("member__name", "status"))
        assert list(Meeting.objects.values_list("kind", "minutes")) == [
            ("party_day", "一、传达学习。二、交流发言。")
        ]
    assert stood == {
        "李秀岩": "present",
        "安小河": "on_leave",
        "白一舟": "present",
        "陈望南": "present",
        "丁初晴": "present",
    }


def test_namesakes_are_told_apart_by_sex_and_year_of_birth(client, li, first_branch, roll, today):
    enrolled("安小河", first_branch, gender=Member.Gender.MALE, born_on=dt.date(1985, 3, 1))
    client.force_login(li)

    page = client.get("/activities/new/").content.decode()

    assert "安小河<small>男，1985年生</small>" in page
    assert "安小河<small>女" in page
    assert "白一舟</label>" in page


def test_a_page_without_script_or_grid_takes_everybody_as_present(client, li, roll, post, today):
    client.force_login(li)

    client.post("/activities/new/", post)

    assert [row.status for row in everything_of(Attendance)] == ["present"] * 5


def test_the_same_form_sent_twice_makes_one_record_and_gets_one_answer(
    client, li, roll, post, today
):
    client.force_login(li)

    first = client.post("/activities/new/", post)
    second = client.post("/activities/new/", post)

    assert len(everything_of(Activity)) == 1
    assert second["Location"] == first["Location"]
    recorded = [e for e in everything_of(AuditEntry) if e.action == "activities.activity.recorded"]
    assert len(recorded) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_copies_of_one_form_make_one_record(client, li, roll, post):
    client.force_login(li)
    post["held_on"] = timezone.localdate().isoformat()
    answers = []

    def send():
        try:
            copy = type(client)()
            copy.cookies = client.cookies
            answers.append(copy.post("/activities/new/", post)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(everything_of(Activity)) == 1
    assert len(answers) == 50
    assert len(set(answers)) == 1


def test_a_mistake_is_explained_at_its_field_and_nothing_is_saved(client, li, roll, post, today):
    client.force_login(li)

    answer = client.post("/activities/new/", post | {"topic": "", "held_on": "2026-13-45"})

    assert answer.context["form"].errors == {
        "topic": ["请填写主题。"],
        "held_on": ["看不出是哪一天，请写成 2026-11-21 这样。"],
    }
    assert "一、传达学习。二、交流发言。" in answer.content.decode()
    assert everything_of(Activity) == []


def test_a_day_that_has_not_come_is_refused(client, li, roll, post, today):
    client.force_login(li)

    answer = client.post("/activities/new/", post | {"held_on": "2026-11-28"})

    assert answer.context["form"].errors["held_on"] == [
        "日期还没到，活动开过后再记录；已填内容会留在草稿里。"
    ]


@pytest.mark.parametrize("written", ["20261120", "11.20", "昨天", "2026年11月20日", "本周五", "20"])
def test_a_day_may_be_written_as_people_write_it(client, li, roll, post, today, written):
    client.force_login(li)

    client.post("/activities/new/", post | {"held_on": written})

    assert [a.held_on for a in everything_of(Activity)] == [dt.date(2026, 11, 20)]


def test_a_secretary_cannot_record_for_the_neighbour(client, wang, li, roll, post, today):
    client.force_login(wang)

    answer = client.post("/activities/new/", post)

    assert answer.status_code == 404
    assert everything_of(Activity) == []


def test_a_roll_that_changed_meanwhile_asks_for_a_second_look(
    client, li, roll, post, first_branch, today
):
    client.force_login(li)
    shown = {f"presence-{person.public_id}": "present" for person in roll}
    enrolled("高新来", first_branch)

    answer = client.post("/activities/new/", post | shown)

    assert answer.context["form"].non_field_errors() == [
        "按这一天的花名册，应到 6 人，与刚才显示的不同。名单已更新，请核对后再保存。"
    ]
    assert [person.name for person in answer.context["people"]].count("高新来") == 1
    assert everything_of(Activity) == []


def test_one_occasion_carries_several_forms_each_with_its_own_minutes(
    client, li, roll, post, today
):
    client.force_login(li)
    several = {
        "kinds": ["party_day", "party_lecture"],
        "minutes_party_lecture": "主讲党章。",
        "minutes_party_day": "交流。",
        "minutes": "",
        "lecturer": "安小河",
    }

    client.post("/activities/new/", post | several)

    with everything(reason="the test looks at all rows"):
        held = list(Meeting.objects.order_by("kind").values_list("kind", "minutes", "lecturer"))
    assert held == [("party_day", "交流。", ""), ("party_lecture", "主讲党章。", "安小河")]
    assert len(everything_of(Activity)) == 1


def test_recording_costs_the_same_queries_for_five_and_for_eighty_people(
    client, li, roll, post, first_branch, today, django_assert_max_num_queries
):
    client.force_login(li)
    client.post("/activities/new/", post | {"submission_key": "warm"})

    def queries(key):
        with django_assert_max_num_queries(80) as asked:
            client.post("/activities/new/", post | {"submission_key": key})
        return len(asked)

    few = queries("few")
    for number in range(75):
        enrolled(f"郭第{number}", first_branch)

    assert queries("many") == few


def test_the_page_after_saving_tells_what_followed(client, li, roll, post, today):
    client.force_login(li)

    page = client.post("/activities/new/", post, follow=True)

    lines = [line.text for line in page.context["lines"]]
    assert lines[:3] == [
        "“三会一课”台账增加 1 行",
        "5 人的个人记录增加一次参加组织生活",
        "2026年11月主题党日：已完成（每月 1 次）",
    ]


def test_going_back_and_changing_a_saved_form_loses_nothing_in_silence(
    client, li, roll, post, today
):
    client.force_login(li)
    client.post("/activities/new/", post)

    answer = client.post("/activities/new/", post | {"topic": "另一个主题"})

    assert len(everything_of(Activity)) == 1
    assert "这张表刚才已经保存成一条记录" in answer.context["form"].non_field_errors()[0]
    assert answer.context["form"]["topic"].value() == "另一个主题"
    again = {"topic": "另一个主题", "submission_key": answer.context["submission_key"]}
    client.post("/activities/new/", post | again)
    assert [a.topic for a in everything_of(Activity)] == ["学习贯彻全会精神", "另一个主题"]
