"""A friendly reminder: of what is missing, once a day, never at night, naming nobody."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from activities.models import Reminder, ReminderItem
from activities.queries.reminders import lacking_among
from activities.services.reminders import send_reminders
from partybuild.models import AuditEntry
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.factories.activities import ActivityFactory, ExplanationFactory, MeetingFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
REMIND = "activities.send_reminder"


def at(day, hour, minute=0):
    """Let something happen in November 2026 at an hour of the clock on the wall."""
    moment = dt.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)
    return time_machine.travel(moment, tick=False)


def october(branch):
    return f"{branch.public_id}.party_day.2026-10"


def remind(user, *branches):
    """Send as the committee does, for the party day of October."""
    with scoped_to(user.scope_for(REMIND)):
        lacks = lacking_among([october(branch) for branch in branches], today=dt.date(2026, 11, 21))
        return send_reminders(actor=user, lacks=lacks)


def post_of(page, key="a-key"):
    """Return what the preview posts."""
    return {"submission_key": key, "pick": page.context["picks"]}


def hold_october(branch):
    MeetingFactory(
        activity=ActivityFactory(organization=branch, held_on=dt.date(2026, 10, 28)),
        kind="party_day",
    )


def card(client, user):
    """Return what somebody's home shows of reminders, as (branch, period, form)."""
    client.logout()
    client.force_login(user)
    reminded = client.get(reverse("activities:board")).context["reminded"]
    if reminded is None:
        return []
    return [(one.organization.name, one.period.code, one.kind) for one in reminded.lacks]


SHOWN = [("第一党支部", "2026-10", "party_day")]


@at(21, 10)
def test_what_was_ticked_is_shown_before_it_is_sent_and_names_nobody(
    client, zhao, li, first_branch, second_branch
):
    client.force_login(zhao)

    page = client.get(
        reverse("activities:remind"), {"pick": [october(first_branch), october(second_branch)]}
    )

    words = "10月主题党日还没有记录。开过的请补录；没有开的，说明原因就行。"
    assert [(place.name, said) for place, said in page.context["fresh"]] == [
        ("第一党支部", words),
        ("第二党支部", words),
    ]
    assert li.name not in page.text
    with everything(reason="nothing was sent yet"):
        assert Reminder.objects.count() == 0


@at(21, 10)
def test_a_reminder_stands_on_the_branchs_home_at_once_by_day(client, zhao, li, wang, first_branch):
    client.force_login(zhao)
    page = client.get(reverse("activities:remind"), {"pick": october(first_branch)})
    answer = client.post(reverse("activities:remind"), post_of(page))

    assert answer.headers["Location"] == reverse("activities:reminders")
    assert card(client, li) == SHOWN
    assert card(client, wang) == []
    with everything(reason="the test looks at what was stored"):
        entry = AuditEntry.objects.get(action="activities.reminder.sent")
    assert entry.actor == zhao
    assert entry.place == first_branch.path


def test_what_is_sent_in_the_evening_arrives_at_eight_in_the_morning(
    client, zhao, li, first_branch
):
    with at(21, 20):
        client.force_login(zhao)
        page = client.get(reverse("activities:remind"), {"pick": october(first_branch)})
        client.post(reverse("activities:remind"), post_of(page))
        [sent] = client.get(reverse("activities:reminders")).context["rows"]
        evening = card(client, li)
    with at(22, 7, 59):
        night = card(client, li)
    with at(22, 8):
        morning = card(client, li)

    assert "现在是晚上，先不打扰：11月22日 08:00 送达。" in page.text
    assert sent[3] == "11-22 08:00"
    assert sent[5] == "待送达"
    assert (evening, night, morning) == ([], [], SHOWN)


@pytest.mark.parametrize(
    ("hour", "arrives"), [(0, (21, 8)), (7, (21, 8)), (8, (21, 8)), (19, (21, 19)), (23, (22, 8))]
)
def test_nothing_arrives_between_eight_in_the_evening_and_eight_in_the_morning(
    zhao, first_branch, hour, arrives
):
    with at(21, hour):
        [reminder] = remind(zhao, first_branch)

    there = reminder.deliver_at.astimezone(SHANGHAI)
    assert (there.day, there.hour) == arrives


@at(21, 15)
def test_a_second_press_the_same_day_says_when_the_last_one_went(
    client, zhao, first_branch, second_branch
):
    with at(21, 9, 30):
        remind(zhao, first_branch)
    client.force_login(zhao)
    page = client.get(
        reverse("activities:remind"), {"pick": [october(first_branch), october(second_branch)]}
    )
    client.post(reverse("activities:remind"), post_of(page))

    assert [place.name for place, _ in page.context["fresh"]] == ["第二党支部"]
    assert [place.name for place, _ in page.context["again"]] == ["第一党支部"]
    assert "11月21日 09:30 已提醒过" in page.text
    with everything(reason="the test looks at what was stored"):
        reminded = Reminder.objects.values_list("organization__name", flat=True)
        assert sorted(reminded) == ["第一党支部", "第二党支部"]


@at(21, 15)
def test_when_all_were_reminded_today_nothing_is_sent_and_the_page_says_why(
    client, zhao, first_branch
):
    with at(21, 9, 30):
        remind(zhao, first_branch)
    client.force_login(zhao)

    answer = client.post(
        reverse("activities:remind"), {"submission_key": "a", "pick": october(first_branch)}
    )

    assert answer.context["form"].non_field_errors() == [
        "所选的支部已经提醒过，最近一次是 11月21日 09:30。每个支部一天只提醒一次，请明天再提醒。"
    ]


