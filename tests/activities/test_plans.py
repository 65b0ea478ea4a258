"""The planned year: from a committee's plan to a branch's own, to the record that carries it out."""

import datetime as dt

import pytest

from activities.alerts.plans import UnplannedMonths, UnrecordedPlans
from activities.ledgers.plans import PlannedLedger
from activities.models import Activity, PlanItem, PlannedActivity, YearPlan
from activities.queries.boards import plan_rows, year_board
from activities.queries.plans import proposals_for
from branches.models import PartyOrganization
from partybuild import paths
from partybuild.alerts import alerts_for
from partybuild.belongings import belongings
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.plans import PlanItemFactory, YearPlanFactory, many_plans, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def everything_of(model, **conditions):
    with everything(reason="the test looks at all rows"):
        return list(model.objects.filter(**conditions).order_by("pk"))


def actions():
    return [entry.action for entry in everything_of(AuditEntry, action__startswith="activities.")]


@pytest.fixture
def sent(committee, first_branch):
    """The committee's plan of 2026 as it was sent down: party days of November and December."""
    year_plan = YearPlanFactory(organization=committee, sent_at=NOW)
    PlanItemFactory(plan=year_plan, month=11, theme="学习贯彻全会精神")
    PlanItemFactory(plan=year_plan, month=12, theme="年度总结", required_materials="全会公报")
    PlanItemFactory(plan=year_plan, month=12, kind="party_lecture", theme="书记讲党课")
    return year_plan


def held(branch, day, kind="party_day", **details):
    activity = ActivityFactory(organization=branch, held_on=dt.date.fromisoformat(day), **details)
    MeetingFactory(activity=activity, kind=kind)
    return activity


def themes(**written):
    """Return what the page of a year plan posts, all months that are not written left empty."""
    posted = {
        f"{name}_{month}": ""
        for name in ("theme", "required", "optional")
        for month in range(1, 13)
    }
    return posted | written


# A committee writes and sends.


def test_a_committee_writes_a_year_on_one_page_and_sends_it_down(client, zhao, committee):
    client.force_login(zhao)
    client.post(
        "/year-plans/",
        {"organization": committee.public_id, "year": "2026", "submission_key": "k1"},
    )
    [year_plan] = everything_of(YearPlan)

    client.post(
        f"/year-plans/{year_plan.public_id}/party_day/",
        themes(theme_1="学习党章", required_1="党章总纲", theme_12="年度总结")
        | {"version": "1", "submission_key": "k2"},
    )
    client.post(f"/year-plans/{year_plan.public_id}/send/")

    assert [(i.month, i.kind, i.theme, i.required_materials) for i in everything_of(PlanItem)] == [
        (1, "party_day", "学习党章", "党章总纲"),
        (12, "party_day", "年度总结", ""),
    ]
    [year_plan] = everything_of(YearPlan)
    assert (year_plan.sent_by, year_plan.version) == (zhao, 2)
    assert actions() == [
        "activities.yearplan.opened",
        "activities.yearplan.written",
        "activities.yearplan.sent",
    ]


def test_two_who_write_at_once_both_keep_their_months(client, zhao, committee):
    year_plan = YearPlanFactory(organization=committee)
    client.force_login(zhao)
    address = f"/year-plans/{year_plan.public_id}/party_day/"
    base = client.get(address).context["base"]
    common = {"version": "1", "base": base}
    client.post(address, themes(theme_3="学雷锋") | common | {"submission_key": "k1"})

    client.post(address, themes(theme_7="重温入党誓词") | common | {"submission_key": "k2"})

    assert [(i.month, i.theme) for i in everything_of(PlanItem)] == [
        (3, "学雷锋"),
        (7, "重温入党誓词"),
    ]


def test_a_theme_that_is_wiped_out_is_gone_and_the_branch_keeps_what_it_arranged(
    client, zhao, sent, first_branch
):
    november = everything_of(PlanItem)[0]
    planned = plan(first_branch, "2026-11-27", item=november)
    client.force_login(zhao)
    address = f"/year-plans/{sent.public_id}/party_day/"
    base = client.get(address).context["base"]

    client.post(
        address,
        themes(theme_12="年度总结", required_12="全会公报")
        | {"version": "1", "base": base, "submission_key": "k"},
    )

    assert [i.month for i in everything_of(PlanItem)] == [12, 12]
    [kept] = everything_of(PlannedActivity)
    assert (kept.pk, kept.item, kept.theme) == (planned.pk, None, "学习贯彻全会精神")


