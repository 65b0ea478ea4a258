"""处分 and 组织处置: who sees them, what they do to votes and awards, and what they never change."""

import datetime as dt

import pytest

from activities.queries.occasions import turnout_of
from branches.roles import Role
from members.alerts.discipline import CorrectionAlert, HonourCheckAlert, ProbationAlert
from members.models import Discipline, Honour, HonourCheck, OrganizationalMeasure
from members.queries.discipline import (
    barred_from_awards,
    without_vote_on,
    without_vote_periods,
)
from members.queries.roll import headcount, roll_on
from members.services import discipline as services
from members.services.discipline import DisciplineRefused
from partybuild.finders import finders
from partybuild.models import AuditEntry
from partybuild.periods import add_months
from partybuild.regulations import regulation
from partybuild.scoping import everything, scoped_to
from tests.cast import account, enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory
from tests.factories.branches import GrantFactory
from tests.factories.discipline import DisciplineFactory, OrganizationalMeasureFactory
from tests.factories.honours import HonourFactory
from tests.factories.members import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DECIDED = dt.date(2026, 3, 2)
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def an(first_branch):
    return enrolled("安小河", first_branch)


@pytest.fixture
def watched(he, an):
    """安小河 under one year of 留党察看 since 2 March 2026."""
    with scoped_to(he.scope_for("members.change_discipline")):
        return services.record_discipline(
            actor=he,
            member=an,
            kind="probation",
            decided_on=DECIDED,
            document="青纪〔2026〕1号",
            reason="酒后驾车",
            probation_months=12,
        )


def keys(rows):
    return [row["member"] for row in rows]


@pytest.mark.parametrize(
    ("kind", "months"),
    [("warning", 12), ("serious_warning", 18), ("removal", 24), ("expulsion", 60)],
)
@pytest.mark.usefixtures("everywhere")
def test_a_decision_takes_effect_as_long_as_the_rule_of_its_day_says(he, an, kind, months):
    made = services.record_discipline(
        actor=he, member=an, kind=kind, decided_on=DECIDED, document="青纪〔2026〕2号"
    )

    assert made.effect_ends_on == add_months(DECIDED, months)
    assert regulation("members.discipline", on=DECIDED).citation.startswith(
        "《中国共产党纪律处分条例》"
    )


def test_under_probation_there_is_no_vote_until_the_rights_are_restored(
    he, li, an, watched, first_branch
):
    days = [dt.date(2026, 3, 1), DECIDED, dt.date(2027, 3, 2), dt.date(2027, 4, 1)]
    with scoped_to(he.scope_for("members.change_discipline")):
        services.correct_discipline(
            actor=he,
            discipline=watched,
            version=1,
            decided_on=DECIDED,
            document=watched.document,
            reason=watched.reason,
            appeal="",
            restored_on=dt.date(2027, 4, 1),
        )

    with scoped_to(li.scope_for("activities.view_activity")):
        told = [
            {person.member.name: person.can_vote for person in roll_on(day, first_branch)}["安小河"]
            for day in days
        ]
        figures = headcount(first_branch, DECIDED)

    assert told == [True, False, False, True]
    assert [figures[name] for name in ("full", "probationary", "voters")] == [2, 0, 1]


def test_a_later_decision_never_changes_an_earlier_meeting(li, an, first_branch, he):
    meetings = [
        ActivityFactory(organization=first_branch, held_on=day)
        for day in (dt.date(2026, 2, 27), dt.date(2026, 3, 27))
    ]
    for meeting in meetings:
        AttendanceFactory(activity=meeting, member=an)
        AttendanceFactory(activity=meeting)

    def voters():
        with scoped_to(li.scope_for("activities.view_activity")):
            return [turnout_of(meeting).voters_expected for meeting in meetings]

    before = voters()
    with scoped_to(he.scope_for("members.change_discipline")):
        services.record_discipline(
            actor=he,
            member=an,
            kind="probation",
            decided_on=DECIDED,
            document="青纪〔2026〕1号",
            probation_months=24,
        )

    assert (before, voters()) == ([2, 2], [2, 1])


def test_the_vote_of_a_day_stays_as_it_was_when_the_person_moves_on(
    li, an, watched, first_branch, second_branch
):
    with everything(reason="the test moves somebody"):
        an.memberships.update(ended_on=dt.date(2026, 6, 1))
        an.branch = second_branch
        an.save()
    MembershipFactory(member=an, organization=second_branch, started_on=dt.date(2026, 6, 1))

    with scoped_to(li.scope_for("activities.view_activity")):
        roll = roll_on(dt.date(2026, 5, 1), first_branch)
        told = {person.member.name: person.can_vote for person in roll}

    assert told == {"李秀岩": True, "安小河": False}


