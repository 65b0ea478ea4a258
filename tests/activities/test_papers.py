"""Papers of an occasion: Word files read back and compared with the record, the binder of a year."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from docx import Document
from docx.shared import Mm, Pt

from activities.models import Activity, Meeting
from activities.queries import papers
from branches.models import PartyOrganization
from branches.services.events import rename_organization
from partybuild import documents, jobs
from partybuild.models import AuditEntry, Job, LedgerFile
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.development import DevelopmentCaseFactory, DevelopmentStepFactory
from tests.factories.members import MemberFactory
from tests.factories.plans import PlannedActivityFactory, PlannedFormFactory
from tests.factories.votes import ActionItemFactory, VoteFactory

pytestmark = pytest.mark.usefixtures("today")
DAY = dt.date(2026, 11, 20)
TEMPLATES = ("minutes", "summary", "sign_in", "notice", "binder_contents")


def lines_of(content):
    """The text of a Word file in its order, paragraph by paragraph, a row of a table as one line."""
    paper = Document(io.BytesIO(content))
    found = []
    for part in paper.iter_inner_content():
        if hasattr(part, "rows"):
            found += ["|".join(cell.text for cell in row.cells) for row in part.rows]
        else:
            found.append(part.text)
    return found


@pytest.fixture
def held(first_branch, roll):
    """A party day with a lecture: three there, one on business, one exempt, everything written down."""
    activity = ActivityFactory(
        organization=first_branch,
        held_on=DAY,
        started_at=dt.time(14, 30),
        ended_at=dt.time(16, 0),
        topic="学习贯彻全会精神",
        chair=roll[0],
        recorder=roll[1],
        guests="赵明漪（机关党委）",
        recorded_by=roll[0].user,
    )
    MeetingFactory(
        activity=activity,
        kind=Meeting.Kind.PARTY_DAY,
        minutes="一、传达学习。\n\n二、交流发言。",
        resolution="月底前完成整改。",
    )
    MeetingFactory(
        activity=activity, kind=Meeting.Kind.PARTY_LECTURE, minutes="讲授党史。", lecturer="李秀岩"
    )
    statuses = [
        ("present", ""),
        ("present", ""),
        ("on_leave", "official_business"),
        ("exempt", "frail"),
        ("present", ""),
    ]
    for member, (status, reason) in zip(roll, statuses, strict=True):
        AttendanceFactory(activity=activity, member=member, status=status, reason=reason)
    return activity


def address(activity, code):
    return f"/activities/{activity.public_id}/papers/{code}/"


def paper_of(client, activity, code, **said):
    response = client.post(address(activity, code), said)
    assert response["Content-Type"] == documents.WORD
    return lines_of(response.content)


# --- 会议记录, 会议纪要, 签到表 ----------------------------------------------------------------------


def test_the_record_says_all_that_was_written_down(client, li, held):
    client.force_login(li)

    lines = paper_of(client, held, "minutes")

    assert [line for line in lines if line][:-2] == [
        "第一党支部主题党日、党课记录",
        "党 组 织：第一党支部",
        "会议类型：主题党日、党课",
        "议　　题：学习贯彻全会精神",
        "时　　间：2026年11月20日（星期五）14:30至16:00",
        "地　　点：三楼会议室",
        "主 持 人：李秀岩　　　　记 录 人：安小河",
        "应到会人数：4 人（其中有表决权 3 人）",
        "实到会人数：3 人（其中有表决权 2 人）",
        "参加人员：李秀岩、安小河、丁初晴",
        "缺席人员及原因：白一舟（公出）；免予参加：陈望南",
        "列席人员：赵明漪（机关党委）",
        "一、主题党日",
        "一、传达学习。",
        "二、交流发言。",
        "决议和后续事项",
        "月底前完成整改。",
        "二、党课",
        "主 讲 人：李秀岩",
        "讲授党史。",
        "决议和后续事项",
    ]
    assert "主持人（签名）：________　　记录人（签名）：________" in lines


def test_the_record_tells_how_was_voted_and_what_is_to_be_done(
    client, li, held, first_branch, roll
):
    with everything(reason="test"):
        day = held.meetings.order_by("pk")[0]
    VoteFactory(meeting=day, title="通过年度工作计划", yes=2, no=0, abstain=0)
    ActionItemFactory(
        organization=first_branch,
        raised_in=held,
        text="更新党务公开栏",
        responsible="安小河",
        due_on=dt.date(2026, 12, 5),
    )
    client.force_login(li)

    whole, alone = paper_of(client, held, "minutes"), paper_of(client, held, "minutes", form="2")

    vote = "通过年度工作计划：举手表决，应到有表决权 3 人，实到 2 人，赞成 2 票，反对 0 票，弃权 0 票，通过。"
    assert whole[whole.index("表决情况") + 1] == vote
    assert whole[whole.index("议定事项") + 1] == (
        "更新党务公开栏，负责人：安小河，2026年12月5日前完成。"
    )
    assert "表决情况" not in alone
    assert vote in paper_of(client, held, "summary")
    assert vote in client.get(f"/activities/{held.public_id}/print/").content.decode()


def test_one_form_of_several_can_have_a_paper_of_its_own(client, li, held):
    client.force_login(li)

    page = client.get(address(held, "minutes"), {"form": "2"}).content.decode()
    lines = paper_of(client, held, "minutes", form="2")

    assert '<a href="?form=0">合为一份</a>' in page
    assert "<b>党课</b>" in page
    assert lines[0] == "第一党支部党课记录"
    assert "讲授党史。" in lines
    assert "一、传达学习。" not in lines


def test_of_a_group_meeting_among_others_only_the_group_is_expected(
    client, li, held, first_branch, roll
):
    group = PartyOrganizationFactory(
        superior=first_branch, kind=PartyOrganization.Kind.GROUP, short_name="第一党小组"
    )
    with everything(reason="test"):
        roll[1].memberships.update(group=group)
    MeetingFactory(activity=held, kind=Meeting.Kind.GROUP_MEETING, group=group)
    client.force_login(li)

    lines = paper_of(client, held, "minutes", form="3")

    assert lines[0] == "第一党支部党小组会（第一党小组）记录"
    assert "应到会人数：1 人（其中有表决权 1 人）" in lines
    assert "参加人员：安小河" in lines


def test_the_digest_tells_what_was_settled_and_who_was_there(client, li, held):
    client.force_login(li)

    lines = [line for line in paper_of(client, held, "summary") if line]

    assert lines[0] == "第一党支部会议纪要"
    assert lines[2].startswith(
        "2026年11月20日（星期五）14:30至16:00，李秀岩在三楼会议室主持召开主题党日、党课，"
    )
    assert lines[3:6] == ["一、主题党日", "一、传达学习。", "二、交流发言。"]
    assert lines.count("会议议定：") == 1
    assert lines[-4:] == [
        "出席：李秀岩、安小河、丁初晴",
        "请假：白一舟（公出）；免予参加：陈望南",
        "列席：赵明漪（机关党委）",
        "记录：安小河",
    ]


def test_the_sign_in_sheet_has_a_line_for_everybody_expected(client, li, held):
    client.force_login(li)

    lines = paper_of(client, held, "sign-in")

    assert lines[lines.index("序号|姓名|签名|备注") + 1 : -1] == [
        "1|李秀岩||\u3000",
        "2|安小河||\u3000",
        "3|白一舟||公出",
        "4|陈望南||年老体弱免予",
        "5|丁初晴||\u3000",
        "|||列席",
        "|||列席",
    ]
    assert "应到 4 人" in lines[-1]


@pytest.mark.parametrize(
    ("code", "gaps"),
    [
        (
            "minutes",
            (
                "地点、主持人、记录人、应到人数、应到有表决权、实到人数、实到有表决权、参加人员、缺席人员及原因、"
                "列席人员、会议内容、决议和后续事项"
            ),
        ),
        ("sign-in", "地点、应到人数"),
    ],
)
def test_what_is_missing_is_said_first_and_stays_a_line_to_write_on(
    client, li, first_branch, code, gaps
):
    bare = ActivityFactory(organization=first_branch, place="", recorded_by=li)
    MeetingFactory(activity=bare, kind=Meeting.Kind.GENERAL_MEETING, minutes="")
    client.force_login(li)

    page, lines = client.get(address(bare, code)), paper_of(client, bare, code)

    assert "、".join(page.context["gaps"]) == gaps
    assert gaps in page.content.decode()
    text = "\n".join(lines)
    assert "地　　点：____" in text
    assert "{" not in text
    assert "None" not in text


def test_a_branch_is_called_what_it_was_called_that_day(client, zhao, li, held, first_branch):
    with everything(reason="test"):
        rename_organization(
            actor=zhao,
            organization=first_branch,
            name="档案管理处党支部",
            short_name="",
            on=dt.date(2026, 11, 21),
            document="青档党〔2026〕9号",
            note="",
        )
    client.force_login(li)

    assert paper_of(client, held, "minutes")[0] == "第一党支部主题党日、党课记录"


def test_no_paper_prints_a_personal_number(client, li, held, roll):
    with everything(reason="test"):
        for member in roll:
            member.id_number, member.phone = "110101199001011237", "13800001234"
            member.save()
    client.force_login(li)

    texts = ["\n".join(paper_of(client, held, code)) for code in papers.PAPERS]
    texts.append(client.get(f"/activities/{held.public_id}/print/").content.decode())

    assert [text for text in texts if "1237" in text or "1234" in text] == []


def test_making_a_paper_is_noted_and_kept_nowhere(client, li, held, first_branch):
    client.force_login(li)

    response = client.post(address(held, "summary"))

    assert response["Cache-Control"] == "no-store"
    with everything(reason="test"):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.summary, entry.actor, entry.place, entry.subject_id) == (
        "activities.paper.written",
        "生成《会议纪要》",
        li,
        first_branch.path,
        held.public_id,
    )


@pytest.mark.parametrize("people", [3, 60])
def test_a_paper_asks_the_same_for_few_and_for_many(
    client, li, held, first_branch, people, django_assert_num_queries
):
    for number in range(people):
        AttendanceFactory(
            activity=held, member=MemberFactory(branch=first_branch, name=f"党员{number}")
        )
    client.force_login(li)
    client.get(address(held, "minutes"))

    with django_assert_num_queries(10):
        client.get(address(held, "minutes"))


# --- templates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_keeps_the_measures_of_official_documents(name):
    """GB/T 9704-2012: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters in 3 号."""
    paper = Document(io.BytesIO(documents._template(f"activities.{name}")))
    (section,) = paper.sections
    styles = paper.styles.element
    (spacing,) = styles.xpath("w:docDefaults//w:rPr/w:spacing/@w:val")
    (size,) = styles.xpath("w:docDefaults//w:rPr/w:sz/@w:val")
    (pitch,) = styles.xpath("w:docDefaults//w:pPr/w:spacing/@w:line")
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin

    assert [
        round(Mm(1) and length / Mm(1)) for length in (section.page_width, section.page_height)
    ] == [210, 297]
    assert (round(section.top_margin / Mm(1)), round(section.left_margin / Mm(1))) == (37, 28)
    assert (round(width / Mm(1)), round(height / Mm(1))) == (156, 225)
    assert height // (int(pitch) * Pt(1) / 20) == 22
    assert int(size) / 2 == 16
    assert width // ((16 + int(spacing) / 20) * Pt(1)) == 28


def test_a_paper_names_all_the_places_of_its_template(held):
    with everything(reason="test"):
        occasion = papers.occasion_of(held)
        unknown = {
            code: [
                name
                for name in documents.missing(paper.template, {})
                if name not in paper.fill(occasion)
            ]
            for code, paper in papers.PAPERS.items()
        }

    assert unknown == {code: [] for code in papers.PAPERS}


# --- 接收预备党员会议记录 --------------------------------------------------------------------------


def test_an_admission_decided_that_day_has_its_own_record(client, li, held, first_branch):
    person = MemberFactory(branch=first_branch, name="吴小梅", category="probationary")
    DevelopmentStepFactory(
        case=DevelopmentCaseFactory(member=person),
        code="admission",
        done_on=DAY,
        due_voters=12,
        present_voters=11,
        yes=11,
        no=0,
        abstain=0,
        is_secret=True,
    )
    client.force_login(li)

    occasion = client.get(f"/activities/{held.public_id}/").content.decode()
    text = "\n".join(paper_of(client, held, "admission"))

    assert address(held, "admission") in occasion
    assert "讨论接收吴小梅同志为预备党员" in text
    assert "三楼会议室" in text
    assert "李秀岩、安小河、丁初晴" in text
    assert "赞成 11 票，反对 0 票，弃权 0 票" in text


def test_without_an_admission_there_is_no_such_record(client, li, held):
    client.force_login(li)

    occasion = client.get(f"/activities/{held.public_id}/").content.decode()

    assert address(held, "admission") not in occasion
    assert client.get(address(held, "admission")).status_code == 404


# --- before an occasion ------------------------------------------------------------------------------


@pytest.fixture
def planned(first_branch):
    return {
        "organization": first_branch.public_id,
        "kinds": ["party_day"],
        "held_on": "2026-11-27",
        "started_at": "14:30",
        "place": "三楼会议室",
        "topic": "警示教育",
        "agenda": "一、通报\n二、讨论",
        "demands": "请准时参加。",
    }


def test_a_sign_in_sheet_is_made_before_the_meeting(client, li, roll, planned):
    client.force_login(li)

    response = client.post("/activities/papers/new/", planned | {"paper": "sign-in"})

    lines = lines_of(response.content)
    assert lines[0] == "主题党日签到表"
    assert "时　　间：2026年11月27日（星期五）14:30" in lines
    assert [line.split("|")[1] for line in lines if line[:1].isdigit()] == [
        "李秀岩", "安小河", "白一舟", "陈望南", "丁初晴",
    ]  # fmt: skip


def test_a_notice_is_made_before_the_meeting(client, li, roll, planned, first_branch):
    client.force_login(li)

    response = client.post("/activities/papers/new/", planned | {"paper": "notice"})

    assert [line for line in lines_of(response.content) if line] == [
        "关于召开主题党日的通知",
        "全体党员：",
        "经研究，定于2026年11月27日（星期五）14:30在三楼会议室召开主题党日。现将有关事项通知如下：",
        "一、议题",
        "警示教育",
        "二、议程",
        "一、通报",
        "二、讨论",
        "三、参加人员",
        "全体党员（5 人）",
        "四、有关要求",
        "请准时参加。",
        "第一党支部",
        "2026年11月21日",
    ]
    with everything(reason="test"):
        assert AuditEntry.objects.get().summary == "生成《会议通知》"
        assert Activity.objects.count() == 0


def test_the_page_before_a_meeting_starts_from_plan_and_address(client, li, roll):
    client.force_login(li)

    form = client.get("/activities/papers/new/", {"kind": "general_meeting", "topic": "选举"})

    assert form.context["form"].initial["kinds"] == ["general_meeting"]
    assert form.context["form"].initial["topic"] == "选举"
    assert "一、" in form.context["form"].initial["agenda"]


def test_a_plan_is_all_that_a_notice_needs(client, li, roll, first_branch):
    plan = PlannedActivityFactory(
        organization=first_branch,
        planned_on=dt.date(2026, 12, 4),
        starts_at=dt.time(9, 0),
        place="二楼学习室",
        agenda="一、领学\n二、研讨",
    )
    PlannedFormFactory(planned=plan, kind=Meeting.Kind.STUDY_SESSION)
    client.force_login(li)

    link = client.get(plan.get_absolute_url()).content.decode()
    address = (
        f"/activities/papers/new/?organization={first_branch.public_id}&planned={plan.public_id}"
    )
    form = client.get(address).context["form"]

    assert address.replace("&", "&amp;") in link
    assert {name: form.initial[name] for name in ("kinds", "held_on", "started_at", "place")} == {
        "kinds": ["study_session"],
        "held_on": "2026-12-04",
        "started_at": "09:00",
        "place": "二楼学习室",
    }
    assert (form.initial["topic"], form.initial["agenda"]) == (plan.theme, "一、领学\n二、研讨")


# --- the binder --------------------------------------------------------------------------------------


def many_activities(branch, user, count):
    with everything(reason="the test arranges its rows"):
        rows = Activity.objects.bulk_create(
            Activity(
                organization=branch,
                held_on=dt.date(2025, 1, 1) + dt.timedelta(days=number),
                topic=f"学习{number}",
                recorded_by=user,
            )
            for number in range(count)
        )
        Meeting.objects.bulk_create(
            Meeting(activity=row, kind="party_day", minutes=f"第{number}次学习。")
            for number, row in enumerate(rows)
        )
    return rows


def ordered(client, branch, year="2025"):
    client.post(
        "/activities/binder/",
        {"organization": branch.public_id, "period": year, "submission_key": "one-order"},
    )
    with everything(reason="test"):
        return LedgerFile.objects.select_related("job").get()


def binder_of(client, ledger_file):
    answer = client.get(f"/files/{ledger_file.public_id}/download/")
    content = b"".join(answer.streaming_content)
    return answer, content


def test_a_year_is_bound_with_contents_and_fingerprints(client, li, first_branch, roll):
    many_activities(first_branch, li, 3)
    ActivityFactory(organization=first_branch, held_on=dt.date(2024, 12, 31), recorded_by=li)
    client.force_login(li)

    ledger_file = ordered(client, first_branch)
    jobs.perform(ledger_file.job_id)
    answer, content = binder_of(client, ledger_file)

    binder = zipfile.ZipFile(io.BytesIO(content))
    names = [f"00{number} 2025-01-0{number} 主题党日.docx" for number in (1, 2, 3)]
    assert binder.testzip() is None
    assert binder.namelist() == [*names, "000 封面和目录.docx", "指纹.txt"]
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].endswith(".zip")
    digests = [hashlib.sha256(binder.read(name)).hexdigest() for name in binder.namelist()[:-1]]
    assert binder.read("指纹.txt").decode().splitlines() == [
        f"{digest}  {name}" for digest, name in zip(digests, binder.namelist(), strict=False)
    ]
    cover = lines_of(binder.read("000 封面和目录.docx"))
    assert "2025年会议记录汇编" in cover
    assert "共 3 份" in cover
    assert cover[cover.index("序号|日期|形式|议题|指纹") + 1 : -1] == [
        f"{number}|2025-01-0{number}|主题党日|学习{number - 1}|{digests[number - 1][:8]}"
        for number in (1, 2, 3)
    ]
    assert "第2次学习。" in lines_of(binder.read(names[2]))


def test_fetching_a_binder_is_noted_with_its_fingerprint(client, li, first_branch, roll):
    many_activities(first_branch, li, 1)
    client.force_login(li)
    ledger_file = ordered(client, first_branch)
    jobs.perform(ledger_file.job_id)

    _, content = binder_of(client, ledger_file)

    with everything(reason="test"):
        last = AuditEntry.objects.order_by("-sequence").first()
    assert (last.action, last.summary) == (
        "partybuild.ledgerfile.downloaded",
        "下载 会议记录汇编 第一党支部 2025年",
    )
    assert last.after["sha256"] == hashlib.sha256(content).hexdigest()
    page = client.get(f"/files/{ledger_file.public_id}/").content.decode()
    assert "1 份" in page


def test_three_hundred_records_are_bound(client, li, first_branch, roll):
    many_activities(first_branch, li, 300)
    client.force_login(li)

    ledger_file = ordered(client, first_branch)
    jobs.perform(ledger_file.job_id)

    with everything(reason="test"):
        job = Job.objects.get(pk=ledger_file.job_id)
    assert (job.state, job.progress_done, job.progress_total) == ("done", 300, 300)
    _, content = binder_of(client, ledger_file)
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 302


def test_the_page_says_first_what_the_records_lack(client, li, first_branch, roll):
    many_activities(first_branch, li, 2)
    client.force_login(li)

    page = client.get("/activities/binder/", {"period": "2025"})

    assert page.context["count"] == 2
    assert page.context["gaps"] == [
        ("出席情况", 2), ("主持人", 2), ("记录人", 2), ("时间", 2), ("地点", 2),
    ]  # fmt: skip
    assert "2 份没有主持人" in page.content.decode()


def test_a_year_without_records_is_not_bound(client, li, first_branch):
    client.force_login(li)

    answer = client.post(
        "/activities/binder/",
        {"organization": first_branch.public_id, "period": "2020"},
        follow=True,
    )

    assert "2020年没有会议记录，没有可汇编的。" in answer.content.decode()
    with everything(reason="test"):
        assert Job.objects.count() == 0


def test_a_binder_holds_only_what_its_owner_may_read(client, li, first_branch, second_branch, roll):
    many_activities(second_branch, li, 1)
    client.force_login(li)

    missing = client.post(
        "/activities/binder/", {"organization": second_branch.public_id, "period": "2025"}
    )

    assert missing.status_code == 404
    with everything(reason="test"):
        assert LedgerFile.objects.count() == 0


def test_a_binder_ordered_before_its_branch_was_moved_is_refused(client, li, first_branch, roll):
    many_activities(first_branch, li, 1)
    client.force_login(li)
    ledger_file = ordered(client, first_branch)
    with everything(reason="test"):
        ledger_file.place = f"{first_branch.path}0009"
        ledger_file.save()

    jobs.perform(ledger_file.job_id)

    with everything(reason="test"):
        job = Job.objects.get(pk=ledger_file.job_id)
    assert (job.state, job.problem) == ("failed", "这个党组织刚刚调整过隶属，请重新申请一次。")
