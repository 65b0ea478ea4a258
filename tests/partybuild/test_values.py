import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partybuild.tables import read_tables
from partybuild.values import (
    ETHNICITIES,
    PartialDate,
    Problem,
    clean_name,
    clean_text,
    id_check_digit,
    is_blank,
    is_unknown,
    looks_like_formula,
    name_problem,
    parse_date,
    parse_ethnicity,
    parse_id_number,
    parse_number,
    parse_phone,
    parse_sex,
    parse_typed_date,
)

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"sample files absent: {SAMPLES}")

SATURDAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("  \u3000第一党小组\xa0", "第一党小组"),
        (15414894686.0, "15414894686"),
        (1.5, "1.5"),
        (dt.date(2026, 5, 18), "2026-05-18"),
        (dt.datetime(2026, 5, 18), "2026-05-18"),  # noqa: DTZ001 -- a cell has no time zone
        (dt.datetime(2026, 5, 18, 14, 30), "2026-05-18 14:30"),  # noqa: DTZ001
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("a\x00b\u200bc\ufeffd\u202ee\ufffe", "abcde"),
        ("=1+1", "=1+1"),
    ],
)
def test_text_is_freed_of_what_nobody_sees(value, text):
    assert clean_text(value) == text


@pytest.mark.parametrize("value", [None, "", " \u3000", "—", "-", "/", "／", "无", "暂无 "])
def test_blank_words_say_nothing(value):
    assert is_blank(value)


@pytest.mark.parametrize("value", ["不详", "不详（待核）", "？", "??", "待 核"])
def test_unknown_words_say_that_nobody_knows(value):
    assert is_unknown(value)
    assert not is_blank(value)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.invalid","看")',
        "-2+3+demo|' /x'!A0",
        "+1+1",
        "@SUM(A1:A9)",
        "＝1+1",
    ],
)
def test_text_that_could_become_a_formula_is_noticed(text):
    assert looks_like_formula(text)


@pytest.mark.parametrize("value", ["—", "-", "-5", "+86 15423491618", "备注：=", '="999"', 3, None])
def test_harmless_text_is_no_formula(value):
    assert not looks_like_formula(value)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张　伟", "张伟"),
        ("田  川 ", "田川"),
        ("\xa0郭\u200b梅", "郭梅"),
        ("热合曼 · 吐尔地", "热合曼·吐尔地"),
        ("热合曼•司马义", "热合曼·司马义"),
        ("玉素甫．买买提", "玉素甫·买买提"),
        ("玉素甫.买买提", "玉素甫·买买提"),
        ("阿依古丽‧阿布来提", "阿依古丽·阿布来提"),
        ("热合曼・司马义", "热合曼·司马义"),
        ("陈 㛃", "陈㛃"),
        ("李䶮", "李䶮"),
        ("朱  𬍛", "朱𬍛"),
        ("罗\ue863", "罗\ue863"),
        ("John  A. Smith", "John A. Smith"),
        ("\u202e张伟", "张伟"),
    ],
)
def test_names_are_compared_without_blanks_and_with_one_dot(typed, name):
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("李䶮", None),
        ("朱?涛", Problem.NAME_LOSSY),
        ("朱\ufffd涛", Problem.NAME_LOSSY),
        ("罗\ue863", Problem.NAME_PUA),
    ],
)
def test_lost_and_private_characters_of_names_are_told(name, problem):
    assert name_problem(name) is problem


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        (dt.date(2018, 5, 12), "2018-05-12"),
        (dt.datetime(2018, 5, 12, 14, 30), "2018-05-12"),  # noqa: DTZ001
        ("2018.05.12", "2018-05-12"),
        ("2018.5.12", "2018-05-12"),
        ("2018-5-12", "2018-05-12"),
        ("2018/5/12", "2018-05-12"),
        ("2018年5月12日", "2018-05-12"),
        ("2018年5月12", "2018-05-12"),
        ("2018年5月12号", "2018-05-12"),
        ("20180512", "2018-05-12"),
        (20180512, "2018-05-12"),
        (20180512.0, "2018-05-12"),
        (" 1978 . 11 . 05 ", "1978-11-05"),
        ("1967-10-30\xa0", "1967-10-30"),
        ("'2018-05-12", "2018-05-12"),
        ('="2018-05-12"', "2018-05-12"),
        ("２０１８．５．１２", "2018-05-12"),
        ("2018-05-12 00:00:00", "2018-05-12"),
        ("2018-5-1 00:00:00", "2018-05-01"),
        ("2018-05-12T09:30:00", "2018-05-12"),
        ("2025-01-23 09:00-10:30", "2025-01-23"),
        ("2025年2月25日下午4:00", "2025-02-25"),
        ("2026年9月26日上午", "2026-09-26"),
        ("二〇一八年五月十二日", "2018-05-12"),
        ("一九八五年十二月三十一日", "1985-12-31"),
        (44024, "2020-07-12"),
        (44024.5, "2020-07-12"),
        ("44024", "2020-07-12"),
        ("2018.05", "2018-05"),
        ("2018.5", "2018-05"),
        ("1985.1", "1985-01"),
        ("2018/10", "2018-10"),
        ("2018-02", "2018-02"),
        ("2018年5月", "2018-05"),
        ("二〇一八年五月", "2018-05"),
        ("201805", "2018-05"),
        (201805, "2018-05"),
        (2018.05, "2018-05"),
        (1972.12, "1972-12"),
        ("1985年", "1985"),
        ("1985", "1985"),
        (1985, "1985"),
    ],
)
def test_dates_are_read_in_every_usual_spelling(cell, date):
    assert str(parse_date(cell)) == date


