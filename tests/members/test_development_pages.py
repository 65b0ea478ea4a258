"""Pages of the development of members: board, case, forms, papers, lists, alerts."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from docx import Document

from members.models import DevelopmentCase, DevelopmentStep, Member
from members.queries import development_papers
from members.queries.development import stalled_branches
from members.services.standing import change_standing
from partybuild import documents
from partybuild.alerts import alerts_for
from partybuild.models import AuditEntry
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.development import (
    DevelopmentCaseFactory,
    DevelopmentSponsorFactory,
    DevelopmentStepFactory,
)
from tests.factories.members import MemberFactory, MembershipFactory
from tests.members.test_development import WAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def day(text):
    return dt.date.fromisoformat(text)


def case_at(branch, last, **person):
    """A case whose steps go as far as one of the usual way."""
    details = {"category": "activist", "joined_on": None, "confirmed_on": None}
    member = MemberFactory(**{"name": "吴小梅", "branch": branch} | details | person)
    MembershipFactory(member=member, kind="development", started_on=day("2024-01-05"))
    case = DevelopmentCaseFactory(member=member, opened_on=day("2024-01-05"))
    for code, on in WAY.items():
        DevelopmentStepFactory(case=case, code=code, done_on=day(on))
        if code == last:
            break
    return case


def url(name, case, *more):
    return reverse(f"members:{name}", args=[case.public_id, *more])


def post(client, address, **said):
    """Send a form as its page shows it, filled in."""
    page = client.get(address)
    shown = {"submission_key": page.context["submission_key"]}
    if "version" in page.context:
        shown["version"] = page.context["version"]
    return client.post(address, shown | said)


# --- board and case ----------------------------------------------------------------------------


def test_the_board_counts_stages_and_tells_what_is_due(client, li, first_branch):
    case_at(first_branch, "activist_filed")
    applicant = MemberFactory(name="何新晨", branch=first_branch, category="applicant")
    DevelopmentStepFactory(case=DevelopmentCaseFactory(member=applicant), done_on=day("2026-11-01"))
    client.force_login(li)

    page = client.get(reverse("members:development"))

    assert [stage.count for stage in page.context["stages"]] == [1, 1, 0, 0, 0]
    (card,) = page.context["stages"][0].cards
    assert (card.next_step, card.next_due.due_on) == ("党组织派人谈话", day("2026-12-01"))
    (late,) = page.context["stages"][1].cards
    assert late.is_late
    assert "超过半年没有考察记录" in page.content.decode()


def test_a_case_shows_its_25_steps_with_state_rule_and_papers(client, li, first_branch):
    case = case_at(first_branch, "pre_review")
    client.force_login(li)

    page = client.get(case.get_absolute_url())

    words = [line.word for line, _ in page.context["rows"]]
    assert len(words) == 25
    assert words[12:15] == ["已办", "待办", "超期"]
    assert words[4] == "未录入"
    assert page.context["upcoming"].rule.code == "form"
    assert "第十九条" in page.content.decode()


def test_the_superiors_steps_are_not_the_branchs_to_record(client, li, zhao, first_branch):
    case = case_at(first_branch, "activist")
    branch, superior = (
        url("development_step", case, "activist_filed"),
        url("development_approval", case, "activist_filed"),
    )
    client.force_login(li)
    assert (client.get(branch).status_code, client.get(superior).status_code) == (404, 403)

    client.force_login(zhao)
    answer = post(client, superior, done_on="2024-06-20")

    assert answer["Location"] == case.get_absolute_url()
    with everything(reason="test"):
        assert case.steps.get(code="activist_filed").done_on == day("2024-06-20")


def test_who_left_the_party_is_chosen_for_a_new_application_and_both_files_are_linked(
    client, li, zhao, first_branch
):
    member = enrolled("沈既白", first_branch)
    with everything(reason="the test arranges"):
        change_standing(actor=zhao, member=member, state="resigned", happened_on=day("2026-10-12"))
    client.force_login(li)
    address = reverse("members:new_development_case")

    assert "沈既白（第一党支部，退党）" in client.get(address).text
    answer = post(
        client,
        address,
        organization=first_branch.public_id,
        member=member.public_id,
        applied_on="2026-11-02",
    )

    with everything(reason="the test looks at what was stored"):
        anew = DevelopmentCase.objects.select_related("member").get().member
    assert answer.status_code == 302
    assert anew != member
    for one, other, title in ((member, anew, "后来的档案"), (anew, member, "以前的档案")):
        shown = client.get(one.get_absolute_url()).text
        assert f'href="{other.get_absolute_url()}">{title}</a>' in shown


def test_other_branches_do_not_see_a_case(client, wang, first_branch):
    case = case_at(first_branch, "activist")
    client.force_login(wang)

    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get(url("development_paper", case, "candidate")).status_code == 404


# --- forms -------------------------------------------------------------------------------------


def test_a_new_applicant_is_registered_once_however_often_the_form_is_sent(
    client, li, first_branch
):
    client.force_login(li)
    address = reverse("members:new_development_case")
    said = {
        "submission_key": client.get(address).context["submission_key"],
        "organization": first_branch.public_id,
        "name": "何新晨",
        "born_on": "2001-05-05",
        "applied_on": "2026-11-02",
        "papers": "on",
    }

    answers = {client.post(address, said)["Location"] for _ in range(3)}

    with everything(reason="test"):
        case = DevelopmentCase.objects.get()
        assert answers == {case.get_absolute_url()}
        assert case.papers.get().name == "入党申请书"


def test_what_is_missing_or_refused_is_told_at_its_field(client, li, first_branch):
    client.force_login(li)
    address = reverse("members:new_development_case")
    shared = {"organization": first_branch.public_id, "applied_on": "2026-11-02"}

    nobody = post(client, address, **shared)
    child = post(client, address, name="何新晨", born_on="2012-05-05", **shared)

    assert nobody.context["form"].errors["name"] == ["没有选已有档案的人，请填写姓名。"]
    assert "未满 18 周岁" in child.context["form"].errors["applied_on"][0]
    with everything(reason="test"):
        assert not Member.objects.filter(name="何新晨").exists()


def test_a_vote_is_recorded_in_the_browser_and_admits(client, li, first_branch):
    case = case_at(first_branch, "pre_review")
    client.force_login(li)
    counts = {"due_voters": 12, "present_voters": 11, "yes": 11, "no": 0, "abstain": 0}

    answer = post(
        client,
        url("development_step", case, "admission"),
        done_on="2025-11-10",
        is_secret="yes",
        papers=["决议"],
        **counts,
    )

    assert answer.status_code == 302
    with everything(reason="test"):
        step = DevelopmentStep.objects.get(code="admission")
        assert (step.passed, step.is_secret, step.case.member.category) == (
            True,
            True,
            "probationary",
        )


def test_a_form_of_an_older_version_is_not_saved(client, li, first_branch):
    case = case_at(first_branch, "talk")
    client.force_login(li)

    answer = post(
        client, url("development_step", case, "activist"), done_on="2024-06-03", version="0"
    )

    assert "别人刚才改过" in answer.content.decode()
    with everything(reason="test"):
        assert not case.steps.filter(code="activist").exists()


def test_reviews_leaving_and_ending_have_their_forms(client, li, first_branch):
    case = case_at(first_branch, "activist")
    client.force_login(li)

    post(client, url("development_review", case), reviewed_on="2024-12-01", conclusion="较好")
    post(client, url("development_leaving", case), leaving_on="2027-01-10")
    early = post(
        client, url("development_ending", case), on="2024-01-01", outcome="ended", reason="其他"
    )
    post(client, url("development_ending", case), on="2026-11-20", outcome="left", reason="调离")

    assert "结束日期不能更早" in early.context["form"].errors["on"][0]
    with everything(reason="test"):
        case.refresh_from_db()
        assert case.reviews.get().conclusion == "较好"
    assert (case.leaving_on, case.outcome) == (day("2027-01-10"), "left")


# --- lists and alerts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", ["何新晨", "吴小梅"]),
        ("?stage=1", ["吴小梅"]),
        ("?q=新晨", ["何新晨"]),
        ("?state=confirmed", ["白知行"]),
        ("?state=all", ["何新晨", "吴小梅", "白知行"]),
    ],
)
def test_cases_are_found_by_stage_name_and_outcome(client, li, first_branch, asked, names):
    case_at(first_branch, "activist")
    DevelopmentCaseFactory(member=MemberFactory(name="何新晨", branch=first_branch))
    DevelopmentCaseFactory(
        member=MemberFactory(name="白知行", branch=first_branch),
        closed_on=day("2026-01-01"),
        outcome="confirmed",
    )
    client.force_login(li)

    page = client.get(reverse("members:development_cases") + asked)

    found = sorted(card.case.member.name for card in page.context["cards"])
    assert found == sorted(names)


def test_a_branch_is_stalled_after_three_years_without_anybody(
    zhao, first_branch, second_branch, today
):
    MemberFactory(branch=first_branch, joined_on=day("2023-11-21"))
    MemberFactory(branch=second_branch, joined_on=day("2023-11-20"))

    with scoped_to(zhao.scope_for("members.view_development")):
        assert list(stalled_branches(today)) == [second_branch]
        DevelopmentStepFactory(
            case=DevelopmentCaseFactory(member=MemberFactory(branch=second_branch)),
            code="admission",
            done_on=day("2025-02-03"),
        )
        assert list(stalled_branches(today)) == []


def test_alerts_name_what_is_late_who_leaves_and_which_branch_stands_still(li, first_branch, today):
    case = case_at(first_branch, "pre_review", name="何新晨")
    with everything(reason="test"):
        DevelopmentCase.objects.update(leaving_on=day("2026-12-31"))
    MemberFactory(branch=first_branch, joined_on=day("2015-01-01"))

    told = {alert.code: list(notices) for alert, notices in alerts_for(li, today)}

    (late,) = told["members.development_due"]
    assert (late.is_late, late.due_on, late.url) == (
        True,
        day("2025-11-20"),
        case.get_absolute_url(),
    )
    assert "第十九条" in late.cite
    (leaving,) = told["members.development_leaving"]
    assert "2026-12-31 离开" in leaving.text
    assert [notice.place for notice in told["members.stalled_branches"]] == ["第一党支部"]


# --- papers ------------------------------------------------------------------------------------


def text_of(content):
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in paper.paragraphs] + cells)


FILLED = {
    "activist_filed": "培养联系人\n赵明漪",
    "candidate": "公示时间：2025年6月20日至2025年6月30日。",
    "candidate_filed": "青岚市档案局机关党委：",
    "admission": "赞成 11 票，反对 0 票，弃权 0 票",
    "confirmation": "预备期至2026年11月10日",
}


@pytest.fixture
def whole(first_branch):
    """A case that has gone all the way to the meeting about 转正."""
    case = case_at(
        first_branch,
        "pre_review",
        id_number="110101199001011237",
        phone="13800001234",
        born_on=day("1990-01-01"),
    )
    votes = {"due_voters": 12, "present_voters": 11, "yes": 11, "no": 0, "abstain": 0}
    DevelopmentStepFactory(
        case=case, code="admission", done_on=day("2025-11-10"), is_secret=True, **votes
    )
    DevelopmentStepFactory(case=case, code="confirmation", done_on=day("2026-11-12"), **votes)
    DevelopmentSponsorFactory(case=case, name="赵明漪")
    with everything(reason="test"):
        case.steps.filter(code="candidate").update(
            span_from=day("2025-06-20"), span_to=day("2025-06-30")
        )
    return case


@pytest.mark.parametrize("code", list(development_papers.PAPERS))
def test_a_paper_is_filled_and_lists_first_what_it_lacks(client, li, whole, code):
    client.force_login(li)
    address = url("development_paper", whole, code)
    paper = development_papers.PAPERS[code]

    page, file = client.get(address), client.post(address)

    text = text_of(file.content)
    assert FILLED[code] in text
    assert "吴小梅" in text
    assert "{{" not in text
    lines = text.count(documents.BLANK)
    assert lines >= len(page.context["gaps"])
    assert file["Cache-Control"] == "no-store"
    with everything(reason="test"):
        entry = AuditEntry.objects.get()
    assert (entry.action, paper.title in entry.summary) == (
        "members.developmentcase.paper_written",
        True,
    )


@pytest.mark.parametrize("code", list(development_papers.PAPERS))
def test_a_paper_knows_all_the_places_of_its_template(whole, code):
    """What a template asks for is a value that the paper gives, be it empty."""
    paper = development_papers.PAPERS[code]
    with everything(reason="test"):
        values = development_papers.values_of(paper, whole)

    assert set(documents.missing(paper.template, {})) == values.keys() & set(
        documents.missing(paper.template, {})
    )


def test_numbers_are_masked_unless_a_reason_is_given(client, li, whole):
    client.force_login(li)
    address = url("development_paper", whole, "activist_filed")

    masked = text_of(client.post(address).content)
    shown = text_of(client.post(address, {"reason": "报上级备案"}).content)

    assert "110101********1237" in masked
    assert "110101199001011237" not in masked
    assert "110101199001011237" in shown
    with everything(reason="test"):
        entry = AuditEntry.objects.latest("sequence")
    assert entry.after == {"原因": "报上级备案"}
    assert "110101199001011237" not in str(entry.summary)
