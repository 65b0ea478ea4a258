"""Why a service does not do what it was asked to."""


class Refused(Exception):
    """An act is not done; str() is the reason in plain Chinese, `field` the input it stands at."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field
