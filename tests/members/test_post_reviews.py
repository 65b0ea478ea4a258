"""Half-yearly reviews: when they fall due, entering a page of them, what is overdue, the ledger."""

import datetime as dt
import html
import re
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.alerts.posts import PostAdjustmentAlert, PostNoticeAlert, PostReviewAlert
from members.ledgers.posts import VanguardPostLedger
from members.models import PostEvent, PostHolder, PostReview, VanguardPost
from members.queries.posts import Half, last_due, overdue_reviews, posts_to_review
from members.services import posts
from members.services.posts import PostRefused, Verdict
from partybuild.localrules import lay_over
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.members import PostHolderFactory, VanguardPostFactory
from tests.factories.posts import PostReviewFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

FIRST, SECOND = Half(2026, 1), Half(2026, 2)
TODAY = dt.date(2026, 11, 21)


def post_of(branch, awarded_on, **details):
    post = VanguardPostFactory(organization=branch, awarded_on=awarded_on, **details)
    PostHolderFactory(post=post, started_on=awarded_on)
    return post


def test_reviews_fall_due_every_half_year_from_the_award():
    days = [dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 8, 30), dt.date(2026, 8, 31)]

    assert [last_due(dt.date(2025, 8, 31), 6, day) for day in days] == [
        None,
        dt.date(2026, 2, 28),
        dt.date(2026, 2, 28),
        dt.date(2026, 8, 31),
    ]


@pytest.mark.usefixtures("everywhere")
def test_a_post_is_due_once_in_every_half_after_the_one_of_its_award(first_branch):
    post_of(first_branch, dt.date(2025, 12, 31), title="去年末")
    post_of(first_branch, dt.date(2026, 1, 1), title="今年初")
    post_of(first_branch, dt.date(2026, 7, 1), title="下半年")
    post_of(first_branch, dt.date(2024, 3, 1), title="已摘牌", ended_on=dt.date(2026, 2, 1))

    due = [
        sorted(post.title for post in posts_to_review(half, None))
        for half in (FIRST, SECOND, Half(2027, 1))
    ]

    assert due == [["去年末", "已摘牌"], ["今年初", "去年末"], ["下半年", "今年初", "去年末"]]


@pytest.mark.usefixtures("everywhere")
def test_an_agency_may_review_once_a_year(first_branch, committee, zhao):
    post = post_of(first_branch, dt.date(2026, 1, 15))
    assert [late.post for late in overdue_reviews(TODAY)] == [post]

    lay_over(
        actor=zhao,
        place=committee,
        code="members.vanguard_posts",
        values={"review_months": 12, "local": False},
        in_force_from=dt.date(2026, 1, 1),
        document="青档〔2026〕1号",
        article="",
    )

    assert overdue_reviews(TODAY) == []
    assert [late.cite for late in overdue_reviews(dt.date(2027, 1, 15))] == ["青档〔2026〕1号"]


def test_a_page_of_reviews_is_saved_at_once_and_only_once(client, zhao, first_branch):
    good, lax = (
        post_of(first_branch, dt.date(2026, 1, 15)),
        post_of(first_branch, dt.date(2026, 2, 1)),
    )
    client.force_login(zhao)
    form = {
        "on": "2026-11-20",
        "rest": "qualified",
        f"result-{good.public_id}": "",
        f"result-{lax.public_id}": "rectify",
        f"findings-{lax.public_id}": "承诺没有上墙",
        "submission_key": "k" * 32,
    }

    first = client.post("/members/vanguard-posts/reviews/2026H2/save/", form)
    again = client.post("/members/vanguard-posts/reviews/2026H2/save/", form)

    assert first.url == again.url
    with everything(reason="test"):
        told = {(row.post, row.result, row.findings) for row in PostReview.objects.all()}
    assert told == {(good, "qualified", ""), (lax, "rectify", "承诺没有上墙")}


def test_an_exception_without_findings_saves_nothing_and_keeps_the_page(client, zhao, first_branch):
    good = post_of(first_branch, dt.date(2026, 1, 15))
    bad = post_of(first_branch, dt.date(2026, 2, 1), title="接待岗")
    client.force_login(zhao)

    page = client.post(
        "/members/vanguard-posts/reviews/2026H2/save/",
        {
            "on": "2026-11-20",
            f"result-{good.public_id}": "qualified",
            f"result-{bad.public_id}": "unqualified",
        },
    )

    assert "“接待岗”结果是不合格，请写明发现的情况。" in page.text
    assert page.text.count(" selected") == 2
    with everything(reason="test"):
        assert PostReview.objects.count() == 0


