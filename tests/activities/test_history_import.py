"""A ledger of past meetings comes in: nobody's presence is made up, twice the same changes nothing."""

import datetime as dt
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Attendance, Meeting
from activities.queries.occasions import expected_by_activity, present_by_activity
from activities.queries.papers import occasion_of, record_values
from activities.services.histories import Occasion, record_occasions
from activities.services.occasions import Form, Presence, correct_activity, delete_activity
from activities.services.reviews import MonthClosed
from branches.models import PartyOrganization
from partybuild import batches
from partybuild.audit import history_of
from partybuild.imports import find_table
from partybuild.journal import Journal
from partybuild.models import ImportBatch
from partybuild.scoping import Scope, scoped_to
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.members import (
    AttendanceExemptionFactory,
    MembershipFactory,
    OfficeFactory,
)
from tests.factories.reviews import MonthClosingFactory
from tests.members.samples import by_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

AS_OF = dt.date(2026, 11, 21)
TITLE = "第一党支部“三会一课”台账（2025年）"
HEAD = ["序号", "时间", "地点", "会议类型", "主持人", "记录人", "应到", "实到", "缺席人员及原因",
        "主要内容", "决议", "备注"]  # fmt: skip
NAMES = ("安小河", "白一舟", "陈望南", "丁初晴")


@pytest.fixture
def people(first_branch):
    """Four members of the first branch, by name."""
    return {name: enrolled(name, first_branch) for name in NAMES}


def line(**cells):
    """A party day at which all four were, but for what is said otherwise."""
    usual = {
        "时间": "3月5日",
        "地点": "三楼会议室",
        "会议类型": "主题党日",
        "主持人": "安小河",
        "记录人": "白一舟",
        "应到": 4,
        "实到": 4,
        "缺席人员及原因": "无",
        "主要内容": "学习条例",
    }
    return [(usual | cells).get(title) for title in HEAD]


