"""Responsibility letters through their pages, from issuing to the confirmed goal."""

import datetime as dt

import pytest
from django.test import Client

from assessments.models import Goal, ResponsibilityLetter
from assessments.queries.letters import line_words
from assessments.services.letters import GoalText
from partybuild.scoping import everything
from tests.assessments.letters.conftest import KIND, in_office, issued, signed
from tests.cast import account, enrolled
from tests.factories.assessments import MarkFactory, SchemeFactory, SchemeItemFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import OfficeFactory
from tests.forms import as_shown

pytestmark = pytest.mark.usefixtures("today")

LIST = "/assessments/letters/"


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, url, **typed):
    """Post the form of a page as it is shown, with what is typed over it."""
    page = client.get(url)
    return client.post(url, as_shown(page, **typed), follow=True)


def texts(response):
    return [str(message) for message in response.context["messages"]]


def all_of(model):
    with everything(reason="a test looks at everything"):
        return list(model.objects.order_by("pk"))


def text_of(client, url):
    return client.get(url).content.decode()


def test_from_one_text_to_a_confirmed_goal(
    zhao, li, committee, first_branch, second_branch, office
):
    staff, secretary = as_user(zhao), as_user(li)

    done = post(
        staff,
        f"{LIST}new/",
        goal_1_text="每月开好主题党日",
        goal_1_target="全年 12 次",
        goal_1_due_on="2026-12-31",
        goal_3_text="党费按月收缴",
        to_all="on",
    )
    assert texts(done) == [
        "已下发 2 份。",
        "第二党支部没有登记书记：责任书已经发了，登记以后打开它点“写上现任书记”。",
    ]
    letter = all_of(ResponsibilityLetter)[0]
    url = letter.get_absolute_url()
    assert (letter.organization, letter.title) == (first_branch, f"2026年{KIND}")

    page = text_of(secretary, url)
    assert "请李秀岩看过下面的目标，再签订" in page
    told = secretary.post(f"{url}sign/", {"version": letter.version}, follow=True)
    assert texts(told) == ["已签订。从现在起可以填写每个目标的进展。"]

    first, second = all_of(Goal)[:2]
    assert (first.text, second.text) == ("每月开好主题党日", "党费按月收缴")
    report = f"/assessments/letters/goals/{first.public_id}/report/"
    confirm = f"/assessments/letters/goals/{first.public_id}/confirm/"
    post(secretary, report, state="done", progress="开了 12 次")
    assert "已完成，等确认" in text_of(secretary, url)
    refused = post(staff, confirm, is_confirmed="no")
    assert "不确认请写明原因。" in refused.content.decode()
    post(staff, confirm, is_confirmed="no", opinion="十月没有记录")
    assert "十月没有记录" in text_of(secretary, url)
    post(secretary, report, state="done", progress="十月的补上了")
    post(staff, confirm, is_confirmed="yes")

    assert [one.standing for one in all_of(Goal)[:2]] == ["已确认", "未开始"]
    assert "2 个，已完成 1 个，已确认 1 个" in text_of(secretary, url)


def test_what_is_wrong_in_the_form_is_said_at_its_field_and_nothing_is_lost(
    zhao, committee, first_branch
):
    page = post(
        as_user(zhao),
        f"{LIST}new/",
        goal_1_text="每月开好主题党日",
        goal_1_due_on="2027-01-01",
        goal_2_target="全年 12 次",
        goal_6_item="没有的项目",
    )

    errors = page.context["form"].errors
    assert dict(errors.items()) == {
        "goal_1_due_on": ["完成期限不在责任书的起止日期里，请核对。"],
        "goal_2_text": ["请填写目标；不要这一条就都清空。"],
        "goal_6_item": ["没有这个考核项目，请从列出的里选，或者不填。"],
        "organizations": ["请选择发给哪些党组织。"],
    }
    assert 'value="每月开好主题党日"' in page.content.decode()
    assert page.context["form"].has_more
    assert all_of(ResponsibilityLetter) == []


def test_the_branch_sees_its_own_letters_and_the_committee_all_below(
    zhao, li, wang, committee, first_branch, second_branch, letter
):
    issued(zhao, committee, second_branch, kind="意识形态工作责任书", title="意识形态责任书")

    own, staff = text_of(as_user(li), LIST), as_user(zhao)

    assert (KIND in own, "意识形态责任书" in own, "下发责任书" in own) == (True, False, False)
    everything_below = text_of(staff, LIST)
    assert (KIND in everything_below, "意识形态责任书" in everything_below) == (True, True)
    counts = {
        (name, value): staff.get(LIST, {name: value}).context["page"].count
        for name, value in (
            ("year", "2026"),
            ("year", "2027"),
            ("kind", KIND),
            ("state", "signed"),
            ("state", "unsigned"),
        )
    }
    assert counts == {
        ("year", "2026"): 2,
        ("year", "2027"): 0,
        ("kind", KIND): 1,
        ("state", "signed"): 0,
        ("state", "unsigned"): 2,
    }
    assert as_user(wang).get(letter.get_absolute_url()).status_code == 404


def test_a_committee_decides_nothing_of_a_letter_that_a_higher_one_issued(zhao, committee, today):
    general = PartyOrganizationFactory(name="中心党总支", superior=committee, kind="general_branch")
    clerk = account("zong", "宗一平", "office_staff", general)
    letter = issued(zhao, committee, general).letters[0]
    client, url = as_user(clerk), letter.get_absolute_url()
    goal = all_of(Goal)[0]

    answers = [
        client.get(address).status_code
        for address in (
            url,
            f"{url}correct/",
            f"{url}goals/",
            f"/assessments/letters/goals/{goal.public_id}/correct/",
            f"/assessments/letters/goals/{goal.public_id}/confirm/",
        )
    ]

    assert answers == [200, 404, 404, 404, 404]


