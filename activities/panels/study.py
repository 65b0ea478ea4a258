"""The 学时 of the running year on a member's file."""

from typing import Any

from django.utils import timezone

from activities.queries.study import (
    Sums,
    hours_words,
    person_of,
    sums_of,
)
from activities.queries.study_lines import elsewhere, lines_of
from members.models import Member
from partybuild.panels import Panel
from partybuild.periods import Period


class StudyPanel(Panel):
    code = "activities.study"
    model = "members.member"
    permission = "activities.view_activity"
    title = "今年的学时"
    head = ("日期", "形式", "主题", "党组织", "学时")
    own = True
    empty = "今年还没有记到学时。"

    def summary(self, record: Member) -> str:
        today = timezone.localdate()
        year = Period.year(today.year)
        found = person_of(record, year, as_of=today)
        sums = found[0].sums if found else sums_of([record.pk], year).get(record.pk, Sums())
        told = f"{year.title}合计 {hours_words(sums.hours)} 学时"
        times, hours = elsewhere(record, year, sums)
        if times:
            told += f"，其中在别的党组织 {hours_words(hours)} 学时"
        if found is None:
            return f"{told}。"
        person, study = found
        words = f"{told}，{person.words}"
        return f"{words}。{study.rule_words}。" if study.rule else f"{words}。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        year = Period.year(timezone.localdate().year)
        return [
            (line.url, (line.held_on, line.kinds, line.topic, line.place, hours_words(line.hours)))
            for line in lines_of(record, year)
        ]
