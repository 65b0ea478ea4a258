"""Accounts and grants: two people for every right, and rights that end at once."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from branches.models import Grant, User
from branches.roles import Role
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.cast import account

pytestmark = pytest.mark.django_db

PASSWORD = "Qing-lan-2026"


def actions():
    with everything(reason="the test looks at the trail"):
        return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def signed_in(client, user):
    user.set_password(PASSWORD)
    user.save()
    client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    return client


def test_opening_an_account_gives_no_right_and_granting_takes_another_person(
    client, system_admin, security_admin, first_branch
):
    client.force_login(system_admin)
    client.post("/accounts/new/", {"username": "linxia", "name": "林夏"})
    opened = User.objects.get(username="linxia")
    assert not opened.grants.exists()
    assert opened.must_change_password

    grants = f"/accounts/{opened.public_id}/grants/"
    posted = {"role": "secretary", "organization": first_branch.public_id}
    refused = client.post(grants, posted)
    assert refused.status_code == 403
    assert not opened.grants.exists()

    client.force_login(security_admin)
    client.post(grants, posted)
    assert [(g.role, g.organization) for g in opened.grants.all()] == [("secretary", first_branch)]
    assert actions() == [
        "branches.user.opened",
        "partybuild.page.refused",
        "branches.grant.given",
    ]


def test_nobody_grants_themselves_anything(client, security_admin):
    client.force_login(security_admin)

    client.post(f"/accounts/{security_admin.public_id}/grants/", {"role": "audit_admin"})

    assert [grant.role for grant in security_admin.grants.all()] == ["security_admin"]


def test_an_administrator_holds_no_other_role(
    client, security_admin, system_admin, li, first_branch
):
    client.force_login(security_admin)

    mixed = client.post(
        f"/accounts/{system_admin.public_id}/grants/",
        {"role": "secretary", "organization": first_branch.public_id},
    )
    also = client.post(f"/accounts/{li.public_id}/grants/", {"role": "audit_admin"})

    assert mixed.context["form"].errors["role"] == ["三员须专人专任：这个账号已是管理员。"]
    assert also.context["form"].errors["role"] == ["三员须专人专任：这个账号已有别的角色。"]


def test_a_withdrawn_role_ends_with_the_next_request(client, security_admin, li):
    session = signed_in(type(client)(), li)
    assert session.get("/board/").status_code == 200

    client.force_login(security_admin)
    grant = Grant.objects.get(user=li)
    client.post(f"/accounts/{li.public_id}/grants/{grant.public_id}/withdraw/")

    assert session.get("/board/").status_code == 403


def test_a_closed_account_is_out_with_the_next_request(client, system_admin, li):
    session = signed_in(type(client)(), li)

    client.force_login(system_admin)
    client.post(f"/accounts/{li.public_id}/", {"wish": "close"})

    assert session.get("/board/")["Location"] == "/sign-in/?next=/board/"


def test_a_new_password_ends_the_sessions_of_the_old_one(client, system_admin, li):
    session = signed_in(type(client)(), li)

    client.force_login(system_admin)
    client.post(f"/accounts/{li.public_id}/", {"wish": "reset"})

    assert session.get("/board/")["Location"] == "/sign-in/?next=/board/"


def test_the_first_sign_in_asks_for_an_own_password(client, li):
    li.must_change_password = True
    signed_in(client, li)

    assert client.get("/board/")["Location"] == "/account/password/"
    client.post(
        "/account/password/", {"new_password1": "Su-he-2026-x", "new_password2": "Su-he-2026-x"}
    )
    assert client.get("/board/").status_code == 200


@pytest.mark.parametrize(
    "weak", ["short-A1", "alllowercaseletters", "li20262026", "1234567890Aa"[:9]]
)
def test_a_weak_password_is_refused(client, li, weak):
    signed_in(client, li)

    page = client.post("/account/password/", {"new_password1": weak, "new_password2": weak})

    assert page.context["form"].errors


def test_the_session_gets_a_new_id_at_sign_in_and_dies_at_sign_out(client, li):
    client.get("/sign-in/")
    before = client.session.session_key
    signed_in(client, li)
    during = client.session.session_key
    stolen = type(client)()
    stolen.cookies["sessionid"] = during

    client.post("/sign-out/")

    assert during != before
    assert stolen.get("/board/")["Location"] == "/sign-in/?next=/board/"


def test_five_wrong_passwords_lock_one_account_and_no_colleague(client, li, wang):
    signed_in(type(client)(), li)
    signed_in(type(client)(), wang)
    for _ in range(5):
        client.post("/sign-in/", {"username": "li", "password": "wrong"})

    locked = client.post("/sign-in/", {"username": "li", "password": PASSWORD})
    colleague = client.post("/sign-in/", {"username": "wang", "password": PASSWORD})

    assert locked.status_code == 429
    assert "15 分钟" in locked.content.decode()
    assert colleague["Location"] == "/"


def test_an_unknown_account_is_answered_like_a_wrong_password(client, li):
    known = client.post("/sign-in/", {"username": "li", "password": "wrong"})
    unknown = client.post("/sign-in/", {"username": "nobody", "password": "wrong"})

    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert known.status_code == unknown.status_code


def test_an_idle_session_ends_after_half_an_hour(client, li):
    signed_in(client, li).get("/board/")
    session = client.session
    session["seen_at"] -= 31 * 60
    session.save()

    assert client.get("/board/")["Location"] == "/sign-in/?next=/board/"


def test_the_command_line_opens_the_first_accounts(committee, capsys):
    call_command(
        "account", "first", "--name", "贺兰", "--role", "office_staff", "--organization", "机关党委"
    )

    user = User.objects.get(username="first")
    assert [(g.role, g.organization) for g in user.grants.all()] == [(Role.OFFICE_STAFF, committee)]
    assert capsys.readouterr().out.startswith("账号 first\n初始口令 ")


def test_the_command_line_refuses_a_role_without_its_place(committee):
    with pytest.raises(CommandError, match="没有找到这个组织"):
        call_command("account", "first", "--name", "贺兰", "--role", "secretary")

    assert not User.objects.filter(username="first").exists()


def test_the_database_itself_keeps_administrators_apart(db, committee):
    user = account("both", "两任", Role.SYSTEM_ADMIN)

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role=Role.AUDIT_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=user, role=Role.SECURITY_ADMIN, organization=committee)


def test_a_busy_session_ends_after_twelve_hours_all_the_same(client, li):
    signed_in(client, li).get("/board/")
    session = client.session
    session["begun_at"] -= 12 * 60 * 60 + 1
    session.save()

    assert client.get("/board/")["Location"] == "/sign-in/?next=/board/"


def test_a_starting_password_is_shown_once_and_kept_nowhere(client, system_admin):
    client.force_login(system_admin)

    page = client.post("/accounts/new/", {"username": "linxia", "name": "林夏"})

    password = page.context["password"]
    assert password in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert password not in client.get("/accounts/").content.decode()
    assert all(password not in cookie.value for cookie in client.cookies.values())
    assert User.objects.get(username="linxia").check_password(password)
