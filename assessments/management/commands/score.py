"""manage.py score SCHEME --period P [--organization CODE] [--json]: scorecards as of today."""

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from decimal import Decimal
from typing import Any, NoReturn

from django.utils import timezone

from assessments.cards import Card, CardLine, card_as_data
from assessments.engine.states import State
from assessments.models import Scheme
from assessments.points import shown
from assessments.queries.scorecards import newest_scheme, scorecards
from assessments.queries.subjects import subjects_of
from branches.models import PartyOrganization
from partybuild.commands import PortalCommand
from partybuild.periods import Period, PeriodProblem
from partybuild.scoping import everything, within

PER = {
    "year": "年度，例如 2026",
    "half": "半年，例如 2026H1",
    "quarter": "季度，例如 2026Q3",
    "month": "月份，例如 2026-11",
}


class Command(PortalCommand):
    help = "按考核方案计算党支部或党员截至今天的得分，不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scheme", help="方案代码")
        parser.add_argument("--period", required=True, help="期间：2026、2026H1、2026Q3 或 2026-11")
        parser.add_argument("--organization", help="组织代码；只算它和它的下级")
        parser.add_argument("--json", action="store_true", help="输出给程序读的 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        scheme = newest_scheme(options["scheme"])
        if scheme is None:
            self._refuse(f"没有代码为“{options['scheme']}”的考核方案。{_known()}")
        period = self._period(options["period"], scheme)
        today = timezone.localdate()
        with everything(reason="an administrator scores on the command line"):
            top = self._top(options["organization"])
            with within(top) if top else nullcontext():
                cards = scorecards(scheme, subjects_of(scheme, period), period, as_of=today)
        if options["json"]:
            head = {"scheme": scheme.code, "edition": scheme.edition, "title": scheme.title}
            dates = {"period": period.code, "as_of": today.isoformat()}
            told = {**head, **dates, "scorecards": [card_as_data(card) for card in cards]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        heading = f"{scheme.title} 第 {scheme.edition} 版 {period.title} 截至 {today}"
        self.stdout.write("\n\n".join([heading, *(_card(card) for card in cards)]))

    def _period(self, text: str, scheme: Scheme) -> Period:
        try:
            period = Period.parse(text)
        except PeriodProblem as problem:
            self._refuse(str(problem))
        if period.kind != scheme.per:
            self._refuse(f"这个方案按{scheme.get_per_display()}考核，期间请写{PER[scheme.per]}。")
        return period

    def _top(self, code: str | None) -> str:
        if code is None:
            return ""
        place = PartyOrganization.objects.filter(code=code).first()
        if place is None:
            self._refuse(f"没有代码为“{code}”的党组织。")
        return place.path

    def _refuse(self, reason: str) -> NoReturn:
        self.stderr.write(reason)
        raise SystemExit(1)


def _known() -> str:
    codes = sorted(set(Scheme.objects.values_list("code", flat=True)))
    return f"已读入的有：{'、'.join(codes)}。" if codes else "还没有读入任何方案。"


def _card(card: Card) -> str:
    head = f"{card.organization.code} {card.subject.name}：{_total(card)}"
    lines = [f"  {line.number:>2} {line.title}：{_line(line)}" for line in card.lines]
    return "\n".join([head, *lines])


def _total(card: Card) -> str:
    if card.is_excluded:
        return f"不参加考核（{card.result.excluded}）"
    if card.is_complete and card.points is not None:
        band = f"，{card.band or card.result.band.why}" if card.result.document.bands else ""
        return f"{_of(card.points, card.full_score)} 分{band}"
    waiting = [f"未评 {card.unscored} 项"] * bool(card.unscored)
    waiting += [f"未到期 {card.pending} 项"] * bool(card.pending)
    words = f"未完成（{'、'.join(waiting) or '没有考核项目'}）"
    if card.points is None:
        return words
    return f"{words}，已得 {_of(card.points, card.scored_full_score)} 分"


def _of(points: Decimal, full: Decimal | None) -> str:
    return shown(points) if full is None else f"{shown(points)} / {shown(full)}"


def _line(line: CardLine) -> str:
    points = f"{shown(line.points)} 分" if line.points is not None else line.state.label
    if line.state is State.SCORED and line.points is None:
        points = "不计分"
    full = f" / {shown(line.full_score)}" if line.full_score else ""
    return f"{points}{full}。{line.why}"
