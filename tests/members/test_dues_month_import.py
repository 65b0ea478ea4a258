"""The ledger of one month comes in: the month from the title, people by number, money as it was."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from members.models import DuesPayment, DuesStanding
from members.queries.dues import in_arrears, read_branch
from members.services.roster import make_findable
from partybuild import batches
from partybuild.imports import find_table
from partybuild.scoping import everything
from partybuild.values import id_check_digit
from tests.cast import enrolled
from tests.factories.dues import DuesStandingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

AS_OF = dt.date(2026, 10, 31)
HEAD = ["序号", "姓名", "身份证号", "所属党支部", "核算基数", "应交金额", "实交金额", "备注"]


def number(serial):
    body = f"99900119850412{serial:03}"
    return body + id_check_digit(body)


@pytest.fixture
def he(first_branch):
    return enrolled("何静", first_branch)


@pytest.fixture
def namesakes(first_branch):
    found = []
    for serial in (1, 2):
        member = enrolled("王向睿", first_branch)
        member.id_number = number(serial)
        make_findable(member)
        with everything(reason="test"):
            member.save()
        found.append(member)
    return found


def brought(title, rows, *, sheet="Sheet1", head=HEAD):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in ([title], head, *rows):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    with everything(reason="test"):
        return batches.apply(
            actor=None,
            table=find_table("dues_month"),
            data=out.getvalue(),
            file_name="党费.xlsx",
            as_of=AS_OF,
        )


def told(batch, part):
    return [(one["row"], one["code"]) for one in batch.outcome[part]]


def stored():
    with everything(reason="test"):
        payments = DuesPayment.objects.order_by("pk")
        return [(one.member.name, f"{one.month:%Y-%m}", one.amount, one.kind) for one in payments]


def test_a_month_fixes_what_is_owed_and_what_was_paid(he, first_branch, everywhere):
    batch = brought(
        "2026年3月党费收缴表", [[1, "何静", None, "第一党支部", 6190, 92.85, 92.85, None]]
    )

    assert [told(batch, part) for part in ("rejected", "warned", "noted")] == [[], [], []]
    assert stored() == [("何静", "2026-03", Decimal("92.85"), "ordinary")]
    standing = DuesStanding.objects.get()
    assert (standing.started_on, standing.amount, standing.base) == (
        dt.date(2026, 3, 1),
        Decimal("92.85"),
        "6190.00",
    )
    (person,) = read_branch(first_branch, 2026, AS_OF)
    assert "".join(month.word[:1] for month in person.months) == "未未已欠欠欠欠欠欠未未未"


def test_month_after_month_changes_what_is_owed_only_where_the_base_does(he, everywhere):
    for month, base, due in ((1, 6190, "92.85"), (2, 6190, "92.85"), (3, 10001, "200.02")):
        brought(f"2026年{month}月", [[1, "何静", None, "第一党支部", base, due, due, None]])

    spans = DuesStanding.objects.order_by("started_on").values_list("started_on", "ended_on")
    assert [str(amount) for _, _, amount, _ in stored()] == ["92.85", "92.85", "200.02"]
    assert list(spans) == [
        (dt.date(2026, 1, 1), dt.date(2026, 3, 1)),
        (dt.date(2026, 3, 1), None),
    ]


def test_the_same_file_again_changes_nothing_and_is_taken_back_whole(he, everywhere):
    rows = [[1, "何静", None, "第一党支部", 6190, 92.85, 92.85, None]]
    first = brought("2026年3月", rows)
    again = brought("2026年3月", rows)
    batches.undo(actor=None, batch=first)

    assert (again.outcome["created"], again.outcome["changed"]) == (0, 0)
    assert (stored(), DuesStanding.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("title", "sheet", "month"),
    [
        ("党费收缴表（2026-05）", "Sheet1", "2026-05"),
        ("2026年度党费收缴表", "七月", "2026-07"),
        ("2026年党费收缴表", "8月份", "2026-08"),
        ("2026.06 党费", "Sheet1", "2026-06"),
        ("2025年12月党费", "1月", "2025-12"),
        ("填报时间：2026年9月2日", "Sheet1", "2026-10"),
    ],
)
def test_the_month_is_read_from_title_or_sheet_and_else_is_that_of_the_day(
    he, title, sheet, month, everywhere
):
    batch = brought(title, [[1, "何静", None, "第一党支部", 6190, 92.85, 92.85, None]], sheet=sheet)

    assert [row[1] for row in stored()] == [month]
    assert told(batch, "noted") == ([(3, "MONTH_ASSUMED")] if month == "2026-10" else [])


def test_the_number_tells_two_of_one_name_apart(namesakes, everywhere):
    batch = brought(
        "2026年3月",
        [
            [1, "王向睿", number(2), "第一党支部", 3000, 15, 15, None],
            [2, "王向睿", None, "第一党支部", 3000, 15, 15, None],
        ],
    )

    assert told(batch, "rejected") == [(4, "PERSON_AMBIGUOUS")]
    assert DuesPayment.objects.get().member == namesakes[1]


def test_what_is_wrong_with_a_row_is_told_and_what_can_be_kept_is(he, first_branch, everywhere):
    for name in ("甲一", "乙二", "丙三", "丁四"):
        enrolled(name, first_branch)
    DuesStandingFactory(member=he, amount=Decimal("92.85"))
    batch = brought(
        "2026年3月",
        [
            [1, "何静", None, "第一党支部", None, 80, 50, None],
            [2, "甲一", None, "第一党支部", 3001, 15, 15, None],
            [3, "乙二", None, "第一党支部", 3000, 15, 1015, None],
            [4, "丙三", None, "第一党支部", "免", None, None, "住院"],
            [5, "丁四", None, "第一党支部", None, None, 20, None],
            [6, "甲一", None, "第一党支部", 3001, 15, 15, None],
            [7, "没有此人", None, "第一党支部", 3000, 15, 15, None],
            [8, "丁四", None, "第九党支部", 3000, 15, 15, None],
            [9, "何静", None, "第一党支部", 3000, 15, "十五元", None],
            ["合计", None, None, None, None, 140, 1115, None],
        ],
    )

    assert told(batch, "warned") == [
        (3, "DUE_RATE"),
        (3, "DUE_DIFF"),
        (4, "DUE_RATE"),
        (5, "DUE_BIG"),
        (7, "BASE_MISSING"),
    ]
    assert told(batch, "rejected") == [
        (8, "DUP_ENTRY"),
        (9, "PERSON_UNKNOWN"),
        (10, "BRANCH_UNKNOWN"),
        (11, "AMOUNT_TEXT"),
    ]
    assert sorted(stored()) == [
        ("丁四", "2026-03", Decimal("20.00"), "ordinary"),
        ("乙二", "2026-03", Decimal("15.00"), "ordinary"),
        ("乙二", "2026-03", Decimal("1000.00"), "big"),
        ("何静", "2026-03", Decimal("50.00"), "ordinary"),
        ("甲一", "2026-03", Decimal("15.00"), "ordinary"),
    ]
    assert DuesStanding.objects.get(member__name="丙三").relief == "exempt"


def test_a_month_to_come_is_refused(he, everywhere):
    batch = brought("2026年12月", [[1, "何静", None, "第一党支部", 6190, 92.85, 92.85, None]])

    assert told(batch, "rejected") == [(3, "DATE_FUTURE")]
    assert (stored(), in_arrears(AS_OF)) == ([], [])
