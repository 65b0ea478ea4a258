"""The binder of a year: a zip with cover, contents and every meeting record, written one by one."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone

from activities.models import Activity
from activities.queries.papers import (
    MINUTES,
    PAPERS,
    Values,
    occasion_of,
    occasions_in,
    record_values,
)
from branches.models import PartyOrganization
from partybuild.documents import fill
from partybuild.jobs import Progress
from partybuild.ledgerfiles import Built, sealed
from partybuild.periods import Period
from partybuild.places import name_as_of

WORD_FILE, TEXT_FILE = ".docx", ".txt"
CONTENTS = "000 封面和目录" + WORD_FILE
FINGERPRINTS = "指纹" + TEXT_FILE
UNFIT_FOR_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
LONGEST_NAME = 60
SHOWN_DIGITS = 8
PROGRESS_EVERY = 10


def write_binder(
    path: Path, *, organization: PartyOrganization, period: Period, progress: Progress
) -> Built:
    """Write the records of one organisation in a period to `path`; `rows` of the result are papers.

    One paper is in memory at a time. The contents name every paper with its fingerprint, the file
    of fingerprints is in the form that `sha256sum -c` checks.
    """
    occasions = occasions_in(organization, period)
    total = occasions.count()
    contents: list[Values] = []
    digests: list[str] = []
    progress(0, total)
    with path.open("w+b") as out:
        with zipfile.ZipFile(out, "w") as binder:
            for name, line, content in _papers(occasions):
                digest = _put(binder, name, content)
                contents.append(line | {"指纹": digest[:SHOWN_DIGITS]})
                digests.append(f"{digest}  {name}")
                if len(contents) % PROGRESS_EVERY == 0:
                    progress(len(contents), max(total, len(contents)))
            cover = fill(
                "activities.binder_contents",
                {
                    "党组织": name_as_of(organization, period.end),
                    "年度": period.title,
                    "份数": len(contents),
                    "编制日期": timezone.localdate(),
                    "目录": contents,
                },
            )
            digests.append(f"{_put(binder, CONTENTS, cover)}  {CONTENTS}")
            binder.writestr(FINGERPRINTS, "\n".join([*digests, ""]).encode())
        return sealed(out, len(contents), measure="份")


def _papers(occasions: QuerySet[Activity]) -> Iterator[tuple[str, Values, bytes]]:
    """Yield of each occasion the name of its paper, its line of the contents, and the paper."""
    for number, activity in enumerate(occasions.iterator(chunk_size=20), start=1):
        values = record_values(occasion_of(activity))
        kinds = values["会议类型"]
        name = UNFIT_FOR_NAMES.sub(" ", f"{number:03} {activity.held_on} {kinds}")[:LONGEST_NAME]
        line = {
            "序号": number,
            "日期": activity.held_on.isoformat(),
            "形式": kinds,
            "议题": activity.topic,
        }
        yield name + WORD_FILE, line, fill(PAPERS[MINUTES].template, values)


def _put(binder: zipfile.ZipFile, name: str, content: bytes) -> str:
    binder.writestr(name, content)
    return hashlib.sha256(content).hexdigest()
