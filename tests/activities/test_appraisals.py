"""民主评议党员: who takes part, ballots that add up, grades, a third of the group, what follows."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from activities.forms.appraisals import COLUMNS, AppraisalGrid, UnreadableCell, read_cell
from activities.models import Appraisal, AppraisalEntry
from activities.queries.appraisals import (
    reading_of,
    readings_of,
    tallies_of,
    within_share,
)
from activities.services.appraisals import (
    AppraisalRefused,
    CellChange,
    begin_appraisal,
    correct_appraisal,
    enter_results,
    write_result,
)
from branches.services.events import merge_organization
from members.models import Member, Membership
from partybuild.alerts import alerts
from partybuild.audit import history_of
from partybuild.ledgers import ledgers
from partybuild.merging import CellsTaken, StaleVersion
from partybuild.milestones import life_of, own_life_of
from partybuild.models import AuditEntry
from partybuild.panels import own_panels_for, panels_for
from partybuild.periods import Period
from partybuild.refusals import CellsRefused
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.appraisals import AppraisalEntryFactory, AppraisalFactory, many_appraisals
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("today")
TODAY = dt.date(2026, 11, 21)
SECRET = "作风不够扎实"


@pytest.fixture
def appraisal(first_branch, roll):
    """Four full members and Ding on probation; five ballots were given out and came back."""
    return AppraisalFactory(organization=first_branch, present=5, issued=5, received=5)


def read(appraisal):
    with everything(reason="the test reads"):
        return reading_of(Appraisal.objects.select_related("organization").get(pk=appraisal.pk))


def entered(actor, appraisal, *cells):
    """Enter cells: (member, column, value) or (member, column, value, what it held)."""
    changes = [
        CellChange(cell[0], cell[1], cell[2], cell[3] if len(cell) > 3 else _empty(cell[1]))
        for cell in cells
    ]
    with everything(reason="the test enters"):
        return enter_results(actor=actor, appraisal=appraisal, changes=changes)


def _empty(column):
    return None if column in AppraisalEntry.COUNTS else ""


def graded(actor, appraisal, people, grade):
    entered(actor, appraisal, *((one, "grade", grade) for one in people))


def stored(appraisal):
    with everything(reason="the test looks at what was stored"):
        rows = AppraisalEntry.objects.filter(appraisal=appraisal).select_related("member")
        return {row.member.name: row for row in rows}


# --- a third of the group ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "most"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (10, 3), (12, 4)]
)
def test_a_third_is_counted_in_whole_people(group, most):
    kept = [chosen for chosen in range(group + 2) if within_share(chosen, group, part=1, of=3)]

    assert kept == list(range(most + 1))


@given(
    chosen=st.integers(0, 200),
    group=st.integers(0, 200),
    part=st.integers(1, 5),
    of=st.integers(1, 9),
)
def test_a_share_has_no_rounding_and_grows_with_the_group(chosen, group, part, of):
    kept = within_share(chosen, group, part=part, of=of)

    assert kept == (chosen <= group * part // of)
    assert not kept or within_share(chosen, group + 1, part=part, of=of)
    assert kept or not within_share(chosen + 1, group, part=part, of=of)


@pytest.mark.parametrize(
    ("size", "excellent", "warned"),
    [(1, 1, True), (2, 1, True), (3, 1, False), (3, 2, True), (4, 1, False), (4, 2, True)],
)
def test_more_than_a_third_is_saved_and_told_with_the_rule(
    li, second_branch, size, excellent, warned
):
    people = [enrolled(f"党员{at}", second_branch, pinyin=str(at)) for at in range(size)]
    appraisal = AppraisalFactory(organization=second_branch)

    graded(li, appraisal, people[:excellent], "excellent")

    reading = read(appraisal)
    assert (reading.excellent, reading.exceeds_share) == (excellent, warned)
    if warned:
        assert reading.share_words == (
            f"评定优秀 {excellent} 人，未达到一般要求：优秀一般不超过正式党员的 3 分之 1"
            f"（《中国共产党支部工作条例（试行）》第十八条），{size} 名正式党员一般不超过 {size // 3} 人。"
            "结果照样保存，请支部再研究一次。"
        )


def test_probationary_members_are_not_in_the_group(li, roll, appraisal):
    graded(li, appraisal, roll[:2], "excellent")

    assert [one.member.name for one in read(appraisal).full] == [
        "李秀岩",
        "安小河",
        "白一舟",
        "陈望南",
    ]
    assert read(appraisal).exceeds_share


def test_before_there_was_a_rule_nothing_is_said(li, first_branch, roll):
    appraisal = AppraisalFactory(organization=first_branch, year=2017, held_on=dt.date(2017, 12, 1))
    with everything(reason="they were there already"):
        Membership.objects.update(started_on=None)
    graded(li, appraisal, roll[:3], "excellent")

    assert (read(appraisal).exceeds_share, read(appraisal).share_rule) == (False, "")


# --- who takes part ------------------------------------------------------------------------------


def test_who_takes_part_is_the_formal_roll_of_the_day(li, first_branch, second_branch, roll):
    appraisal = AppraisalFactory(organization=first_branch)
    guest = enrolled("客人", second_branch)
    suspended = enrolled("停籍", first_branch, state="suspended", state_since=dt.date(2026, 5, 1))
    later = enrolled("后来", first_branch)
    with everything(reason="the test moves people"):
        Membership.objects.create(member=guest, organization=first_branch, kind="second")
        Membership.objects.filter(member=suspended).update(ended_on=dt.date(2026, 5, 1))
        Membership.objects.filter(member=later).update(started_on=dt.date(2026, 11, 11))
        Membership.objects.filter(member=roll[3]).update(ended_on=dt.date(2026, 11, 11))

    names = [one.member.name for one in read(appraisal).people]

    assert names == ["李秀岩", "安小河", "白一舟", "陈望南", "丁初晴"]


def test_whoever_was_confirmed_after_the_day_was_on_probation_then(
    li, first_branch, roll, appraisal
):
    confirmed = enrolled("才转正", first_branch, confirmed_on=dt.date(2026, 11, 15))

    with pytest.raises(CellsRefused) as refused:
        graded(li, appraisal, [confirmed], "qualified")

    assert refused.value.reasons == {(confirmed.pk, "grade"): "预备党员参加评议，不定等次。"}


def test_a_probationary_member_has_ballots_and_a_word_and_no_grade(li, roll, appraisal):
    ding = roll[4]

    entered(
        li,
        appraisal,
        (ding, "excellent", 4),
        (ding, "abstained", 1),
        (ding, "own_grade", "qualified"),
    )
    with pytest.raises(CellsRefused):
        graded(li, appraisal, [ding], "none")

    row = stored(appraisal)["丁初晴"]
    assert (row.excellent, row.abstained, row.own_grade, row.grade) == (4, 1, "qualified", "")


def test_somebody_of_elsewhere_cannot_be_appraised(li, appraisal, second_branch):
    stranger = enrolled("外人", second_branch)

    with pytest.raises(CellsRefused) as refused:
        graded(li, appraisal, [stranger], "qualified")

    assert list(refused.value.reasons.values()) == ["2026-11-10 不在本支部名册上。"]


def test_after_a_merger_an_appraisal_stays_with_its_branch(
    zhao, li, first_branch, second_branch, roll, appraisal
):
    graded(li, appraisal, roll[:1], "qualified")
    with everything(reason="the branches are merged"):
        merge_organization(
            actor=zhao,
            organization=first_branch,
            target=second_branch,
            on=dt.date(2026, 11, 20),
            document="青档党〔2026〕9号",
        )
    later = AppraisalFactory(organization=second_branch, held_on=dt.date(2026, 12, 1))

    assert [len(read(one).people) for one in (appraisal, later)] == [5, 5]
    assert (read(appraisal).grades["qualified"], read(later).grades["qualified"]) == (1, 0)


# --- ballots -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"present": 4, "issued": 5}, "issued"),
        ({"present": 5, "issued": 5, "received": 6}, "received"),
        ({"received": 3}, "issued"),
        ({"present": None, "issued": 300, "received": 301}, "received"),
    ],
)
def test_no_more_ballots_come_back_than_were_given_to_those_present(
    everywhere, li, first_branch, roll, numbers, field
):
    with pytest.raises(AppraisalRefused) as refusal:
        begin_appraisal(actor=li, organization=first_branch, year=2026, held_on=TODAY, **numbers)

    assert refusal.value.field == field
    assert not Appraisal.objects.exists()


def test_who_was_at_the_meeting_is_counted_from_its_attendance(everywhere, li, first_branch, roll):
    meeting = ActivityFactory(organization=first_branch)
    for member, status in zip(roll[:3], ("present", "present", "absent"), strict=True):
        AttendanceFactory(activity=meeting, member=member, status=status)
    fields = {"organization": first_branch, "year": 2026, "held_on": TODAY, "activity": meeting}

    with pytest.raises(AppraisalRefused, match="多于参加测评的 2 人"):
        begin_appraisal(actor=li, **fields, issued=3)
    begun = begin_appraisal(actor=li, **fields, issued=2, received=2)

    assert read(begun).present == 2


def test_ballots_of_one_member_are_no_more_than_came_back(li, roll, appraisal):
    an = roll[1]
    with pytest.raises(CellsRefused) as refused:
        entered(li, appraisal, (an, "excellent", 3), (an, "qualified", 3))

    assert set(refused.value.reasons.values()) == {"各项加起来 6 票，多于收回的 5 张。"}
    assert stored(appraisal) == {}
    entered(li, appraisal, (an, "excellent", 3), (an, "qualified", 2))
    assert (stored(appraisal)["安小河"].excellent, stored(appraisal)["安小河"].qualified) == (3, 2)


def test_ballots_cannot_be_entered_before_it_is_said_how_many_came_back(li, first_branch, roll):
    appraisal = AppraisalFactory(organization=first_branch, received=None)

    with pytest.raises(CellsRefused) as refused:
        entered(li, appraisal, (roll[1], "excellent", 0))

    assert "请先在“评议情况”里填写收回多少张测评票。" in refused.value.reasons.values()


def test_the_ballots_that_came_back_cannot_fall_below_what_was_entered(
    everywhere, li, roll, appraisal
):
    entered(li, appraisal, (roll[1], "excellent", 5))

    with pytest.raises(AppraisalRefused, match="已有人录了 5 票"):
        correct_appraisal(actor=li, appraisal=appraisal, version=1, received=4)

    assert Appraisal.objects.get().received == 5


# --- the grid ------------------------------------------------------------------------------------


@pytest.fixture
def page(client, li, appraisal):
    client.force_login(li)
    return client


def grid_url(appraisal):
    return reverse("activities:enter_results", args=[appraisal.public_id])


def cells(key="k", **by_cell):
    """What the script hands in: changed cells, each with what it held."""
    data = {"submission_key": key * 32}
    for name, (text, was) in by_cell.items():
        data |= {name: text, f"was-{name}": was}
    return data


def cell(member, column):
    return f"c-{member.public_id}-{column}"


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("12", "excellent", 12),
        (" １２票 ", "excellent", 12),
        ("0", "abstained", 0),
        ("", "basic", None),
        ("—", "basic", None),
        ("优", "grade", "excellent"),
        (" 基本合格 ", "grade", "basic"),
        ("不合", "grade", "unqualified"),
        ("不定等次", "grade", "none"),
        ("", "grade", ""),
        ("合格", "own_grade", "qualified"),
        (" 出国 ", "note", "出国"),
    ],
)
def test_a_cell_is_read_as_people_type_it(text, column, value):
    assert read_cell(text, column) == value


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("十二", "excellent"),
        ("-1", "excellent"),
        ("1.5", "qualified"),
        ("99999", "basic"),
        ("良好", "grade"),
        ("优秀合格", "grade"),
        ("不定", "own_grade"),
        ("长" * 201, "note"),
    ],
)
def test_what_is_no_number_or_grade_is_refused_and_never_guessed(text, column):
    with pytest.raises(UnreadableCell):
        read_cell(text, column)


def test_changed_cells_are_saved_and_nothing_else(page, roll, appraisal):
    an, bai = roll[1], roll[2]
    AppraisalEntryFactory(appraisal=appraisal, member=bai, excellent=1, grade="basic")

    answer = page.post(
        grid_url(appraisal),
        cells(
            **{
                cell(an, "excellent"): ("3", ""),
                cell(an, "qualified"): ("2票", ""),
                cell(an, "grade"): ("优", ""),
                cell(bai, "grade"): ("合格", "基本合格"),
            }
        ),
    )

    rows = stored(appraisal)
    assert answer.status_code == 302
    assert (rows["安小河"].excellent, rows["安小河"].qualified, rows["安小河"].grade) == (
        3,
        2,
        "excellent",
    )
    assert (rows["白一舟"].excellent, rows["白一舟"].grade) == (1, "qualified")


def test_the_same_post_five_times_is_one(page, roll, appraisal):
    for _ in range(5):
        page.post(grid_url(appraisal), cells(**{cell(roll[1], "grade"): ("合格", "")}))

    assert stored(appraisal)["安小河"].version == 2
    with everything(reason="the test reads the trail"):
        assert AuditEntry.objects.filter(action="activities.appraisal.entered").count() == 1


def test_a_bad_cell_is_told_at_its_place_and_nothing_is_saved(page, roll, appraisal):
    answer = page.post(
        grid_url(appraisal),
        cells(**{cell(roll[1], "grade"): ("良好", ""), cell(roll[2], "grade"): ("合格", "")}),
    )

    assert "安小河 评定等次：“良好”不是等次" in answer.text
    assert ">良好</td>" in answer.text
    assert stored(appraisal) == {}


def test_a_refused_cell_is_told_at_its_place(page, roll, appraisal):
    answer = page.post(
        grid_url(appraisal),
        cells(**{cell(roll[1], "excellent"): ("6", ""), cell(roll[2], "grade"): ("不定", "")}),
    )

    assert "安小河 优秀票：各项加起来 6 票，多于收回的 5 张。" in answer.text
    assert "白一舟 评定等次：不定等次的，请在备注里写明原因。" in answer.text
    assert stored(appraisal) == {}


def test_the_grade_of_a_probationary_member_is_no_cell(page, roll, appraisal):
    ding = roll[4]

    shown = page.get(grid_url(appraisal)).text
    answer = page.post(grid_url(appraisal), cells(**{cell(ding, "grade"): ("合格", "")}))

    assert f'data-cell="{cell(ding, "excellent")}"' in shown
    assert f'data-cell="{cell(ding, "grade")}"' not in shown
    assert "丁初晴 评定等次：预备党员参加评议，不定等次。" in answer.text
    assert stored(appraisal) == {}


def test_a_cell_that_somebody_else_has_entered_is_shown_and_asked_about(page, li, roll, appraisal):
    an = roll[1]
    graded(li, appraisal, [an], "basic")

    first = page.post(grid_url(appraisal), cells(**{cell(an, "grade"): ("合格", "")}))
    again = page.post(grid_url(appraisal), cells("j", **{cell(an, "grade"): ("合格", "基本合格")}))

    assert first.status_code == 409
    assert "刚才有人改成了基本合格。再保存一次，就改成您填的。" in first.text
    assert 'data-was="基本合格"' in first.text
    assert again.status_code == 302
    assert stored(appraisal)["安小河"].grade == "qualified"


def test_two_who_enter_different_cells_of_one_member_both_keep_their_work(li, roll, appraisal):
    an = roll[1]
    entered(li, appraisal, (an, "excellent", 2))
    entered(li, appraisal, (an, "grade", "qualified"))
    with pytest.raises(CellsTaken) as taken:
        entered(li, appraisal, (an, "excellent", 3), (an, "note", "先进"))

    row = stored(appraisal)["安小河"]
    assert taken.value.theirs == {(an.pk, "excellent"): 2}
    assert (row.excellent, row.grade, row.note, row.version) == (2, "qualified", "", 3)


def test_what_is_there_already_changes_nothing(li, roll, appraisal):
    graded(li, appraisal, [roll[1]], "basic")

    assert entered(li, appraisal, (roll[1], "grade", "basic")) == 0
    assert stored(appraisal)["安小河"].version == 2


def test_a_cell_of_a_stranger_is_not_there(page, appraisal, foreign_branch):
    stranger = enrolled("外单位", foreign_branch)

    assert (
        page.post(grid_url(appraisal), cells(**{cell(stranger, "grade"): ("合格", "")})).status_code
        == 404
    )


def test_the_grid_costs_the_same_for_five_and_for_sixty(
    page, first_branch, roll, appraisal, django_assert_num_queries
):
    page.get(grid_url(appraisal))
    for count in (5, 60):
        for at in range(count):
            member = enrolled(f"党员{count}{at}", first_branch)
            AppraisalEntryFactory(appraisal=appraisal, member=member)
        with django_assert_num_queries(7):
            page.get(grid_url(appraisal))


def test_every_column_of_the_grid_is_one_of_the_ledger(roll, appraisal):
    grid = AppraisalGrid(read(appraisal).people)

    assert [one.column for one in grid.rows[0].cells] == list(COLUMNS)
    assert [one.is_open for one in grid.rows[-1].cells].count(False) == 1


# --- one member ----------------------------------------------------------------------------------


def test_a_member_s_words_are_written_on_a_page_of_their_own(page, roll, appraisal, zhao, client):
    address = reverse("activities:result", args=[appraisal.public_id, roll[1].public_id])
    form = page.get(address)

    page.post(
        address,
        {
            "submission_key": "k" * 32,
            "version": str(form.context["version"]),
            "base": form.context["base"],
            "own_grade": "qualified",
            "statement": SECRET,
            "peer_notes": "乐于助人",
            "excellent": "2",
            "grade": "qualified",
        },
    )

    row = stored(appraisal)["安小河"]
    assert (row.statement, row.peer_notes, row.excellent, row.qualified) == (
        SECRET,
        "乐于助人",
        2,
        None,
    )
    with everything(reason="the test reads the trail"):
        told = [str(entry.after) for entry in history_of(appraisal)]
    assert SECRET not in str(told)
    client.force_login(zhao)
    assert SECRET not in client.get(appraisal.get_absolute_url()).text
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("at", "fields", "field"),
    [
        (1, {"excellent": "4", "basic": "2"}, "excellent"),
        (1, {"grade": "none"}, "grade"),
        (4, {"grade": "qualified"}, "grade"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(page, roll, appraisal, at, fields, field):
    address = reverse("activities:result", args=[appraisal.public_id, roll[at].public_id])
    form = page.get(address)

    answer = page.post(
        address,
        {"submission_key": "k" * 32, "version": "1", "base": form.context["base"]} | fields,
    )

    assert list(answer.context["form"].errors) == [field]
    assert stored(appraisal) == {}


def test_two_who_write_about_one_member_both_keep_their_work(page, roll, appraisal):
    address = reverse("activities:result", args=[appraisal.public_id, roll[1].public_id])
    base = page.get(address).context["base"]
    begun = {"version": "1", "base": base}

    page.post(address, begun | {"submission_key": "k" * 32, "statement": "自评"})
    page.post(address, begun | {"submission_key": "j" * 32, "peer_notes": "互评"})
    clash = page.post(address, begun | {"submission_key": "i" * 32, "statement": "另一份"})

    row = stored(appraisal)["安小河"]
    assert (row.statement, row.peer_notes, clash.status_code) == ("自评", "互评", 409)


def test_an_old_page_overwrites_nothing(everywhere, li, roll, appraisal):
    write_result(actor=li, appraisal=appraisal, member=roll[1], version=1, note="一")

    with pytest.raises(StaleVersion):
        write_result(actor=li, appraisal=appraisal, member=roll[1], version=1, note="二")


# --- the frame -----------------------------------------------------------------------------------


def test_an_appraisal_begins_from_the_meeting_that_was_recorded(client, li, first_branch, roll):
    meeting = ActivityFactory(organization=first_branch, held_on=dt.date(2026, 11, 18))
    MeetingFactory(activity=meeting, kind="democratic_appraisal")
    MeetingFactory(activity=meeting, kind="organizational_life_meeting")
    client.force_login(li)

    initial = client.get("/appraisals/new/").context["form"].initial
    answer = client.post(
        f"/appraisals/new/?organization={first_branch.public_id}",
        {"submission_key": "k" * 32, "held_on": "2026-11-18", "activity": meeting.public_id},
    )

    with everything(reason="the test looks"):
        begun = Appraisal.objects.get()
    assert initial == {"held_on": dt.date(2026, 11, 18), "activity": meeting.public_id}
    assert answer.headers["Location"] == begun.get_absolute_url()
    assert (begun.activity, begun.state, begun.year) == (meeting, "self", 2026)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"year": 2026}, "year"),
        ({"year": 2025, "held_on": dt.date(2026, 7, 1)}, "held_on"),
        ({"year": 2027}, "held_on"),
    ],
)
def test_an_appraisal_that_cannot_be_is_refused(
    everywhere, li, first_branch, appraisal, fields, field
):
    facts = {"held_on": TODAY} | fields
    with pytest.raises(AppraisalRefused) as refusal:
        begin_appraisal(actor=li, organization=first_branch, **facts)

    assert refusal.value.field == field
    assert Appraisal.objects.count() == 1


def test_last_year_s_may_be_held_until_the_middle_of_this_one(everywhere, li, first_branch, roll):
    begun = begin_appraisal(
        actor=li, organization=first_branch, year=2025, held_on=dt.date(2026, 6, 30)
    )

    assert begun.year == 2025


def test_a_committee_appraises_nobody(everywhere, zhao, committee):
    with pytest.raises(AppraisalRefused, match="请选择党支部"):
        begin_appraisal(actor=zhao, organization=committee, year=2026, held_on=TODAY)


def test_the_meeting_of_another_branch_is_refused(everywhere, li, appraisal, second_branch):
    with pytest.raises(AppraisalRefused) as refusal:
        correct_appraisal(
            actor=li,
            appraisal=appraisal,
            version=1,
            activity=ActivityFactory(organization=second_branch),
        )

    assert refusal.value.field == "activity"


def test_the_day_cannot_move_to_where_somebody_was_not_on_the_roll(everywhere, li, roll, appraisal):
    graded(li, appraisal, [roll[1]], "qualified")
    Membership.objects.filter(member=roll[1]).update(started_on=dt.date(2026, 11, 1))

    with pytest.raises(AppraisalRefused, match="安小河这一天不在本支部名册上"):
        correct_appraisal(actor=li, appraisal=appraisal, version=1, held_on=dt.date(2026, 10, 31))


def test_it_is_done_when_every_full_member_has_a_grade(everywhere, li, roll, appraisal):
    graded(li, appraisal, roll[:3], "qualified")
    with pytest.raises(AppraisalRefused, match="还有 1 名正式党员没有评定等次：陈望南"):
        correct_appraisal(actor=li, appraisal=appraisal, version=1, state="done")
    appraisal.refresh_from_db()
    entered(li, appraisal, (roll[3], "grade", "none"), (roll[3], "note", "长期住院"))

    done = correct_appraisal(actor=li, appraisal=appraisal, version=1, state="done")

    assert done.state == "done"
    with pytest.raises(CellsRefused, match="等次不能改成空的"):
        entered(li, appraisal, (roll[1], "grade", "", "qualified"))


def test_it_is_not_done_before_its_day(everywhere, li, first_branch, roll):
    ahead = AppraisalFactory(organization=first_branch, held_on=dt.date(2026, 12, 1))
    graded(li, ahead, roll[:4], "qualified")

    with pytest.raises(AppraisalRefused, match="日期还没到"):
        correct_appraisal(actor=li, appraisal=ahead, version=1, state="done")


def test_no_grade_needs_a_reason_that_stays(li, roll, appraisal):
    an = roll[1]
    entered(li, appraisal, (an, "grade", "none"), (an, "note", "出国"))

    with pytest.raises(CellsRefused) as refused:
        entered(li, appraisal, (an, "note", "", "出国"))

    assert refused.value.reasons == {(an.pk, "note"): "不定等次的，要写明原因。"}


# --- lists, figures, ledger ----------------------------------------------------------------------


def test_the_list_says_how_far_every_branch_is(
    client, li, zhao, roll, appraisal, committee, second_branch
):
    PartyOrganizationFactory(superior=committee, kind="functional_branch")
    entered(
        li,
        appraisal,
        (roll[1], "excellent", 5),
        (roll[1], "grade", "excellent"),
        (roll[2], "grade", "excellent"),
    )
    client.force_login(zhao)

    page = client.get("/appraisals/")

    own, other = page.context["rows"]
    assert [str(getattr(one, "text", one)) for one in own[:3]] == [
        "第一党支部",
        "个人自评",
        "2026-11-10",
    ]
    assert [(one.part, one.whole) for one in own[3:5]] == [(1, 4), (2, 4)]
    assert own[5] == "优秀多于一般要求"
    assert other[:2] == ("第二党支部", "未开展")


def test_each_figure_opens_the_list_that_has_as_many(client, li, zhao, roll, appraisal):
    graded(li, appraisal, roll[:1], "excellent")
    graded(li, appraisal, roll[1:3], "qualified")
    client.force_login(zhao)

    (row,) = client.get("/appraisals/statistics/").context["rows"]
    figures = [one for one in row[1:] if one]
    opened = []
    for figure in figures:
        listed = client.get(figure.url).context
        opened.append(listed["page"].count if "page" in listed else len(listed["rows"]))

    assert [int(figure.text) for figure in figures] == [5, 1, 2, 1] == opened


def test_what_is_missing_can_be_looked_at_alone(page, li, roll, appraisal):
    graded(li, appraisal, roll[:3], "qualified")

    shown = page.get(appraisal.get_absolute_url(), {"show": "missing"})

    assert [cells[0].text for cells in shown.context["rows"]] == ["陈望南"]


def test_the_ledger_tells_the_year_as_it_was(everywhere, roll, appraisal):
    AppraisalEntryFactory(
        appraisal=appraisal,
        member=roll[1],
        own_grade="excellent",
        basic=None,
        note="先进个人",
    )
    AppraisalEntryFactory(appraisal=appraisal, member=roll[4], grade="")
    Member.objects.filter(pk=roll[4].pk).update(category="full", confirmed_on=dt.date(2026, 11, 15))
    ledger = ledgers["activities.appraisals"]

    table = list(ledger.table(Period.year(2026)))

    assert table == [
        ("第一党支部", "安小河", "正式党员", "优秀", 3, 5, None, 0, 1, "合格", "先进个人"),
        ("第一党支部", "丁初晴", "预备党员", "", 3, 5, 0, 0, 1, "", ""),
    ]
    assert list(ledger.table(Period.year(2025))) == []
    assert len(list(ledger.table(Period.month(2026, 11)))) == 2
    assert list(ledger.table(Period.month(2026, 10))) == []


def test_readings_of_many_branches_cost_the_same(
    zhao, committee, first_branch, django_assert_num_queries
):
    for count in (2, 40):
        branches = [PartyOrganizationFactory(superior=committee) for _ in range(count)]
        people = [enrolled(f"党员{count}{at}", branches[0]) for at in range(count)]
        with everything(reason="the test makes appraisals"):
            many_appraisals(branches, people)
        with scoped_to(zhao.scope_for("activities.view_appraisal")):
            found = list(Appraisal.objects.select_related("organization"))
            with django_assert_num_queries(3):
                readings = readings_of(found)
            assert max(len(one.people) for one in readings) == count


def test_the_figures_of_an_appraisal_are_those_of_its_reading(li, roll, appraisal):
    graded(li, appraisal, roll[:2], "excellent")
    reading = read(appraisal)

    with everything(reason="the test reads"):
        (tally,) = tallies_of(Appraisal.objects.select_related("organization"))

    assert (tally.full, tally.ungraded, tally.excellent, tally.share_words) == (
        len(reading.full),
        len(reading.ungraded),
        reading.excellent,
        reading.share_words,
    )


# --- what follows --------------------------------------------------------------------------------


def told_of(member, user):
    panels = {panel["title"]: panel["rows"] for panel in panels_for(member, user)}["民主评议"]
    own = {panel["title"]: panel["rows"] for panel in own_panels_for(member)}["民主评议"]
    return [cells[1] for _, cells in panels], [cells[1] for _, cells in own]


def test_a_grade_is_told_as_soon_as_the_appraisal_is_done(li, roll, appraisal):
    graded(li, appraisal, roll[:4], "qualified")
    before = told_of(roll[1], li)
    lives = [one.text for one in own_life_of(roll[1])]
    with everything(reason="the branch finishes it"):
        correct_appraisal(actor=li, appraisal=appraisal, version=1, state="done")

    assert before == (["正在进行：个人自评"], ["正在进行：个人自评"])
    assert told_of(roll[1], li) == (["合格"], ["合格"])
    assert "2026年民主评议：合格" not in lives
    assert "2026年民主评议：合格" in [one.text for one in own_life_of(roll[1])]
    assert "2026年民主评议：合格" in [one.text for one in life_of(roll[1], li)]


def test_an_appraisal_that_was_held_and_lacks_grades_is_a_reminder(
    li, roll, appraisal, first_branch
):
    graded(li, appraisal, roll[:2], "excellent")

    def texts():
        with scoped_to(li.scope_for("activities.view_appraisal")):
            return [one.text for one in alerts["activities.appraisals"].notices(TODAY)]

    before = texts()
    graded(li, appraisal, roll[2:4], "qualified")
    with everything(reason="the branch finishes it"):
        correct_appraisal(actor=li, appraisal=appraisal, version=1, state="done")

    assert before == [
        read(appraisal).share_words,
        "2026年民主评议党员：还有 2 名正式党员没有评定等次",
    ]
    assert texts() == []


def test_appraisals_of_other_branches_are_not_there(client, li, second_branch):
    other = AppraisalFactory(organization=second_branch)
    member = enrolled("外人", second_branch)
    client.force_login(li)
    addresses = [
        other.get_absolute_url(),
        grid_url(other),
        reverse("activities:result", args=[other.public_id, member.public_id]),
        f"/appraisals/new/?organization={second_branch.public_id}",
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.get("/appraisals/").context["page"].count == 1


def test_who_may_only_look_is_offered_nothing_to_write(client, zhao, appraisal):
    client.force_login(zhao)

    page = client.get(appraisal.get_absolute_url())

    assert "/results/" not in page.text
    assert client.get(grid_url(appraisal)).status_code == 403
