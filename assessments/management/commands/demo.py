"""`manage.py demo`: load the made-up organisation and print its accounts."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from assessments.demonstration.organization import Account, Demonstration
from branches.models import PartyOrganization, User
from partybuild.commands import PortalCommand
from partybuild.scoping import everything


class Command(PortalCommand):
    help = "在空数据库里建一个演示组织，并打印演示账号。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="数据库不空时什么也不做")
        parser.add_argument("--json", action="store_true", help="输出供程序读取的格式")

    def handle(self, *args: Any, **options: Any) -> None:
        with everything(reason="the demonstration fills an empty portal"):
            if not _is_empty():
                accounts = self._known(quiet=options["if_empty"])
            else:
                accounts = Demonstration().build()
                _remember(accounts)
        self._print(accounts, as_json=options["json"])

    def _known(self, *, quiet: bool) -> list[Account]:
        if _file().exists():
            return [Account(**account) for account in json.loads(_file().read_text("utf-8"))]
        if quiet:
            return []
        raise CommandError("数据库里已有数据，没有装入演示组织，什么都没有改动。")

    def _print(self, accounts: list[Account], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([asdict(a) for a in accounts], ensure_ascii=False))
            return
        if accounts:
            self.stdout.write("账号\t口令\t角色\t姓名")
        for account in accounts:
            self.stdout.write("\t".join(asdict(account).values()))


def _is_empty() -> bool:
    return not (PartyOrganization.objects.exists() or User.objects.exists())


def _file() -> Path:
    return Path(settings.DATA_DIR) / "demo_accounts.json"


def _remember(accounts: list[Account]) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().touch(mode=0o600)
    _file().write_text(json.dumps([asdict(a) for a in accounts], ensure_ascii=False), "utf-8")
