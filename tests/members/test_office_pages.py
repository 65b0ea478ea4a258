"""The pages of leading bodies: list, one body, a new term, offices, approvals, elections, training."""

import datetime as dt

import pytest

from members.models import Election, Office, TermShift, TrainingRecord
from members.queries.offices import body_of
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.branches import TermFactory
from tests.factories.members import OfficeFactory
from tests.factories.offices import ElectionCandidateFactory, ElectionFactory

TODAY = dt.date(2026, 11, 21)
pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def arranged():
    with everything(reason="the test looks at everything"):
        yield


@pytest.fixture
def chen(first_branch):
    return enrolled("陈一苇", first_branch)


def rows_of(prefix, *rows):
    """Return a grid as a browser sends it."""
    sent = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for at, row in enumerate(rows):
        sent |= {f"{prefix}-{at}-{name}": value for name, value in row.items()}
    return sent


def seats(*rows):
    return rows_of("seats", *({"post": p, "name": n, "duties": d} for p, n, d in rows))


def new_term(branch):
    return f"/members/bodies/{branch.public_id}/term/new/"


TERM = {
    "elected_on": "2026-11-20",
    "years": "3",
    "has_committee": "no",
    "document": "青档〔2026〕1号",
}


def test_the_list_shows_each_body_with_its_state(client, zhao, li, first_branch, second_branch):
    TermFactory(organization=first_branch, elected_on=dt.date(2023, 5, 8))
    TermFactory(organization=second_branch)
    client.force_login(zhao)

    everybody = client.get("/members/bodies/").content.decode()
    late = client.get("/members/bodies/?state=overdue").content.decode()
    vacant = client.get("/members/bodies/?vacant=no&q=第二").content.decode()

    assert ("超期" in everybody, "2026-05-08" in everybody) == (True, True)
    assert ("第一党支部" in late, "第二党支部" in late) == (True, False)
    assert "没有符合条件的党组织。" in vacant


def test_a_secretary_enters_a_new_body_and_the_old_one_leaves(client, li, first_branch, chen):
    OfficeFactory(organization=first_branch, holder_name="旧书记")
    client.force_login(li)

    shown = client.get(new_term(first_branch)).content.decode()
    answer = client.post(
        new_term(first_branch),
        TERM
        | seats(("secretary", "李秀岩", "抓总"), ("deputy_secretary", "陈一苇", ""), ("", "", "")),
        follow=True,
    )

    assert 'value="旧书记"' in shown
    assert answer.redirect_chain == [(f"/members/bodies/{first_branch.public_id}/", 302)]
    with everything(reason="the test looks"):
        assert [str(one) for one in body_of(first_branch, TODAY)] == [
            "书记 李秀岩",
            "副书记 陈一苇",
        ]
    assert "2029-11-20" in answer.content.decode()


def test_what_is_unusual_about_a_new_body_is_said_with_the_rule(client, li, first_branch):
    client.force_login(li)

    answer = client.post(
        new_term(first_branch),
        TERM | {"has_committee": "yes", "years": "5"} | seats(("secretary", "外来人", "")),
        follow=True,
    ).content.decode()

    assert "任期 5 年，一般为 3 年（《关于党的基层组织任期的意见》第一条）。" in answer
    assert (
        "设了支委会，正式党员 1 名，不足 7 名（《中国共产党支部工作条例（试行）》第二十条）。"
        in answer
    )
    assert "还没有组织委员、宣传委员、纪检委员。" in answer
    assert "外来人不在本组织的党员名册里，请核对。" in answer


@pytest.mark.parametrize(
    ("change", "grid", "reason"),
    [
        ({"elected_on": "2026-11-22"}, [("secretary", "李秀岩", "")], "这一天还没到，请核对。"),
        ({"years": "30"}, [("secretary", "李秀岩", "")], "最多 10 年，请核对。"),
        ({}, [("secretary", "", "")], "请至少填写一名班子成员。"),
        ({}, [("", "李秀岩", "")], "请选职务。"),
        ({}, [("secretary", "李秀岩", ""), ("secretary", "陈一苇", "")], "书记只能有一名"),
        ({"elected_on": "2016-02-29"}, [("secretary", "李秀岩", "")], "2016-03-01 才成立"),
    ],
)
def test_a_body_that_cannot_be_is_refused_and_nothing_is_saved(
    client, li, first_branch, chen, change, grid, reason
):
    client.force_login(li)

    answer = client.post(new_term(first_branch), TERM | change | seats(*grid))

    assert (answer.status_code, reason in answer.content.decode()) == (200, True)
    with everything(reason="the test looks"):
        assert Office.objects.count() == 0


