"""Dated rules: the version of the day, with local values laid over it."""

import datetime as dt

import pytest
from django.apps import apps

from partybuild.regulations import NoRegulation, RuleBook, regulation, shipped_versions
from tests.factories.partybuild import LocalRegulationFactory

CODE = "activities.rehearsal"
RULE = """
[[version]]
in_force_from = 2026-05-18
document = "《演练细则》"
article = "第十三条"
values = { days = 5, votes = true }

[[version]]
in_force_from = 2014-05-28
document = "《演练细则（旧）》"
values = { days = 7, votes = false }
"""
BEFORE, OLD, NEW = dt.date(2014, 5, 27), dt.date(2026, 5, 17), dt.date(2026, 5, 18)


@pytest.fixture(autouse=True)
def rule(db, monkeypatch, tmp_path):
    """One rule with two versions, in a folder where the app's rules are looked for."""
    folder = tmp_path / "regulations"
    folder.mkdir()
    (folder / "rehearsal.toml").write_text(RULE, encoding="utf-8")
    monkeypatch.setattr(apps.get_app_config("activities"), "path", str(tmp_path))
    shipped_versions.cache_clear()
    yield
    shipped_versions.cache_clear()


def local(place, *, day=OLD, **values):
    return LocalRegulationFactory(
        code=CODE, place=place, in_force_from=day, document=f"{place} 文件", values=values
    )


def days_on(on, place=""):
    return regulation(CODE, on=on, place=place).values["days"]


def test_a_day_is_judged_by_the_rule_of_that_day():
    assert (days_on(OLD), days_on(NEW), days_on(dt.date(2030, 1, 1))) == (7, 5, 5)


def test_a_rule_cites_its_document():
    citations = regulation(CODE, on=OLD).citation, regulation(CODE, on=NEW).citation

    assert citations == ("《演练细则（旧）》", "《演练细则》第十三条")


def test_before_its_first_version_there_is_no_rule():
    with pytest.raises(NoRegulation):
        regulation(CODE, on=BEFORE)


def test_versions_are_read_in_the_order_of_their_days():
    assert [version.in_force_from for version in shipped_versions(CODE)] == [
        dt.date(2014, 5, 28),
        dt.date(2026, 5, 18),
    ]


def test_a_local_value_is_laid_over_key_by_key_with_its_document():
    local("0001", day=NEW, days=10)

    current = regulation(CODE, on=NEW, place="00010001")

    assert current.values == {"days": 10, "votes": True}
    assert (current.citation, current.in_force_from) == ("0001 文件第二条", NEW)


def test_a_local_value_binds_its_subtree_only():
    local("00010001", days=10)

    places = ["", "0001", "00010001", "000100010001", "00010002", "0002"]
    assert [days_on(NEW, place) for place in places] == [5, 5, 10, 10, 5, 5]


def test_the_nearest_ancestor_has_the_last_word():
    local("00010001", days=10)
    local("0001", days=20, votes=False)

    assert regulation(CODE, on=NEW, place="000100010002").values == {"days": 10, "votes": False}
    assert regulation(CODE, on=NEW, place="00010002").values == {"days": 20, "votes": False}


def test_the_newer_of_two_local_values_has_the_last_word():
    local("0001", day=NEW + dt.timedelta(days=30), days=30)
    local("0001", day=NEW, days=10)

    later = NEW + dt.timedelta(days=29), NEW + dt.timedelta(days=30)
    assert [days_on(on, "0001") for on in later] == [10, 30]


def test_a_local_value_holds_from_its_first_to_its_last_day():
    LocalRegulationFactory(
        code=CODE,
        place="0001",
        in_force_from=dt.date(2026, 6, 1),
        in_force_to=dt.date(2026, 6, 30),
        values={"days": 10},
    )

    around = ["2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01"]
    assert [days_on(dt.date.fromisoformat(on), "0001") for on in around] == [5, 10, 10, 5]


def test_a_local_value_of_another_rule_changes_nothing():
    LocalRegulationFactory(code="activities.other", place="0001", values={"days": 10})

    assert days_on(NEW, "0001") == 5


def test_a_local_value_does_not_stick_to_the_shipped_rule():
    local("0001", days=10)
    days_on(NEW, "0001")

    assert days_on(NEW, "0002") == 5


@pytest.mark.parametrize("questions", [1, 30])
def test_many_questions_to_one_book_cost_one_query(questions, django_assert_num_queries):
    local("0001", days=10)
    book = RuleBook(CODE)

    with django_assert_num_queries(1):
        answers = {
            book.on(NEW + dt.timedelta(days=number), place="0001").values["days"]
            for number in range(questions)
        }

    assert answers == {10}


def test_a_question_about_no_place_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert days_on(NEW) == 5
