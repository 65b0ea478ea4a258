"""Rows of lists and their filters, drawn in Python: escaped, and as the widgets would draw them."""

import datetime as dt

import pytest
from django import forms
from django.urls import reverse

from partybuild.lists import Link, Ratio, addresses, filter_control, filter_field, table_rows

WICKED = "<b>\"a\" & 'b'</b>"
HARMLESS = "&lt;b&gt;&quot;a&quot; &amp; &#x27;b&#x27;&lt;/b&gt;"


class ConditionsForm(forms.Form):
    q = forms.CharField(label="姓名", required=False, max_length=4)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), ("a", WICKED), (3, "丙")]
    )


def controls(data):
    form = ConditionsForm(data)
    return [filter_control(form[name]) for name in ("q", "kind")]


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("第一党支部", "第一党支部"),
        (WICKED, HARMLESS),
        (dt.date(2026, 3, 6), "2026-03-06"),
        (0, "0"),
        (None, "—"),
        ("", "—"),
        (Link(WICKED, "/a/?b=1&c=2"), f'<a href="/a/?b=1&amp;c=2">{HARMLESS}</a>'),
        (Ratio(24, 25), '<span class="ratio ratio--short">24/25</span>'),
        (Ratio(25, 25), '<span class="ratio">25/25</span>'),
    ],
)
def test_a_cell_is_shown_and_escaped(value, html):
    assert table_rows([[value]]) == f"<tr><td>{html}</td></tr>"


def test_columns_have_their_classes_and_rows_their_order():
    assert table_rows([["甲", 1], ["乙", 2]], classes=",n") == (
        '<tr><td>甲</td><td class="n">1</td></tr>\n<tr><td>乙</td><td class="n">2</td></tr>'
    )


def test_a_row_of_another_width_than_its_classes_is_a_mistake():
    with pytest.raises(ValueError, match="zip"):
        table_rows([["甲", 1, 2]], classes=",n")


def test_an_address_is_the_one_of_the_page():
    assert addresses("members:member")("abcd1234abcd1234") == reverse(
        "members:member", args=["abcd1234abcd1234"]
    )


def options(*chosen):
    texts = zip(("", "a", "3"), ("全部", HARMLESS, "丙"), chosen, strict=True)
    return "".join(f'<option value="{value}"{mark}>{text}</option>' for value, text, mark in texts)


@pytest.mark.parametrize(
    ("data", "value", "chosen"),
    [
        (None, "", (" selected", "", "")),
        ({"q": '"', "kind": "3"}, ' value="&quot;"', ("", "", " selected")),
    ],
)
def test_a_filter_shows_what_was_chosen(data, value, chosen):
    assert controls(data) == [
        f'<input class="form-control" id="id_q" maxlength="4" name="q" type="text"{value}>',
        f'<select class="form-select" id="id_kind" name="kind">{options(*chosen)}</select>',
    ]


def test_a_filter_that_is_wrong_says_so_to_those_who_listen():
    assert [control.count('aria-invalid="true"') for control in controls({"q": "长" * 5})] == [1, 0]


def test_a_field_of_a_filter_names_itself_and_says_what_is_wrong_with_it():
    form = ConditionsForm({"q": "太长的姓名", "kind": ""})

    html = filter_field(form["q"])

    assert '<label class="hint" for="id_q">姓名</label>' in html
    assert html.count("field__error") == 1
    assert html.endswith(f"{filter_control(form['q'])}</div>")
