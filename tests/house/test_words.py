"""What people read is plain Chinese: no English word but the names of products, no banned word.

Templates are read as a browser shows them; in Python and JavaScript every text with a Chinese
character is taken for one that people read, and every message must have one.
"""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from partybuild.checks import OWN_APPS

ROOT = Path(settings.BASE_DIR)
CODE = sorted(
    path
    for app in OWN_APPS
    for path in Path(apps.get_app_config(app).path).rglob("*.py")
    if not {"migrations", "commands", "commands.py"} & set(path.parts)
)
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Products, kinds of files, units and keys that people know by these names.
KNOWN = {"Excel", "WPS", "Word", "CSV", "PDF", "XML", "YAML", "UTF", "xlsx", "xlsb", "docx"}
KNOWN |= {"JPG", "JPEG", "PNG", "MB", "KB", "Ctrl", "zw"}
# What a column of yes and no may hold, and the words of the file that a scheme is written in.
NOT_READ = {"members/imports/resources.py", "assessments/transcripts.py", "assessments/filetext.py"}
NOT_READ |= {f"assessments/transcript_{part}.py" for part in ("lines", "rules", "totals")}
NOT_READ |= {"assessments/engine/written.py"}
BANNED = re.compile(r"参数|异常|非法|违规操作|未知错误|系统错误|操作失败")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
TAGS = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}|<!--.*?-->", re.DOTALL)
FILLED = re.compile(r"{[^}]*}|%\(\w+\)[sd]|<[^>]*>|“[^”]*”|`[^`]*`|&\w+|[\w-]+=\"[^\"]*\"")
SPOKEN = {"title", "placeholder", "alt", "aria-label", "aria-description", "label"}
TELLING = {"error", "success", "info", "warning", "ValidationError"}


class Reader(HTMLParser):
    """Collects what somebody who opens a page reads or hears."""

    def __init__(self):
        super().__init__()
        self.texts, self._hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in {"script", "style", "code"}
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        if ("type", "submit") in attrs and tag == "input":
            self.texts.append(dict(attrs).get("value") or "")

    def handle_endtag(self, tag):
        self._hidden -= tag in {"script", "style", "code"}

    def handle_data(self, data):
        if not self._hidden:
            self.texts.append(data)


def texts_of_template(path):
    reader = Reader()
    reader.feed(TAGS.sub(" ", path.read_text(encoding="utf-8")))
    return reader.texts


def texts_of_module(path):
    """Return the Chinese texts of a module without its docstrings, and all of its messages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    silent |= {
        id(part) for node in ast.walk(tree) if is_for_programs(node) for part in ast.walk(node)
    }
    told = [text_of(node) for node in ast.walk(tree) if is_text(node) and id(node) not in silent]
    return [text for text in told if CHINESE.search(text)] + messages_in(tree)


def is_for_programs(node):
    """Tell whether a node is a pattern or a line for the log."""
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called.startswith(("re.", "logger.")) or isinstance(node, ast.FormattedValue)


def is_text(node):
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def text_of(node):
    if isinstance(node, ast.JoinedStr):
        return " ".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return node.value


def messages_in(tree):
    """Return what is told through messages and form errors, whatever its language."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    telling = [call for call in calls if is_telling(call.func)]
    return [text_of(word) for call in telling for word in call.args if is_text(word)]


def is_telling(called):
    if isinstance(called, ast.Attribute):
        return called.attr in TELLING and ast.unparse(called.value) in {"messages", "forms"}
    return getattr(called, "id", "") in TELLING


def texts_of_script(path):
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", source, flags=re.DOTALL)
    return [
        text for text in re.findall(r"[\"'`]([^\"'`\n]*)[\"'`]", source) if CHINESE.search(text)
    ]


def english_in(texts):
    """Find English words; places to fill in, tags and what is quoted from a file are none."""
    return {word for text in texts for word in ENGLISH.findall(FILLED.sub(" ", text))} - KNOWN


def banned_in(texts):
    return {word for text in texts for word in BANNED.findall(text)}


def offenders(paths, read, find):
    """Return per file what was found in the texts that people read there."""
    found = {str(path.relative_to(ROOT)): find(read(path)) for path in paths}
    return {name: words for name, words in found.items() if words and name not in NOT_READ}


KINDS = {
    "templates": (TEMPLATES, texts_of_template),
    "modules": (CODE, texts_of_module),
    "scripts": (SCRIPTS, texts_of_script),
}


@pytest.mark.parametrize(("paths", "read"), KINDS.values(), ids=KINDS.keys())
def test_nobody_reads_an_english_word(paths, read):
    assert offenders(paths, read, english_in) == {}


@pytest.mark.parametrize(("paths", "read"), KINDS.values(), ids=KINDS.keys())
def test_nobody_reads_a_banned_word(paths, read):
    assert offenders(paths, read, banned_in) == {}


@pytest.mark.parametrize(("paths", "read"), KINDS.values(), ids=KINDS.keys())
def test_there_is_something_to_read(paths, read):
    assert sum(len(read(path)) for path in paths) > 20


def test_the_reader_of_templates_would_notice(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{# Comment #}<p class="muted">您好 {{ name }} hello</p><script>var x;</script>'
        '<input type="submit" value="Save"><img alt="Photo">',
        encoding="utf-8",
    )

    assert english_in(texts_of_template(page)) == {"hello", "Save", "Photo"}


def test_the_reader_of_modules_would_notice(tmp_path):
    module = tmp_path / "views.py"
    module.write_text(
        '"""中文 docstring."""\n'
        'logger.warning("作业 failed")\n'
        'PATTERN = re.compile("第abc条")\n'
        'messages.error(request, "Wrong input")\n'
        'raise forms.ValidationError("Bad")\n'
        'LABEL = f"共 {count} rows"\n'
        'CODE = "activities.meetings"\n',
        encoding="utf-8",
    )

    assert english_in(texts_of_module(module)) == {"Wrong", "input", "Bad", "rows"}


def test_the_reader_of_scripts_would_notice(tmp_path):
    script = tmp_path / "portal.js"
    script.write_text(
        '// 注释 comment\nconst say = "已保存 saved"; const code = "done";\n', encoding="utf-8"
    )

    assert english_in(texts_of_script(script)) == {"saved"}


def test_a_banned_word_would_be_noticed():
    assert banned_in(["参数错误，请联系管理员"]) == {"参数"}
