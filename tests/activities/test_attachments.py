"""附件: documents that belong to the record of an activity."""

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.documents import directory
from activities.models import Attachment
from activities.services.attachments import MOST
from activities.tasks import remove_orphaned_documents
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, AttachmentFactory
from tests.factories.reviews import MonthClosingFactory

pytestmark = pytest.mark.usefixtures("today")

LIST = "签到：李秀岩、孙知远".encode()


@pytest.fixture
def activity(first_branch, li):
    return ActivityFactory(organization=first_branch, recorded_by=li)


def attach(client, activity, *, name="签到表.txt", content=LIST, key="one"):
    """Choose a file on the page of the activity and press 添加."""
    return client.post(
        reverse("activities:attach", args=[activity.public_id]),
        {"file": SimpleUploadedFile(name, content), "submission_key": key},
        follow=True,
    )


def attached():
    with everything(reason="the test looks at what is stored"):
        return list(Attachment.objects.order_by("pk"))


def test_a_document_is_put_to_a_record_and_fetched(client, li, activity):
    client.force_login(li)

    page = attach(client, activity)
    (document,) = attached()
    answer = client.get(reverse("activities:attachment", args=[document.public_id]))

    assert "签到表.txt" in page.text
    assert (document.kind, document.byte_count, document.added_by) == ("txt", len(LIST), li)
    assert b"".join(answer.streaming_content) == LIST
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_same_form_twice_puts_it_once_and_the_same_file_again_is_refused(client, li, activity):
    client.force_login(li)

    for _ in range(2):
        attach(client, activity)
    again = attach(client, activity, name="改名.txt", key="two")

    assert len(attached()) == 1
    assert "这份文件已经添加过：签到表.txt。" in again.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("方案.pdf", b"%PDF-1.7\n1 0 obj << /S /JavaScript >>\n%%EOF", "带有自动执行的程序"),
        ("程序.txt", b"MZ\x00\x01\x02", "认不出这是什么文件"),
        ("空.txt", b"", "这个文件是空的。"),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(client, li, activity, name, content, words):
    client.force_login(li)

    page = attach(client, activity, name=name, content=content)

    assert words in page.text
    assert attached() == []


def test_a_form_without_a_file_says_so(client, li, activity):
    client.force_login(li)

    page = client.post(reverse("activities:attach", args=[activity.public_id]), {})

    assert page.context["form"].errors == {"file": ["请选文件。"]}


def test_there_is_an_end_to_documents(client, li, activity):
    for _ in range(MOST):
        AttachmentFactory(activity=activity)
    client.force_login(li)

    page = attach(client, activity)

    assert f"一次活动最多添加 {MOST} 份文件，请先取下不用的。" in page.text
    assert len(attached()) == MOST


def test_a_document_is_taken_out_and_both_acts_are_written_down(client, li, activity):
    client.force_login(li)
    attach(client, activity)
    (document,) = attached()

    page = client.post(reverse("activities:detach", args=[document.public_id]), follow=True)

    assert "已取下。" in page.text
    assert attached() == []
    with everything(reason="the test looks at the trail"):
        noted = AuditEntry.objects.filter(subject_id=activity.public_id).order_by("sequence")
        acts = [(entry.action, entry.actor) for entry in noted]
    assert acts == [("activities.activity.attached", li), ("activities.activity.detached", li)]


def test_a_closed_month_takes_and_gives_no_documents(client, li, first_branch, activity):
    kept = AttachmentFactory(activity=activity)
    MonthClosingFactory(organization=first_branch, month=activity.held_on.replace(day=1))
    client.force_login(li)

    page = attach(client, activity)
    client.post(reverse("activities:detach", args=[kept.public_id]))

    assert "11月已归档" in page.text
    assert attached() == [kept]


def test_neighbours_and_readers_neither_add_nor_take_out(client, wang, sun, activity):
    kept = AttachmentFactory(activity=activity)

    codes = {}
    for user in (wang, sun):
        client.force_login(user)
        codes[user.name] = (
            attach(client, activity).status_code,
            client.post(reverse("activities:detach", args=[kept.public_id])).status_code,
        )

    assert codes[wang.name] == (404, 404)
    assert codes[sun.name] == (403, 403)
    assert attached() == [kept]


def test_files_that_no_record_names_are_removed_and_the_others_stay(client, li, activity):
    client.force_login(li)
    attach(client, activity)
    (document,) = attached()
    (directory() / "orphan.txt").write_text("谁也不用")
    for name in ("orphan.txt", document.stored_as):
        os.utime(directory() / name, (0, 0))

    removed = remove_orphaned_documents()

    assert removed == 1
    assert [file.name for file in directory().iterdir()] == [document.stored_as]
