"""A roster that comes again: who moved, who left, whose standing it changes."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from members.models import Member, Membership
from members.queries.rehearsal import rehearse
from members.queries.roll import roll_on
from members.services.roster import id_number_index
from members.services.standing import change_standing
from tests.cast import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

TODAY = dt.date(2026, 11, 21)
NUMBER = "11010519491231002X"
HEAD = "党支部,姓名,身份证号码,人员类别,入党时间,转正时间,党籍状态\n"
EARLIER, MARCH = dt.date(2026, 10, 30), dt.date(2026, 3, 2)


@pytest.fixture
def xu(first_branch):
    return enrolled(
        "许知行", first_branch, id_number=NUMBER, id_number_index=id_number_index(NUMBER)
    )


def brought(folder, branch, state="正常"):
    path = folder / "名册.csv"
    row = f"{branch.name},许知行,{NUMBER},正式党员,2010-06-28,2011-06-28,{state}\n"
    path.write_text(HEAD + row, encoding="utf-8")
    call_command("import_table", "member_roster", str(path), stdout=StringIO())
    return list(Membership.objects.filter(member__name="许知行").order_by("pk"))


def counts(day, *branches):
    return [roll_on(day, branch).count() for branch in branches]


def test_a_roster_that_moves_somebody_says_that_they_moved(
    xu, committee, first_branch, second_branch, tmp_path
):
    left, came = brought(tmp_path, second_branch)

    assert (left.ended_by, came.started_by) == ("moved", "moved")
    assert (left.ended_on, came.started_on) == (TODAY, TODAY)
    assert rehearse(committee, 2026).unexplained == ()


def test_a_roster_that_suspends_somebody_leaves_the_past(xu, first_branch, tmp_path):
    brought(tmp_path, first_branch, "停止党籍")

    assert counts(EARLIER, first_branch) == [1]
    assert counts(TODAY, first_branch) == [0]
    (person,) = rehearse(first_branch, 2026).unexplained
    assert "没有办理党籍变动" in person.why


def test_whoever_has_died_is_not_brought_back_by_a_roster_that_says_so_too(
    zhao, xu, first_branch, tmp_path
):
    change_standing(actor=zhao, member=xu, state="deceased", happened_on=MARCH)

    (only,) = brought(tmp_path, first_branch, "死亡")

    assert only.ended_on == MARCH
    assert Member.objects.get(pk=xu.pk).state == "deceased"


def test_whoever_comes_back_by_a_roster_does_not_count_in_between(zhao, xu, first_branch, tmp_path):
    change_standing(actor=zhao, member=xu, state="suspended", happened_on=MARCH, reason="失去联系")

    _, again = brought(tmp_path, first_branch)

    assert again.started_on == TODAY
    assert counts(EARLIER, first_branch) == [0]
    assert counts(TODAY, first_branch) == [1]
