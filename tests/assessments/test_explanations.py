"""Why a number is what it is: its rule and source, its records, and when each of them was entered."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Activity
from assessments.queries.evidence import Piece
from assessments.services.schemes import load_scheme
from tests.assessments.conftest import hold
from tests.assessments.test_pages import card_page, text_of
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory

TEXT = """
format: scheme/1
code: stars
title: 星级评定办法
paper: 档机党〔2026〕3 号
lines:
  - code: L
    title: 党课
    basis: {document: 《支部工作条例》, clause: 第十六条}
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.party_lectures
        rungs:
          - {points: 5, when: 每季 1 次, per: quarter}
          - {points: 2, when: 偶尔, per: ever}
          - {points: 0, when: 没有, per: never, times: 0}
"""

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def stars(db):
    scheme, _ = load_scheme(actor=None, raw=TEXT.encode())
    return scheme


def line_page(scheme, subject, number=1):
    arguments = [scheme.public_id, subject.public_id, number]
    return f"{reverse('assessments:line', args=arguments)}?period=2026"


def entered(day, at):
    """Set when the occasion of a day was entered."""
    held = Activity.objects.filter(held_on=dt.date.fromisoformat(day))
    held.update(recorded_at=dt.datetime.fromisoformat(at))


def test_the_page_tells_rule_source_arithmetic_and_when_each_record_was_entered(
    client, li, stars, first_branch, everywhere
):
    hold(first_branch, "party_lecture", "2026-02-10", "2026-08-10", topic="学习条例")
    entered("2026-02-10", "2026-02-10T18:00:00+08:00")
    entered("2026-08-10", "2026-09-24T09:30:00+08:00")
    client.force_login(li)

    text = text_of(client.get(line_page(stars, first_branch)))

    assert "党课：2.0 分" in text
    assert "方案：星级评定办法（档机党〔2026〕3 号），第 1 版，第 1 项" in text
    assert "依据：《支部工作条例》第十六条" in text
    assert "3 个季度缺 1 个：第二季度；第四季度未到期；按“偶尔”计" in text
    assert "第二季度如已组织，补录后 → 5.0，总分 5.0" in text
    assert "2 次记录，其中补录 1 次" in text
    assert "2月10日（周二） 学习条例 2026年2月10日 18:00 当天登记" in text
    assert "8月10日（周一） 学习条例 2026年9月24日 09:30 补录，45 天后登记" in text


@pytest.mark.parametrize(
    ("entered_on", "words"),
    [
        ("2026-08-09", "提前登记"),
        ("2026-08-10", "当天登记"),
        ("2026-08-31", "21 天后登记"),
        ("2026-09-01", "补录，22 天后登记"),
    ],
)
def test_what_is_entered_after_its_month_is_said_to_be_late(entered_on, words):
    at = dt.datetime.fromisoformat(f"{entered_on}T12:00:00+08:00")

    assert Piece(dt.date(2026, 8, 10), "学习", at, "").words == words


def test_the_card_leads_from_the_number_to_the_page(client, li, stars, first_branch):
    hold(first_branch, "party_lecture", "2026-02-10")
    client.force_login(li)

    card = client.get(card_page(stars, first_branch)).content.decode()

    assert line_page(stars, first_branch).replace("&", "&amp;") in card


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number_of_records(
    count, client, li, stars, first_branch, django_assert_num_queries
):
    for _ in range(count):
        hold(first_branch, "party_lecture", "2026-02-10")
    client.force_login(li)
    client.get(line_page(stars, first_branch))

    # Session, account, grants; scheme; indicator; branch, terms, marks; who has moved, the records.
    with django_assert_num_queries(3 + 1 + 1 + 3 + 2):
        client.get(line_page(stars, first_branch))


def test_the_neighbours_number_is_not_explained(client, li, stars, first_branch, second_branch):
    client.force_login(li)

    assert client.get(line_page(stars, first_branch)).status_code == 200
    assert client.get(line_page(stars, second_branch)).status_code == 404
    assert client.get(line_page(stars, first_branch, 2)).status_code == 404


def test_records_of_a_member_are_listed_as_they_were_counted(client, li, first_branch, everywhere):
    text = TEXT.replace("paper:", "subject: member\npaper:")
    text = text.replace("activities.party_lectures", "activities.meetings_attended")
    scheme, _ = load_scheme(actor=None, raw=text.encode())
    chen, other = enrolled("陈立", first_branch), enrolled("张三", first_branch)
    for day, member in (("2026-02-10", chen), ("2026-03-10", other)):
        activity = ActivityFactory(organization=first_branch, held_on=dt.date.fromisoformat(day))
        AttendanceFactory(activity=activity, member=member)
    client.force_login(li)

    pieces = client.get(line_page(scheme, chen)).context["pieces"]

    assert [piece.day for piece in pieces] == [dt.date(2026, 2, 10)]
