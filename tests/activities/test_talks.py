"""谈心谈话: writing them down, who may read what was said, and the trail that never says it."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from activities.models import Talk, TalkPerson
from activities.queries.talks import Namebook, NameProblem, may_read, names_in
from activities.services.talks import (
    Named,
    TalkRefused,
    correct_talk,
    delete_talk,
    record_talk,
    restore_talk,
)
from branches.roles import Role
from members.models import Member, Membership
from partybuild.audit import history_of
from partybuild.ledgers import ledgers
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.panels import own_panels_for, panels_for
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import account, enrolled
from tests.factories.members import MemberFactory, MembershipFactory, OfficeFactory
from tests.factories.talks import TalkFactory, TalkPersonFactory, talked

pytestmark = pytest.mark.usefixtures("today")
SECRET = "家里有困难，不想让别人知道"
NEW = "/talks/new/"


@pytest.fixture
def form(roll):
    return {
        "submission_key": "k" * 32,
        "held_on": "2026-11-20",
        "kind": "heart_to_heart",
        "talkers": "李秀岩",
        "talked_to": "安小河",
        "place": "三楼会议室",
        "content": SECRET,
    }


def stored():
    with everything(reason="the test looks at what was stored"):
        talk = Talk.objects.get()
        people = talk.people.order_by("pk").values_list("role", "name", "member__name")
        return talk, list(people)


# --- writing them down ---------------------------------------------------------------------------


def test_the_form_starts_today_with_whoever_is_signed_in(client, li, roll):
    client.force_login(li)

    page = client.get(NEW)

    assert page.context["form"].initial["held_on"] == dt.date(2026, 11, 21)
    assert page.context["form"].initial["talkers"] == "李秀岩"
    assert '<option value="丁初晴">' in page.text


def test_the_form_starts_with_the_secretary_for_an_account_without_a_file(
    client, first_branch, roll
):
    OfficeFactory(organization=first_branch, member=roll[2])
    client.force_login(account("zu", "组织员", Role.COMMITTEE_MEMBER, first_branch))

    page = client.get(NEW)

    assert page.context["form"].initial["talkers"] == "白一舟"


def test_a_talk_is_written_down_with_everybody_in_it(client, li, form):
    client.force_login(li)

    answer = client.post(NEW, form | {"talkers": "李秀岩、王局长", "talked_to": "安小河，陈望南"})

    talk, people = stored()
    assert answer.headers["Location"] == talk.get_absolute_url()
    assert people == [
        ("talker", "李秀岩", "李秀岩"),
        ("talker", "王局长", None),
        ("talked", "安小河", "安小河"),
        ("talked", "陈望南", "陈望南"),
    ]
    assert (talk.content, talk.recorded_by) == (SECRET, li)


def test_five_copies_of_a_form_make_one_talk(client, li, form):
    client.force_login(li)
    for _ in range(5):
        client.post(NEW, form)

    assert stored()[1] == [("talker", "李秀岩", "李秀岩"), ("talked", "安小河", "安小河")]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"talked_to": "安小禾"}, "talked_to", "“安小禾”不在本支部 2026-11-20 的名单上"),
        ({"talked_to": ""}, "talked_to", "请填写被谈话人。"),
        ({"talked_to": "、"}, "talked_to", "请填写被谈话人。"),
        ({"talked_to": "李秀岩"}, "talked_to", "不能是同一个人"),
        ({"talked_to": "安小河、安小河"}, "talked_to", "同一个人写了两次"),
        ({"talkers": "王局长、王局长"}, "talkers", "同一个人写了两次"),
        ({"talkers": ""}, "talkers", "请填写谈话人。"),
        ({"held_on": "2026-11-22"}, "held_on", "这一天还没到"),
        ({"held_on": "哪天"}, "held_on", "看不出是哪一天"),
        ({"kind": "闲聊"}, "kind", "选"),
    ],
)
def test_a_talk_that_cannot_be_is_refused_at_its_field(client, li, form, changes, field, words):
    client.force_login(li)

    page = client.post(NEW, form | changes)

    assert words in str(page.context["form"].errors[field])
    with everything(reason="the test looks"):
        assert not Talk.objects.exists()


def test_a_talk_before_the_branch_was_founded_is_refused(everywhere, li, first_branch, roll):
    first_branch.founded_on = dt.date(2026, 6, 1)

    with pytest.raises(TalkRefused) as refusal:
        record_talk(
            actor=li,
            organization=first_branch,
            held_on=dt.date(2026, 5, 31),
            talkers=[Named("李秀岩", roll[0])],
            talked_to=[Named("安小河", roll[1])],
        )

    assert refusal.value.field == "held_on"


def test_a_talk_belongs_to_a_branch(everywhere, zhao, committee, roll):
    with pytest.raises(TalkRefused, match="请选择党支部"):
        record_talk(
            actor=zhao,
            organization=committee,
            held_on=dt.date(2026, 5, 31),
            talkers=[Named("李秀岩", roll[0])],
            talked_to=[Named("安小河", roll[1])],
        )


def test_two_of_one_name_are_told_apart_by_the_year_of_birth(everywhere, first_branch, roll):
    older = enrolled("安小河", first_branch, born_on=dt.date(1970, 1, 1))
    twin = enrolled("安小河", first_branch, born_on=dt.date(1970, 5, 5))
    book = Namebook(first_branch, dt.date(2026, 11, 21))

    with pytest.raises(NameProblem, match="有 3 位安小河，请写成“安小河（1985年生）”或"):
        book.find("安小河")
    assert book.find("安小河(1985年生)") == roll[1]
    assert book.find(" 安小河（1970年生） ") == older
    assert book.find("安小河（1970年生，第3位）") == twin
    assert book.label_of(twin, "") == "安小河（1970年生，第3位）"
    assert book.find("安大河") is None


def test_who_is_being_developed_is_talked_with_too(everywhere, first_branch, roll):
    activist = MemberFactory(name="方向党", branch=first_branch, category=Member.Category.ACTIVIST)
    MembershipFactory(member=activist, kind=Membership.Kind.DEVELOPMENT)

    assert Namebook(first_branch, dt.date(2026, 11, 21)).find("方向党") == activist


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("张伟", ["张伟"]),
        ("张伟、李 静", ["张伟", "李 静"]),
        (" 张伟,李静；王芳;阿卜杜·热合曼\n", ["张伟", "李静", "王芳", "阿卜杜·热合曼"]),
        ("、，", []),
    ],
)
def test_names_are_separated_as_people_do(typed, names):
    assert names_in(typed) == names


# --- correcting, deleting ------------------------------------------------------------------------


def test_a_correction_changes_people_and_words_and_the_trail_quotes_nothing(client, li, form):
    client.force_login(li)
    client.post(NEW, form)
    talk, _ = stored()
    address = reverse("activities:correct_talk", args=[talk.public_id])
    page = client.get(address)

    answer = client.post(
        address,
        form
        | {"talked_to": "白一舟", "content": "改过的话", "submission_key": "j" * 32}
        | {"version": "1", "base": page.context["base"]},
    )

    talk, people = stored()
    assert answer.status_code == 302
    assert people == [("talker", "李秀岩", "李秀岩"), ("talked", "白一舟", "白一舟")]
    with everything(reason="the test reads the trail"):
        told = [
            str((entry.summary, entry.before, entry.after))
            for entry in AuditEntry.objects.filter(action__startswith="activities.talk")
        ]
    assert len(told) == 2
    assert not any(word in line for line in told for word in (SECRET, "改过的话"))
    assert "'主要内容': '已填 13 字'" in told[1]


def test_two_who_correct_different_parts_both_keep_their_work(client, li, form):
    client.force_login(li)
    client.post(NEW, form)
    talk, _ = stored()
    address = reverse("activities:correct_talk", args=[talk.public_id])
    base = client.get(address).context["base"]
    mine = form | {"place": "党员活动室", "version": "1", "base": base, "submission_key": "j" * 32}
    theirs = form | {
        "content": "他们的话",
        "version": "1",
        "base": base,
        "submission_key": "i" * 32,
    }

    client.post(address, theirs)
    client.post(address, mine)

    talk, _ = stored()
    assert (talk.place, talk.content) == ("党员活动室", "他们的话")


def test_one_who_corrects_the_same_words_is_asked(client, li, form):
    client.force_login(li)
    client.post(NEW, form)
    talk, _ = stored()
    address = reverse("activities:correct_talk", args=[talk.public_id])
    base = client.get(address).context["base"]

    client.post(
        address, form | {"content": "先", "version": "1", "base": base, "submission_key": "i" * 32}
    )
    page = client.post(
        address, form | {"content": "后", "version": "1", "base": base, "submission_key": "j" * 32}
    )

    assert page.status_code == 409
    assert "别人刚刚改成了“先”" in page.text
    assert stored()[0].content == "先"


def test_a_deleted_talk_is_nowhere_and_comes_back_whole(client, li, form, first_branch):
    client.force_login(li)
    client.post(NEW, form)
    talk, people = stored()
    ledger = ledgers["activities.talks_whole"]

    client.post(reverse("activities:delete_talk", args=[talk.public_id]), {"version": "1"})
    with scoped_to(li.scope_for("activities.read_talk")):
        gone = list(ledger.table(Period.year(2026))), TalkPerson.objects.count()
    trash = client.get(reverse("activities:talks_trash")).context["talks"]
    shown = [one.public_id for one in trash]
    client.post(reverse("activities:restore_talk", args=[talk.public_id]))

    assert gone == ([], 0)
    assert shown == [talk.public_id]
    back, people_back = stored()
    assert (back.content, people_back) == (SECRET, people)


def test_an_old_page_deletes_nothing(everywhere, li, first_branch):
    talk = TalkFactory(organization=first_branch, version=2)

    with pytest.raises(StaleVersion):
        delete_talk(actor=li, talk=talk, version=1)
    with pytest.raises(StaleVersion):
        correct_talk(actor=li, talk=talk, version=1, talkers=[], talked_to=[])

    assert Talk.objects.get().deleted_at is None


def test_restoring_is_written_down(everywhere, li, first_branch):
    talk = TalkFactory(organization=first_branch)

    restore_talk(actor=li, talk=delete_talk(actor=li, talk=talk, version=1))

    assert [entry.action for entry in history_of(talk)] == [
        "activities.talk.restored",
        "activities.talk.deleted",
    ]


# --- who may read what was said ------------------------------------------------------------------


def test_what_was_said_is_stored_encrypted(everywhere, first_branch):
    talk = TalkFactory(organization=first_branch, content=SECRET)

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM activities_talk WHERE id = %s", [talk.pk])
        (raw,) = cursor.fetchone()

    assert SECRET not in raw
    assert Talk.objects.get().content == SECRET


@pytest.fixture
def members_account(first_branch, roll):
    """A committee member of the branch with a file and an account."""
    user = account("an", "安小河", Role.COMMITTEE_MEMBER, first_branch)
    with everything(reason="the fixture links the file"):
        roll[1].user = user
        roll[1].save()
    return user


def test_secretary_talker_and_recorder_read_and_nobody_else(
    client, li, zhao, members_account, first_branch, roll
):
    other = account("bai", "白一舟", Role.COMMITTEE_MEMBER, first_branch)
    head = account("tou", "高处", Role.OFFICE_HEAD, first_branch)
    talk = talked(first_branch, roll[1], roll[3], content=SECRET, recorded_by=li)

    shown = {}
    for user in (li, members_account, other, zhao, head):
        client.force_login(user)
        page = client.get(talk.get_absolute_url())
        shown[user.name] = (page.status_code, SECRET in page.text, "陈望南" in page.text)

    assert shown == {
        "李秀岩": (200, True, True),
        "安小河": (200, True, True),
        "白一舟": (200, False, True),
        "赵明漪": (200, False, True),
        "高处": (200, False, True),
    }


def test_who_was_talked_to_reads_no_more_than_that_it_was(members_account, first_branch, roll):
    talk = talked(first_branch, roll[2], roll[1], content=SECRET)

    with everything(reason="asking for one row"):
        assert not may_read(members_account, talk)


def test_who_wrote_it_down_reads_it_again(first_branch, roll):
    recorder = account("ji", "记录员", Role.COMMITTEE_MEMBER, first_branch)
    talk = talked(first_branch, roll[2], roll[1], recorded_by=recorder)

    with everything(reason="asking for one row"):
        assert may_read(recorder, talk)


def test_who_may_not_read_may_neither_correct_nor_delete(client, first_branch, roll):
    other = account("bai", "白一舟", Role.COMMITTEE_MEMBER, first_branch)
    talk = talked(first_branch, roll[1], roll[3], content=SECRET)
    client.force_login(other)

    answers = [
        client.get(reverse("activities:correct_talk", args=[talk.public_id])).status_code,
        client.post(reverse("activities:delete_talk", args=[talk.public_id])).status_code,
    ]

    assert answers == [403, 403]
    with everything(reason="the test looks"):
        assert Talk.objects.get().deleted_at is None


def test_a_list_says_who_and_when_and_never_what(client, zhao, first_branch, roll):
    talked(first_branch, roll[0], roll[1], roll[2], content=SECRET, reason=SECRET)
    client.force_login(zhao)

    page = client.get("/talks/")

    assert [cells[1:4] for cells in page.context["rows"]] == [
        ("谈心谈话", "李秀岩", "安小河、白一舟")
    ]
    assert SECRET not in page.text


def test_the_open_ledger_hides_and_the_branch_s_own_shows_what_was_said(
    client, li, zhao, first_branch, roll
):
    talked(first_branch, roll[0], roll[1], content=SECRET, suggestions="多关心")
    with scoped_to(li.scope_for("activities.read_talk")):
        (whole,) = ledgers["activities.talks_whole"].table(Period.year(2026))
        (hidden,) = ledgers["activities.talks"].table(Period.year(2026))
    client.force_login(zhao)

    own_page = client.get(reverse("partybuild:ledger", args=["activities.talks_whole"]))

    day = dt.date(2026, 3, 6)
    begin = ("第一党支部", day, "三楼会议室", "李秀岩", "安小河", "谈心谈话")
    assert whole == (*begin, SECRET, "多关心", "", "")
    assert hidden == (*begin, "已登记", "已登记", "", "")
    assert own_page.status_code == 403


def test_the_ledger_of_integrity_talks_names_the_post_of_that_day(everywhere, first_branch, roll):
    for member, start, end in ((roll[1], 2024, None), (roll[2], 2024, dt.date(2026, 3, 6))):
        OfficeFactory(
            organization=first_branch,
            member=member,
            post="publicity_member",
            started_on=dt.date(start, 6, 1),
            ended_on=end,
        )
    roll[2].job_title = "科长"
    roll[2].save()
    talked(first_branch, roll[0], roll[1], roll[2], kind="integrity", stance="一定改正")
    talked(first_branch, roll[0], roll[3])

    (row,) = ledgers["activities.integrity_talks_whole"].table(Period.year(2026))

    assert row[3:] == ("安小河、白一舟", "宣传委员；科长", "", "交流思想和工作。", "一定改正", "")


def test_a_member_sees_on_the_own_file_only_that_talks_were_held(li, sun, first_branch):
    with everything(reason="the test hands out the file"):
        member = Member.objects.get(user=sun)
        secretary = Member.objects.get(user=li)
    talked(first_branch, secretary, member, content=SECRET, held_on=dt.date(2026, 4, 8))

    own = {panel["title"]: panel["rows"] for panel in own_panels_for(member)}["谈心谈话"]
    seen = {panel["title"]: panel["rows"] for panel in panels_for(member, li)}["谈心谈话"]

    assert [cells for _, cells in own] == [
        (dt.date(2026, 4, 8), "谈心谈话", "被谈话人", "第一党支部")
    ]
    assert seen == own


def test_talks_of_other_branches_are_not_there(client, li, first_branch, second_branch):
    other = TalkFactory(organization=second_branch)
    TalkPersonFactory(talk=other, member__branch=second_branch)
    client.force_login(li)

    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get("/talks/").context["page"].count == 0
    assert client.get(f"{NEW}?organization={second_branch.public_id}").status_code == 404
