"""A campaign in a real browser: template, application, finding, rating on a phone, award."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Campaign, CampaignAward, PollTally
from partybuild.scoping import everything
from tests.journeys.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def seat(browser, live_server):
    """Open a browser of one's own for somebody; close all of them afterwards."""
    contexts = []

    def open_for(user=None, **options):
        contexts.append(browser.new_context(locale="zh-CN", **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        if user:
            user.set_password(PASSWORD)
            user.save()
            page.goto(f"{live_server.url}/sign-in/")
            page.get_by_label("账号").fill(user.username)
            page.get_by_label("口令").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield open_for
    for context in contexts:
        context.close()


def submit(page, button):
    page.locator("main").get_by_role("button", name=button, exact=True).click()


def follow(page, link):
    page.locator("main").get_by_role("link", name=link, exact=True).click()


def done(page, text):
    expect(page.locator("main")).to_contain_text(text)


def test_from_the_template_to_the_award(seat, live_server, zhao, li, first_branch, second_branch):
    office, unit = seat(zhao), seat(li)
    office.goto(f"{live_server.url}/assessments/campaigns/")
    office.locator(".head__actions").get_by_role("link", name="新建").click()
    submit(office, "保存")
    done(office, "请核对阶段、标准、等次")
    submit(office, "发布")
    done(office, "下级单位现在可以申报")
    with everything(reason="the test looks"):
        campaign = Campaign.objects.get()
    url = f"{live_server.url}{campaign.get_absolute_url()}"

    unit.goto(url)
    follow(unit, "申报")
    for row in range(8):
        unit.locator(".chips").nth(row).get_by_label("达到", exact=True).check()
        unit.locator("textarea").nth(row).fill("已经做到，台账在办公室。")
    submit(unit, "申报")
    done(unit, "等主办单位受理")

    office.goto(url)
    follow(office, first_branch.name)
    submit(office, "受理")
    done(office, "已受理")
    office.goto(f"{url}inspect/")
    office.get_by_label("被检查单位").select_option(label=first_branch.name)
    office.get_by_label("方式").select_option(label="暗访")
    office.get_by_label("检查人").fill("赵明漪")
    submit(office, "保存")
    done(office, "单位现在看不到这次暗访")
    follow(office, "下发问题")
    office.get_by_label("问题", exact=True).fill("窗口没有公示办事流程")
    office.get_by_label("整改期限").fill(f"{timezone.localdate() + dt.timedelta(days=20)}")
    submit(office, "下发")
    done(office, "单位可以答复整改了")

    unit.goto(url)
    follow(unit, "窗口没有公示办事流程")
    follow(unit, "答复整改")
    unit.get_by_label("整改情况").fill("流程已经上墙。")
    submit(unit, "报送复查")
    done(unit, "等检查人复查")
    office.goto(url)
    follow(office, "窗口没有公示办事流程")
    follow(office, "复查")
    office.get_by_label("已整改，销号").check()
    submit(office, "保存")
    done(office, "已销号")

    office.goto(f"{url}poll/public/")
    office.get_by_label("个数").fill("1")
    office.get_by_label("有效到").fill(f"{timezone.localdate() + dt.timedelta(days=20)}")
    submit(office, "生成链接")
    link = office.locator(".poll-slip__address").inner_text()

    phone = seat(viewport=PHONE, java_script_enabled=False)
    phone.goto(link)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_label("基本满意").check()
    submit(phone, "提交")
    done(phone, "您的评议已经收到")
    phone.goto(link)
    done(phone, "这个链接已经用过了")

    office.goto(url)
    follow(office, first_branch.name)
    follow(office, "命名")
    done(office, "已受理的申报")
    office.get_by_label("理由").fill("八条标准全部达到")
    submit(office, "决定命名")
    done(office, "已命名")
    with everything(reason="the test looks"):
        award, tally = CampaignAward.objects.get(), PollTally.objects.get()
        assert (award.organization, award.grade.name) == (first_branch, "满意单位")
        assert (tally.organization, tally.mostly) == (first_branch, 1)
