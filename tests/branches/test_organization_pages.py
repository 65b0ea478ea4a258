"""Pages of organisations: the tree of a day, and events that are shown before they are done."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import JointUnit, OrganizationEvent, PartyOrganization
from branches.services.events import rename_organization, reparent_organization
from partybuild.scoping import everything
from tests.factories.branches import JointUnitFactory, PartyOrganizationFactory

Kind = PartyOrganization.Kind
JUNE = dt.date(2026, 6, 1)
MISSING = "2" * 16

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def general(committee):
    return PartyOrganizationFactory(name="窗口党总支", kind=Kind.GENERAL_BRANCH, superior=committee)


@pytest.fixture
def group(first_branch):
    return PartyOrganizationFactory(name="第一党小组", kind=Kind.GROUP, superior=first_branch)


@pytest.fixture
def office(client, zhao):
    """The committee's staff at their browser."""
    client.force_login(zhao)
    return client


def address(organization, what="organization"):
    return reverse(f"branches:{what}", args=[organization.public_id])


def hidden(page):
    """Return what a previewed form hands on."""
    html = page.content.decode()
    form = html[html.index('name="seen"') - 2000 :]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def stored(organization):
    with everything(reason="the test looks"):
        return PartyOrganization.objects.select_related("superior").get(pk=organization.pk)


def events():
    with everything(reason="the test looks"):
        return list(OrganizationEvent.objects.order_by("pk").values_list("kind", "document"))


def preview_move(office, branch, superior, **more):
    said = {"superior": superior, "on": "2026-06-01", "document": "青档党〔2026〕3号", "note": ""}
    key = {"submission_key": "k" * 32}
    return office.post(address(branch, "move_organization"), said | key | more)


def test_a_move_is_shown_before_it_is_done(office, first_branch, group, general):
    page = preview_move(office, first_branch, "窗口党总支")

    text = page.content.decode()
    assert "从 2026-06-01 起，“第一党支部”的上级由“青岚市档案局机关党委”改为“窗口党总支”。" in text
    assert "第一党小组" in text
    assert events() == []
    assert stored(first_branch).superior.name == "青岚市档案局机关党委"