@pytest.mark.parametrize("cell", [None, "", "—", "/", "无", " "])
def test_a_blank_date_is_none(cell):
    assert parse_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("不详", Problem.DATE_UNKNOWN),
        ("不详（待核）", Problem.DATE_UNKNOWN),
        ("？", Problem.DATE_UNKNOWN),
        (1972.1, Problem.DATE_AMBIGUOUS),
        ("85.7.18", Problem.DATE_AMBIGUOUS),
        ("85年7月", Problem.DATE_AMBIGUOUS),
        ("850718", Problem.DATE_AMBIGUOUS),
        ("20185", Problem.DATE_AMBIGUOUS),
        ("5.12", Problem.DATE_AMBIGUOUS),
        ("20161301", Problem.DATE_INVALID),
        ("2019.2.30", Problem.DATE_INVALID),
        ("2018年13月", Problem.DATE_INVALID),
        ("2018年五月", Problem.DATE_INVALID),
        ("进行中", Problem.DATE_INVALID),
        ("2018.5-2019.5", Problem.DATE_INVALID),
        ("0018-05-12", Problem.DATE_INVALID),
        (dt.date(1899, 12, 31), Problem.DATE_INVALID),
        (True, Problem.DATE_INVALID),
        (-2018, Problem.DATE_INVALID),
        (1e20, Problem.DATE_INVALID),
        (2018.055, Problem.DATE_INVALID),
        (5, Problem.DATE_INVALID),
    ],
)
def test_what_is_no_sure_date_is_a_problem(cell, problem):
    assert parse_date(cell) is problem


@pytest.mark.parametrize("cell", ["1月13日", "1.13", "1-13", "1/13", "01月13日上午9:00"])
def test_a_ledger_lends_its_year_to_dates_without_one(cell):
    assert str(parse_date(cell, year=2025)) == "2025-01-13"


def test_a_date_with_a_year_keeps_it_in_a_ledger():
    assert str(parse_date("2024.12.31", year=2025)) == "2024-12-31"


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("今天", "2026-11-21"),
        ("昨天", "2026-11-20"),
        ("前天", "2026-11-19"),
        ("明天", "2026-11-22"),
        ("上周五", "2026-11-13"),
        ("周五", "2026-11-20"),
        ("本周一", "2026-11-16"),
        ("下周一", "2026-11-23"),
        ("星期日", "2026-11-22"),
        ("上上周三", "2026-11-04"),
        ("5号", "2026-11-05"),
        ("上个月28日", "2026-10-28"),
        ("11.21", "2026-11-21"),
        ("12.15", "2026-12-15"),
        ("12.28", "2025-12-28"),
        ("2-29", None),
        ("5月12日", "2026-05-12"),
        ("20261121", "2026-11-21"),
        ("2026-11-21", "2026-11-21"),
        ("2026-11-21 14:00", "2026-11-21"),
        ("2026.11", "2026-11"),
        ("", None),
    ],
)
def test_a_form_understands_what_people_type(typed, date):
    found = parse_typed_date(typed, today=SATURDAY)

    assert (str(found) if isinstance(found, PartialDate) else None) == date