@pytest.mark.usefixtures("everywhere")
def test_whoever_reviews_second_is_told_and_nothing_of_the_page_is_kept(zhao, first_branch):
    one, two = (
        post_of(first_branch, dt.date(2026, 1, 15)),
        post_of(first_branch, dt.date(2026, 2, 1)),
    )
    posts.review_posts(actor=zhao, half=SECOND, on=TODAY, verdicts=[Verdict(one, "qualified")])

    with pytest.raises(PostRefused, match="已经有2026年下半年的结果"):
        posts.review_posts(
            actor=zhao,
            half=SECOND,
            on=TODAY,
            verdicts=[Verdict(two, "qualified"), Verdict(one, "qualified")],
        )

    assert PostReview.objects.count() == 1


def test_the_branch_checks_itself_and_the_committee_still_reviews(client, li, zhao, first_branch):
    post = post_of(first_branch, dt.date(2026, 1, 15))
    client.force_login(li)
    own = client.post(
        f"/members/vanguard-posts/{post.public_id}/self-review/",
        {"on": "2026-11-20", "result": "qualified"},
    )
    refused = client.post("/members/vanguard-posts/reviews/2026H2/save/")

    assert (own.status_code, refused.status_code) == (302, 403)
    with everything(reason="test"):
        assert [row.get_kind_display() for row in PostReview.objects.all()] == ["自查"]
        assert [late.post for late in overdue_reviews(TODAY)] == [post]


def test_what_was_to_be_put_right_is_put_right(client, zhao, first_branch):
    post = post_of(first_branch, dt.date(2026, 1, 15))
    review = PostReviewFactory(post=post, result="rectify", reviewed_on=dt.date(2026, 8, 3))
    client.force_login(zhao)
    address = f"/members/vanguard-posts/reviews/{review.public_id}/"
    said = {"result": "rectify", "findings": "资料不全", "reviewed_on": "2026-08-03", "version": 1}

    too_early = client.post(address, {**said, "rectified_on": "2026-08-01"})
    client.post(address, {**said, "rectified_on": "2026-08-20"})
    states = []
    with everything(reason="test"):
        for day in (dt.date(2026, 8, 10), TODAY):
            states += [row[-1] for row in VanguardPostLedger().table(Period(day, day))]

    assert "整改完成日期不能早于复核日期 2026-08-03。" in too_early.text
    assert states == ["整改中", "已授牌"]


@pytest.mark.usefixtures("everywhere")
def test_overdue_reviews_are_told_by_branch_with_their_source(first_branch, second_branch):
    for branch, day in (
        (first_branch, dt.date(2026, 3, 1)),
        (first_branch, dt.date(2026, 2, 1)),
        (second_branch, dt.date(2025, 12, 1)),
    ):
        post_of(branch, day)
    reviewed = post_of(second_branch, dt.date(2026, 1, 5))
    PostReviewFactory(post=reviewed, reviewed_on=None)

    told = [(n.place, n.text, n.cite, n.is_late) for n in PostReviewAlert().notices(TODAY)]

    assert told == [
        (
            "第二党支部",
            "1 个岗还没有复核，最早的应在 2026-06-01 复核",
            "本级要求（可调整）",
            True,
        ),
        (
            "第一党支部",
            "2 个岗还没有复核，最早的应在 2026-08-01 复核",
            "本级要求（可调整）",
            True,
        ),
    ]


@pytest.mark.usefixtures("everywhere")
def test_finished_notices_and_undated_adjustments_are_told(first_branch):
    waiting = VanguardPostFactory(
        organization=first_branch, title="待授牌", state="publicised", awarded_on=None
    )
    PostEvent.objects.create(
        post=waiting,
        kind="publicised",
        happened_on=dt.date(2026, 11, 2),
        notice_until=dt.date(2026, 11, 9),
    )
    unclear = post_of(first_branch, dt.date(2026, 1, 15), title="综合岗")
    PostEvent.objects.create(post=unclear, kind="adjusted", note="撤销（岗位变动）")

    told = [
        notice.text
        for alert in (PostNoticeAlert(), PostAdjustmentAlert())
        for notice in alert.notices(TODAY)
    ]

    assert told == [
        "待授牌：公示到 2026-11-09 已经期满，请授牌或写明不予授牌",
        "综合岗：台账写着“撤销（岗位变动）”，没有日期",
    ]


