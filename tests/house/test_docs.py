"""The words around the code stay true: whatever they name exists, and their recipes work."""

import ast
import os
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

import run
from activities.indicators import meetings as meeting_indicators
from activities.ledgers import meetings as meeting_ledgers
from activities.models import Meeting
from activities.queries import occasions
from assessments import transcripts
from branches.roles import PERMISSIONS, Role
from partybuild.checks import OWN_APPS
from partybuild.indicators import indicators
from partybuild.ledgers import ledgers
from partybuild.periods import Period
from partybuild.regulations import shipped_versions
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, MeetingFactory

PROJECT = Path(settings.BASE_DIR)
DOCS = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    PROJECT / "CHANGELOG.md",
    *sorted((PROJECT / "docs").glob("*.md")),
]
TEXTS = {path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in DOCS}
EVERY_DOC = pytest.mark.parametrize("name", TEXTS)
SOURCES = (
    *("partybuild/settings.py", "partybuild/environment.py", "run.py", "tests/passes.py"),
    *("Dockerfile", "docker-compose.yml", ".ci/run"),
)
LARGEST_PICTURE = 150_000
FILE_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:py|md|toml|css|js|yml|yaml|txt|html)")
NOT_OURS = {".git", ".venv", "data", "node_modules"}
MADE_BY_RECIPES = {"members/regulations/training.toml"}
NO_VARIABLES = {"NAME", "METRICS", "DELETE"}


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def quoted(text):
    """Return what stands between single backticks, blocks left out."""
    return re.findall(r"`([^`\n]+)`", without_blocks(text))


def block_of(text, first_line):
    """Return the fenced block whose first line is this comment."""
    return next(
        block
        for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        if block.startswith(first_line)
    )


def table_of(text, heading):
    """Return the cells of the table whose first heading is this, without head and rule."""
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


# --- what is named exists --------------------------------------------------------------------


@EVERY_DOC
def test_every_link_leads_somewhere(name):
    folder = (PROJECT / name).parent
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXTS[name])

    missing = [link for link in links if "://" not in link and not (folder / link).exists()]

    assert missing == []


@pytest.fixture(scope="module")
def files():
    """Every file of the project, as paths with a stroke before them."""
    found = []
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = [one for one in folders if one not in NOT_OURS]
        found += [f"/{(Path(folder) / name).relative_to(PROJECT).as_posix()}" for name in names]
    return found


@EVERY_DOC
def test_every_file_that_is_named_exists(name, files):
    in_data = block_of(TEXTS["docs/operations.md"], "data/").split()
    named = {word for word in quoted(TEXTS[name]) if FILE_NAME.fullmatch(word)}

    missing = [word for word in named if not any(file.endswith(f"/{word}") for file in files)]
    assert sorted(set(missing) - set(in_data) - MADE_BY_RECIPES) == []


@EVERY_DOC
def test_every_address_that_is_named_is_served(name):
    missing = []
    for word in quoted(TEXTS[name]):
        if re.fullmatch(r"/[\w/.-]*", word):
            try:
                resolve(word)
            except Resolver404:
                missing.append(word)

    assert missing == []


@EVERY_DOC
def test_every_management_command_that_is_named_takes_its_options(name):
    own = get_commands()
    unknown = []
    for line in re.findall(r"manage\.py ([^`|\n]+)", TEXTS[name]):
        command, *words = line.replace("\\", " ").split()
        if command == "NAME":
            continue
        if command not in own:
            unknown.append(command)
            continue
        app = own[command]
        parser = load_command_class(app, command).create_parser("manage.py", command)
        known = set(re.findall(r"--[\w-]+", parser.format_help()))
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        unknown += [f"{command} {option}" for option in sorted(options - known)]

    assert unknown == []


@EVERY_DOC
def test_every_way_to_call_run_py_is_one_it_knows(name):
    called = re.findall(r"python3 run\.py((?: +[\w./:-]+)*)", TEXTS[name])

    for words in (call.split() for call in called):
        if words[:1] not in (["test"], ["install"]):
            run.parse_options(words)


@EVERY_DOC
def test_every_variable_that_is_named_is_read_somewhere(name):
    known = "\n".join((PROJECT / source).read_text("utf-8") for source in SOURCES)
    words = {
        word.partition("=")[0]
        for word in quoted(TEXTS[name])
        if re.fullmatch(r"[A-Z][A-Z_]{3,}(=\S*)?", word)
    }

    plain = {word.removesuffix("_FILE") for word in words} - NO_VARIABLES
    assert sorted(word for word in plain if not re.search(rf"\b{word}\b", known)) == []


@EVERY_DOC
def test_every_test_that_is_named_exists(name):
    missing = []
    for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXTS[name]):
        tree = ast.parse((PROJECT / path).read_text("utf-8"))
        if test not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{path}::{test}")

    assert missing == []


