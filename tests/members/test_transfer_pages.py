"""The pages of transfers, of standing and of the yearly comparison."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.alerts.transfers import TransferAlert
from members.models import Member, Membership, StandingChange, Transfer, TransferSide
from members.queries.rehearsal import rehearse
from partybuild.documents import WORD
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, MembershipFactory
from tests.factories.transfers import TransferFactory, TransferSideFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ASKED = {
    "kind": "within_province",
    "reach": "city",
    "reason": "工作调动",
    "started_on": "2026-11-02",
    "submission_key": "one",
}


@pytest.fixture
def xu(first_branch):
    return enrolled("许知行", first_branch, id_number="11010519491231002X", phone="15400001234")


def start(client, user, member, **details):
    client.force_login(user)
    return client.post(f"/members/{member.public_id}/transfer/", {**ASKED, **details})


def sides():
    with everything(reason="the test looks at what was stored"):
        return {row.role: row for row in TransferSide.objects.select_related("transfer")}


def step(client, user, side, name, day="2026-11-05", **details):
    client.force_login(user)
    with everything(reason="the test reads the version"):
        version = Transfer.objects.get(pk=side.transfer_id).version
    return client.post(
        f"/members/transfers/{side.public_id}/{name}/",
        {"on": day, "version": version, "submission_key": f"{name}{version}", **details},
    )


def state():
    return Transfer.objects.get().state


def errors(answer):
    return answer.context["form"].errors


def test_a_transfer_goes_through_its_pages(client, li, wang, zhao, xu, second_branch):
    assert start(client, li, xu, receiver="第二党支部").status_code == 302
    both = sides()
    assert step(client, zhao, both["sender"], "review", decision="approve").status_code == 302
    assert step(client, wang, both["receiver"], "accept", "2026-11-12").status_code == 302

    assert state() == Transfer.State.DONE
    assert Member._base_manager.get(pk=xu.pk).branch == second_branch


def test_every_form_opens(client, li, wang, zhao, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    both = sides()
    opened = {}
    for user, addresses in (
        (li, [f"transfers/{both['sender'].public_id}/{name}/" for name in ("withdraw", "resend")]),
        (li, [f"transfers/{both['sender'].public_id}/{n}/" for n in ("confirm", "came-back")]),
        (wang, [f"transfers/{both['receiver'].public_id}/{n}/" for n in ("accept", "return")]),
        (zhao, [f"transfers/{both['sender'].public_id}/review/"]),
        (zhao, [f"{xu.public_id}/{name}/" for name in ("transfer", "standing", "reasons")]),
        (zhao, ["transfers/new/?q=许", "transfers/unit/", "standing/new/?q=许", "standing/"]),
    ):
        client.force_login(user)
        for address in addresses:
            opened[address] = client.get(f"/members/{address}").status_code

    assert opened == dict.fromkeys(opened, 200)


def test_the_receiver_sees_masked_numbers_and_no_link_to_the_file(
    client, li, wang, zhao, xu, second_branch
):
    start(client, li, xu, receiver="第二党支部")
    both = sides()
    step(client, zhao, both["sender"], "review", decision="approve")
    client.force_login(wang)

    page = client.get(f"/members/transfers/{both['receiver'].public_id}/").text

    assert "许知行" in page
    assert "110105********002X" in page
    assert "154****1234" in page
    assert f"/members/{xu.public_id}/" not in page


def test_the_other_side_and_third_parties_find_nothing(client, li, wang, qian, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    both = sides()
    answers = []
    for user, role in ((wang, "sender"), (li, "receiver"), (qian, "sender"), (qian, "receiver")):
        client.force_login(user)
        page = client.get(f"/members/transfers/{both[role].public_id}/")
        answers += [page.status_code, step(client, user, both[role], "accept").status_code]

    assert answers == [404] * 8


def test_a_post_that_comes_twice_makes_one_transfer(client, li, xu, second_branch):
    first = start(client, li, xu, receiver="第二党支部")
    again = start(client, li, xu, receiver="第二党支部")

    assert (first.status_code, again.url) == (302, first.url)
    assert Transfer.objects.count() == 1


def test_an_acceptance_that_comes_twice_moves_once(client, li, wang, zhao, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    both = sides()
    step(client, zhao, both["sender"], "review", decision="approve")
    client.force_login(wang)
    post = {"on": "2026-11-12", "version": 2, "submission_key": "accept"}
    address = f"/members/transfers/{both['receiver'].public_id}/accept/"
    answers = [client.post(address, post).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Membership._base_manager.filter(member=xu).count() == 2


@pytest.mark.parametrize(
    ("details", "field", "reason"),
    [
        ({}, "receiver", "请填写转往哪里。"),
        ({"receiver": "第九党支部"}, "receiver", "没有找到这个党支部"),
        ({"receiver": "二党支"}, "receiver", "名称相近的有：第二党支部（青岚市档案局机关党委，"),
        ({"receiver": "第一党支部"}, "receiver", "已经在“第一党支部”"),
        ({"receiver": "第二党支部", "receiver_unit": "云渚大学"}, "receiver_unit", "只填一样"),
        ({"receiver": "第二党支部", "started_on": "2026-02-30"}, "started_on", "请写成"),
        ({"receiver": "第二党支部", "started_on": "2026-11-30"}, "started_on", "日期还没到"),
        ({"receiver": "第二党支部", "reason": ""}, "reason", "请填写转接原因。"),
        ({"receiver": "第二党支部", "valid_days": "400"}, "valid_days", "最长 90 天"),
        ({"receiver": "第二党支部", "kind": "?"}, "kind", "?"),
    ],
)
def test_bad_input_gets_a_reason_at_its_field(
    client, li, xu, second_branch, details, field, reason
):
    answer = start(client, li, xu, **details)

    assert answer.status_code == 200
    assert reason in str(errors(answer)[field])
    assert not Transfer.objects.exists()


def test_namesakes_are_told_apart_by_their_code(client, li, xu, committee, foreign_committee):
    ours = PartyOrganizationFactory(name="退休党支部", superior=committee, code="A.9")
    PartyOrganizationFactory(name="退休党支部", superior=foreign_committee, code="B.9")

    said = str(errors(start(client, li, xu, receiver="退休党支部"))["receiver"])
    assert "有 2 个同名的" in said
    assert "云渚区统计局机关党委，代码 B.9" in said
    start(client, li, xu, receiver="A.9", submission_key="two")
    assert Transfer.objects.get().receiver == ours


def test_a_transfer_may_go_to_a_branch_of_another_agency(
    client, li, qian, zhao, xu, foreign_branch
):
    start(client, li, xu, receiver="云渚第七党支部")
    both = sides()
    step(client, zhao, both["sender"], "review", decision="approve")
    answer = step(client, qian, both["receiver"], "accept", "2026-11-12")

    assert answer.status_code == 302
    assert Member._base_manager.get(pk=xu.pk).branch == foreign_branch


def test_steps_without_their_reason_say_so(client, li, wang, zhao, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    both = sides()
    said = step(client, zhao, both["sender"], "review", decision="refuse")
    assert errors(said)["note"] == ["请写明退回的原因。"]
    early = step(client, zhao, both["sender"], "review", "2026-11-01", decision="approve")
    assert errors(early)["on"] == ["日期早于发起日期 2026-11-02，请核对。"]
    step(client, zhao, both["sender"], "review", decision="approve", submission_key="third")
    assert errors(step(client, wang, both["receiver"], "return"))["note"] == ["请写明退回的原因。"]
    assert errors(step(client, li, both["sender"], "withdraw"))["note"] == ["请写明撤回的原因。"]
    assert state() == Transfer.State.IN_TRANSIT


def test_a_step_on_an_old_page_is_not_taken(client, li, zhao, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    side = sides()["sender"]
    step(client, zhao, side, "review", decision="approve")
    client.force_login(li)
    answer = client.post(
        f"/members/transfers/{side.public_id}/withdraw/",
        {"on": "2026-11-06", "note": "不走了", "version": 1, "submission_key": "late"},
    )

    assert "别人刚才改过这一条，这次没有保存" in answer.text
    assert state() == Transfer.State.IN_TRANSIT


def test_the_receiver_of_a_whole_unit_is_told_who_did_not_come(
    client, li, wang, zhao, xu, first_branch, second_branch
):
    other = enrolled("沈既白", first_branch)
    client.force_login(li)
    client.post(
        "/members/transfers/unit/",
        {
            **ASKED,
            "organization": first_branch.public_id,
            "kind": "unit_out",
            "members": [xu.public_id, other.public_id],
            "receiver": "第二党支部",
        },
    )
    with everything(reason="the test picks one of the two"):
        both = {row.role: row for row in TransferSide.objects.filter(transfer__member=xu)}
    step(client, zhao, both["sender"], "review", decision="approve")
    change(client, zhao, xu, state="deceased", happened_on="2026-11-08", reason="")

    answer = step(client, wang, both["receiver"], "accept", "2026-11-12")

    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said[-1] == (
        "许知行已不在转出的党支部，没有随同办理，这个人的转接已撤回，其他人已办好。"
    )
    assert Member._base_manager.get(pk=other.pk).branch == second_branch
    client.force_login(li)
    assert "没有随其他人一起办理" in client.get(both["sender"].get_absolute_url()).text


def test_a_whole_unit_is_started_from_one_page(client, li, xu, first_branch, second_branch):
    other = enrolled("何若谷", first_branch)
    client.force_login(li)
    page = client.get(f"/members/transfers/unit/?organization={first_branch.public_id}")
    answer = client.post(
        "/members/transfers/unit/",
        {
            **ASKED,
            "kind": "unit_out",
            "organization": first_branch.public_id,
            "members": [xu.public_id, other.public_id],
            "receiver": "第二党支部",
        },
    )

    assert "何若谷" in page.text
    assert answer.status_code == 302
    assert Transfer.objects.values_list("batch", flat=True).distinct().count() == 1
    listed = client.get("/members/transfers/").text
    assert listed.count("等 2 人") == 1


ARRIVAL = {
    "sender_unit": "云渚大学党委",
    "kind": "letter",
    "letter_number": "云组介〔2026〕88号",
    "sent_on": "2026-11-05",
    "received_on": "2026-11-12",
    "name": "何若谷",
    "id_number": "11010519491231002X",
    "category": "full",
    "joined_on": "2012-07-01",
    "confirmed_on": "2013-07-01",
    "submission_key": "arrival",
}


def arrive(client, wang, second_branch, **details):
    client.force_login(wang)
    return client.post(
        "/members/transfers/arrival/",
        {**ARRIVAL, "organization": second_branch.public_id, **details},
    )


def test_an_arrival_opens_the_file_and_counts(client, wang, second_branch):
    assert arrive(client, wang, second_branch).status_code == 302

    with scoped_to(wang.scope_for("members.view_member")):
        assert Member.objects.get(name="何若谷").branch == second_branch


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_number": ""}, "id_number"),
        ({"phone": "12"}, "phone"),
        ({"joined_on": "2027-01-01"}, "joined_on"),
        ({"born_on": "2013-01-01"}, "joined_on"),
        ({"confirmed_on": ""}, "confirmed_on"),
        ({"confirmed_on": "2011-01-01"}, "confirmed_on"),
        ({"category": "probationary"}, "confirmed_on"),
        ({"received_on": "2026-11-01"}, "received_on"),
        ({"received_on": "2026-12-01"}, "received_on"),
        ({"letter_number": ""}, "letter_number"),
        ({"organization": "2222222222222222"}, "organization"),
    ],
)
def test_a_bad_arrival_opens_no_file(client, wang, second_branch, details, field):
    answer = arrive(client, wang, second_branch, **details)

    assert field in errors(answer)
    assert not Member._base_manager.filter(name="何若谷").exists()


def test_the_letter_is_a_word_file(client, li, zhao, xu, second_branch):
    start(client, li, xu, receiver="第二党支部")
    side = sides()["sender"]
    step(client, zhao, side, "review", decision="approve")
    client.force_login(li)

    letter = client.get(f"/members/transfers/{side.public_id}/letter/")

    assert (letter.status_code, letter["Content-Type"]) == (200, WORD)


def test_a_letter_that_ran_out_is_told_to_both_sides(li, wang, xu, second_branch):
    late = TransferFactory(
        member=xu,
        receiver=second_branch,
        receiver_unit="",
        state="in_transit",
        sent_on=dt.date(2026, 11, 2),
    )
    TransferSideFactory(transfer=late)
    TransferSideFactory(transfer=late, organization=second_branch, role="receiver")

    told = {}
    for user in (li, wang):
        for day in (dt.date(2026, 11, 12), dt.date(2026, 11, 13)):
            with scoped_to(user.scope_for("members.view_transfer")):
                (notice,) = TransferAlert().notices(day)
            told[user.username, day.day] = notice.is_late

    assert told == {("li", 12): False, ("li", 13): True, ("wang", 12): False, ("wang", 13): True}


def test_the_list_costs_the_same_for_few_and_many(client, li, first_branch):
    client.force_login(li)
    client.get("/members/transfers/")
    client.get("/alerts/members.transfers/")
    counts = []
    for number in (1, 20):
        for _ in range(number):
            member = MemberFactory(branch=first_branch)
            TransferSideFactory(transfer=TransferFactory(member=member))
        with CaptureQueriesContext(connection) as asked:
            client.get("/members/transfers/")
            client.get("/alerts/members.transfers/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- standing --------------------------------------------------------------------------------


def change(client, user, member, **details):
    client.force_login(user)
    return client.post(
        f"/members/{member.public_id}/standing/",
        {
            "state": "suspended",
            "happened_on": "2026-03-02",
            "reason": "失去联系六个月",
            "submission_key": "change",
            **details,
        },
    )


def test_a_change_is_recorded_corrected_and_taken_back(client, zhao, xu):
    recorded = change(client, zhao, xu)
    assert recorded.status_code == 302
    first = StandingChange._base_manager.get()
    for name in ("", "correct/", "take-back/"):
        assert client.get(f"/members/standing/{first.public_id}/{name}").status_code == 200
    corrected = client.post(
        f"/members/standing/{first.public_id}/correct/",
        {
            "state": "suspended",
            "happened_on": "2026-03-09",
            "reason": "失去联系六个月",
            "submission_key": "correct",
        },
    )
    assert corrected.status_code == 302
    second = StandingChange._base_manager.get(taken_back_at=None)
    assert second.happened_on == dt.date(2026, 3, 9)
    client.post(
        f"/members/standing/{second.public_id}/take-back/",
        {"note": "人找到了", "submission_key": "back"},
    )

    assert Member._base_manager.get(pk=xu.pk).state == "normal"
    assert Membership._base_manager.get(member=xu).ended_on is None


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"happened_on": "2026-02-30"}, "happened_on"),
        ({"happened_on": "2026-12-30"}, "happened_on"),
        ({"happened_on": "2001-12-30"}, "happened_on"),
        ({"happened_on": ""}, "happened_on"),
        ({"reason": ""}, "reason"),
        ({"state": "normal"}, "state"),
        ({"state": "probation_revoked"}, "state"),
        ({"state": "?"}, "state"),
        ({"state": "transferred"}, "whereto"),
        ({"whereto": "云渚大学"}, "whereto"),
    ],
)
def test_a_bad_change_of_standing_is_refused_at_its_field(client, zhao, xu, details, field):
    answer = change(client, zhao, xu, **details)

    assert field in errors(answer)
    assert Membership._base_manager.get(member=xu).ended_on is None


def test_only_the_committee_changes_standing(client, li, qian, zhao, xu):
    assert change(client, li, xu).status_code == 403
    client.force_login(zhao)
    foreign = enrolled("别家人", qian.home_organization)
    assert change(client, zhao, foreign).status_code == 404


# --- the yearly comparison -------------------------------------------------------------------


def test_every_figure_opens_its_list_and_the_file_says_the_same(client, zhao, xu, committee):
    change(client, zhao, xu, state="deceased", reason="")
    address = f"/members/rehearsal/?organization={committee.public_id}&year=2026"
    with scoped_to(zhao.scope_for("members.view_member")):
        lines = rehearse(committee, 2026).lines

    for line in lines:
        if line.people and line.number != 15:
            page = client.get(f"{address}&row={line.number}")
            assert page.context["chosen"].count == len(line.people)
            assert f"第 {line.number} 行" in page.text
    assert client.get("/members/rehearsal/excel/?year=2026").status_code == 200
    assert "正式年报以上级的统计系统为准" in client.get(address).text


def test_who_does_not_add_up_is_explained_and_then_adds_up(client, zhao, committee, first_branch):
    newcomer = MemberFactory(name="江晚舟", branch=first_branch)
    row = MembershipFactory(member=newcomer, started_on=dt.date(2026, 5, 4))
    client.force_login(zhao)
    before = client.get("/members/rehearsal/").text

    answer = client.post(
        f"/members/{newcomer.public_id}/reasons/",
        {"membership": row.pk, "started_by": "arrived", "document": "介1", "submission_key": "r"},
    )

    assert "多出一人" in before
    assert answer.status_code == 302
    assert "每个人都对得上。" in client.get("/members/rehearsal/").text


def test_an_open_membership_has_no_reason_of_its_end(client, zhao, first_branch):
    newcomer = MemberFactory(branch=first_branch)
    row = MembershipFactory(member=newcomer)
    client.force_login(zhao)

    answer = client.post(
        f"/members/{newcomer.public_id}/reasons/",
        {"membership": row.pk, "started_by": "arrived", "ended_by": "left", "submission_key": "r"},
    )

    assert "还没有结束" in answer.text


def test_a_year_that_has_not_come_is_refused(client, zhao, committee):
    client.force_login(zhao)

    page = client.get(f"/members/rehearsal/?year={timezone.localdate().year + 1}")

    assert page.context["found"] is None
