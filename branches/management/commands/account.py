"""`manage.py account`: open the first accounts of a new portal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from branches.models import User
from branches.queries.organizations import find_organization
from branches.roles import SYSTEM_ROLES, Role
from branches.services.accounts import grant_role, open_account, starting_password
from partybuild.commands import PortalCommand
from partybuild.scoping import everything


class Command(PortalCommand):
    help = "开设账号并授予一个角色，打印初始口令（首次登录须修改）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号")
        parser.add_argument("--name", required=True, help="姓名")
        parser.add_argument("--role", required=True, choices=Role.values, help="角色")
        parser.add_argument("--organization", default="", help="组织代码、名称或简称")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError("这个账号已经有人用了，没有改动。")
        password = starting_password()
        with everything(reason="an account is opened from the command line"), transaction.atomic():
            organization = self._organization(options["role"], options["organization"])
            user = open_account(
                actor=None, username=options["username"], name=options["name"], password=password
            )
            grant_role(actor=None, user=user, role=options["role"], organization=organization)
        self.stdout.write(f"账号 {user.username}\n初始口令 {password}\n首次登录须修改口令。")

    def _organization(self, role: str, named: str) -> Any:
        if role in SYSTEM_ROLES:
            if named:
                raise CommandError("三员管理整个系统，不要写组织。")
            return None
        found = find_organization(named) if named else None
        if found is None:
            raise CommandError("没有找到这个组织，请写组织代码、名称或简称。")
        return found
