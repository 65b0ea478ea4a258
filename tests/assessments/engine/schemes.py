"""Small schemes for the tests of the engine, and what a person says about a branch."""

from dataclasses import replace
from decimal import Decimal

from assessments.engine.document import Category, Document, Line
from assessments.engine.evaluation import evaluate
from assessments.engine.results import Inputs
from assessments.engine.rules.events import PerEvent


def n(text):
    """Read a number of a scheme."""
    return Decimal(str(text))


def line(code, *rules, **more):
    """A line whose rules are numbered 1, 2, 3 …"""
    numbered = tuple(numbered_rule(rule, at) for at, rule in enumerate(rules, start=1))
    return Line(code=code, title=more.pop("title", code), rules=numbered, **more)


def numbered_rule(rule, at):
    return rule if rule.code else replace(rule, code=str(at))


def plus(points, when="好事", unit="次", **more):
    return PerEvent(when=when, points=n(points), unit=unit, **more)


def minus(points, when="错事", unit="次", **more):
    return PerEvent(when=when, points=n(points), unit=unit, minus=True, **more)


def document(*lines, **more):
    return Document(code="small", title="小方案", lines=lines, **more)


def category(code, **more):
    return Category(code=code, name=more.pop("name", code), **more)


def said(_records=None, _side="", _subject=None, **lines):
    """What people said: for each line a mapping of rules, or what the only rule was given."""
    given = {}
    for code, rules in lines.items():
        by_rule = rules if all(isinstance(one, dict) for one in rules.values()) else {"1": rules}
        given[(_side, code)] = {
            rule: {name: str(value) for name, value in content.items()}
            for rule, content in by_rule.items()
        }
    if _subject:
        given[("", "")] = {"": _subject}
    return Inputs(given, _records or {})


def count(times):
    return {"count": times}


def points_of(scheme, inputs=None):
    """The points of the first total; the state in words where there are none."""
    total = evaluate(scheme, inputs or Inputs()).total
    return total.state.label if total.points is None else total.points


def line_of(scheme, inputs, code):
    return next(one for one in evaluate(scheme, inputs).lines if one.line.code == code)


def steps_of(scheme, inputs, code):
    return [step.text for step in line_of(scheme, inputs, code).all_steps]
