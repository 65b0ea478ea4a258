"""满意率, whatever people say and in whatever order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.queries.polls import ANSWERS, FEWEST, Said, _hidden, satisfaction

pytestmark = pytest.mark.pure

answers = st.lists(st.sampled_from(ANSWERS), max_size=60)


def tallied(said):
    whole = Said()
    for answer in said:
        whole = whole.plus(Said(**{answer: 1}))
    return whole


@given(answers, st.booleans())
def test_it_lies_between_none_and_all(said, counts_unknown):
    rate = satisfaction(tallied(said), counts_unknown=counts_unknown)

    assert rate is None or 0 <= rate <= 1


@given(answers, st.booleans(), st.randoms())
def test_the_order_of_answers_does_not_matter(said, counts_unknown, chance):
    mixed = list(said)
    chance.shuffle(mixed)

    assert satisfaction(tallied(said), counts_unknown=counts_unknown) == satisfaction(
        tallied(mixed), counts_unknown=counts_unknown
    )


@given(answers)
def test_who_does_not_know_lowers_it_only_where_the_campaign_says_so(said):
    whole = tallied(said)
    without, counted = (satisfaction(whole, counts_unknown=one) for one in (False, True))

    if without is None:
        assert counted in (None, 0)
    else:
        assert counted <= without
        assert (counted == without) == (whole.unknown == 0 or without == 0)


@given(answers, st.booleans())
def test_one_more_satisfied_never_lowers_it(said, counts_unknown):
    whole = tallied(said)
    before = satisfaction(whole, counts_unknown=counts_unknown)
    after = satisfaction(whole.plus(Said(satisfied=1)), counts_unknown=counts_unknown)

    assert before is None or after >= before


def test_it_follows_the_stated_formula():
    said = Said(satisfied=6, mostly=2, dissatisfied=2, unknown=6)

    assert satisfaction(said, counts_unknown=False) == Decimal("0.8")
    assert satisfaction(said, counts_unknown=True) == Decimal("0.5")


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 9), min_size=2))
def test_what_is_not_shown_cannot_be_had_from_the_whole(counts):
    said = {pk: Said(satisfied=count) for pk, count in counts.items()}

    hidden = _hidden(said)

    assert {pk for pk, count in counts.items() if count < FEWEST} <= hidden
    assert len(hidden) != 1
