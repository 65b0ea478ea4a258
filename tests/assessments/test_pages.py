"""The pages of assessments: what they show, to whom, and what a mark does."""

import re

import pytest
from django.urls import reverse

from activities.models import Meeting
from assessments.cards import Subject
from assessments.models import Mark, Scorecard
from assessments.services.marks import give_mark
from assessments.services.scorecards import store_scorecards
from partybuild.models import AuditEntry, Job
from partybuild.periods import Period
from partybuild.readings import lines_for
from partybuild.scoping import everything
from partybuild.submissions import new_key
from tests.assessments.conftest import hold
from tests.factories.branches import PartyOrganizationFactory, TermFactory

YEAR = Period.year(2026)
MEETING = Meeting.Kind.GENERAL_MEETING

pytestmark = pytest.mark.usefixtures("today")


def card_page(scheme, branch, period="2026"):
    url = reverse("assessments:scorecard", args=[scheme.public_id, branch.public_id])
    return f"{url}?period={period}"


def mark_page(scheme, branch, number, period="2026"):
    arguments = [scheme.public_id, branch.public_id, number]
    return f"{reverse('assessments:mark', args=arguments)}?period={period}"


def list_page(scheme, period="2026"):
    return f"{scheme.get_absolute_url()}?period={period}"


def text_of(response):
    """Return the words of the main part of a page, tags taken out."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def row_of(response, title):
    """Return the words of one line of a scorecard."""
    rows = re.findall(r'<tr id="line-\d+">.*?</tr>', response.content.decode(), re.DOTALL)
    words = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    return next(row for row in words if f" {title} " in row)


def test_a_line_shows_rule_measure_points_and_arithmetic(client, li, rubric, first_branch):
    hold(first_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    client.force_login(li)

    row = row_of(client.get(card_page(rubric, first_branch)), "支部党员大会")

    assert row == (
        "6 支部党员大会 每季 1 次得 5 分；每半年 1 次得 2 分；偶尔得 1 分；没有得 0 分"
        " 3 次记录 够 第一季度 1 次 够 第二季度 1 次 够 第三季度 1 次 未到期 第四季度 ·"
        " 5.0 5.0 3 个季度都达到；第四季度未到期 第四季度（12月31日前）组织 1 次，保持满分"
    )


def test_a_line_tells_what_would_lift_it(client, li, rubric, first_branch):
    hold(first_branch, MEETING, "2026-03-12", "2026-09-24")
    client.force_login(li)

    row = row_of(client.get(card_page(rubric, first_branch)), "支部党员大会")

    assert row.endswith("按“每半年 1 次”计 第二季度如已组织，补录后 → 5.0")


def test_a_measure_leads_to_the_records_behind_it(client, li, rubric, first_branch, second_branch):
    hold(first_branch, MEETING, "2026-03-12", "2026-09-24")
    hold(first_branch, Meeting.Kind.PARTY_DAY, "2026-03-12")
    hold(second_branch, MEETING, "2026-03-12")
    client.force_login(li)

    page = client.get(card_page(rubric, first_branch)).content.decode()
    [url] = re.findall(r'<a href="([^"]+)">2 次记录</a>', page)
    ledger = client.get(url.replace("&amp;", "&"))

    assert ledger.context["page"].count == 2


def test_a_total_with_unscored_lines_is_unfinished(client, li, rubric, first_branch):
    TermFactory(organization=first_branch)
    client.force_login(li)

    response = client.get(card_page(rubric, first_branch))

    assert "未完成 已得 0.0 分，这些项目满分 9.0 分" in text_of(response)
    assert "未得 9.0 分 未到期 3.0 分 未评 21.0 分" in text_of(response)


def test_the_form_that_marks_is_offered_to_the_committee_only(
    client, li, zhao, rubric, first_branch
):
    url = mark_page(rubric, first_branch, 1)

    client.force_login(zhao)
    assert url in client.get(card_page(rubric, first_branch)).content.decode()
    client.force_login(li)
    assert url not in client.get(card_page(rubric, first_branch)).content.decode()
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("address", [card_page, lambda *place: mark_page(*place, 1)])
def test_a_branch_of_another_agency_does_not_exist(
    client, zhao, rubric, first_branch, foreign_branch, address
):
    client.force_login(zhao)

    assert client.get(address(rubric, first_branch)).status_code == 200
    assert client.get(address(rubric, foreign_branch)).status_code == 404


def test_the_neighbours_card_does_not_exist_for_a_secretary(
    client, li, rubric, first_branch, second_branch
):
    client.force_login(li)

    assert client.get(card_page(rubric, first_branch)).status_code == 200
    assert client.get(card_page(rubric, second_branch)).status_code == 404


@pytest.mark.parametrize("period", ["2026Q3", "今年", "0000"])
def test_a_period_that_the_scheme_does_not_have_is_not_found(
    client, li, rubric, first_branch, period
):
    client.force_login(li)

    assert client.get(card_page(rubric, first_branch, period)).status_code == 404


def test_a_page_without_a_period_shows_the_running_one(client, li, rubric, first_branch):
    client.force_login(li)

    page = client.get(card_page(rubric, first_branch).partition("?")[0])

    assert "2026年党支部考核 · 第一党支部" in text_of(page)


@pytest.mark.parametrize("lines", [1, 30])
def test_a_card_takes_the_same_queries_for_any_number_of_records(
    client, li, rubric, first_branch, lines, django_assert_num_queries
):
    for _ in range(lines):
        hold(first_branch, MEETING, "2026-03-12")
    client.force_login(li)
    client.get(card_page(rubric, first_branch))

    # Session, account, grants; scheme; four indicators; branch, terms, marks.
    with django_assert_num_queries(3 + 1 + 4 + 3 + 1):  # the last: the cycle it belongs to
        client.get(card_page(rubric, first_branch))


# Marks.


@pytest.fixture
def judged(rubric):
    """支部书记: 3, 2 or 1, never 0."""
    return rubric.items.get(title="支部书记")


def filled(points="2", reason="述职材料一般", version=0, **more):
    return {
        "points": points,
        "reason": reason,
        "version": version,
        "submission_key": new_key(),
        **more,
    }


def mark(scheme, branch, actor, points=3, version=0):
    with everything(reason="a colleague marks in the meantime"):
        return give_mark(
            actor=actor,
            item=scheme.items.get(number=2),
            subject=Subject(branch),
            period=YEAR,
            values={"1": {"points": str(points)}},
            reason="看了述职材料",
            version=version,
        )


def marks():
    with everything(reason="looking at what was written"):
        return [(row.values["1"]["points"], row.reason, row.version) for row in Mark.objects.all()]


def test_a_mark_is_typed_and_shown_with_its_author(client, zhao, rubric, first_branch, judged):
    client.force_login(zhao)

    response = client.post(mark_page(rubric, first_branch, 2), filled(), follow=True)

    assert response.redirect_chain == [(f"{card_page(rubric, first_branch)}#line-2", 302)]
    assert marks() == [("2", "述职材料一般", 1)]
    assert row_of(response, "支部书记").endswith(
        "赵明漪 11月21日评 3.0 2.0 评 2 分 理由：述职材料一般 评到 3 分一档 → 3.0 改评 ：支部书记"
    )
    assert "“支部书记”已评分：评 2 分；得 2.0 分，总分未完成。" in response.content.decode()


def test_two_copies_of_a_post_make_one_mark_and_one_entry(client, zhao, rubric, first_branch):
    client.force_login(zhao)
    content = filled()

    answers = [client.post(mark_page(rubric, first_branch, 2), content) for _ in range(2)]

    assert {answer.url for answer in answers} == {f"{card_page(rubric, first_branch)}#line-2"}
    assert marks() == [("2", "述职材料一般", 1)]
    with everything(reason="looking at what was written"):
        assert AuditEntry.objects.filter(action="assessments.mark.given").count() == 1


def test_a_mark_leads_on_to_the_next_line_without_one(client, zhao, rubric, first_branch):
    client.force_login(zhao)

    answer = client.post(mark_page(rubric, first_branch, 5), filled("3", next="1"))

    assert answer.url == mark_page(rubric, first_branch, 9)


def test_the_last_line_leads_back_to_the_first_without_a_mark(client, zhao, rubric, first_branch):
    client.force_login(zhao)

    answer = client.post(mark_page(rubric, first_branch, 12), filled("2", next="1"))

    assert answer.url == mark_page(rubric, first_branch, 1)


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        (filled(points="0"), "points", "此项只可评 3、2、1 分，请从中选择。"),
        (filled(points=""), "points", "请选择得分。"),
        (filled(reason=" "), "reason", "请写明理由。"),
        (filled(reason="长" * 301), "reason", "理由最多 300 个字，现在有 301 个。"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
    client, zhao, rubric, first_branch, content, field, message
):
    client.force_login(zhao)

    response = client.post(mark_page(rubric, first_branch, 2), content)

    assert response.context["form"].errors == {field: [message]}
    assert f"！{message}" in response.content.decode()
    assert response.context["form"].data["reason"] == content["reason"]
    assert marks() == []


def test_a_mark_changed_in_between_is_not_overwritten_unseen(client, zhao, rubric, first_branch):
    mark(rubric, first_branch, zhao)
    client.force_login(zhao)

    response = client.post(mark_page(rubric, first_branch, 2), filled(points="1"))

    assert marks() == [("3", "看了述职材料", 1)]
    assert response.context["form"].non_field_errors() == [
        "赵明漪在 11月21日 10:00 已评过此项：评 3 分。您填的内容还在；核对后再按保存，就以您的为准。"
    ]
    assert 'name="version" value="1"' in response.content.decode()


def test_a_mark_changed_in_between_gives_way_once_it_was_seen(client, zhao, rubric, first_branch):
    mark(rubric, first_branch, zhao)
    client.force_login(zhao)

    client.post(mark_page(rubric, first_branch, 2), filled(points="1", version=1))

    assert marks() == [("1", "述职材料一般", 2)]


def test_the_form_shows_the_mark_that_stands(client, zhao, rubric, first_branch):
    mark(rubric, first_branch, zhao)
    client.force_login(zhao)

    form = client.get(mark_page(rubric, first_branch, 2)).context["form"]

    assert (form["points"].value(), form["reason"].value(), form["version"].value()) == (
        "3",
        "看了述职材料",
        1,
    )


@pytest.mark.parametrize(("number", "period"), [(6, "2026"), (99, "2026"), (2, "2027")])
def test_a_measured_line_an_unknown_one_and_a_future_year_take_no_mark(
    client, zhao, rubric, first_branch, number, period
):
    client.force_login(zhao)

    assert client.get(mark_page(rubric, first_branch, number, period)).status_code == 404


def test_a_secretary_cannot_post_a_mark(client, li, rubric, first_branch):
    client.force_login(li)

    assert client.post(mark_page(rubric, first_branch, 2), filled()).status_code == 403
    assert marks() == []


# Lists.


def test_the_list_shows_the_kept_cards_in_the_order_of_the_tree(
    client, zhao, rubric, first_branch, second_branch, foreign_branch, everywhere, today
):
    hold(second_branch, MEETING, "2026-03-12", "2026-06-20", "2026-09-24")
    store_scorecards(scheme=rubric, period=YEAR, as_of=today)
    client.force_login(zhao)

    page = client.get(list_page(rubric))

    assert [(row.organization, row.points) for row in page.context["page"].rows] == [
        (first_branch, 0),
        (second_branch, 5),
    ]
    assert "第二党支部 青岚市档案局机关党委 5.0 31.0 未完成 未评 8 项，未到期 1 项" in text_of(page)


def test_a_secretary_sees_the_own_branch_in_the_list(
    client, li, rubric, first_branch, second_branch, everywhere, today
):
    store_scorecards(scheme=rubric, period=YEAR, as_of=today)
    client.force_login(li)

    page = client.get(list_page(rubric))

    assert [row.organization for row in page.context["page"].rows] == [first_branch]


def test_the_list_is_narrowed_by_name(
    client, zhao, rubric, first_branch, second_branch, everywhere, today
):
    store_scorecards(scheme=rubric, period=YEAR, as_of=today)
    client.force_login(zhao)

    page = client.get(f"{list_page(rubric)}&name=第二")

    assert [row.organization for row in page.context["page"].rows] == [second_branch]


def test_a_list_that_was_never_computed_says_when_it_will_be(client, zhao, rubric):
    client.force_login(zhao)

    assert "这个期间还没有计算过得分；每晚 1 时 30 分自动计算。" in text_of(
        client.get(list_page(rubric))
    )


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_takes_the_same_queries_for_any_number_of_branches(
    client, zhao, rubric, committee, count, everywhere, today, django_assert_num_queries
):
    for _ in range(count):
        PartyOrganizationFactory(superior=committee)
    store_scorecards(scheme=rubric, period=YEAR, as_of=today)
    client.force_login(zhao)
    client.get(list_page(rubric))

    # Session, account, grants; scheme; the page's keys, its rows, how many there are in all.
    with django_assert_num_queries(3 + 1 + 2):
        client.get(list_page(rubric))


def test_the_committee_may_have_the_scores_computed_now(client, zhao, rubric, committee):
    client.force_login(zhao)
    url = reverse("assessments:compute", args=[rubric.public_id])
    content = {"submission_key": new_key()}

    answers = [client.post(f"{url}?period=2026", content) for _ in range(2)]

    assert {answer.url for answer in answers} == {list_page(rubric)}
    job = Job.objects.get(kind="assessments.compute_scorecards")
    assert job.owner == zhao
    assert job.arguments == {
        "scheme": rubric.public_id,
        "period": "2026",
        "place": committee.public_id,
    }


def test_a_secretary_may_not_have_them_computed(client, li, rubric):
    client.force_login(li)

    assert client.post(reverse("assessments:compute", args=[rubric.public_id])).status_code == 403
    with everything(reason="looking at what was written"):
        assert Scorecard.objects.count() == 0


def test_a_secretary_gets_from_the_scheme_straight_to_the_own_card(
    client, li, rubric, first_branch, second_branch
):
    client.force_login(li)

    page = client.get(reverse("assessments:schemes")).content.decode()

    assert f'<a href="{card_page(rubric, first_branch)}">{rubric.title}</a>' in page


def test_the_committee_gets_from_the_scheme_to_the_list(
    client, zhao, rubric, first_branch, second_branch
):
    client.force_login(zhao)

    page = client.get(reverse("assessments:schemes")).content.decode()

    assert f'<a href="{list_page(rubric)}">{rubric.title}</a>' in page


def test_without_a_scheme_the_page_says_what_to_do(client, zhao):
    client.force_login(zhao)

    page = client.get(reverse("assessments:schemes"))

    assert "还没有考核方案。由机关党委在“方案草稿”里起草、下发。" in text_of(page)


# What follows from recording an activity.


def test_recording_a_meeting_tells_the_points_of_its_line(rubric, first_branch, li, everywhere):
    hold(first_branch, Meeting.Kind.DEMOCRATIC_APPRAISAL, "2026-11-20")

    told = [line for line in lines_for(first_branch.activities.get(), li) if "考核" in line.text]

    assert [(line.text, line.url) for line in told] == [
        (
            "2026年考核“民主评议党员”：3.0 分（满分 3.0 分）",
            f"{card_page(rubric, first_branch)}#line-10",
        )
    ]
