"""The rules page: what holds, by which document, and an agency's own rules."""

import datetime as dt

import pytest

from activities.queries.party_days import party_day_of
from partybuild.calendar import CalendarUnpublished, is_workday
from partybuild.models import AuditEntry, LocalRegulation, WorkdayOverride
from partybuild.periods import Period
from partybuild.scoping import everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def frequency(committee, **changed):
    return {
        "organization": committee.public_id,
        "in_force_from": "2026-07-01",
        "document": "青岚档党〔2026〕5号",
        "article": "第三条",
        "kind": "party_lecture",
        "per": "month",
        "times": "1",
    } | changed


def test_the_page_names_the_document_of_every_rule(client, li):
    client.force_login(li)

    rules = {rule.subject: rule for rule in client.get("/rules/").context["rules"]}

    assert rules["支部党员大会"].words == "每季度一般 1 次"
    assert rules["支部党员大会"].source == "《中国共产党支部工作条例（试行）》第十一条"
    assert rules["党课"].source == "本级要求（可调整）"


def test_a_committee_lays_its_own_frequency_over_the_shipped_one(
    client, zhao, li, committee, first_branch
):
    client.force_login(zhao)
    client.post("/rules/frequency/", frequency(committee))

    client.force_login(li)
    rules = {rule.subject: rule for rule in client.get("/rules/").context["rules"]}
    due = client.get("/activities/due/?kind=party_lecture&state=missing").context

    assert (rules["党课"].words, rules["党课"].source) == ("每月 1 次", "青岚档党〔2026〕5号第三条")
    # Two quarters before July by the old rule, then July to October month by month.
    assert due["count"] == 6
    with everything(reason="the test looks at the trail"):
        [entry] = AuditEntry.objects.filter(action="partybuild.localregulation.laid_over")
    assert entry.actor == zhao


def test_two_copies_of_one_rule_form_make_one_rule(client, zhao, committee):
    client.force_login(zhao)

    for _ in range(2):
        client.post("/rules/frequency/", frequency(committee, submission_key="one-form"))

    assert LocalRegulation.objects.count() == 1


def test_the_party_day_follows_the_local_rule(client, zhao, committee, first_branch):
    client.force_login(zhao)
    client.post(
        "/rules/party-day/",
        frequency(committee) | {"day": "5", "shift": "prev"},
    )

    day, note = party_day_of(Period.parse("2026-09"), first_branch.path)

    # 5 September 2026 is a Saturday.
    assert (day, note) == (dt.date(2026, 9, 4), "5日休息，按规定提前到4日")


def test_an_ended_rule_still_judges_the_time_it_held(client, zhao, committee):
    client.force_login(zhao)
    client.post("/rules/frequency/", frequency(committee))
    row = LocalRegulation.objects.get()

    client.post(f"/rules/{row.public_id}/end/")

    assert LocalRegulation.objects.get().in_force_to == dt.date(2026, 11, 20)


def test_a_secretary_cannot_make_rules(client, li, first_branch):
    client.force_login(li)

    answer = client.post("/rules/frequency/", frequency(first_branch))

    assert answer.status_code == 403
    assert LocalRegulation.objects.count() == 0


def test_nobody_rules_or_ends_rules_elsewhere(client, zhao, foreign_committee):
    row = LocalRegulation.objects.create(
        code="activities.party_day",
        place=foreign_committee.path,
        in_force_from=dt.date(2026, 1, 1),
        document="外单位文件",
        values={"day": 1},
    )
    client.force_login(zhao)

    made = client.post("/rules/frequency/", frequency(foreign_committee))
    ended = client.post(f"/rules/{row.public_id}/end/")

    assert "organization" in made.context["form"].errors
    assert ended.status_code == 404
    assert "外单位文件" not in client.get("/rules/").content.decode()
    assert LocalRegulation.objects.get().in_force_to is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"times": "0"}, "times"),
        ({"document": ""}, "document"),
        ({"in_force_from": "昨天"}, "in_force_from"),
    ],
)
def test_a_wrong_rule_is_explained_at_its_field(client, zhao, committee, wrong, field):
    client.force_login(zhao)

    page = client.post("/rules/frequency/", frequency(committee, **wrong))

    assert list(page.context["form"].errors) == [field]
    assert LocalRegulation.objects.count() == 0


def test_published_days_of_a_new_year_can_be_entered(client, zhao):
    day = dt.date(2027, 2, 7)
    with pytest.raises(CalendarUnpublished, match="2027 年放假安排尚未发布"):
        is_workday(day)
    client.force_login(zhao)

    client.post(
        "/rules/workdays/",
        {"day": "2027-02-07", "is_workday": "yes", "document": "国务院办公厅通知"},
    )

    assert WorkdayOverride.objects.get().day == day
    assert is_workday(day)
