"""A register of service platforms, who covers them, and an alliance with a street nearby."""

import datetime as dt
from typing import TYPE_CHECKING

from branches.models import PartyOrganization, ServicePlatform
from branches.services.alliances import found_alliance, join_alliance, keep_pledge, pledge
from branches.services.platforms import change_coverage, register_platform

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

AREAS = ("城关区", "东山县", "西河县", "云溪新区")
Kind, Level = ServicePlatform.Kind, ServicePlatform.Level
# What each area has: name, kind, level, how covered ('' for 空白), whether 标准化.
SITES = (
    ("公共法律服务中心", Kind.PLATFORM, Level.COUNTY, "own", True),
    ("公证服务窗口", Kind.WINDOW, Level.COUNTY, "joint", True),
    ("法律援助窗口", Kind.WINDOW, Level.COUNTY, "own", False),
    ("东街公共法律服务站", Kind.PLATFORM, Level.TOWN, "joint", False),
    ("柳河镇公共法律服务站", Kind.PLATFORM, Level.TOWN, "instructor", False),
    ("人民调解协会", Kind.SOCIAL_GROUP, Level.COUNTY, "instructor", False),
    ("明理律师事务所", Kind.LAW_FIRM, Level.COUNTY, "joint", False),
    ("北山村法律服务点", Kind.OUTLET, Level.TOWN, "", False),
    ("南塘社区法律服务点", Kind.OUTLET, Level.TOWN, "", False),
)


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Register the platforms of four areas, cover most of them, found an alliance."""
    covered_from = dt.date(demo.today.year - 1, 3, 1)
    for at, area in enumerate(AREAS):
        for number, (name, kind, level, way, is_standard) in enumerate(SITES):
            platform = register_platform(
                actor=None,
                organization=committee,
                name=f"{area}{name}",
                kind=kind,
                level=level,
                area=area,
                code=f"PT-{at + 1}{number + 1:02d}",
                is_standard=is_standard,
                standard_since=covered_from if is_standard else None,
                staff_count=demo.random.randrange(2, 30),
                opened_on=dt.date(demo.today.year - 4, 5, 6),
            )
            if way:
                change_coverage(
                    actor=None,
                    platform=platform,
                    version=1,
                    way=way,
                    organization=None if way == "instructor" else branches[number % len(branches)],
                    instructor=next(demo.names) if way == "instructor" else "",
                    started_on=covered_from,
                )
    _alliance(demo, committee, branches)


def _alliance(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    founded = dt.date(demo.today.year - 1, 6, 20)
    alliance = found_alliance(
        actor=None,
        lead=committee,
        name="法润云溪党建共同体",
        founded_on=founded,
        pattern="1+2+N+X",
        purpose="机关支部、街道社区和法律服务单位结对，把公共法律服务送到家门口。",
    )
    for branch in branches[:2]:
        join_alliance(
            actor=None, alliance=alliance, role="member", organization=branch, started_on=founded
        )
    for unit in ("云溪市东街街道南塘社区", "云溪市明理律师事务所"):
        join_alliance(
            actor=None, alliance=alliance, role="paired", unit_name=unit, started_on=founded
        )
    done = pledge(
        actor=None,
        alliance=alliance,
        title="社区法律咨询日",
        responsible=branches[0].label,
        due_on=demo.today - dt.timedelta(days=60),
    )
    keep_pledge(
        actor=None,
        pledge=done,
        done_on=demo.today - dt.timedelta(days=75),
        outcome="每月一次，已接待群众咨询",
    )
    pledge(
        actor=None,
        alliance=alliance,
        title="联合开展主题党日",
        responsible=branches[1].label,
        due_on=demo.today + dt.timedelta(days=30),
    )