def test_the_page_says_that_the_secretary_changed_and_offers_to_go_on(
    zhao, li, first_branch, office, letter
):
    signed(letter, li)
    with everything(reason="the test changes the secretary"):
        office.ended_on = dt.date(2026, 9, 1)
        office.save()
    chen = enrolled("陈立", first_branch)
    OfficeFactory(
        organization=first_branch,
        post="secretary",
        member=chen,
        holder_name="陈立",
        started_on=dt.date(2026, 9, 1),
    )
    staff, url = as_user(zhao), letter.get_absolute_url()

    page = text_of(staff, url)
    assert "书记已于 2026-09-01 换届，责任书由李秀岩签订。" in " ".join(page.split())
    post(staff, f"{url}succeed/")

    former, successor = all_of(ResponsibilityLetter)
    assert (former.last_day, successor.started_on) == (dt.date(2026, 8, 31), dt.date(2026, 9, 1))
    assert successor.secretary_name == "陈立"
    told = " ".join(text_of(staff, url).split())
    assert "书记已于 2026-09-01 换届，责任书由李秀岩签订，到前一天为止；以后由陈立接续" in told


def test_a_goal_shows_what_the_scorecard_has_for_its_line_now(
    zhao, li, committee, first_branch, letter
):
    scheme = SchemeFactory()
    item = SchemeItemFactory(scheme=scheme)
    goal = all_of(Goal)[0]
    address = f"/assessments/letters/goals/{goal.public_id}/correct/"
    post(as_user(zhao), address, item=line_words(item))
    before = text_of(as_user(li), letter.get_absolute_url())

    MarkFactory(item=item, organization=first_branch, points=5)

    after = text_of(as_user(li), letter.get_absolute_url())
    assert "2026年考核现在 未评" in before
    assert "2026年考核现在 5.0 分（满分 5.0 分）" in after
    assert f"/assessments/{scheme.public_id}/{first_branch.public_id}/" in after


def test_a_deleted_letter_lies_in_the_trash_and_comes_back(zhao, letter):
    staff, url = as_user(zhao), letter.get_absolute_url()
    deleted = staff.post(f"{url}delete/", {"version": letter.version}, follow=True)
    assert texts(deleted) == ["责任书已移到回收站，可以恢复。"]
    assert staff.get(url).status_code == 404
    assert letter.title in text_of(staff, f"{LIST}trash/")

    staff.post(f"{url}restore/")

    assert "党费按月收缴" in text_of(staff, url)


def test_the_print_has_the_goals_and_room_for_two_signatures(li, letter):
    page = text_of(as_user(li), f"{letter.get_absolute_url()}print/")

    for words in (
        "1. 每月开好主题党日；全年 12 次（2026年10月31日前）",
        "（签章）",
        "责任人（签名）",
    ):
        assert words in page


def test_two_who_correct_a_letter_at_once_both_keep_their_work(zhao, letter):
    staff, url = as_user(zhao), f"{letter.get_absolute_url()}correct/"
    mine, theirs = staff.get(url), staff.get(url)
    staff.post(url, as_shown(theirs, title="改过的名称"))

    staff.post(url, as_shown(mine, text="请认真落实。"))

    (kept,) = all_of(ResponsibilityLetter)
    assert (kept.title, kept.text) == ("改过的名称", "请认真落实。")


def test_fifty_copies_of_the_form_issue_once(zhao, committee, first_branch):
    staff = as_user(zhao)
    form = as_shown(
        staff.get(f"{LIST}new/"), goal_1_text="目标", organizations=[first_branch.public_id]
    )

    for _ in range(3):
        staff.post(f"{LIST}new/", form)

    assert len(all_of(ResponsibilityLetter)) == 1


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_and_a_letter_cost_the_same_for_few_and_many(
    zhao, committee, count, django_assert_num_queries
):
    branches = [PartyOrganizationFactory(superior=committee) for _ in range(count)]
    issue = issued(zhao, committee, *branches)
    staff = as_user(zhao)
    staff.get(LIST)

    with django_assert_num_queries(6):
        staff.get(LIST)
    assert len(issue.letters) == count


@pytest.mark.parametrize("count", [1, 12])
def test_a_letter_costs_the_same_for_few_goals_and_many(
    zhao, committee, first_branch, office, count, django_assert_num_queries
):
    goals = [GoalText(f"目标{number}") for number in range(count)]
    letter = issued(zhao, committee, first_branch, goals=goals).letters[0]
    staff = as_user(zhao)
    staff.get(letter.get_absolute_url())

    with django_assert_num_queries(8):
        shown = staff.get(letter.get_absolute_url())
    assert len(shown.context["goals"]) == count


def test_wang_signs_with_the_own_account_only(zhao, wang, li, committee, second_branch):
    in_office(wang, second_branch)
    letter = issued(zhao, committee, second_branch).letters[0]
    with everything(reason="a colleague leads the branch, too"):
        deputy = account("deputy", "路副", "secretary", second_branch)

    told = as_user(deputy).post(
        f"{letter.get_absolute_url()}sign/", {"version": letter.version}, follow=True
    )

    assert texts(told) == ["这份责任书由王若川签订，请用他本人的账号签。"]
