"""The kernel's entry for Django: collects what the apps declare."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PartyBuildConfig(AppConfig):
    name = "partybuild"
    verbose_name = "门户"
    menu = (
        ("党员", "导入名册", "partybuild:imports", "partybuild.add_importbatch"),
        ("考核与台账", "台账", "partybuild:ledgers", "partybuild.view_ledgerfile"),
        ("考核与台账", "自动运行", "partybuild:runs", "partybuild.view_runs"),
        ("管理", "审计记录", "partybuild:audit", "partybuild.view_auditentry"),
    )

    def ready(self) -> None:
        from partybuild import checks, ledgerfiles  # noqa: F401, PLC0415 -- apps are not loaded yet

        autodiscover_modules(
            "ledgers", "indicators", "imports", "readings", "panels", "finders", "tasks"
        )
