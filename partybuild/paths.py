"""Materialised paths: fixed-width base-36 steps, so that a subtree is one half-open range.

`'00010004'` stands below `'0001'`; the subtree of `p` is `p <= path < next_path(p)`. Never compare
with LIKE: on SQLite it cannot use the index, and collations may disagree about its end.
"""

STEP = 4
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_DEPTH = 16


def _number(step: str) -> int:
    return int(step, 36)


def _step(number: int) -> str:
    digits = ""
    for _ in range(STEP):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    if number:
        raise ValueError("A place holds at most 36**4 - 1 direct subordinates.")
    return digits


def next_path(path: str) -> str:
    """Return the first path after the whole subtree of `path`."""
    head, last = path[:-STEP], path[-STEP:]
    return head + _step(_number(last) + 1)


def child_path(parent: str, number: int) -> str:
    """Return the path of the `number`-th child (from 1) of `parent`, which may be ''."""
    return parent + _step(number)


def last_number(path: str) -> int:
    """Return the number of `path` among its siblings."""
    return _number(path[-STEP:])


def parent_path(path: str) -> str:
    """Return the path above, '' for a root."""
    return path[:-STEP]


def root_path(path: str) -> str:
    """Return the path of the root above `path`, which may be `path` itself."""
    return path[:STEP]


def ancestors(path: str) -> list[str]:
    """Return the paths above `path`, the root first, `path` itself not included."""
    return [path[:end] for end in range(STEP, len(path), STEP)]


def depth(path: str) -> int:
    """Return 1 for a root."""
    return len(path) // STEP


def covers(upper: str, path: str) -> bool:
    """Tell whether `path` is `upper` itself or stands below it."""
    return path.startswith(upper) and len(upper) % STEP == 0
