"""manage.py audit_verify: recompute the audit chain and name the first bad record."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from partybuild import audit
from partybuild.commands import PortalCommand


class Command(PortalCommand):
    help = "核对审计记录：逐条重算指纹，并与链头、库外存证比对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出给程序读的结果")

    def handle(self, **options: Any) -> None:
        held, broken = audit.verify()
        outcome = {
            "verified": held,
            "broken_at": broken.sequence if broken else None,
            "reason": broken.reason if broken else "",
        }
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        elif broken:
            self.stdout.write(f"审计记录没有通过核对：{broken.reason}。此前 {held} 条完好。")
        else:
            self.stdout.write(f"审计记录完好，共 {held} 条。")
        if broken:
            sys.exit(1)