def test_materials_without_a_theme_are_asked_about(client, zhao, committee):
    year_plan = YearPlanFactory(organization=committee)
    client.force_login(zhao)

    page = client.post(
        f"/year-plans/{year_plan.public_id}/party_day/",
        themes(required_4="材料") | {"version": "1", "submission_key": "k"},
    )

    assert page.context["form"].errors == {"theme_4": ["写了材料，还要写主题。"]}


def test_an_empty_plan_is_not_sent_and_one_year_has_one_plan(client, zhao, committee):
    year_plan = YearPlanFactory(organization=committee)
    client.force_login(zhao)

    page = client.post(f"/year-plans/{year_plan.public_id}/send/", follow=True)
    again = client.post(
        "/year-plans/",
        {"organization": committee.public_id, "year": "2026", "submission_key": "k"},
    )

    assert [str(m) for m in page.context["messages"]] == ["计划还是空的，请先写上各月的主题。"]
    assert list(again.context["form"].errors) == ["year"]
    assert [one.sent_at for one in everything_of(YearPlan)] == [None]


def test_a_secretary_writes_no_year_plan(client, li, sent):
    client.force_login(li)

    answers = [
        client.get("/year-plans/").status_code,
        client.post(f"/year-plans/{sent.public_id}/party_day/", themes()).status_code,
    ]

    assert answers == [403, 403]
    assert len(everything_of(PlanItem)) == 3


# A branch arranges.


def test_a_plan_that_is_not_sent_is_seen_by_nobody_below(client, li, committee, first_branch):
    PlanItemFactory(plan=YearPlanFactory(organization=committee), theme="还在写的主题")
    client.force_login(li)

    page = client.get("/plans/")

    assert "还在写的主题" not in page.content.decode()


def test_a_plan_of_another_agency_is_no_suggestion(client, li, foreign_committee, first_branch):
    foreign = YearPlanFactory(organization=foreign_committee, sent_at=NOW)
    PlanItemFactory(plan=foreign, theme="外单位的主题")
    client.force_login(li)

    assert "外单位的主题" not in client.get("/plans/").content.decode()


def test_the_rest_of_the_year_is_proposed_by_plan_rule_and_last_time(
    everywhere, sent, first_branch
):
    held(first_branch, "2026-10-28", started_at=dt.time(14, 30), place="三楼会议室")
    held(first_branch, "2026-09-16", "party_lecture", started_at=dt.time(9, 0), place="党员活动室")

    proposals = proposals_for(first_branch, 2026, today=TODAY)

    # 28 November is a Saturday; the lecture falls where it fell last time.
    assert [(str(p.planned_on), p.starts_at, p.place, p.theme, p.sender) for p in proposals] == [
        ("2026-11-27", dt.time(14, 30), "三楼会议室", "学习贯彻全会精神", "机关党委"),
        ("2026-12-16", dt.time(9, 0), "党员活动室", "书记讲党课", "机关党委"),
        ("2026-12-28", dt.time(14, 30), "三楼会议室", "年度总结", "机关党委"),
    ]
    assert proposals[0].note == "28日休息，按规定提前到27日"


def test_without_a_plan_from_above_the_party_days_are_proposed(everywhere, first_branch):
    proposals = proposals_for(first_branch, 2026, today=TODAY)

    assert [(str(p.planned_on), p.theme, p.item) for p in proposals] == [
        ("2026-11-27", "11月主题党日", None),
        ("2026-12-28", "12月主题党日", None),
    ]


def test_the_nearer_of_two_superiors_is_followed(everywhere, committee, sent):
    general = PartyOrganizationFactory(name="党总支", superior=committee, kind="general_branch")
    branch = PartyOrganizationFactory(name="支部", superior=general)
    PlanItemFactory(
        plan=YearPlanFactory(organization=general, sent_at=NOW), month=12, theme="总支的主题"
    )

    proposals = proposals_for(branch, 2026, today=TODAY)

    assert [p.theme for p in proposals] == ["学习贯彻全会精神", "总支的主题", "书记讲党课"]


