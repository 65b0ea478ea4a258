"""Service platforms: the register, who covers them on a day, and figures that open their lists."""

import contextlib
import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Coverage, ServicePlatform
from branches.queries.platforms import (
    COVERAGE_WORDS,
    coverage_rates,
    platform_list,
    platforms_on,
)
from branches.services.platforms import (
    change_coverage,
    correct_platform,
    register_platform,
    take_back_coverage,
    told,
)
from partybuild.alerts import alerts
from partybuild.audit import history_of
from partybuild.ledgers import ledgers
from partybuild.merging import StaleVersion
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.platforms import CoverageFactory, ServicePlatformFactory
from tests.forms import as_shown

pytestmark = pytest.mark.usefixtures("today")
DAY = dt.date(2026, 11, 21)


def facts(**changes):
    return {
        "kind": "window",
        "level": "county",
        "area": "云溪县",
        "code": "",
        "is_standard": False,
        "standard_since": None,
        **changes,
    }


def form_of(organization, **changes):
    return {
        "organization": organization.public_id,
        "name": "公证窗口",
        "kind": "window",
        "level": "county",
        "area": "云溪县",
        "submission_key": "k1",
        **changes,
    }


def ways_of(platform, *days):
    return [platforms_on(day).get(pk=platform.pk).way for day in days]


def test_a_committee_registers_a_platform_in_the_browser(client, zhao, committee):
    client.force_login(zhao)

    answer = client.post(reverse("branches:new_platform"), form_of(committee))

    with everything(reason="the test looks"):
        platform = ServicePlatform.objects.get()
        steps = [entry.action for entry in history_of(platform)]
    assert answer.headers["Location"] == platform.get_absolute_url()
    assert (platform.name, platform.area, platform.version) == ("公证窗口", "云溪县", 1)
    assert steps == ["branches.platform.registered"]


def test_two_copies_of_one_form_make_one_platform(client, zhao, committee):
    client.force_login(zhao)

    answers = [client.post(reverse("branches:new_platform"), form_of(committee)) for _ in range(2)]

    with everything(reason="the test looks"):
        assert ServicePlatform.objects.count() == 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_the_same_name_in_the_same_area_is_refused_at_its_field(client, zhao, committee):
    ServicePlatformFactory(organization=committee, name="公证窗口", area="云溪县")
    client.force_login(zhao)

    answer = client.post(reverse("branches:new_platform"), form_of(committee))

    assert answer.status_code == 200
    assert answer.context["form"].errors["name"] == ["“云溪县”的“公证窗口”已经登记过。"]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"opened_on": dt.date(2027, 1, 1)}, "opened_on", "启用日期还没到，请核对。"),
        (
            {"standard_since": dt.date(2024, 1, 1)},
            "standard_since",
            "没有勾选标准化，不用填达标日期。",
        ),
        (
            {"opened_on": dt.date(2024, 1, 2), "closed_on": dt.date(2024, 1, 2)},
            "closed_on",
            "停用日期要在启用日期之后。",
        ),
    ],
)
def test_impossible_days_are_refused_and_nothing_is_saved(
    everywhere, zhao, committee, changes, field, reason
):
    with pytest.raises(Refused) as refusal:
        register_platform(actor=zhao, organization=committee, name="公证窗口", **facts(**changes))

    assert (str(refusal.value), refusal.value.field) == (reason, field)
    assert ServicePlatform.objects.count() == 0


def test_what_somebody_else_changed_meanwhile_is_kept(client, zhao, committee, everywhere):
    platform = ServicePlatformFactory(organization=committee, name="老名称", note="")
    client.force_login(zhao)
    address = reverse("branches:edit_platform", args=[platform.public_id])
    page = client.get(address)
    correct_platform(actor=zhao, platform=platform, version=1, note="别人写的备注")

    answer = client.post(address, as_shown(page, name="新名称"))

    platform.refresh_from_db()
    assert answer.status_code == 302
    assert (platform.name, platform.note, platform.version) == ("新名称", "别人写的备注", 3)


