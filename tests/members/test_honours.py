"""Honours: entered, corrected, revoked, counted, on the file and in the ledger."""

import datetime as dt
import html
import re
from urllib.parse import unquote

import pytest

from members.ledgers.honours import HonourLedger
from members.models import Honour
from partybuild.milestones import own_life_of
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.honours import HonourFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def an(first_branch):
    return enrolled("安小河", first_branch)


def form_of(branch, **details):
    return {
        "organization": branch.public_id,
        "winner": "person",
        "winner_name": "安小河",
        "title": "优秀共产党员",
        "level": "municipal",
        "awarded_on": "2026-07-01",
        "awarded_by": "市直机关工委",
        "document": "青工委〔2026〕7号",
        "is_public": "on",
        "submission_key": "k" * 32,
        **details,
    }


def honours():
    with everything(reason="test"):
        return list(Honour.objects.select_related("member", "organization").order_by("pk"))


def test_a_person_an_organisation_and_a_unit_are_commended(client, li, an, first_branch):
    client.force_login(li)
    for key, details in (
        ("a", {}),
        ("b", {"winner": "organization", "winner_name": "", "title": "先进党支部"}),
        ("c", {"winner": "unit", "winner_name": "一号窗口", "title": "文明窗口"}),
    ):
        client.post(
            "/members/honours/new/", form_of(first_branch, submission_key=key * 32, **details)
        )

    told = [(row.winner, row.get_kind_display(), row.title) for row in honours()]
    assert told == [
        ("安小河", "个人", "优秀共产党员"),
        ("第一党支部", "集体", "先进党支部"),
        ("一号窗口", "集体", "文明窗口"),
    ]


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"winner_name": ""}, "请填写姓名。"),
        ({"winner_name": "无此人"}, "“第一党支部”的档案里没有“无此人”。"),
        ({"winner": "unit", "winner_name": ""}, "请填写单位名称。"),
        ({"awarded_on": "2027-01-01"}, "这一天还没到，请核对。"),
        ({"title": ""}, "请填写荣誉名称。"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    client, li, an, first_branch, details, reason
):
    client.force_login(li)

    page = client.post("/members/honours/new/", form_of(first_branch, **details))

    assert reason in html.unescape(page.text)
    assert honours() == []


def test_two_of_one_name_are_told_apart_by_their_branch(
    client, zhao, committee, first_branch, second_branch
):
    for branch in (first_branch, second_branch):
        enrolled("安小河", branch)
    client.force_login(zhao)

    page = client.post("/members/honours/new/", form_of(committee))
    client.post("/members/honours/new/", form_of(second_branch))

    assert "“安小河”有 2 人，请把党组织选到支部。" in page.text
    assert [row.member.branch_id for row in honours()] == [second_branch.pk]


def test_an_honour_is_corrected_and_revoked_and_keeps_its_history(client, li, an, first_branch):
    honour = HonourFactory(member=an, awarded_precision="month")
    client.force_login(li)
    address = f"/members/honours/{honour.public_id}/"

    client.post(f"{address}correct/", form_of(first_branch, level="provincial", version=1))
    stale = client.post(
        f"{address}correct/",
        form_of(first_branch, level="national", version=1, submission_key="j" * 32),
    )
    early = client.post(
        f"{address}revoke/", {"revoked_on": "2026-06-30", "reason": "错评", "version": 2}
    )
    client.post(f"{address}revoke/", {"revoked_on": "2026-10-08", "reason": "错评", "version": 2})

    [kept] = honours()
    assert "别人刚刚改成了“省级”，请核对后再保存。" in html.unescape(stale.text)
    assert "不能早于授予时间 2026-07-01。" in early.text
    assert (kept.level, kept.awarded_precision) == ("provincial", "month")
    assert (kept.revoked_on, kept.revoked_because) == (dt.date(2026, 10, 8), "错评")
    assert "级别：市级 → 省级" in client.get(address).text


def test_each_figure_opens_exactly_its_honours(client, zhao, an, first_branch):
    for level, day, revoked in (
        ("national", dt.date(2025, 7, 1), None),
        ("own", dt.date(2026, 7, 1), None),
        ("own", dt.date(2026, 8, 1), None),
        ("own", dt.date(2026, 9, 1), dt.date(2026, 10, 1)),
    ):
        HonourFactory(member=an, level=level, awarded_on=day, revoked_on=revoked)
    HonourFactory(member=None, organization=first_branch, kind="group", level="county")
    client.force_login(zhao)
    page = client.get("/members/honours/statistics/").text

    found = re.findall(r'<a href="([^"]+)">(\d+)</a>', page)
    opened = {
        unquote(html.unescape(address)): (
            int(figure),
            client.get(html.unescape(address)).context["page"].count,
        )
        for address, figure in found
    }

    assert len(opened) == 2 * (1 + 5 + 2)
    assert {figure == count for figure, count in opened.values()} == {True}
    assert opened["/members/honours/?year=2026&level=own&standing=on"] == (2, 2)


def test_the_ledger_and_the_file_tell_of_it(li, an, first_branch):
    HonourFactory(member=an, title="优秀共产党员", document="青工委〔2026〕7号")
    with scoped_to(li.scope_for("members.view_honour")):
        rows = list(HonourLedger().table(Period.year(2026)))

    assert rows == [
        (
            "第一党支部",
            "安小河",
            "个人",
            "优秀共产党员",
            "市级",
            "市直机关工委",
            dt.date(2026, 7, 1),
            "青工委〔2026〕7号",
            None,
        )
    ]
    assert "获市级荣誉“优秀共产党员”" in [event.text for event in own_life_of(an)]


def test_the_neighbours_honours_do_not_exist(client, wang, an):
    honour = HonourFactory(member=an)
    client.force_login(wang)

    answers = [
        client.get(f"/members/honours/{honour.public_id}/{word}").status_code
        for word in ("", "correct/", "revoke/")
    ]

    assert answers == [404, 404, 404]
    assert client.get("/members/honours/").context["page"].count == 0
