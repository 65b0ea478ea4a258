"""manage.py statistic NAME --period P [--organization CODE] [--json]."""

import argparse
import json
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Q

from partybuild.commands import PortalCommand, UnknownPlace, named_place
from partybuild.ledgers import ledgers
from partybuild.models import Statistic
from partybuild.narrowing import SelectionProblem
from partybuild.periods import Period, PeriodProblem
from partybuild.scoping import everything
from partybuild.statistics import figure_in, words_of


class Command(PortalCommand):
    help = "算出一个统计：statistic NAME --period P [--organization CODE] [--json]"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="统计的名称或编号")
        parser.add_argument("--period", required=True, help="期间：2026、2026H1、2026Q3 或 2026-11")
        parser.add_argument("--organization", default="", help="党组织的代码或名称；含它和下级")
        parser.add_argument("--json", action="store_true", help="输出给程序读的 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        statistic = _statistic(options["name"])
        try:
            with everything(reason="an administrator asks for a figure on the command line"):
                period = Period.parse(options["period"])
                place = named_place(options["organization"])
                figure = figure_in(statistic, period, place.path if place else "")
                words = words_of(statistic)
        except (PeriodProblem, SelectionProblem, UnknownPlace) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            told = {
                "statistic": statistic.name,
                "ledger": ledgers[statistic.code].title,
                "definition": words,
                "period": period.code,
                "organization": place.code if place else None,
                "value": float(figure.value) if figure.value % 1 else int(figure.value),
                "whole": None if figure.whole is None else float(figure.whole),
                "percent": None if figure.share is None else float(figure.share),
                "unit": statistic.unit,
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(
                f"{statistic.name} {period.title}：{figure.told(statistic.unit)}\n{words}"
            )


def _statistic(text: str) -> Statistic:
    found = Statistic.objects.filter(Q(public_id=text) | Q(name=text)).select_related("whole")
    if len(found) != 1:
        how_many = "不止一个" if found else "没有"
        numbers = "、".join(one.public_id for one in found)
        hint = f"；请写编号：{numbers}" if found else ""
        raise CommandError(f"{how_many}叫“{text}”的统计{hint}。")
    return found[0]