def test_pictures_are_small_and_each_is_shown():
    pictures = {path.name: path.stat().st_size for path in (PROJECT / "docs/img").iterdir()}
    shown = set(re.findall(r"img/([\w.-]+)\)", "".join(TEXTS.values())))

    assert set(pictures) == shown
    assert {name: size for name, size in pictures.items() if size > LARGEST_PICTURE} == {}


# --- README and CHANGELOG --------------------------------------------------------------------


def test_the_footer_shows_the_newest_version_of_the_changelog():
    newest = next(line for line in TEXTS["CHANGELOG.md"].splitlines() if line.startswith("## "))

    assert newest.split()[1] == settings.PORTAL_VERSION


def test_the_changelog_has_its_sections():
    sections = re.findall(r"^### (.+)$", TEXTS["CHANGELOG.md"], flags=re.MULTILINE)

    assert set(sections) <= {"新增", "变化", "修正", "安全", "规则"}
    assert sections[:3] == ["新增", "安全", "规则"]


def test_the_readme_names_the_options_of_run_py():
    [section] = re.findall(
        r"^## Two commands\n(.*?)^## ", TEXTS["README.md"], re.MULTILINE | re.DOTALL
    )

    assert set(re.findall(r"`(--[\w-]+)", section)) == set(re.findall(r"--[\w-]+", run.USAGE))
    assert re.findall(r"^python3 run\.py(?: \w+)?", section, re.MULTILINE) == [
        "python3 run.py",
        "python3 run.py test",
    ]


def test_the_readme_lists_every_command_of_ours():
    listed = set(re.findall(r"`manage\.py (\w+) ", TEXTS["README.md"]))
    own = {command for command, app in get_commands().items() if app in OWN_APPS}

    assert listed == own


def test_the_readme_lists_the_demonstration_accounts():
    accounts = [cells[0] for cells in table_of(TEXTS["README.md"], "Account")]
    source = (PROJECT / "assessments/demonstration/organization.py").read_text("utf-8")

    named = re.findall(r"`(\w+)`", " ".join(accounts))
    assert named == re.findall(r'self\._account\(\s*"(\w+)"', source)


# --- handbook and components -----------------------------------------------------------------


def test_the_handbook_quotes_the_interface_word_by_word():
    interface = "".join(
        path.read_text("utf-8")
        for folder in ("templates", "static/js", *OWN_APPS)
        for path in (PROJECT / folder).rglob("*.*")
        if path.suffix in {".html", ".js", ".py"}
    )
    quotes = set(re.findall("“([^”]+)”", TEXTS["docs/handbook.md"]))

    assert len(quotes) > 50
    assert sorted(quote for quote in quotes if quote not in interface) == []


def test_the_look_page_names_every_component():
    components = {path.stem for path in (PROJECT / "templates/components").iterdir()}

    assert components <= set(re.findall(r"\w+", TEXTS["docs/components.md"]))


# --- operations ------------------------------------------------------------------------------


def test_operations_lists_every_setting_read_from_the_environment():
    source = (PROJECT / "partybuild/settings.py").read_text("utf-8")
    read = set(re.findall(r'env_(?:bool|int|secret)\(\s*"(\w+)"', source))
    rows = table_of(TEXTS["docs/operations.md"], "Variable")

    assert {cells[0].split("`")[1] for cells in rows} == read


def test_operations_lists_what_runs_by_itself():
    rows = table_of(TEXTS["docs/operations.md"], "Entry")

    assert {cells[0].strip("`") for cells in rows} == set(settings.CELERY_BEAT_SCHEDULE)


def test_operations_lays_out_the_data_folder_as_the_code_does():
    layout = block_of(TEXTS["docs/operations.md"], "data/")
    sources = "\n".join(
        path.read_text("utf-8")
        for folder in ("partybuild", "activities", "assessments")
        for path in (PROJECT / folder).rglob("*.py")
    ) + (PROJECT / "run.py").read_text("utf-8")

    names = [line.split()[0].rstrip("/") for line in layout.splitlines()[1:]]
    assert [name for name in names if f'{name}"' not in sources and f"{name}/" not in sources] == []


# --- security model and rules ----------------------------------------------------------------


def test_the_security_model_tells_what_each_role_may_do():
    text = TEXTS["docs/security-model.md"]
    head = next(line for line in text.splitlines() if line.startswith("| 可以做什么 |"))
    roles = [cell.strip() for cell in head.strip("|").split("|")][2:]
    told = defaultdict(set)
    for _, code, *marks in table_of(text, "可以做什么"):
        for role, mark in zip(roles, marks, strict=True):
            if mark:
                told[role].add(code.strip("`"))

    assert roles == [str(role.label) for role in Role]
    assert told == {str(role.label): set(PERMISSIONS[role]) for role in Role}


