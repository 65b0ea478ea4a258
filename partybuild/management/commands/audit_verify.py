"""manage.py audit_verify: recompute the audit chain and name the first bad record."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from partybuild import audit


class Command(BaseCommand):
    help = "核对审计记录：逐条重算指纹，并与链头、库外存证比对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出给程序读的结果")

    def handle(self, **options: Any) -> None:
        held, broken_at, problem = _outcome()
        if options["json"]:
            outcome = {"verified": held, "broken_at": broken_at, "reason": problem}
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        elif problem:
            self.stdout.write(f"审计记录没有通过核对：{problem}。此前 {held} 条完好。")
        else:
            self.stdout.write(f"审计记录完好，共 {held} 条。")
        if problem:
            sys.exit(1)


def _outcome() -> tuple[int, int | None, str]:
    """Return how many entries hold, the first that does not, and what is wrong."""
    try:
        held, broken = audit.verify()
    except audit.AnchorUnreadable as unreadable:
        return 0, None, str(unreadable)
    return (held, broken.sequence, broken.reason) if broken else (held, None, "")
