"""How points are written."""

from decimal import Decimal


def shown(points: Decimal | str) -> str:
    """Return points with one decimal, or two where they need them: 5.0, 0.25."""
    exact = Decimal(points)
    return f"{exact:.1f}" if exact == exact.quantize(Decimal("0.1")) else f"{exact:.2f}"


def in_words(points: Decimal | str) -> str:
    """Return points as a sentence has them, without needless zeros: 5, 0.5."""
    return f"{Decimal(points).normalize():f}"