def test_a_clash_is_shown_at_its_field_and_overwrites_nothing(client, zhao, committee, everywhere):
    platform = ServicePlatformFactory(organization=committee, name="老名称")
    client.force_login(zhao)
    address = reverse("branches:edit_platform", args=[platform.public_id])
    page = client.get(address)
    correct_platform(actor=zhao, platform=platform, version=1, name="别人的名称")

    answer = client.post(address, as_shown(page, name="我的名称"))

    platform.refresh_from_db()
    assert answer.status_code == 409
    assert answer.context["form"].errors["name"] == ["别人刚刚改成了“别人的名称”，请核对后再保存。"]
    assert platform.name == "别人的名称"


def test_a_platform_has_one_coverage_on_any_day(everywhere, zhao, committee, first_branch):
    platform = ServicePlatformFactory(organization=committee)
    change_coverage(
        actor=zhao,
        platform=platform,
        version=1,
        way="instructor",
        instructor="陈指导",
        started_on=dt.date(2024, 3, 1),
    )
    change_coverage(
        actor=zhao,
        platform=platform,
        version=2,
        way="joint",
        organization=first_branch,
        started_on=dt.date(2025, 6, 1),
    )
    change_coverage(
        actor=zhao, platform=platform, version=3, way="", started_on=dt.date(2026, 2, 1)
    )

    days = [dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2025, 5, 31)]
    days += [dt.date(2025, 6, 1), dt.date(2026, 1, 31), dt.date(2026, 2, 1)]
    assert ways_of(platform, *days) == [
        "blank",
        "instructor",
        "instructor",
        "joint",
        "joint",
        "blank",
    ]


