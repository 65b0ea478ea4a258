"""manage.py bench [--rows N] [--rounds N] [--json] [--strict]: speed as ratios, measured in one run."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from assessments.bench import excel, portal, scores, work
from assessments.bench.figures import Figure
from partybuild.commands import PortalCommand

ROWS, ROUNDS = 20_000, 3
HEAD = ("项目", "本门户", "对照", "对照值", "倍数", "目标", "是否达到", "说明")
WORDS = {True: "达到", False: "未达到", None: "—"}
LARGE = 1000


class Command(PortalCommand):
    help = "测量页面、Excel 和计算的快慢，与对照同场比较；用临时数据库，不动真实数据"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=ROWS, help="Excel 写多少行")
        parser.add_argument("--rounds", type=int, default=ROUNDS, help="每项轮流测几轮，取中位数")
        parser.add_argument("--json", action="store_true", help="输出给程序读的 JSON")
        parser.add_argument("--strict", action="store_true", help="有目标没达到时退出码为 1")

    def handle(self, *args: Any, **options: Any) -> None:
        with portal.throwaway():
            figures = list(work.measure(rounds=options["rounds"]))
            figures += scores.measure(rounds=options["rounds"])
        figures += excel.measure(options["rows"], rounds=options["rounds"])
        if options["json"]:
            told = [{**asdict(one), "goal": one.goal, "met": one.met} for one in figures]
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\t".join(HEAD))
            for figure in figures:
                self.stdout.write("\t".join(_cells(figure)))
        if options["strict"] and any(figure.met is False for figure in figures):
            sys.exit(1)


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _number(figure.value, figure.unit),
        figure.peer or "—",
        _number(figure.peer_value, figure.unit),
        _number(figure.ratio, "倍"),
        figure.goal or "—",
        WORDS[figure.met],
        figure.note,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    return f"{value:,.0f} {unit}" if value >= LARGE else f"{value:.2f} {unit}"
