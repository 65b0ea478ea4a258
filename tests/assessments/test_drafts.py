"""Schemes that are being written: nothing counts them, two people may write, an issue is for good."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction

from assessments.engine.document import Category, Line
from assessments.engine.editing import Lost, key_of, ordered, with_order_in
from assessments.engine.written import as_json
from assessments.models import Scheme, SchemeItem
from assessments.queries.drafts import deleted_drafts, free_scheme_code, open_drafts
from assessments.services.drafts import (
    blank_scheme,
    change_draft,
    copy_scheme,
    delete_draft,
    draft_scheme,
    issue_draft,
    recode_draft,
    restore_draft,
)
from assessments.tasks import queue_running
from branches.roles import Role
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.cast import account

CHANGE = "assessments.change_scheme"
pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def office(zhao):
    """Open the scope of the committee's staff."""
    with scoped_to(zhao.scope_for(CHANGE)):
        yield zhao


@pytest.fixture
def draft(office, committee, rubric):
    """A draft like the rubric of the demonstration."""
    return copy_scheme(actor=office, organization=committee, scheme=rubric, title="2027年考核办法")


def heavier(plan, points="9"):
    """Return the plan with another full mark of its first category."""
    first = replace(plan.categories[0], max=Decimal(points))
    return replace(plan, categories=(first, *plan.categories[1:]))


def change(draft, office, plan, version=None):
    return change_draft(
        actor=office, draft=draft, version=version or draft.version, document=plan, what="改"
    )


def test_a_copy_says_what_the_edition_says_and_leaves_it_alone(draft, rubric):
    before = rubric.document_sha256

    assert draft.plan == replace(rubric.plan, title="2027年考核办法")
    rubric.refresh_from_db()
    assert (rubric.document_sha256, rubric.ended_on) == (before, None)


def test_a_draft_is_no_scheme_and_nobody_computes_it(draft, rubric):
    jobs = queue_running(dt.date(2026, 11, 6))

    assert list(Scheme.objects.all()) == [rubric]
    assert {job.arguments["scheme"] for job in jobs} == {rubric.public_id}


def test_what_is_changed_is_noted_with_who_and_what(draft, office):
    change_draft(
        actor=office,
        draft=draft,
        version=draft.version,
        document=heavier(draft.plan),
        what="改类别“甲”",
        before={"满分": "20"},
        after={"满分": "9"},
    )

    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.actor_name, entry.action) == (office.name, "assessments.schemedraft.changed")
    assert "改类别“甲”" in entry.summary
    assert (entry.before, entry.after) == ({"满分": "20"}, {"满分": "9"})


def test_who_saves_over_an_older_version_is_told_and_nothing_is_written(draft, office):
    change(draft, office, heavier(draft.plan), version=1)

    with pytest.raises(StaleVersion), transaction.atomic():
        change(draft, office, heavier(draft.plan, "5"), version=1)
    assert open_drafts().get().plan.categories[0].max == 9


def test_an_issue_makes_an_edition_that_counts_from_the_next_period(draft, office, rubric):
    scheme = issue_draft(actor=office, draft=draft, version=1, begins="2027")

    rubric.refresh_from_db()
    assert (scheme.code, scheme.edition, scheme.title) == (rubric.code, 2, "2027年考核办法")
    assert (scheme.started_on, rubric.ended_on) == (dt.date(2027, 1, 1), dt.date(2027, 1, 1))
    assert scheme.document == as_json(draft.plan)
    lines = SchemeItem.objects.filter(scheme=scheme, number__gt=0)
    assert [item.code for item in lines] == [line.code for line in rubric.plan.lines]
    assert AuditEntry.objects.get(action="assessments.scheme.issued").actor_name == office.name


def test_each_period_is_computed_by_the_edition_that_holds_in_it(draft, office, rubric):
    scheme = issue_draft(actor=office, draft=draft, version=1, begins="2027")

    def computed(day):
        jobs = queue_running(day)
        return {(job.arguments["scheme"], job.arguments["period"]) for job in jobs}

    assert computed(dt.date(2026, 11, 6)) == {(rubric.public_id, "2026")}
    assert computed(dt.date(2027, 1, 9)) == {
        (rubric.public_id, "2026"),
        (scheme.public_id, "2027"),
    }
    states = [rubric, scheme]
    for one in states:
        one.refresh_from_db()
    assert [one.state_on(dt.date(2026, 11, 6)) for one in states] == ["进行中", "未开始"]
    assert [one.state_on(dt.date(2027, 2, 6)) for one in states] == ["已停用", "进行中"]


