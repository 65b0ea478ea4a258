"""Figures that the committee is asked for every year, defined once and shared with all branches."""

from typing import TYPE_CHECKING

from branches.models import PartyOrganization, User
from partybuild.ledgers import ledgers
from partybuild.models import Statistic
from partybuild.narrowing import asked_selection
from partybuild.statistics import SAME_PERSON, define_statistic

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

COUNT, DISTINCT = Statistic.Measure.COUNT, Statistic.Measure.DISTINCT
# Name, unit, ledger, conditions, what is told, of which column, share of which figure.
FIGURES: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...], str, str, str], ...] = (
    ("党员总数", "人", "members.roster", (), COUNT, "", ""),
    ("女党员", "人", "members.roster", (("is", "基本情况/性别", "女"),), COUNT, "", "党员总数"),
    (
        *("党员先锋岗", "个", "members.vanguard_posts", (("is", "类别", "党员先锋岗"),)),
        *(COUNT, "", ""),
    ),
    (
        *("受表彰党员", "人", "members.honours", (("is", "种类", "个人"),)),
        *(DISTINCT, SAME_PERSON, ""),
    ),
    (
        *("主题党日", "次", "activities.meetings", (("is", "会议类别", "主题党日"),)),
        *(COUNT, "", ""),
    ),
    (
        *("廉政谈话人次", "人次", "activities.talks_of_members", (("is", "谈话类型", "廉政谈话"),)),
        *(COUNT, "", ""),
    ),
    ("服务平台", "个", "branches.platforms", (), COUNT, "", ""),
    (
        *("党组织已覆盖的平台", "个", "branches.platforms", (("not", "党组织覆盖/方式", "空白"),)),
        *(COUNT, "", "服务平台"),
    ),
)


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Define the figures in the name of the committee's staff."""
    actor = User.objects.filter(username="dangwei").first()
    if actor is None:
        return
    known: dict[str, Statistic] = {}
    for name, unit, code, conditions, measure, column, whole in FIGURES:
        ledger = ledgers[code]
        known[name] = define_statistic(
            actor=actor,
            ledger=ledger,
            name=name,
            unit=unit,
            selection=asked_selection(
                ledger,
                [(f"{operator}.{column_key}", value) for operator, column_key, value in conditions],
            ),
            measure=measure,
            column=column,
            whole=known.get(whole),
            shared_from=committee.path,
        )
