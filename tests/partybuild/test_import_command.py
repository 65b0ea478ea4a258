"""manage.py import_table."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from branches.models import PartyOrganization
from members.models import Member
from partybuild.scoping import everything
from partybuild.values import id_check_digit

pytestmark = pytest.mark.django_db


def number(digits):
    return digits + id_check_digit(digits)


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "名册.csv"
    path.write_text(
        "姓名,身份证号,党支部,人员类别\n"
        f"钱小满,{number('99900119900101002')},第一党支部,正式党员\n"
        f"郑远,{number('99900119850101001')},第二党支部,正式党员\n"
        "吴大有,123,第一党支部,正式党员\n",
        encoding="utf-8",
    )
    return path


def run(*arguments):
    out = StringIO()
    call_command("import_table", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(*arguments):
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_table", *map(str, arguments), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told == {"refused": str(refused.value)}
    return told["refused"]


def test_the_outcome_is_told_in_chinese(roster, first_branch, second_branch):
    assert run("member_roster", roster) == (
        "导入完毕：新增 2，更新 0，不变 0，退回 1。\n  退回 csv 第 4 行 身份证号是 3 位，应为 18 位\n"
    )


def test_the_outcome_is_told_to_machines(roster, first_branch, second_branch):
    assert json.loads(run("member_roster", roster, "--json")) == {
        "created": 2,
        "changed": 0,
        "unchanged": 0,
        "rejected": [
            {"sheet": "csv", "row": 4, "code": "ID_LENGTH", "reason": "身份证号是 3 位，应为 18 位"}
        ],
        "warned": [],
        "noted": [],
        "skipped": [],
    }


@pytest.mark.parametrize("place", ["第一党支部", "code"])
def test_one_organisation_takes_only_its_own_people(roster, first_branch, second_branch, place):
    place = first_branch.code if place == "code" else place

    told = json.loads(run("member_roster", roster, "--organization", place, "--json"))

    codes = {(line["row"], line["code"]) for line in told["rejected"]}
    assert codes == {(3, "BRANCH_UNKNOWN"), (4, "ID_LENGTH")}
    with everything(reason="test"):
        assert [member.name for member in Member.objects.all()] == ["钱小满"]


def test_a_dry_run_writes_nothing(roster, first_branch, second_branch):
    assert run("member_roster", roster, "--dry-run").startswith("检查完毕，没有写入：新增 2")
    with everything(reason="test"):
        assert not Member.objects.exists()


def test_what_cannot_be_done_is_refused_in_plain_words(roster, first_branch):
    assert refusal("party_list", roster).startswith("没有叫“party_list”的导入表")
    assert refusal("member_roster", "/nowhere/名册.xlsx") == "没有这个文件：/nowhere/名册.xlsx"
    assert refusal("member_roster", roster, "--as-of", "昨天").startswith("日期“昨天”认不出来")
    assert refusal("member_roster", roster, "--as-of", "1949-10-01").startswith(
        "系统里没有 1949-10-01"
    )
    assert refusal("member_roster", roster, "--organization", "无此支部").startswith(
        "没有代码、名称或简称"
    )
    assert refusal("vanguard_posts", roster).startswith("文件里没有找到党员先锋岗台账")


def test_an_empty_database_takes_a_register_without_a_superior(tmp_path):
    path = tmp_path / "组织.csv"
    path.write_text(
        "党组织名称,组织类别,上级党组织\n某局机关党委,机关党委,\n某处党支部,党支部,某局机关党委\n",
        encoding="utf-8",
    )

    told = json.loads(run("org_register", path, "--json"))

    assert (told["created"], told["rejected"], told["warned"]) == (2, [], [])
    with everything(reason="test"):
        assert PartyOrganization.objects.get(name="某处党支部").path == "00010001"
