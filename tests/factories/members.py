"""Who: files, memberships, offices, posts."""

import datetime as dt

import factory

from members.models import (
    AttendanceExemption,
    Member,
    Membership,
    Office,
    PostEvent,
    PostHolder,
    PostPledge,
    VanguardPost,
)
from partybuild.scoping import everything
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class MemberFactory(HouseFactory):
    class Meta:
        model = Member

    branch = factory.SubFactory(PartyOrganizationFactory)
    name = factory.Sequence(lambda number: f"党员{number}")
    pinyin = factory.Sequence(lambda number: f"dangyuan{number:05d}")
    initials = factory.Sequence(lambda number: f"dy{number:05d}")
    gender = Member.Gender.FEMALE
    born_on = dt.date(1985, 4, 12)
    category = Member.Category.FULL
    joined_on = dt.date(2010, 6, 28)
    confirmed_on = dt.date(2011, 6, 28)


class MembershipFactory(HouseFactory):
    class Meta:
        model = Membership

    member = factory.SubFactory(MemberFactory)
    organization = factory.SelfAttribute("member.branch")
    started_on = dt.date(2020, 1, 1)


class AttendanceExemptionFactory(HouseFactory):
    class Meta:
        model = AttendanceExemption

    member = factory.SubFactory(MemberFactory)
    reason = "年老体弱"
    started_on = dt.date(2025, 1, 1)


class OfficeFactory(HouseFactory):
    class Meta:
        model = Office

    organization = factory.SubFactory(PartyOrganizationFactory)
    post = Office.Post.SECRETARY
    holder_name = factory.Sequence(lambda number: f"书记{number}")
    started_on = dt.date(2024, 6, 18)


class VanguardPostFactory(HouseFactory):
    class Meta:
        model = VanguardPost
        skip_postgeneration_save = True

    organization = factory.SubFactory(PartyOrganizationFactory)
    title = factory.Sequence(lambda number: f"党员先锋岗{number}")
    pledge = "群众来访有人接"
    awarded_on = dt.date(2026, 1, 15)

    @factory.post_generation
    def life(self, create, extracted, **kwargs):
        """A post that was awarded has its event, one that pledges its pledge."""
        day = self.awarded_on
        with everything(reason="a test arranges its rows"):
            if day:
                PostEvent.objects.create(post=self, kind=PostEvent.Kind.AWARDED, happened_on=day)
            if day and self.pledge:
                PostPledge.objects.create(post=self, promise=self.pledge, started_on=day)


class PostHolderFactory(HouseFactory):
    class Meta:
        model = PostHolder

    post = factory.SubFactory(VanguardPostFactory)
    member = factory.SubFactory(MemberFactory, branch=factory.SelfAttribute("..post.organization"))
    started_on = dt.date(2026, 1, 15)
