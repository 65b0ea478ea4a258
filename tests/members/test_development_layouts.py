"""Ledgers of development as other offices keep them: one flat sheet, people without a file, dirt."""

import datetime as dt

import pytest

from members.models import DevelopmentCase, DevelopmentStep, Member
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.members import MemberFactory
from tests.members.samples import by_row
from tests.members.test_other_layouts import bring_in

pytestmark = pytest.mark.django_db
AS_OF = dt.date(2026, 11, 21)

HEAD = [
    ["序号", "所在党支部", "姓名", "性别", "出生年月", "提交入党申请书时间", "派人谈话时间",
     "确定入党积极分子时间", "培养联系人", "每半年考察时间", "确定发展对象时间", "集中培训时间", "培训学时"],
]  # fmt: skip
ROWS = [
    *HEAD,
    [1, "第一党支部", "何新晨", "男", "2001.5", "2026.11.2", "", "", "", "", "", "", ""],
    [2, "第一党支部", "吴小梅", "女", "1996.3", "2024/1/5", "2024/1/20", "2024年6月3日",
     "高立言 白知行", "2024.12.1，2025.6.2", "2025.7.1", "2025.8", "三天"],
    [3, "第一党支部", "", "女", "1996.3", "2024/1/5", "", "", "", "", "", "", ""],
    [4, "第一党支部", "丁无期", "女", "1996.3", "2026.13.5", "", "", "", "", "", "", ""],
    [5, "第一党支部", "卫将来", "女", "1996.3", "2026.12.5", "", "", "", "", "", "", ""],
    [6, "第一党支部", "何新晨", "男", "2001.5", "2026.11.2", "", "", "", "", "", "", ""],
]  # fmt: skip


@pytest.fixture
def brought(first_branch):
    for name in ("高立言", "白知行"):
        enrolled(name, first_branch)
    MemberFactory(name="吴小梅", branch=first_branch, category="candidate")
    return bring_in("development", ROWS, AS_OF)


def test_flat_headings_are_read_and_wrong_rows_come_back(brought):
    assert (brought["created"], brought["rejected_rows"]) == (2, 4)
    assert by_row(brought["rejected"]) == {
        ("Sheet1", 4): {"NAME_MISSING"},
        ("Sheet1", 5): {"DATE_INVALID"},
        ("Sheet1", 6): {"DATE_FUTURE"},
        ("Sheet1", 7): {"DUP_ENTRY"},
    }
    assert by_row(brought["warned"]) == {("Sheet1", 3): {"NUMBER_TEXT"}}
    assert by_row(brought["noted"]) == {("Sheet1", 3): {"DEV-TRAIN"}}


def test_an_applicant_without_a_file_gets_one_in_the_branch(brought):
    with everything(reason="test"):
        person = Member.objects.get(name="何新晨")
        case = DevelopmentCase.objects.get(member=person)
        assert (person.category, person.gender, person.initials) == ("applicant", "male", "hxc")
        assert person.memberships.get().kind == "development"
        assert case.opened_on == dt.date(2026, 11, 2)


def test_a_month_is_kept_as_a_month_and_sponsors_as_people(brought):
    with everything(reason="test"):
        step = DevelopmentStep.objects.get(code="training")
        assert (step.done_on, step.done_precision) == (dt.date(2025, 8, 1), "month")
        mentors = step.case.sponsors.filter(role="mentor")
        assert sorted(mentor.member.name for mentor in mentors) == ["白知行", "高立言"]
        assert [review.reviewed_on.month for review in step.case.reviews.all()] == [12, 6]


def test_what_a_later_file_adds_is_shown_before_it_is_written(brought):
    later = [
        *HEAD,
        [1, "第一党支部", "何新晨", "男", "2001.5", "2026.11.2", "2026.11.10", *[""] * 6],
    ]

    told = bring_in("development", later, AS_OF)

    (change,) = told["differences"]
    assert (told["changed"], change["who"]) == (1, "何新晨")
    assert change["fields"][0] == ["党组织派人谈话：日期", "", "2026-11-10"]
    with everything(reason="test"):
        case = DevelopmentCase.objects.get(member__name="何新晨")
        assert sorted(case.steps.values_list("code", flat=True)) == ["application", "talk"]


def test_somebody_who_was_ended_and_applies_again_gets_a_new_case(brought):
    with everything(reason="test"):
        DevelopmentCase.objects.filter(member__name="何新晨").update(
            closed_on=dt.date(2026, 11, 15), outcome="ended"
        )
    again = [*HEAD, [1, "第一党支部", "何新晨", "男", "2001.5", "2026.11.20", *[""] * 7]]

    assert bring_in("development", again, AS_OF)["created"] == 1
    with everything(reason="test"):
        assert DevelopmentCase.objects.filter(member__name="何新晨").count() == 2