def workbook(*sheets):
    """A file of sheets, each a name and its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def ledger(*lines):
    return workbook(("Sheet1", [[TITLE], HEAD, *lines]))


def bring_in(data, name="台账.xlsx", actor=None):
    """Apply a file; return the batch."""
    table = find_table("meeting_ledger")
    return batches.apply(actor=actor, table=table, data=data, file_name=name, as_of=AS_OF)


def told(outcome):
    return [
        (mark["code"]) for mark in (*outcome["rejected"], *outcome["warned"], *outcome["noted"])
    ]


def there():
    """How everybody stood to the only activity, by name."""
    rows = Attendance.objects.select_related("member").order_by("member__pinyin")
    return {row.member.name: (row.status, row.reason) for row in rows}


PRESENT = ("present", "")


# --- what is recorded ------------------------------------------------------------------------


def test_a_combined_meeting_becomes_one_activity_with_several_forms(people, zhao):
    batch = bring_in(
        ledger(
            line(
                时间="2025年3月5日下午3:00",
                会议类型="党员大会+党课+主题党日",
                实到=3,
                缺席人员及原因="陈望南（病假）",
                决议="形成决议1项",
                备注="与工会联合开展",
                应到=4,
            )
        ),
        actor=zhao,
    )

    activity = Activity.objects.select_related("chair", "recorder", "recorded_by").get()
    meetings = Meeting.objects.order_by("pk").values_list("kind", "minutes", "resolution")
    assert batch.outcome["created"] == 1
    assert (activity.held_on, activity.started_at) == (dt.date(2025, 3, 5), dt.time(15, 0))
    assert (activity.place, activity.topic) == ("三楼会议室", "学习条例")
    assert (activity.chair.name, activity.recorder.name) == ("安小河", "白一舟")
    assert activity.recorded_by == zhao
    assert list(meetings) == [
        ("general_meeting", "学习条例\n备注：与工会联合开展", "形成决议1项"),
        ("party_lecture", "", ""),
        ("party_day", "", ""),
    ]
    assert there() == dict.fromkeys(NAMES, PRESENT) | {"陈望南": ("on_leave", "illness")}
    assert not activity.is_partly_named


@pytest.mark.parametrize(
    ("cells", "figures", "codes"),
    [
        ({"应到": 5, "实到": 5}, (5, 5), []),  # one more than the roll has
        ({"实到": 2, "缺席人员及原因": "陈望南（病假）"}, (4, 2), ["ABSENT_COUNT"]),
        ({"实到": None}, (4, None), ["ATT_MISSING"]),
        ({"实到": 3, "缺席人员及原因": "外人（病假）"}, (4, 3), ["ABSENT_UNKNOWN"]),
        ({"应到": None, "实到": 3}, (None, 3), []),
    ],
)
def test_where_figures_and_names_do_not_agree_only_named_people_are_recorded(
    people, cells, figures, codes
):
    outcome = bring_in(ledger(line(**cells))).outcome

    activity = Activity.objects.get()
    absent = {"陈望南": ("on_leave", "illness")} if "ABSENT_COUNT" in codes else {}
    assert told(outcome) == codes
    assert activity.is_partly_named
    assert there() == {"安小河": PRESENT, "白一舟": PRESENT} | absent
    assert expected_by_activity([activity.pk]) == {activity.pk: figures[0]}
    assert present_by_activity([activity.pk]) == {activity.pk: figures[1]}


def test_members_exempt_from_attendance_count_as_the_ledger_counts_them(people):
    AttendanceExemptionFactory(member=people["丁初晴"])

    bring_in(ledger(line(应到=3, 实到=3)))
    without = there()
    Activity.objects.all().delete()
    bring_in(ledger(line(应到=4, 实到=3, 缺席人员及原因="丁初晴（年老体弱）")))

    assert without["丁初晴"] == ("exempt", "frail")
    assert there()["丁初晴"] == ("on_leave", "frail")


def test_a_committee_meeting_expects_the_committee_of_that_day(people, first_branch):
    for name in ("安小河", "白一舟", "陈望南"):
        ends = dt.date(2025, 6, 1) if name == "陈望南" else None
        OfficeFactory(organization=first_branch, member=people[name], ended_on=ends)

    bring_in(
        ledger(
            line(会议类型="支委会", 应到=3, 实到=3),
            line(会议类型="支委会", 时间="9月5日", 应到=2, 实到=2),
        )
    )

    march, september = Activity.objects.order_by("held_on")
    assert (march.attendances.count(), september.attendances.count()) == (3, 2)
    assert not march.is_partly_named
    assert not september.is_partly_named


def test_a_group_meeting_expects_its_group(people, first_branch):
    group = PartyOrganizationFactory(
        name="第二党小组", kind=PartyOrganization.Kind.GROUP, superior=first_branch
    )
    for name in ("陈望南", "丁初晴"):
        people[name].memberships.update(group=group)

    bring_in(
        ledger(line(会议类型="党小组会（第二小组）", 应到=2, 实到=1, 缺席人员及原因="丁初晴(公出)"))
    )

    assert Meeting.objects.get().group == group
    assert there() == {"陈望南": PRESENT, "丁初晴": ("on_leave", "official_business")}


def test_names_of_those_who_came_are_enough(people):
    head = ["日期", "会议类型", "参加人员", "缺席人员", "缺席原因"]
    rows = [
        [TITLE],
        head,
        ["2025-03-05", "党课", "安小河、白一舟、丁初晴", "陈望南", "出差"],
        ["2025-03-06", "主题党日", "全体党员", "", ""],
    ]

    bring_in(workbook(("Sheet1", rows)))

    named, unnamed = Activity.objects.order_by("held_on")
    assert not named.is_partly_named
    assert named.attendances.filter(status="present").count() == 3
    assert named.attendances.get(status="on_leave").reason == "official_business"
    assert unnamed.is_partly_named
    assert unnamed.attendances.count() == 0


# --- what does not hold ----------------------------------------------------------------------


def test_wrong_rows_come_back_with_their_reason(people, first_branch):
    first_branch.founded_on = dt.date(2025, 2, 1)
    first_branch.save()
    TermFactory(organization=first_branch, elected_on=dt.date(2024, 1, 1), has_committee=False)
    lines = [
        line(),
        line(),
        line(时间="2025年2月30日"),
        line(时间="2027-01-05"),
        line(时间=None),
        line(会议类型="工会活动"),
        line(会议类型=None),
        line(时间="3月6日", 实到=5),
        line(时间="2024-11-05"),
        line(时间="3月7日", 会议类型="支委会", 应到=2, 实到=2),
        line(时间="3月8日", 会议类型="党小组会（第九党小组）", 应到=2, 实到=2),
        line(时间="3月9日", 主持人="外人", 记录人="生人"),
        line(时间="3月10日", 记录人="安小河"),
        line(时间="3月11日", 会议类型="主题党日+工会活动"),
        line(时间="3月12日至13日"),
    ]

    outcome = bring_in(ledger(*lines)).outcome

    found = {row: codes for (_, row), codes in by_row(outcome["rejected"]).items()}
    assert found == {
        4: {"DUP_MEETING"},
        5: {"DATE_INVALID"},
        6: {"DATE_FUTURE"},
        7: {"DATE_INVALID"},
        8: {"FORM_UNKNOWN"},
        9: {"FORM_MISSING"},
        10: {"ATT_GT_DUE"},
    }
    warned = {row: codes for (_, row), codes in by_row(outcome["warned"]).items()}
    assert warned == {
        11: {"DATE_OTHER_YEAR", "BRANCH_NOT_YET"},
        12: {"FORM_NOT_APPLICABLE"},
        13: {"GROUP_UNKNOWN"},
        14: {"HOST_UNKNOWN", "RECORDER_UNKNOWN"},
        15: {"CHAIR_IS_RECORDER"},
        16: {"FORM_PART_UNKNOWN"},
    }
    assert [mark["code"] for mark in outcome["noted"]] == ["DATE_RANGE"]
    assert {mark["row"]: mark["who"] for mark in outcome["rejected"]}[5] == (
        "第一党支部 2025年2月30日 主题党日"
    )


def test_namesakes_and_people_of_other_days_are_not_guessed(people, first_branch, second_branch):
    enrolled("安小河", first_branch)
    late = enrolled("迟来", second_branch)
    MembershipFactory(
        member=late, organization=first_branch, kind="second", started_on=dt.date(2025, 9, 1)
    )

    outcome = bring_in(
        ledger(line(实到=2, 主持人=None, 缺席人员及原因="安小河（病假）、迟来（公出）"))
    ).outcome

    assert told(outcome) == ["ABSENT_AMBIGUOUS", "ABSENT_NOT_THEN"]
    assert there() == {"白一舟": PRESENT}


def test_a_chair_who_is_on_no_roster_is_kept_by_name(people):
    bring_in(ledger(line(主持人="上级来的王书记", 主要内容="学习条例")))

    assert Activity.objects.get().chair is None
    assert Meeting.objects.get().minutes == "学习条例\n主持人：上级来的王书记"


def test_somebody_of_one_branch_brings_nothing_into_another(people, first_branch, second_branch):
    rows = [["第二党支部“三会一课”台账（2025年）"], HEAD, line()]
    with scoped_to(Scope((first_branch.path,))):
        outcome = bring_in(workbook(("Sheet1", rows))).outcome

    assert told(outcome) == ["BRANCH_UNKNOWN"]
    assert list(Activity.objects.all()) == []


def test_a_closed_month_takes_nothing_in(people, committee):
    bring_in(ledger(line(), line(时间="4月5日")))
    MonthClosingFactory(organization=committee, month=dt.date(2025, 3, 1))

    outcome = bring_in(
        ledger(line(地点="四楼"), line(时间="3月6日"), line(时间="4月5日"), line(时间="4月6日"))
    ).outcome

    assert {mark["row"]: mark["code"] for mark in outcome["rejected"]} == {
        3: "MONTH_CLOSED",
        4: "MONTH_CLOSED",
    }
    assert (outcome["created"], outcome["unchanged"]) == (1, 1)
    assert Activity.objects.get(held_on=dt.date(2025, 3, 5)).place == "三楼会议室"


def test_the_service_itself_writes_nothing_into_a_closed_month(people, first_branch, zhao):
    MonthClosingFactory(organization=first_branch, month=dt.date(2025, 3, 1))
    activity = Activity(organization=first_branch, held_on=dt.date(2025, 3, 5), topic="条例")

    with pytest.raises(MonthClosed):
        record_occasions(
            actor=zhao,
            journal=Journal(),
            occasions=[Occasion(activity, [Form("party_day")], {})],
        )

    assert list(Activity.objects.all()) == []


def test_papers_print_the_figures_of_the_ledger(people):
    bring_in(ledger(line(应到=9, 实到=7)))

    said = record_values(occasion_of(Activity.objects.get()))

    counts = ("应到人数", "实到人数", "应到有表决权", "实到有表决权", "缺席人员及原因")
    assert [said[name] for name in counts] == [9, 7, None, None, ""]


# --- again, and back -------------------------------------------------------------------------


def test_the_same_ledger_again_changes_nothing(people):
    lines = [
        line(),
        line(会议类型="党小组会（第九党小组）"),
        line(会议类型="党小组会（第八党小组）"),
    ]
    bring_in(ledger(*lines))
    stamps = list(Activity.objects.order_by("pk").values_list("pk", "version", "changed_at"))

    again = bring_in(ledger(*lines)).outcome

    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 3)
    assert stamps == list(
        Activity.objects.order_by("pk").values_list("pk", "version", "changed_at")
    )


def test_a_meeting_that_the_branch_recorded_itself_is_recognised(people, first_branch):
    own = ActivityFactory(organization=first_branch, held_on=dt.date(2025, 3, 5), topic="条例")
    for kind in ("party_day", "party_lecture"):
        MeetingFactory(activity=own, kind=kind)

    outcome = bring_in(ledger(line())).outcome

    assert told(outcome) == ["MEETING_KNOWN"]
    assert (outcome["created"], outcome["unchanged"]) == (0, 1)
    assert list(Activity.objects.all()) == [own]


def test_a_ledger_that_says_more_than_the_record_corrects_it(people, zhao):
    bring_in(ledger(line(实到=3, 缺席人员及原因="外人（病假）")))

    outcome = bring_in(
        ledger(line(地点="四楼", 实到=3, 缺席人员及原因="陈望南（病假）")), actor=zhao
    ).outcome

    activity = Activity.objects.get()
    assert (outcome["created"], outcome["changed"]) == (0, 1)
    assert activity.place == "四楼"
    assert not activity.is_partly_named
    assert there() == dict.fromkeys(NAMES, PRESENT) | {"陈望南": ("on_leave", "illness")}
    assert history_of(activity).first().summary == f"导入更正活动 {activity}"


def test_a_record_with_everybody_named_is_never_made_a_partial_one(people):
    bring_in(ledger(line()))

    outcome = bring_in(ledger(line(应到=6, 实到=6))).outcome

    assert (outcome["changed"], outcome["unchanged"]) == (0, 1)
    assert len(there()) == 4


def test_undoing_takes_everything_back_but_what_was_corrected_since(people, zhao):
    batch = bring_in(ledger(line(), line(时间="4月5日"), line(时间="5月5日")))
    first, second, _ = Activity.objects.order_by("held_on")
    correct_activity(
        actor=zhao,
        activity=first,
        version=1,
        topic="改过的主题",
        forms=[Form("party_day")],
        presences={people["安小河"]: Presence()},
    )
    delete_activity(actor=zhao, activity=second, version=1)

    report = batches.undo(actor=zhao, batch=batch)

    kept = {what for what, _ in report.kept if what.startswith("活动")}
    assert kept == {"活动 2025-03-05 学习条例", "活动 2025-04-05 学习条例"}
    assert list(Activity.objects.values_list("topic", flat=True)) == ["改过的主题"]
    assert list(Activity.trashed.values_list("pk", flat=True)) == [second.pk]


def test_undoing_leaves_a_closed_month_as_it_is_and_says_so(people, zhao, committee):
    batch = bring_in(ledger(line(缺席人员及原因="陈望南（病假）"), line(时间="4月5日")))
    MonthClosingFactory(organization=committee, month=dt.date(2025, 3, 1))
    march = Activity.objects.get(held_on=dt.date(2025, 3, 5))
    before = (march.meetings.count(), march.attendances.count())

    report = batches.undo(actor=zhao, batch=batch)

    assert list(Activity.objects.all()) == [march]
    assert (march.meetings.count(), march.attendances.count()) == before
    why = "2025年3月已归档，撤销导入不改动；要删改，请机关党委先重新开放"
    assert dict(report.kept)["活动 2025-03-05 学习条例"] == why
    assert {said for _, said in report.kept} == {why}


def test_undoing_a_correction_leaves_a_closed_month_as_it_is(people, zhao, committee):
    bring_in(ledger(line(实到=3, 缺席人员及原因="外人（病假）")))
    batch = bring_in(ledger(line(地点="四楼", 实到=3, 缺席人员及原因="陈望南（病假）")))
    MonthClosingFactory(organization=committee, month=dt.date(2025, 3, 1))
    corrected = (list(Activity.objects.values()), there())

    report = batches.undo(actor=zhao, batch=batch)

    assert (list(Activity.objects.values()), there()) == corrected
    assert (report.count, bool(report.kept)) == (0, True)


def test_undoing_leaves_what_counts_for_a_closed_month(people, zhao, committee, first_branch):
    batch = bring_in(ledger(line(时间="2月5日")))
    moved = Activity.objects.get()
    Activity.objects.update(counts_for=dt.date(2025, 1, 1), counts_for_reason="顺延")
    MonthClosingFactory(organization=committee, month=dt.date(2025, 1, 1))

    report = batches.undo(actor=zhao, batch=batch)

    assert list(Activity.objects.all()) == [moved]
    assert "2025年1月已归档" in dict(report.kept)["活动 2025-02-05 学习条例"]


def test_the_page_of_the_import_says_which_month_was_left_alone(
    client, people, zhao, committee, first_branch
):
    batch = bring_in(ledger(line()), actor=zhao)
    MonthClosingFactory(organization=committee, month=dt.date(2025, 3, 1))
    client.force_login(zhao)

    client.post(f"/imports/{batch.public_id}/undo/")

    page = client.get(f"/imports/{batch.public_id}/").text
    assert "2025年3月已归档，撤销导入不改动；要删改，请机关党委先重新开放" in page


def test_undoing_a_correction_restores_the_record(people, zhao):
    bring_in(ledger(line(实到=3, 缺席人员及原因="外人（病假）")))
    before = (list(Activity.objects.values()), there())
    batch = bring_in(ledger(line(地点="四楼", 实到=3, 缺席人员及原因="陈望南（病假）")))

    assert batches.undo(actor=zhao, batch=batch).kept == []
    assert (list(Activity.objects.values()), there()) == before


def test_correcting_by_hand_replaces_the_figures_of_the_ledger(people, zhao):
    bring_in(ledger(line(实到=None)))
    activity = Activity.objects.get()

    correct_activity(
        actor=zhao,
        activity=activity,
        version=1,
        forms=[Form("party_day")],
        presences={member: Presence() for member in people.values()},
    )

    activity.refresh_from_db()
    assert (activity.is_partly_named, activity.stated_expected) == (False, None)
    assert present_by_activity([activity.pk]) == {activity.pk: 4}


def test_reading_a_ledger_costs_the_same_for_few_and_for_many_rows(people):
    costs = []
    for count in (1, 3, 25):  # the first one warms up; as many rows as one batch takes
        days = [dt.date(2025, 1, 1) + dt.timedelta(days=number) for number in range(count)]
        data = ledger(*(line(时间=day) for day in days))
        with CaptureQueriesContext(connection) as queries:
            bring_in(data)
        costs.append(len(queries))
        Activity.objects.all().delete()

    assert costs[1] == costs[2]


# --- on the pages ----------------------------------------------------------------------------


def test_the_page_says_that_the_figures_are_those_of_the_ledger(client, people, li, first_branch):
    bring_in(ledger(line(应到=9, 实到=7)))
    activity = Activity.objects.get()
    client.force_login(li)

    page = client.get(activity.get_absolute_url()).content.decode()
    listed = client.get("/activities/?period=2025").content.decode()
    form = client.get(f"/activities/{activity.public_id}/correct/").content.decode()

    assert "人数是导入的台账写的" in page
    assert "可以表决" not in page
    assert "系统导入" in page
    assert "7/9" in listed
    assert "应到 9、实到 7" in form


# --- other layouts ---------------------------------------------------------------------------


def forms_stored():
    rows = Meeting.objects.select_related("activity").order_by("activity__held_on", "pk")
    return [(row.activity.held_on.isoformat(), row.kind) for row in rows]


def test_one_sheet_for_all_branches_with_the_branch_written_once(people, second_branch):
    enrolled("尤夏", second_branch)
    rows = [
        ["某局2025年组织生活情况汇总表"],
        ["支部名称", "活动日期", "开始时间", "活动形式", "会议名称", "召集人", "出席情况", ""],
        ["", "", "", "", "", "", "应到会人数", "实到会人数"],
        ["第一党支部", "3月5日", "14:30", "主题党日", "学条例", "安小河", "4人", "4人"],
        ["", "4月9日", "9:00", "党课、主题党日", "听党课", "白一舟", "4", "4"],
        ["小计", "", "", "2次"],
        ["第二党支部", "2025/3/7", "", "支部党员大会", "", "尤夏", 1, 1],
        ["合计", "", "", "3次"],
        ["填表人：某某", "", "", "审核人："],
    ]

    outcome = bring_in(workbook(("汇总", rows))).outcome

    assert outcome["rejected"] == []
    assert forms_stored() == [
        ("2025-03-05", "party_day"),
        ("2025-03-07", "general_meeting"),
        ("2025-04-09", "party_lecture"),
        ("2025-04-09", "party_day"),
    ]
    assert Activity.objects.get(topic="学条例").started_at == dt.time(14, 30)
    assert Activity.objects.filter(is_partly_named=True).count() == 0


def test_a_sheet_for_each_form_and_the_date_in_parts(people):
    head = ["序号", "月", "日", "主持人", "应到", "实到", "内容摘要"]
    sheets = [
        ("支部党员大会", [["第一党支部2025年会议记录"], head, [1, 3, 5, "安小河", 4, 4, "讨论"]]),
        ("党课", [["第一党支部2025年会议记录"], head, [1, "4月", "9日", "白一舟", 4, 4, "讲课"]]),
    ]

    outcome = bring_in(workbook(*sheets)).outcome

    assert outcome["rejected"] == []
    assert forms_stored() == [("2025-03-05", "general_meeting"), ("2025-04-09", "party_lecture")]


def test_the_name_of_a_meeting_may_say_its_form(people):
    head = ["会议时间", "会议名称", "主持", "记录", "党员总数", "到会人数", "会议议程及内容"]
    rows = [[TITLE], head, ["2025.3.5", "3月主题党日", "安小河", "白一舟", 9, 4, "学习条例"]]

    outcome = bring_in(workbook(("Sheet1", rows))).outcome

    assert outcome["rejected"] == []
    assert forms_stored() == [("2025-03-05", "party_day")]
    assert there() == dict.fromkeys(NAMES, PRESENT)


def test_a_text_file_in_the_old_encoding_comes_in_too(people, tmp_path):
    text = (
        "第一党支部三会一课登记表,,,,,\n年度：2025年,,,,,\n"
        "召开时间,会议类别,主持人,应到/实到,请假人员及事由,会议主要内容\n"
        "2025年3月5日,党员大会,安小河,4/3,陈望南（事假）,选举\n"
    )
    path = tmp_path / "台账.csv"
    path.write_bytes(text.encode("gb18030"))

    call_command("import_table", "meeting_ledger", str(path), stdout=StringIO())

    assert ImportBatch.objects.latest("pk").outcome["rejected"] == []
    assert forms_stored() == [("2025-03-05", "general_meeting")]
    assert there() == dict.fromkeys(NAMES, PRESENT) | {"陈望南": ("on_leave", "personal")}
