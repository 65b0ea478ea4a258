"""The contract of a ledger: typed columns, streamed, one query whatever the number of rows."""

import datetime as dt

import pytest

from activities.models import Activity, Meeting
from members.models import Member
from partybuild.ledgers import (
    CHUNK,
    Choice,
    Date,
    Gathered,
    Integer,
    Ledger,
    Sensitive,
    Text,
    heading_rows,
    ledgers,
    partial_date,
)
from partybuild.masking import mask_phone
from partybuild.periods import Period
from partybuild.registry import CodeTaken, Registry
from partybuild.scoping import Scope, scoped_to
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.members import MemberFactory

YEAR = Period.year(2026)


def topics_in_capitals(keys):
    return {key: f"第{key}号" for key in keys if key % 2}


class FilesLedger(Ledger):
    """Has no code, so nobody but these tests knows of it."""

    title = "档案"
    permission = "members.view_member"
    record = "public_id"
    conditions = {"category": "category"}
    order = ("name", "pk")
    columns = (
        Text("姓名", "name"),
        Choice("人员类别", "category", Member.Category),
        Date("入党时间", "joined_on", "joined_precision"),
        Date("转正时间", "confirmed_on"),
        Sensitive("联系电话", "phone", mask_phone),
        Integer("年份", "joined_on__year", total=True),
    )

    def rows(self, period):
        return Member.objects.filter(joined_on__lte=period.end)


class OccasionsLedger(Ledger):
    title = "活动"
    permission = "activities.view_activity"
    columns = (
        Text("主题", "topic"),
        Gathered("编号", ("pk",), gather=topics_in_capitals),
    )

    def rows(self, period):
        return Activity.objects.filter(held_on__range=(period.start, period.end))


@pytest.fixture
def scope(first_branch):
    with scoped_to(Scope((first_branch.path,))):
        yield


@pytest.fixture
def wei(first_branch):
    return MemberFactory(
        name="=魏明", branch=first_branch, phone="13812345678", joined_precision="month"
    )


def test_cells_are_shown_as_their_columns_say(scope, wei):
    table = list(FilesLedger().table(YEAR))

    assert table == [
        ("=魏明", "正式党员", "2010-06", dt.date(2011, 6, 28), "138****5678", 2010),
    ]


def test_a_sensitive_column_is_shown_in_full_only_when_revealed(scope, wei):
    masked, revealed = (
        [row[4] for row in FilesLedger().table(YEAR, reveal=reveal)] for reveal in (False, True)
    )

    assert (masked, revealed) == (["138****5678"], ["13812345678"])


def test_a_ledger_shows_its_period_and_its_scope(scope, wei, second_branch):
    MemberFactory(name="外人", branch=second_branch)

    assert list(FilesLedger().table(Period.year(2009))) == []
    assert [row[0] for row in FilesLedger().table(YEAR)] == ["=魏明"]


def test_a_ledger_is_narrowed_by_its_own_conditions_only(scope, wei, first_branch):
    MemberFactory(name="乙", branch=first_branch, category=Member.Category.PROBATIONARY)
    asked = [{"category": "probationary"}, {"category": ""}, {"name": "乙"}, None]

    shown = [[row[0] for row in FilesLedger().table(YEAR, conditions=each)] for each in asked]

    assert shown == [["乙"], *[["=魏明", "乙"]] * 3]


def test_the_cells_of_a_page_come_with_the_ids_of_their_records(scope, wei):
    ledger = FilesLedger()

    rows = ledger.cells(ledger.selected(YEAR).values_list(*ledger.lookups()))

    assert rows == [
        (wei.public_id, ("=魏明", "正式党员", "2010-06", dt.date(2011, 6, 28), "138****5678", 2010))
    ]


def test_the_cells_of_a_ledger_without_records_come_alone(scope, first_branch):
    ActivityFactory(organization=first_branch, topic="学习")
    ledger = OccasionsLedger()

    rows = ledger.cells(ledger.selected(YEAR).values_list(*ledger.lookups()))

    assert [(public_id, cells[0]) for public_id, cells in rows] == [("", "学习")]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_ledger_of_any_length_is_one_query(count, scope, first_branch, django_assert_num_queries):
    MemberFactory.create_batch(count, branch=first_branch)

    with django_assert_num_queries(1):
        table = list(FilesLedger().table(YEAR))

    assert len(table) == count


def test_a_gathered_column_is_filled_chunk_by_chunk(scope, first_branch):
    asked = []

    def note(keys):
        asked.append(len(keys))
        return topics_in_capitals(keys)

    class NotingLedger(OccasionsLedger):
        columns = (Text("主题", "topic"), Gathered("编号", ("pk",), gather=note))

    raw = [(f"第{number}讲", number) for number in range(1, CHUNK + 3)]
    rows = NotingLedger().cells(raw)

    assert asked == [CHUNK, 2]
    assert [cells for _, cells in rows[:2]] == [("第1讲", "第1号"), ("第2讲", None)]


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", dt.date(2018, 5, 1)), ("month", "2018-05"), ("year", "2018")],
)
def test_a_date_is_shown_as_far_as_it_is_known(precision, shown):
    assert partial_date(dt.date(2018, 5, 1), precision) == shown
    assert partial_date(None, precision) is None


def test_a_choice_that_is_gone_is_shown_as_it_is_stored():
    column = Choice("会议类别", "kind", Meeting.Kind)

    assert (column.render("party_day"), column.render("gone")) == ("主题党日", "gone")


def test_headings_of_one_level_are_one_row():
    assert heading_rows([Text("甲", "a"), Text("乙", "b")]) == [[("甲", 1, 1), ("乙", 1, 1)]]


def test_headings_of_several_levels_are_merged():
    columns = [
        Text("党支部", "a"),
        Integer(("人数", "应到"), "b"),
        Integer(("人数", "实到"), "c"),
        Text("说明", "d"),
        Integer(("人数", "应到"), "e"),
        Text(("情况", "到会", "其中"), "f"),
    ]

    assert heading_rows(columns) == [
        [("党支部", 1, 3), ("人数", 2, 1), ("说明", 1, 3), ("人数", 1, 1), ("情况", 1, 1)],
        [("应到", 1, 2), ("实到", 1, 2), ("应到", 1, 2), ("到会", 1, 1)],
        [("其中", 1, 1)],
    ]


def test_a_ledger_must_say_what_its_rows_are():
    with pytest.raises(NotImplementedError):
        Ledger().rows(YEAR)


def test_trashed_activities_are_in_no_ledger(scope, first_branch):
    MeetingFactory(activity__organization=first_branch, activity__topic="在")
    gone = MeetingFactory(activity__organization=first_branch, activity__topic="不在")
    gone.activity.deleted_at = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    gone.activity.save()

    table = list(ledgers["activities.meetings"].table(YEAR))

    assert len(table) == 1
    assert "在" in table[0]


class First:
    """Something that registers."""


class Second:
    """Something else that does."""


def test_a_registry_keeps_one_entry_per_code_in_the_order_of_codes():
    registry = Registry("演练")
    for code in ("b", "a"):
        registry.add(code, First())
    registry.add("a", First())  # a module that is read twice

    assert len(registry) == 2
    assert [entry is registry[code] for entry, code in zip(registry, "ab", strict=True)] == [
        True
    ] * 2
    assert ("a" in registry, "c" in registry, registry.get("c")) == (True, False, None)


def test_two_classes_cannot_share_a_code():
    registry = Registry("演练")
    registry.add("a", First())

    with pytest.raises(CodeTaken, match="演练: a"):
        registry.add("a", Second())
