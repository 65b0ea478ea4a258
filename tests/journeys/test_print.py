"""The print view in a real Chromium: what comes out of the printer keeps GB/T 9704-2012."""

import datetime as dt
import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from activities.models import Meeting
from tests.factories.activities import ActivityFactory, MeetingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MM = 25.4 / 72
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)


@dataclass(frozen=True)
class Line:
    """One printed line: its text, its left and right edge and its middle, in millimetres."""

    text: str
    left: float
    right: float
    middle: float

    @property
    def width(self):
        return self.right - self.left


def printed(pdf):
    """Return of every page its size in millimetres and its lines, as the paper shows them."""
    program = shutil.which("pdftotext")
    if not program:
        pytest.skip("本机没有 pdftotext（软件包 poppler-utils）。")
    found = subprocess.run(  # noqa: S603 -- the machine's own program, our own bytes
        [program, "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return [
        ((float(width) * MM, float(height) * MM), lines_in(body))
        for width, height, body in PAGE.findall(found)
    ]


def lines_in(body):
    words = [
        Line(text, float(left) * MM, float(right) * MM, (float(top) + float(bottom)) / 2 * MM)
        for left, top, right, bottom, text in WORD.findall(body)
    ]
    rows = itertools.groupby(
        sorted(words, key=lambda word: (round(word.middle), word.left)),
        key=lambda word: round(word.middle),
    )
    lines = []
    for _, row in rows:
        parts = list(row)
        text = "".join(part.text for part in parts)
        lines.append(Line(text, parts[0].left, parts[-1].right, parts[0].middle))
    return [line for line in lines if not line.text.startswith("—")]


def test_a_printed_record_keeps_the_measures(page, hand, sign_in, live_server, li, first_branch):
    activity = ActivityFactory(
        organization=first_branch,
        held_on=dt.date(2026, 11, 20),
        topic="学习贯彻全会精神",
        recorded_by=li,
    )
    text = "学习条例联系实际交流发言认真讨论" * 90
    MeetingFactory(activity=activity, kind=Meeting.Kind.PARTY_DAY, minutes=text)
    sign_in(li)
    page.goto(f"{live_server.url}/activities/{activity.public_id}/print/")

    pages = printed(page.pdf(prefer_css_page_size=True))

    assert {tuple(round(side) for side in size) for size, _ in pages} == {(210, 297)}
    full = pages[1][1]
    assert [len(line.text) for line in full] == [28] * 22
    assert max(abs(line.left - 28) for line in full) < 1
    assert max(abs(line.width - 156) for line in full) < 0.5
    assert len(pages[0][1]) + 1 == 22  # a blank line stands under the title
    assert pages[0][1][0].text == "第一党支部主题党日记录"
    assert [line for _, lines in pages for line in lines if "查找" in line.text] == []
