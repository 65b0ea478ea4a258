"""The fixed people, the same in every test.

`committee` stands above `first_branch` and `second_branch`. Li is secretary of the first, Wang of
the second, Zhao works for the committee, He is its discipline officer, Sun is an ordinary member of the first, Zhou has an
account and no grant. Three administrators run the portal. Qian is secretary of a branch of
another agency, of which nobody here may see anything.
"""

import pytest

from branches.models import PartyOrganization
from branches.roles import Role, permissions_of
from tests.factories.branches import GrantFactory, PartyOrganizationFactory, UserFactory
from tests.factories.members import MemberFactory, MembershipFactory

OFFICE = PartyOrganization.Kind.OFFICE_COMMITTEE


def account(username, name, role=None, organization=None):
    """Make an account, with one grant if a role is named."""
    user = UserFactory(username=username, name=name)
    if role:
        GrantFactory(user=user, role=role, organization=organization)
    return user


def able(user, permission):
    """Return the user, at the same place with a role that carries the permission."""
    if user.has_perm(permission):
        return user
    role = next(role for role in Role if permission in permissions_of(role))
    GrantFactory(user=user, role=role, organization=user.grants.first().organization)
    return type(user).objects.get(pk=user.pk)


def enrolled(name, branch, **details):
    """Make the file of somebody who belongs to a branch."""
    member = MemberFactory(name=name, branch=branch, **details)
    MembershipFactory(member=member)
    return member


def member_with_account(username, name, role, branch):
    """Make somebody who belongs to a branch and has an account and a role there."""
    user = account(username, name, role, branch)
    enrolled(name, branch, user=user)
    return user


# How each of the fixed places and people comes into being, given those before them.
PLACES = {
    "committee": lambda _: PartyOrganizationFactory(
        name="青岚市档案局机关党委", short_name="机关党委", kind=OFFICE
    ),
    "first_branch": lambda at: PartyOrganizationFactory(
        name="第一党支部", superior=at["committee"]
    ),
    "second_branch": lambda at: PartyOrganizationFactory(
        name="第二党支部", superior=at["committee"]
    ),
    "foreign_committee": lambda _: PartyOrganizationFactory(
        name="云渚区统计局机关党委", kind=OFFICE
    ),
    "foreign_branch": lambda at: PartyOrganizationFactory(
        name="云渚第七党支部", superior=at["foreign_committee"]
    ),
}
PEOPLE = {
    "li": lambda at: member_with_account("li", "李秀岩", Role.SECRETARY, at["first_branch"]),
    "wang": lambda at: member_with_account("wang", "王若川", Role.SECRETARY, at["second_branch"]),
    "zhao": lambda at: account("zhao", "赵明漪", Role.OFFICE_STAFF, at["committee"]),
    "he": lambda at: account("he", "何正言", Role.DISCIPLINE_OFFICER, at["committee"]),
    "sun": lambda at: member_with_account("sun", "孙知远", Role.MEMBER, at["first_branch"]),
    "zhou": lambda _: account("zhou", "周未央"),
    "system_admin": lambda _: account("xitong", "吴定一", Role.SYSTEM_ADMIN),
    "security_admin": lambda _: account("anquan", "郑安宁", Role.SECURITY_ADMIN),
    "audit_admin": lambda _: account("shenji", "冯鉴清", Role.AUDIT_ADMIN),
    "qian": lambda at: member_with_account("qian", "钱别浦", Role.SECRETARY, at["foreign_branch"]),
}


def assemble():
    """Make all places and people at once, for tests that share them; return both by name."""
    places, people = {}, {}
    for name, make in PLACES.items():
        places[name] = make(places)
    for name, make in PEOPLE.items():
        people[name] = make(places)
    return places, people


@pytest.fixture
def committee(db):
    return PLACES["committee"]({})


@pytest.fixture
def first_branch(committee):
    return PLACES["first_branch"]({"committee": committee})


@pytest.fixture
def second_branch(committee, first_branch):
    return PLACES["second_branch"]({"committee": committee})


@pytest.fixture
def foreign_committee(committee):
    return PLACES["foreign_committee"]({})


@pytest.fixture
def foreign_branch(foreign_committee):
    return PLACES["foreign_branch"]({"foreign_committee": foreign_committee})


@pytest.fixture
def li(first_branch):
    """支部书记 of the first branch."""
    return PEOPLE["li"]({"first_branch": first_branch})


@pytest.fixture
def wang(second_branch):
    """支部书记 of the second branch."""
    return PEOPLE["wang"]({"second_branch": second_branch})


@pytest.fixture
def zhao(committee):
    """机关党委工作人员 of the committee."""
    return PEOPLE["zhao"]({"committee": committee})


@pytest.fixture
def he(committee):
    """纪检工作人员 of the committee."""
    return PEOPLE["he"]({"committee": committee})


@pytest.fixture
def sun(first_branch):
    """普通党员 of the first branch."""
    return PEOPLE["sun"]({"first_branch": first_branch})


@pytest.fixture
def zhou(db):
    """An account without a grant."""
    return PEOPLE["zhou"]({})


@pytest.fixture
def system_admin(db):
    """系统管理员."""
    return PEOPLE["system_admin"]({})


@pytest.fixture
def security_admin(db):
    """安全管理员."""
    return PEOPLE["security_admin"]({})


@pytest.fixture
def audit_admin(db):
    """审计管理员."""
    return PEOPLE["audit_admin"]({})


@pytest.fixture
def qian(foreign_branch):
    """支部书记 of the other agency's branch."""
    return PEOPLE["qian"]({"foreign_branch": foreign_branch})


@pytest.fixture
def cast(li, wang, zhao, he, sun, zhou, system_admin, security_admin, audit_admin, qian):
    """Everybody, under the name of their fixture."""
    return {
        "li": li,
        "wang": wang,
        "zhao": zhao,
        "he": he,
        "sun": sun,
        "zhou": zhou,
        "system_admin": system_admin,
        "security_admin": security_admin,
        "audit_admin": audit_admin,
        "qian": qian,
    }
