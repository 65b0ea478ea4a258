"""Lists of attendance as people paste them, put into the people picker of a real browser."""

import tomllib
from pathlib import Path

import pytest

from activities.imports.absentees import read_absentees
from activities.views.recording import people_choices
from members.imports.posts import parse_names
from partybuild.values import clean_name
from tests.look.pickers import outcome, paste, picker_page, serve

CORPUS = tomllib.loads((Path(__file__).parent / "clipboards.toml").read_text("utf-8"))
CASES = CORPUS["clipboard"]


def roster_of(case):
    return case.get("roster", CORPUS["roster"])


def name_and_note(label):
    """Part 张敏（女，1972年生） into the name and what tells namesakes apart."""
    name, _, note = label.partition("（")
    return name, note.rstrip("）")


def people_of(roster):
    for label in roster:
        name, note = name_and_note(label)
        yield {"id": label, "name": name, "pinyin": "", "initials": "", "choice": "present",
               "note": note, "has_vote": True}  # fmt: skip


def due(case):
    """Return how everybody stands who is not there, and what the report asks to look at."""
    named = {*case.get("here", []), *case.get("away", {}), *case.get("asked", [])}
    others = set() if case.get("others") == "stay" else set(roster_of(case)) - named
    return {**dict.fromkeys(others, "请假"), **case.get("away", {})}, case.get("look", [])


def difference(case, away, lines):
    """Return what came out otherwise than due, None when nothing did."""
    should, look = due(case)
    asked = all(any(words in line for line in lines) for words in look)
    if away == should and asked and len(lines) == len(look):
        return None
    return {"marked": sorted(away.items() ^ should.items()), "lines": lines}


@pytest.mark.browser
def test_every_list_marks_whom_it_names_and_asks_about_the_rest(page):
    shown, wrong = None, {}
    for case in CASES:
        if roster_of(case) != shown:
            shown = roster_of(case)
            serve(page, picker_page(list(people_of(shown)), people_choices()))
        paste(page, case.get("text", ""), html=case.get("html", ""), into=".person__name")
        wrong[case["name"]] = difference(case, *outcome(page))
        if page.is_visible("[data-paste-report]"):
            page.click("text=撤销粘贴")

    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "case", [case for case in CASES if "cell" in case], ids=lambda case: case["name"]
)
def test_a_cell_of_an_imported_ledger_is_read_as_the_same_list_pasted(case):
    bearers = {}
    for label in roster_of(case):
        bearers.setdefault(name_and_note(label)[0], []).append(label)
    labels = {choice["value"]: choice["label"] for choice in people_choices()}

    if case["cell"] == "参加人员":
        read = {clean_name(name): "到会" for name in parse_names(case["text"])}
    else:
        absentees = read_absentees(case["text"], bearers.__contains__)
        read = {one.name: labels.get(one.reason) or labels[one.status] for one in absentees}

    named = {name: state for name, state in read.items() if len(bearers.get(name, [])) == 1}
    assert named == {**dict.fromkeys(case.get("here", []), "到会"), **case.get("away", {})}
    assert sorted(read.keys() - named.keys()) == sorted(case.get("look", []))
