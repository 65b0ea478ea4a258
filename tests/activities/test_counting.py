"""A party day that the rule moves into the month beside counts for the month it was moved from."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from activities.models import Activity, PlannedActivity
from activities.queries.boards import plan_rows, year_board
from activities.queries.counting import countings_of
from activities.queries.obligations import obligations
from activities.queries.plans import branches_without_plan, proposals_for
from activities.services.occasions import Form, record_activity
from activities.services.plans import arrange_year, plan_activity
from activities.services.reviews import MonthClosed
from branches.models import PartyOrganization
from partybuild.indicators import indicators
from partybuild.ledgers import ledgers
from partybuild.models import LocalRegulation
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.reviews import MonthClosingFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR = Period.year(2025)
JANUARY, FEBRUARY = dt.date(2025, 1, 1), dt.date(2025, 2, 1)
MOVED = dt.date(2025, 2, 5)
WHY = "1月28日休息，按规定顺延到2月5日"


def on(year, month, day):
    return time_machine.travel(dt.datetime(year, month, day, 10, tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def moving(first_branch):
    """The first branch has its party day on the 28th, or on the next working day."""
    return LocalRegulation.objects.create(
        code="activities.party_day",
        place=first_branch.path,
        in_force_from=dt.date(2024, 1, 1),
        document="《本级党日安排》",
        values={"day": 28, "shift": "next"},
    )


def hold(branch, day, **details):
    return record_activity(
        actor=None,
        organization=branch,
        held_on=day,
        topic="学习",
        forms=[Form(details.pop("kind", "party_day"))],
        presences={},
        **details,
    )


def party_days(branch, *, as_of=dt.date(2025, 3, 3)):
    """Return what January and February say of the party day."""
    places = PartyOrganization.objects.filter(pk=branch.pk)
    owed = [o for o in obligations(places, YEAR, as_of=as_of) if o.kind == "party_day"]
    return [one.state.value for one in owed[:2]]


@pytest.mark.usefixtures("everywhere", "moving")
def test_the_party_day_of_28_january_held_on_5_february_serves_january(first_branch):
    record = hold(first_branch, MOVED)

    assert (record.counts_for, record.counts_for_reason) == (JANUARY, WHY)
    assert party_days(first_branch) == ["held", "missing"]


@pytest.mark.usefixtures("everywhere", "moving")
def test_the_evidence_of_january_lists_what_serves_january(first_branch):
    hold(first_branch, MOVED)
    branch = PartyOrganization.objects.filter(pk=first_branch.pk)
    measured = indicators["activities.party_days"]
    ledger, conditions = measured.evidence

    months = {
        month: (
            sum(measured.measure(branch, Period.parse(month)).get(first_branch.pk, ())),
            ledgers[ledger].selected(Period.parse(month), conditions).count(),
            ledgers[ledger].rows(Period.parse(month)).count(),
        )
        for month in ("2025-01", "2025-02")
    }

    # What counted, what the evidence lists, what the ledger of the month lists: by its day.
    assert months == {"2025-01": (1, 1, 0), "2025-02": (0, 0, 1)}


@pytest.mark.usefixtures("everywhere", "moving")
def test_february_is_served_by_its_own_day(first_branch):
    hold(first_branch, MOVED)
    record = hold(first_branch, dt.date(2025, 2, 28))

    assert record.counts_for is None
    assert party_days(first_branch) == ["held", "held"]


@pytest.mark.usefixtures("everywhere", "moving")
def test_a_day_to_which_no_rule_leads_serves_its_own_month(first_branch):
    record = hold(first_branch, dt.date(2025, 2, 6))

    assert record.counts_for is None
    assert party_days(first_branch) == ["missing", "held"]


@pytest.mark.usefixtures("everywhere", "moving")
def test_another_form_on_that_day_serves_its_own_month(first_branch):
    assert hold(first_branch, MOVED, kind="general_meeting").counts_for is None


@pytest.mark.usefixtures("everywhere", "moving")
def test_a_month_that_has_its_party_day_is_not_served_twice(first_branch):
    hold(first_branch, dt.date(2025, 1, 20))
    record = hold(first_branch, MOVED)

    assert record.counts_for is None
    assert party_days(first_branch) == ["held", "held"]


@pytest.mark.usefixtures("everywhere", "moving")
def test_whoever_records_may_say_that_it_serves_its_own_month(first_branch):
    record = hold(first_branch, MOVED, counts_for=FEBRUARY)

    assert not record.counts_for_elsewhere
    assert party_days(first_branch) == ["missing", "held"]


@pytest.mark.usefixtures("everywhere")
def test_under_the_rule_of_the_same_month_nothing_is_moved_beyond_it(first_branch):
    assert hold(first_branch, MOVED).counts_for is None


@pytest.mark.usefixtures("everywhere", "moving")
def test_a_closed_month_gains_nothing_by_itself_and_refuses_who_insists(first_branch, committee):
    MonthClosingFactory(organization=committee, month=JANUARY)

    assert hold(first_branch, MOVED).counts_for is None
    with pytest.raises(MonthClosed):
        hold(first_branch, MOVED, counts_for=JANUARY, counts_for_reason=WHY)


@pytest.mark.usefixtures("moving")
def test_the_form_says_it_the_record_shows_it_and_it_can_be_changed(client, li, first_branch, post):
    with on(2025, 2, 5):
        client.force_login(li)
        started = client.get(reverse("activities:record")).context["form"].initial
        answer = client.post(
            reverse("activities:record"), post | {"held_on": "2025-02-05", "counts_for": ""}
        )
        page = client.get(answer.headers["Location"]).text
        with everything(reason="the test looks at what was stored"):
            record = Activity.objects.get()
        correct = reverse("activities:correct", args=[record.public_id])
        shown = client.get(correct).context["form"].initial
        client.post(
            correct,
            post
            | {
                "submission_key": "another",
                "version": record.version,
                "held_on": "2025-02-05",
                "counts_for": "2025-02",
            },
        )

    assert (started["counts_for"], started["counts_for_reason"]) == ("2025-01", WHY)
    assert record.counts_for == JANUARY
    assert "计入2025年1月：" in page
    assert "<dt>计入</dt>" in page
    assert (shown["counts_for"], shown["counts_for_reason"]) == ("2025-01", WHY)
    with everything(reason="the test looks at what was stored"):
        record.refresh_from_db()
        assert record.counts_for == FEBRUARY
        assert party_days(first_branch) == ["missing", "held"]


@pytest.mark.parametrize(
    ("month", "reason", "field", "said"),
    [
        ("2025-04", "出差", "counts_for", "只能计入前后相邻的月份。"),
        ("2025-01", "", "counts_for_reason", "请写明为什么计入这个月。"),
        ("去年", "出差", "counts_for", "看不出是哪个月，请写成 2026-01 这样。"),
    ],
)
def test_only_the_month_beside_and_only_with_a_reason(
    client, li, first_branch, post, month, reason, field, said
):
    with on(2025, 2, 10):
        client.force_login(li)
        answer = client.post(
            reverse("activities:record"),
            post | {"held_on": "2025-02-06", "counts_for": month, "counts_for_reason": reason},
        )

    assert answer.context["form"].errors == {field: [said]}


@pytest.mark.usefixtures("moving")
def test_the_cell_of_january_opens_the_record_of_february(client, li, first_branch):
    with on(2025, 2, 10):
        with everything(reason="the test arranges its rows"):
            record = hold(first_branch, MOVED)
            places = PartyOrganization.objects.filter(pk=first_branch.pk)
            owed = obligations(places, YEAR, as_of=dt.date(2025, 2, 10))
            january = next(o for o in owed if o.kind == "party_day")
        client.force_login(li)

        page = client.get(january.records_url)

    assert page.context["page"].count == january.held == 1
    assert page.context["rows"][0][2].url == record.get_absolute_url()


# --- plans ---


@pytest.mark.usefixtures("everywhere", "moving")
def test_a_year_is_arranged_once_and_the_moved_day_stands_in_its_month(first_branch):
    with on(2025, 1, 6):
        arrange_year(actor=None, organization=first_branch, year=2025)
        again = proposals_for(first_branch, 2025, today=dt.date(2025, 1, 6))
        planned = PlannedActivity.objects.get(planned_on=MOVED)
        [(_, cells)] = plan_rows([first_branch], YEAR, "party_day", today=dt.date(2025, 1, 6))
        lacking = branches_without_plan(Period.month(2025, 1))

    assert (planned.counts_for, planned.counts_for_reason) == (JANUARY, WHY)
    assert again == []
    assert [cell.text for cell in cells[:3]] == ["2月5日", "28日", "28日"]
    assert lacking == []


@pytest.mark.usefixtures("everywhere", "moving")
def test_home_asks_for_the_moved_plan_in_the_month_it_counts_for(first_branch):
    with on(2025, 2, 3):
        plan_activity(
            actor=None,
            organization=first_branch,
            kinds=["party_day"],
            planned_on=MOVED,
            theme="学习",
            place="",
        )
        board = year_board(first_branch, today=dt.date(2025, 2, 3))

    assert [task.title for task in board.tasks if "主题党日" in task.title] == [
        "1月主题党日",
        "主题党日",
    ]


@pytest.mark.usefixtures("moving")
def test_a_record_of_the_plan_counts_for_the_month_of_the_plan(client, li, first_branch):
    with on(2025, 2, 5):
        with everything(reason="the test arranges its rows"):
            planned = plan_activity(
                actor=None,
                organization=first_branch,
                kinds=["party_day"],
                planned_on=MOVED,
                theme="学习",
            )
        client.force_login(li)
        page = client.get(reverse("activities:record"), {"planned": planned.public_id})

    assert page.context["form"].initial["counts_for"] == "2025-01"


@pytest.mark.usefixtures("moving")
def test_a_plan_can_be_told_to_count_for_its_own_month(client, li, first_branch):
    with on(2025, 1, 6):
        client.force_login(li)
        client.post(
            reverse("activities:plan"),
            {
                "submission_key": "a",
                "organization": first_branch.public_id,
                "kind_party_day": "on",
                "theme": "学习",
                "planned_on": "2025-02-05",
                "counts_for": "2025-02",
            },
        )

    with everything(reason="the test looks at what was stored"):
        planned = PlannedActivity.objects.get()
    assert planned.counts_for == FEBRUARY
    assert not planned.counts_for_elsewhere


@pytest.mark.usefixtures("everywhere", "moving")
def test_the_month_of_many_imported_days_is_found_in_a_constant_number_of_queries(
    first_branch, django_assert_num_queries
):
    days = [MOVED, dt.date(2025, 2, 28), *(dt.date(2025, month, 27) for month in range(3, 12))]
    with django_assert_num_queries(4):
        found = countings_of([(first_branch, day, {"party_day"}) for day in days])

    assert found == [(JANUARY, WHY)] + [(None, "")] * (len(days) - 1)


@pytest.mark.usefixtures("everywhere", "moving")
def test_a_stored_record_of_the_month_moved_from_is_seen(first_branch):
    MeetingFactory(
        activity=ActivityFactory(
            organization=first_branch, held_on=dt.date(2025, 2, 10), counts_for=JANUARY
        )
    )

    assert hold(first_branch, MOVED).counts_for is None
