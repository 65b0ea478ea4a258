"""Nobody is locked out of a form: after a copy, and after somebody else, one can always save again."""

import datetime as dt

import pytest

from members.models import (
    CareRecord,
    Discipline,
    Honour,
    Office,
    PostReview,
    TransferSide,
    VanguardPost,
)
from partybuild.audit import history_of
from partybuild.scoping import everything
from partybuild.values import id_check_digit
from tests.cast import enrolled
from tests.factories.branches import TermFactory
from tests.factories.discipline import DisciplineFactory
from tests.factories.honours import HonourFactory
from tests.factories.members import OfficeFactory, VanguardPostFactory
from tests.factories.people import CareRecordFactory
from tests.factories.posts import PostReviewFactory
from tests.forms import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PLEDGE = {"promise": "微笑服务", "applied_on": "2026-11-02", "kind": "model"}
ARRIVAL = {
    "sender_unit": "云渚区统计局党支部",
    "kind": "within_province",
    "letter_number": "第1号",
    "sent_on": "2026-11-02",
    "received_on": "2026-11-06",
    "category": "full",
    "joined_on": "2010-06-28",
    "confirmed_on": "2011-06-28",
}


def stored(row):
    with everything(reason="the test looks at what was stored"):
        return type(row).objects.get(pk=row.pk)


@pytest.fixture
def an(first_branch):
    return enrolled("安小河", first_branch)


# --- a form that was saved comes again with other content ------------------------------------


def an_honour(branch, _an):
    shared = {"organization": branch.public_id, "winner": "organization", "level": "own"}
    shared |= {"awarded_on": "2026-07-01", "awarded_by": "机关党委"}
    return (
        ("/members/honours/new/", Honour),
        (shared | {"title": "先进党支部"}, shared | {"title": "文明单位"}),
    )


def a_post(branch, an):
    shared = PLEDGE | {"organization": branch.public_id, "holders": [an.public_id]}
    return (
        ("/members/vanguard-posts/new/", VanguardPost),
        (shared | {"title": "一号窗口"}, shared | {"title": "二号窗口"}),
    )


def a_decision(_branch, an):
    shared = {"decided_on": "2026-03-02", "document": "青纪〔2026〕3号"}
    return (
        (f"/members/disciplines/of/{an.public_id}/new/", Discipline),
        (shared | {"kind": "warning"}, shared | {"kind": "serious_warning"}),
    )


def an_arrival(branch, _an):
    shared = ARRIVAL | {"organization": branch.public_id}
    return (
        ("/members/transfers/arrival/", TransferSide),
        (
            shared | {"name": "许知行", "id_number": "11010519491231002X"},
            shared
            | {
                "name": "何若谷",
                "id_number": f"99900119800101007{id_check_digit('99900119800101007')}",
            },
        ),
    )


def an_office(branch, _an):
    shared = {"started_on": "2026-03-02", "started_by": "appointed"}
    return (
        (f"/members/bodies/{branch.public_id}/offices/new/", Office),
        (
            shared | {"post": "organization_member", "name": "安小河"},
            shared | {"post": "publicity_member", "name": "安小河"},
        ),
    )


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        (an_honour, "li"),
        (a_post, "li"),
        (a_decision, "he"),
        (an_arrival, "wang"),
        (an_office, "li"),
    ],
)
def test_who_went_back_and_changed_a_saved_form_can_save_it_as_another(
    client, request, first_branch, second_branch, an, asked, who
):
    user = request.getfixturevalue(who)
    branch = second_branch if who == "wang" else first_branch
    (address, model), (first, second) = asked(branch, an)
    client.force_login(user)
    client.post(address, first | {"submission_key": "k" * 32})

    told = client.post(address, second | {"submission_key": "k" * 32})
    again = client.post(address, as_shown(told))

    assert "已经保存过，内容与现在的不同" in told.text
    assert again.status_code == 302
    with everything(reason="the test looks at what was stored"):
        assert model.objects.count() == 2