def test_the_ledger_says_what_was_found_and_changed_as_of_its_day(li, first_branch):
    an, bai = enrolled("安小河", first_branch), enrolled("白石", first_branch)
    post = VanguardPostFactory(organization=first_branch, title="接待岗", window="一号窗口")
    PostHolderFactory(post=post, member=an)
    PostReviewFactory(post=post, half=1, reviewed_on=dt.date(2026, 6, 10), findings="")
    PostReviewFactory(post=post, half=2, reviewed_on=dt.date(2026, 8, 1), findings="资料齐全")
    with scoped_to(li.scope_for("members.change_vanguardpost")):
        posts.hand_over(actor=li, post=post, version=1, on=dt.date(2026, 9, 1), holders=[bai])
        spring, autumn = (
            list(VanguardPostLedger().table(Period.quarter(2026, quarter))) for quarter in (2, 3)
        )

    first = ("第一党支部", "接待岗", "党员先锋岗", "一号窗口")
    award, pledge = dt.date(2026, 1, 15), "群众来访有人接"
    assert spring == [(*first, "安小河", award, award, pledge, "合格", "", "", "已授牌")]
    assert autumn == [
        (
            *first,
            "白石",
            award,
            dt.date(2026, 9, 1),
            pledge,
            "合格",
            "合格（资料齐全）",
            "2026-09-01 安小河换为白石",
            "已授牌",
        )
    ]


def test_each_figure_of_the_statistics_opens_exactly_its_posts(
    client, zhao, first_branch, second_branch
):
    for branch, kind, state, window in (
        (first_branch, "vanguard", "awarded", "一号窗口"),
        (first_branch, "model", "awarded", "一号窗口"),
        (first_branch, "vanguard", "withdrawn", ""),
        (second_branch, "responsibility", "applied", "二号窗口"),
    ):
        VanguardPostFactory(organization=branch, kind=kind, state=state, window=window)
    client.force_login(zhao)
    page = client.get("/members/vanguard-posts/statistics/")

    opened = {}
    for address, figure in links_of(page.text):
        opened[address] = (int(figure), client.get(address).context["page"].count)

    assert len(opened) == 3 * (1 + 3 + 5) + 1
    assert {figure == count for figure, count in opened.values()} == {True}
    assert opened["/members/vanguard-posts/?window=一号窗口&state=awarded"] == (2, 2)


def links_of(text):
    """Return (address, figure) of every link whose text is a number."""
    found = re.findall(r'<a href="([^"]+)">(\d+)</a>', text)
    return [(unquote(html.unescape(address)), figure) for address, figure in found]


@pytest.mark.parametrize(
    "address", ["", "?kind=vanguard", "statistics/", "reviews/?half=2026H2", "new/"]
)
def test_pages_ask_the_same_for_few_posts_and_for_many(client, zhao, li, first_branch, address):
    person = enrolled("安小河", first_branch)
    asked = []
    client.force_login(li)
    for count in (3, 300):
        with everything(reason="the test arranges its rows"):
            VanguardPost.objects.all().delete()
            made = VanguardPost.objects.bulk_create(
                VanguardPost(
                    organization=first_branch, title=f"岗位{n}", awarded_on=dt.date(2026, 1, 15)
                )
                for n in range(count)
            )
            PostHolder.objects.bulk_create(
                PostHolder(post=post, member=person, started_on=dt.date(2026, 1, 15))
                for post in made
            )
        client.get(f"/members/vanguard-posts/{address}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/members/vanguard-posts/{address}").status_code == 200
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert asked[0] <= 9


def test_a_review_is_as_light_for_three_hundred_posts(
    zhao, first_branch, django_assert_max_num_queries
):
    with everything(reason="test"):
        made = VanguardPost.objects.bulk_create(
            VanguardPost(organization=first_branch, title=f"岗{n}", awarded_on=dt.date(2026, 1, 15))
            for n in range(300)
        )
        with django_assert_max_num_queries(3):
            assert len(PostReviewAlert().notices(TODAY)) == 1
        with django_assert_max_num_queries(20):
            posts.review_posts(
                actor=zhao,
                half=SECOND,
                on=TODAY,
                verdicts=[Verdict(post, "qualified") for post in made],
            )
        assert PostReviewAlert().notices(TODAY) == []
