"""Opening and correcting a file in the browser: what is refused, merged, doubted, written down."""

import datetime as dt

import pytest

from members.models import AttendanceExemption, Member, Membership
from members.queries.files import doubts_about
from members.services.roster import make_findable
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from partybuild.values import id_check_digit
from tests.cast import enrolled
from tests.forms import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NUMBER = "99900119800101013X"
OTHER = "999001198505122" + "04"
OTHER_NUMBER = OTHER + id_check_digit(OTHER)


@pytest.fixture
def member(first_branch):
    return findable(
        enrolled(
            "安小河",
            first_branch,
            id_number=NUMBER,
            phone="15400001234",
            born_on=dt.date(1980, 1, 1),
            gender="male",
            address="青岚市东湖路 9 号",
        )
    )


@pytest.fixture
def as_li(client, li):
    client.force_login(li)
    return client


def findable(member):
    make_findable(member)
    with everything(reason="the fixture lets the file be found"):
        member.save()
    return member


def page_of(client, member):
    """Open the form and return what it would post unchanged."""
    return as_shown(client.get(f"/members/{member.public_id}/correct/"))


def correct(client, member, posted):
    return client.post(f"/members/{member.public_id}/correct/", posted)


def stored(member):
    with everything(reason="the test looks at the file"):
        return Member.objects.get(pk=member.pk)


def entries(action):
    with everything(reason="the test looks at the trail"):
        return list(AuditEntry.objects.filter(action=action))


def open_form(client, **answers):
    key = client.get("/members/new/").context["submission_key"]
    return client.post("/members/new/", {"submission_key": key} | answers)


def test_a_correction_is_saved_and_its_entry_shows_masked_numbers(as_li, member):
    posted = page_of(as_li, member) | {
        "joined": "2009-07",
        "phone": "154 0000 9999",
        "education": "大学本科",
        "education_kind": "on_job",
    }

    correct(as_li, member, posted)

    file = stored(member)
    assert (file.joined_on, file.joined_precision) == (dt.date(2009, 7, 1), "month")
    assert (file.phone, file.id_number, file.version) == ("15400009999", NUMBER, 2)
    [entry] = entries("members.member.corrected")
    assert entry.before["联系电话"] == "154****1234"
    assert entry.after["联系电话"] == "154****9999"
    assert (entry.after["教育类别"], entry.after["入党时间"]) == ("在职教育", "2009-07")
    assert NUMBER not in str([entry.before, entry.after, entry.summary])
    assert "东湖路" not in str([entry.before, entry.after])


def test_the_form_shows_no_personal_number(as_li, member):
    page = as_li.get(f"/members/{member.public_id}/correct/").content.decode()

    assert NUMBER not in page
    assert "15400001234" not in page
    assert "东湖路" not in page


def test_a_word_clears_a_personal_number(as_li, member):
    correct(as_li, member, page_of(as_li, member) | {"phone": "无"})

    assert (stored(member).phone, stored(member).phone_index) == ("", "")


def test_two_editors_of_different_fields_both_keep_their_work(as_li, member):
    mine = page_of(as_li, member) | {"education": "大学本科"}
    theirs = page_of(as_li, member) | {"job_title": "科长", "phone": "15400007777"}

    correct(as_li, member, theirs)
    correct(as_li, member, mine)

    file = stored(member)
    assert (file.education, file.job_title, file.phone) == ("大学本科", "科长", "15400007777")


def test_two_editors_of_one_field_are_asked_and_nothing_is_overwritten(as_li, member):
    mine = page_of(as_li, member) | {"job_title": "主任科员", "phone": "15400006666"}
    theirs = page_of(as_li, member) | {"job_title": "科长", "phone": "15400007777"}

    correct(as_li, member, theirs)
    answer = correct(as_li, member, mine)

    assert (stored(member).job_title, stored(member).phone) == ("科长", "15400007777")
    assert answer.status_code == 409
    assert answer.context["form"].errors == {
        "job_title": ["别人刚刚改成了“科长”，请核对后再保存。"],
        "phone": ["别人刚刚改成了另一个值，请核对后再保存。"],
    }


