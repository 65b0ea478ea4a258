"""Figures that survey reports compiled by hand, yielded by the portal from recorded facts.

Each figure is defined as a user would: a ledger, conditions on its columns, what is told. The records
are arranged beside others that do not belong to it. `docs/figures.md` says which figures of the
reports are reproduced and what the others wait for.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
import yaml
from django.conf import settings

from branches.models import ServicePlatform
from branches.models.platforms import Coverage
from members.models import PostHolder, VanguardPost
from partybuild.ledgers import ledgers
from partybuild.narrowing import asked_selection
from partybuild.periods import Period
from partybuild.statistics import SAME_PERSON, define_statistic, figure_in
from tests.cast import enrolled
from tests.factories.activities import MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.campaigns import (
    ApplicationFactory,
    AwardEventFactory,
    CampaignAwardFactory,
    CampaignFactory,
)
from tests.factories.honours import HonourFactory
from tests.factories.liaison import LiaisonFactory
from tests.factories.talks import TalkFactory, TalkPersonFactory

REPORTS = settings.BASE_DIR.parent / "shared" / "reports" / "figures.yaml"
Y2023, Y2026 = Period.year(2023), Period.year(2026)

pytestmark = pytest.mark.usefixtures("today", "everywhere")


@dataclass(frozen=True)
class Asked:
    """How a figure is defined: the ledger, conditions as (operator.column, value), what is told."""

    number: str
    value: int
    code: str
    conditions: tuple = ()
    measure: str = "count"
    column: str = ""
    period: Period = Y2026


FIGURES = [
    Asked("A1", 170, "branches.platforms", (("is.类别", "服务平台"), ("is.标准化/是否达标", "是"))),
    Asked("A2", 7, "members.honours", (("is.级别", "省级"), ("has.荣誉名称", "法律服务示范点"))),
    Asked("A3", 1945, "members.vanguard_posts", (("is.类别", "党员先锋岗"),)),
    Asked(
        *("A4", 7, "members.honours", (("is.级别", "国家级"),), "distinct", SAME_PERSON),
        period=Y2023,
    ),
    Asked(
        *("A5", 10, "members.honours", (("is.级别", "省级"),), "distinct", SAME_PERSON),
        period=Y2023,
    ),
    Asked("A6", 18, "members.honours", (("is.种类", "集体"), ("has.荣誉名称", "先进县"))),
    Asked("A10", 3000, "branches.platforms"),
    Asked("A11", 1000, "branches.platforms", (("not.党组织覆盖/方式", "空白"),)),
    Asked("B1", 73, "assessments.campaign_applications", (("has.创建活动", "满意机关"),)),
    Asked("B2", 12, "assessments.campaign_awards", (("has.创建活动", "满意机关"),)),
    Asked("C1", 4, "members.liaisons", (("is.类别", "党建联系点"),)),
    Asked("C2", 21, "activities.lecturers", (("has.题目", "司法大讲堂"),)),
    Asked("C3", 26, "activities.lecturers", (("has.题目", "微党课"),)),
    Asked("C6", 16, "activities.meetings", (("is.会议类别", "主题党日"),)),
    Asked("C7", 3, "members.vanguard_posts", (("is.类别", "党员示范岗"),)),
    Asked("C10", 36, "activities.talks_of_members", (("is.谈话类型", "廉政谈话"),)),
]


@pytest.fixture
def recorded(everywhere, today, committee, first_branch, second_branch):
    """The records behind the figures, and as many kinds of others."""
    people = [enrolled(f"安{number}", first_branch) for number in range(20)]
    record_platforms(committee, first_branch)
    record_honours(people)
    record_posts(people[0])
    record_campaign(committee, first_branch)
    record_meetings(first_branch, second_branch)
    record_talks(people)
    for number in range(4):
        LiaisonFactory(organization=first_branch, name=f"班子成员{number}")
    LiaisonFactory(organization=first_branch, kind="instructor")


def record_platforms(committee, branch):
    made = ServicePlatform.objects.bulk_create(
        ServicePlatform(
            organization=committee,
            code=f"P{number}",
            name=f"服务站{number}",
            kind="platform" if number < 2900 else "window",
            level="town",
            area="城关区",
            is_standard=number < 170 or number >= 2990,
            opened_on=dt.date(2020, 5, 6),
        )
        for number in range(3000)
    )
    Coverage.objects.bulk_create(
        Coverage(
            platform=platform,
            organization=branch,
            way=("own", "joint", "instructor")[number % 3],
            started_on=dt.date(2021, 7, 1),
        )
        for number, platform in enumerate(made[:1000])
    )


def record_honours(people):
    for title, level, kind, count in (
        ("全省公共法律服务示范点", "provincial", "group", 7),
        ("全省公共法律服务示范点提名", "municipal", "group", 2),
        ("全省人民调解工作先进县", "provincial", "group", 18),
    ):
        for number in range(count):
            HonourFactory(
                member=None,
                organization=people[0].branch,
                unit_name=f"第{number}所",
                kind=kind,
                title=title,
                level=level,
            )
    # Ten people of the province, seven of the country, two of these commended twice.
    for level, count in (("provincial", 10), ("national", 7)):
        for person in [*people[:count], *people[:2]]:
            HonourFactory(member=person, level=level, awarded_on=dt.date(2023, 6, 30))
    HonourFactory(member=people[19], level="national", awarded_on=dt.date(2024, 1, 5))


def record_posts(member):
    for kind, count in (("vanguard", 1945), ("model", 3), ("responsibility", 5)):
        posts = VanguardPost.objects.bulk_create(
            VanguardPost(
                organization=member.branch,
                title=f"岗{number}",
                kind=kind,
                awarded_on=dt.date(2026, 1, 15),
            )
            for number in range(count)
        )
        PostHolder.objects.bulk_create(
            PostHolder(post=post, member=member, started_on=dt.date(2026, 1, 15)) for post in posts
        )


def record_campaign(committee, branch):
    campaign = CampaignFactory(organization=committee)
    other = CampaignFactory(organization=committee, title="四强支部创建")
    for _ in range(73):
        ApplicationFactory(campaign=campaign, organization=unit_below(committee))
    ApplicationFactory(campaign=other, organization=branch)
    for _ in range(12):
        AwardEventFactory(
            award=CampaignAwardFactory(campaign=campaign, organization=unit_below(committee))
        )


def unit_below(committee):
    return PartyOrganizationFactory(superior=committee)


def record_meetings(branch, other):
    for topic, kind, count in (
        ("司法大讲堂第{}讲", "study_session", 21),
        ("书记微党课之{}", "party_lecture", 26),
        ("主题党日{}", "party_day", 16),
        ("支部党员大会{}", "general_meeting", 4),
    ):
        for number in range(count):
            MeetingFactory(
                activity__organization=other if number % 2 else branch,
                activity__held_on=dt.date(2026, 1 + number % 10, 5 + number // 10),
                activity__topic=topic.format(number + 1),
                kind=kind,
                lecturer="" if kind in {"party_day", "general_meeting"} else "李秀岩",
            )


def record_talks(people):
    for kind, count in (("integrity", 36), ("reminder", 4), ("heart_to_heart", 9)):
        for number in range(count):
            talk = TalkFactory(
                organization=people[0].branch, kind=kind, held_on=dt.date(2026, 5, 6)
            )
            TalkPersonFactory(talk=talk, member=people[number % 20], role="talked_to")


@pytest.mark.usefixtures("recorded")
def test_the_figures_come_from_the_records(zhao, committee):
    told = {}
    for asked in FIGURES:
        ledger = ledgers[asked.code]
        statistic = define_statistic(
            actor=zhao,
            ledger=ledger,
            name=asked.number,
            selection=asked_selection(ledger, asked.conditions),
            measure=asked.measure,
            column=asked.column,
        )
        told[asked.number] = figure_in(statistic, asked.period, committee.path).value

    assert told == {asked.number: asked.value for asked in FIGURES}


@pytest.mark.usefixtures("recorded")
def test_a_share_of_the_reports_comes_from_two_figures(zhao, committee):
    units, built = (
        define_statistic(
            actor=zhao,
            ledger=ledgers[f"assessments.campaign_{kind}"],
            name=kind,
            selection=asked_selection(
                ledgers[f"assessments.campaign_{kind}"], [("has.创建活动", "满意机关")]
            ),
        )
        for kind in ("applications", "awards")
    )
    built.whole = units

    assert figure_in(built, Y2026, committee.path).share == Decimal("16.4")


def test_the_values_are_those_of_the_reports():
    if not REPORTS.is_file():
        pytest.skip("报告里的数字不在：本项目旁边没有 shared/reports 文件夹。")
    reports = yaml.safe_load(REPORTS.read_text("utf-8"))
    printed = {one["n"]: one["value"] for part in reports.values() for one in part}

    assert {asked.number: asked.value for asked in FIGURES} == {
        asked.number: printed[asked.number] for asked in FIGURES
    }


def test_the_page_on_figures_names_each_figure_of_the_reports_once():
    page = (settings.BASE_DIR / "docs" / "figures.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-C]\d+) \|.*\| (有|还没有) \|", page, re.MULTILINE)

    assert {number for number, state in rows if state == "有"} == {one.number for one in FIGURES}
    assert len(rows) == len({number for number, _ in rows})
    if REPORTS.is_file():
        reports = yaml.safe_load(REPORTS.read_text("utf-8"))
        assert {number for number, _ in rows} == {
            one["n"] for part in reports.values() for one in part
        }
