"""Judging the development of members: the edition of each day, months, working days, votes."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import DevelopmentSponsor, DevelopmentStep, Member
from members.queries.development_rules import (
    Facts,
    Level,
    Rules,
    deadlines,
    extension_span,
    findings,
    impossible_order,
    notice_until,
    probation_end,
    vote_passes,
)
from partybuild.periods import add_months, add_years
from partybuild.regulations import shipped_versions
from tests.factories.partybuild import LocalRegulationFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 21)
NEW_EDITION = dt.date(2026, 5, 18)
DAYS = st.dates(min_value=dt.date(2015, 1, 1), max_value=dt.date(2026, 10, 1))


def day(text):
    return dt.date.fromisoformat(text)


def facts(*, votes=None, **known):
    """Facts of a case: steps by code with their day, the rest by name."""
    steps = {
        code: DevelopmentStep(code=code, done_on=day(on) if isinstance(on, str) else on)
        for code, on in known.pop("steps", {}).items()
    }
    for code, said in (votes or {}).items():
        for name, value in said.items():
            setattr(steps[code], name, value)
    return Facts(place="0001", steps=steps, **known)


def codes(case, on=DAY):
    return sorted(finding.code for finding in findings(case, on, Rules()))


def open_codes(case, on=DAY):
    return {one.code: one.due_on for one in deadlines(case, on, Rules())}


# --- the steps as data -------------------------------------------------------------------------


def test_both_editions_hold_the_25_steps_in_five_stages():
    for version in shipped_versions("members.development"):
        steps = version.values["steps"]

        assert [step["number"] for step in steps] == list(range(1, 26))
        assert len({step["code"] for step in steps}) == 25
        assert len({step["stage"] for step in steps}) == 5
        known = {step["code"] for step in steps}
        assert all(set(step["after"]) <= known for step in steps)


def test_the_superior_records_what_is_the_superiors():
    edition = Rules().on(DAY)

    assert [step.number for step in edition.steps if step.by == "superior"] == [4, 8, 17, 24]


# --- months ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applied", "talked", "found"),
    [
        ("2026-01-31", "2026-02-28", []),
        ("2026-01-31", "2026-03-01", ["DEV-TALK"]),
        ("2024-01-31", "2024-02-29", []),
        ("2026-03-15", "2026-04-15", []),
        ("2026-03-15", "2026-04-16", ["DEV-TALK"]),
    ],
)
def test_a_talk_is_held_within_a_calendar_month(applied, talked, found):
    assert codes(facts(steps={"application": applied, "talk": talked})) == found


def test_a_talk_that_was_not_held_is_due_and_then_late():
    case = facts(steps={"application": "2026-10-31"})

    assert open_codes(case) == {"DEV-TALK": day("2026-11-30")}
    assert codes(case) == []
    assert codes(case, day("2026-12-01")) == ["DEV-TALK"]


def test_a_talk_that_nobody_recorded_is_no_fault_once_later_steps_are_there():
    case = facts(
        steps={"application": "2024-01-05", "activist": "2024-12-05"},
        reviews=[day("2025-05-05"), day("2025-11-05"), day("2026-05-05")],
    )

    assert codes(case) == []


@pytest.mark.parametrize(
    ("meeting", "approval", "level"),
    [
        ("2025-11-30", "2026-02-28", None),
        ("2025-12-27", "2026-03-27", None),
        ("2025-12-27", "2026-03-28", Level.EXPLAIN),
        ("2025-12-27", "2026-06-27", Level.EXPLAIN),
        ("2025-12-27", "2026-06-28", Level.NOT_MET),
    ],
)
def test_an_approval_is_amber_to_six_months_and_red_beyond(meeting, approval, level):
    case = facts(steps={"admission": meeting, "approval": approval}, reviews_kept_since=DAY)
    found = [one for one in findings(case, day("2026-07-01"), Rules()) if one.step == "approval"]

    assert [one.level for one in found] == ([level] if level else [])


def test_a_late_oath_is_short_of_a_general_rule_only():
    case = facts(
        steps={"admission": "2025-04-04", "approval": "2025-05-09", "oath": "2025-06-24"},
        reviews_kept_since=DAY,
    )
    (oath,) = [one for one in findings(case, DAY, Rules()) if one.code == "DEV-OATH"]

    assert (oath.level, oath.due_on) == (Level.GENERAL, day("2025-06-09"))
    assert "第二十九条" in oath.cite


def test_a_day_known_to_the_month_is_read_in_favour_of_the_branch():
    case = facts(steps={"application": "2026-01-01", "talk": "2026-02-28"})
    case.steps["application"].done_precision = "month"

    assert codes(case) == []


@pytest.mark.parametrize(
    ("chosen", "found"),
    [("2026-02-27", ["DEV-YEAR"]), ("2026-02-28", []), ("2026-03-01", [])],
)
def test_a_year_of_training_counts_from_the_decision(chosen, found):
    case = facts(
        steps={"activist": "2025-02-28", "candidate": chosen},
        reviews=[day("2025-08-20")],
    )

    assert codes(case) == found


# --- editions ----------------------------------------------------------------------------------


def test_a_step_is_judged_by_the_edition_of_its_own_day():
    before = facts(
        steps={"activist": "2025-04-01", "candidate": NEW_EDITION - dt.timedelta(days=1)},
        reviews=[day("2025-10-01"), day("2026-04-01")],
    )
    after = facts(
        steps={"activist": "2025-04-01", "candidate": NEW_EDITION},
        reviews=[day("2025-10-01"), day("2026-04-01")],
    )

    assert (codes(before), codes(after)) == ([], ["DEV-NOTICE"])


def test_a_finding_cites_the_edition_that_judged():
    late = {"application": "2026-03-01", "talk": "2026-04-20"}
    old = findings(facts(steps=late), DAY, Rules())[0]
    late = {"application": "2026-06-01", "talk": "2026-07-20"}
    new = findings(facts(steps=late), DAY, Rules())[0]

    assert old.cite == "按《中国共产党发展党员工作细则》第七条"
    assert new.cite == "按《中国共产党发展党员工作细则》（2026年修订）第七条"


def test_before_the_first_edition_nothing_is_judged():
    assert codes(facts(steps={"application": "2012-01-01", "talk": "2013-01-01"})) == []


# --- what an agency asks for besides -------------------------------------------------------------


def local(**values):
    return LocalRegulationFactory(
        code="members.development",
        place="0001",
        in_force_from=day("2020-01-01"),
        document="《本级办法》",
        article="第三条",
        values=values,
    )


@pytest.mark.parametrize(("months", "due"), [(2, "2026-04-15"), (1, "2026-04-15")])
def test_a_local_deadline_can_only_be_shorter(months, due):
    local(talk={"months": months})

    assert open_codes(facts(steps={"application": "2026-03-15"}))["DEV-TALK"] == day(due)


@pytest.mark.parametrize(("hours", "found"), [(16, []), (32, ["DEV-TRAIN"])])
def test_a_local_minimum_can_only_be_larger(hours, found):
    local(training={"hours": hours})
    case = facts(
        steps={"candidate": "2025-05-01", "training": "2025-06-01"},
        votes={"training": {"hours": Decimal(24)}},
        sponsors=two_introducers(),
    )

    assert codes(case) == found


def test_a_local_value_is_cited_where_it_is_the_stricter():
    local(oath={"months": 0}, talk={"months": 9})
    edition = Rules().on(day("2026-04-01"), "0001")

    assert edition.cite("oath") == "按《本级办法》第三条"
    assert edition.cite("talk").endswith("第七条")


def test_a_local_notice_is_asked_for_before_the_nation_asked():
    local(notice={"workdays": 5, "start_inclusive": True})
    case = facts(
        steps={"activist": "2024-01-05", "candidate": "2025-02-10"},
        reviews=[day("2024-07-01"), day("2025-01-06")],
    )

    assert codes(case) == ["DEV-NOTICE"]


# --- public notice -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inclusive", "until"),
    [(True, "2026-09-30"), (False, "2026-10-08")],
)
def test_five_working_days_around_the_national_day(inclusive, until):
    LocalRegulationFactory(
        code="members.development",
        place="0001",
        in_force_from=NEW_EDITION,
        values={"notice": {"start_inclusive": inclusive}},
    )
    rules = Rules()

    found = notice_until(day("2026-09-23"), rules.on(day("2026-10-09"), "0001"), rules)
    assert found == day(until)


@pytest.mark.parametrize(
    ("until", "found"),
    [("2026-09-30", ["DEV-NOTICE"]), ("2026-10-07", ["DEV-NOTICE"]), ("2026-10-08", [])],
)
def test_the_posting_day_does_not_count(until, found):
    case = facts(
        steps={"activist": "2025-09-01", "candidate": "2026-10-09"},
        votes={"candidate": {"span_from": day("2026-09-23"), "span_to": day(until)}},
        reviews=[day("2026-02-20"), day("2026-08-20")],
    )

    assert codes(case) == found


def test_without_a_published_calendar_a_notice_is_not_judged():
    case = facts(
        steps={"candidate": "2027-02-10"},
        votes={"candidate": {"span_from": day("2027-01-20"), "span_to": day("2027-01-21")}},
    )
    (found,) = findings(case, day("2027-02-11"), Rules())

    assert found.level == Level.UNKNOWN
    assert "日历数据未发布" in found.text


# --- training, sponsors, age -------------------------------------------------------------------


def two_introducers():
    return [DevelopmentSponsor(role="introducer", name=name) for name in ("甲", "乙")]


@pytest.mark.parametrize(
    ("said", "levels"),
    [
        ({"hours": Decimal(24)}, []),
        ({"hours": Decimal("23.5")}, [Level.NOT_MET]),
        ({"span_from": day("2025-06-01"), "span_to": day("2025-06-03")}, []),
        ({"span_from": day("2025-06-02"), "span_to": day("2025-06-03")}, [Level.NOT_MET]),
        (
            {
                "hours": Decimal(16),
                "span_from": day("2025-06-01"),
                "span_to": day("2025-06-03"),
            },
            [],
        ),
        ({}, [Level.UNKNOWN]),
    ],
)
def test_training_takes_three_days_or_24_hours(said, levels):
    case = facts(
        steps={"candidate": "2025-05-01", "training": "2025-06-03"},
        votes={"training": said},
        sponsors=two_introducers(),
    )

    assert [one.level for one in findings(case, DAY, Rules())] == levels


def introducer(name, confirmed, pk):
    member = Member(
        pk=pk, name=name, category="full", confirmed_on=day(confirmed) if confirmed else None
    )
    return DevelopmentSponsor(role="introducer", name=name, member=member)


@pytest.mark.parametrize(
    ("sponsors", "said"),
    [
        ([("甲", "2010-01-01"), ("乙", None)], []),
        ([("甲", "2010-01-01")], ["入党介绍人 1 名，应为 2 名"]),
        ([("甲", "2010-01-01"), ("乙", "2025-05-02")], ["乙 2025-05-01 时不是正式党员"]),
        ([("甲", "2010-01-01"), ("乙", "2025-05-01")], []),
    ],
)
def test_two_introducers_are_full_members_on_the_day(sponsors, said):
    chosen = [introducer(name, since, at) for at, (name, since) in enumerate(sponsors)]
    case = facts(steps={"candidate": "2025-05-01"}, sponsors=chosen)

    assert [one.text for one in findings(case, DAY, Rules())] == said


def test_somebody_whose_rights_are_suspended_may_not_introduce():
    chosen = [introducer("甲", "2010-01-01", 1), introducer("乙", "2010-01-01", 2)]
    spans = {2: [(day("2025-01-01"), day("2026-01-01"))]}
    case = facts(steps={"candidate": "2025-05-01"}, sponsors=chosen, suspended=spans)

    assert [one.text for one in findings(case, DAY, Rules())] == ["乙 2025-05-01 时没有表决权"]


@pytest.mark.parametrize(
    ("born", "found"), [("2008-03-02", ["DEV-AGE"]), ("2008-03-01", []), ("2008-02-29", [])]
)
def test_an_applicant_is_eighteen(born, found):
    case = facts(steps={"application": "2026-03-01", "talk": "2026-03-08"}, born_on=day(born))

    assert codes(case) == found


# --- reviews -----------------------------------------------------------------------------------


def test_reviews_are_missed_after_seven_months_and_due_after_six():
    case = facts(steps={"activist": "2026-01-31"})

    assert open_codes(case)["DEV-REVIEW"] == day("2026-07-31")
    assert codes(case, day("2026-08-31")) == []
    assert codes(case, day("2026-09-01")) == ["DEV-REVIEW"]


def test_reviews_of_a_paper_file_are_not_judged():
    case = facts(
        steps={"activist": "2020-01-31", "candidate": "2024-01-31"},
        reviews_kept_since=day("2026-10-31"),
    )

    assert codes(case) == []


def test_a_gap_between_two_reviews_is_history_and_the_last_one_is_open():
    case = facts(steps={"activist": "2025-04-29"}, reviews=[day("2026-03-29"), day("2026-09-09")])
    (gap,) = findings(case, DAY, Rules())

    assert (gap.code, gap.is_open) == ("DEV-REVIEW", False)


# --- votes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "present", "yes", "no", "abstain", "written", "found"),
    [
        (50, 48, 25, 22, 1, None, ["VOTE-ADMIT"]),
        (50, 48, 26, 21, 1, None, []),
        (10, 5, 6, 0, 0, 1, []),
        (10, 4, 6, 0, 0, 2, ["VOTE-PRESENT"]),
        (23, 23, 22, 0, 0, None, ["VOTE-SUM"]),
        (23, 20, 22, 0, 0, 1, ["VOTE-SUM"]),
        (9, 9, 9, 0, 0, 0, []),
    ],
)
def test_a_vote_is_counted_in_whole_numbers(due, present, yes, no, abstain, written, found):
    said = {
        "due_voters": due,
        "present_voters": present,
        "yes": yes,
        "no": no,
        "abstain": abstain,
        "written_opinions": written,
    }
    case = facts(
        steps={"pre_review": "2026-10-02", "admission": "2026-10-20"},
        votes={"admission": said},
        sponsors=two_introducers(),
    )

    assert codes(case) == found


@pytest.mark.parametrize(
    ("held", "is_secret", "found"),
    [
        ("2026-05-17", False, []),
        ("2026-05-18", False, ["VOTE-SECRET"]),
        ("2026-05-18", True, []),
        ("2026-05-18", None, []),
    ],
)
def test_ballots_are_secret_from_2026_on(held, is_secret, found):
    case = facts(
        steps={"admission": held, "approval": "2026-06-20"},
        votes={"admission": {"is_secret": is_secret}},
        sponsors=two_introducers(),
        reviews_kept_since=DAY,
    )

    assert [code for code in codes(case, day("2026-07-01")) if code.startswith("VOTE")] == found


@given(due=st.integers(1, 4000), yes=st.integers(0, 4000))
def test_a_vote_passes_with_more_than_half_and_never_with_half(due, yes):
    assert vote_passes(yes, due) == (yes > due / 2)
    assert not vote_passes(due // 2, due)
    assert vote_passes(due // 2 + 1, due)


# --- probation ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meeting", "end"),
    [("2025-03-26", "2026-03-26"), ("2024-02-29", "2025-02-28"), ("2025-12-31", "2026-12-31")],
)
def test_a_probation_is_a_year_from_the_branch_meeting(meeting, end):
    assert probation_end(facts(steps={"admission": meeting}), Rules()) == day(end)


def test_a_later_approval_does_not_move_the_probation():
    steps = {"admission": "2025-04-04", "approval": "2025-10-16"}

    assert probation_end(facts(steps=steps), Rules()) == day("2026-04-04")


def test_a_confirmation_before_the_end_is_found():
    steps = {"admission": "2025-03-26", "approval": "2025-05-13", "confirmation": "2026-02-14"}
    case = facts(steps=steps, is_closed=True, reviews_kept_since=DAY, sponsors=two_introducers())

    assert codes(case) == ["DEV-PROBATION"]


def test_an_extension_is_half_a_year_to_a_year():
    case = facts(steps={"admission": "2025-08-31"})

    assert extension_span(case, Rules()) == (day("2027-02-28"), day("2027-08-31"))


def test_somebody_who_means_to_leave_within_three_months_is_told_of():
    steps = {"activist": "2024-11-01", "candidate": "2025-12-01"}
    shared = {"steps": steps, "reviews_kept_since": DAY}

    assert codes(facts(leaving_on=day("2026-02-28"), **shared)) == ["DEV-LEAVING"]
    assert codes(facts(leaving_on=day("2026-03-01"), **shared)) == []


# --- what cannot be, and algebra -----------------------------------------------------------------


def test_a_step_cannot_stand_before_those_it_follows_directly_or_not():
    case = facts(steps={"application": "2025-11-09", "candidate": "2025-01-10"})

    assert [code for code, _ in impossible_order(case, Rules(), DAY)] == ["candidate"]
    in_order = facts(steps={"application": "2025-11-09", "talk": "2025-11-09"})
    assert impossible_order(in_order, Rules(), DAY) == []


@given(began=DAYS, wait=st.integers(0, 120))
def test_a_deadline_is_kept_exactly_up_to_its_day(began, wait):
    talked = began + dt.timedelta(days=wait)
    found = codes(facts(steps={"application": began, "talk": talked}))

    assert found == (["DEV-TALK"] if talked > add_months(began, 1) else [])


@given(began=DAYS, wait=st.integers(200, 500))
def test_a_minimum_is_kept_exactly_from_its_day_on(began, wait):
    chosen = began + dt.timedelta(days=wait)
    case = facts(
        steps={"activist": began, "candidate": chosen}, reviews_kept_since=dt.date(2030, 1, 1)
    )

    found = [code for code in codes(case) if code == "DEV-YEAR"]
    assert found == (["DEV-YEAR"] if chosen < add_years(began, 1) else [])


@given(reviews=st.lists(DAYS, max_size=8), began=DAYS)
def test_more_reviews_never_make_a_new_gap(reviews, began):
    def gaps(kept):
        return codes(facts(steps={"activist": began}, reviews=sorted(kept))).count("DEV-REVIEW")

    assert all(gaps(reviews) <= gaps(reviews[:at]) for at in range(len(reviews)))
