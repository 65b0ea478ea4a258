"""Care, mobility, losses, roster checks, skills and social roles of one place."""

import datetime as dt

from tests.factories import members, people


def furnish(place, member):
    record = people.CareRecordFactory(member=member)
    away = people.MobileMemberFactory(member=member, organization=place.organization)
    check = people.RosterCheckFactory(
        organization=place.organization, checked_by=place.secretary, checked_on=dt.date(2026, 1, 5)
    )
    veteran = members.MemberFactory(
        branch=place.organization,
        born_on=dt.date(1946, 2, 3),
        joined_on=dt.date(1970, 7, 1),
        confirmed_on=None,
    )
    return (
        veteran,
        members.MembershipFactory(member=veteran),
        record,
        people.CareVisitFactory(record=record),
        away,
        people.MobileContactFactory(mobile=away),
        people.LostMemberFactory(member=member),
        check,
        people.RosterRemarkFactory(roster_check=check, member=member),
        people.SkillFactory(member=member),
        people.LeadingPostFactory(member=member),
        people.SocialRoleFactory(member=member),
        people.SocialRoleTotalFactory(organization=place.organization),
    )
