"""The materials library: who reads what, which version a record keeps, what is refused."""

import datetime as dt
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.documents import directory
from activities.models import MaterialUse, MaterialVersion, StudyMaterial
from activities.queries.materials import in_force
from activities.services.materials import (
    Wording,
    add_material,
    add_version,
    drop_use,
    send_material,
    use_version,
    withdraw_material,
)
from activities.services.reviews import close_month
from activities.tasks import tidy_documents
from branches.services.events import merge_organization
from members.models import Member
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.merging import StaleVersion
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.materials import (
    MaterialUseFactory,
    MaterialVersionFactory,
    StudyMaterialFactory,
)
from tests.forms import as_shown

pytestmark = pytest.mark.usefixtures("today")


def material(organization, title="条例辅导", *, sent=False, **version):
    """Make a material with one version."""
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC) if sent else None
    one = StudyMaterialFactory(organization=organization, title=title, sent_at=moment)
    MaterialVersionFactory(material=one, **version)
    return one


def titles(client, user, **conditions):
    client.force_login(user)
    page = client.get(reverse("activities:materials"), conditions)
    return [cells[0].text for cells in page.context["rows"]]


def status(client, user, one):
    client.force_login(user)
    return client.get(one.get_absolute_url()).status_code


def test_what_a_committee_sends_down_is_read_below_and_not_beside(
    client, cast, committee, first_branch, foreign_committee
):
    sent = material(committee, "下发的", sent=True)
    draft = material(committee, "没下发的")
    beside = material(foreign_committee, "别家下发的", sent=True)

    read = {name: titles(client, cast[name]) for name in ("li", "wang", "sun", "zhao", "qian")}
    opened = [status(client, cast["li"], one) for one in (sent, draft, beside)]

    assert read == {
        "li": ["下发的"],
        "wang": ["下发的"],
        "sun": ["下发的"],
        "zhao": ["没下发的", "下发的"],
        "qian": ["别家下发的"],
    }
    assert opened == [200, 404, 404]


def test_the_materials_of_a_branch_are_its_own_and_its_committees(
    client, cast, first_branch, second_branch
):
    own = material(first_branch, "本支部的", sent=True)

    read = {name: titles(client, cast[name]) for name in ("li", "wang", "sun", "zhao")}

    assert read == {"li": ["本支部的"], "wang": [], "sun": ["本支部的"], "zhao": ["本支部的"]}
    assert status(client, cast["wang"], own) == 404


def test_only_the_issuer_may_change_what_was_sent_down(client, li, committee):
    sent = material(committee, sent=True)
    client.force_login(li)

    answers = [
        client.post(reverse(f"activities:{page}", args=[sent.public_id])).status_code
        for page in (
            "correct_material",
            "add_material_version",
            "withdraw_material",
            "send_material",
        )
    ]

    assert answers == [404, 404, 404, 404]
    assert "更正" not in client.get(sent.get_absolute_url()).text


def test_an_ordinary_member_reads_and_does_not_see_which_activities_used_it(
    client, sun, first_branch
):
    one = material(first_branch, text="学习原文")
    with everything(reason="the test looks"):
        version = one.versions.get()
    MaterialUseFactory(
        activity__organization=first_branch, activity__topic="支部会", version=version
    )
    client.force_login(sun)

    page = client.get(one.get_absolute_url()).text

    assert ("学习原文" in page, "支部会" in page, "增加一版" in page) == (True, False, False)
    assert client.get(reverse("activities:add_material")).status_code == 403


def test_materials_are_found_by_what_they_say(client, li, first_branch):
    material(first_branch, "甲", text="深入学习章程")
    material(first_branch, "乙", document="青档党〔2026〕3号")
    client.force_login(li)

    assert titles(client, li, text="章程") == ["甲"]
    assert titles(client, li, text="〔2026〕3号") == ["乙"]
    assert titles(client, li, text="乙") == ["乙"]
    found = client.get(reverse("partybuild:search"), {"q": "章程"})
    assert ">甲</a>" in found.text