def test_two_people_of_one_name_are_told_apart_by_their_branch(
    client, zhao, committee, first_branch, second_branch
):
    enrolled("张伟", first_branch)
    there = enrolled("张伟", second_branch)
    client.force_login(zhao)

    unclear = client.post(new_term(committee), TERM | seats(("secretary", "张伟", "")))
    client.post(new_term(committee), TERM | seats(("secretary", "张伟（第二党支部）", "")))

    assert (
        "有 2 位同名，请写成 张伟（第一党支部）、张伟（第二党支部）。" in unclear.content.decode()
    )
    with everything(reason="the test looks"):
        office = Office.objects.get()
        assert (office.member, office.holder_name) == (there, "张伟")


def test_fifty_copies_of_a_form_open_one_term(client, li, first_branch):
    client.force_login(li)
    sent = TERM | seats(("secretary", "李秀岩", "")) | {"submission_key": "k" * 32}

    answers = {client.post(new_term(first_branch), sent).headers["Location"] for _ in range(3)}

    with everything(reason="the test looks"):
        assert (len(answers), first_branch.terms.count()) == (1, 1)


def test_a_term_entered_by_mistake_is_corrected_or_undone(client, li, first_branch):
    client.force_login(li)
    client.post(new_term(first_branch), TERM | seats(("secretary", "李秀岩", "")))
    body = f"/members/bodies/{first_branch.public_id}/"

    client.post(
        f"{body}term/",
        {"elected_on": "2026-11", "years": "", "has_committee": "no", "version": "1"},
    )
    corrected = client.get(body).content.decode()
    stale = client.post(f"{body}term/undo/", {"version": "1"}, follow=True).content.decode()
    client.post(f"{body}term/undo/", {"version": "2"}, follow=True)

    assert ("2029-11-30" in corrected, "别人刚才改过这一条" in stale) == (True, True)


def test_an_approval_is_entered_by_the_committee_alone(client, li, zhao, first_branch):
    TermFactory(organization=first_branch)
    address = f"/members/bodies/{first_branch.public_id}/shift/"
    sent = {
        "due_on": "2027-12-31",
        "approved_on": "2026-11-02",
        "document": "青档〔2026〕3号",
        "reason": "机构改革",
    }

    client.force_login(li)
    assert client.post(address, sent).status_code == 403
    client.force_login(zhao)
    too_far = client.post(address, sent | {"due_on": "2029-01-01"}).content.decode()
    page = client.post(address, sent, follow=True).content.decode()
    withdrawn = client.post(f"{address}withdraw/", follow=True).content.decode()

    assert "提前或延期一般不超过 1 年" in too_far
    assert ("已批准延期" in page, "应于 2027-12-31 前换届" in page) == (True, True)
    assert "应于 2027-06-18 前换届" in withdrawn
    with everything(reason="the test looks"):
        assert TermShift.objects.count() == 0


def test_somebody_joins_and_leaves_between_elections(client, li, first_branch, chen):
    TermFactory(organization=first_branch)
    client.force_login(li)
    body = f"/members/bodies/{first_branch.public_id}/"

    client.post(
        f"{body}offices/new/",
        {
            "post": "organization_member",
            "name": "陈一苇",
            "started_on": "2026-03-02",
            "started_by": "co_opted",
            "duties": "发展党员",
        },
    )
    with everything(reason="the test looks"):
        office = Office.objects.get()
    page = client.get(office.get_absolute_url()).content.decode()
    client.post(
        f"/members/offices/{office.public_id}/correct/",
        {
            "duties": "党员教育",
            "started_on": "2026-03-03",
            "started_by": "co_opted",
            "version": "1",
        },
    )
    client.post(
        f"/members/offices/{office.public_id}/leave/",
        {"ended_on": "2026-11-20", "ended_by": "moved", "version": "2"},
    )
    left = client.get(body).content.decode()
    client.post(f"/members/offices/{office.public_id}/resume/", {"version": "3"})

    assert ("发展党员" in page, "2026-03-03 至 2026-11-20 工作调动" in left) == (True, True)
    with everything(reason="the test looks"):
        office.refresh_from_db()
    assert (office.duties, office.ended_on, office.version) == ("党员教育", None, 4)


VOTE = {
    "held_on": "2026-11-20",
    "seat": "committee_member",
    "seats": "3",
    "ballot_number": "1",
    "due_electors": "25",
    "present_electors": "24",
    "issued": "24",
    "received": "24",
    "valid": "23",
    "invalid": "1",
}


def vote(name, yes, no, abstain="0"):
    return {"name": name, "yes": str(yes), "no": str(no), "abstain": abstain}


CANDIDATES = (
    vote("陈一苇", 22, 1),
    vote("李秀岩", 21, 2),
    vote("孙知远", 19, 4),
    vote("何远", 6, 17),
)


def election_at(branch):
    return f"/members/bodies/{branch.public_id}/elections/new/"


