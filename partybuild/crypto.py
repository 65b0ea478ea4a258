"""Encrypted columns and blind indexes; the keys come from FIELD_KEYS, never from the database.

A stored value reads `version:base64(nonce + ciphertext)`: AES-256-GCM, bound to the name of the
column, so that a value copied into another column cannot be read there. FIELD_KEYS holds
`version:base64` pairs separated by commas, the newest first; older ones only decrypt. Blind
indexes and the audit chain use the oldest key, so that adding a key never orphans them.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _parse(keys: str) -> dict[str, bytes]:
    parsed: dict[str, bytes] = {}
    for pair in keys.split(","):
        version, separator, encoded = pair.strip().partition(":")
        if not separator:
            raise ImproperlyConfigured("FIELD_KEYS must read version:base64, comma separated.")
        parsed[version] = hashlib.sha256(base64.b64decode(encoded)).digest()
    return parsed


def _keys() -> dict[str, bytes]:
    return _parse(settings.FIELD_KEYS)


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def encrypt(text: str, *, purpose: str) -> str:
    """Encrypt a text for one purpose, usually the label of a column."""
    version, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_derived(key, "column")).encrypt(nonce, text.encode(), purpose.encode())
    return f"{version}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, purpose: str) -> str:
    """Decrypt what `encrypt` made; InvalidTag when it was altered or belongs elsewhere."""
    version, _, encoded = stored.partition(":")
    sealed = base64.b64decode(encoded)
    key = _derived(_keys()[version], "column")
    return (
        AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
    )


def keyed_digest(text: str, *, purpose: str) -> str:
    """Return a keyed fingerprint (64 hex digits) that cannot be made without the key."""
    oldest = list(_keys().values())[-1]
    return hmac.new(_derived(oldest, purpose), text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """A text that is encrypted in the database; search it through a blind index beside it."""

    def get_prep_value(self, value: str | None) -> str | None:
        return encrypt(value, purpose=self._purpose) if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        return decrypt(value, purpose=self._purpose) if value else ""

    def get_lookup(self, lookup_name: str) -> None:
        raise FieldError("An encrypted column cannot be searched; use its blind index.")

    @property
    def _purpose(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"
