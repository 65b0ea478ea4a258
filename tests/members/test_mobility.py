"""Members who live away or cannot be reached: reminders by the rule, never a change of status."""

import datetime as dt

import pytest

from members.models import LostMember, Member, MobileMember
from members.queries.roll import roster_on
from partybuild.alerts import alerts
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.people import LostMemberFactory, MobileContactFactory, MobileMemberFactory
from tests.forms import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
RULES = "《中国共产党党员教育管理工作条例》"
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def he(first_branch):
    return enrolled("何应秋", first_branch)


@pytest.fixture
def as_li(client, li):
    client.force_login(li)
    return client


def due(user, code, day=TODAY):
    with scoped_to(user.scope_for("members.view_member")):
        return [(notice.due_on, notice.cite) for notice in alerts[code].notices(day)]


def post(client, address, **answers):
    context = client.get(address).context
    keys = {name: context[name] for name in ("submission_key", "version") if name in context}
    return client.post(address, keys | answers)


def test_six_months_away_ask_for_a_transfer(li, he):
    MobileMemberFactory(member=he, started_on=dt.date(2026, 5, 21))

    assert due(li, "members.away", dt.date(2026, 11, 20)) == []
    assert due(li, "members.away") == [
        (
            TODAY,
            f"{RULES}第二十五条；{RULES}第三十二条",
        )
    ]


def test_somebody_abroad_is_contacted_every_half_year(li, he):
    away = MobileMemberFactory(member=he, kind="abroad", started_on=dt.date(2025, 1, 1))
    MobileContactFactory(mobile=away, contacted_on=dt.date(2026, 5, 22))
    assert due(li, "members.abroad_contact") == []

    assert due(li, "members.abroad_contact", dt.date(2026, 11, 22)) == [
        (dt.date(2026, 11, 22), "《中国共产党党员教育管理工作条例》第三十四条")
    ]


def test_a_graduates_relation_stays_two_years(li, he):
    MobileMemberFactory(member=he, kind="graduate", started_on=dt.date(2024, 11, 22))

    assert due(li, "members.graduates") == []
    assert [day for day, _ in due(li, "members.graduates", dt.date(2026, 11, 22))] == [
        dt.date(2026, 11, 22)
    ]


def test_six_months_lost_are_a_decision_task_and_change_nothing(li, he):
    LostMemberFactory(member=he, lost_on=dt.date(2026, 5, 21))

    assert due(li, "members.lost") == [(TODAY, "《中国共产党党员教育管理工作条例》第二十四条")]
    with everything(reason="the test looks at the roll"):
        assert Member.objects.get(pk=he.pk).state == Member.State.NORMAL
        assert roster_on(TODAY).filter(member=he).exists()


def test_two_years_after_the_suspension_the_next_decision_is_due(li, he):
    LostMemberFactory(member=he, lost_on=dt.date(2024, 1, 1))
    with everything(reason="the superior has decided"):
        he.state, he.state_since = Member.State.SUSPENDED, dt.date(2024, 11, 21)
        he.save()

    assert due(li, "members.lost") == []
    assert due(li, "members.lapsed", dt.date(2026, 11, 20)) == []
    assert [day for day, _ in due(li, "members.lapsed")] == [TODAY]


def test_whoever_was_found_is_no_task(as_li, li, he):
    lost = LostMemberFactory(member=he, lost_on=dt.date(2026, 1, 1))

    early = post(as_li, f"{lost.get_absolute_url()}found/", found_on="2025-12-31")
    post(as_li, f"{lost.get_absolute_url()}found/", found_on="2026-11-20")

    assert early.context["form"].errors == {"found_on": ["早于失去联系的日期 2026-01-01。"]}
    assert due(li, "members.lost") == []
    with everything(reason="the test looks at the row"):
        assert LostMember.objects.get().found_on == dt.date(2026, 11, 20)


def test_an_outflow_is_registered_contacted_corrected_and_ended(as_li, he):
    answer = post(
        as_li,
        "/members/mobile/out/",
        member=he.public_id,
        kind="away",
        started_on="2026-03-01",
        destination="云渚区",
        contact="15400001234",
    )
    twice = post(
        as_li,
        "/members/mobile/out/",
        member=he.public_id,
        kind="away",
        started_on="2026-03-01",
        destination="云渚区",
    )
    post(as_li, f"{answer.url}contact/", contacted_on="2026-10-01", contacted_by="李秀岩")
    post(
        as_li,
        f"{answer.url}correct/",
        kind="away",
        destination="云渚区东湖",
        ended_on="2026-11-01",
    )

    assert twice.context["form"].errors == {"member": ["何应秋已经登记为流出党员。"]}
    assert "2026-10-01 李秀岩" in as_li.get(answer.url).content.decode()
    with everything(reason="the test looks at the row"):
        row = MobileMember.objects.get()
    assert (row.destination, row.ended_on, row.version) == (
        "云渚区东湖",
        dt.date(2026, 11, 1),
        2,
    )


def test_whoever_came_is_not_expected(as_li, first_branch):
    post(
        as_li,
        "/members/mobile/in/",
        organization=first_branch.public_id,
        name="客来舟",
        kind="away",
        started_on="2026-03-01",
        destination="云渚区",
    )

    assert "客来舟" in as_li.get("/members/mobile/").content.decode()
    with everything(reason="the test looks at the roll"):
        assert not roster_on(TODAY).filter(member__name="客来舟").exists()


def test_two_who_correct_at_once_both_keep_their_work_and_a_clash_is_asked(as_li, he):
    away = MobileMemberFactory(member=he)
    address = f"{away.get_absolute_url()}correct/"
    first, second, third = (as_li.get(address) for _ in range(3))
    as_li.post(address, as_shown(first, destination="甲地"))

    clash = as_li.post(address, as_shown(second, destination="乙地"))
    as_li.post(address, as_shown(third, workplace="云渚工地"))

    assert clash.context["form"].errors == {
        "destination": ["别人刚刚改成了“甲地”，请核对后再保存。"]
    }
    with everything(reason="the test looks at the row"):
        stored = MobileMember.objects.get()
    assert (stored.destination, stored.workplace) == ("甲地", "云渚工地")


def test_alerts_take_the_same_queries_for_many(li, first_branch, django_assert_num_queries):
    for code in ("members.away", "members.lost"):
        with scoped_to(li.scope_for("members.view_member")), django_assert_num_queries(1):
            list(alerts[code].notices(TODAY))
    for number in range(3):
        person = enrolled(f"党员{number}", first_branch)
        MobileMemberFactory(member=person, started_on=dt.date(2025, 1, 1))
        LostMemberFactory(member=person, lost_on=dt.date(2025, 1, 1))
    for code in ("members.away", "members.lost"):
        with scoped_to(li.scope_for("members.view_member")), django_assert_num_queries(2):
            assert len(list(alerts[code].notices(TODAY))) == 3


def test_whose_relation_has_moved_is_no_longer_reminded_of(zhao, he, second_branch):
    MobileMemberFactory(member=he, started_on=dt.date(2026, 1, 1))
    assert len(due(zhao, "members.away")) == 1

    with everything(reason="the relation has moved"):
        he.branch = second_branch
        he.save()

    assert due(zhao, "members.away") == []
