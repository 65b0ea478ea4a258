"""Who: the member's file, dated memberships and offices, and all that is kept about people."""

from members.models.care import CareRecord, CareVisit
from members.models.development import (
    DevelopmentCase,
    DevelopmentPaper,
    DevelopmentReview,
    DevelopmentSponsor,
    DevelopmentStep,
)
from members.models.discipline import Discipline, OrganizationalMeasure
from members.models.dues import DuesPayment, DuesPublication, DuesRemittance, DuesStanding
from members.models.elections import Election, ElectionCandidate, ElectionExclusion
from members.models.funds import FundIncome, FundItem, FundRequest, FundSignature, FundSpending
from members.models.honours import Honour, HonourCheck
from members.models.leading import LeadingPost
from members.models.liaison import Liaison, LiaisonVisit
from members.models.merges import MergeTrace
from members.models.mobility import LostMember, MobileContact, MobileMember
from members.models.offices import Office
from members.models.people import AttendanceExemption, Member, Membership
from members.models.posts import PostEvent, PostHolder, PostPledge, PostReview, VanguardPost
from members.models.roster_checks import RosterCheck, RosterRemark
from members.models.social_roles import Skill, SocialRole, SocialRoleTotal
from members.models.standing import StandingChange
from members.models.terms import TermShift
from members.models.trainings import TrainingRecord
from members.models.transfers import Transfer, TransferSide, TransferStep

__all__ = [
    "AttendanceExemption",
    "CareRecord",
    "CareVisit",
    "DevelopmentCase",
    "DevelopmentPaper",
    "DevelopmentReview",
    "DevelopmentSponsor",
    "DevelopmentStep",
    "Discipline",
    "DuesPayment",
    "DuesPublication",
    "DuesRemittance",
    "DuesStanding",
    "Election",
    "ElectionCandidate",
    "ElectionExclusion",
    "FundIncome",
    "FundItem",
    "FundRequest",
    "FundSignature",
    "FundSpending",
    "Honour",
    "HonourCheck",
    "LeadingPost",
    "Liaison",
    "LiaisonVisit",
    "LostMember",
    "Member",
    "Membership",
    "MergeTrace",
    "MobileContact",
    "MobileMember",
    "Office",
    "OrganizationalMeasure",
    "PostEvent",
    "PostHolder",
    "PostPledge",
    "PostReview",
    "RosterCheck",
    "RosterRemark",
    "Skill",
    "SocialRole",
    "SocialRoleTotal",
    "StandingChange",
    "TermShift",
    "TrainingRecord",
    "Transfer",
    "TransferSide",
    "TransferStep",
    "VanguardPost",
]
