"""People beyond the roll: files filled in, care and visits, mobile and lost members, social roles."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from branches.models import PartyOrganization
from members.models import CareRecord, CareVisit, LostMember, Member, MobileMember, Skill
from members.models.social_roles import SocialKind
from members.services.care import begin_care, record_visit
from members.services.files import correct_file, grant_exemption
from members.services.mobility import begin_mobility, note_contact, report_lost
from members.services.roster_checks import check_roster
from members.services.social_roles import begin_social_role, enter_total, set_skills
from partybuild.values import PartialDate

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

GRID_WORKERS, MEDIATORS = 9, 7


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Fill in a few files and write what a branch knows of its people."""
    today = demo.today
    year = dt.date(today.year, 1, 1)
    for branch in branches:
        _of_branch(branch, today, year, is_first=branch == branches[0])
    for kind, total in (
        (SocialKind.GRID_WORKER, GRID_WORKERS * len(branches)),
        (SocialKind.MEDIATOR, MEDIATORS * len(branches)),
    ):
        enter_total(
            actor=None,
            organization=committee,
            kind=kind,
            counted_on=year,
            total=total,
            source="社区年初统计",
        )


def _of_branch(branch: PartyOrganization, today: dt.date, year: dt.date, *, is_first: bool) -> None:
    people = list(
        Member.objects.filter(branch=branch, category=Member.Category.FULL).order_by("pinyin", "pk")
    )
    if len(people) < len(("file", "grid", "care", "away", "lost", "exempt")):
        return
    first, second, third, fourth, fifth, sixth = people[:6]
    correct_file(
        actor=None,
        member=first,
        version=first.version,
        education_kind=Member.EducationKind.FULL_TIME,
        degree="学士",
        school="云溪大学法学",
        graduated=PartialDate(dt.date(2006, 7, 1), "month"),
        work_started=PartialDate(dt.date(2006, 8, 1), "month"),
        workplace="云溪市司法局",
    )
    set_skills(actor=None, member=first, kinds=[Skill.Kind.LAW, Skill.Kind.SPEAKING])
    for person, kind, area in (
        (first, SocialKind.MEDIATOR, "东湖社区"),
        (second, SocialKind.GRID_WORKER, "东湖社区第三网格"),
        (third, SocialKind.GRID_WORKER, "西岭社区第一网格"),
    ):
        begin_social_role(actor=None, member=person, kind=kind, area=area, started_on=year)
    care = begin_care(
        actor=None,
        member=third,
        category=CareRecord.Category.ILLNESS,
        started_on=year,
        health="慢性病，定期复查",
        need="药费负担较重",
        helper=first,
    )
    record_visit(
        actor=None,
        record=care,
        visited_on=min(dt.date(today.year, 1, 25), today),
        visitors="支部书记",
        amount=Decimal("500.00"),
        goods="米、油",
        source=CareVisit.Source.DUES,
        signed_by=third.name,
    )
    away = begin_mobility(
        actor=None,
        organization=branch,
        direction=MobileMember.Direction.OUT,
        member=fourth,
        started_on=today - dt.timedelta(days=220),
        destination="云渚区",
        workplace="云渚律师事务所",
        contact_person="组织委员",
    )
    note_contact(
        actor=None,
        mobile=away,
        contacted_on=today - dt.timedelta(days=60),
        contacted_by="组织委员",
        note="工作稳定，愿意转接",
    )
    if is_first:
        report_lost(
            actor=None,
            member=fifth,
            lost_on=today - dt.timedelta(days=200),
            cause=LostMember.Cause.RELOCATION,
            organization_kind=LostMember.OrganizationKind.AGENCY,
            efforts="已到原住址查找，向亲属了解",
        )
    grant_exemption(actor=None, member=sixth, reason="年老体弱", started_on=year, ended_on=None)
    check_roster(actor=None, organization=branch, people=len(people), remarks={})
