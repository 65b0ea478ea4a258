"""What all commands share: a refusal is one plain Chinese sentence and exit code 1."""

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from partybuild import ledgerfiles


class PortalCommand(BaseCommand):
    """A command for administrators: says in Chinese what was done, or why it was not."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            raise CommandError(
                f"命令写得不完整或有误，什么都没有改动。用法见 manage.py {subcommand} --help。"
            )

        parser.error = refuse  # type: ignore[method-assign]
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv([*argv, "--traceback"])
        except CommandError as refusal:
            self.stderr.write(str(refusal))
            sys.exit(refusal.returncode)
        except DatabaseError:
            if not _is_behind():
                raise
            self.stderr.write("数据库还没有准备好，什么都没有改动。请先运行 manage.py migrate。")
            sys.exit(1)


class UnknownPlace(Exception):
    """No organisation, or more than one, goes by what was written; the message says which."""


def named_place(text: str) -> Any:
    """Return the organisation in scope of a code, a name or a short name; None for no text.

    Raises UnknownPlace.
    """
    if not text:
        return None
    places = ledgerfiles.places_in_scope()
    # A code is unique; a name or short name may be shared.
    found = places.filter(code=text) or places.filter(Q(name=text) | Q(short_name=text))
    if len(found) != 1:
        how_many = "不止一个" if found else "没有"
        raise UnknownPlace(f"{how_many}代码、名称或简称是“{text}”的党组织。")
    return found[0]


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
