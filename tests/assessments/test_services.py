"""Loading schemes, giving marks, keeping running scorecards."""

import datetime as dt

import pytest

from activities.models import Meeting
from assessments.cards import Subject
from assessments.models import Mark, Scheme, Scorecard
from assessments.queries.scorecards import newest_scheme
from assessments.services.marks import MarkRefused, give_mark
from assessments.services.schemes import SchemeUnsupported, load_scheme
from assessments.services.scorecards import store_scorecards
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.scoping import scoped_to
from tests.assessments.conftest import RUBRIC, hold
from tests.factories.branches import PartyOrganizationFactory

YEAR = Period.year(2026)
AS_OF = dt.date(2026, 11, 21)

pytestmark = pytest.mark.usefixtures("everywhere")


def test_a_scheme_is_loaded_with_its_lines_and_its_source(db):
    scheme, is_new = load_scheme(actor=None, raw=RUBRIC.read_bytes())

    assert (is_new, scheme.edition, scheme.is_running) == (True, 1, True)
    assert scheme.items.count() == 12
    assert scheme.source.encode() == RUBRIC.read_bytes()
    assert AuditEntry.objects.get().action == "assessments.scheme.loaded"


def test_the_same_file_again_changes_nothing(rubric):
    again, is_new = load_scheme(actor=None, raw=RUBRIC.read_bytes())

    assert (again, is_new, Scheme.objects.count()) == (rubric, False, 1)
    assert AuditEntry.objects.count() == 1


def test_a_changed_file_makes_a_new_edition_and_stops_the_old_one(rubric):
    changed = RUBRIC.read_text("utf-8").replace("班子战斗力", "班子凝聚力").encode()

    scheme, is_new = load_scheme(actor=None, raw=changed)

    assert (is_new, scheme.edition) == (True, 2)
    assert newest_scheme("gdou-branch-rubric") == scheme
    rubric.refresh_from_db()
    assert (rubric.is_running, scheme.is_running) == (False, True)
    assert rubric.items.get(number=4).title == "班子战斗力"


def test_the_first_file_after_the_second_is_the_third_edition(rubric):
    load_scheme(actor=None, raw=RUBRIC.read_bytes() + b"# changed\n")

    scheme, _ = load_scheme(actor=None, raw=RUBRIC.read_bytes())

    assert scheme.edition == 3


def test_a_scheme_that_cannot_be_computed_is_not_loaded_by_half(db):
    raw = RUBRIC.read_bytes() + b"weights: {}\n"

    with pytest.raises(SchemeUnsupported, match=r"^“weights”$"):
        load_scheme(actor=None, raw=raw)

    assert Scheme.objects.count() == 0


@pytest.fixture
def judged(rubric):
    """支部书记: 3, 2 or 1, never 0."""
    return rubric.items.get(title="支部书记")


def mark(item, branch, actor, points=2, version=0, reason="述职材料一般"):
    return give_mark(
        actor=actor,
        item=item,
        subject=Subject(branch),
        period=YEAR,
        values={"1": {"points": str(points)}},
        reason=reason,
        version=version,
    )


def test_a_mark_is_given_and_audited(judged, first_branch, zhao):
    given = mark(judged, first_branch, zhao)

    entry = AuditEntry.objects.order_by("sequence").last()
    assert (given.values, given.version, given.given_by) == ({"1": {"points": "2"}}, 1, zhao)
    assert (entry.action, entry.place) == ("assessments.mark.given", first_branch.path)
    assert entry.summary == "第一党支部 2026年“支部书记”评 2 分"
    assert (entry.before, entry.after) == (
        None,
        {"values": {"1": {"points": "2"}}, "reason": "述职材料一般"},
    )


