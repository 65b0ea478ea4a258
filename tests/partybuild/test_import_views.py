"""The pages of an import, walked as a clerk walks them."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from branches.roles import Role
from members.models import Member, Membership
from partybuild import batches
from partybuild.models import AuditEntry, ImportBatch
from partybuild.scoping import everything
from partybuild.submissions import new_key
from partybuild.values import id_check_digit
from tests.cast import account
from tests.factories.partybuild import ImportBatchFactory


def number(first_seventeen):
    return first_seventeen + id_check_digit(first_seventeen)


# Session, account, grants, batches with their owners.
LIST_QUERIES = 4
HEAD = ["姓名", "性别", "身份证号", "所在党支部", "人员类别", "入党时间", "转正时间", "联系电话"]
GOOD = [
    "钱小满",
    "女",
    number("99900119900101002"),
    "第一党支部",
    "正式党员",
    "2015.06",
    "2016.06",
    "15400001111",
]
WRONG = ["吴大有", "男", "999001199001010010", "第一党支部", "正式党员", "2015.06", "2016.06", ""]
FOREIGN = [
    "郑远",
    "男",
    number("99900119850101001"),
    "第二党支部",
    "正式党员",
    "2010.06",
    "2011.06",
    "",
]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


@pytest.fixture
def clerk(first_branch, second_branch):
    """台账员 of the first branch."""
    return account("clerk", "孙台账", Role.LEDGER_CLERK, first_branch)


def upload(client, *rows, **details):
    return client.post(
        reverse("partybuild:imports"),
        {"table": "member_roster", "file": workbook(*rows), "submission_key": new_key(), **details},
    )


def only_batch():
    with everything(reason="test"):
        return ImportBatch.objects.get()


def names():
    with everything(reason="test"):
        return sorted(Member.objects.values_list("name", flat=True))


def test_a_clerk_previews_confirms_fetches_the_wrong_rows_and_undoes(client, clerk):
    client.force_login(clerk)

    previewed = upload(client, GOOD, WRONG)

    batch = only_batch()
    page = reverse("partybuild:import", args=[batch.public_id])
    assert previewed.headers["Location"] == page
    assert client.get(page).context["writes"] == 1
    assert names() == []

    client.post(reverse("partybuild:confirm_import", args=[batch.public_id]))
    assert names() == ["钱小满"]

    fetched = client.get(reverse("partybuild:import_problems", args=[batch.public_id]))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(fetched.streaming_content))).active
    cells = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    assert cells[-1][0] == "吴大有"
    assert cells[-1][-1].startswith("身份证号最后一位校验不符")

    client.post(reverse("partybuild:undo_import", args=[batch.public_id]))
    assert names() == []
    with everything(reason="test"):
        acts = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert acts == [
        "partybuild.importbatch.applied",
        "partybuild.importbatch.problems_fetched",
        "partybuild.importbatch.undone",
    ]


def test_the_same_upload_sent_twice_makes_one_preview(client, clerk):
    client.force_login(clerk)
    key = new_key()

    first = upload(client, GOOD, submission_key=key)
    second = upload(client, GOOD, submission_key=key)

    assert first.headers["Location"] == second.headers["Location"]
    assert only_batch().state == "previewed"


def test_confirming_twice_brings_the_file_in_once(client, clerk):
    client.force_login(clerk)
    upload(client, GOOD)
    address = reverse("partybuild:confirm_import", args=[only_batch().public_id])

    client.post(address)
    client.post(address)

    assert names() == ["钱小满"]


def test_a_clerk_cannot_bring_people_into_a_foreign_branch(client, clerk):
    client.force_login(clerk)

    upload(client, FOREIGN)

    codes = [remark["code"] for remark in only_batch().outcome["rejected"]]
    assert codes == ["BRANCH_UNKNOWN"]


def test_a_clerk_cannot_take_over_a_person_of_a_foreign_branch(client, clerk, zhao):
    client.force_login(zhao)
    upload(client, FOREIGN)
    batch = only_batch()
    client.post(reverse("partybuild:confirm_import", args=[batch.public_id]))
    client.force_login(clerk)

    upload(client, [*FOREIGN[:3], "第一党支部", *FOREIGN[4:]])

    with everything(reason="test"):
        outcome = ImportBatch.objects.latest("pk").outcome
    assert [remark["code"] for remark in outcome["rejected"]] == ["ID_CONFLICT"]
    assert names() == ["郑远"]


def test_a_batch_of_another_place_is_not_there(client, clerk, zhao, wang):
    client.force_login(zhao)
    upload(client, GOOD)
    page = reverse("partybuild:import", args=[only_batch().public_id])
    client.force_login(clerk)

    assert client.get(page).status_code == 404


def test_a_refused_file_is_told_beside_the_field(client, clerk):
    client.force_login(clerk)

    answer = client.post(
        reverse("partybuild:imports"),
        {"table": "member_roster", "file": SimpleUploadedFile("名册.xlsx", b"<html><table>")},
    )

    (reason,) = answer.context["form"].errors["file"]
    assert reason.startswith("这其实是网页文件")
    with everything(reason="test"):
        assert not ImportBatch.objects.exists()


def test_a_preview_can_be_thrown_away(client, clerk, data_dir):
    client.force_login(clerk)
    upload(client, GOOD)

    client.post(reverse("partybuild:discard_import", args=[only_batch().public_id]))

    with everything(reason="test"):
        assert not ImportBatch.objects.exists()
    assert list((data_dir / "imports").iterdir()) == []


def test_what_was_brought_in_can_no_longer_be_thrown_away(client, clerk, first_branch):
    client.force_login(clerk)
    batch = ImportBatchFactory(place=first_branch.path, state=ImportBatch.State.APPLIED)

    answer = client.post(reverse("partybuild:discard_import", args=[batch.public_id]), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "这个文件已经导入，不能再放弃；需要时可以撤销这次导入。"
    ]
    assert only_batch() == batch


def test_a_preview_whose_file_was_tidied_away_can_be_thrown_away(client, clerk, first_branch):
    client.force_login(clerk)
    batch = ImportBatchFactory(place=first_branch.path, stored_as="")

    client.post(reverse("partybuild:discard_import", args=[batch.public_id]))

    with everything(reason="test"):
        assert not ImportBatch.objects.exists()


def test_the_kept_file_holds_no_readable_number(client, clerk, data_dir):
    client.force_login(clerk)

    upload(client, GOOD)

    (kept,) = (data_dir / "imports").iterdir()
    assert not kept.read_bytes().startswith(b"PK")
    batch = only_batch()
    assert GOOD[2] not in str(batch.outcome) + str(batch.changes)


def test_undo_keeps_and_names_what_was_changed_since(client, clerk):
    client.force_login(clerk)
    upload(client, GOOD, ["李未改", "男", number("99900119880101001"), *GOOD[3:7], ""])
    batch = only_batch()
    client.post(reverse("partybuild:confirm_import", args=[batch.public_id]))
    with everything(reason="test"):
        member = Member.objects.get(name="钱小满")
        member.job_title = "科长"
        member.save()

    client.post(reverse("partybuild:undo_import", args=[batch.public_id]))

    assert names() == ["钱小满"]
    kept = only_batch().outcome["undone"]["kept"]
    assert kept == [
        {"what": "党员 钱小满", "why": "导入之后又有改动"},
        {"what": "组织关系 钱小满", "why": "与保留的记录相连"},
    ]
    with everything(reason="test"):
        assert Membership.objects.get().member.name == "钱小满"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_batches_needs_the_same_queries_for_any_length(
    client, clerk, count, django_assert_num_queries
):
    client.force_login(clerk)
    for _ in range(count):
        upload(client, GOOD)
    with everything(reason="test"):
        for batch in ImportBatch.objects.all():
            batches.confirm(actor=clerk, batch=batch)
    client.get(reverse("partybuild:imports"))

    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(reverse("partybuild:imports"))

    assert len(page.context["batches"]) == count
