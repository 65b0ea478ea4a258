"""The shipped rules of bodies say what the collection of rules beside the project says."""

import datetime as dt

import pytest
import yaml

from branches.models import PartyOrganization
from branches.queries.terms import usual_years
from members.queries.elections import candidates_needed, election_rule
from partybuild.regulations import regulation
from tests.members.samples import SAMPLES

RULES = SAMPLES.parent / "domain" / "rules.yaml"
TODAY = dt.date(2026, 11, 21)
Kind = PartyOrganization.Kind

pytestmark = pytest.mark.skipif(not RULES.is_file(), reason=f"rules absent: {RULES}")


@pytest.fixture(scope="module")
def rules():
    found = yaml.safe_load(RULES.read_text("utf-8"))
    return {row["id"]: row for row in [*found["organisation"], *found["votes"]]}


def test_terms_are_as_long_as_the_rules_say(rules):
    rule = regulation("branches.term_of_office", on=TODAY)
    shift = regulation("members.term_shift", on=TODAY)
    reminder = regulation("members.term_reminder", on=TODAY)

    assert {
        "ORG-TERM-PC": usual_years(Kind.OFFICE_COMMITTEE, "机关党委", rule),
        "ORG-TERM-BR": usual_years(Kind.BRANCH, "第一党支部", rule),
        "ORG-TERM-VIL": usual_years(Kind.BRANCH, "青石村党支部", rule),
    } == {
        code: rules[code]["term_years"]
        for code in rules
        if code.startswith("ORG-TERM-") and "term_years" in rules[code]
    }
    assert shift.values["years"] == rules["ORG-TERM-SHIFT"]["max_shift_years"]
    assert reminder.values["months"] == rules["ORG-TERM-REMIND"]["months_before"]


def test_seats_are_as_many_as_the_rules_say(rules):
    values = regulation("members.committee", on=TODAY).values
    least = regulation("branches.branch_committee", on=TODAY).values["full_members"]

    said = rules["ORG-COMMITTEE"]
    assert [values["fewest"], values["most_usual"]] == said["seats"]["usual"]
    assert (values["most"], least) == (said["seats"]["max"], said["min_full_members"])


def test_candidates_are_as_many_as_the_rules_say(rules):
    rule = election_rule(TODAY)

    examples = rules["VOTE-SURPLUS"]["examples"]
    assert {seats: candidates_needed(seats, rule) for seats in examples} == examples
    assert rule.values["quorum"] in rules["VOTE-ELECT"]["presence_op_param"]
    assert f"{rule.values['of']}_electors" == rules["VOTE-ELECT"]["pass_denominator_param"][0]
