"""manage.py load_scheme FILE [--check] [--json]: read an assessment scheme from a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from assessments.filetext import TranscriptProblem
from assessments.loading import read_scheme_file
from assessments.services.schemes import load_scheme
from assessments.transcripts import Transcript, read_transcript
from partybuild.commands import PortalCommand

HEADINGS = {
    "read": "读到的内容",
    "warnings": "请注意",
    "to_decide": "需要由人评分或决定",
    "unsupported": "本版本还不能处理",
}


class Command(PortalCommand):
    help = "读入考核方案文件；加 --check 只检查，不读入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="方案文件（YAML）")
        parser.add_argument("--check", action="store_true", help="只检查，不读入")
        parser.add_argument("--json", action="store_true", help="输出给程序读的 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = read_scheme_file(options["file"])
            transcript = read_transcript(raw)
        except OSError as problem:
            self._refuse(options, f"打不开文件 {options['file']}：{_reason(problem)}。")
        except TranscriptProblem as problem:
            self._refuse(options, str(problem))
        outcome = _told(transcript)
        if transcript.unsupported:
            self._tell(options, {"status": "refused", **outcome})
            self._end("方案没有读入：里面有本版本还不能处理的内容，已列在上面。")
        if options["check"]:
            self._tell(options, {"status": "checked", **outcome})
            return
        scheme, is_new = load_scheme(actor=None, raw=raw)
        status = "loaded" if is_new else "unchanged"
        self._tell(options, {"status": status, "edition": scheme.edition, **outcome})

    def _tell(self, options: dict[str, Any], outcome: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False, indent=2))
            return
        for name, heading in HEADINGS.items():
            for at, sentence in enumerate(outcome[name]):
                self.stdout.write((f"{heading}：\n" if at == 0 else "") + f"  {sentence}")
        edition = outcome.get("edition")
        self.stdout.write(
            {
                "checked": "检查完毕，可以读入；这次没有写入。",
                "loaded": f"已读入，第 {edition} 版。",
                "unchanged": f"与已读入的第 {edition} 版相同，没有改动。",
                "refused": "",
            }[outcome["status"]]
        )

    def _refuse(self, options: dict[str, Any], reason: str) -> NoReturn:
        if options["json"]:
            self.stdout.write(
                json.dumps({"status": "refused", "reason": reason}, ensure_ascii=False)
            )
        self._end(reason)

    def _end(self, reason: str) -> NoReturn:
        self.stderr.write(reason)
        raise SystemExit(1)


def _told(transcript: Transcript) -> dict[str, Any]:
    return {
        "id": transcript.code,
        "title": transcript.document.title,
        "complete": transcript.document.complete,
        "items": len(transcript.document.lines),
        "measured": [line.title for line in transcript.measured],
        "judged": [line.title for line in transcript.judged],
        "read": transcript.summary,
        "warnings": transcript.warnings,
        "to_decide": transcript.to_decide,
        "unsupported": transcript.unsupported,
    }


def _reason(problem: OSError) -> str:
    reasons: dict[type[OSError], str] = {
        FileNotFoundError: "没有这个文件",
        IsADirectoryError: "这是一个文件夹",
        PermissionError: "没有读取的权限",
    }
    return reasons.get(type(problem), "读取失败")