# --- two who correct one record at once ------------------------------------------------------


def corrections(first_branch, an):
    """Return the records with the address of their form, what they change, and what I change."""
    honour = HonourFactory(organization=first_branch, member=an)
    post = VanguardPostFactory(organization=first_branch, title="一号窗口")
    review = PostReviewFactory(post=post)
    decision = DisciplineFactory(member=an, reason="")
    term = TermFactory(organization=first_branch)
    office = OfficeFactory(
        organization=first_branch, holder_name="安小河", started_on=dt.date(2026, 3, 2)
    )
    care = CareRecordFactory(member=an)
    term_url = f"/members/bodies/{first_branch.public_id}/term/"
    return {
        "honour": ("li", honour, "", {"title": "岗位能手"}, {"document": "青工委9号"}),
        "post": ("li", post, "", {"window": "三楼"}, {"title": "二号窗口"}),
        "review": (
            "zhao",
            review,
            f"/members/vanguard-posts/reviews/{review.public_id}/",
            {"findings": "缺台账"},
            {"result": "unqualified"},
        ),
        "decision": ("he", decision, "", {"appeal": "申诉中"}, {"reason": "履职不力"}),
        "term": ("li", term, term_url, {"document": "青机党1号"}, {"years": 5}),
        "office": ("li", office, "", {"duties": "党员教育"}, {"document": "青机党2号"}),
        "care": ("li", care, "", {"need": "子女上学"}, {"health": "行动不便"}),
    }


@pytest.mark.parametrize("name", ["honour", "post", "review", "decision", "term", "office", "care"])
def test_two_who_correct_a_record_at_once_both_keep_their_work(
    client, request, first_branch, an, name
):
    who, record, address, theirs, mine = corrections(first_branch, an)[name]
    address = address or f"{record.get_absolute_url()}correct/"
    client.force_login(request.getfixturevalue(who))
    first, second = client.get(address), client.get(address)

    client.post(address, as_shown(first, **theirs))
    answer = client.post(address, as_shown(second, **mine))

    row = stored(record)
    assert answer.status_code == 302
    assert {column: getattr(row, column) for column in theirs | mine} == theirs | mine
    assert row.version == record.version + 2


def test_both_changing_one_field_are_shown_both_and_the_second_may_decide(
    client, li, first_branch, an
):
    honour = HonourFactory(organization=first_branch, member=an, level="own")
    address = f"{honour.get_absolute_url()}correct/"
    client.force_login(li)
    first, second = client.get(address), client.get(address)
    client.post(address, as_shown(first, level="municipal", document="青工委9号"))

    asked = client.post(address, as_shown(second, level="provincial"))
    kept = stored(honour)
    client.post(address, as_shown(asked))

    assert asked.context["form"].errors == {"level": ["别人刚刚改成了“市级”，请核对后再保存。"]}
    assert (kept.level, kept.document) == ("municipal", "青工委9号")
    assert (stored(honour).level, stored(honour).document) == ("provincial", "青工委9号")


def test_copies_of_a_form_that_came_second_are_saved_once(client, li, first_branch, an):
    honour = HonourFactory(organization=first_branch, member=an)
    address = f"{honour.get_absolute_url()}correct/"
    client.force_login(li)
    first, second = client.get(address), client.get(address)
    client.post(address, as_shown(first, title="岗位能手"))

    answers = {
        client.post(address, as_shown(second, document="青工委9号")).headers["Location"]
        for _ in range(3)
    }

    with everything(reason="the test counts what was written"):
        assert (len(answers), len(history_of(honour))) == (1, 2)


def test_a_day_typed_in_other_words_is_no_change(client, li, first_branch, an):
    office = OfficeFactory(
        organization=first_branch, holder_name="安小河", started_on=dt.date(2026, 11, 20)
    )
    address = f"{office.get_absolute_url()}correct/"
    client.force_login(li)
    first, second = client.get(address), client.get(address)
    client.post(address, as_shown(first, started_on="2026-11-18"))

    client.post(address, as_shown(second, started_on="昨天", duties="党员教育"))

    assert (stored(office).started_on, stored(office).duties) == (dt.date(2026, 11, 18), "党员教育")


