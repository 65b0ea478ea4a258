"""Every text colour can be read on every ground it stands on (WCAG 2.2, 4.5:1; borders 3:1)."""

import re
from pathlib import Path

import pytest

PORTAL = Path(__file__).resolve().parents[2] / "static" / "css" / "portal.css"
TEXTS = ("ink", "ink-2", "ink-3", "red", "red-deep", "blue", "green", "amber", "danger", "bronze")
WASHES = {"green": "green-wash", "amber": "amber-wash", "danger": "red-wash", "blue": "blue-wash"}


def tokens(selector):
    """Return the colour tokens of one block as {name: '#rrggbb'}."""
    source = PORTAL.read_text("utf-8")
    block = source.split(selector + " {", 1)[1].split("}", 1)[0]
    return {
        name: "#" + "".join(2 * c for c in code) if len(code) == 3 else "#" + code
        for name, code in re.findall(r"--([\w-]+): #([0-9a-f]{6}|[0-9a-f]{3});", block)
    }


LIGHT = tokens(":root")
DARK = LIGHT | tokens(':root[data-theme="dark"]')
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@THEMES
@pytest.mark.parametrize("ground", ["paper", "ground", "head"])
def test_text_is_readable(theme, ground):
    ratios = {name: contrast(theme[name], theme[ground]) for name in TEXTS}

    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@THEMES
def test_status_words_are_readable_on_their_wash(theme):
    ratios = {name: contrast(theme[name], theme[wash]) for name, wash in WASHES.items()}

    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@THEMES
def test_fields_and_focus_stand_out(theme):
    assert contrast(theme["field"], theme["paper"]) >= 3
    assert contrast(theme["focus"], theme["paper"]) >= 3
    assert contrast("#ffffff", theme["red-fill"]) >= 4.5


def test_following_the_system_gives_the_same_dark_theme():
    assert tokens('  :root[data-theme="auto"]') == tokens(':root[data-theme="dark"]')
