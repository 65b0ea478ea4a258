"""The app's entry for Django."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"
    verbose_name = "组织"
    menu = (
        ("组织建设", "党组织", "branches:organizations", "branches.view_partyorganization"),
        ("组织建设", "平台与窗口", "branches:platforms", "branches.view_platform"),
        ("组织建设", "党建共同体", "branches:alliances", "branches.view_alliance"),
        ("管理", "账号与授权", "branches:accounts", "branches.view_user"),
    )

    def ready(self) -> None:
        from branches import checks  # noqa: F401, PLC0415 -- apps are not loaded yet
