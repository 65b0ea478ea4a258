"""People beyond the roll: care, mobility, losses, roster checks, skills and social roles."""

import datetime as dt

import factory

from members.models import (
    CareRecord,
    CareVisit,
    LeadingPost,
    LostMember,
    MobileContact,
    MobileMember,
    RosterCheck,
    RosterRemark,
    Skill,
    SocialRole,
    SocialRoleTotal,
)
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory


class CareRecordFactory(HouseFactory):
    class Meta:
        model = CareRecord

    member = factory.SubFactory(MemberFactory)
    category = CareRecord.Category.HARDSHIP
    started_on = dt.date(2026, 1, 10)


class CareVisitFactory(HouseFactory):
    class Meta:
        model = CareVisit

    record = factory.SubFactory(CareRecordFactory)
    visited_on = dt.date(2026, 2, 1)
    visitors = "支部书记"
    source = CareVisit.Source.DUES


class LeadingPostFactory(HouseFactory):
    class Meta:
        model = LeadingPost

    member = factory.SubFactory(MemberFactory)
    title = "副局长"
    started_on = dt.date(2024, 1, 1)


class MobileMemberFactory(HouseFactory):
    class Meta:
        model = MobileMember

    member = factory.SubFactory(MemberFactory)
    organization = factory.SelfAttribute("member.branch")
    direction = MobileMember.Direction.OUT
    name = factory.SelfAttribute("member.name")
    destination = "云渚区"
    started_on = dt.date(2026, 3, 1)


class MobileContactFactory(HouseFactory):
    class Meta:
        model = MobileContact

    mobile = factory.SubFactory(MobileMemberFactory)
    contacted_on = dt.date(2026, 9, 1)
    contacted_by = "组织委员"


class LostMemberFactory(HouseFactory):
    class Meta:
        model = LostMember

    member = factory.SubFactory(MemberFactory)
    lost_on = dt.date(2026, 4, 1)
    cause = LostMember.Cause.RELOCATION
    organization_kind = LostMember.OrganizationKind.COMMUNITY


class RosterCheckFactory(HouseFactory):
    class Meta:
        model = RosterCheck

    organization = factory.SubFactory(PartyOrganizationFactory)
    checked_on = dt.date(2026, 11, 2)
    people = 1


class RosterRemarkFactory(HouseFactory):
    class Meta:
        model = RosterRemark

    roster_check = factory.SubFactory(RosterCheckFactory)
    member = factory.SubFactory(MemberFactory)
    text = "已调走"


class SkillFactory(HouseFactory):
    class Meta:
        model = Skill

    member = factory.SubFactory(MemberFactory)
    kind = Skill.Kind.LAW


class SocialRoleFactory(HouseFactory):
    class Meta:
        model = SocialRole

    member = factory.SubFactory(MemberFactory)
    kind = "grid_worker"
    area = "第三网格"
    started_on = dt.date(2025, 1, 1)


class SocialRoleTotalFactory(HouseFactory):
    class Meta:
        model = SocialRoleTotal

    organization = factory.SubFactory(PartyOrganizationFactory)
    kind = "grid_worker"
    counted_on = dt.date(2026, 1, 1)
    total = 350


def many_people(members, organization):
    """Let each of these members be cared for, away, lost, serve somewhere and be remarked upon."""
    day = dt.date(2026, 11, 2)
    records = CareRecord.objects.bulk_create(
        CareRecord(member=one, category="illness", started_on=day) for one in members
    )
    CareVisit.objects.bulk_create(
        CareVisit(record=one, visited_on=day, visitors="书记", source="dues") for one in records
    )
    away = MobileMember.objects.bulk_create(
        MobileMember(
            organization=organization,
            member=one,
            name=one.name,
            direction="out",
            destination="云渚",
            started_on=day,
        )
        for one in members
    )
    LeadingPost.objects.bulk_create(
        LeadingPost(member=one, title="副局长", started_on=dt.date(2026, 1, 1)) for one in members
    )
    MobileContact.objects.bulk_create(
        MobileContact(mobile=one, contacted_on=day, contacted_by="书记") for one in away
    )
    LostMember.objects.bulk_create(
        LostMember(member=one, lost_on=day, cause="7", organization_kind="1") for one in members
    )
    SocialRole.objects.bulk_create(
        SocialRole(member=one, kind="mediator", started_on=day) for one in members
    )
    check = RosterCheck.objects.create(organization=organization, checked_on=day, people=1)
    RosterRemark.objects.bulk_create(
        RosterRemark(roster_check=check, member=one, text="已调走") for one in members
    )
