"""组织关系转接: from the sender's start to the receiver's acceptance, and all that is refused."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from members.models import DevelopmentCase, Member, Membership, Transfer, TransferSide
from members.queries.development import cards_of, states_of
from members.queries.roll import roll_on, roster_on
from members.queries.transfers import sides_in_box, sides_in_scope
from members.services.development import record_step
from members.services.roster import make_findable
from members.services.standing import StandingChange, change_standing, take_back_standing
from members.services.transfers import (
    TransferRefused,
    accept_transfer,
    confirm_transfer,
    receive_from_outside,
    resend_transfer,
    return_transfer,
    review_transfer,
    start_transfer,
    withdraw_transfer,
)
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

State, End, Start = Transfer.State, Membership.End, Membership.Start
STARTED, SENT, RECEIVED = dt.date(2026, 11, 2), dt.date(2026, 11, 5), dt.date(2026, 11, 12)


@pytest.fixture
def xu(first_branch):
    return enrolled("许知行", first_branch)


def as_user(user, permission):
    return scoped_to(user.scope_for(f"members.{permission}"))


def started(li, *members, **details):
    details = {"kind": Transfer.Kind.WITHIN_PROVINCE, "started_on": STARTED, **details}
    with as_user(li, "start_transfer"):
        return start_transfer(actor=li, members=members, **details)


def sent(zhao, side, **details):
    with as_user(zhao, "review_transfer"):
        review_transfer(
            actor=zhao,
            side=side,
            version=fresh(side).version,
            **{"approved": True, "on": SENT, **details},
        )


def accepted(wang, side, **details):
    with as_user(wang, "accept_transfer"):
        return accept_transfer(
            actor=wang,
            side=other(side),
            version=fresh(side).version,
            **{"on": RECEIVED, **details},
        )


def fresh(side):
    return Transfer.objects.get(pk=side.transfer_id)


def other(side):
    with everything(reason="the test looks at the other side"):
        return TransferSide.objects.exclude(pk=side.pk).get(transfer=side.transfer)


def counts(day, *branches):
    with everything(reason="the test counts"):
        return [roll_on(day, branch).count() for branch in branches]


def refusal(act, *args, **details):
    with pytest.raises(TransferRefused) as refused:
        act(*args, **details)
    return refused.value.field, str(refused.value)


def test_the_sender_counts_until_the_receiver_accepts(
    li, wang, zhao, xu, first_branch, second_branch
):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)
    assert counts(SENT, first_branch, second_branch) == [2, 1]

    accepted(wang, side)

    assert counts(RECEIVED - dt.timedelta(days=1), first_branch, second_branch) == [2, 1]
    assert counts(RECEIVED, first_branch, second_branch) == [1, 2]
    done = fresh(side)
    assert (done.state, done.sent_on, done.received_on) == (State.DONE, SENT, RECEIVED)
    assert [step.kind for step in done.steps.all()] == ["started", "approved", "accepted"]
    left, came = xu.memberships.model._base_manager.filter(member=xu).order_by("pk")
    assert (left.ended_by, came.started_by) == (End.LEFT, Start.ARRIVED)
    assert AuditEntry._base_manager.filter(action__startswith="members.transfer.").count() == 3


def test_each_side_sees_the_transfer_and_a_third_party_nothing(
    li, wang, qian, zhao, xu, second_branch
):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)

    seen = {}
    for user in (li, wang, zhao, qian):
        with as_user(user, "view_transfer"):
            seen[user.username] = [row.role for row in sides_in_scope()]

    assert seen == {"li": ["sender"], "wang": ["receiver"], "zhao": ["sender"], "qian": []}


def test_the_receiver_reads_the_name_and_not_the_file(li, wang, zhao, xu, second_branch):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)

    with as_user(wang, "view_transfer"):
        (incoming,) = sides_in_box("accept")
        assert incoming.transfer.member.name == "许知行"
        assert not Member.objects.filter(pk=xu.pk).exists()


def test_a_returned_transfer_is_sent_again(li, wang, zhao, xu, second_branch):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)
    with as_user(wang, "accept_transfer"):
        back = {"side": other(side), "version": fresh(side).version, "on": RECEIVED}
        assert refusal(return_transfer, actor=wang, note="", **back) == (
            "note",
            "请写明退回的原因。",
        )
        return_transfer(actor=wang, note="姓名写错", **back)
    with as_user(li, "start_transfer"):
        resend_transfer(actor=li, side=side, version=fresh(side).version, on=RECEIVED)
    sent(zhao, side, on=RECEIVED)
    accepted(wang, side)

    assert [step.get_kind_display() for step in fresh(side).steps.all()] == [
        "发起",
        "转出方审核通过",
        "转入方退回",
        "重新发起",
        "转出方审核通过",
        "转入方接收",
    ]


def test_a_transfer_is_withdrawn_before_it_is_accepted_and_not_after(
    li, wang, zhao, xu, first_branch, second_branch
):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)
    with as_user(li, "start_transfer"):
        withdraw_transfer(
            actor=li, side=side, version=fresh(side).version, on=SENT, note="本人不走了"
        )
    assert counts(RECEIVED, first_branch, second_branch) == [2, 1]

    again = started(li, xu, receiver=second_branch)
    sent(zhao, again)
    accepted(wang, again)
    with as_user(li, "start_transfer"):
        said = refusal(
            withdraw_transfer,
            actor=li,
            side=again,
            version=fresh(again).version,
            on=RECEIVED,
            note="本人不走了",
        )
    assert said == ("", "这件转接现在是“完成”，不能办这一步。")


def test_only_the_own_side_takes_a_step(li, zhao, xu, second_branch):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)

    with everything(reason="the lock is not what this test is about"):
        version = fresh(side).version
        said = refusal(accept_transfer, actor=li, side=side, version=version, on=RECEIVED)
    assert said == ("", "这一步由对方办理。")
    with as_user(li, "start_transfer"), pytest.raises(PermissionDenied):
        accept_transfer(actor=li, side=other(side), version=version, on=RECEIVED)


def test_a_step_that_somebody_else_took_meanwhile_is_not_taken_again(li, zhao, xu, second_branch):
    side = started(li, xu, receiver=second_branch)
    seen = fresh(side).version
    sent(zhao, side)

    with as_user(zhao, "review_transfer"), pytest.raises(StaleVersion):
        review_transfer(actor=zhao, side=side, version=seen, approved=True, on=SENT)


@pytest.mark.parametrize(
    ("details", "field", "reason"),
    [
        ({"place": {"dissolved_on": dt.date(2026, 10, 1)}}, "receiver", "已于 2026-10-01 撤销"),
        ({"place": {"kind": "temporary_branch"}}, "receiver", "是临时党支部"),
        ({"place": {"founded_on": dt.date(2026, 11, 20)}}, "receiver", "才成立"),
        ({"started_on": dt.date(2026, 11, 22)}, "started_on", "日期还没到"),
        ({"started_on": dt.date(2019, 11, 22)}, "started_on", "2020-01-01 才到"),
        ({"valid_days": 91}, "valid_days", "介绍信最长 90 天（本级要求（可调整））。"),
        ({"receiver_unit": "云渚大学党委"}, "receiver", "只填一样"),
    ],
)
def test_what_cannot_be_started_is_refused_at_its_field(li, committee, xu, details, field, reason):
    receiver = PartyOrganizationFactory(superior=committee, **details.pop("place", {}))

    where, said = refusal(started, li, xu, receiver=receiver, **details)

    assert where == field
    assert reason in said
    assert not Transfer.objects.exists()


def test_only_members_on_the_roll_are_transferred_once_at_a_time(
    li, zhao, xu, first_branch, second_branch
):
    applicant = MemberFactory(name="何若谷", branch=first_branch, category="applicant")
    with everything(reason="the test arranges"):
        gone = enrolled("沈既白", first_branch)
        change_standing(actor=zhao, member=gone, state="deceased", happened_on=STARTED)

    assert refusal(started, li, applicant, receiver=second_branch)[1] == (
        "何若谷现在没有组织关系，不能转出。"
    )
    assert refusal(started, li, gone, receiver=second_branch)[0] == "members"
    assert refusal(started, li, xu, receiver=first_branch) == (
        "receiver",
        "许知行的组织关系已经在“第一党支部”。",
    )
    started(li, xu, receiver=second_branch)
    assert "不能再发起" in refusal(started, li, xu, receiver=second_branch)[1]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (dt.date(2026, 11, 4), "日期早于转出日期 2026-11-05，请核对。"),
        (dt.date(2026, 11, 22), "日期还没到，请核对。"),
    ],
)
def test_a_member_is_not_received_before_being_sent(
    li, wang, zhao, xu, first_branch, second_branch, day, reason
):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)

    assert refusal(accepted, wang, side, on=day) == ("on", reason)
    assert counts(RECEIVED, first_branch, second_branch) == [2, 1]


def test_whoever_dies_on_the_way_is_not_received(li, wang, zhao, xu, second_branch):
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)
    with everything(reason="the test arranges"):
        change_standing(actor=zhao, member=xu, state="deceased", happened_on=SENT)

    assert "已不在“第一党支部”" in refusal(accepted, wang, side)[1]
    assert fresh(side).state == State.IN_TRANSIT


def test_a_whole_unit_goes_together_without_who_is_no_longer_there(
    li, wang, zhao, xu, first_branch, second_branch
):
    others = [enrolled(f"党员{number}", first_branch) for number in range(3)]
    side = started(li, xu, *others, receiver=second_branch)
    sent(zhao, side)
    with everything(reason="the test arranges"):
        change_standing(actor=zhao, member=others[1], state="deceased", happened_on=SENT)

    assert accepted(wang, TransferSide._base_manager.get(pk=side.pk)) == ["党员1"]

    assert counts(RECEIVED, first_branch, second_branch) == [1, 4]
    reasons = Membership._base_manager.filter(organization=second_branch).values_list(
        "started_by", flat=True
    )
    assert sorted(reasons) == ["arrived_as_unit"] * 3 + ["registered"]
    ends = {row.member.name: row.state for row in Transfer.objects.select_related("member")}
    assert ends == dict.fromkeys(("许知行", "党员0", "党员2"), State.DONE) | {
        "党员1": State.WITHDRAWN
    }
    last = Transfer.objects.get(member=others[1]).steps.order_by("pk").last()
    assert (last.kind, last.happened_on, last.actor) == ("withdrawn", RECEIVED, wang)
    assert last.note == "党员1的组织关系已不在“第一党支部”，没有随其他人一起办理。"
    entry = AuditEntry._base_manager.get(action="members.transfer.accepted")
    assert (entry.summary, entry.after["没有随同办理"]) == (
        "接收组织关系：许知行、党员0、党员2 等 3 人",
        "党员1",
    )


def test_a_receipt_is_noted_for_those_who_are_still_there(li, zhao, xu, first_branch):
    other = enrolled("沈既白", first_branch)
    side = started(li, xu, other, receiver_unit="云渚大学党委")
    sent(zhao, side)
    with everything(reason="the test arranges"):
        change_standing(actor=zhao, member=xu, state="deceased", happened_on=SENT)

    with as_user(li, "start_transfer"):
        left_out = confirm_transfer(actor=li, side=side, version=fresh(side).version, on=RECEIVED)

    assert left_out == ["许知行"]
    assert fresh(side).state == State.WITHDRAWN
    assert Transfer.objects.get(member=other).state == State.DONE
    assert [Member._base_manager.get(pk=one.pk).state for one in (xu, other)] == [
        "deceased",
        "transferred",
    ]


def test_a_whole_unit_of_which_nobody_is_left_is_not_received(
    li, wang, zhao, xu, first_branch, second_branch
):
    other = enrolled("沈既白", first_branch)
    side = started(li, xu, other, receiver=second_branch)
    sent(zhao, side)
    with everything(reason="the test arranges"):
        for one in (xu, other):
            change_standing(actor=zhao, member=one, state="deceased", happened_on=SENT)

    assert refusal(accepted, wang, side)[1] == (
        "许知行的组织关系已不在“第一党支部”，请转出方核对后撤回。"
    )
    assert set(Transfer.objects.values_list("state", flat=True)) == {State.IN_TRANSIT}


def test_a_member_sent_to_a_unit_outside_counts_until_the_receipt(li, zhao, xu, first_branch):
    side = started(li, xu, receiver_unit="云渚大学党委", kind=Transfer.Kind.LETTER)
    sent(zhao, side)
    assert counts(SENT, first_branch) == [2]

    with as_user(li, "start_transfer"):
        confirm_transfer(actor=li, side=side, version=fresh(side).version, on=RECEIVED)

    assert counts(RECEIVED, first_branch) == [1]
    assert Member._base_manager.get(pk=xu.pk).state == Member.State.TRANSFERRED


def test_a_receipt_that_was_noted_by_mistake_is_taken_back(li, zhao, xu, first_branch):
    side = started(li, xu, receiver_unit="云渚大学党委", kind=Transfer.Kind.LETTER)
    sent(zhao, side)
    with as_user(li, "start_transfer"):
        confirm_transfer(actor=li, side=side, version=fresh(side).version, on=RECEIVED)
    with as_user(zhao, "change_standing"):
        take_back_standing(actor=zhao, change=StandingChange.objects.get(), reason="回执是别人的")

    assert counts(RECEIVED, first_branch) == [2]
    assert fresh(side).state == State.IN_TRANSIT


NEWCOMER = {
    "sender_unit": "云渚大学党委",
    "kind": Transfer.Kind.LETTER,
    "letter_number": "云组介〔2026〕88号",
    "sent_on": SENT,
    "received_on": RECEIVED,
    "name": "何若谷",
    "id_number": "11010519491231002X",
    "category": "full",
    "joined_on": dt.date(2012, 7, 1),
    "confirmed_on": dt.date(2013, 7, 1),
}


def received(wang, second_branch, **details):
    with as_user(wang, "accept_transfer"):
        return receive_from_outside(
            actor=wang, organization=second_branch, **{**NEWCOMER, **details}
        )


def test_somebody_comes_with_a_letter_from_outside(wang, second_branch):
    side = received(wang, second_branch)

    member = side.transfer.member
    assert counts(RECEIVED, second_branch) == [2]
    assert (member.pinyin, member.state) == ("heruogu", "normal")
    (row,) = Membership._base_manager.filter(member=member)
    assert (row.started_by, row.document) == (Start.ARRIVED, "云组介〔2026〕88号")


PROBATIONER = {
    "category": "probationary",
    "joined_on": dt.date(2025, 11, 10),
    "confirmed_on": None,
}


def test_the_probation_of_who_comes_from_outside_is_led_on_to_the_confirmation(
    li, wang, second_branch, today
):
    member = received(wang, second_branch, **PROBATIONER).transfer.member

    with everything(reason="the test leads the probation on"):
        case = DevelopmentCase.objects.select_related("member", "organization").get()
        assert list(case.steps.values_list("code", "done_on")) == [
            ("admission", dt.date(2025, 11, 10))
        ]
        (card,) = cards_of([case], today)
        assert (card.stage, card.next_step) == ("预备期教育考察和转正", "继续教育考察")
        assert (card.next_due.text, card.next_due.due_on) == (
            "预备期满，讨论转正",
            dt.date(2026, 11, 10),
        )
        assert card.findings == []
        assert states_of([member.pk]) == {member.pk: "已审批"}
        record_step(
            actor=wang,
            case=case,
            version=case.version,
            code="confirmation",
            done_on=dt.date(2026, 11, 18),
            due_voters=12,
            present_voters=11,
            yes=11,
            no=0,
            abstain=0,
        )
        record_step(
            actor=wang,
            case=case,
            version=case.version,
            code="confirmation_approval",
            done_on=dt.date(2026, 11, 20),
        )

    stored = Member._base_manager.get(pk=member.pk)
    assert (stored.category, stored.confirmed_on) == ("full", dt.date(2026, 11, 10))
    assert AuditEntry._base_manager.filter(
        summary="何若谷 预备期转入，建立培养档案", actor_name=str(wang)
    ).exists()


def test_a_full_member_who_comes_from_outside_gets_no_case(wang, second_branch):
    received(wang, second_branch)

    assert not DevelopmentCase._base_manager.exists()


def test_whoever_left_before_gets_the_old_file_back(li, wang, zhao, first_branch, second_branch):
    member = enrolled("何若谷", first_branch)
    with everything(reason="the test arranges"):
        member.id_number = NEWCOMER["id_number"]
        make_findable(member)
        member.save()
        change_standing(
            actor=zhao, member=member, state="transferred", happened_on=dt.date(2025, 5, 1)
        )

    side = received(wang, second_branch)

    assert side.transfer.member == member
    stored = Member._base_manager.get(pk=member.pk)
    assert (stored.branch, stored.state) == (second_branch, "normal")
    assert counts(dt.date(2024, 5, 1), first_branch) == [2]


def test_somebody_who_is_here_already_does_not_come_from_outside(wang, second_branch):
    received(wang, second_branch)

    field, said = refusal(received, wang, second_branch)
    assert (field, "由所在党支部发起转接" in said) == ("id_number", True)
    assert refusal(received, wang, second_branch, name="何不谷")[0] == "id_number"
    assert Member._base_manager.filter(name="何若谷").count() == 1


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"received_on": dt.date(2026, 11, 1)}, "早于介绍信日期"),
        ({"received_on": dt.date(2026, 11, 22)}, "日期还没到"),
        ({"sent_on": dt.date(2015, 1, 1), "received_on": dt.date(2015, 2, 1)}, "才成立"),
    ],
)
def test_a_bad_day_of_arrival_leaves_nothing_behind(wang, second_branch, details, reason):
    field, said = refusal(received, wang, second_branch, **details)

    assert (field, reason in said) == ("received_on", True)
    assert not Member._base_manager.filter(name="何若谷").exists()


def test_last_quarters_roster_stays_as_it_was(li, wang, zhao, xu, second_branch):
    def roster():
        with everything(reason="the test reads the roster"):
            return list(
                roster_on(dt.date(2026, 9, 30)).values_list("member__name", "organization__name")
            )

    before = roster()
    side = started(li, xu, receiver=second_branch)
    sent(zhao, side)
    accepted(wang, side)

    assert roster() == before