def test_what_was_held_planned_or_cancelled_in_its_month_is_not_proposed_again(
    everywhere, sent, first_branch
):
    held(first_branch, "2026-11-16")
    plan(first_branch, "2026-12-25", "party_day", cancelled_at=NOW)

    assert [p.kind for p in proposals_for(first_branch, 2026, today=TODAY)] == ["party_lecture"]


def test_one_act_arranges_the_year_and_its_second_copy_nothing(client, li, sent, first_branch):
    client.force_login(li)
    address = f"/plans/{first_branch.public_id}/arrange/"
    post = {"year": "2026", "submission_key": "one-form"}

    for _ in range(2):
        client.post(address, post)
    page = client.post(address, post | {"submission_key": "another"}, follow=True)

    planned = everything_of(PlannedActivity)
    assert [(str(p.planned_on), p.theme, p.item.plan) for p in planned] == [
        ("2026-11-27", "学习贯彻全会精神", sent),
        ("2026-12-28", "年度总结", sent),
        ("2026-12-28", "书记讲党课", sent),
    ]
    assert "2026 年都已安排，没有可以再安排的。" in [str(m) for m in page.context["messages"]]
    assert actions() == ["activities.planned.year_arranged"]


def form_of(branch, **changed):
    return {
        "organization": branch.public_id,
        "submission_key": "key-of-a-plan",
        "kind_party_day": "on",
        "theme": "走进社区",
        "planned_on": "2026-12-18",
        "starts_at": "14:30",
        "place": "东街社区",
        "agenda": "一、志愿服务。",
    } | changed


def test_a_branch_adds_an_activity_of_its_own(client, li, first_branch):
    client.force_login(li)

    client.post("/plans/new/", form_of(first_branch, kind_party_lecture="on"))

    [planned] = everything_of(PlannedActivity)
    with everything(reason="the test looks at the forms"):
        assert [form.kind for form in planned.forms.all()] == ["party_lecture", "party_day"]
    assert (str(planned.planned_on), planned.starts_at, planned.place, planned.item) == (
        "2026-12-18",
        dt.time(14, 30),
        "东街社区",
        None,
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"planned_on": "2026-11-20"}, "planned_on"),
        ({"planned_on": "2026-02-30"}, "planned_on"),
        ({"theme": ""}, "theme"),
        ({"kind_party_day": ""}, "kind_general_meeting"),
        ({"starts_at": "下午"}, "starts_at"),
    ],
)
def test_a_mistake_in_a_plan_is_explained_at_its_field(client, li, first_branch, wrong, field):
    client.force_login(li)

    page = client.post("/plans/new/", form_of(first_branch, **wrong))

    assert list(page.context["form"].errors) == [field]
    assert everything_of(PlannedActivity) == []


def test_a_plan_is_moved_and_its_history_says_from_where(client, li, first_branch):
    planned = plan(first_branch, "2026-11-27")
    client.force_login(li)
    address = f"/plans/{planned.public_id}/change/"
    base = client.get(address).context["base"]

    client.post(address, form_of(first_branch, theme=planned.theme, base=base, version="1"))

    [planned] = everything_of(PlannedActivity)
    assert (str(planned.planned_on), planned.version) == ("2026-12-18", 2)
    [entry] = everything_of(AuditEntry, action="activities.planned.changed")
    assert entry.before["计划日期"] == "2026-11-27"
    assert entry.after["计划日期"] == "2026-12-18"


def test_one_moves_while_another_renames_and_both_are_kept(client, li, first_branch):
    planned = plan(first_branch, "2026-11-27")
    client.force_login(li)
    address = f"/plans/{planned.public_id}/change/"
    base = client.get(address).context["base"]
    asked = {"theme": planned.theme, "planned_on": "2026-11-27", "kind_party_day": "on"}
    asked |= {"base": base, "version": "1", "starts_at": "", "place": "", "agenda": ""}
    client.post(address, asked | {"planned_on": "2026-11-30", "submission_key": "first"})

    client.post(
        address,
        asked | {"theme": "改了的主题", "kind_party_lecture": "on", "submission_key": "second"},
    )

    [planned] = everything_of(PlannedActivity)
    assert (str(planned.planned_on), planned.theme) == ("2026-11-30", "改了的主题")
    with everything(reason="the test looks at the forms"):
        assert planned.forms.count() == 2