def test_a_confirmed_move_is_done_once(office, first_branch, general):
    said = hidden(preview_move(office, first_branch, "窗口党总支")) | {"step": "confirm"}

    answers = [office.post(address(first_branch, "move_organization"), said) for _ in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [address(first_branch)] * 2
    assert events() == [("reparented", "青档党〔2026〕3号")]
    assert stored(first_branch).superior == general


def test_a_preview_that_is_out_of_date_is_shown_anew(office, first_branch, general):
    said = hidden(preview_move(office, first_branch, "窗口党总支")) | {"step": "confirm"}
    PartyOrganizationFactory(name="新来的党小组", kind=Kind.GROUP, superior=first_branch)

    page = office.post(address(first_branch, "move_organization"), said)

    assert page.status_code == 409
    assert "情况有变" in page.content.decode()
    assert "新来的党小组" in page.content.decode()
    assert events() == []


def test_what_was_typed_comes_back_for_editing(office, first_branch, general):
    said = hidden(preview_move(office, first_branch, "窗口党总支")) | {"step": "edit"}

    page = office.post(address(first_branch, "move_organization"), said)

    assert 'value="窗口党总支"' in page.content.decode()
    assert events() == []


@pytest.mark.parametrize(
    ("superior", "reason"),
    [
        ("没有这个", "您的范围里没有“没有这个”，请从列出的名称里选。"),
        ("第一党支部", "上级不能是它自己。"),
        ("第二党支部", "党支部下面只能设党小组。（第一党支部）"),
        ("青岚市档案局机关党委", "它这一天的上级就是“青岚市档案局机关党委”。"),
        ("云渚区统计局机关党委", "您的范围里没有“云渚区统计局机关党委”，请从列出的名称里选。"),
    ],
)
def test_a_move_that_cannot_be_is_refused_at_its_field(
    office, first_branch, second_branch, foreign_committee, superior, reason
):
    page = preview_move(office, first_branch, superior)

    assert page.context["form"].errors == {"superior": [reason]}
    assert events() == []


def test_a_name_that_several_have_is_told_apart_by_its_code(office, committee, first_branch):
    one = PartyOrganizationFactory(name="党总支", kind=Kind.GENERAL_BRANCH, superior=committee)
    office_committee = PartyOrganizationFactory(
        name="二党委", kind=Kind.COMMITTEE, superior=committee
    )
    other = PartyOrganizationFactory(
        name="党总支", kind=Kind.GENERAL_BRANCH, superior=office_committee
    )

    unclear = preview_move(office, first_branch, "党总支")
    clear = preview_move(office, first_branch, f"党总支 {other.code}")

    assert unclear.context["form"].errors == {
        "superior": [f"有 2 个“党总支”，请改写组织代码：{one.code}、{other.code}。"]
    }
    assert clear.context["form"].errors == {}


def test_a_day_that_is_no_day_is_said_at_the_field(office, first_branch, general):
    page = preview_move(office, first_branch, "窗口党总支", on="2026-02-30")

    assert page.context["form"].errors == {"on": ["请写成 2026-11-21 这样。"]}


def test_other_events_go_the_same_way(office, first_branch, second_branch):
    steps = [
        ("rename_organization", {"name": "综合党支部", "short_name": "", "on": "2026-05-01"}),
        ("change_kind", {"kind": "joint_branch", "on": "2026-05-02"}),
        ("merge_organization", {"target": "第二党支部", "on": "2026-06-01"}),
    ]
    for number, (what, said) in enumerate(steps):
        key = {"submission_key": str(number) * 32, "document": f"{number}号", "note": ""}
        page = office.post(address(first_branch, what), said | key)
        assert page.context["form"].errors == {}
        done = office.post(address(first_branch, what), hidden(page) | {"step": "confirm"})
        assert done.status_code == 302

    assert events() == [("renamed", "0号"), ("kind_changed", "1号"), ("merged", "2号")]
    assert stored(first_branch).dissolved_on == JUNE


def test_an_organisation_is_founded_below_another(office, committee):
    said = {
        "submission_key": "f" * 32,
        "name": "第三党支部",
        "short_name": "三支部",
        "kind": "branch",
        "founded_on": "2026-06-01",
        "code": "",
        "document": "青档党〔2026〕8号",
        "note": "",
    }

    office.post(address(committee, "found_organization"), said)
    again = office.post(
        address(committee, "found_organization"), said | {"submission_key": "g" * 32}
    )

    with everything(reason="the test looks"):
        founded = PartyOrganization.objects.get(name="第三党支部")
        assert founded.events.get().document == "青档党〔2026〕8号"
    assert again.context["form"].errors == {
        "name": ["“青岚市档案局机关党委”下面已有“第三党支部”，同一上级下不能重名。"]
    }


def test_an_event_is_taken_back_from_its_page(office, zhao, first_branch, general):
    with everything(reason="the test arranges its rows"):
        event = reparent_organization(
            actor=zhao, organization=first_branch, superior=general, on=JUNE
        )
    back = reverse("branches:take_back_event", args=[first_branch.public_id, event.public_id])

    office.post(back, {"submission_key": "t" * 32, "reason": "登记有误"})

    assert events() == []
    assert stored(first_branch).superior.name == "青岚市档案局机关党委"


def test_a_secretary_sees_and_does_not_decide(client, li, first_branch, group):
    client.force_login(li)

    page = client.get(address(first_branch))

    assert "调整隶属" not in page.content.decode()
    assert client.get(address(first_branch, "move_organization")).status_code == 403


def test_what_lies_elsewhere_is_not_there(office, foreign_branch):
    for what in ("organization", "subordinates", "move_organization", "merge_organization"):
        assert office.get(address(foreign_branch, what)).status_code == 404


# --- the tree ---------------------------------------------------------------------------------


def names_in(page):
    return re.findall(r'<a href="/organizations/\w+/">([^<]+)</a>', page.content.decode())


def test_the_tree_opens_its_single_top(office, committee, first_branch, second_branch, group):
    page = office.get("/organizations/")

    assert names_in(page) == [committee.name, "第一党支部", "第二党支部"]


def test_a_link_opens_and_folds_what_is_below(office, committee, first_branch, group):
    opened = office.get("/organizations/", {"open": first_branch.public_id})
    folded = office.get("/organizations/", {"open": "-"})

    assert names_in(opened) == [committee.name, "第一党支部", "第一党小组"]
    assert names_in(folded) == [committee.name]


def test_the_tree_of_a_day_has_its_names_and_superiors(office, zhao, committee, general):
    branch = PartyOrganizationFactory(name="第九党支部", superior=committee)
    PartyOrganizationFactory(name="新党支部", superior=committee, founded_on=dt.date(2026, 8, 1))
    with everything(reason="the test arranges its rows"):
        reparent_organization(actor=zhao, organization=branch, superior=general, on=JUNE)
        rename_organization(actor=zhao, organization=branch, name="第十党支部", on=JUNE)

    before = office.get("/organizations/", {"on": "2026-05-31"})
    after = office.get("/organizations/", {"on": "2026-06-01", "open": general.public_id})

    assert names_in(before) == [committee.name, "窗口党总支", "第九党支部"]
    assert names_in(after) == [committee.name, "窗口党总支", "第十党支部"]


def test_a_part_of_the_tree_comes_by_itself(office, first_branch, group):
    page = office.get(address(first_branch, "subordinates"), {"on": "2026-11-21"})

    assert names_in(page) == ["第一党小组"]
    assert b"<html" not in page.content


def test_names_are_looked_for_on_the_day(office, zhao, first_branch, second_branch):
    with everything(reason="the test arranges its rows"):
        rename_organization(actor=zhao, organization=first_branch, name="综合党支部", on=JUNE)

    assert names_in(office.get("/organizations/", {"q": "综合"})) == ["综合党支部"]
    assert names_in(office.get("/organizations/", {"q": "综合", "on": "2026-05-31"})) == []
    assert names_in(office.get("/organizations/", {"q": "第一", "on": "2026-05-31"})) == [
        "第一党支部"
    ]


def test_a_secretary_sees_only_the_own_branch(client, li, first_branch, second_branch, group):
    client.force_login(li)

    assert names_in(client.get("/organizations/")) == ["第一党支部", "第一党小组"]


def queries(office, page):
    with CaptureQueriesContext(connection) as asked:
        assert office.get(page).status_code == 200
    return len(asked)


@pytest.mark.parametrize("what", ["organization", "subordinates", "move_organization"])
def test_pages_ask_the_same_for_few_and_many(office, committee, what):
    few = PartyOrganizationFactory(name="小党委", kind=Kind.COMMITTEE, superior=committee)
    many = PartyOrganizationFactory(name="大党委", kind=Kind.COMMITTEE, superior=committee)
    for superior, size in ((few, 3), (many, 300)):
        for number in range(size):
            PartyOrganizationFactory(name=f"支部{number}", superior=superior)
    office.get("/organizations/")

    assert queries(office, address(few, what)) == queries(office, address(many, what))


# --- joint units ------------------------------------------------------------------------------


def test_units_join_and_leave_a_joint_branch(office, committee):
    joint = PartyOrganizationFactory(name="联合党支部", kind=Kind.JOINT_BRANCH, superior=committee)

    office.post(
        address(joint, "add_joint_unit"),
        {"submission_key": "u" * 32, "name": "档案学会", "started_on": "2026-03-01"},
    )
    with everything(reason="the test looks"):
        unit = JointUnit.objects.get()
    end = reverse("branches:end_joint_unit", args=[joint.public_id, unit.public_id])
    refused = office.post(end, {"submission_key": "v" * 32, "ended_on": "2026-02-01"})
    office.post(end, {"submission_key": "w" * 32, "ended_on": "2026-09-01"})

    unit.refresh_from_db(from_queryset=JointUnit._base_manager)
    assert refused.context["form"].errors == {"ended_on": ["应晚于加入日期 2026-03-01。"]}
    assert unit.ended_on == dt.date(2026, 9, 1)


def test_more_than_five_units_are_worth_a_look(office, committee):
    joint = PartyOrganizationFactory(name="联合党支部", kind=Kind.JOINT_BRANCH, superior=committee)
    for _ in range(6):
        JointUnitFactory(organization=joint)

    page = office.get(address(joint)).content.decode()

    assert "一般不超过 5 个单位（《中国共产党支部工作条例（试行）》第五条）" in page


def test_the_page_of_a_temporary_branch_says_what_it_does_not_do(office, committee):
    temporary = PartyOrganizationFactory(kind=Kind.TEMPORARY_BRANCH, superior=committee)

    page = office.get(address(temporary)).content.decode()

    assert "临时党支部一般不发展党员（《中国共产党支部工作条例（试行）》第八条）。" in page
