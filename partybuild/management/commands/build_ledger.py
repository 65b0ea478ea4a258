"""manage.py build_ledger CODE --period P [--organization CODE] --out FILE [--json]."""

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from partybuild import ledgerfiles
from partybuild.commands import PortalCommand, UnknownPlace, named_place
from partybuild.ledgers import Ledger, ledgers
from partybuild.periods import Period, PeriodProblem
from partybuild.scoping import everything
from partybuild.workbooks import TooMuchForExcel

QUOTES = str.maketrans("", "", '“”"「」《》 　')


class LedgerRefused(Exception):
    """A ledger cannot be built, with the reason in Chinese."""


@dataclass(frozen=True)
class Order:
    """What is to be built; `place` is None for all organisations."""

    ledger: Ledger
    period: Period
    place: Any
    target: Path


class Command(PortalCommand):
    help = "把一本台账生成为 Excel 文件；个人号码打码"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code", help="台账代码或名称，例如 activities.meetings 或 三会一课台账")
        parser.add_argument("--period", required=True, help="期间：2026、2026H1、2026Q3 或 2026-11")
        parser.add_argument("--organization", default="", help="党组织的代码或名称；只含它和下级")
        parser.add_argument("--out", required=True, help="写到哪个文件")
        parser.add_argument("--json", action="store_true", help="输出给程序读的 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with everything(reason="an administrator builds a ledger on the command line"):
                order = _order(options)
                built = _build(order)
        except (LedgerRefused, PeriodProblem, TooMuchForExcel, UnknownPlace) as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": str(refused)}, ensure_ascii=False))
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(_told(order, built), ensure_ascii=False))
        else:
            self.stdout.write(
                f"已生成 {order.ledger.title} {order.period.title}，{built.rows} 行：{order.target}"
            )


def _order(options: dict[str, Any]) -> Order:
    return Order(
        ledger=_ledger(options["code"]),
        period=Period.parse(options["period"]),
        place=named_place(options["organization"]),
        target=_target(Path(options["out"])),
    )


def _ledger(text: str) -> Ledger:
    for ledger in ledgers:
        if text == ledger.code or text.translate(QUOTES) == ledger.title.translate(QUOTES):
            return ledger
    known = "、".join(f"{ledger.code}（{ledger.title}）" for ledger in ledgers)
    raise LedgerRefused(f"没有叫“{text}”的台账；现有：{known}。")


def _target(path: Path) -> Path:
    if path.is_dir():
        raise LedgerRefused(f"{path} 是文件夹，请写明文件名。")
    if not path.parent.is_dir():
        raise LedgerRefused(f"没有这个文件夹：{path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise LedgerRefused(f"不能往这个文件夹里写：{path.parent}")
    return path


def _build(order: Order) -> ledgerfiles.Built:
    try:
        return ledgerfiles.export(
            actor=None,
            ledger=order.ledger,
            period=order.period,
            place=order.place,
            target=order.target,
        )
    except OSError as problem:
        raise LedgerRefused(f"文件没有写成，原来的没有改动：{order.target}") from problem


def _told(order: Order, built: ledgerfiles.Built) -> dict[str, Any]:
    return {
        "ledger": order.ledger.code,
        "period": order.period.code,
        "organization": order.place.code if order.place else None,
        "rows": built.rows,
        "bytes": built.byte_count,
        "sha256": built.sha256,
        "out": str(order.target),
    }
