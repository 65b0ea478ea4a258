"""S4: a new secretary's first day: own password, the roster by exception, the first record."""

import re

import pytest

from activities.models import Activity
from members.models import RosterCheck, RosterRemark
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.journeys.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OWN_PASSWORD = "Lan-hu-2026-xin"


@pytest.fixture
def branch_of_25(li, first_branch):
    li.must_change_password = True
    li.save()
    return [enrolled(f"党员{number:02d}", first_branch) for number in range(24)]


def test_the_first_record_is_reached_in_few_steps_without_a_manual(
    hand, page, live_server, li, branch_of_25
):
    li.set_password(PASSWORD)
    li.save()
    page.goto(live_server.url)

    hand.type(page.get_by_label("账号"), li.username)
    hand.type(page.get_by_label("口令"), PASSWORD)
    hand.click(page.get_by_role("button", name="登录"))
    hand.type(page.get_by_label("新口令", exact=True), OWN_PASSWORD)
    hand.type(page.get_by_label("再填一次"), OWN_PASSWORD)
    hand.click(page.get_by_role("button", name="保存新口令"))

    hand.click(page.get_by_role("link", name="请核对名单"))
    hand.click(page.get_by_role("link", name=re.compile("您的支部：25 人，请核对")))
    hand.click(page.get_by_role("checkbox", name="党员07"))
    hand.type(page.get_by_label("党员07哪里不对"), "已调走")
    hand.click(page.get_by_role("button", name="核对完毕"))

    hand.click(page.get_by_role("link", name=re.compile("记录.*主题党日")))
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()

    hand.click(page.get_by_role("link", name="回到首页"))

    assert hand.interactions <= 14
    assert "主题党日" not in page.get_by_role("region", name="本月任务").inner_text()
    with everything(reason="the test looks at what was stored"):
        assert (RosterCheck.objects.get().people, Activity.objects.count()) == (25, 1)
        assert [remark.member.name for remark in RosterRemark.objects.all()] == ["党员07"]
    assert PASSWORD != OWN_PASSWORD
