"""Style sheets and scripts keep to what Chromium 78 knows (UX.md section 5), and stay light."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
STYLES = sorted(STATIC.rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))

# What the oldest supported browser would drop, with the version of Chromium that learnt it.
TOO_NEW_IN_STYLES = {
    "gap outside grid-gap (84)": r"(?<![\w-])(?:row-|column-)?gap\s*:",
    "clamp, min, max (79)": r"(?<![\w-])(?:clamp|min|max)\(",
    "inset (87)": r"(?<![\w-])inset(?:-[a-z-]+)?\s*:",
    "logical shorthand (87)": r"(?:margin|padding)-(?:inline|block)\s*:",
    "aspect-ratio (88)": r"aspect-ratio",
    ":is, :where, :has": r":(?:is|where|has)\(",
    "list inside :not (88)": r":not\([^()]*,",
    "colour functions (111)": r"color-mix|oklch|oklab|light-dark|color\(",
    "@layer, @container, @property": r"@(?:layer|container|property|scope)\b",
    "@supports selector (83)": r"selector\(",
    "nesting (112)": r"&",
    "dynamic units (108)": r"\d(?:dvh|svh|lvh|dvw)",
    "accent-color, content-visibility": r"accent-color|content-visibility",
    "single transforms (104)": r"(?<![\w-])(?:translate|rotate|scale)\s*:",
    "overflow: clip, anywhere": r":\s*(?:clip|anywhere)\b",
}
TOO_NEW_IN_SCRIPTS = {
    "?. and ?? (80)": r"\?\.(?!\d)|\?\?",
    "logical assignment (85)": r"\|\|=|&&=",
    "catch without a name": r"catch\s*\{",
    "private names (84)": r"(?<![\w$])#[a-zA-Z_]\w*",
    "number separators (75)": r"\b\d+_\d",
    "looking behind (not in Safari 13)": r"\(\?<[=!]",
    "import, export": r"^\s*(?:import|export)\b",
    "replaceAll, at, matchAll": r"\.(?:replaceAll|at|matchAll|findLast|toSorted|flatMap)\(",
    "structuredClone, randomUUID": r"structuredClone|randomUUID",
    "replaceChildren (86)": r"\.replaceChildren\(",
    "event.submitter (81)": r"\.submitter\b",
    "secure contexts only": r"serviceWorker|navigator\.clipboard|crypto\.subtle|mediaDevices",
    "evaluated text": r"\beval\(|new Function\(",
    "style attributes": r"\.style\b|cssText|setAttribute\(\s*[\"']style",
}


def without_comments(source):
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"(?m)(?<![:\"'])//.*$", "", source)


def without_texts(script):
    """Take out comments, strings and regular expressions' brackets: only syntax is left."""
    script = without_comments(script)
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', script)


def findings(source, patterns):
    return {
        name: found
        for name, pattern in patterns.items()
        if (found := re.findall(pattern, source, flags=re.MULTILINE))
    }


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheet_asks_nothing_newer_than_chromium_78(path):
    assert findings(without_comments(path.read_text("utf-8")), TOO_NEW_IN_STYLES) == {}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_focus_visible_never_shares_its_rule(path):
    selectors = re.findall(r"([^{}]+)\{", without_comments(path.read_text("utf-8")))

    shared = [text for text in selectors if ":focus-visible" in text and "," in text]

    assert shared == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_appearance_is_also_given_with_its_prefix(path):
    source = without_comments(path.read_text("utf-8"))

    alone = re.findall(
        r"(?<!-webkit-appearance:none;)(?<!-webkit-appearance: none; )(?<![\w-])appearance", source
    )

    assert alone == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheet_fetches_nothing_from_elsewhere(path):
    addresses = re.findall(r"url\(\s*[\"']?([^)\"']+)", path.read_text("utf-8"))

    missing = [a for a in addresses if not (path.parent / a).resolve().is_file()]

    assert missing == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_is_written_in_es2018(path):
    assert findings(without_texts(path.read_text("utf-8")), TOO_NEW_IN_SCRIPTS) == {}


@pytest.mark.parametrize("sample", ["a?.b", "a ?? b", "try {} catch {}", "/(?<=a)b/", "x.style"])
def test_the_script_floor_would_notice(sample):
    assert findings(without_texts(sample), TOO_NEW_IN_SCRIPTS) != {}


@pytest.mark.parametrize(
    "sample", [".a{gap:1px}", ".a{inset:0}", ":is(a){}", ".a{width:min(1px,2px)}", ":not(a,b){}"]
)
def test_the_style_floor_would_notice(sample):
    assert findings(sample, TOO_NEW_IN_STYLES) != {}


def weight(paths):
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


def linked_from(template):
    """Return the files of static/ that a template links."""
    source = (ROOT / "templates" / template).read_text("utf-8")
    names = re.findall(r"{% static '([^']+)' %}", source)
    return [STATIC / name for name in names if name.endswith((".css", ".js"))]


def test_styles_and_scripts_of_every_page_weigh_at_most_20_kilobytes():
    base = linked_from("base.html")

    assert len(base) == 6
    assert weight(base) <= 20_000


def test_even_the_recording_page_weighs_at_most_30_kilobytes():
    every_script = set(SCRIPTS) | set(linked_from("base.html"))

    elsewhere = ("jobs.js", "grid.js", "tree.js", "column.js", "keys.js", "print.js", "words.js")
    with_the_first_list = ("names.js",)  # tests/look/test_picker.py sees that it comes no earlier
    left_out = {STATIC / "js" / name for name in elsewhere + with_the_first_list}
    assert weight(every_script - left_out) <= 30_000


def test_the_page_of_a_rule_that_says_itself_weighs_at_most_21_kilobytes():
    page = linked_from("base.html") + linked_from("assessments/draft_rule.html")

    assert [path.name for path in page[6:]] == ["words.js"]
    assert weight(page) <= 21_000


def test_vendored_files_are_the_ones_of_the_lock_file():
    vendor = STATIC / "vendor"
    lock = json.loads((vendor / "vendor.lock.json").read_text("utf-8"))

    recorded = {name: digest for item in lock.values() for name, digest in item["sha256"].items()}

    assert recorded == {
        name: hashlib.sha256((vendor / name).read_bytes()).hexdigest() for name in recorded
    }
    assert {str(p.relative_to(vendor)) for p in vendor.rglob("*.css")} <= set(recorded)
