"""Papers: a Word template filled with values, and lines to write on where there are none."""

import datetime as dt
import io

import pytest
from docx import Document

from partybuild import documents

NOTICE = "members.public_notice"
VALUES = {
    "姓名": "吴<小>梅 & 子",
    "党支部": "第一党支部",
    "公示起": dt.date(2026, 9, 23),
    "公示止": dt.date(2026, 10, 8),
    "性别": "",
    "学历": None,
}


def text_of(content):
    """The text of a Word file, paragraph by paragraph, then cell by cell."""
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in paper.paragraphs] + cells)


def test_a_paper_holds_its_values_as_they_were_given():
    text = text_of(documents.fill(NOTICE, VALUES))

    assert "关于拟确定吴<小>梅 & 子同志为发展对象的公示" in text
    assert "公示时间：2026年9月23日至2026年10月8日。" in text


def test_what_has_no_value_is_a_line_to_write_on():
    text = text_of(documents.fill(NOTICE, VALUES))

    assert "吴<小>梅 & 子，____，____，" in text
    assert "{{" not in text
    assert "None" not in text


def test_what_is_missing_is_named_in_the_order_of_the_values():
    assert documents.missing(NOTICE, VALUES)[:2] == ["性别", "学历"]
    assert "出生年月" in documents.missing(NOTICE, VALUES)
    assert "姓名" not in documents.missing(NOTICE, VALUES)


def test_a_value_is_no_template():
    text = text_of(documents.fill(NOTICE, VALUES | {"党支部": "{{ 7 * 7 }}"}))

    assert "{{ 7 * 7 }}" in text


def test_the_answer_is_saved_under_its_chinese_name_and_kept_nowhere():
    response = documents.word_response(b"paper", "公示 吴小梅.docx")

    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%85%AC")
    assert response["Cache-Control"] == "no-store"
    assert response.content == b"paper"


@pytest.mark.parametrize("code", ["members.nothing", "members.../models/__init__"])
def test_a_paper_that_is_not_there_is_not_opened(code):
    with pytest.raises(FileNotFoundError):
        documents.fill(code, {})
