"""The password profile of 等保: three of four kinds of characters."""

import string
from typing import Any

from django.core.exceptions import ValidationError

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
KINDS_NEEDED = 3


class CharacterClassesValidator:
    """Demand three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = sum(any(character in kind for character in password) for kind in KINDS)
        kinds += any(all(character not in kind for kind in KINDS) for character in password)
        if kinds < KINDS_NEEDED:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return "口令要含大写字母、小写字母、数字、符号中的三种。"
