"""Four places with the same furniture: whoever walks the house looks for what leaks between them.

`own` (the first branch), `parent` (its committee), `sibling` (the second branch) and `foreign` (a
branch of another agency) each hold a row of every model. Every text in them carries the mark of
its place, so that a page that shows the wrong one is found by its mark.
"""

import io
from collections import defaultdict
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import walk_packages

from django.apps import apps
from django.db import models
from django.utils import timezone
from PIL import Image

from activities.models import Meeting
from activities.photos import directory as photo_folder
from assessments.models import Scheme, SchemeItem
from branches.models import Grant, PartyOrganization, User
from branches.roles import SYSTEM_ROLES, Role
from partybuild import ledgerfiles
from partybuild.checks import OWN_APPS
from partybuild.models import AuditEntry, AuditHead, PathField, WorkdayOverride, WorkerBeat
from partybuild.publicids import PublicIdField
from partybuild.scoping import Scope, ScopedModel, everything
from tests.cast import account
from tests.factories import activities, assessments, branches, members, partybuild
from tests.house import furnished

MARKS = {"own": "甲兰", "parent": "乙梅", "sibling": "丙竹", "foreign": "丁菊"}
# What says where a thing lies or how it is read, not what somebody wrote.
TECHNICAL = {
    "answers",
    "chosen",
    "code",
    "period",
    "stored_as",
    "table",
    "sha256",
    "username",
    "password",
    "indicator",
}

# One chain, one calendar, one heartbeat for the whole portal.
OF_NO_PLACE = {AuditHead, WorkdayOverride, WorkerBeat}


