"""Working days with 调休, from published data only."""

import datetime as dt

import pytest

from partybuild.calendar import CalendarUnpublished, Shift, add_workdays, is_workday, shifted
from tests.factories.partybuild import WorkdayOverrideFactory

pytestmark = pytest.mark.django_db
day = dt.date.fromisoformat


@pytest.mark.parametrize(
    "text",
    ["2025-01-28", "2025-06-28", "2025-12-28", "2026-03-28", "2026-06-28", "2026-11-28"],
)
def test_a_party_day_on_the_28th_falls_on_a_free_day(text):
    assert is_workday(day(text)) is False


@pytest.mark.parametrize("text", ["2024-04-28", "2025-09-28", "2026-02-28"])
def test_a_weekend_may_be_worked(text):
    assert day(text).weekday() >= 5
    assert is_workday(day(text)) is True


def test_a_make_up_day_counts_as_worked_although_it_bears_a_holidays_name():
    assert is_workday(day("2025-01-26")) is True


@pytest.mark.parametrize(
    ("fixed", "shift", "expected"),
    [
        ("2025-01-28", Shift.NEXT, "2025-02-05"),
        ("2025-01-28", Shift.PREVIOUS, "2025-01-27"),
        ("2025-01-28", Shift.NEAREST, "2025-01-27"),
        ("2025-01-28", Shift.SAME_MONTH, "2025-01-27"),
        ("2025-06-28", Shift.NEXT, "2025-06-30"),
        ("2025-06-28", Shift.PREVIOUS, "2025-06-27"),
        ("2026-11-28", Shift.SAME_MONTH, "2026-11-27"),
        ("2026-11-29", Shift.NEAREST, "2026-11-30"),
        ("2026-10-04", Shift.NEAREST, "2026-09-30"),  # 4 days back, 4 days on: the earlier
        ("2026-10-04", Shift.SAME_MONTH, "2026-10-08"),  # September is another month
        ("2026-11-23", Shift.NEXT, "2026-11-23"),
        ("2026-11-23", Shift.PREVIOUS, "2026-11-23"),
    ],
)
def test_a_fixed_day_is_shifted_to_a_working_day(fixed, shift, expected):
    assert shifted(day(fixed), shift) == day(expected)


def test_a_public_notice_of_five_working_days_over_the_holidays():
    posted = day("2026-09-23")

    assert add_workdays(posted, 5, start_inclusive=True) == day("2026-09-30")
    assert add_workdays(posted, 5) == day("2026-10-08")


@pytest.mark.parametrize("text", ["2027-01-04", "2027-06-01"])
def test_a_year_without_published_data_is_not_guessed(text):
    with pytest.raises(CalendarUnpublished) as notice:
        is_workday(day(text))

    assert notice.value.year == day(text).year
    assert str(notice.value) == f"{day(text).year} 年放假安排尚未发布，暂不能推算工作日。"


@pytest.mark.parametrize(
    "reckon",
    [
        lambda: add_workdays(day("2026-12-30"), 5),
        lambda: shifted(day("2027-03-28"), Shift.NEXT),
        lambda: shifted(day("2027-03-28"), Shift.SAME_MONTH),
    ],
)
def test_what_reaches_into_an_unpublished_year_is_not_guessed(reckon):
    with pytest.raises(CalendarUnpublished) as notice:
        reckon()

    assert notice.value.year == 2027


def test_a_day_that_an_administrator_entered_is_believed():
    WorkdayOverrideFactory(day=day("2027-01-04"), is_workday=True)
    WorkdayOverrideFactory(day=day("2026-11-23"), is_workday=False)

    assert is_workday(day("2027-01-04")) is True
    assert is_workday(day("2026-11-23")) is False
    assert shifted(day("2026-11-23"), Shift.NEXT) == day("2026-11-24")
    assert add_workdays(day("2026-12-31"), 1, start_inclusive=True) == day("2026-12-31")


def test_a_month_without_a_single_working_day_has_none_to_shift_to():
    for number in range(1, 31):
        WorkdayOverrideFactory(day=dt.date(2026, 11, number), is_workday=False)

    with pytest.raises(CalendarUnpublished):
        shifted(day("2026-11-28"), Shift.SAME_MONTH)
