"""The page that describes the format is true: its example is computed, its table is whole."""

import dataclasses
import datetime as dt
import re
from decimal import Decimal

from django.conf import settings

from assessments.engine import written
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record
from assessments.engine.results import Inputs
from assessments.engine.rules.base import KINDS, Rule
from assessments.transcripts import read_transcript
from partybuild.periods import Period

PAGE = (settings.BASE_DIR / "docs" / "schemes.md").read_text("utf-8")


def example():
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    return read_transcript(block.encode())


def test_the_example_loads_without_a_contradiction():
    read = example()

    assert (read.unsupported, read.warnings) == ([], [])


def test_the_example_is_computed_as_the_page_says():
    meetings = Record(
        Period.year(2026), (1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0), (True,) * 12, dt.date(2027, 1, 5)
    )
    given = {
        ("", "A2"): {"1": {"count": "9"}},
        ("", "B1"): {"1": {"好": "4", "一般": "2", "不了解": "3"}},
        ("", "J1"): {"1": {"市级": "1", "县级": "4", "other": "0"}},
        ("", "V1"): {"1": {"hit": "0"}},
        ("", ""): {"": {"优秀/0": "0"}},
    }

    result = evaluate(example().document, Inputs(given, {"activities.general_meetings": meetings}))

    # 10 + 5 - min(4.5, 3) = 12; (5 × 3 + 3) ÷ 4 ÷ 5 × 10 = 9; 3 + 4 held at 5
    assert [one.points for one in result.totals] == [Decimal(26), Decimal(21)]
    assert result.band.band.name == "合格"


def test_every_kind_of_rule_and_every_field_of_it_is_on_the_page():
    rows = dict(re.findall(r"^\| `(?!kind`)(\w+)` \|.*?\|([^|]*)\|$", PAGE, re.MULTILINE))
    shared = {field.name for field in dataclasses.fields(Rule)}

    assert written.KINDS is KINDS
    assert rows.keys() == KINDS.keys()
    for kind, cells in rows.items():
        own = [f.name for f in dataclasses.fields(KINDS[kind]) if f.name not in shared]
        assert set(re.findall(r"`(\w+)`", cells)) == set(own)
