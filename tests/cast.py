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


@pytest.fixture
def committee(db):
    return PartyOrganizationFactory(
        name="青岚市档案局机关党委",
        short_name="机关党委",
        kind=PartyOrganization.Kind.OFFICE_COMMITTEE,
    )


@pytest.fixture
def first_branch(committee):
    return PartyOrganizationFactory(name="第一党支部", superior=committee)


@pytest.fixture
def second_branch(committee, first_branch):
    return PartyOrganizationFactory(name="第二党支部", superior=committee)


@pytest.fixture
def foreign_committee(committee):
    return PartyOrganizationFactory(
        name="云渚区统计局机关党委", kind=PartyOrganization.Kind.OFFICE_COMMITTEE
    )


@pytest.fixture
def foreign_branch(foreign_committee):
    return PartyOrganizationFactory(name="云渚第七党支部", superior=foreign_committee)


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


@pytest.fixture
def li(first_branch):
    """支部书记 of the first branch."""
    user = account("li", "李秀岩", Role.SECRETARY, first_branch)
    enrolled("李秀岩", first_branch, user=user)
    return user


@pytest.fixture
def wang(second_branch):
    """支部书记 of the second branch."""
    user = account("wang", "王若川", Role.SECRETARY, second_branch)
    enrolled("王若川", second_branch, user=user)
    return user


@pytest.fixture
def zhao(committee):
    """机关党委工作人员 of the committee."""
    return account("zhao", "赵明漪", Role.OFFICE_STAFF, committee)


@pytest.fixture
def he(committee):
    """纪检工作人员 of the committee."""
    return account("he", "何正言", Role.DISCIPLINE_OFFICER, committee)


@pytest.fixture
def sun(first_branch):
    """普通党员 of the first branch."""
    user = account("sun", "孙知远", Role.MEMBER, first_branch)
    enrolled("孙知远", first_branch, user=user)
    return user


@pytest.fixture
def zhou(db):
    """An account without a grant."""
    return account("zhou", "周未央")


@pytest.fixture
def system_admin(db):
    """系统管理员."""
    return account("xitong", "吴定一", Role.SYSTEM_ADMIN)


@pytest.fixture
def security_admin(db):
    """安全管理员."""
    return account("anquan", "郑安宁", Role.SECURITY_ADMIN)


@pytest.fixture
def audit_admin(db):
    """审计管理员."""
    return account("shenji", "冯鉴清", Role.AUDIT_ADMIN)


@pytest.fixture
def qian(foreign_branch):
    """支部书记 of the other agency's branch."""
    user = account("qian", "钱别浦", Role.SECRETARY, foreign_branch)
    enrolled("钱别浦", foreign_branch, user=user)
    return user


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
