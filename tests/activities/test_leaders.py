"""双重组织生活: leaders in the life of their own branch, kept apart from the branch's own rate."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.alerts.leaders import LeaderAlert
from activities.queries.leaders import leaders_in, words_for
from members.models import LeadingPost
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.members import AttendanceExemptionFactory, OfficeFactory
from tests.factories.people import LeadingPostFactory

YEAR = Period.year(2026)

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def leader(first_branch, committee):
    """An, who sits on the committee above and belongs to the first branch."""
    an = enrolled("安小河", first_branch)
    OfficeFactory(organization=committee, member=an, holder_name="安小河", post="committee_member")
    return an


def held(organization, day, *people, **status):
    """Hold a party day at which these people stood so: (member, status)."""
    activity = ActivityFactory(
        organization=organization, held_on=dt.date.fromisoformat(day), topic=f"{day}学习", **status
    )
    MeetingFactory(activity=activity)
    for member, how in people:
        AttendanceFactory(activity=activity, member=member, status=how)
    return activity


def figures(period=YEAR):
    """Return what the table says of each leader in whatever is visible."""
    rows = leaders_in(period).order_by("member__name", "organization__name")
    return list(
        rows.values_list("member__name", "organization__name", "due_count", "present_count")
    )


@pytest.mark.usefixtures("everywhere")
def test_a_leader_counts_what_was_due_and_attended_in_the_own_branch(leader, first_branch):
    plain = enrolled("白一舟", first_branch)
    held(first_branch, "2026-03-27", (leader, "present"), (plain, "present"))
    held(first_branch, "2026-04-28", (leader, "on_leave"), (plain, "absent"))
    held(first_branch, "2026-05-28", (leader, "absent"))
    held(first_branch, "2026-06-26", (plain, "present"))

    assert figures() == [("安小河", "第一党支部", 3, 1)]


@pytest.mark.usefixtures("everywhere")
def test_meetings_of_the_body_and_of_other_branches_do_not_count(
    leader, first_branch, second_branch, committee
):
    held(committee, "2026-03-20", (leader, "present"))
    held(second_branch, "2026-03-21", (leader, "guest"))
    held(second_branch, "2026-03-22", (leader, "present"))
    held(first_branch, "2026-03-27", (leader, "absent"))

    assert figures() == [("安小河", "第一党支部", 1, 0)]


@pytest.mark.usefixtures("everywhere")
def test_a_post_in_the_agency_leads_for_its_days_alone(first_branch):
    bai = enrolled("白一舟", first_branch)
    post = {"started_on": dt.date(2026, 4, 1), "ended_on": dt.date(2026, 9, 1)}
    LeadingPostFactory(member=bai, title="副局长", **post)
    for day in ("2026-03-27", "2026-04-01", "2026-08-31", "2026-09-01"):
        held(first_branch, day, (bai, "present"))

    assert figures() == [("白一舟", "第一党支部", 2, 2)]


@pytest.mark.usefixtures("everywhere")
def test_a_post_that_never_held_makes_no_leader(first_branch):
    bai = enrolled("白一舟", first_branch)
    day = dt.date(2026, 4, 1)
    LeadingPostFactory(member=bai, started_on=day, ended_on=day)
    held(first_branch, "2026-04-01", (bai, "present"))

    assert figures() == []


@pytest.mark.usefixtures("everywhere")
def test_an_exempt_day_is_due_only_for_who_came_all_the_same(leader, first_branch):
    AttendanceExemptionFactory(
        member=leader, started_on=dt.date(2026, 4, 1), ended_on=dt.date(2026, 6, 1)
    )
    held(first_branch, "2026-03-27", (leader, "absent"))
    held(first_branch, "2026-04-28", (leader, "on_leave"))
    held(first_branch, "2026-05-06", (leader, "exempt"))
    held(first_branch, "2026-05-28", (leader, "present"))

    assert figures() == [("安小河", "第一党支部", 2, 1)]


@pytest.mark.usefixtures("everywhere")
def test_who_changed_branches_has_a_row_for_each(leader, first_branch, second_branch):
    moved_on = dt.date(2026, 6, 1)
    leader.memberships.update(ended_on=moved_on)
    leader.memberships.create(organization=second_branch, started_on=moved_on)
    held(first_branch, "2026-05-28", (leader, "present"))
    held(first_branch, "2026-06-26", (leader, "present"))
    held(second_branch, "2026-06-26", (leader, "absent"))

    assert figures() == [("安小河", "第一党支部", 1, 1), ("安小河", "第二党支部", 1, 0)]


@pytest.mark.usefixtures("everywhere")
def test_a_deleted_record_counts_for_nobody(leader, first_branch):
    held(first_branch, "2026-03-27", (leader, "present"), deleted_at=dt.datetime.now(dt.UTC))

    assert figures() == [("安小河", "第一党支部", 0, 0)]


def test_every_number_opens_the_list_it_counted(client, zhao, leader, first_branch):
    for day, how in (
        ("2026-03-27", "present"),
        ("2026-04-28", "on_leave"),
        ("2026-05-28", "absent"),
    ):
        held(first_branch, day, (leader, how))
    client.force_login(zhao)

    row = client.get(reverse("activities:leaders")).context["rows"][0]
    lists = [client.get(cell.url).context["page"] for cell in row[3:]]

    assert row[1:3] == ("机关党委委员", "第一党支部")
    assert [cell.text for cell in row[3:]] == ["3", "1", "2"]
    assert [page.count for page in lists] == [3, 1, 2]
    assert [cells[2].text for cells in client.get(row[5].url).context["rows"]] == [
        "2026-05-28学习",
        "2026-04-28学习",
    ]


def test_the_page_can_be_narrowed_to_one_organisation(client, zhao, leader, second_branch):
    bai = enrolled("白一舟", second_branch)
    LeadingPostFactory(member=bai)
    client.force_login(zhao)

    answer = client.get(reverse("activities:leaders"), {"organization": second_branch.public_id})

    assert [row[0].text for row in answer.context["rows"]] == ["白一舟"]


def test_a_branch_sees_that_its_member_leads_and_nothing_of_its_neighbour(
    client, li, leader, second_branch
):
    LeadingPostFactory(member=enrolled("白一舟", second_branch))
    client.force_login(li)

    assert [row[0].text for row in client.get(reverse("activities:leaders")).context["rows"]] == [
        "安小河"
    ]


def test_the_list_of_a_neighbour_is_not_found(client, li, second_branch):
    bai = enrolled("白一舟", second_branch)
    LeadingPostFactory(member=bai)
    client.force_login(li)

    assert client.get(reverse("activities:leader", args=[bai.public_id])).status_code == 404


def test_the_file_of_a_leader_says_how_they_stand(client, li, leader, first_branch):
    held(first_branch, "2026-03-27", (leader, "present"))
    held(first_branch, "2026-04-28", (leader, "on_leave"))
    client.force_login(li)
    said = "党员领导干部参加所在党支部组织生活：应参加 2 次，参加 1 次"

    page = client.get(leader.get_absolute_url()).text

    assert said in page
    with everything(reason="the words alone"):
        assert words_for(leader, YEAR) == said
        assert words_for(enrolled("丁初晴", first_branch), YEAR) == ""


def notices(user, day=dt.date(2026, 11, 21)):
    with scoped_to(user.scope_for("activities.view_activity")):
        return [(one.text, one.place) for one in LeaderAlert().notices(day)]


def test_only_a_long_absence_is_reminded_of(zhao, leader, first_branch):
    bai, chen = enrolled("白一舟", first_branch), enrolled("陈望南", first_branch)
    for one in (bai, chen):
        LeadingPostFactory(member=one)
    days = ("2026-08-28", "2026-09-28", "2026-10-28")
    for day in days:
        held(first_branch, day, (leader, "absent"), (bai, "on_leave"))
    held(first_branch, "2026-11-06", (bai, "present"))
    held(first_branch, "2026-11-13", (chen, "absent"))

    assert notices(zhao) == [("安小河从 2026-08-21 起应参加 3 次，还没有参加", "第一党支部")]


def test_an_exempt_leader_is_not_reminded_of(zhao, leader, first_branch):
    AttendanceExemptionFactory(member=leader, started_on=dt.date(2026, 8, 1))
    for day in ("2026-08-28", "2026-09-28", "2026-10-28"):
        held(first_branch, day, (leader, "absent"))

    assert notices(zhao) == []


@pytest.mark.parametrize("count", [1, 60])
def test_any_number_of_leaders_costs_the_same(
    client, zhao, first_branch, count, django_assert_num_queries
):
    for number in range(count):
        LeadingPostFactory(member=enrolled(f"党员{number:02d}", first_branch))
    client.force_login(zhao)
    client.get(reverse("activities:leaders"))

    with django_assert_num_queries(6):
        client.get(reverse("activities:leaders"))


def test_the_secretary_enters_a_leading_post_and_ends_it(client, li, first_branch):
    bai = enrolled("白一舟", first_branch, job_title="副局长")
    client.force_login(li)
    address = reverse("members:new_leading_post", args=[bai.public_id])

    filled = client.get(address).context["form"].initial["title"]
    client.post(
        address,
        {"submission_key": "a", "title": filled, "started_on": "2026-03-01", "ended_on": ""},
    )
    with everything(reason="the test looks at what was stored"):
        post = LeadingPost.objects.get()
    client.post(
        post.get_absolute_url(),
        {
            "submission_key": "b",
            "version": post.version,
            "title": "副局长",
            "started_on": "2026-03-01",
            "ended_on": "2026-10-01",
        },
    )

    with everything(reason="the test looks at what was stored"):
        post.refresh_from_db()
        acts = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert (post.member, post.title) == (bai, "副局长")
    assert (post.started_on, post.ended_on) == (dt.date(2026, 3, 1), dt.date(2026, 10, 1))
    assert acts[-2:] == ["members.leadingpost.begun", "members.leadingpost.corrected"]
    assert (
        "党员领导干部：副局长（2026-03-01 至 2026-10-01）"
        in client.get(bai.get_absolute_url()).text
    )


def test_the_same_post_is_not_entered_twice(client, li, first_branch):
    bai = enrolled("白一舟", first_branch)
    LeadingPostFactory(member=bai, title="副局长")
    client.force_login(li)

    answer = client.post(
        reverse("members:new_leading_post", args=[bai.public_id]),
        {"submission_key": "a", "title": "副局长", "started_on": "2026-03-01"},
    )

    assert answer.context["form"].errors == {"title": ["白一舟已登记为副局长，不用重复登记。"]}


def test_a_post_does_not_end_before_it_begins(client, li, first_branch):
    bai = enrolled("白一舟", first_branch)
    client.force_login(li)

    answer = client.post(
        reverse("members:new_leading_post", args=[bai.public_id]),
        {
            "submission_key": "a",
            "title": "副局长",
            "started_on": "2026-03-01",
            "ended_on": "2026-02-01",
        },
    )

    assert answer.context["form"].errors == {"ended_on": ["不能早于开始日期 2026-03-01。"]}
