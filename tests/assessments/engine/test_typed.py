"""What people type for a field is what the document says, and back again."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given, settings

from assessments.engine.document import Band, Condition, Document, Term, Total
from assessments.engine.labels import labels_of
from assessments.engine.ladders import Rung
from assessments.engine.rules.base import KINDS
from assessments.engine.rules.choices import Option
from assessments.engine.rules.events import Tier
from assessments.engine.typed import entries_of, read, written
from assessments.engine.written import Unreadable
from tests.assessments.engine.test_properties import documents

TIERS = tuple[Tier, ...]


def parts_of(value):
    """Yield every part of a document with its fields."""
    if dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from parts_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from parts_of(one)


def nested(part, name):
    """Tell whether a field has a page of its own."""
    hint = entries_of(type(part))[name].hint
    return dataclasses.is_dataclass(hint) or name in {"rules", "lines", "categories"}


@given(documents)
@settings(max_examples=50, deadline=None)
def test_every_field_of_a_document_is_typed_and_read_back_identical(document):
    for part in parts_of(document):
        for name, entry in entries_of(type(part)).items():
            value = getattr(part, name)
            if not nested(part, name):
                assert entry.read(entry.written(value)) == value


def test_every_field_of_every_part_and_kind_of_rule_has_a_label():
    parts = {Document, Rung, Band, Condition, Term, Total, *KINDS.values()}
    for cls in list(parts):
        for entry in entries_of(cls).values():
            inner = [entry.hint, *getattr(entry.hint, "__args__", ())]
            parts |= {one for one in inner if dataclasses.is_dataclass(one)}
    lacking = {
        f"{cls.__name__}.{field.name}"
        for cls in parts
        for field in dataclasses.fields(cls)
        if field.name not in labels_of(cls)
    }

    assert lacking == set()


def test_one_word_means_one_field_in_all_kinds_of_rules():
    words = {}
    for kind in KINDS.values():
        for name, label in labels_of(kind).items():
            words.setdefault(label.text, set()).add(name)

    assert {word: names for word, names in words.items() if len(names) > 1} == {}


def test_levels_are_written_as_people_write_them():
    tiers = (Tier(name="国家级", points=Decimal(10)), Tier(name="省 级", points=Decimal("0.50")))

    assert written(TIERS, tiers) == "国家级 10\n省 级 0.50"


@pytest.mark.parametrize(
    "line", ["国家级 10", "10 国家级", "国家级｜10", "国家级 | 10分", " 国家级  10 "]
)
def test_a_level_may_be_typed_in_several_ways(line):
    assert read(TIERS, line) == (Tier(name="国家级", points=Decimal(10)),)


def test_a_mark_with_its_words_keeps_a_number_in_the_words():
    options = (Option(points=Decimal(5), when="每季 1"),)

    assert written(tuple[Option, ...], options) == "5 每季 1"
    assert read(tuple[Option, ...], "5 每季 1") == options


def test_a_share_may_be_typed_in_percent_and_stays_exact():
    assert str(read(Decimal, "92.5%")) == "0.925"


def test_a_rung_is_typed_in_words():
    assert read(tuple[Rung, ...], "5｜每季 1 次｜每季度\n0｜没有｜没有｜0") == (
        Rung(Decimal(5), "每季 1 次", "quarter"),
        Rung(Decimal(0), "没有", "never", 0),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("国家级 10\n省级", "第 2 行“省级”：没有写“分值”。"),
        ("国家级 十", "第 1 行“国家级 十”：没有写“分值”。"),
        ("国家级｜十", "第 1 行“国家级｜十”：“分值”应是数字，写的是“十”。"),
        ("国家级｜10｜市", "第 1 行“国家级｜10｜市”：写了 3 格，应是 级别｜分值。"),
        ("国家级｜1e99", "第 1 行“国家级｜1e99”：“分值”的数字太长，写的是“1e99”。"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_the_reason(text, reason):
    with pytest.raises(Unreadable) as refused:
        read(TIERS, text)

    assert str(refused.value) == reason