def test_a_second_issue_before_the_first_counts_takes_its_place(draft, office, rubric):
    first = issue_draft(actor=office, draft=draft, version=1, begins="2027")
    again = copy_scheme(
        actor=office, organization=draft.organization, scheme=first, title="2027年考核办法"
    )
    second = issue_draft(actor=office, draft=again, version=1, begins="2027")

    first.refresh_from_db()
    assert first.state_on(dt.date(2026, 11, 6)) == "已停用"
    jobs = queue_running(dt.date(2027, 3, 1))
    assert {job.arguments["scheme"] for job in jobs} == {second.public_id}


def test_a_new_scheme_may_begin_in_the_running_period(office, committee, rubric):
    code = replace(rubric.plan, code="another")
    draft = draft_scheme(actor=office, organization=committee, document=code)

    assert issue_draft(actor=office, draft=draft, version=1, begins="2026").edition == 1


def test_the_edition_before_is_never_stopped_in_the_running_period(draft, office):
    with pytest.raises(Refused, match="请重新选从哪一期起用"):
        issue_draft(actor=office, draft=draft, version=1, begins="2026")


def test_what_was_issued_cannot_be_changed_issued_or_deleted(draft, office):
    issue_draft(actor=office, draft=draft, version=1, begins="2027")

    for act in (
        lambda: change(draft, office, heavier(draft.plan)),
        lambda: issue_draft(actor=office, draft=draft, version=draft.version, begins="2027"),
        lambda: delete_draft(actor=office, draft=draft, version=draft.version),
    ):
        with pytest.raises(Refused, match="已经下发"):
            act()


def test_who_stands_below_the_top_drafts_and_does_not_issue(rubric, first_branch):
    below = account("bai", "白起草", "office_staff", first_branch)
    with scoped_to(below.scope_for(CHANGE)):
        draft = copy_scheme(actor=below, organization=first_branch, scheme=rubric, title="本级")
        with pytest.raises(Refused, match="请由最上级党组织的工作人员下发"):
            issue_draft(actor=below, draft=draft, version=1, begins="2027")


def test_nobody_issues_a_scheme_as_nobody(draft):
    with pytest.raises(Refused):
        issue_draft(actor=None, draft=draft, version=1, begins="2027")


def test_what_cannot_be_computed_is_named_and_not_issued(draft, office):
    long = replace(draft.plan.lines[0], title="长" * 101)
    change(draft, office, replace(draft.plan, lines=(long, *draft.plan.lines[1:])))

    with pytest.raises(Refused, match="名称有 101 个字，最多 100 个"):
        issue_draft(actor=office, draft=draft, version=draft.version, begins="2027")
    assert Scheme.objects.count() == 1


def test_a_scheme_without_a_line_is_not_issued(office, committee):
    draft = blank_scheme(
        actor=office, organization=committee, title="空的", subject="branch", period="year"
    )

    with pytest.raises(Refused, match="还没有一个考核项目"):
        issue_draft(actor=office, draft=draft, version=1, begins="2026")


def test_two_lines_of_one_code_are_no_draft(office, committee, rubric):
    line = rubric.plan.lines[0]
    twice = replace(rubric.plan, lines=(line, line))

    with pytest.raises(Refused, match="用了不止一次"):
        draft_scheme(actor=office, organization=committee, document=twice)


def test_a_deleted_draft_waits_in_the_trash_and_comes_back_whole(draft, office):
    plan = draft.plan
    delete_draft(actor=office, draft=draft, version=1)
    assert (list(open_drafts()), list(deleted_drafts())) == ([], [draft])

    restore_draft(actor=office, draft=deleted_drafts().get())
    assert open_drafts().get().plan == plan


def test_a_new_order_holds_every_part_exactly_once():
    lines = tuple(Line(code=code, title=code, category=code[0]) for code in ("A1", "B1", "A2"))
    keys = [key_of(line) for line in lines]

    assert ordered(lines, keys[::-1]) == lines[::-1]
    for wrong in (keys[:2], [*keys, keys[0]], [keys[0], keys[0], keys[2]], [*keys[:2], "x"]):
        with pytest.raises(Lost):
            ordered(lines, wrong)