def test_an_evening_and_the_next_day_are_one_reminder(zhao, first_branch):
    with at(21, 21):
        remind(zhao, first_branch)
    with at(22, 9), pytest.raises(Refused):
        remind(zhao, first_branch)
    with at(23, 9):
        remind(zhao, first_branch)

    with everything(reason="the test looks at what was stored"):
        days = Reminder.objects.order_by("deliver_on").values_list("deliver_on", flat=True)
        assert [day.day for day in days] == [22, 23]


def test_a_reminder_by_day_and_one_in_the_evening_are_too_many(zhao, first_branch):
    with at(21, 9):
        remind(zhao, first_branch)
    with at(21, 21), pytest.raises(Refused):
        remind(zhao, first_branch)


@at(21, 10)
@pytest.mark.parametrize("settled", ["recorded", "explained"])
def test_the_reminder_leaves_when_the_thing_is_recorded_or_explained(
    client, zhao, li, first_branch, settled
):
    remind(zhao, first_branch)
    if settled == "recorded":
        hold_october(first_branch)
    else:
        ExplanationFactory(
            organization=first_branch, kind="party_day", period_start=dt.date(2026, 10, 1)
        )
    client.force_login(li)
    there = card(client, li)
    client.force_login(zhao)
    [sent] = client.get(reverse("activities:reminders")).context["rows"]

    assert there == []
    assert sent[5] == "已办"


@at(21, 10)
def test_the_branch_says_that_it_knows_and_the_sender_sees_it(client, zhao, li, first_branch):
    remind(zhao, first_branch)
    client.force_login(li)
    shown = client.get(reverse("activities:board")).context["reminded"]
    ids = [one.public_id for one in shown.reminders]
    for _ in range(2):
        client.post(reverse("activities:acknowledge", args=ids[:1]), {"reminder": ids})
    there = card(client, li)
    client.force_login(zhao)
    [sent] = client.get(reverse("activities:reminders")).context["rows"]

    assert there == []
    assert sent[5] == "李秀岩 11-21 10:00 已知道了"
    with everything(reason="the test looks at what was stored"):
        assert AuditEntry.objects.filter(action="activities.reminder.seen").count() == 1


@at(21, 10)
def test_nobody_answers_for_the_neighbour(client, zhao, li, second_branch):
    [reminder] = remind(zhao, second_branch)
    client.force_login(li)

    address = reverse("activities:acknowledge", args=[reminder.public_id])
    assert client.post(address).status_code == 404

    with everything(reason="the test looks at what was stored"):
        assert Reminder.objects.get().seen_at is None


def test_reminders_of_several_days_are_one_digest(client, zhao, li, first_branch):
    for day in (19, 20, 21):
        with at(day, 9):
            remind(zhao, first_branch)
    with at(21, 10):
        client.force_login(li)
        reminded = client.get(reverse("activities:board")).context["reminded"]

    assert card_of(reminded) == SHOWN
    assert len(reminded.reminders) == 3


def card_of(reminded):
    return [(one.organization.name, one.period.code, one.kind) for one in reminded.lacks]


@at(21, 10)
def test_only_what_is_missing_is_reminded_of(zhao, first_branch, second_branch):
    hold_october(first_branch)
    with scoped_to(zhao.scope_for(REMIND)):
        picks = [
            october(first_branch),
            october(second_branch),
            f"{second_branch.public_id}.party_day.2026-11",
            f"{second_branch.public_id}.party_day.9999Q9",
            "nonsense",
        ]
        lacks = lacking_among(picks, today=dt.date(2026, 11, 21))

    assert [(one.organization.name, one.period.code) for one in lacks] == [
        ("第二党支部", "2026-10")
    ]


@at(21, 10)
def test_what_was_settled_meanwhile_is_not_reminded_of(client, zhao, first_branch):
    client.force_login(zhao)
    page = client.get(reverse("activities:remind"), {"pick": october(first_branch)})
    hold_october(first_branch)

    answer = client.post(reverse("activities:remind"), post_of(page))

    assert answer.context["form"].non_field_errors() == [
        "所选的都已经记录或者说明了原因，不用再提醒。"
    ]


@at(21, 10)
def test_several_lacks_of_a_branch_are_one_reminder(client, zhao, first_branch, second_branch):
    client.force_login(zhao)
    page = client.get(
        reverse("activities:remind"), {"kind": "party_day", "organization": first_branch.public_id}
    )
    client.post(reverse("activities:remind"), post_of(page))

    with everything(reason="the test looks at what was stored"):
        assert Reminder.objects.get().organization == first_branch
        assert ReminderItem.objects.count() == 10


@at(21, 10)
def test_a_branch_can_neither_remind_nor_tick(client, li):
    client.force_login(li)

    assert client.get(reverse("activities:remind")).status_code == 403
    assert client.get(reverse("activities:reminders")).status_code == 403
    assert 'name="pick"' not in client.get(reverse("activities:due")).text


@at(21, 10)
def test_the_committee_of_another_agency_cannot_be_reached(zhao, foreign_branch):
    with scoped_to(zhao.scope_for(REMIND)):
        assert lacking_among([october(foreign_branch)], today=dt.date(2026, 11, 21)) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_one_reminder(zhao, first_branch):
    outcomes = []

    def press():
        try:
            outcomes.append(len(remind(zhao, first_branch)))
        except Refused:
            outcomes.append(0)
        finally:
            connection.close()

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes) == [0, 1]
