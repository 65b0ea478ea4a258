"""One organisation under all its spellings."""

import pytest

from branches.models import PartyOrganization
from branches.naming import (
    Nearness,
    OrganizationFinder,
    canonical_name,
    group_name,
    numbered_groups,
    parse_kind,
)

Kind = PartyOrganization.Kind
NAMES = {
    "某市档案局机关党委": "局机关党委",
    "某市档案局法规处党支部": "法规处党支部",
    "某市档案局离退休干部第一党支部": "",
    "某市档案局离退休干部第二党支部": "",
    "某市数字档案中心党总支": "数档中心党总支",
}


@pytest.fixture
def finder():
    return OrganizationFinder((name, (name, short)) for name, short in NAMES.items())


@pytest.mark.parametrize(
    ("spelling", "name", "nearness"),
    [
        ("某市档案局法规处党支部", "某市档案局法规处党支部", Nearness.RULE),
        ("中共某市档案局法规处支部委员会", "某市档案局法规处党支部", Nearness.RULE),
        ("法规处 党支部\xa0", "某市档案局法规处党支部", Nearness.RULE),
        ("中共某市档案局机关委员会", "某市档案局机关党委", Nearness.RULE),
        ("机关党委", "某市档案局机关党委", Nearness.RULE),
        ("机关党委（上级）", "某市档案局机关党委", Nearness.RULE),
        ("离退休干部第2党支部", "某市档案局离退休干部第二党支部", Nearness.RULE),
        ("数档中心总支", "某市数字档案中心党总支", Nearness.LOOSE),
        ("法规处支部", "某市档案局法规处党支部", Nearness.LOOSE),
        ("法规处", "某市档案局法规处党支部", Nearness.LOOSE),
        ("数字中心党总支", "某市数字档案中心党总支", Nearness.GUESS),
        ("某市数字挡案中心党总支", "某市数字档案中心党总支", Nearness.GUESS),
    ],
)
def test_a_spelling_finds_its_organisation(finder, spelling, name, nearness):
    assert finder.find(spelling, upto=Nearness.GUESS) == (name, nearness)


@pytest.mark.parametrize(
    "spelling",
    ["", "党支部", "保卫处党支部", "离退休干部第三党支部", "离退休干部党支部", "局直属单位党总支"],
)
def test_what_means_none_or_several_is_not_found(finder, spelling):
    assert finder.find(spelling, upto=Nearness.GUESS) is None


def test_a_guess_is_not_taken_unless_asked_for(finder):
    assert finder.find("数字中心党总支") is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("中共安澜仲裁委员会秘书处支部委员会", "安澜仲裁委员会秘书处党支部"),
        ("中国共产党某县农业农村局委员会", "某县农业农村局党委"),
        ("中共某市直属机关工作委员会", "某市直属机关工委"),
        ("中共某中心总支部委员会", "某中心党总支"),
        ("某仲裁委员会", "某仲裁委员会"),
    ],
)
def test_formal_names_become_everyday_ones(written, name):
    assert canonical_name(written) == name


@pytest.mark.parametrize(
    ("cell", "name", "kind"),
    [
        ("631", "某处党支部", Kind.BRANCH),
        ("支部", "某处临时党支部", Kind.TEMPORARY_BRANCH),
        ("党支部（联合）", "某行业党支部", Kind.JOINT_BRANCH),
        ("党委", "某局机关党委", Kind.OFFICE_COMMITTEE),
        (None, "某中心总支", Kind.GENERAL_BRANCH),
        ("党支步", "某食堂党支部", None),
        ("", "某食堂", None),
    ],
)
def test_the_kind_comes_from_cell_and_name(cell, name, kind):
    assert parse_kind(cell, name) == kind


def test_groups_are_named_by_number():
    assert [group_name(text) for text in ("第2小组", "三组", "第一党小组", "青年突击组")] == [
        "第二党小组",
        "第三党小组",
        "第一党小组",
        "青年突击组",
    ]
    assert numbered_groups(11)[-1] == "第十一党小组"
