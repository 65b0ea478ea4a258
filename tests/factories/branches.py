"""Where: organisations, accounts, grants."""

import datetime as dt

import factory
from django.contrib.auth.hashers import make_password

from branches.models import (
    Grant,
    JointUnit,
    OrganizationEvent,
    PartyOrganization,
    Placement,
    Term,
    User,
)
from branches.roles import Role
from partybuild import paths
from partybuild.scoping import everything
from tests.factories.base import HouseFactory

PASSWORD = "Qinglan-2026"


class PartyOrganizationFactory(HouseFactory):
    class Meta:
        model = PartyOrganization
        skip_postgeneration_save = True

    code = factory.Sequence(lambda number: f"ORG-{number:05d}")
    name = factory.Sequence(lambda number: f"第{number}号党支部")
    kind = PartyOrganization.Kind.BRANCH
    superior = None
    founded_on = dt.date(2016, 3, 1)

    @factory.lazy_attribute
    def path(self):
        with everything(reason="the next free place below the superior"):
            beside = PartyOrganization.objects.filter(superior=self.superior).order_by("path")
            last = beside.last()
        above = self.superior.path if self.superior else ""
        return paths.child_path(above, paths.last_number(last.path) + 1 if last else 1)

    @factory.post_generation
    def placement(self, create, extracted, **kwargs):
        """Every organisation has a placement on every day."""
        with everything(reason="a test arranges its rows"):
            Placement.objects.create(
                organization=self,
                name=self.name,
                short_name=self.short_name,
                kind=self.kind,
                superior=self.superior,
                path=self.path,
            )


class OrganizationEventFactory(HouseFactory):
    class Meta:
        model = OrganizationEvent

    organization = factory.SubFactory(PartyOrganizationFactory)
    kind = OrganizationEvent.Kind.FOUNDED
    happened_on = dt.date(2016, 3, 1)
    name = factory.SelfAttribute("organization.name")


class JointUnitFactory(HouseFactory):
    class Meta:
        model = JointUnit

    organization = factory.SubFactory(
        PartyOrganizationFactory, kind=PartyOrganization.Kind.JOINT_BRANCH
    )
    name = factory.Sequence(lambda number: f"第{number}号单位")
    started_on = dt.date(2024, 3, 1)


class TermFactory(HouseFactory):
    class Meta:
        model = Term

    organization = factory.SubFactory(PartyOrganizationFactory)
    elected_on = dt.date(2024, 6, 18)
    years = 3


class UserFactory(HouseFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"user{number}")
    name = factory.Sequence(lambda number: f"账号{number}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    must_change_password = False


class GrantFactory(HouseFactory):
    class Meta:
        model = Grant

    user = factory.SubFactory(UserFactory)
    role = Role.SECRETARY
    organization = factory.SubFactory(PartyOrganizationFactory)
