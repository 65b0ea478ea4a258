"""How personal numbers are shown: enough to recognise one, not enough to use it."""

ID_HEAD, ID_TAIL = 6, 4
PHONE_HEAD, PHONE_TAIL = 3, 4


def mask_id_number(value: str) -> str:
    """110101********0007; '' stays ''."""
    return _mask(value, ID_HEAD, ID_TAIL)


def mask_phone(value: str) -> str:
    """138****5678; '' stays ''."""
    return _mask(value, PHONE_HEAD, PHONE_TAIL)


def _mask(value: str, head: int, tail: int) -> str:
    hidden = len(value) - head - tail
    if hidden <= 0:
        return "*" * len(value)
    return value[:head] + "*" * hidden + value[-tail:]
