"""导入名册或台账文件: preview or apply one file from the command line."""

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db.models import Q
from django.utils import timezone

from partybuild import batches
from partybuild.commands import PortalCommand
from partybuild.imports import ImportRefused, ImportTable, find_table, import_tables
from partybuild.scoping import EVERYTHING, Scope, everything, scoped_to

SHOWN = 50
REMARK_KEYS = ("sheet", "row", "code", "reason")


class Command(PortalCommand):
    help = "导入一个文件：import_table NAME FILE [--organization CODE] [--as-of DATE] [--dry-run]"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="导入表")
        parser.add_argument("file", help="文件")
        parser.add_argument("--organization", default="", help="只导入这个党组织及其下级")
        parser.add_argument("--as-of", default="", help="以哪天为准，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self._import(options)
        except ImportRefused as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": str(refused)}, ensure_ascii=False))
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(_for_machines(outcome), ensure_ascii=False))
        else:
            self._tell(outcome, dry=options["dry_run"])

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        table = _table(options["name"])
        as_of = _day(options["as_of"])
        path = Path(options["file"])
        if not path.is_file():
            raise ImportRefused(f"没有这个文件：{path}")
        data = path.read_bytes()
        with scoped_to(_scope(options["organization"])):
            if options["dry_run"]:
                return batches.dry_run(table, data, path.name, as_of=as_of)
            batch = batches.apply(
                actor=None, table=table, data=data, file_name=path.name, as_of=as_of
            )
        return dict(batch.outcome)

    def _tell(self, outcome: dict[str, Any], *, dry: bool) -> None:
        head = "检查完毕，没有写入" if dry else "导入完毕"
        self.stdout.write(
            f"{head}：新增 {outcome['created']}，更新 {outcome['changed']}，不变 {outcome['unchanged']}，"
            f"退回 {outcome['rejected_rows']}。"
        )
        for part, title in (("skipped", "没有读取"), ("rejected", "退回"), ("warned", "提醒")):
            for remark in outcome[part][:SHOWN]:
                row = f"第 {remark['row']} 行" if "row" in remark else ""
                self.stdout.write(f"  {title} {remark['sheet']} {row} {remark['reason']}")
            if len(outcome[part]) > SHOWN:
                self.stdout.write(
                    f"  {title}共 {len(outcome[part])} 条，其余从略，--json 可看全部。"
                )


def _for_machines(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return the counts and the remarks, each with sheet, row, code and reason."""
    counts = {name: outcome[name] for name in ("created", "changed", "unchanged")}
    remarks = {
        part: [{name: remark[name] for name in REMARK_KEYS} for remark in outcome[part]]
        for part in ("rejected", "warned", "noted")
    }
    return {**counts, **remarks, "skipped": outcome["skipped"]}


def _table(name: str) -> ImportTable:
    table = find_table(name)
    if table is None:
        known = "、".join(f"{one.code}（{one.title}）" for one in import_tables)
        raise ImportRefused(f"没有叫“{name}”的导入表；现有：{known}")
    return table


def _day(text: str) -> dt.date:
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise ImportRefused(f"日期“{text}”认不出来，请写成 2026-10-31 这样。") from wrong


def _scope(text: str) -> Scope:
    if not text:
        return EVERYTHING
    model = apps.get_model(settings.PLACE_MODEL)
    named = Q(code=text) | Q(name=text) | Q(short_name=text)
    with everything(reason="the command line names one organisation of all"):
        places = list(model._default_manager.filter(named)[:2])
    if len(places) != 1:
        found = "不止一个" if places else "没有"
        raise ImportRefused(f"{found}代码、名称或简称是“{text}”的党组织。")
    return Scope((places[0].path,))