def test_the_last_change_of_coverage_can_be_taken_back(everywhere, zhao, committee):
    platform = ServicePlatformFactory(organization=committee)
    CoverageFactory(platform=platform, started_on=dt.date(2021, 7, 1))
    change_coverage(
        actor=zhao, platform=platform, version=1, way="", started_on=dt.date(2026, 2, 1)
    )

    take_back_coverage(actor=zhao, platform=platform, version=2)

    assert ways_of(platform, DAY) == ["own"]
    assert platform.coverages.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"way": "own", "started_on": dt.date(2026, 12, 1)}, "started_on"),
        ({"way": "own", "started_on": dt.date(2019, 1, 1)}, "started_on"),
        ({"way": "own", "started_on": dt.date(2022, 1, 1)}, "started_on"),
        ({"way": "own", "organization": None, "started_on": DAY}, "organization"),
        ({"way": "instructor", "started_on": DAY}, "instructor"),
        ({"way": "joint", "started_on": DAY}, "way"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_leaves_everything(
    everywhere, zhao, committee, changes, field
):
    platform = ServicePlatformFactory(organization=committee)
    CoverageFactory(platform=platform, way="joint", started_on=dt.date(2023, 1, 1))

    with pytest.raises(Refused) as refusal:
        change_coverage(
            actor=zhao, platform=platform, version=1, **{"organization": committee, **changes}
        )

    assert refusal.value.field == field
    assert [(one.way, one.ended_on) for one in platform.coverages.all()] == [("joint", None)]
    assert ServicePlatform.objects.get().version == 1


def test_a_change_over_somebody_elses_is_stale(everywhere, zhao, committee):
    platform = ServicePlatformFactory(organization=committee, version=4)

    with pytest.raises(StaleVersion):
        change_coverage(
            actor=zhao,
            platform=platform,
            version=3,
            way="own",
            organization=committee,
            started_on=DAY,
        )


def test_coverage_is_changed_in_the_browser(client, zhao, committee, first_branch):
    platform = ServicePlatformFactory(organization=committee)
    client.force_login(zhao)
    address = reverse("branches:coverage", args=[platform.public_id])
    page = client.get(address)

    answer = client.post(
        address,
        {
            "way": "own",
            "organization": first_branch.public_id,
            "started_on": "2026-11-01",
            "version": page.context["version"],
            "base": page.context["base"],
            "submission_key": "k1",
        },
    )

    with everything(reason="the test looks"):
        coverage = Coverage.objects.get()
        words = told(coverage)
    assert answer.headers["Location"] == platform.get_absolute_url()
    assert (words, coverage.started_on) == ("单建（第一党支部）", dt.date(2026, 11, 1))


def three_thousand(committee, count=3000):
    """Put many platforms in twelve areas on the register, covered in turn in every way."""
    with everything(reason="a test arranges its rows"):
        rows = ServicePlatform.objects.bulk_create(
            ServicePlatform(
                organization=committee,
                name=f"站点{number:05d}",
                area=f"第{number % 12:02d}区",
                level=ServicePlatform.Level.values[number % 3],
                kind=ServicePlatform.Kind.values[number % 11],
                is_standard=number % 17 == 0,
            )
            for number in range(count)
        )
        Coverage.objects.bulk_create(
            Coverage(
                platform=row,
                way=Coverage.Way.values[number % 4],
                organization=committee if number % 4 < 2 else None,
                instructor="" if number % 4 < 2 else "陈指导",
                started_on=dt.date(2024, 1, 1) if number % 2 else None,
            )
            for number, row in enumerate(rows)
            if number % 4 != 3
        )


def links_of(page):
    """Return the figures of a page with the lists they open."""
    found = re.findall(r'<a href="(/platforms/\?[^"]*)">(\d+)</a>', page)
    return [(unescape(address), int(figure)) for address, figure in found]


def test_each_figure_opens_the_list_whose_total_it_is(client, zhao, committee, first_branch):
    three_thousand(committee, 60)
    three_thousand(first_branch, 13)
    client.force_login(zhao)

    page = client.get(reverse("branches:platform_rates"), {"day": "2024-01-01"})
    links = links_of(page.text)

    assert len(links) > 150
    assert [(address, client.get(address).context["page"].count) for address, _ in links] == links


def test_the_figures_of_a_day_stay_what_they_were(everywhere, zhao, committee):
    three_thousand(committee, 60)
    day = dt.date(2025, 1, 1)
    before = coverage_rates(day)
    platform = ServicePlatform.objects.first()

    change_coverage(
        actor=zhao, platform=platform, version=1, way="", started_on=dt.date(2026, 6, 1)
    )
    correct_platform(
        actor=zhao,
        platform=ServicePlatform.objects.last(),
        version=1,
        closed_on=dt.date(2026, 6, 1),
    )

    assert coverage_rates(day) == before
    assert coverage_rates(DAY).whole.total == before.whole.total - 1


def test_rates_and_list_cost_the_same_for_three_and_three_thousand(
    client, zhao, committee, django_assert_num_queries
):
    client.force_login(zhao)
    three_thousand(committee, 3)
    addresses = [reverse("branches:platform_rates"), reverse("branches:platforms")]
    client.get(addresses[0])
    for address, queries in zip(addresses, (4, 7), strict=True):
        with django_assert_num_queries(queries):
            client.get(address)

    with everything(reason="a test arranges its rows"):
        ServicePlatform.objects.all().delete()
    three_thousand(committee)

    for address, queries in zip(addresses, (4, 7), strict=True):
        with django_assert_num_queries(queries):
            client.get(address)


def test_the_ways_of_coverage_add_up_to_all(everywhere, committee):
    three_thousand(committee, 60)
    counts = {word: platform_list(DAY, coverage=word).count() for word in ("", *COVERAGE_WORDS)}

    assert counts == {
        "": 60,
        "own": 15,
        "joint": 15,
        "instructor": 15,
        "blank": 15,
        "covered": 45,
        "without": 30,
    }


def test_the_table_of_social_organisations_tells_kinds_and_states(client, zhao, committee):
    own = ServicePlatformFactory(organization=committee, kind="law_firm")
    CoverageFactory(platform=own, way="own")
    sent = ServicePlatformFactory(organization=committee, kind="foundation")
    CoverageFactory(platform=sent, way="instructor", organization=None, instructor="陈指导")
    ServicePlatformFactory(organization=committee, kind="window")
    client.force_login(zhao)

    social = client.get(reverse("branches:platform_rates")).context["social"]

    assert [[str(getattr(cell, "text", cell)) for cell in line] for line in social] == [
        ["单位数", "2", "0", "1", "0", "1", "0", "0"],
        ["已单独建立党组织", "1", "0", "0", "0", "1", "0", "0"],
        ["联合党支部", "0", "0", "0", "0", "0", "0", "0"],
        ["未建立", "1", "0", "1", "0", "0", "0", "0"],
    ]


def test_blind_spots_are_told_by_area_and_open_their_list(client, zhao, committee):
    for area in ("城关区", "城关区", "东山区"):
        ServicePlatformFactory(organization=committee, area=area)
    client.force_login(zhao)

    with scoped_to(zhao.scope_for("branches.view_platform")):
        notices = list(alerts["branches.blind_spots"].notices(DAY))

    assert [notice.text for notice in notices] == [
        "城关区有 2 个还是空白",
        "东山区有 1 个还是空白",
    ]
    assert [client.get(notice.url).context["page"].count for notice in notices] == [2, 1]


def test_a_platform_whose_covering_organisation_is_gone_is_told(zhao, committee):
    gone = PartyOrganizationFactory(
        name="旧支部", superior=committee, dissolved_on=dt.date(2026, 5, 1)
    )
    platform = ServicePlatformFactory(organization=committee, name="北门窗口")
    CoverageFactory(platform=platform, organization=gone)

    with scoped_to(zhao.scope_for("branches.view_platform")):
        told_now = [n.text for n in alerts["branches.forsaken_platforms"].notices(DAY)]
        told_then = list(alerts["branches.forsaken_platforms"].notices(dt.date(2026, 4, 30)))

    assert told_now == ["北门窗口由旧支部覆盖，该党组织已撤销"]
    assert told_then == []


def test_the_ledger_names_organisations_as_they_were_called(zhao, committee, everywhere):
    platform = ServicePlatformFactory(organization=committee)
    CoverageFactory(platform=platform)
    committee.placements.update(name="当年的机关党委")

    (row,) = ledgers["branches.platforms"].table(Period.year(2026))

    assert (row[0], row[8], row[9]) == ("当年的机关党委", "单建", "当年的机关党委")


def test_a_branch_reads_its_own_platforms_and_changes_none(client, li, first_branch, second_branch):
    own = ServicePlatformFactory(organization=first_branch)
    other = ServicePlatformFactory(organization=second_branch)
    client.force_login(li)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(reverse("branches:edit_platform", args=[own.public_id])).status_code == 403
    assert client.get(reverse("branches:platforms")).context["page"].count == 1


def test_a_list_narrows_by_every_condition(client, zhao, committee, first_branch):
    platform = ServicePlatformFactory(
        organization=first_branch,
        name="东街法律服务站",
        area="东山区",
        level="county",
        kind="outlet",
        is_standard=True,
        standard_since=dt.date(2025, 1, 1),
    )
    ServicePlatformFactory(organization=committee)
    client.force_login(zhao)
    conditions = (
        {"q": "东街"},
        {"area": "东山区"},
        {"level": "county"},
        {"kind": "outlet"},
        {"standard": "yes"},
        {"organization": first_branch.public_id},
    )

    shown = [
        [row[0].text for row in client.get(reverse("branches:platforms"), c).context["rows"]]
        for c in conditions
    ]
    early = client.get(reverse("branches:platforms"), {"standard": "yes", "day": "2024-12-31"})

    assert shown == [[platform.name]] * 6
    assert early.context["page"].count == 0
    assert timezone.localdate() == DAY


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["own", "joint", "", "back"]), st.integers(0, 40))))
def test_whatever_is_changed_a_day_has_at_most_one_coverage(everywhere, zhao, committee, steps):
    platform = ServicePlatformFactory(organization=committee)
    start = dt.date(2026, 10, 1)
    for way, days in steps:
        with contextlib.suppress(Refused):
            if way == "back":
                take_back_coverage(actor=zhao, platform=platform, version=platform.version)
            else:
                change_coverage(
                    actor=zhao,
                    platform=platform,
                    version=platform.version,
                    way=way,
                    organization=committee,
                    started_on=start + dt.timedelta(days=days),
                )
        platform.refresh_from_db()

    rows = list(platform.coverages.values_list("started_on", "ended_on"))
    held = [
        sum(since <= day and (until is None or day < until) for since, until in rows)
        for day in (start + dt.timedelta(days=number) for number in range(50))
    ]
    assert max(held) <= 1
