"""Encrypted columns: readable with the key, in their own column, unaltered; or not at all."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from members.models import Member
from partybuild.crypto import decrypt, encrypt, keyed_digest
from partybuild.masking import mask_id_number, mask_phone
from partybuild.scoping import everything
from tests.factories.members import MemberFactory

OLD = "1:" + base64.b64encode(b"o" * 32).decode()
NEW = "2:" + base64.b64encode(b"n" * 32).decode()
NUMBER = "110101194910010007"


def stored_number():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM members_member")
        return cursor.fetchone()[0]


@given(text=st.text(max_size=60))
def test_what_was_encrypted_is_read_back(text):
    assert decrypt(encrypt(text, purpose="甲"), purpose="甲") == text


def test_the_same_text_never_looks_the_same():
    assert encrypt(NUMBER, purpose="甲") != encrypt(NUMBER, purpose="甲")


def test_a_value_is_readable_in_its_own_column_only():
    with pytest.raises(InvalidTag):
        decrypt(encrypt(NUMBER, purpose="甲"), purpose="乙")


@pytest.mark.parametrize("at", range(12 + len(NUMBER) + 16))
def test_every_altered_byte_is_found(at):
    version, _, encoded = encrypt(NUMBER, purpose="甲").partition(":")
    sealed = bytearray(base64.b64decode(encoded))
    sealed[at] ^= 1

    with pytest.raises(InvalidTag):
        decrypt(f"{version}:{base64.b64encode(sealed).decode()}", purpose="甲")


def test_after_a_new_key_old_values_stay_readable_and_new_ones_use_it(settings):
    settings.FIELD_KEYS = OLD
    before = encrypt(NUMBER, purpose="甲")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    after = encrypt(NUMBER, purpose="甲")

    assert (before[:2], after[:2]) == ("1:", "2:")
    assert [decrypt(value, purpose="甲") for value in (before, after)] == [NUMBER, NUMBER]


def test_without_its_key_a_value_is_lost(settings):
    settings.FIELD_KEYS = OLD
    before = encrypt(NUMBER, purpose="甲")
    settings.FIELD_KEYS = NEW

    with pytest.raises(KeyError):
        decrypt(before, purpose="甲")


def test_a_fingerprint_survives_a_new_key_and_needs_the_old_one(settings):
    settings.FIELD_KEYS = OLD
    before = keyed_digest(NUMBER, purpose="身份证号")
    settings.FIELD_KEYS = f"{NEW}, {OLD}"
    after = keyed_digest(NUMBER, purpose="身份证号")
    settings.FIELD_KEYS = NEW
    without = keyed_digest(NUMBER, purpose="身份证号")

    assert before == after != without
    assert len(before) == 64


def test_a_fingerprint_serves_one_purpose():
    assert keyed_digest(NUMBER, purpose="身份证号") != keyed_digest(NUMBER, purpose="联系电话")


def test_keys_without_a_version_are_refused(settings):
    settings.FIELD_KEYS = base64.b64encode(b"o" * 32).decode()

    with pytest.raises(ImproperlyConfigured):
        encrypt(NUMBER, purpose="甲")


def test_a_number_stands_encrypted_in_the_database(db):
    MemberFactory(id_number=NUMBER)

    assert stored_number()[:2] == "1:"
    assert NUMBER not in stored_number()
    with everything(reason="reading it back"):
        assert Member.objects.get().id_number == NUMBER


def test_a_number_copied_into_another_column_cannot_be_read(db):
    MemberFactory(id_number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET phone = id_number")

    with everything(reason="reading it back"), pytest.raises(InvalidTag):
        Member.objects.get()


def test_an_empty_number_stays_empty(db):
    MemberFactory(id_number="")

    assert stored_number() == ""
    with everything(reason="reading it back"):
        assert Member.objects.get().id_number == ""


@pytest.mark.parametrize("lookup", ["", "__contains", "__isnull", "__in"])
def test_an_encrypted_column_cannot_be_searched(lookup, everywhere, db):
    with pytest.raises(FieldError):
        Member.objects.filter(**{f"id_number{lookup}": NUMBER})


@pytest.mark.parametrize(
    ("mask", "number", "shown"),
    [
        (mask_id_number, NUMBER, "110101********0007"),
        (mask_id_number, "110101491001000", "110101*****1000"),
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "3456789", "*******"),
        (mask_id_number, "", ""),
    ],
)
def test_a_number_is_shown_in_part(mask, number, shown):
    assert mask(number) == shown
