"""A vanguard post from the application to the day its plate is taken down."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.belongings.posts import PostBelonging
from members.models import Member, PostEvent, PostHolder, PostPledge, VanguardPost
from members.queries.posts import holders_on, plate_of
from members.services import posts
from members.services.posts import Pledge, PostRefused
from partybuild.belongings import MoveRefused
from partybuild.merging import StaleVersion
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.members import PostHolderFactory, VanguardPostFactory
from tests.house.doors import taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

APPLIED, NOTICE, AWARD = dt.date(2026, 3, 2), dt.date(2026, 3, 9), dt.date(2026, 3, 17)
PLEDGE = Pledge("来有迎声", "接待来访", "")
State = VanguardPost.State


@pytest.fixture
def an(first_branch):
    return enrolled("安小河", first_branch)


@pytest.fixture
def bai(first_branch):
    return enrolled("白石", first_branch)


@pytest.fixture
def applied(li, first_branch, an):
    return posts.apply_post(
        actor=li,
        organization=first_branch,
        kind="vanguard",
        title="窗口服务先锋岗",
        applied_on=APPLIED,
        holders=[an],
        pledge=PLEDGE,
        window="一号窗口",
    )


@pytest.fixture
def publicised(applied, zhao):
    return posts.publicise_post(actor=zhao, post=applied, version=1, on=NOTICE)


@pytest.fixture
def awarded(publicised, zhao):
    return posts.award_post(
        actor=zhao, post=publicised, version=2, on=AWARD, document="青档〔2026〕3号"
    )


def names_on(day):
    return sorted(row.member.name for row in holders_on(day).select_related("member"))


def test_a_post_is_applied_for_publicised_awarded_and_taken_down(awarded, zhao):
    post = posts.withdraw_post(
        actor=zhao, post=awarded, version=3, on=dt.date(2026, 9, 1), note="岗位撤并"
    )

    told = [(event.get_kind_display(), event.happened_on) for event in post.events.all()]
    assert told == [
        ("申报", APPLIED),
        ("公示", NOTICE),
        ("授牌", AWARD),
        ("摘牌", dt.date(2026, 9, 1)),
    ]
    assert (post.state, post.awarded_on, post.ended_on) == ("withdrawn", AWARD, dt.date(2026, 9, 1))
    assert [names_on(dt.date(2026, *day)) for day in ((3, 16), (3, 17), (8, 31), (9, 1))] == [
        [],
        ["安小河"],
        ["安小河"],
        [],
    ]


def test_the_notice_lasts_five_working_days_over_a_holiday(applied, zhao):
    post = posts.publicise_post(actor=zhao, post=applied, version=1, on=dt.date(2026, 4, 3))

    # 4 to 6 April 2026 are the days of 清明.
    assert post.events.get(kind="publicised").notice_until == dt.date(2026, 4, 13)


def test_awarding_before_the_notice_ends_asks_for_the_reason(publicised, zhao):
    early = dt.date(2026, 3, 16)
    with pytest.raises(PostRefused, match="公示到 2026-03-16 为止") as refusal:
        posts.award_post(actor=zhao, post=publicised, version=2, on=early)
    assert refusal.value.field == "note"

    posts.award_post(actor=zhao, post=publicised, version=2, on=early, note="窗口启用")

    assert names_on(early) == ["安小河"]


def test_a_step_out_of_order_is_refused_and_leaves_nothing(applied, zhao):
    with pytest.raises(PostRefused, match="已申报，不能授牌"):
        posts.award_post(actor=zhao, post=applied, version=1, on=AWARD)
    with pytest.raises(PostRefused, match="这一步不能更早"):
        posts.publicise_post(actor=zhao, post=applied, version=1, on=dt.date(2026, 3, 1))

    applied.refresh_from_db()
    assert (applied.state, applied.version, applied.events.count()) == ("applied", 1, 1)


def test_a_stale_form_changes_nothing(publicised, zhao):
    with pytest.raises(StaleVersion):
        posts.award_post(actor=zhao, post=publicised, version=1, on=AWARD)

    assert publicised.events.count() == 2


def test_a_refused_application_has_no_holders_on_any_day(applied, zhao):
    post = posts.refuse_post(
        actor=zhao, post=applied, version=1, on=dt.date(2026, 3, 5), note="材料不全"
    )

    assert (post.state, names_on(dt.date(2026, 3, 5))) == (State.REFUSED, [])


def test_handing_over_is_dated_and_keeps_who_stays(awarded, li, an, bai, first_branch):
    che = enrolled("车前", first_branch)
    posts.hand_over(actor=li, post=awarded, version=3, on=dt.date(2026, 5, 1), holders=[an, bai])
    posts.hand_over(
        actor=li, post=awarded, version=4, on=dt.date(2026, 6, 1), holders=[bai, che], note="轮岗"
    )

    days = [dt.date(2026, 4, 30), dt.date(2026, 5, 1), dt.date(2026, 5, 31), dt.date(2026, 6, 1)]
    assert [names_on(day) for day in days] == [
        ["安小河"],
        ["安小河", "白石"],
        ["安小河", "白石"],
        ["白石", "车前"],
    ]
    assert awarded.events.filter(kind="adjusted").last().note == "安小河、白石换为白石、车前；轮岗"


def test_nobody_from_elsewhere_and_no_applicant_holds_a_post(
    awarded, li, first_branch, second_branch, an
):
    stranger = enrolled("邓远", second_branch)
    applicant = enrolled("方未", first_branch, category=Member.Category.APPLICANT)
    day = dt.date(2026, 5, 1)

    with pytest.raises(PostRefused, match="邓远 2026-05-01 不在“第一党支部”的名册里"):
        posts.hand_over(actor=li, post=awarded, version=3, on=day, holders=[an, stranger])
    with pytest.raises(PostRefused, match="方未还不是党员"):
        posts.hand_over(actor=li, post=awarded, version=3, on=day, holders=[applicant])
    with pytest.raises(PostRefused, match="2026-03-17 才任岗"):
        posts.hand_over(
            actor=li,
            post=awarded,
            version=3,
            on=AWARD,
            holders=[an, enrolled("葛明", first_branch)],
        )
    with pytest.raises(PostRefused, match="没有变化"):
        posts.hand_over(actor=li, post=awarded, version=3, on=day, holders=[an])


def test_a_model_post_is_for_one_and_an_area_has_its_bounds(li, first_branch, an, bai):
    said = {"actor": li, "organization": first_branch, "title": "示范", "applied_on": APPLIED}
    with pytest.raises(PostRefused, match="示范岗由一名党员担任"):
        posts.apply_post(**said, kind="model", holders=[an, bai], pledge=PLEDGE)
    with pytest.raises(PostRefused, match="请写明责任区的范围"):
        posts.apply_post(**said, kind="responsibility", holders=[an, bai], pledge=PLEDGE)

    area = posts.apply_post(
        **said, kind="responsibility", area="一楼大厅", holders=[an, bai], pledge=PLEDGE
    )
    assert (area.area, VanguardPost.objects.count()) == ("一楼大厅", 1)


def test_a_new_pledge_leaves_the_former_one_in_its_history(awarded, li):
    day = dt.date(2026, 7, 1)
    posts.pledge_post(
        actor=li,
        post=awarded,
        version=3,
        on=day,
        pledge=Pledge("当日事当日毕", "办理登记", "党员安小河"),
    )

    told = [(row.promise, row.started_on, row.ended_on) for row in PostPledge.objects.all()]
    assert told == [("来有迎声", APPLIED, day), ("当日事当日毕", day, None)]
    assert awarded.pledge == "当日事当日毕"
    assert plate_of(awarded) == {
        "unit": "第一党支部",
        "kind": "党员先锋岗",
        "title": "窗口服务先锋岗",
        "area": "",
        "identity": "党员安小河",
        "duty": "办理登记",
        "promise": "当日事当日毕",
    }


def test_a_published_plate_is_shown_to_strangers_and_closes_with_the_post(
    client, awarded, li, zhao
):
    posts.publish_plate(actor=li, post=awarded, version=3, token="an-address-nobody-guesses")
    open_page = client.get("/members/plates/an-address-nobody-guesses/")
    posts.withdraw_post(
        actor=zhao, post=awarded, version=4, on=dt.date(2026, 9, 1), note="岗位撤并"
    )
    closed = client.get("/members/plates/an-address-nobody-guesses/")

    assert [open_page.status_code, closed.status_code] == [200, 404]
    assert "共产党员 安小河" in open_page.text
    assert "来有迎声" in open_page.text
    assert awarded.public_id not in open_page.text


def test_a_plate_is_not_public_until_somebody_opens_it(client, awarded, li):
    client.force_login(li)
    plate = f"/members/vanguard-posts/{awarded.public_id}/plate/"
    before = client.get(plate).text

    client.post(
        f"/members/vanguard-posts/{awarded.public_id}/publish/", {"open": "yes", "version": "3"}
    )
    awarded.refresh_from_db()

    assert "<svg" not in before
    assert "<svg" in client.get(plate).text
    assert len(awarded.public_token) == 32


def test_the_pages_walk_a_post_through_its_life(client, li, zhao, first_branch, an):
    client.force_login(li)
    page = client.post(
        "/members/vanguard-posts/new/",
        {
            "organization": first_branch.public_id,
            "kind": "vanguard",
            "title": "接待先锋岗",
            "holders": [an.public_id],
            "promise": "问有答声",
            "applied_on": "2026-03-02",
            "submission_key": "k" * 32,
        },
    )
    post = VanguardPost.objects.get()
    assert page.url == post.get_absolute_url()
    assert client.post(f"{page.url}award/", {"on": "2026-03-17", "version": 1}).status_code == 403

    client.force_login(zhao)
    too_early = client.post(f"{page.url}award/", {"on": "2026-03-17", "version": 1})
    client.post(f"{page.url}publicise/", {"on": "2026-03-09", "version": 1})
    client.post(f"{page.url}award/", {"on": "2026-03-17", "version": 2})
    post.refresh_from_db()

    assert "这个岗已申报，不能授牌。" in too_early.text
    assert (post.state, names_on(AWARD)) == (State.AWARDED, ["安小河"])


def test_a_form_that_was_overtaken_keeps_what_was_typed(client, awarded, li):
    client.force_login(li)
    address = f"/members/vanguard-posts/{awarded.public_id}/correct/"

    stale = client.post(address, {"title": "新名称", "version": 2})
    awarded.refresh_from_db()

    told = stale.context
    assert told["form"].errors["title"] == ["别人刚刚改成了“窗口服务先锋岗”，请核对后再保存。"]
    assert (told["form"]["title"].value(), told["version"]) == ("新名称", 3)
    assert awarded.title == "窗口服务先锋岗"


# --- any life whatever -----------------------------------------------------------------------

WORDS = ("publicise", "award", "refuse", "withdraw", "hand_over", "pledge")
steps = st.lists(
    st.tuples(st.sampled_from(WORDS), st.integers(-3, 40), st.sets(st.integers(0, 2), max_size=3)),
    max_size=10,
)
LEGAL = {
    (),
    ("applied",),
    ("applied", "refused"),
    ("applied", "publicised"),
    ("applied", "publicised", "refused"),
    ("applied", "publicised", "awarded"),
    ("applied", "publicised", "awarded", "withdrawn"),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_sequence_of_steps_keeps_a_legal_order_and_the_right_holders(
    li, first_branch, an, bai, steps
):
    with taken_back(), everything(reason="test"):
        people = [an, bai, Member.objects.get(user=li)]
        day, expected = dt.date(2026, 3, 2), {}
        post = posts.apply_post(
            actor=li,
            organization=first_branch,
            kind="vanguard",
            title="岗",
            applied_on=day,
            holders=[an],
            pledge=PLEDGE,
        )
        held: set[int] = {an.pk}
        for word, later, chosen in steps:
            on = day + dt.timedelta(days=later)
            who = [people[number] for number in sorted(chosen)]
            before = VanguardPost.objects.values().get(pk=post.pk)
            try:
                take(word, li, post, on, who)
            except PostRefused:
                assert VanguardPost.objects.values().get(pk=post.pk) == before
                post = VanguardPost.objects.select_related("organization").get(pk=post.pk)
                continue
            day = max(day, on) if word != "pledge" else day
            if word == "hand_over":
                held = {member.pk for member in who}
            if word in {"award", "hand_over"}:
                expected[on] = held
            if word == "withdraw":
                expected[on] = set()

        kinds = tuple(event.kind for event in post.events.exclude(kind=PostEvent.Kind.ADJUSTED))
        assert kinds in LEGAL
        assert post.state == kinds[-1]
        assert post.pledges.filter(ended_on=None).count() == 1
        for at in (dt.date(2026, 2, 20) + dt.timedelta(days=n) for n in range(0, 260, 3)):
            since = max((start for start in expected if start <= at), default=None)
            told = set(holders_on(at).values_list("member", flat=True))
            assert told == (expected[since] if since else set())
        rows = PostHolder.objects.filter(post=post)
        assert (
            rows.filter(ended_on=None).values("member").distinct().count()
            == rows.filter(ended_on=None).count()
        )


def take(word, li, post, on, who):
    said = {"actor": li, "post": post, "version": post.version, "on": on}
    if word == "publicise":
        posts.publicise_post(**said)
    elif word == "award":
        posts.award_post(**said, note="提前")
    elif word == "refuse":
        posts.refuse_post(**said, note="材料不全")
    elif word == "withdraw":
        posts.withdraw_post(**said, note="撤并")
    elif word == "pledge":
        posts.pledge_post(**said, pledge=Pledge("新承诺"))
    else:
        posts.hand_over(**said, holders=who)


def test_an_imported_post_is_an_awarded_one(first_branch, an, li):
    post = VanguardPostFactory(organization=first_branch, awarded_on=dt.date(2025, 5, 1))
    PostHolderFactory(post=post, member=an, started_on=dt.date(2025, 5, 1))

    posts.pledge_post(
        actor=li, post=post, version=1, on=dt.date(2026, 1, 5), pledge=Pledge("问有答声")
    )

    assert (post.state, post.awarded_on) == (State.AWARDED, dt.date(2025, 5, 1))


def test_a_branch_with_running_posts_neither_ends_nor_merges(
    awarded, zhao, first_branch, second_branch, committee
):
    belonging = PostBelonging()
    day = dt.date(2026, 10, 1)
    merge = {"actor": zhao, "source": first_branch, "target": second_branch, "event": "e"}

    assert belonging.counts(committee) == [("先锋岗", 1)]
    with pytest.raises(MoveRefused, match="还有 1 个先锋岗没有摘牌"):
        belonging.merge(**merge, on=day)

    posts.withdraw_post(actor=zhao, post=awarded, version=3, on=day, note="支部合并")

    assert belonging.bars_dissolution(first_branch, day) == ""
    assert belonging.merge(**merge, on=day) == []
