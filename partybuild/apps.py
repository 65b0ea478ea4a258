"""The kernel's entry for Django: collects what the apps declare."""

from importlib import import_module
from pkgutil import walk_packages

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

# The rooms of an app whose classes register themselves.
ROOMS = (
    *("ledgers", "indicators", "imports", "readings", "panels", "finders", "alerts"),
    *("belongings", "tasks", "milestones", "errands"),
)


class PartyBuildConfig(AppConfig):
    name = "partybuild"
    verbose_name = "门户"
    menu = (
        ("考核与台账", "导入名册", "partybuild:imports", "partybuild.add_importbatch"),
        ("", "提醒", "partybuild:alerts", "partybuild.view_alert"),
        ("考核与台账", "台账", "partybuild:ledgers", "partybuild.view_ledgerfile"),
        ("考核与台账", "统计", "partybuild:statistics", "partybuild.view_ledgerfile"),
        ("考核与台账", "自动运行", "partybuild:runs", "partybuild.view_runs"),
        ("管理", "审计记录", "partybuild:audit", "partybuild.view_auditentry"),
    )

    def ready(self) -> None:
        from partybuild import checks, ledgerfiles  # noqa: F401, PLC0415 -- apps are not loaded yet

        for app in apps.get_app_configs():
            for room in ROOMS:
                open_room(app, room)


def open_room(app: AppConfig, room: str) -> None:
    """Import a room of an app, and all its modules where it is a package."""
    if app.module is None or not module_has_submodule(app.module, room):
        return
    package = import_module(f"{app.name}.{room}")
    for module in walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        import_module(module.name)
