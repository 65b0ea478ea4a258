"""The kernel's entry for Django: collects what the apps declare."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PartyBuildConfig(AppConfig):
    name = "partybuild"
    verbose_name = "门户"

    def ready(self) -> None:
        from partybuild import checks, ledgerfiles  # noqa: F401, PLC0415 -- apps are not loaded yet

        autodiscover_modules("ledgers", "indicators", "imports", "tasks", "menu")
