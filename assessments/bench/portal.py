"""A portal to throw away: a temporary database with made-up rows, and a way to ask it for pages."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Attendance, Meeting
from branches.models import Grant, PartyOrganization, Placement, Term, User
from branches.roles import Role
from members.models import Member, Membership
from partybuild import paths
from partybuild.checks import OWN_APPS
from partybuild.planner import renew_statistics

ORGANIZATION = PartyOrganization.Kind
FIRST_DAY = dt.date(2025, 1, 1)


@contextmanager
def throwaway() -> Iterator[Path]:
    """Make a database and a data folder of their own, and remove both afterwards.

    On SQLite the database is a file in the folder, on PostgreSQL a new database beside the real
    one; the real one is not touched.
    """
    real = connection.settings_dict["NAME"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        sqlite = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = (
            str(folder / "db.sqlite3") if sqlite else f"{real}_bench"
        )
        here = {"ALLOWED_HOSTS": ["testserver"], "SECURE_SSL_REDIRECT": False}
        with override_settings(DATA_DIR=folder, **here):
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            try:
                yield folder
            finally:
                connection.creation.destroy_test_db(real, verbosity=0)


def settled() -> None:
    """Let the database look at what was filled in, as PostgreSQL does by itself within two minutes."""
    renew_statistics(
        model._meta.db_table
        for label in OWN_APPS
        for model in apps.get_app_config(label).get_models()
    )


def committee(code: str, number: int) -> PartyOrganization:
    """Found a committee, the top of a tree of its own."""
    committee = PartyOrganization.objects.create(
        name=f"第{number}机关党委",
        short_name=f"机关党委{number}",
        kind=ORGANIZATION.OFFICE_COMMITTEE,
        path=paths.child_path("", number),
        code=code,
    )
    _placed([committee])
    return committee


def _placed(organizations: list[PartyOrganization]) -> None:
    """Give new organisations the placement they have from ever on."""
    Placement.objects.bulk_create(
        Placement(organization=one, name=one.name, superior=one.superior, path=one.path)
        for one in organizations
    )


def branches_of(superior: PartyOrganization, count: int) -> list[PartyOrganization]:
    """Found branches, each with a 支委会 in office."""
    branches = PartyOrganization.objects.bulk_create(
        PartyOrganization(
            name=f"青岚市档案局第{number}党支部",
            short_name=f"第{number}党支部",
            kind=ORGANIZATION.BRANCH,
            superior=superior,
            path=paths.child_path(superior.path, number),
            code=f"{superior.code}-{number}",
            founded_on=dt.date(2016, 3, 1),
        )
        for number in range(1, count + 1)
    )
    _placed(branches)
    Term.objects.bulk_create(
        Term(organization=branch, elected_on=dt.date(2024, 6, 18), years=3) for branch in branches
    )
    return branches


def people_of(branches: list[PartyOrganization], each: int) -> list[Member]:
    """Enrol the same number of full members in each branch."""
    members = Member.objects.bulk_create(
        Member(
            branch=branch,
            name=f"党员{number}",
            pinyin=f"dangyuan{number:04}",
            initials="dy",
            gender=Member.Gender.FEMALE,
            category=Member.Category.FULL,
            joined_on=dt.date(2010, 6, 28),
            confirmed_on=dt.date(2011, 6, 28),
            id_number="999001198504120021",
            phone="15400001234",
        )
        for branch in branches
        for number in range(each)
    )
    Membership.objects.bulk_create(
        Membership(member=member, organization=member.branch, started_on=dt.date(2016, 3, 1))
        for member in members
    )
    return members


def party_days_of(branches: list[PartyOrganization], each: int, recorder: User) -> list[Activity]:
    """Record the same number of party days for each branch, month after month."""
    activities = Activity.objects.bulk_create(
        Activity(
            organization=branch,
            held_on=FIRST_DAY + dt.timedelta(days=number * 30 % 360),
            topic=f"学习贯彻全会精神第{number}讲",
            place="三楼会议室",
            recorded_by=recorder,
        )
        for branch in branches
        for number in range(each)
    )
    Meeting.objects.bulk_create(
        Meeting(activity=activity, kind=Meeting.Kind.PARTY_DAY, minutes="传达学习，交流发言。" * 8)
        for activity in activities
    )
    return activities


def attended_by(activities: list[Activity], members: list[Member]) -> None:
    """Have all these people be at all these activities."""
    Attendance.objects.bulk_create(
        Attendance(activity=activity, member=member)
        for activity in activities
        for member in members
    )


def account(name: str, role: str, place: PartyOrganization) -> User:
    """Open an account with one grant."""
    user = User.objects.create(username=name, name=name, must_change_password=False)
    Grant.objects.create(user=user, role=role, organization=place)
    return user


def clerk_of(place: PartyOrganization) -> User:
    """Open the account of somebody who works for a committee."""
    return account("bench", Role.OFFICE_STAFF, place)


def asker(user: User) -> Callable[[str], bytes]:
    """Return a function that asks for a page as this user, through every middleware."""
    client = Client()
    client.force_login(user)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    application, factory = get_wsgi_application(), RequestFactory()

    def ask(address: str) -> bytes:
        environ = {**factory.get(address).environ, "HTTP_COOKIE": cookie}
        response: Any = application(environ, _start_response)
        page = b"".join(response)
        response.close()
        if response.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address}: {response.status_code}")
        return page

    return ask


def _start_response(status: str, headers: list[tuple[str, str]], *_problem: Any) -> Any:
    """Take the head of an answer, as a server would."""


def queries_of(act: Callable[[], object]) -> int:
    """Return how many queries an act asks."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
