"""Broken and dangerous sample files."""

import csv
import datetime as dt
import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from branches.models import PartyOrganization, Term
from branches.queries import finder_in_scope
from members.models import AttendanceExemption, Member, Membership, Office
from partybuild import batches
from partybuild.models import ImportBatch
from partybuild.scoping import everything

from tests.members.samples import *  # noqa

pytestmark = needs_samples


@pytest.mark.django_db
def test_every_broken_file_is_refused_or_read_without_harm(expected, data_dir):
    bring_in(expected, REGISTER)
    before = dump()
    for name, told in expected["broken_files"].items():
        out = StringIO()
        arguments = ["import_table", "member_roster", SAMPLES / name, "--as-of", "2026-10-31", "--json"]
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