def test_a_plan_is_cancelled_with_a_reason_and_then_stays_as_it_is(client, li, first_branch):
    planned = plan(first_branch, "2026-11-27")
    client.force_login(li)
    address = f"/plans/{planned.public_id}/cancel/"

    without = client.post(address, {"reason": "", "version": "1", "submission_key": "k1"})
    client.post(address, {"reason": "集中培训", "version": "1", "submission_key": "k2"})
    again = client.post(
        f"/plans/{planned.public_id}/change/",
        form_of(first_branch, version="2", submission_key="k3"),
    )

    assert without.context["form"].errors == {"reason": ["请写明原因。"]}
    [planned] = everything_of(PlannedActivity)
    assert (planned.cancel_reason, planned.version) == ("集中培训", 2)
    assert "这一项已经取消，不能再改。" in again.content.decode()


def test_what_was_recorded_is_not_cancelled_any_more(client, li, first_branch):
    planned = plan(first_branch, "2026-11-20")
    held(first_branch, "2026-11-20", planned=planned)
    client.force_login(li)

    page = client.post(
        f"/plans/{planned.public_id}/cancel/",
        {"reason": "写错了", "version": "1", "submission_key": "k"},
    )

    assert "这一项已经有活动记录，不能取消。" in page.content.decode()
    assert [one.cancelled_at for one in everything_of(PlannedActivity)] == [None]


def test_nobody_plans_for_another_branch(client, li, first_branch, second_branch):
    theirs = plan(second_branch, "2026-11-27")
    client.force_login(li)

    answers = [
        client.post("/plans/new/", form_of(second_branch)).status_code,
        client.post(f"/plans/{second_branch.public_id}/arrange/", {"year": "2026"}).status_code,
        client.get(f"/plans/{theirs.public_id}/").status_code,
        client.post(f"/plans/{theirs.public_id}/cancel/", {"reason": "x"}).status_code,
    ]

    assert answers == [404, 404, 404, 404]
    assert [one.cancelled_at for one in everything_of(PlannedActivity)] == [None]


# The record starts from the plan.


def test_home_shows_the_plan_and_leads_to_its_record(client, li, roll, first_branch):
    planned = plan(first_branch, "2026-11-27", starts_at=dt.time(14, 30), place="三楼会议室")
    client.force_login(li)

    board = client.get("/board/").context["board"]

    [task] = [task for task in board.tasks if "主题党日" in task.title]
    assert (task.title, task.note) == (
        "11月主题党日",
        "计划 11月27日 14:30 · 三楼会议室 · 学习贯彻全会精神",
    )
    assert task.url == (
        f"/activities/new/?organization={first_branch.public_id}&planned={planned.public_id}"
    )
    assert task.late_word == ""


def test_the_record_form_is_filled_from_the_plan_and_saving_links_it(
    client, li, roll, post, first_branch
):
    planned = plan(
        first_branch,
        "2026-11-20",
        "party_day",
        "party_lecture",
        starts_at=dt.time(14, 30),
        place="三楼会议室",
        agenda="一、学习。二、讨论。",
    )
    client.force_login(li)

    form = client.get(f"/activities/new/?planned={planned.public_id}").context["form"]
    client.post("/activities/new/", post | {"planned": planned.public_id})

    shown = {name: form.initial[name] for name in ("kinds", "topic", "held_on", "started_at")}
    assert shown == {
        "kinds": ["party_day", "party_lecture"],
        "topic": "学习贯彻全会精神",
        "held_on": "2026-11-20",
        "started_at": "14:30",
    }
    assert (form.initial["place"], form.initial["minutes"]) == (
        "三楼会议室",
        "一、学习。二、讨论。",
    )
    [activity] = everything_of(Activity)
    assert activity.planned == planned
    lines = client.get("/plans/").context["lines"]
    assert [(line.state, line.records) for line in lines] == [("held", [activity])]


def test_recording_without_asking_for_a_plan_offers_this_months(client, li, roll, first_branch):
    planned = plan(first_branch, "2026-11-27", place="党员活动室")
    client.force_login(li)

    form = client.get("/activities/new/?kind=party_day").context["form"]

    assert form.initial["planned"] == planned.public_id
    # The day has not come: the record is of today.
    assert (form.initial["held_on"], form.initial["place"]) == ("2026-11-21", "党员活动室")


