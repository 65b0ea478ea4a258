"""The keys of a data folder, and what every command says when they are gone."""

import os
import stat
import subprocess
import sys

from django.conf import settings

from partybuild.crypto import decrypt, encrypt
from partybuild.environment import kept_secret, new_field_keys, new_secret_key

NAMES = ("SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "PRODUCTION")


def run_command(data, *words):
    """Return the exit code of a management command on this data folder and what it said."""
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, settings.BASE_DIR / "manage.py", *words],
        env=clean | {"DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "keys/secret_key"

    made = kept_secret(path, new_secret_key)

    assert len(made) == 86
    assert kept_secret(path, new_secret_key) == made
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_secret_that_somebody_else_kept_meanwhile_wins(tmp_path):
    path = tmp_path / "secret_key"

    def make_too_late():
        path.write_text("theirs")
        return "ours"

    assert kept_secret(path, make_too_late) == "theirs"


def test_a_new_field_key_encrypts(settings):
    settings.FIELD_KEYS = new_field_keys()

    assert decrypt(encrypt("秘密", purpose="test"), purpose="test") == "秘密"


def test_every_command_on_a_data_folder_uses_the_same_keys(tmp_path):
    asked = (
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; print(s.FIELD_KEYS)",
    )

    first, second = run_command(tmp_path, *asked), run_command(tmp_path, *asked)

    assert first == (0, (tmp_path / "keys/field_keys").read_text() + "\n")
    assert second == first


def test_a_database_whose_key_is_gone_is_left_alone(tmp_path):
    (tmp_path / "db.sqlite3").touch()

    code, said = run_command(tmp_path, "migrate")

    assert code == 1
    assert said == (
        f"数据目录里有数据库，却没有它的密钥文件 {tmp_path / 'keys/field_keys'}。没有密钥，"
        "加密的内容读不出来，所以什么都没有做。请从备份中找回这个文件，或换一个数据目录。\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["db.sqlite3"]