def test_a_date_without_year_typed_in_december_may_mean_january():
    assert str(parse_typed_date("1.5", today=dt.date(2026, 12, 28))) == "2027-01-05"


@pytest.mark.parametrize(
    ("known", "last"),
    [
        ("2024", dt.date(2024, 12, 31)),
        ("2024-02", dt.date(2024, 2, 29)),
        ("2024-02-05", dt.date(2024, 2, 5)),
    ],
)
def test_a_partial_date_knows_the_last_day_it_may_mean(known, last):
    assert parse_date(known).last == last


def test_partial_dates_are_compared_by_what_they_may_mean():
    month, day, next_month = parse_date("1985.06"), parse_date("1985-06-18"), parse_date("1985.07")

    assert month.may_be(day)
    assert day.may_be(month)
    assert not month.may_be(next_month)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("99900419721126022x", "99900419721126022X"),
        ("99901019730824467ｘ", "99901019730824467X"),
        ("９９９０２１１９８５０７１８５５３０", "999021198507185530"),
        ("'999021198507185530", "999021198507185530"),
        ('="999021198507185530"', "999021198507185530"),
        ("\t999021198507185530", "999021198507185530"),
        ("999021198507185530\xa0", "999021198507185530"),
        ("999021 19850718 5530", "999021198507185530"),
        ("999021-19850718-5530", "999021198507185530"),
    ],
)
def test_id_numbers_are_freed_of_their_wrapping(cell, number):
    found = parse_id_number(cell)

    assert (found.text, found.problem, found.is_usable) == (number, None, True)


def test_an_id_number_tells_birth_and_sex():
    man, woman = parse_id_number("999021198507185530"), parse_id_number("99901119670808614X")

    assert (man.born_on, man.sex) == (dt.date(1985, 7, 18), "男")
    assert (woman.born_on, woman.sex) == (dt.date(1967, 8, 8), "女")


def test_an_old_id_number_is_usable_and_reminded_of():
    found = parse_id_number("999021460921843")

    assert (found.problem, found.is_usable) == (Problem.ID_15, True)
    assert (found.born_on, found.sex) == (dt.date(1946, 9, 21), "男")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (9.990141969100385e17, Problem.ID_NUMERIC),
        (999014196910038500, Problem.ID_NUMERIC),
        ("9.99E+17", Problem.ID_SCI_TEXT),
        ("9.99001e+17", Problem.ID_SCI_TEXT),
        ("999021198507185531", Problem.ID_CHECKSUM),
        ("9990221963111508510", Problem.ID_LENGTH),
        ("99901519690811717", Problem.ID_LENGTH),
        ("999005194O04132199", Problem.ID_FORMAT),
        ("X99021198507185530", Problem.ID_FORMAT),
        ("99902146092184X", Problem.ID_FORMAT),
        ("护照E1234567", Problem.ID_FORMAT),
        ("999027199313032491", Problem.ID_BAD_DATE),
        ("999021461321843", Problem.ID_BAD_DATE),
    ],
)
def test_faulty_id_numbers_are_refused_with_their_fault(cell, problem):
    found = parse_id_number(cell)

    assert (found.problem, found.is_usable) == (problem, False)


