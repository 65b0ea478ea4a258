"""A campaign midway (满意机关) and one of last year (星级党支部) with its awards; all made up."""

import datetime as dt
from typing import TYPE_CHECKING

from assessments.campaign_outlines import outlines
from assessments.models import Application, Campaign, PollLink
from assessments.services.applications import (
    accept_application,
    begin_application,
    hand_in,
    return_application,
)
from assessments.services.awards import give_award
from assessments.services.campaigns import announce_campaign, correct_part, start_campaign
from assessments.services.inspections import (
    answer_finding,
    check_finding,
    issue_finding,
    record_inspection,
)
from assessments.services.polls import (
    Supervisor,
    make_public_links,
    make_supervisor_links,
    rate,
)
from branches.models import PartyOrganization

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

SAID = (
    "每月召开一次会议研究，任务分到人，台账在办公室。",
    "职责和程序都公开，上半年没有被责令改正的事项。",
    "窗口实行首问负责，一次告知单印好放在台面上。",
    "承诺时限内办结，积压的两件写明了原因和期限。",
    "办事指南上墙、上网，变动当天更新。",
    "每季度抽查纪律，没有发现推诿扯皮。",
    "意见箱和电话都有人管，件件登记、件件回复。",
    "窗口换了指示牌，添了老花镜和饮水机。",
)
SUPERVISORS = (
    Supervisor("卫春和", "云溪市第一中学"),
    Supervisor("蒋望舒", "云溪市律师协会"),
    Supervisor("沈问渠", "东街社区居委会"),
    Supervisor("韩秋实", "云溪市供销社"),
    Supervisor("杨怀远", "退休教师"),
)
STARS = ("五星", "四星", "四星", "三星")
DAYS_BEFORE, POLL_DAYS, RATED = 80, 60, 4
WAITING = 2


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Write a campaign in its third phase: applied, inspected, being rated; and last year's stars."""
    _stars(demo.today, committee, branches)
    outline = outlines()["satisfying_agency"]
    campaign = start_campaign(
        actor=None,
        organization=committee,
        outline=outline,
        begins_on=demo.today - dt.timedelta(days=DAYS_BEFORE),
        title=f"{demo.today.year}年满意机关创建",
        document=f"云司党〔{demo.today.year}〕15号",
    )
    inspecting = campaign.phases.get(purpose="inspect")
    begun = {"started_on": demo.today - dt.timedelta(days=30), "ended_on": inspecting.ended_on}
    correct_part(actor=None, part=inspecting, version=inspecting.version, values=begun)
    announce_campaign(actor=None, campaign=campaign, version=campaign.version)
    for number, branch in enumerate(branches[:-1]):
        application = _apply(campaign, branch, number)
        if number == 1:
            return_application(
                actor=None,
                application=application,
                version=application.version,
                criterion=campaign.criteria.get(number=4),
                reason="积压的两件是哪两件、什么时候办完，请写清楚。",
            )
        elif number < len(branches) - 1 - WAITING:
            accept_application(actor=None, application=application, version=application.version)
    _inspect(demo.today, campaign, branches)
    _rate(demo.today, campaign, branches[0])


def _apply(campaign: Campaign, branch: PartyOrganization, number: int) -> Application:
    statements = {
        one.pk: ("partly" if (at + number) % 5 == 0 else "met", SAID[at % len(SAID)])
        for at, one in enumerate(campaign.criteria.all())
    }
    application = begin_application(
        actor=None, campaign=campaign, organization=branch, statements=statements
    )
    return hand_in(actor=None, application=application, version=application.version)


def _inspect(today: dt.date, campaign: Campaign, branches: list[PartyOrganization]) -> None:
    """Leave one finding closed, one answered, one past its day, and a 暗访 that is not told."""
    for number, text in enumerate(
        ("办事指南还是去年的", "中午没有人值班", "投诉登记本缺了三天", "")
    ):
        on = today - dt.timedelta(days=30 - number)
        visit = record_inspection(
            actor=None,
            campaign=campaign,
            organization=branches[number % len(branches)],
            kind="announced" if number == 0 else "unannounced",
            inspected_on=on,
            inspectors="创建办检查组",
            place="一楼服务大厅",
        )
        if not text:
            continue
        late = number == WAITING
        due_on = today - dt.timedelta(days=3) if late else today + dt.timedelta(days=10)
        finding = issue_finding(
            actor=None,
            inspection=visit,
            text=text,
            due_on=due_on,
            criterion=campaign.criteria.get(number=number + 3),
        )
        if late:
            continue
        answer_finding(
            actor=None, finding=finding, version=finding.version, answer="已经改好，照片在台账里。"
        )
        if number == 0:
            check_finding(actor=None, finding=finding, version=finding.version, verdict="closed")


def _rate(today: dt.date, campaign: Campaign, branch: PartyOrganization) -> None:
    until = today + dt.timedelta(days=POLL_DAYS)
    made = make_supervisor_links(
        actor=None, campaign=campaign, supervisors=SUPERVISORS, expires_on=until
    )
    made += make_public_links(
        actor=None, campaign=campaign, count=10, expires_on=until, organization=branch
    )
    for number, (link, _) in enumerate(made):
        if number % RATED:
            _answer(link, branch, number)


def _answer(link: PollLink, branch: PartyOrganization, number: int) -> None:
    answer = ("satisfied", "satisfied", "mostly")[number % 3]
    remark = "窗口态度好，就是中午排队久。" if number == RATED + 1 else ""
    rate(link=link, answers={branch.public_id: answer}, remark=remark)


def _stars(today: dt.date, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    begun = dt.date(today.year - 1, 10, 1)
    outline = outlines()["stars"]
    campaign = start_campaign(
        actor=None,
        organization=committee,
        outline=outline,
        begins_on=begun,
        title=f"{begun.year}年星级党支部评定",
        document=f"云司党〔{begun.year}〕31号",
    )
    announce_campaign(actor=None, campaign=campaign, version=campaign.version)
    grades = {one.name: one for one in campaign.grades.all()}
    for branch, star in zip(branches, STARS, strict=False):
        give_award(
            actor=None,
            campaign=campaign,
            grade=grades[star],
            organization=branch,
            on=dt.date(begun.year, 12, 25),
            document=f"云司党〔{begun.year}〕40号",
            reason="对照五条标准评定",
            ground="评星会议纪要",
        )
