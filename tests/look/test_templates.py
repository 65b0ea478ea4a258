"""Templates keep the content policy, open with a word on their arguments, and speak plainly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure  # the one program it starts reads the same files

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
BANNED_WORDS = re.compile(r"参数|异常|非法|\bnull\b|\berror\b|\bNone\b|\bID\b", re.IGNORECASE)
INLINE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=|<style|javascript:|<script(?![^>]*\ssrc=)")
FOREIGN = re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//")
TAGS = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}|<!--.*?-->", re.DOTALL)


def name_of(path):
    return str(path.relative_to(ROOT / "templates"))


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


def visible_text(source):
    """Return what a reader sees or hears: text between tags and in spoken attributes."""
    bare = TAGS.sub(" ", source)
    spoken = re.findall(r'(?:title|placeholder|alt|aria-label)="([^"]*)"', bare)
    return " ".join([re.sub(r"<[^>]*>", " ", bare), *spoken])


@every_template
def test_template_has_no_inline_style_or_script(path):
    assert INLINE.findall(path.read_text("utf-8")) == []


@every_template
def test_template_asks_no_other_site(path):
    assert FOREIGN.findall(path.read_text("utf-8")) == []


@every_template
def test_template_uses_plain_words(path):
    assert BANNED_WORDS.findall(visible_text(path.read_text("utf-8"))) == []


@every_template
def test_components_are_included_with_only_what_they_name(path):
    includes = re.findall(r"{% include [\"']components/[^%]*%}", path.read_text("utf-8"))

    assert [include for include in includes if not include.endswith(" only %}")] == []


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_component_opens_with_a_comment_on_its_arguments(path):
    assert path.read_text("utf-8").startswith(("{# ", "{% comment %}"))


@every_template
def test_comment_of_several_lines_is_not_shown(path):
    assert re.findall(r"{#[^#}]*\n", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_uses_plain_words(path):
    texts = re.findall(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"', path.read_text("utf-8"))

    assert BANNED_WORDS.findall(" ".join(texts)) == []


@pytest.mark.parametrize(
    "sample", ['<a style="x">', "<b onclick='x'>", "<script>x</script>", "<style>"]
)
def test_the_inline_rule_would_notice(sample):
    assert INLINE.findall(sample) != []


def test_djlint_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "djlint", "templates", "--lint", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
