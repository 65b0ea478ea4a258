"""Taking an import back: what was changed or used since stays, and is named."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from branches.models import PartyOrganization, Term
from members.models import Member, Membership
from partybuild import batches
from partybuild.models import ImportBatch
from partybuild.scoping import Scope, everything, scoped_to
from partybuild.values import id_check_digit
from tests.factories.activities import ActivityFactory, AttendanceFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def number(digits):
    return digits + id_check_digit(digits)


ROWS = {
    "钱小满": f"钱小满,{number('99900119900101002')},第一党支部,正式党员,15400001111,第一小组\n",
    "郑远": f"郑远,{number('99900119850101001')},第一党支部,正式党员,,\n",
}


def bring_in(folder, name, text):
    path = folder / "表.csv"
    path.write_text(text, encoding="utf-8")
    call_command("import_table", name, str(path), stdout=StringIO())
    return ImportBatch.objects.latest("pk")


@pytest.fixture
def batch(everywhere, first_branch, tmp_path):
    """Two people brought into the first branch, one of them into a new group."""
    head = "姓名,身份证号,党支部,人员类别,联系电话,党小组\n"
    return bring_in(tmp_path, "member_roster", head + "".join(ROWS.values()))


def undone(batch):
    report = batches.undo(actor=None, batch=batch)
    return dict(report.kept)


def names():
    return sorted(Member.objects.values_list("name", flat=True))


def test_everything_goes_that_nobody_touched(batch, first_branch):
    assert undone(batch) == {}

    assert names() == []
    assert list(PartyOrganization.objects.filter(kind="group")) == []
    assert list(Membership.objects.all()) == []


def test_somebody_who_has_attended_since_stays_with_membership_and_group(batch, first_branch):
    member = Member.objects.get(name="钱小满")
    activity = ActivityFactory(organization=first_branch)
    AttendanceFactory(activity=activity, member=member)

    kept = undone(batch)

    assert kept == {
        "党员 钱小满": "已有出席用到它",
        "党组织 第一党小组": "与保留的记录相连",
        "组织沿革 设立 第一党小组": "与保留的记录相连",
        "建制 第一党小组": "与保留的记录相连",
        "组织关系 钱小满": "与保留的记录相连",
    }
    assert names() == ["钱小满"]
    assert Membership.objects.get().group.name == "第一党小组"


def test_attendance_in_the_trash_counts_as_use(batch, first_branch):
    member = Member.objects.get(name="郑远")
    activity = ActivityFactory(organization=first_branch, deleted_at=dt.datetime.now(dt.UTC))
    AttendanceFactory(activity=activity, member=member)

    undone(batch)

    assert names() == ["郑远"]


def test_a_file_changed_since_keeps_its_later_value(everywhere, first_branch, tmp_path):
    stored = MemberFactory(name="钱小满", branch=first_branch, id_number="", born_on=None)
    MembershipFactory(member=stored)
    head = "姓名,身份证号,党支部,人员类别,联系电话,党小组\n"
    batch = bring_in(tmp_path, "member_roster", head + ROWS["钱小满"])
    member = Member.objects.get(name="钱小满")
    member.job_title = "科长"
    member.save()

    kept = undone(batch)

    member.refresh_from_db()
    assert kept["党员 钱小满"] == "导入之后又有改动"
    assert (member.job_title, member.phone) == ("科长", "15400001111")


def test_a_batch_is_undone_once(batch):
    undone(batch)

    with pytest.raises(batches.BatchOver):
        batches.undo(actor=None, batch=batch)


def test_a_register_that_is_in_use_keeps_only_what_is_used(everywhere, tmp_path):
    head = "党组织名称,组织类别,上级党组织,当选时间,任期,书记\n"
    batch = bring_in(
        tmp_path,
        "org_register",
        head
        + "某局机关党委,机关党委,,2025-01-01,5,张一\n"
        + "甲处党支部,党支部,某局机关党委,2025-01-02,3,李二\n"
        + "乙处党支部,党支部,某局机关党委,2025-01-03,3,王三\n",
    )
    MemberFactory(branch=PartyOrganization.objects.get(name="甲处党支部"))

    undone(batch)

    left = PartyOrganization.objects.order_by("path").values_list("name", flat=True)
    assert list(left) == ["某局机关党委", "甲处党支部"]
    assert sorted(Term.objects.values_list("organization__name", flat=True)) == [
        "某局机关党委",
        "甲处党支部",
    ]


def test_old_previews_and_old_files_are_forgotten(batch, first_branch, data_dir):
    long_ago = batch.uploaded_at - dt.timedelta(days=40)
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_at=long_ago)

    batches.tidy(batch.uploaded_at)

    batch.refresh_from_db()
    assert batch.stored_as == ""
    assert list((data_dir / "imports").iterdir()) == []


def test_a_scope_of_another_branch_takes_nothing_back(batch, second_branch):
    with scoped_to(Scope((second_branch.path,))), pytest.raises(ImportBatch.DoesNotExist):
        batches.undo(actor=None, batch=batch)

    with everything(reason="test"):
        assert names() == ["郑远", "钱小满"]


def rows_that_postgresql_expects(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return cursor.fetchone()[0]


@pytest.mark.services
def test_the_database_knows_how_many_came_in(
    everywhere, first_branch, tmp_path, django_capture_on_commit_callbacks
):
    head = "姓名,身份证号,党支部,人员类别,联系电话,党小组\n"

    with django_capture_on_commit_callbacks(execute=True):
        bring_in(tmp_path, "member_roster", head + "".join(ROWS.values()))

    assert rows_that_postgresql_expects("members_member") == 2
    assert rows_that_postgresql_expects("members_membership") == 2
