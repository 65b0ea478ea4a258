"""Broken and dangerous sample files."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.models import Member
from partybuild.scoping import everything
from tests.members.samples import REGISTER, SAMPLES, bring_in, dump, needs_samples, taken_back

pytestmark = [needs_samples, pytest.mark.django_db]


def test_every_broken_file_is_refused_or_read_without_harm(expected, data_dir):
    bring_in(expected, REGISTER)
    before = dump()
    for name, told in expected["broken_files"].items():
        out = StringIO()
        arguments = [
            "import_table",
            "member_roster",
            SAMPLES / name,
            "--as-of",
            "2026-10-31",
            "--json",
        ]
        if told["outcome"] == "refuse":
            with pytest.raises(CommandError):
                call_command(*arguments, stdout=out)
            assert list(json.loads(out.getvalue())) == ["refused"]
            assert dump() == before
        else:
            with taken_back():
                call_command(*arguments, stdout=out)
                with everything(reason="test"):
                    names = list(Member.objects.order_by("pk").values_list("name", flat=True))
            said = json.loads(out.getvalue())
            assert said["created"] == told["good_rows"]
            assert said["rejected"] == []
            assert names == told.get("names", [])
