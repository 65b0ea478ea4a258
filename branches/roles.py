"""Roles in code: what each role may do. Reviewed and tested like any other code.

Three administrators run the system and see no business data; business roles never administer.
"""

from functools import cache

from django.db import models

VIEW = frozenset(
    {
        "branches.view_partyorganization",
        "members.view_member",
        "members.view_vanguardpost",
        "activities.view_activity",
        "assessments.view_scorecard",
        "partybuild.view_ledgerfile",
    }
)
RECORD = frozenset(
    {
        "activities.add_activity",
        "activities.change_activity",
        "activities.delete_activity",
        "partybuild.add_ledgerfile",
    }
)
IMPORT = frozenset({"members.import_roster", "partybuild.add_importbatch"})
OVERSEE = frozenset(
    {
        "activities.view_committee_page",
        "partybuild.view_runs",
        "assessments.mark_scorecard",
    }
)


class Role(models.TextChoices):
    SECRETARY = "secretary", "支部书记"
    COMMITTEE_MEMBER = "committee_member", "支部委员"
    MEMBER = "member", "普通党员"
    OFFICE_STAFF = "office_staff", "机关党委工作人员"
    OFFICE_HEAD = "office_head", "机关党委负责人"
    LEDGER_CLERK = "ledger_clerk", "台账员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


SYSTEM_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.SECRETARY: VIEW
    | RECORD
    | {"members.reveal_number", "members.link_account", "members.change_vanguardpost"},
    Role.COMMITTEE_MEMBER: VIEW | RECORD,
    Role.MEMBER: frozenset({"members.view_own_file"}),
    Role.OFFICE_STAFF: VIEW
    | OVERSEE
    | IMPORT
    | {"partybuild.add_ledgerfile", "members.reveal_number", "members.link_account"}
    | {"activities.change_rules"},
    Role.OFFICE_HEAD: VIEW | OVERSEE | {"partybuild.add_ledgerfile"},
    Role.LEDGER_CLERK: VIEW | IMPORT | {"partybuild.add_ledgerfile", "members.reveal_number"},
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