def test_a_correction_keeps_the_plan_and_the_trash_gives_it_free(
    client, li, roll, post, first_branch
):
    planned = plan(first_branch, "2026-11-20")
    client.force_login(li)
    client.post("/activities/new/", post | {"planned": planned.public_id})
    [activity] = everything_of(Activity)
    page = client.get(f"/activities/{activity.public_id}/correct/").context["form"]

    client.post(
        f"/activities/{activity.public_id}/correct/",
        post
        | {
            "topic": "改",
            "version": "1",
            "submission_key": "k2",
            "planned": page.initial["planned"],
        },
    )
    [corrected] = everything_of(Activity)
    client.post(f"/activities/{activity.public_id}/delete/", {"version": "2"})

    assert (corrected.topic, corrected.planned) == ("改", planned)
    assert [line.state for line in client.get("/plans/").context["lines"]] == ["waiting"]


def test_a_plan_is_recorded_once(client, li, roll, post, first_branch):
    planned = plan(first_branch, "2026-11-20")
    held(first_branch, "2026-11-20", planned=planned)
    client.force_login(li)

    page = client.post("/activities/new/", post | {"planned": planned.public_id})

    assert page.context["form"].errors == {"planned": ["这项计划已经记录或者取消了，请另选。"]}


def test_the_plan_of_another_branch_cannot_be_recorded(client, li, roll, post, second_branch):
    theirs = plan(second_branch, "2026-11-20")
    client.force_login(li)

    asked = client.get(f"/activities/new/?planned={theirs.public_id}")
    page = client.post("/activities/new/", post | {"planned": theirs.public_id})

    assert asked.status_code == 404
    assert list(page.context["form"].errors) == ["planned"]


# What the quarter lacks, and all branches at once.


def test_the_quarter_lists_what_is_lacking_and_what_is_planned_for_it(everywhere, first_branch):
    held(first_branch, "2026-10-28")
    held(first_branch, "2026-11-05", "general_meeting")
    plan(first_branch, "2026-12-25", starts_at=dt.time(14, 30), place="三楼会议室")

    board = year_board(first_branch, today=TODAY)

    lacks = {lack.label: (lack.needed, lack.held, lack.plans) for lack in board.lacks}
    assert lacks["主题党日"] == (3, 1, ("12月25日 14:30 · 三楼会议室",))
    assert lacks["党课"] == (1, 0, ())
    assert "支部党员大会" not in lacks


def test_an_overdue_plan_stays_on_the_home_page_until_something_becomes_of_it(
    everywhere, first_branch
):
    plan(first_branch, "2026-10-28")
    held(first_branch, "2026-10-28")

    board = year_board(first_branch, today=TODAY)

    [late] = [task for task in board.tasks if task.is_late]
    assert (late.title, late.late_word) == ("10月主题党日", "待记录")


def test_the_matrix_shows_held_planned_and_missing_month_by_month(
    everywhere, first_branch, second_branch
):
    held(first_branch, "2026-10-28")
    plan(first_branch, "2026-09-28")
    plan(first_branch, "2026-11-27")
    plan(first_branch, "2026-12-28", cancelled_at=NOW)

    rows = plan_rows([first_branch, second_branch], Period.year(2026), "party_day", today=TODAY)

    first, second = (cells for _, cells in rows)
    shown = [(cell.state, cell.text) for cell in first[7:]]
    assert shown == [("miss", "缺"), ("miss", "28日"), ("ok", ""), ("due", "27日"), ("not", "·")]
    assert second[10].text == "待"


@pytest.mark.parametrize("count", [3, 300])
def test_the_matrix_asks_the_same_for_any_number_of_branches(
    client, zhao, committee, count, django_assert_num_queries
):
    with everything(reason="the test arranges its rows"):
        branches = PartyOrganization.objects.bulk_create(
            PartyOrganization(
                name=f"第{number}支部",
                code=f"B-{number}",
                kind="branch",
                superior=committee,
                path=paths.child_path(committee.path, number),
                founded_on=dt.date(2016, 3, 1),
            )
            for number in range(1, count + 1)
        )
        many_plans(count, committee, branches, zhao)
    client.force_login(zhao)
    client.get("/plans/matrix/")

    with django_assert_num_queries(12):
        page = client.get("/plans/matrix/?kind=party_day&year=2026")

    assert page.context["count"] == count
    assert page.context["rows"][0][1][10].text == "3日"


