"""Vanguard posts on every step of their way, honours, one decision; all of them made up."""

import datetime as dt
from typing import TYPE_CHECKING

from branches.models import PartyOrganization
from members.models import Member
from members.queries.posts import Half
from members.services.discipline import record_discipline
from members.services.honours import Award, record_honour
from members.services.posts import (
    Pledge,
    Verdict,
    apply_post,
    award_post,
    establish_post,
    hand_over,
    pledge_post,
    publicise_post,
    review_posts,
)
from partybuild.calendar import add_workdays

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

NOTICE_DAYS = 5


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Write a small believable set up to the demonstration's day."""
    _posts(demo.today, branches)
    _honours(demo.today, committee, branches)
    _discipline(demo.today, branches[-1])


def _people(branch: PartyOrganization, count: int) -> list[Member]:
    full = Member.objects.filter(branch=branch, category=Member.Category.FULL)
    return list(full.order_by("pinyin", "pk")[:count])


def _posts(today: dt.date, branches: list[PartyOrganization]) -> None:
    last_year = dt.date(today.year - 1, 3, 5)
    standing = [
        establish_post(
            actor=None,
            organization=branch,
            kind="vanguard",
            title="群众接待先锋岗",
            pledge="首问负责，一次说清，当日事当日毕。",
            awarded_on=last_year,
            holders=_people(branch, 2),
            window=f"{number}号窗口",
        )
        for number, branch in enumerate(branches[:3], 1)
    ]
    first = standing[0]
    pledge_post(
        actor=None,
        post=first,
        version=first.version,
        on=last_year + dt.timedelta(days=30),
        pledge=Pledge("来有迎声，问有答声，走有送声。", "接待来访，解答咨询，转办诉求。"),
    )
    hand_over(
        actor=None,
        post=first,
        version=first.version,
        on=last_year + dt.timedelta(days=200),
        holders=_people(first.organization, 3)[1:],
        note="轮岗",
    )
    half = Half.containing(today).before
    review_posts(
        actor=None,
        half=half,
        on=half.last,
        verdicts=[
            Verdict(standing[0], "qualified"),
            Verdict(standing[1], "rectify", "承诺牌没有及时更换"),
        ],
    )
    _applied(today, branches)


def _applied(today: dt.date, branches: list[PartyOrganization]) -> None:
    """Leave one application, one 公示 and one fresh award."""
    begun = today - dt.timedelta(days=40)
    for steps, branch in enumerate(branches[3:6]):
        kind = ("responsibility", "model", "vanguard")[steps]
        post = apply_post(
            actor=None,
            organization=branch,
            kind=kind,
            title=("环境整治责任区", "执法监督示范岗", "法治宣传先锋岗")[steps],
            area="三楼办公区和楼梯间" if kind == "responsibility" else "",
            applied_on=begun,
            holders=_people(branch, 1),
            pledge=Pledge("急难险重冲在前，公正廉洁作表率。"),
        )
        if steps:
            publicise_post(actor=None, post=post, version=post.version, on=begun)
        if steps > 1:
            award_post(
                actor=None,
                post=post,
                version=post.version,
                on=add_workdays(begun, NOTICE_DAYS + 1),
                document=f"云司党〔{begun.year}〕12号",
            )


def _honours(
    today: dt.date, committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    day = dt.date(today.year if today.month > 7 else today.year - 1, 7, 1)  # noqa: PLR2004 -- July
    for branch, title, level, by, whole in (
        (branches[0], "优秀共产党员", "municipal", "云溪市委", False),
        (branches[1], "优秀党务工作者", "own", "市司法局机关党委", False),
        (branches[2], "先进基层党组织", "municipal", "云溪市直机关工委", True),
        (committee, "法治建设先进集体", "provincial", "省司法厅", True),
    ):
        record_honour(
            actor=None,
            award=Award(
                organization=branch,
                member=None if whole else _people(branch, 1)[0],
                title=title,
                level=level,
                awarded_on=day,
                awarded_by=by,
                document=f"〔{day.year}〕{len(title)}号",
            ),
        )


def _discipline(today: dt.date, branch: PartyOrganization) -> None:
    record_discipline(
        actor=None,
        member=_people(branch, 4)[-1],
        kind="warning",
        decided_on=today - dt.timedelta(days=120),
        document=f"云司纪〔{today.year}〕2号",
        reason="履行职责不力（虚构示例）",
    )
