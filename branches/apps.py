"""The app's entry for Django."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"
    verbose_name = "组织"
    menu = (
        ("党员", "党组织", "branches:organizations", "branches.view_partyorganization"),
        ("管理", "账号与授权", "branches:accounts", "branches.view_user"),
    )

    def ready(self) -> None:
        from branches import checks  # noqa: F401, PLC0415 -- apps are not loaded yet
