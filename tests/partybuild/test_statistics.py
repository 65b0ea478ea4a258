"""统计口径: figures defined in the browser, and the records behind them."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry, Statistic
from partybuild.narrowing import Selection, asked_selection
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import everything
from partybuild.statistics import (
    SAME_PERSON,
    Figure,
    define_statistic,
    drop_statistic,
    figure_in,
    figures_below,
    trend,
    words_of,
)
from tests.cast import enrolled
from tests.factories.activities import MeetingFactory
from tests.factories.dues import DuesPaymentFactory
from tests.factories.honours import HonourFactory
from tests.factories.partybuild import StatisticFactory

pytestmark = pytest.mark.usefixtures("today")

YEAR = Period.year(2026)
ROSTER, HONOURS, MEETINGS = "members.roster", "members.honours", "activities.meetings"


def defined(actor, code, *conditions, **details):
    """Define a figure of a ledger, narrowed by (operator.column, value)."""
    ledger = ledgers[code]
    details.setdefault("name", f"{ledger.title}{len(conditions)}{Statistic.objects.count()}")
    selection = asked_selection(ledger, conditions)
    return define_statistic(actor=actor, ledger=ledger, selection=selection, **details)


@pytest.fixture
def members(first_branch, second_branch, everywhere):
    """Three people of one branch and one of another."""
    return [
        enrolled("安若水", first_branch, gender="female"),
        enrolled("白若山", first_branch, gender="male"),
        enrolled("陈方", first_branch, gender="female"),
        enrolled("戴远", second_branch, gender="female"),
    ]


def test_records_are_counted_for_a_place_and_for_each_below_it(
    zhao, committee, first_branch, second_branch, members
):
    women = defined(zhao, ROSTER, ("is.基本情况/性别", "女"))

    figure, below, rest = figures_below(women, YEAR, committee)

    assert figure == Figure(3)
    assert [(one.place, one.figure) for one in below] == [
        (first_branch, Figure(2)),
        (second_branch, Figure(1)),
    ]
    assert rest is None


def test_a_share_has_its_whole(zhao, committee, first_branch, members):
    everybody = defined(zhao, ROSTER, name="党员总数")
    women = defined(zhao, ROSTER, ("is.基本情况/性别", "女"), whole=everybody)

    figure, below, _ = figures_below(women, YEAR, committee)

    assert (figure, figure.share, str(figure)) == (Figure(3, 4), Decimal("75.0"), "3/4（75.0%）")
    assert [one.figure.share for one in below] == [Decimal("66.7"), Decimal("100.0")]


def test_a_share_of_nothing_is_no_number(zhao, committee, first_branch, everywhere):
    whole = defined(zhao, HONOURS, name="荣誉")
    share = defined(zhao, ROSTER, whole=whole)

    figure = figure_in(share, YEAR, committee.path)

    assert (figure.share, str(figure)) == (None, "0/0")


def test_a_column_is_added_up_as_its_ledger_adds_it(zhao, committee, first_branch, members):
    for member, amount in zip(members[:3], ("12.50", "7.50", "0.30"), strict=True):
        DuesPaymentFactory(member=member, organization=first_branch, amount=Decimal(amount))
    paid = defined(zhao, "members.dues_payments", measure="sum", column="金额")

    ledger = ledgers["members.dues_payments"]
    shown = sum(row[list(ledger.by_key).index("金额")] for row in ledger.table(YEAR))

    assert figure_in(paid, YEAR, committee.path).value == shown == Decimal("20.30")


def test_people_with_several_honours_count_once(zhao, committee, members):
    for member in (members[0], members[0], members[1]):
        HonourFactory(member=member, organization=member.branch)
    people = defined(zhao, HONOURS, measure="distinct", column=SAME_PERSON, name="受表彰人数")
    times = defined(zhao, HONOURS, name="受表彰人次")

    told = [figure_in(one, YEAR, committee.path).value for one in (people, times)]

    assert told == [2, 3]


def test_a_figure_goes_month_by_month_up_to_today(zhao, committee, first_branch, everywhere):
    for month in (1, 1, 11):
        MeetingFactory(activity__organization=first_branch, activity__held_on=f"2026-{month:02}-05")
    held = defined(zhao, MEETINGS)

    months = trend(held, YEAR, committee.path)

    assert [(period.code, figure.value) for period, figure in months] == [
        (f"2026-{number:02}", {1: 2, 11: 1}.get(number, 0)) for number in range(1, 12)
    ]
    assert trend(held, Period.month(2026, 3), committee.path) == months


def test_places_below_cost_no_further_queries(
    zhao, committee, first_branch, members, django_assert_num_queries
):
    women = defined(zhao, ROSTER, ("is.基本情况/性别", "女"))
    alone = defined(zhao, ROSTER, name="全部")
    women.whole = alone

    for place in (committee, first_branch):
        with django_assert_num_queries(5):
            figures_below(women, YEAR, place)


def test_the_sentence_says_ledger_conditions_and_what_is_told(zhao, everywhere):
    everybody = defined(zhao, ROSTER, name="党员总数")
    women = defined(zhao, ROSTER, ("is.基本情况/性别", "女"), whole=everybody)
    people = defined(zhao, HONOURS, measure="distinct", column=SAME_PERSON)

    assert words_of(women) == ("《党员花名册》里性别为“女”的记录：有多少条记录，占“党员总数”的比例")
    assert words_of(people).endswith("的全部记录：同一个人只算一次")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": "有了"}, "name"),
        ({"measure": "sum", "column": "党支部"}, "measure"),
        ({"measure": "distinct", "column": ""}, "column"),
        ({"measure": "distinct", "column": "联系电话"}, "column"),
    ],
)
def test_what_does_not_fit_is_refused(zhao, everywhere, details, field):
    defined(zhao, ROSTER, name="有了")

    with pytest.raises(Refused) as refused:
        defined(zhao, ROSTER, **{"name": "新的", **details})

    assert refused.value.field == field


def test_what_others_are_measured_by_stays(zhao, everywhere):
    everybody = defined(zhao, ROSTER, name="党员总数")
    defined(zhao, ROSTER, ("is.基本情况/性别", "女"), whole=everybody, name="女党员占比")

    with pytest.raises(Refused, match="“女党员占比”的比例用着它，请先删那一个。"):
        drop_statistic(actor=zhao, statistic=everybody)

    assert Statistic.objects.count() == 2


def test_a_figure_is_made_from_what_a_ledger_shows_and_opens_the_same_records(
    client, zhao, committee, members
):
    client.force_login(zhao)
    narrowed = {"organization": committee.public_id, "period": "2026", "is.基本情况/性别": "女"}
    form = client.get(reverse("partybuild:define_statistic", args=[ROSTER]), narrowed)
    assert "《党员花名册》里性别为“女”的记录" in form.text

    page = client.post(
        reverse("partybuild:define_statistic", args=[ROSTER]),
        {**narrowed, "new-name": "女党员", "new-unit": "人", "new-measure": "count"},
        follow=True,
    )

    assert page.context["figure"] == Figure(3)
    opened = client.get(page.context["records_url"])
    assert opened.context["page"].count == 3
    assert {row[3] for _, row in opened.context["rows"]} == {"女"}
    assert AuditEntry.objects.filter(action="partybuild.statistic.defined").count() == 1


def test_a_ledger_without_numbers_offers_no_sum(client, zhao, committee):
    client.force_login(zhao)

    offered = {}
    for code in (ROSTER, MEETINGS):
        form = client.get(reverse("partybuild:define_statistic", args=[code])).context["form"]
        offered[code] = [value for value, _ in form.fields["measure"].choices]

    assert offered == {ROSTER: ["count", "distinct"], MEETINGS: ["count", "sum", "distinct"]}


def test_the_same_form_twice_defines_one_figure(client, zhao, committee):
    client.force_login(zhao)
    said = {"new-name": "党员", "new-measure": "count", "submission_key": "one"}
    address = reverse("partybuild:define_statistic", args=[ROSTER])

    answers = [client.post(address, said).url for _ in range(2)]

    assert answers == [Statistic.objects.get().get_absolute_url()] * 2


def test_a_form_that_lacks_something_keeps_what_was_narrowed_and_typed(client, zhao, committee):
    client.force_login(zhao)
    said = {"is.基本情况/性别": "女", "new-unit": "人", "new-measure": "distinct", "new-name": "甲"}

    page = client.post(reverse("partybuild:define_statistic", args=[ROSTER]), said)

    assert page.context["form"].errors == {"distinct": ["请选一列。"]}
    assert page.context["selection"].words() == "性别为“女”"
    assert Statistic.objects.count() == 0


def test_a_shared_figure_tells_everybody_theirs_and_an_unshared_one_nobody(
    client, zhao, wang, committee, second_branch, members
):
    shared = StatisticFactory(owner=zhao, code=ROSTER, shared_from=committee.path)
    own = StatisticFactory(owner=zhao, code=ROSTER)
    client.force_login(wang)

    page = client.get(shared.get_absolute_url())

    assert page.context["place"] == second_branch
    assert page.context["figure"] == Figure(2)
    assert client.get(own.get_absolute_url()).status_code == 404
    listed = client.get(reverse("partybuild:statistics")).context["statistics"]
    assert [one for one, _ in listed] == [shared]


def test_a_figure_whose_column_is_gone_says_so(client, zhao, committee):
    gone = StatisticFactory(
        owner=zhao, code=ROSTER, name="属马的", selection={"where": [["属相", "is", "马"]]}
    )
    client.force_login(zhao)

    page = client.get(gone.get_absolute_url(), follow=True)

    assert "“属马的”算不出来：这本台账没有“属相”这一列。 请重新定义。" in page.text


def told_by(name, **options):
    out = StringIO()
    call_command("statistic", name, stdout=out, **options)
    return out.getvalue()


def test_the_command_line_tells_a_figure(zhao, first_branch, second_branch, members):
    everybody = defined(zhao, ROSTER, name="党员总数", unit="人")
    defined(zhao, ROSTER, ("is.基本情况/性别", "女"), whole=everybody, name="女党员", unit="人")

    told = json.loads(told_by("女党员", period="2026", organization=first_branch.code, json=True))

    assert told == {
        "statistic": "女党员",
        "ledger": "党员花名册",
        "definition": "《党员花名册》里性别为“女”的记录：有多少条记录，占“党员总数”的比例",
        "period": "2026",
        "organization": first_branch.code,
        "value": 2,
        "whole": 3.0,
        "percent": 66.7,
        "unit": "人",
    }
    assert told_by("党员总数", period="2026").startswith("党员总数 2026年：4人\n")
    assert told_by("女党员", period="2026").startswith("女党员 2026年：3人，占 4 的 75.0%\n")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("没有的", {"period": "2026"}, "没有叫“没有的”的统计。"),
        ("党员总数", {"period": "2026Q5"}, "“2026Q5”不是期间"),
        (
            "党员总数",
            {"period": "2026", "organization": "X"},
            "没有代码、名称或简称是“X”的党组织。",
        ),
    ],
)
def test_the_command_line_says_what_it_does_not_know(zhao, everywhere, name, options, words):
    defined(zhao, ROSTER, name="党员总数")

    with pytest.raises(CommandError, match=words):
        told_by(name, **options)


def test_a_name_that_two_have_given_is_asked_for_by_number(zhao, li, everywhere):
    for owner in (zhao, li):
        with everything(reason="both define the same"):
            defined(owner, ROSTER, name="党员总数")

    numbers = set(Statistic.objects.values_list("public_id", flat=True))

    with pytest.raises(CommandError, match="不止一个叫“党员总数”的统计；请写编号") as refused:
        told_by("党员总数", period="2026")
    assert all(number in str(refused.value) for number in numbers)
    assert told_by(numbers.pop(), period="2026").startswith("党员总数 2026年：")


def test_a_selection_that_hides_columns_counts_the_same(zhao, committee, members):
    plain = Selection(hidden=("备注",))
    hidden = define_statistic(actor=zhao, ledger=ledgers[ROSTER], name="甲", selection=plain)

    assert figure_in(hidden, YEAR, committee.path) == Figure(4)