# Alerts and ledger.


def texts(user, code):
    return [
        (notice.place, notice.text)
        for alert, notices in alerts_for(user, TODAY)
        if alert.code == code
        for notice in notices
    ]


def test_a_plan_whose_day_has_passed_is_reminded_of_until_it_is_settled(
    li, zhao, first_branch, second_branch
):
    plan(first_branch, "2026-11-20")
    plan(first_branch, "2026-11-21", theme="今天的")
    plan(first_branch, "2026-11-19", theme="取消的", cancelled_at=NOW)
    recorded = plan(first_branch, "2026-11-18", theme="记录了的")
    held(first_branch, "2026-11-18", planned=recorded)
    plan(second_branch, "2026-11-17", theme="第二支部的")

    own = texts(li, UnrecordedPlans.code)
    all_below = texts(zhao, UnrecordedPlans.code)

    assert own == [("第一党支部", "主题党日 · 11月20日 · 学习贯彻全会精神")]
    assert [place for place, _ in all_below] == ["第二党支部", "第一党支部"]


def test_only_who_plans_the_year_is_told_of_an_empty_month(zhao, first_branch, second_branch):
    plan(first_branch, "2026-12-28")

    assert texts(zhao, UnplannedMonths.code) == [("第一党支部", "11月还没有安排活动")]


def test_a_plan_from_above_makes_everybody_below_one_who_plans(
    zhao, sent, first_branch, second_branch
):
    held(second_branch, "2026-11-05")

    assert texts(zhao, UnplannedMonths.code) == [("第一党支部", "11月还没有安排活动")]


def test_the_ledger_lays_the_plan_beside_the_record(everywhere, first_branch, sent):
    recorded = plan(
        first_branch,
        "2026-10-28",
        item=everything_of(PlanItem)[0],
        starts_at=dt.time(14, 30),
        theme="自己的主题",
    )
    held(first_branch, "2026-10-29", planned=recorded)
    plan(first_branch, "2026-11-10", "party_day", "party_lecture")
    plan(first_branch, "2026-12-01", cancelled_at=NOW, cancel_reason="集中培训")

    rows = list(PlannedLedger().table(Period.year(2026)))

    assert [(row[2], row[3], row[4], row[6], row[7], row[8], row[9]) for row in rows] == [
        ("14:30", "主题党日", "自己的主题", "学习贯彻全会精神", "已记录", "2026-10-29", ""),
        ("", "主题党日、党课", "学习贯彻全会精神", None, "待记录", None, ""),
        ("", "主题党日", "学习贯彻全会精神", None, "已取消", None, "集中培训"),
    ]


# What hangs on a branch.


def test_what_lies_ahead_goes_with_a_merger_and_comes_back_when_it_is_taken_back(
    everywhere, first_branch, second_branch
):
    ahead = plan(first_branch, "2026-12-25")
    past = plan(first_branch, "2026-11-10")
    plans = belongings["activities.planned"]
    merger = {"actor": None, "source": first_branch, "target": second_branch}
    merger |= {"on": dt.date(2026, 12, 1), "event": "merger0000000000"}

    counted = plans.counts(first_branch)
    moved = plans.merge(**merger)
    stood = dict(PlannedActivity.objects.values_list("pk", "organization__name"))
    plans.unmerge(**merger)

    assert (counted, moved) == ([("计划的活动", 1)], [("计划的活动", 1)])
    assert stood == {ahead.pk: "第二党支部", past.pk: "第一党支部"}
    assert [p.organization for p in everything_of(PlannedActivity)] == [first_branch] * 2


def test_nobody_is_reminded_of_a_branch_that_is_no_more(zhao, first_branch):
    plan(first_branch, "2026-11-10")
    first_branch.dissolved_on = dt.date(2026, 11, 15)
    with everything(reason="the test ends a branch"):
        first_branch.save()

    assert texts(zhao, UnrecordedPlans.code) == []