def test_a_material_is_added_with_its_file_sent_down_and_fetched_below(client, zhao, li, committee):
    client.force_login(zhao)
    form = client.get(reverse("activities:add_material"))
    assert 'enctype="multipart/form-data"' in form.text
    file = SimpleUploadedFile("讲稿.txt", "一、学习原文。".encode("gb18030"))
    typed = {"organization": committee.public_id, "title": "条例辅导", "file": file}

    page = client.post(reverse("activities:add_material"), as_shown(form, **typed), follow=True)
    one = page.context["material"]
    client.post(reverse("activities:send_material", args=[one.public_id]), {"version": one.version})
    client.force_login(li)
    version = client.get(one.get_absolute_url()).context["current"]
    fetched = client.get(reverse("activities:material_file", args=[version.public_id]))

    assert b"".join(fetched.streaming_content).decode() == "一、学习原文。"
    assert fetched["Content-Type"] == "text/plain; charset=utf-8"
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert fetched["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert fetched["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in fetched["Cache-Control"]


def test_a_file_is_not_fetched_by_the_neighbour_nor_after_it_was_withdrawn(
    client, li, wang, first_branch
):
    one = material(first_branch, stored_as="a.txt", kind="txt", file_name="讲稿.txt")
    (directory() / "a.txt").write_text("原文")
    with everything(reason="the test looks"):
        address = reverse("activities:material_file", args=[one.versions.get().public_id])

    def fetched(user):
        client.force_login(user)
        answer = client.get(address)
        return b"".join(answer.streaming_content) if answer.streaming else answer.status_code

    before = [fetched(user) for user in (li, wang)]
    with scoped_to(li.scope_for("activities.change_material")):
        withdraw_material(actor=li, material=one, version=1)

    assert [*before, fetched(li)] == ["原文".encode(), 404, 404]


def test_a_hostile_file_is_refused_in_words_and_what_was_typed_stays(client, li, first_branch):
    client.force_login(li)
    form = client.get(reverse("activities:add_material"))
    file = SimpleUploadedFile("讲稿.pdf", b"%PDF-1.7\n1 0 obj << /S /JavaScript >>\n%%EOF")

    answer = client.post(
        reverse("activities:add_material"), as_shown(form, title="讲稿", text="要点", file=file)
    )

    assert "这个 PDF 带有自动执行的程序或夹带的文件" in answer.text
    assert 'value="讲稿"' in answer.text
    assert list(directory().iterdir()) == []
    with everything(reason="the test counts"):
        assert StudyMaterial.objects.count() == 0


def test_a_version_without_text_and_file_is_refused(client, li, first_branch):
    client.force_login(li)
    form = client.get(reverse("activities:add_material"))

    answer = client.post(reverse("activities:add_material"), as_shown(form, title="讲稿"))

    assert "请写正文，或者选一个文件。" in answer.text


def test_the_version_of_the_day_is_the_newest_that_has_begun():
    first, second, third = (
        MaterialVersion(number=number, in_force_from=day)
        for number, day in ((1, dt.date(2019, 5, 6)), (2, dt.date(2026, 5, 18)), (3, None))
    )

    assert in_force([second, first], dt.date(2026, 5, 17)) is first
    assert in_force([second, first], dt.date(2026, 5, 18)) is second
    assert in_force([first, second, third], dt.date(2026, 5, 18)) is third
    assert in_force([first, second], dt.date(2018, 1, 1)) is first
    assert in_force([], dt.date(2026, 1, 1)) is None


@pytest.fixture
def activity(first_branch):
    held = ActivityFactory(organization=first_branch, held_on=dt.date(2026, 3, 6))
    MeetingFactory(activity=held, kind="study_session")
    return held


def test_a_record_keeps_the_version_of_its_day_when_a_newer_one_comes(
    client, li, zhao, committee, activity
):
    one = material(committee, "条例", sent=True, in_force_from=dt.date(2019, 5, 6))
    client.force_login(li)
    page = client.get(reverse("activities:activity_materials", args=[activity.public_id]))
    [(_, version, is_used)] = page.context["choices"]
    client.post(
        reverse("activities:use_material", args=[activity.public_id]),
        {"material": version.public_id},
    )

    with scoped_to(zhao.scope_for("activities.change_material")):
        add_version(
            actor=zhao,
            material=one,
            version=1,
            wording=Wording(text="修订", in_force_from=dt.date(2026, 5, 18)),
        )
    shown = client.get(activity.get_absolute_url())

    assert (version.number, is_used) == (1, False)
    assert [str(use.version) for use in shown.context["materials"]] == ["第1版"]
    assert "第1版" in shown.text
    assert [use.activity for use in client.get(one.get_absolute_url()).context["uses"]] == [
        activity
    ]
    assert client.get(one.get_absolute_url()).context["current"].number == 2


def test_what_was_withdrawn_stays_in_the_records_that_used_it(client, li, first_branch, activity):
    one = material(first_branch, "旧讲稿")
    with scoped_to(li.scope_for("activities.change_material")):
        use_version(actor=li, activity=activity, version=one.versions.get())
        withdraw_material(actor=li, material=one, version=1)
    client.force_login(li)

    page = client.get(activity.get_absolute_url()).text

    assert ("旧讲稿" in page, "资料已撤下" in page) == (True, True)
    assert titles(client, li) == []
    client.post(reverse("activities:restore_material", args=[one.public_id]))
    assert titles(client, li) == ["旧讲稿"]
    assert "资料已撤下" not in client.get(activity.get_absolute_url()).text


def test_choosing_twice_is_noted_once_and_can_be_taken_back(li, first_branch, activity):
    one = material(first_branch)
    with scoped_to(li.scope_for("activities.change_material")):
        version = one.versions.get()
        used = use_version(actor=li, activity=activity, version=version)
        again = use_version(actor=li, activity=activity, version=version)
        same = used.pk == again.pk
        noted = [step["did"] for step in steps_of(history_of(activity))]
        drop_use(actor=li, used=used)
        left = MaterialUse.objects.count()

    assert same
    assert noted == [f"选用“条例辅导”第1版：{activity}"]
    assert left == 0


def test_a_material_that_does_not_reach_the_branch_cannot_be_chosen(
    client, zhao, li, committee, second_branch, activity
):
    draft, beside = material(committee), material(second_branch)
    with scoped_to(zhao.scope_for("activities.change_material")):
        for one in (draft, beside):
            with pytest.raises(Refused, match="没有下发到这个党组织"):
                use_version(actor=zhao, activity=activity, version=one.versions.get())
        unseen = beside.versions.get()
    client.force_login(li)
    page = client.post(
        reverse("activities:use_material", args=[activity.public_id]),
        {"material": unseen.public_id},
        follow=True,
    )

    assert "没有选用：这份资料刚被撤下，或者没有选。" in page.text
    with everything(reason="the test counts"):
        assert MaterialUse.objects.count() == 0


def test_who_does_not_correct_the_record_does_not_choose_for_it(
    client, zhao, wang, first_branch, activity
):
    material(first_branch)
    page = reverse("activities:activity_materials", args=[activity.public_id])
    answers = []
    for user in (zhao, wang):
        client.force_login(user)
        answers.append(client.get(page).status_code)

    assert answers == [403, 404]


def test_the_staff_of_a_committee_choose_for_a_meeting_of_its_own(client, zhao, committee):
    one = material(committee, "没下发的")
    held = ActivityFactory(organization=committee)
    MeetingFactory(activity=held, kind="theory_study")
    client.force_login(zhao)
    page = client.get(reverse("activities:activity_materials", args=[held.public_id]))
    [(shown, version, _)] = page.context["choices"]

    client.post(
        reverse("activities:use_material", args=[held.public_id]), {"material": version.public_id}
    )
    [used] = client.get(held.get_absolute_url()).context["materials"]
    client.post(reverse("activities:drop_material", args=[used.public_id]))

    assert (shown, used.version) == (one, version)
    assert client.get(held.get_absolute_url()).context["materials"] == []


def test_a_closed_month_is_not_written_into(zhao, li, committee, first_branch, activity):
    one = material(first_branch)
    with scoped_to(zhao.scope_for("activities.review_activity")):
        close_month(actor=zhao, organization=committee, month=dt.date(2026, 3, 1))

    with (
        scoped_to(li.scope_for("activities.change_material")),
        pytest.raises(Refused, match="3月已归档"),
    ):
        use_version(actor=li, activity=activity, version=one.versions.get())


def test_two_who_change_a_material_at_once_both_keep_their_work(client, li, first_branch):
    one = material(first_branch, "讲稿")
    client.force_login(li)
    address = reverse("activities:correct_material", args=[one.public_id])
    mine, theirs = client.get(address), client.get(address)

    client.post(address, as_shown(theirs, summary="第一讲"))
    client.post(address, as_shown(mine, title="讲稿（修订）"))

    page = client.get(one.get_absolute_url()).context["material"]
    assert (page.title, page.summary) == ("讲稿（修订）", "第一讲")


def test_whoever_looked_at_an_older_state_withdraws_nothing(li, first_branch):
    one = material(first_branch)
    with scoped_to(li.scope_for("activities.change_material")):
        add_version(actor=li, material=one, version=1, wording=Wording(text="二"))

        with pytest.raises(StaleVersion):
            withdraw_material(actor=li, material=one, version=1)
        assert StudyMaterial.objects.count() == 1


def test_the_history_tells_every_step(client, li, first_branch):
    with scoped_to(li.scope_for("activities.change_material")):
        one = add_material(
            actor=li,
            organization=first_branch,
            title="讲稿",
            summary="",
            wording=Wording(text="一", source="市委党校"),
        )
        add_version(actor=li, material=one, version=1, wording=Wording(text="二二"))
    client.force_login(li)

    steps = client.get(one.get_absolute_url()).context["steps"]

    assert [step["did"] for step in steps] == ["学习资料“讲稿”增加第2版", "登记学习资料“讲稿”"]
    assert steps[0]["note"] == (
        "版本：第1版，市委党校，正文 1 字 → 第1版，市委党校，正文 1 字、第2版，正文 2 字"
    )


@pytest.mark.parametrize(("sent", "reason"), [(True, "已经下发"), (False, "不用下发")])
def test_sending_makes_sense_once_and_above_branches_only(
    zhao, committee, first_branch, sent, reason
):
    one = material(committee if sent else first_branch, sent=sent)

    with (
        scoped_to(zhao.scope_for("activities.change_material")),
        pytest.raises(Refused, match=reason),
    ):
        send_material(actor=zhao, material=one, version=1)


def test_a_merged_branch_hands_its_materials_on(client, zhao, wang, first_branch, second_branch):
    material(first_branch, "并过来的")
    with everything(reason="the test merges"):
        Member.objects.filter(branch=first_branch).delete()
    with scoped_to(zhao.scope_for("branches.change_partyorganization")):
        merge_organization(
            actor=zhao,
            organization=first_branch,
            target=second_branch,
            on=dt.date(2026, 11, 20),
            document="青档党〔2026〕9号",
        )

    assert titles(client, wang) == ["并过来的"]


def test_documents_that_belong_to_nothing_are_removed_after_a_day(first_branch):
    material(first_branch, stored_as="kept.txt", kind="txt")
    for name in ("kept.txt", "never-saved.txt"):
        file = directory() / name
        file.write_bytes(b"x")
        old = dt.datetime(2026, 11, 19, tzinfo=dt.UTC).timestamp()
        os.utime(file, (old, old))
    (directory() / "being-written.txt").write_bytes(b"x")

    tidy_documents()

    assert sorted(file.name for file in directory().iterdir()) == ["being-written.txt", "kept.txt"]
