"""One transfer across two branches: who counts where, and last quarter stays as it was."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from members.models import Member, Transfer
from members.queries.roll import roll_on
from partybuild import ledgerfiles
from partybuild.ledgers import ledgers
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.cast import enrolled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def xu(first_branch):
    return enrolled("许知行", first_branch, pinyin="xuzhixing", initials="xzx")


def last_quarter():
    day = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    while day.month % 3:
        day = day.replace(day=1) - dt.timedelta(days=1)
    return Period.quarter(day.year, day.month // 3)


def roster_bytes(zhao, committee, folder, name):
    target = folder / name
    with everything(reason="the test writes a ledger"):
        ledgerfiles.export(
            actor=zhao,
            ledger=ledgers["members.roster"],
            period=last_quarter(),
            place=committee,
            target=target,
        )
    return target.read_bytes()


def counts(*branches):
    today = timezone.localdate()
    with everything(reason="the test counts"):
        return [roll_on(today, branch).count() for branch in branches]


def test_a_member_goes_from_one_branch_to_another(
    hand,
    page,
    sign_in,
    live_server,
    li,
    wang,
    zhao,
    xu,
    committee,
    first_branch,
    second_branch,
    tmp_path,
):
    before = roster_bytes(zhao, committee, tmp_path, "before.xlsx")
    main = page.get_by_role("main")

    sign_in(li)
    page.goto(f"{live_server.url}/members/transfers/")
    main.get_by_role("link", name="发起转接").click()
    main.get_by_label("姓名或拼音首字母").fill("xzx")
    main.get_by_role("button", name="查找").click()
    main.get_by_role("link", name="许知行").click()
    main.get_by_label(re.compile("^转往本系统的党支部")).fill("二党支")
    main.get_by_label(re.compile("^转接原因")).fill("工作调动")
    main.get_by_role("button", name="发起", exact=True).click()
    assert "名称相近的有：第二党支部" in main.inner_text()
    main.get_by_label(re.compile("^转往本系统的党支部")).fill("第二党支部")
    main.get_by_role("button", name="发起", exact=True).click()
    page.get_by_text("已发起").first.wait_for()
    assert counts(first_branch, second_branch) == [2, 1]

    page.context.clear_cookies()
    sign_in(zhao)
    page.goto(f"{live_server.url}/members/transfers/?box=review")
    main.get_by_role("link", name="许知行").click()
    main.get_by_role("link", name="审核", exact=True).click()
    main.get_by_role("button", name="审核通过").click()
    page.get_by_text("已审核").first.wait_for()
    assert counts(first_branch, second_branch) == [2, 1]

    page.context.clear_cookies()
    sign_in(wang)
    page.goto(f"{live_server.url}/members/transfers/?box=accept")
    main.get_by_role("link", name="许知行").click()
    main.get_by_role("link", name="接收", exact=True).click()
    main.get_by_role("button", name="接收", exact=True).click()
    page.get_by_text("已接收").first.wait_for()

    steps = main.inner_text()
    assert [word in steps for word in ("李秀岩", "赵明漪", "王若川")] == [True] * 3
    assert counts(first_branch, second_branch) == [1, 2]
    with everything(reason="the test looks at what was stored"):
        assert Transfer.objects.get().state == Transfer.State.DONE
        assert Member.objects.get(pk=xu.pk).branch == second_branch
    assert roster_bytes(zhao, committee, tmp_path, "after.xlsx") == before
