"""The forms of organisation life: each with its guidance, each held where it belongs."""

import datetime as dt

import pytest

from activities.models import Activity, Meeting
from activities.queries.meeting_forms import FORMS, guides_at
from activities.services.occasions import Form, Presence, correct_activity, record_activity
from partybuild.regulations import regulation
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.offices import OfficeFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


def kinds_of(organization):
    with everything(reason="the rule is laid over by local rows of the place"):
        return {guide.kind for guide in guides_at(organization, DAY)}


def test_every_form_has_guidance_an_agenda_and_says_whom_it_expects():
    rule = regulation(FORMS, on=DAY)

    assert set(rule.values) == set(Meeting.Kind.values)
    for values in rule.values.values():
        assert values["guidance"].endswith("。")
        assert len(values["agenda"]) >= 2
        assert values["expects"] in {"roll", "committee", "group"}
        assert values["holders"] in {"branch", "body", "any"}


def test_a_branch_is_offered_its_own_forms_and_a_committee_its_own(first_branch, committee):
    own, above = kinds_of(first_branch), kinds_of(committee)

    assert own - above >= {"general_meeting", "committee_meeting", "group_meeting", "party_day"}
    assert above - own == {"democratic_life_meeting", "theory_study"}
    assert own & above >= {"study_session", "forum", "special_meeting", "election_meeting"}


def test_rarely_used_forms_are_folded_until_they_are_chosen(client, li, roll, today):
    client.force_login(li)

    usual = client.get("/activities/new/").context["kinds_shown"]
    chosen = client.get("/activities/new/?kind=forum").context["kinds_shown"]

    assert "forum" in [box.data["value"] for box in usual["folded"]]
    assert "forum" in [box.data["value"] for box in chosen["shown"]]


def test_committee_staff_record_a_study_of_the_leading_body(
    client, zhao, committee, first_branch, today
):
    leader = enrolled("高有为", first_branch)
    OfficeFactory(organization=committee, member=leader, post="secretary")
    client.force_login(zhao)
    page = client.get("/activities/bodies/new/?kind=theory_study")
    assert [person.name for person in page.context["people"]] == ["高有为"]

    answer = client.post(
        "/activities/bodies/new/",
        {
            "organization": committee.public_id,
            "submission_key": "one-study",
            "kinds": ["theory_study"],
            "topic": "第四季度集体学习",
            "held_on": "2026-11-20",
            "guests": "高新、马到成",
            "ended_at": "16:30",
            "started_at": "14:30",
            "hours": "2",
            "minutes": "领学原文，研讨发言。",
        },
    )

    with everything(reason="the test looks at the record"):
        [held] = Activity.objects.all()
        assert answer["Location"] == f"{held.get_absolute_url()}?saved=1"
        assert (held.organization, held.guests, held.hours) == (committee, "高新、马到成", 2)
        assert [row.member.name for row in held.attendances.all()] == ["高有为"]
    shown = client.get(held.get_absolute_url()).content.decode()
    assert "高新、马到成" in shown
    assert f"/activities/bodies/{held.public_id}/correct/" in shown


def test_a_secretary_finds_no_door_to_meetings_of_the_leading_body(client, li, roll, today):
    client.force_login(li)

    assert client.get("/activities/bodies/new/").status_code == 403
    assert "记录班子会议" not in client.get("/activities/").content.decode()


def test_a_branch_meeting_is_not_corrected_through_the_door_of_the_leading_body(
    client, li, zhao, roll, post, today
):
    client.force_login(li)
    client.post("/activities/new/", post)
    with everything(reason="the test looks at the record"):
        held = Activity.objects.get()
    client.force_login(zhao)

    assert client.get(f"/activities/bodies/{held.public_id}/correct/").status_code == 404


def test_the_end_of_a_meeting_lies_after_its_beginning(client, li, roll, post, today):
    client.force_login(li)

    page = client.post("/activities/new/", post | {"ended_at": "14:00"})

    assert page.context["form"].errors["ended_at"] == ["结束时间应晚于开始时间 14:30。"]


def test_a_correction_keeps_the_rows_of_forms_and_people_that_stay(li, first_branch, roll):
    with everything(reason="the test corrects a record"):
        held = record_activity(
            actor=li,
            organization=first_branch,
            held_on=DAY,
            topic="学习",
            forms=[Form("party_day", minutes="一"), Form("party_lecture")],
            presences={person: Presence() for person in roll},
        )
        forms = dict(held.meetings.values_list("kind", "pk"))
        people = dict(held.attendances.values_list("member", "pk"))

        correct_activity(
            actor=li,
            activity=held,
            version=held.version,
            forms=[Form("party_day", minutes="二"), Form("general_meeting")],
            presences={roll[0]: Presence("absent", "none")}
            | {person: Presence() for person in roll[2:]},
        )

        now = dict(held.meetings.values_list("kind", "pk"))
        assert now["party_day"] == forms["party_day"]
        assert set(now) == {"party_day", "general_meeting"}
        assert held.meetings.get(kind="party_day").minutes == "二"
        stand = dict(held.attendances.values_list("member", "pk"))
        assert stand == {pk: row for pk, row in people.items() if pk != roll[1].pk}
        assert held.attendances.get(member=roll[0]).status == "absent"


@pytest.mark.parametrize("count", [3, 80])
def test_saving_and_correcting_any_number_of_attendances_asks_the_same(
    li, first_branch, count, django_assert_num_queries
):
    people = [enrolled(f"党员{number}", first_branch) for number in range(count)]
    with everything(reason="the test counts the statements of the service"):
        with django_assert_num_queries(19):
            held = record_activity(
                actor=li,
                organization=first_branch,
                held_on=DAY,
                topic="学习",
                forms=[Form("party_day")],
                presences={person: Presence() for person in people},
            )
        with django_assert_num_queries(19):
            correct_activity(
                actor=li,
                activity=held,
                version=held.version,
                forms=[Form("party_day", minutes="改")],
                presences={person: Presence("absent", "none") for person in people},
            )
