"""Roles in code: what each role may do. Reviewed and tested like any other code.

Three administrators run the system and see no business data; business roles never administer.
"""

from functools import cache

from django.db import models

VIEW = frozenset(
    {
        "branches.view_partyorganization",
        "branches.view_platform",
        "branches.view_alliance",
        "members.view_member",
        "members.view_office",
        "members.view_development",
        "members.view_transfer",
        "members.view_dues",
        "members.view_funds",
        "members.view_honour",
        "members.view_liaison",
        "members.view_vanguardpost",
        "activities.view_activity",
        "activities.view_material",
        "activities.view_talk",
        "activities.view_appraisal",
        "assessments.view_scorecard",
        "assessments.view_campaign",
        "assessments.view_letter",
        "partybuild.view_alert",
        "partybuild.view_ledgerfile",
    }
)
RECORD = frozenset(
    {
        "activities.add_activity",
        "activities.change_activity",
        "activities.delete_activity",
        "activities.change_material",
        "activities.add_talk",
        "activities.change_appraisal",
        "assessments.assess_self",
        "members.change_member",
        "members.change_development",
        "members.collect_dues",
        "partybuild.add_ledgerfile",
    }
)
# What the branch answers for as a whole.
LEAD = frozenset(
    {
        "activities.read_talk",
        "members.reveal_number",
        "members.link_account",
        "members.view_care",
        "members.change_care",
        "members.change_office",
        "members.start_transfer",
        "members.accept_transfer",
        "members.request_funds",
        "members.change_honour",
        "members.change_vanguardpost",
        "assessments.file_appeal",
        "assessments.assess_unit",
        "assessments.apply_campaign",
        "assessments.sign_letter",
    }
)
IMPORT = frozenset({"members.import_roster", "partybuild.add_importbatch"})
OVERSEE = frozenset(
    {
        "activities.view_committee_page",
        "activities.send_reminder",
        "partybuild.view_runs",
        "assessments.mark_scorecard",
        "assessments.award_campaign",
        "assessments.compare_scheme",
        "assessments.confirm_letter",
        "members.view_care",
    }
)
# What a committee decides about its organisations and people.
DECIDE = frozenset(
    {
        "activities.change_yearplan",
        "activities.change_material",
        "branches.change_partyorganization",
        "branches.change_platform",
        "branches.change_alliance",
        "members.change_member",
        "members.change_standing",
        "members.change_office",
        "members.approve_term",
        "members.change_development",
        "members.approve_development",
        "members.start_transfer",
        "members.review_transfer",
        "members.hand_up_dues",
        "members.change_honour",
        "members.change_liaison",
        "members.approve_vanguardpost",
        "assessments.run_cycle",
        "assessments.assess_unit",
        "assessments.change_scheme",
        "assessments.run_campaign",
        "assessments.issue_letter",
    }
)
# Whoever was appointed rates the subjects of a cycle; without an appointment there is nothing to rate.
RATE = frozenset({"assessments.rate_subject"})
# Three levels sign one after the other before party money is spent.
SIGN = frozenset(
    {
        "members.view_funds",
        "branches.view_partyorganization",
        "partybuild.view_alert",
        "partybuild.view_ledgerfile",
    }
)


class Role(models.TextChoices):
    SECRETARY = "secretary", "支部书记"
    COMMITTEE_MEMBER = "committee_member", "支部委员"
    MEMBER = "member", "普通党员"
    OFFICE_STAFF = "office_staff", "机关党委工作人员"
    OFFICE_HEAD = "office_head", "机关党委负责人"
    LEDGER_CLERK = "ledger_clerk", "台账员"
    SECTION_HEAD = "section_head", "科室负责人"
    SUPERVISING_LEADER = "supervising_leader", "分管领导"
    PRINCIPAL_LEADER = "principal_leader", "主要领导"
    DISCIPLINE_OFFICER = "discipline_officer", "纪检工作人员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


SYSTEM_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.SECRETARY: VIEW | RECORD | LEAD | RATE,
    Role.COMMITTEE_MEMBER: VIEW | RECORD | RATE,
    Role.MEMBER: RATE | {"members.view_own_file", "activities.view_material"},
    Role.OFFICE_STAFF: VIEW
    | RATE
    | OVERSEE
    | IMPORT
    | DECIDE
    | {"partybuild.add_ledgerfile", "members.reveal_number", "members.link_account"}
    | {"activities.change_rules", "activities.record_body_meeting", "activities.review_activity"},
    Role.OFFICE_HEAD: VIEW
    | OVERSEE
    | RATE
    | {"partybuild.add_ledgerfile", "members.view_discipline", "assessments.approve_adjustment"},
    Role.LEDGER_CLERK: VIEW
    | RATE
    | IMPORT
    | {"partybuild.add_ledgerfile", "members.reveal_number", "branches.change_platform"},
    Role.SECTION_HEAD: SIGN | RATE | {"members.sign_funds_first"},
    Role.SUPERVISING_LEADER: SIGN | RATE | {"members.sign_funds_second"},
    Role.PRINCIPAL_LEADER: SIGN | RATE | {"members.sign_funds_third"},
    Role.DISCIPLINE_OFFICER: RATE
    | frozenset(
        {
            "branches.view_partyorganization",
            "members.view_member",
            "members.view_discipline",
            "members.change_discipline",
            "partybuild.view_alert",
            "partybuild.view_ledgerfile",
            "partybuild.add_ledgerfile",
        }
    ),
    Role.SYSTEM_ADMIN: frozenset(
        {"branches.view_user", "branches.add_user", "partybuild.view_runs", "partybuild.run_again"}
    ),
    Role.SECURITY_ADMIN: frozenset({"branches.view_user", "branches.change_grant"}),
    Role.AUDIT_ADMIN: frozenset({"partybuild.view_auditentry"}),
}


@cache
def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do."""
    return PERMISSIONS[role]


def known_permissions() -> frozenset[str]:
    """Return every permission that some role holds."""
    return frozenset().union(*PERMISSIONS.values())