def test_a_decision_revoked_on_appeal_has_no_effect_from_then_on(he, an, watched):
    with scoped_to(he.scope_for("members.change_discipline")):
        services.correct_discipline(
            actor=he,
            discipline=watched,
            version=1,
            decided_on=DECIDED,
            document=watched.document,
            reason="",
            appeal="复查后撤销",
            revoked_on=dt.date(2026, 6, 1),
        )
        days = (dt.date(2026, 5, 31), dt.date(2026, 6, 1))
        assert [keys(without_vote_on(day)) for day in days] == [[an.pk], []]
        assert [keys(barred_from_awards(day)) for day in days] == [[an.pk], []]


@pytest.mark.usefixtures("everywhere")
def test_what_the_rules_do_not_know_is_refused_with_its_source(he, an, watched, first_branch):
    said = {"actor": he, "member": an, "decided_on": TODAY, "document": "青纪〔2026〕9号"}
    applicant = enrolled("方未", first_branch, category="applicant")

    for wrong, reason in (
        ({"kind": "probation"}, "察看期是1或2年"),
        ({"kind": "probation", "probation_months": 24}, "合计不超过2年"),
        ({"kind": "warning", "probation_months": 12}, "留党察看才有察看期"),
        ({"kind": "warning", "member": applicant}, "方未还不是党员"),
        ({"kind": "warning", "decided_on": dt.date(2009, 1, 1)}, "2010-06-28 入党"),
    ):
        with pytest.raises(DisciplineRefused, match=reason):
            services.record_discipline(**{**said, **wrong})
    for wrong, reason in (
        ({"kind": "correction"}, "请填写改正期满日"),
        ({"kind": "correction", "due_on": dt.date(2027, 11, 22)}, "限期改正不超过1年"),
        ({"kind": "removed", "due_on": dt.date(2027, 1, 1)}, "限期改正才有"),
    ):
        with pytest.raises(DisciplineRefused, match=reason):
            services.record_measure(**{**said, **wrong})

    assert (Discipline.objects.count(), OrganizationalMeasure.objects.count()) == (1, 0)


def test_nobody_but_the_officer_and_the_head_sees_a_decision(client, cast, an, watched, committee):
    head = account("gao", "高望", Role.OFFICE_HEAD, committee)
    addresses = [
        "/members/disciplines/",
        f"/members/disciplines/{watched.public_id}/",
        "/ledgers/members.disciplines/",
    ]
    answers = {}
    for user in (cast["li"], cast["zhao"], cast["he"], head):
        client.force_login(user)
        answers[user.name] = [client.get(address).status_code for address in addresses]
        answers[user.name].append("青纪〔2026〕1号" in client.get(f"/members/{an.public_id}/").text)

    assert answers == {
        "李秀岩": [403, 403, 403, False],
        "赵明漪": [403, 403, 403, False],
        "何正言": [200, 200, 200, True],
        "高望": [200, 200, 200, True],
    }
    client.force_login(head)
    assert client.get(f"{addresses[1]}correct/").status_code == 403


def test_a_search_finds_no_decision(li, he, an, watched):
    found = []
    for user in (li, he):
        for finder in finders:
            if user.has_perm(finder.permission):
                with scoped_to(user.scope_for(finder.permission)):
                    found += finder.find("青纪")

    assert found == []


def test_every_opening_leaves_a_trace_that_tells_no_reason(client, he, an, watched):
    client.force_login(he)

    client.get("/members/disciplines/")
    page = client.get(f"/members/disciplines/{watched.public_id}/")
    client.get(f"/members/disciplines/{watched.public_id}/correct/")

    with everything(reason="the test looks at the trail"):
        trail = list(AuditEntry.objects.filter(actor=he).order_by("sequence"))
    opened = [entry.action for entry in trail if "discipline." in entry.action]
    assert opened == [
        "members.discipline.recorded",
        "members.discipline.listed",
        "members.discipline.opened",
        "members.discipline.opened",
    ]
    assert "酒后驾车" in page.text
    assert [("酒后驾车" in str(vars(entry)), "安小河" in str(vars(entry))) for entry in trail] == [
        (False, False)
    ] * len(trail)


def test_the_officer_enters_a_decision_once_from_a_person_searched_for(client, he, an):
    client.force_login(he)
    found = client.get("/members/disciplines/", {"q": "安小河"})
    address = f"/members/disciplines/of/{an.public_id}/new/"
    form = {
        "kind": "warning",
        "decided_on": "2026-03-02",
        "document": "青纪〔2026〕3号",
        "submission_key": "k" * 32,
    }

    answers = [client.post(address, form).url for _ in range(2)]

    assert address in found.text
    assert answers[0] == answers[1]
    with everything(reason="test"):
        assert Discipline.objects.count() == 1