def test_a_mark_is_changed_by_whoever_saw_it(judged, first_branch, zhao):
    mark(judged, first_branch, zhao)

    changed = mark(judged, first_branch, zhao, points=3, version=1, reason="补交了材料")

    entry = AuditEntry.objects.order_by("sequence").last()
    assert (changed.values, changed.version) == ({"1": {"points": "3"}}, 2)
    assert entry.action == "assessments.mark.changed"
    assert [told["values"]["1"]["points"] for told in (entry.before, entry.after)] == ["2", "3"]


@pytest.mark.parametrize("version", [0, 2])
def test_a_mark_seen_in_another_version_is_not_overwritten(judged, first_branch, zhao, version):
    mark(judged, first_branch, zhao)

    with pytest.raises(StaleVersion):
        mark(judged, first_branch, zhao, points=3, version=version)

    assert Mark.objects.get().values == {"1": {"points": "2"}}


def test_a_mark_that_is_not_there_any_more_is_not_made_anew(judged, first_branch, zhao):
    with pytest.raises(StaleVersion):
        mark(judged, first_branch, zhao, version=1)

    assert Mark.objects.count() == 0


@pytest.mark.parametrize("points", ["0", "2.5", "4"])
def test_a_mark_that_is_no_option_is_refused(judged, first_branch, zhao, points):
    with pytest.raises(MarkRefused, match=r"^评的 .* 分不在可评的 3、2、1 分之内。$"):
        mark(judged, first_branch, zhao, points=points)

    assert Mark.objects.count() == 0


def test_a_measured_line_takes_no_mark(rubric, first_branch, zhao):
    measured = rubric.items.get(title="支部党员大会")

    with pytest.raises(MarkRefused, match=r"^此项由记录计算，不能直接评分。$"):
        mark(measured, first_branch, zhao, points=5)


def test_kept_scorecards_hold_the_points_of_the_moment(rubric, first_branch, committee_in_office):
    hold(first_branch, Meeting.Kind.GENERAL_MEETING, "2026-03-12", "2026-06-20", "2026-09-24")

    assert store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF) == 2

    kept = Scorecard.objects.get(organization=first_branch)
    assert (kept.points, kept.full_score, kept.unscored, kept.pending) == (5, 33, 8, 1)
    assert kept.lines[5]["points"] == "5.0"
    assert kept.lines[5]["measured"][0] == ["第一季度", 1, "enough"]


def test_computing_again_replaces_what_was_kept(rubric, first_branch):
    store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)
    before = Scorecard.objects.get()
    hold(first_branch, Meeting.Kind.DEMOCRATIC_APPRAISAL, "2026-11-10")

    store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)

    after = Scorecard.objects.get()
    assert (before.points, after.points, after.pending) == (0, 3, 0)
    assert after.computed_at > before.computed_at


def test_a_branch_that_is_no_subject_any_more_loses_its_card(rubric, first_branch, second_branch):
    store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)
    second_branch.dissolved_on = dt.date(2025, 12, 1)
    second_branch.save()

    store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)

    assert [card.organization for card in Scorecard.objects.all()] == [first_branch]


def test_computing_in_a_scope_leaves_the_neighbours_cards_alone(
    rubric, first_branch, second_branch, li
):
    store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)
    stamp = Scorecard.objects.get(organization=second_branch).computed_at

    with scoped_to(li.scope_for("assessments.view_scorecard")):
        assert store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF) == 1

    assert Scorecard.objects.get(organization=second_branch).computed_at == stamp
    assert Scorecard.objects.get(organization=first_branch).computed_at > stamp


# Four indicators; branches, terms, marks; the lock, what was kept, what is kept now; and the
# savepoint, set and released.
QUERIES_OF_KEEPING = 4 + 3 + 3 + 2


def test_keeping_takes_the_same_queries_for_3_and_for_30_branches(
    rubric, committee, django_assert_num_queries
):
    for count in (3, 27):
        for _ in range(count):
            PartyOrganizationFactory(superior=committee)
        with django_assert_num_queries(QUERIES_OF_KEEPING):
            store_scorecards(scheme=rubric, period=YEAR, as_of=AS_OF)