@pytest.mark.parametrize("cell", [None, "", "无", "不详", "—"])
def test_a_missing_id_number_is_none(cell):
    assert parse_id_number(cell) is None


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_one_wrong_digit_is_always_found(digits):
    number = digits + id_check_digit(digits)
    other = str((int(number[5]) + 1) % 10)

    assert parse_id_number(number[:5] + other + number[6:]).problem is Problem.ID_CHECKSUM


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        (15414894686, "15414894686"),
        ("154-8451-5105", "15484515105"),
        ("154 8317 9557", "15483179557"),
        ("15430651628\xa0", "15430651628"),
        ("+86 15423491618", "15423491618"),
        ("8615423491618", "15423491618"),
        ("１５４２３４９１６１８", "15423491618"),
        ("010-12345678", Problem.PHONE_FORMAT),
        ("010-62345678", "01062345678"),
        ("(0571) 8234567", "05718234567"),
        ("82345678", "82345678"),
        (154820944152, Problem.PHONE_FORMAT),
        ("1546319414", Problem.PHONE_FORMAT),
        ("1540000", Problem.PHONE_FORMAT),
        ("154-000", Problem.PHONE_FORMAT),
        ("同上", Problem.PHONE_FORMAT),
        ("无", None),
        (None, None),
    ],
)
def test_phones_become_bare_digits(cell, phone):
    assert parse_phone(cell) == phone


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("男", "男"),
        ("女 ", "女"),
        ("男性", "男"),
        (2, "女"),
        ("f", "女"),
        ("", None),
        ("未说明", Problem.SEX_UNKNOWN),
    ],
)
def test_sex_is_read_as_word_or_code(cell, sex):
    assert parse_sex(cell) == sex


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("汉", "汉族"),
        ("汉族", "汉族"),
        ("维吾尔", "维吾尔族"),
        ("01", "汉族"),
        (56, "基诺族"),
        (57, Problem.ETHNIC_UNKNOWN),
        ("汗族", Problem.ETHNIC_UNKNOWN),
        (None, None),
    ],
)
def test_ethnicity_is_read_as_name_or_code(cell, name):
    assert parse_ethnicity(cell) == name


def test_there_are_56_ethnicities():
    assert len(set(ETHNICITIES)) == 56
    assert (ETHNICITIES[14], ETHNICITIES[36], ETHNICITIES[49]) == ("土家族", "仡佬族", "塔塔尔族")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (3, Decimal(3)),
        (0.1, Decimal("0.1")),
        ("1,200.50", Decimal("1200.50")),
        ("￥500元", Decimal(500)),
        ("１２．５", Decimal("12.5")),
        ("1.2万元", Decimal(12000)),
        ("-50", Decimal(-50)),
        ("2个", Decimal(2)),
        ("28人", Decimal(28)),
        ("3年", Decimal(3)),
        ("三年", Decimal(3)),
        ("两个", Decimal(2)),
        ("十", Decimal(10)),
        ("二十三", Decimal(23)),
        ("十十", Problem.NUMBER_TEXT),
        ("慰问金500元", Problem.NUMBER_TEXT),
        ("多次", Problem.NUMBER_TEXT),
        ("90分钟", Problem.NUMBER_TEXT),
        ("1,20", Problem.NUMBER_TEXT),
        (True, Problem.NUMBER_TEXT),
        ("—", None),
        (None, None),
    ],
)
def test_figures_are_read_with_their_units(cell, number):
    assert parse_number(cell) == number


CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text()
    | st.text("0123456789.-/年月日〇一二十 上下周个月号万元人?＝'\"=Xx·", max_size=20)
)


@given(CELLS)
def test_no_cell_ever_raises(cell):
    for parse in (
        clean_name,
        parse_date,
        parse_id_number,
        parse_phone,
        parse_sex,
        parse_ethnicity,
        parse_number,
        looks_like_formula,
    ):
        parse(cell)
    parse_date(cell, year=2025)
    parse_typed_date(clean_text(cell), today=SATURDAY)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["day", "month", "year"])
)
def test_a_partial_date_is_read_back_from_its_text(date, precision):
    first = date.replace(
        month=1 if precision == "year" else date.month, day=date.day if precision == "day" else 1
    )
    known = PartialDate(first, precision)

    assert parse_date(str(known)) == known


# --- the sample rosters ----------------------------------------------------------------------