def test_lines_of_a_category_change_places_among_themselves(rubric):
    codes = [line.code for line in rubric.plan.lines]
    category = rubric.plan.lines[0].category
    own = [line for line in rubric.plan.lines if line.category == category]

    plan = with_order_in(rubric.plan, category, [key_of(line) for line in own[::-1]])

    assert sorted(line.code for line in plan.lines) == sorted(codes)
    assert [one for one in plan.lines if one.category == category] == own[::-1]
    others = [line for line in rubric.plan.lines if line.category != category]
    assert [one for one in plan.lines if one.category != category] == others


def test_a_category_has_a_key_whatever_its_code_is():
    assert len({key_of(Category(code=code, name="")) for code in ("", "/", "..", "A")}) == 4


# --- one code, two trees ---------------------------------------------------------------------


@pytest.fixture
def foreign_office(foreign_committee):
    """Somebody who writes schemes at the committee of another agency."""
    return account("han", "韩听澜", Role.OFFICE_STAFF, foreign_committee)


@pytest.fixture
def issued(draft, office):
    """The scheme that our committee has issued."""
    return issue_draft(actor=office, draft=draft, version=1, begins="2027")


@pytest.fixture
def foreign_draft(issued, foreign_office, foreign_committee):
    """A copy of it that the other agency means to issue for itself."""
    with scoped_to(foreign_office.scope_for(CHANGE)):
        return copy_scheme(
            actor=foreign_office,
            organization=foreign_committee,
            scheme=issued,
            title="云渚区考核办法",
        )


def test_an_issue_ends_no_edition_of_a_committee_of_another_tree_and_keeps_the_draft(
    issued, foreign_draft, foreign_office
):
    with scoped_to(foreign_office.scope_for(CHANGE)):
        with pytest.raises(Refused, match="您下发会停掉他们的，所以没有下发，草稿都在"):
            issue_draft(actor=foreign_office, draft=foreign_draft, version=1, begins="2028")
        kept = open_drafts().get()

    issued.refresh_from_db()
    assert (issued.is_running, issued.ended_on) == (True, None)
    assert Scheme.objects.filter(code=issued.code).latest("edition") == issued
    assert (kept, kept.version, str(kept)) == (foreign_draft, 1, "云渚区考核办法")


def test_under_another_code_both_committees_have_their_scheme(
    issued, foreign_draft, foreign_office
):
    with scoped_to(foreign_office.scope_for(CHANGE)):
        own = recode_draft(actor=foreign_office, draft=foreign_draft, version=1)
        scheme = issue_draft(actor=foreign_office, draft=own, version=own.version, begins="2026")

    issued.refresh_from_db()
    assert issued.ended_on is None
    assert (scheme.code, scheme.edition) == (f"{issued.code}-2", 1)
    assert replace(scheme.plan, code=issued.code, title=issued.title) == issued.plan
    with everything(reason="the test looks"):
        noted = AuditEntry.objects.filter(action="assessments.schemedraft.changed").latest("at")
    assert (noted.before, noted.after) == ({"code": issued.code}, {"code": scheme.code})


def test_the_committee_that_issued_goes_on_with_its_scheme(issued, office, committee):
    again = copy_scheme(actor=office, organization=committee, scheme=issued, title="再改")

    second = issue_draft(actor=office, draft=again, version=1, begins="2027")

    issued.refresh_from_db()
    assert (second.edition, issued.ended_on) == (issued.edition + 1, dt.date(2027, 1, 1))


def test_a_branch_of_the_same_tree_drafts_what_its_committee_issues(issued, office, first_branch):
    below = copy_scheme(actor=office, organization=first_branch, scheme=issued, title="支部起草")

    assert issue_draft(actor=office, draft=below, version=1, begins="2027").edition == 3


def test_a_code_that_nobody_else_has_is_kept(draft, office):
    with pytest.raises(Refused, match="不用换"):
        recode_draft(actor=office, draft=draft, version=1)

    draft.refresh_from_db()
    assert draft.version == 1


def test_a_suggested_code_is_free_of_editions_and_drafts(draft, office, committee):
    code = draft.plan.code
    taken = replace(draft.plan, code=f"{code}-2")
    draft_scheme(actor=office, organization=committee, document=taken)
    Scheme.objects.create(code=f"{code}-3", title="别的", subject="branch", per="year")

    assert free_scheme_code(code) == f"{code}-4"
    assert len(free_scheme_code("长" * 60)) == 56
