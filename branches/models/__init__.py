"""Where: organisations and their history, accounts and grants."""

from branches.models.accounts import Grant, User, UserManager
from branches.models.alliances import Alliance, AllianceMember, AlliancePledge
from branches.models.moves import MoveRecord
from branches.models.organizations import (
    JointUnit,
    OrganizationEvent,
    PartyOrganization,
    Placement,
    Term,
)
from branches.models.platforms import Coverage, ServicePlatform

__all__ = [
    "Alliance",
    "AllianceMember",
    "AlliancePledge",
    "Coverage",
    "Grant",
    "JointUnit",
    "MoveRecord",
    "OrganizationEvent",
    "PartyOrganization",
    "Placement",
    "ServicePlatform",
    "Term",
    "User",
    "UserManager",
]