ROSTERS = {
    "党组织名册.xlsx": {"founded": parse_date, "elected": parse_date, "term": parse_number},
    "党员花名册.xlsx": {},
    "党员花名册（总表）.xlsx": {},
    "仲裁委党支部党员花名册(旧版).xls": {},
    "行政复议与应诉处党支部党员名册(GBK).csv": {},
}
PERSON = {
    "name": clean_name,
    "sex": parse_sex,
    "eth": parse_ethnicity,
    "birth": parse_date,
    "join": parse_date,
    "conf": parse_date,
    "id": parse_id_number,
    "phone": parse_phone,
}
TITLES = {
    "姓名": "name",
    "性别": "sex",
    "民族": "eth",
    "出生日期": "birth",
    "出生年月": "birth",
    "入党时间": "join",
    "入党日期": "join",
    "转正时间": "conf",
    "转为正式党员日期": "conf",
    "身份证号": "id",
    "身份证号码": "id",
    "联系电话": "phone",
    "成立日期": "founded",
    "本届当选时间": "elected",
    "任期": "term",
}


def plain(value):
    """Write a parsed value as the samples write it: a problem leaves the field empty."""
    if value is None or isinstance(value, Problem):
        return ""
    return value.text if hasattr(value, "text") else str(value)


def columns_of(sheet, header_rows):
    """Tell the field of each column from the titles in the header rows."""
    return {
        column: TITLES[title]
        for row in sheet.rows
        if row.number in header_rows
        for column, title in enumerate(row.cells)
        if title in TITLES
    }


@needs_samples
@pytest.mark.parametrize("file_name", ROSTERS)
def test_every_sample_row_is_read_as_expected(file_name):
    yaml = pytest.importorskip("yaml")
    expected = yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))["files"][file_name]
    stem = file_name.rpartition(".")[0]
    with (SAMPLES / "expected_rows" / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parsers = ROSTERS[file_name] or PERSON
    sheets = {sheet.name: sheet for sheet in read_tables(SAMPLES / file_name, file_name)}
    cells = {
        name: {row.number: row for row in sheet.rows}
        for name, sheet in sheets.items()
        if name in expected["sheets"]
    }
    fields = {
        name: columns_of(sheets[name], layout["header_rows"])
        for name, layout in expected["sheets"].items()
    }

    wrong = [
        (row["sheet"], row["row"], field, row[field], cell)
        for row in rows
        for column, field in fields[row["sheet"]].items()
        if row.get(field, "*") != "*" and field in parsers
        for cell in [cells[row["sheet"]][int(row["row"])].cell(column)]
        if plain(parsers[field](cell)) != row[field]
    ]

    assert wrong == []
    assert {field for found in fields.values() for field in found.values()} >= set(parsers)


@needs_samples
@pytest.mark.parametrize("file_name", [name for name, parsers in ROSTERS.items() if not parsers])
def test_every_faulty_id_number_and_name_of_the_samples_is_found(file_name):
    yaml = pytest.importorskip("yaml")
    expected = yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))["files"][file_name]
    told = {code.name for code in Problem if code.name.startswith(("ID_", "NAME_"))}
    flagged = {
        (line["sheet"], line["row"], code)
        for level in ("reject", "warn")
        for line in expected[level]
        for code in line["codes"]
        if code in told
    }

    found = set()
    for sheet in read_tables(SAMPLES / file_name, file_name):
        layout = expected["sheets"].get(sheet.name)
        if layout is None:
            continue
        fields = columns_of(sheet, layout["header_rows"])
        apart = {n for numbers in expected["not_data"][sheet.name].values() for n in numbers}
        for row in sheet.rows:
            if row.number < layout["first_data_row"] or row.number in apart:
                continue
            for column, field in fields.items():
                if field == "id" and (number := parse_id_number(row.cell(column))):
                    problem = number.problem
                elif field == "name":
                    problem = name_problem(clean_name(row.cell(column)))
                else:
                    problem = None
                if problem:
                    found.add((sheet.name, row.number, problem.name))

    assert found == flagged


@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_finite_number_is_no_figure(cell):
    assert parse_number(cell) is Problem.NUMBER_TEXT