# --- two who take a step of one record -------------------------------------------------------


def steps(first_branch, an):
    """Return the records with a step that is taken after somebody else has changed them."""
    honour = HonourFactory(organization=first_branch, member=an)
    post = VanguardPostFactory(organization=first_branch, state="applied")
    office = OfficeFactory(
        organization=first_branch, holder_name="安小河", started_on=dt.date(2026, 3, 2)
    )
    return {
        "revoke": ("li", honour, {"revoked_on": "2026-10-08", "reason": "错评"}),
        "publicise": ("zhao", post, {"on": "2026-11-20"}),
        "leave": ("li", office, {"ended_on": "2026-11-20", "ended_by": "moved"}),
    }


@pytest.mark.parametrize("step", ["revoke", "publicise", "leave"])
def test_a_step_after_somebody_else_is_said_and_may_be_taken_after_a_look(
    client, request, first_branch, an, step
):
    who, record, said = steps(first_branch, an)[step]
    address = f"{record.get_absolute_url()}{step}/"
    client.force_login(request.getfixturevalue(who))
    page = client.get(address)
    with everything(reason="somebody else is at it"):
        type(record).objects.filter(pk=record.pk).update(version=record.version + 1)

    told = client.post(address, as_shown(page, **said))
    kept = stored(record).version
    client.post(address, as_shown(told))

    assert "别人刚才改过这一条，这次没有保存" in told.text
    assert told.context["version"] == record.version + 1
    assert (kept, stored(record).version) == (record.version + 1, record.version + 2)


def test_a_form_that_was_put_right_still_counts_as_filled_from_its_old_version(
    client, li, first_branch, an
):
    honour = HonourFactory(organization=first_branch, member=an)
    address = f"{honour.get_absolute_url()}revoke/"
    client.force_login(li)
    page = client.get(address)
    with everything(reason="somebody else is at it"):
        Honour.objects.filter(pk=honour.pk).update(version=2)

    wrong = client.post(address, as_shown(page, revoked_on="2026-10-08", reason=""))
    told = client.post(address, as_shown(wrong, reason="错评"))

    assert "请写明撤销原因。" in wrong.text
    assert "别人刚才改过这一条" in told.text
    assert stored(honour).revoked_on is None


def test_a_word_that_hides_nothing_is_shown_of_a_clash(client, li, first_branch, an):
    care = CareRecordFactory(member=an)
    helper = enrolled("何若谷", first_branch)
    other = enrolled("许知行", first_branch)
    address = f"{care.get_absolute_url()}correct/"
    client.force_login(li)
    first, second = client.get(address), client.get(address)
    client.post(address, as_shown(first, helper=helper.public_id))

    asked = client.post(address, as_shown(second, helper=other.public_id))

    [said] = asked.context["form"].errors["helper"]
    assert "何若谷" in said
    with everything(reason="the test looks at what was stored"):
        assert CareRecord.objects.get().helper == helper


def test_reviews_of_a_page_with_a_wrong_day_keep_what_was_chosen(client, zhao, first_branch):
    post = VanguardPostFactory(
        organization=first_branch, state="awarded", awarded_on=dt.date(2026, 2, 2)
    )
    client.force_login(zhao)
    address = "/members/vanguard-posts/reviews/2026H2/save/"
    said = {
        f"result-{post.public_id}": "unqualified",
        f"findings-{post.public_id}": "缺台账",
        "submission_key": "k" * 32,
    }

    page = client.post(address, said | {"on": "2027-01-01"})

    assert "这一天还没到，请核对。" in page.text
    assert 'value="缺台账"' in page.text
    with everything(reason="the test looks at what was stored"):
        assert PostReview.objects.count() == 0