def test_an_election_is_counted_and_explained(client, li, first_branch, chen):
    client.force_login(li)
    lists = rows_of("candidates", *CANDIDATES)
    lists |= rows_of("exclusions", {"name": "何远", "reason": "bedridden"})

    page = client.post(election_at(first_branch), VOTE | lists, follow=True).content.decode()

    assert "选出：陈一苇、李秀岩、孙知远" in page
    assert "赞成票超过实到有选举权人数的一半当选（《中国共产党基层组织选举工作条例》）。" in page
    assert "年老体弱卧床不起" in page
    with everything(reason="the test looks"):
        assert Election.objects.get().candidates.get(name="陈一苇").member == chen


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"present_electors": "26"}, "实到 26 人，多于应到 25 人。"),
        ({"valid": "22"}, "有效 22 张加无效 1 张，不等于收回的 24 张。"),
        ({"issued": "25"}, "发出 25 张，多于实到 24 人。"),
        ({"held_on": "2020-07-12"}, "选举工作条例印发以前的选举不在这里登记"),
        ({"seats": "x"}, "请填写整数。"),
    ],
)
def test_an_election_whose_sums_cannot_be_is_refused(client, li, first_branch, change, reason):
    client.force_login(li)
    lists = rows_of("candidates", *CANDIDATES) | rows_of("exclusions")

    page = client.post(election_at(first_branch), VOTE | change | lists).content.decode()

    assert reason in page
    with everything(reason="the test looks"):
        assert Election.objects.count() == 0


def test_too_few_candidates_are_pointed_out_not_refused(client, li, first_branch):
    client.force_login(li)
    lists = rows_of("candidates", *CANDIDATES[:3]) | rows_of("exclusions")

    page = client.post(election_at(first_branch), VOTE | lists, follow=True).content.decode()

    assert "候选人 3 名，应选 3 名" in page
    assert "至少 4 名（《中国共产党基层组织选举工作条例》）" in page


def test_a_vote_is_corrected_and_two_who_do_so_are_told(client, li, first_branch, arranged):
    election = ElectionFactory(organization=first_branch)
    ElectionCandidateFactory(election=election, name="陈一苇", yes=18, no=1, abstain=1)
    client.force_login(li)
    address = f"/members/elections/{election.public_id}/correct/"
    lists = rows_of("candidates", *CANDIDATES) | rows_of("exclusions")

    shown = client.get(address).content.decode()
    client.post(address, VOTE | lists | {"version": "1"})
    stale = client.post(address, VOTE | lists | {"version": "1", "place": "会议室"})

    assert ('value="陈一苇"' in shown, "别人刚才改过这一条" in stale.content.decode()) == (
        True,
        True,
    )
    election.refresh_from_db()
    assert (election.version, election.candidates.count(), election.place) == (2, 4, "")


def test_a_course_is_entered_for_several_and_taken_back(client, li, first_branch, chen):
    client.force_login(li)
    body = f"/members/bodies/{first_branch.public_id}/"
    sent = {
        "topic": "支部书记培训班",
        "held_on": "2026-04-16",
        "hours": "16.5",
        "kind": "secretary",
        "names": "李秀岩\n陈一苇",
    }

    unknown = client.post(f"{body}trainings/new/", sent | {"names": "李秀岩、无此人"})
    client.post(f"{body}trainings/new/", sent)
    again = client.post(f"{body}trainings/new/", sent).content.decode()

    assert "名册里没有无此人，请核对。" in unknown.content.decode()
    assert "的这次培训已经登记过。" in again
    with everything(reason="the test looks"):
        assert sorted(str(one.hours) for one in TrainingRecord.objects.all()) == ["16.5", "16.5"]
        one = TrainingRecord.objects.get(member=chen)
    client.post(f"/members/trainings/{one.public_id}/remove/")
    with everything(reason="the test looks"):
        assert TrainingRecord.objects.count() == 1


def test_every_figure_of_the_structure_opens_the_people_it_counts(client, li, first_branch, chen):
    leader = enrolled("林见山", first_branch, born_on=dt.date(1968, 5, 1), education="硕士研究生")
    for post in ("organization_member", "publicity_member", "life_member"):
        OfficeFactory(
            organization=first_branch, post=post, member=leader, holder_name=leader.name, duties="x"
        )
    OfficeFactory(
        organization=first_branch, post="committee_member", member=chen, holder_name=chen.name
    )
    client.force_login(li)

    pages = {
        group: client.get(f"/members/bodies/leaders/?group={group}").content.decode()
        for group in ("many", "no_duties", "age_56", "postgraduate", "women", "basic")
    }

    shown = {group: ("林见山</a>" in page, "陈一苇</a>" in page) for group, page in pages.items()}
    assert shown == {
        "many": (True, False),
        "no_duties": (False, True),
        "age_56": (True, False),
        "postgraduate": (True, False),
        "women": (True, True),
        "basic": (False, False),
    }


def test_a_foreign_body_is_not_found(client, li, second_branch, foreign_branch):
    client.force_login(li)

    addresses = ("", "term/new/", "offices/new/", "elections/new/", "trainings/new/")
    codes = {
        client.get(f"/members/bodies/{branch.public_id}/{address}").status_code
        for branch in (second_branch, foreign_branch)
        for address in addresses
    }

    assert codes == {404}