@pytest.mark.usefixtures("everywhere")
def test_ended_periods_are_told_to_the_officer_and_change_nothing(an, watched):
    OrganizationalMeasureFactory(member=an, due_on=dt.date(2026, 9, 2))
    later = dt.date(2027, 3, 2)

    told = [
        notice.text
        for alert in (ProbationAlert(), CorrectionAlert())
        for notice in alert.notices(later)
    ]

    assert told == [
        "安小河：2027-03-02 期满，还没有决定",
        "安小河：2026-09-02 期满，还没有写明结果",
    ]
    assert keys(without_vote_on(later)) == [an.pk]
    assert list(ProbationAlert().notices(dt.date(2027, 3, 1))) == []


# --- awards ----------------------------------------------------------------------------------


def award_form(branch, **details):
    return {
        "organization": branch.public_id,
        "winner": "person",
        "winner_name": "安小河",
        "title": "优秀共产党员",
        "level": "own",
        "awarded_on": "2026-07-01",
        "awarded_by": "机关党委",
        "submission_key": "k" * 32,
        **details,
    }


def test_whoever_enters_an_honour_learns_nothing_and_the_officer_checks_it(
    client, li, he, an, first_branch
):
    client.force_login(li)
    without = client.post("/members/honours/new/", award_form(first_branch))
    DisciplineFactory(member=an)
    under = client.post(
        "/members/honours/new/",
        award_form(first_branch, title="先进个人", submission_key="j" * 32),
    )
    pages = [client.get(answer.url).text for answer in (without, under)]

    with everything(reason="test"):
        told = [notice.text for notice in HonourCheckAlert().notices(TODAY)]
    assert (without.status_code, under.status_code) == (302, 302)
    assert ["处分" in page for page in pages] == [False, False]
    assert told == [
        "安小河：优秀共产党员，2026-07-01 授予，请核对",
        "安小河：先进个人，2026-07-01 授予，请核对",
    ]

    client.force_login(he)
    with everything(reason="test"):
        address = f"/members/disciplines/honours/{Honour.objects.latest('pk').public_id}/check/"
    client.post(address, {"decision": "to_revoke", "reason": "影响期内"})
    with everything(reason="test"):
        left = [notice.text for notice in HonourCheckAlert().notices(TODAY)]
        assert Honour.objects.latest("pk").revoked_on is None
    assert left == ["安小河：优秀共产党员，2026-07-01 授予，请核对"]
    client.force_login(li)
    assert client.get(address).status_code == 403


def test_who_may_see_both_states_a_reason(client, first_branch, an):
    both = account("lu", "陆遥", Role.SECRETARY, first_branch)
    GrantFactory(user=both, role=Role.DISCIPLINE_OFFICER, organization=first_branch)
    DisciplineFactory(member=an)
    client.force_login(both)

    asked = client.post("/members/honours/new/", award_form(first_branch))
    kept = client.post(
        "/members/honours/new/", award_form(first_branch, despite="救火立功，经研究表彰")
    )

    assert "在处分影响期内（《中国共产党纪律处分条例》（2023年修订）第十条）" in asked.text
    assert kept.status_code == 302
    with everything(reason="test"):
        assert HonourCheck.objects.get().reason == "救火立功，经研究表彰"
        assert list(HonourCheckAlert().notices(TODAY)) == []


@pytest.mark.usefixtures("everywhere")
def test_an_honour_before_or_after_the_effect_needs_no_check(an):
    DisciplineFactory(member=an, decided_on=DECIDED, effect_ends_on=dt.date(2026, 9, 2))
    for day in (dt.date(2026, 3, 1), dt.date(2026, 9, 2)):
        HonourFactory(member=an, awarded_on=day)
    within = HonourFactory(member=an, awarded_on=dt.date(2026, 9, 1))

    told = [notice.url for notice in HonourCheckAlert().notices(TODAY)]

    assert told == [f"/members/disciplines/honours/{within.public_id}/check/"]


def test_others_may_ask_when_somebody_had_no_vote(he, an, li, watched):
    with scoped_to(he.scope_for("members.change_discipline")):
        services.correct_discipline(
            actor=he,
            discipline=watched,
            version=1,
            decided_on=DECIDED,
            document=watched.document,
            reason="",
            appeal="",
            restored_on=dt.date(2027, 4, 1),
        )

    assert without_vote_periods([an.pk, 0]) == {an.pk: [(DECIDED, dt.date(2027, 4, 1))]}