@dataclass
class Place:
    """One furnished place: its organisation, its mark, and its rows by model."""

    name: str
    organization: PartyOrganization
    secretary: User
    rows: dict[type[models.Model], list[models.Model]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def mark(self) -> str:
        return MARKS[self.name]

    @property
    def marks(self) -> tuple[str, ...]:
        """What betrays this place on a page: its mark, and who is in charge beside or far away."""
        return (self.mark,) if self.name == "parent" else (self.mark, self.secretary.name)

    def keep(self, *rows):
        for row in rows:
            self.rows[type(row)].append(row)
        return rows[0]


@dataclass
class World:
    """All places, and one user of every role who has business in the own branch or above."""

    places: dict[str, Place]
    people: dict[str, User]

    def places_beyond(self, scope: Scope):
        return [p for p in self.places.values() if not scope.covers(p.organization.path)]


def build(committee, first_branch, second_branch, foreign_branch, cast):
    """Furnish the four places and bring in the people."""
    organizations = {
        "own": (first_branch, cast["li"]),
        "parent": (committee, cast["zhao"]),
        "sibling": (second_branch, cast["wang"]),
        "foreign": (foreign_branch, cast["qian"]),
    }
    scheme = assessments.SchemeFactory()
    judged = assessments.SchemeItemFactory(scheme=scheme)
    measured = assessments.SchemeItemFactory(
        scheme=scheme, number=2, code="measured", title="主题党日", is_judged=False
    )
    places = {}
    for name, (organization, secretary) in organizations.items():
        place = places[name] = Place(name, organization, secretary)
        place.keep(scheme, judged, measured, organization, secretary)
        place.keep(*secretary.grants.all())
        furnish(place)
        put_marks(place)
    return World(places, everybody(cast, committee, first_branch))


def everybody(cast, committee, first_branch):
    """Return one user per role, and one without any."""
    people = {"zhou": cast["zhou"]}
    for user in cast.values():
        for grant in user.grants.all():
            people.setdefault(grant.role, user)
    for role in set(Role) - set(SYSTEM_ROLES) - people.keys():
        above = role in {Role.OFFICE_HEAD, Role.LEDGER_CLERK}
        people[role] = account(
            role, f"{role.label}演员", role, committee if above else first_branch
        )
    return people


def furnish(place):
    """Make a row of every model that may lie at a place."""
    organization, secretary = place.organization, place.secretary
    group = place.keep(
        branches.PartyOrganizationFactory(
            superior=organization, kind=PartyOrganization.Kind.GROUP, short_name="小组"
        )
    )
    place.keep(
        branches.OrganizationEventFactory(organization=organization),
        branches.TermFactory(organization=organization),
    )
    member = place.keep(
        members.MemberFactory(
            branch=organization, id_number="110101199001011237", phone="13800001234"
        )
    )
    place.keep(
        members.MembershipFactory(member=member, group=group),
        members.AttendanceExemptionFactory(member=member),
        members.OfficeFactory(organization=organization, member=member),
        *furnish_post(organization, member),
    )
    held = activities.ActivityFactory(
        organization=organization, recorded_by=secretary, chair=member, recorder=member
    )
    trashed = activities.ActivityFactory(
        organization=organization, recorded_by=secretary, deleted_at=timezone.now()
    )
    place.keep(held, trashed)
    for kind in Meeting.Kind:
        within = group if kind == Meeting.Kind.GROUP_MEETING else None
        place.keep(activities.MeetingFactory(activity=held, kind=kind, group=within))
    place.keep(
        activities.AttendanceFactory(activity=held, member=member),
        activities.PhotoFactory(activity=held, stored_as=picture(place)),
        activities.ExplanationFactory(organization=organization, given_by=secretary),
        *furnish_assessment(place),
        *furnish_kernel(place),
    )
    for _, name, _ in walk_packages(furnished.__path__, f"{furnished.__name__}."):
        place.keep(*import_module(name).furnish(place, member))


def furnish_post(organization, member):
    post = members.VanguardPostFactory(organization=organization)
    return post, members.PostHolderFactory(post=post, member=member)


def furnish_assessment(place):
    scheme, item = place.rows[Scheme][0], place.rows[SchemeItem][0]
    return (
        assessments.MarkFactory(
            item=item, organization=place.organization, given_by=place.secretary
        ),
        assessments.ScorecardFactory(scheme=scheme, organization=place.organization),
    )


def furnish_kernel(place):
    owner, path = place.secretary, place.organization.path
    job = partybuild.JobFactory(owner=owner, state="done", title=f"作业{place.mark}")
    periodic = partybuild.JobFactory(owner=None, state="failed", title="每月归档")
    stored_as = f"{place.name}.xlsx"
    (ledgerfiles.directory() / stored_as).write_bytes(place.mark.encode())
    return (
        job,
        periodic,
        partybuild.LedgerFileFactory(owner=owner, place=path, job=job, stored_as=stored_as),
        partybuild.ImportBatchFactory(owner=owner, place=path, state="applied"),
        partybuild.ImportBatchFactory(owner=owner, place=path, state="previewed"),
        partybuild.DraftFactory(user=owner, content={"topic": place.mark}),
        partybuild.SubmissionFactory(user=owner, answer=f"/{place.mark}/"),
        partybuild.SavedQueryFactory(owner=owner, name=place.mark),
        partybuild.StatisticFactory(owner=owner, name=place.mark),
        partybuild.LocalRegulationFactory(place=path),
        partybuild.AuditEntryFactory(actor=owner, place=path, summary=place.mark),
    )


def picture(place):
    """Store a small photo; return its name."""
    encoded = io.BytesIO()
    Image.new("RGB", (4, 3)).save(encoded, "JPEG")
    name = f"{place.name}.jpg"
    (photo_folder() / name).write_bytes(encoded.getvalue() + place.mark.encode())
    return name


def put_marks(place):
    """Write the mark of a place into every text of its rows.

    The committee keeps its own name: it stands on the pages of all its branches.
    """
    for model, rows in place.rows.items():
        if not issubclass(model, ScopedModel) or model is AuditEntry:
            continue
        texts = [column for column in model._meta.concrete_fields if is_text(column)]
        for row in rows:
            if row == place.organization and place.name == "parent":
                continue
            for column in texts:
                setattr(row, column.attname, marked(getattr(row, column.attname), column, place))
            with everything(reason="the rows get their marks"):
                row.save()


def is_text(column):
    """Tell whether a column holds what somebody has written."""
    return (
        isinstance(column, models.CharField | models.TextField)
        and not isinstance(column, PathField | PublicIdField)
        and not column.choices
        and not column.unique
        and column.name not in TECHNICAL
    )


def marked(text, column, place):
    room = (column.max_length or 300) - len(place.mark)
    return f"{(text or '')[:room]}{place.mark}"


def own_models():
    """Return every model of our apps."""
    return [model for label in OWN_APPS for model in apps.get_app_config(label).get_models()]


def lies_at(row):
    """Return the path of a row's place, None where it has none."""
    if not isinstance(row, ScopedModel):
        return None
    for hop in type(row).scope_path.split("__"):
        row = getattr(row, hop)
    return row


def owner_of(row):
    """Return whom alone a row belongs to, None for everybody's."""
    if isinstance(row, Grant):
        return None
    return getattr(row, "owner", None) or getattr(row, "user", None)