def test_a_confirmed_choice_is_saved_the_second_time(as_li, member):
    mine = page_of(as_li, member) | {"job_title": "主任科员"}
    correct(as_li, member, page_of(as_li, member) | {"job_title": "科长"})
    asked = correct(as_li, member, mine).context

    correct(
        as_li,
        member,
        mine | {name: asked[name] for name in ("version", "base", "submission_key")},
    )

    assert stored(member).job_title == "主任科员"


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        (
            "id_number",
            "999001198001010131",
            "身份证号最后一位不符：按前 17 位推算应为 X；也可能中间某一位写错。",
        ),
        ("id_number", "99900119800101", "身份证号应为 18 位，这里是 14 位。"),
        ("id_number", "999001198013010070", "身份证号最后一位不符"),
        ("phone", "154", "电话号码的位数不对，请核对。"),
        ("joined", "2027-01-01", "这一天还没到，请核对。"),
        ("joined", "上个世纪", "看不出是哪一天，请写成 1998-06-30、1998-06 或 1998。"),
        ("confirmed", "2008-01-01", "转正时间 2008-01-01 早于前面的日期 2010-06-28，请核对。"),
        ("born", "2012", "入党时间 2010-06-28 早于前面的日期 2012，请核对。"),
        ("name", "", "请填写姓名。"),
    ],
)
def test_bad_input_gets_a_reason_at_its_field(as_li, member, field, typed, reason):
    answer = correct(as_li, member, page_of(as_li, member) | {field: typed})

    errors = answer.context["form"].errors
    assert any(reason in text for texts in errors.values() for text in texts)
    assert stored(member).version == 1
    assert entries("members.member.corrected") == []


def test_a_number_of_a_colleague_is_refused_by_name(as_li, member, first_branch):
    colleague = enrolled("何应秋", first_branch)

    answer = correct(as_li, colleague, page_of(as_li, colleague) | {"id_number": NUMBER.lower()})

    assert answer.context["form"].errors["id_number"] == [
        "这个身份证号已经登记在第一党支部安小河的档案里。"
    ]


def test_a_number_from_elsewhere_is_refused_without_saying_whose_it_is(
    as_li, member, foreign_branch
):
    findable(enrolled("钱塘江", foreign_branch, id_number=OTHER_NUMBER))

    answer = correct(as_li, member, page_of(as_li, member) | {"id_number": OTHER_NUMBER})

    [reason] = answer.context["form"].errors["id_number"]
    assert reason.startswith("这个身份证号已经登记在别处的一份档案里，没有保存。")
    assert "钱塘江" not in answer.content.decode()
    assert "云渚" not in answer.content.decode()
    assert stored(member).id_number == NUMBER


def test_what_does_not_fit_is_doubted_and_never_refused(as_li, member):
    correct(
        as_li,
        member,
        page_of(as_li, member)
        | {"born": "1979-12", "gender": "female", "ethnicity": "火星", "education": "私塾"},
    )

    assert doubts_about(stored(member)) == [
        "身份证号里的出生日期是 1980-01-01，档案里是 1979-12。",
        "身份证号表示性别男，档案里是女。",
        "民族“火星”不在国家标准的 56 个民族里。",
        "学历“私塾”不是常用写法，统计时记为“其他”。",
    ]
    assert as_li.get(member.get_absolute_url()).content.decode().count("私塾") == 2


