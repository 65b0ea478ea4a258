"""Formulas of totals, such as (BASE - MINUS) * 0.70 + REVIEW * 0.30: read by a small grammar, never run.

Only what is linear can be read: numbers, names, sums, differences, and products with a number.
"""

import re
from decimal import Decimal

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_\u4e00-\u9fff]+)|(.))")
SIGNS = {"−": "-", "－": "-", "＋": "+", "×": "*", "（": "(", "）": ")"}
# The sum sign before a name says that its lines are summed, which categories always are.
SUM = "Σ"
CONSTANT = ""
Terms = dict[str, Decimal]


class NotLinear(Exception):
    """A formula that this grammar does not read."""


def linear(text: str) -> tuple[Decimal, tuple[tuple[str, Decimal], ...]]:
    """Return the constant of a formula, and its names with their weights in order."""
    reader = _Reader(text)
    terms = reader.sum()
    if reader.tokens:
        raise NotLinear(text)
    constant = terms.pop(CONSTANT, Decimal(0))
    return constant, tuple(terms.items())


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [
            SIGNS.get(token, token)
            for token in ("".join(parts) for parts in TOKEN.findall(text))
            if token.strip() and token != SUM
        ]

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self) -> str:
        if not self.tokens:
            raise NotLinear(self.text)
        return self.tokens.pop(0)

    def sum(self) -> Terms:
        terms = self.product()
        while self.next() in {"+", "-"} and self.tokens:
            sign = Decimal(1 if self.take() == "+" else -1)
            for name, weight in self.product().items():
                terms[name] = terms.get(name, Decimal(0)) + sign * weight
        return terms

    def product(self) -> Terms:
        terms = self.factor()
        while self.next() == "*":
            self.take()
            other = self.factor()
            if set(terms) - {CONSTANT} and set(other) - {CONSTANT}:
                raise NotLinear(self.text)
            if set(other) - {CONSTANT}:
                terms, other = other, terms
            times = other.get(CONSTANT, Decimal(0))
            terms = {name: weight * times for name, weight in terms.items()}
        return terms

    def factor(self) -> Terms:
        part = self.take()
        if part == "(":
            terms = self.sum()
            if self.take() != ")":
                raise NotLinear(self.text)
            return terms
        if part == "-":
            return {name: -weight for name, weight in self.factor().items()}
        if re.fullmatch(r"\d+(\.\d+)?", part):
            return {CONSTANT: Decimal(part)}
        if re.fullmatch(r"[A-Za-z_\u4e00-\u9fff]+", part):
            return {part: Decimal(1)}
        raise NotLinear(self.text)