def test_the_rules_page_lists_every_version_that_is_shipped():
    listed = {
        (cells[0].strip("`"), cells[1], cells[2])
        for cells in table_of(TEXTS["docs/rules.md"], "Rule")
    }
    shipped = {
        (version.code, version.in_force_from.isoformat(), version.document)
        for path in PROJECT.glob("*/regulations/*.toml")
        for version in shipped_versions(f"{path.parent.parent.name}.{path.stem}")
    }

    assert listed == shipped


def test_the_rules_page_tells_the_frequencies_as_they_are():
    newest = shipped_versions("activities.meeting_frequency")[-1]
    per = {"month": "每月", "quarter": "每季度", "year": "每年"}
    told = {
        row[0]: (row[1], row[2], "一般" in row[3])
        for row in table_of(TEXTS["docs/rules.md"], "Form")
    }

    assert told == {
        str(Meeting.Kind(kind).label): (
            f"{per[rule['per']]} {rule['times']} 次",
            rule["article"],
            rule["general"],
        )
        for kind, rule in newest.values.items()
    }


# --- the recipes -----------------------------------------------------------------------------


@pytest.fixture
def recipes(monkeypatch):
    """Carry out the recipes for a ledger and an indicator, for the length of a test."""
    monkeypatch.setattr(ledgers, "_entries", {one.code: one for one in ledgers})
    monkeypatch.setattr(indicators, "_entries", {one.code: one for one in indicators})
    text = TEXTS["CONTRIBUTING.md"]
    rooms = {
        "# activities/queries/occasions.py": vars(occasions),
        "# activities/ledgers/meetings.py": vars(meeting_ledgers),
        "# activities/indicators/meetings.py": vars(meeting_indicators),
    }
    made = {}
    for first_line, room in rooms.items():
        names = dict(room) | made
        exec(block_of(text, first_line), names)  # noqa: S102 -- our own page
        made |= {name: thing for name, thing in names.items() if room.get(name) is not thing}


@pytest.fixture
def lectures(first_branch):
    """Two lectures, one of which names its lecturer."""
    with everything(reason="the test prepares"):
        for lecturer in ("孙知远", ""):
            activity = ActivityFactory(organization=first_branch)
            MeetingFactory(activity=activity, kind=Meeting.Kind.PARTY_LECTURE, lecturer=lecturer)
    return activity


def test_each_recipe_is_shorter_than_ten_lines():
    blocks = re.findall(
        r"^```(?:python|toml)\n(.*?)^```", TEXTS["CONTRIBUTING.md"], re.MULTILINE | re.DOTALL
    )

    lengths = [sum(bool(line.strip()) for line in block.splitlines()[1:]) for block in blocks]
    assert len(lengths) == 5
    assert max(lengths) < 10


@pytest.mark.django_db
@pytest.mark.usefixtures("recipes")
def test_the_ledger_of_the_recipe_has_menu_entry_page_and_rows(client, li, lectures):
    client.force_login(li)

    menu = client.get("/ledgers/").content.decode()
    page = client.get("/ledgers/activities.lectures/", {"period": str(lectures.held_on.year)})

    assert re.search(r'<a href="/ledgers/activities.lectures/[^"]*">党课主讲台账</a>', menu)
    assert [cells for _, cells in page.context["rows"]] == [(lectures.held_on, "孙知远")]


@pytest.mark.django_db
@pytest.mark.usefixtures("recipes")
def test_the_indicator_of_the_recipe_counts_what_its_ledger_lists(
    lectures, first_branch, django_assert_num_queries
):
    year = Period.year(lectures.held_on.year)
    with everything(reason="the test counts"):
        branches = type(first_branch).objects.filter(pk=first_branch.pk)
        with django_assert_num_queries(1):
            measured = indicators["activities.named_lectures"].measure(branches, year)

    assert {place: sum(months) for place, months in measured.items()} == {first_branch.pk: 1}
    assert measured[first_branch.pk][lectures.held_on.month - 1] == 1


@pytest.mark.usefixtures("recipes")
def test_a_word_in_metrics_lets_a_scheme_use_the_indicator_of_the_recipe(monkeypatch):
    monkeypatch.setitem(transcripts.METRICS, "meetings.named", "activities.named_lectures")
    scheme = """
format: scheme-transcript/1
id: recipe
title: 党课考核
subject: branch
period: year
categories: [{code: A, name: 党课, max: 2}]
indicators:
  - cat: A
    about: 写明主讲人的党课
    options: [{when: 每季 1 次, pts: 2}, {when: 没有, pts: 0}]
    metric: meetings.named.per_quarter
"""

    transcript = transcripts.read_transcript(scheme.encode())

    assert [item.indicator for item in transcript.measured] == ["activities.named_lectures"]


def test_the_version_of_the_recipe_is_whole():
    block = block_of(TEXTS["CONTRIBUTING.md"], "# activities/regulations/votes.toml")
    [added] = tomllib.loads(block)["version"]
    newest = shipped_versions("activities.votes")[-1]

    assert added["in_force_from"] > newest.in_force_from
    assert added["values"].keys() == newest.values.keys()