def test_a_new_file_enters_the_roll_by_a_membership(as_li, first_branch):
    open_form(
        as_li,
        organization=first_branch.public_id,
        started_on="2026-11-02",
        name="林望舒",
        category="full",
        id_number=NUMBER,
        joined="1999-07-01",
        confirmed="2000-07-01",
        ethnicity="回",
    )

    with everything(reason="the test looks at the file"):
        file = Member.objects.get(name="林望舒")
        [row] = Membership.objects.filter(member=file)
    assert (file.ethnicity, file.pinyin, file.branch) == ("回族", "linwangshu", first_branch)
    assert (row.kind, row.started_by, row.started_on) == (
        "formal",
        "registered",
        dt.date(2026, 11, 2),
    )
    assert len(entries("members.member.opened")) == 1


def test_an_applicant_is_accompanied_and_not_on_the_roll(as_li, first_branch):
    open_form(
        as_li,
        organization=first_branch.public_id,
        started_on="2026-11-02",
        name="林望舒",
        category="applicant",
        applied="2026-11-02",
    )

    with everything(reason="the test looks at the membership"):
        assert Membership.objects.get(member__name="林望舒").kind == "development"


def test_nothing_is_half_saved_when_the_membership_is_refused(as_li, first_branch):
    answer = open_form(
        as_li,
        organization=first_branch.public_id,
        started_on="1999-01-01",
        name="林望舒",
        category="full",
        joined="1999-07-01",
    )

    assert "早于" in str(answer.context["form"].errors)
    with everything(reason="the test looks for the file"):
        assert not Member.objects.filter(name="林望舒").exists()
    assert entries("members.member.opened") == []


def test_copies_of_one_form_open_one_file(as_li, first_branch):
    key = as_li.get("/members/new/").context["submission_key"]
    posted = {
        "submission_key": key,
        "organization": first_branch.public_id,
        "started_on": "2026-11-02",
        "name": "林望舒",
        "category": "applicant",
    }

    first, second = (as_li.post("/members/new/", posted) for _ in range(2))

    assert first.url == second.url
    with everything(reason="the test counts the files"):
        assert Member.objects.filter(name="林望舒").count() == 1


@pytest.mark.parametrize("typed", [NUMBER, NUMBER.lower(), "154 0000 1234", "15400001234"])
def test_a_whole_number_finds_its_person_in_list_and_search(as_li, member, typed):
    listed = as_li.get("/members/", {"q": typed}).context
    found = as_li.get("/search/", {"q": typed}).content.decode()

    assert [row[0].text for row in listed["rows"]] == ["安小河"]
    assert member.get_absolute_url() in found


def test_part_of_a_number_finds_nobody(as_li, member):
    assert as_li.get("/members/", {"q": "1540000"}).context["rows"] == []


def test_the_neighbour_finds_nobody_by_number_and_corrects_nothing(client, wang, member):
    client.force_login(wang)

    assert client.get("/members/", {"q": NUMBER}).context["rows"] == []
    assert client.get(f"/members/{member.public_id}/correct/").status_code == 404


def test_an_exemption_is_granted_once_shown_and_ended(as_li, member):
    form = as_li.get(f"/members/{member.public_id}/exemption/")
    posted = {
        "submission_key": form.context["submission_key"],
        "reason": "长期卧床",
        "started_on": "2026-10-01",
    }
    as_li.post(f"/members/{member.public_id}/exemption/", posted)

    again = as_li.post(
        f"/members/{member.public_id}/exemption/",
        posted | {"submission_key": "another-key", "started_on": "2026-11-01"},
    )
    assert again.context["form"].non_field_errors() == [
        "这段时间已经登记为免予参加，请先结束前一段。"
    ]
    assert "长期卧床" in as_li.get(member.get_absolute_url()).content.decode()

    as_li.post(
        f"/members/{member.public_id}/exemption/end/",
        {"submission_key": "third-key", "ended_on": "2026-11-20"},
    )
    with everything(reason="the test looks at the exemption"):
        [row] = AttendanceExemption.objects.all()
    assert (row.started_on, row.ended_on) == (dt.date(2026, 10, 1), dt.date(2026, 11, 20))
    assert "卧床" not in str(
        [entry.after for entry in entries("members.attendanceexemption.granted")]
    )
