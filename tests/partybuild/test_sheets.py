"""Finding the table inside a sheet."""

from dataclasses import dataclass

import pytest

from partybuild.sheets import recognise
from partybuild.tables import MergedRange, RawRow, RawSheet


@dataclass
class Heading:
    title: str
    pattern: str
    under: str = ""


HEADINGS = [
    Heading("姓名", "姓名"),
    Heading("身份证号码", "身份证(号码?)?"),
    Heading("入党时间", "入党(时间|日期)"),
    Heading("本人电话", "(联系)?电话", under="本人.*"),
    Heading("家属电话", "(联系)?电话", under="家属.*"),
    Heading("备注", "备注"),
]


def sheet(*rows, merged=(), hidden_columns=()):
    return RawSheet(
        "名册",
        merged=[MergedRange(*block) for block in merged],
        hidden_columns=frozenset(hidden_columns),
        rows=[RawRow(number, list(cells)) for number, cells in enumerate(rows, 1) if any(cells)],
    )


def found(raw, required=("姓名",)):
    return recognise(raw, HEADINGS, required)


def names(table):
    return [record.get("姓名") for record in table.records]


def test_columns_are_found_in_any_order_under_title_lines():
    table = found(
        sheet(
            ["某局党员名册"],
            [None, "2026年"],
            ["备注", "姓 名*", "身份证号（18位）"],
            ["x", "王明", "1"],
        )
    )

    assert table.columns == {0: "备注", 1: "姓名", 2: "身份证号码"}
    assert names(table) == ["王明"]
    assert table.above == ["某局党员名册", "2026年"]


def test_a_heading_is_read_together_with_the_one_above_it():
    table = found(
        sheet(
            ["姓名", "入党", None, "本人", "家属"],
            [None, "时间", "介绍人", "电话", "电话"],
            ["王明", "2018.5", "李", "1", "2"],
            merged=[(1, 1, 1, 2)],
        )
    )

    assert table.columns == {0: "姓名", 1: "入党时间", 3: "本人电话", 4: "家属电话"}
    assert table.strange == ["介绍人"]


def test_a_visible_column_goes_before_a_hidden_one_of_the_same_title():
    table = found(sheet(["姓名", "备注", "备注"], ["王明", "旧", "新"], hidden_columns=[1]))

    assert table.records[0].get("备注") == "新"


def test_a_hidden_column_that_was_read_is_named():
    assert found(sheet(["姓名", "备注"], ["王明", "旧"], hidden_columns=[1])).hidden == ["备注"]


def test_a_sheet_without_a_required_column_is_no_table():
    summary = sheet(["序号", "党支部", "党员数"], [1, "第一", 20])

    assert found(summary) is None
    assert found(sheet(["姓名", "备注"], ["王", "x"]), ("姓名", ("身份证号码", "入党时间"))) is None


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["合计", "28人", None], "total"),
        (["小\u3000计", None, "3"], "subtotal"),
        ([None, "总计：5人", None], "total"),
        (["注：转正时间由支部填写。", None, None], "remark"),
        (["填表说明：", None, None], "remark"),
        (["填表人：\u3000\u3000审核人（支部书记）：\u3000\u3000日期：", None, None], "signature"),
        (["签名：", None, None], "signature"),
        (["序号", "姓名", "备注"], "heading"),
        (["示例", "张三", "x"], "example"),
        ([7, None, None], "blank"),
    ],
)
def test_rows_that_are_no_data_are_told_apart(row, kind):
    table = found(sheet(["序号", "姓名", "备注"], [1, "王明", "x"], row))

    assert names(table) == ["王明"]
    assert table.left_out == {3: kind}


def test_a_person_whose_name_is_missing_is_data_all_the_same():
    table = found(sheet(["序号", "姓名", "身份证"], [1, " ", "110"], [2, None, "111"]))

    assert names(table) == [" ", None]


def test_a_section_title_across_the_table_is_left_out():
    table = found(
        sheet(
            ["姓名", "备注", "身份证", "入党时间", "籍贯"],
            ["一、机关"],
            ["王明", "x"],
            merged=[(2, 2, 0, 4)],
        )
    )

    assert names(table) == ["王明"]
    assert table.left_out == {2: "remark"}


def test_a_merged_cell_counts_for_all_its_rows():
    table = found(sheet(["备注", "姓名"], ["第一", "王明"], [None, "李强"], merged=[(2, 3, 0, 0)]))

    assert [record.get("备注") for record in table.records] == ["第一", "第一"]
    assert [record.number for record in table.records] == [2, 3]
