"""Optimistic locking: whatever two or five people type, no change is lost in silence."""

from hypothesis import given
from hypothesis import strategies as st

from partybuild.merging import Merge, merge

FIELDS = ("topic", "place", "minutes")
texts = st.sampled_from(["", "甲", "乙", "丙"])
records = st.fixed_dictionaries(dict.fromkeys(FIELDS, texts))


def test_different_fields_merge():
    base = {"topic": "学习", "place": "三楼"}

    merged = merge(
        base=base,
        mine={"topic": "学习条例", "place": "三楼"},
        theirs={"topic": "学习", "place": "五楼"},
    )

    assert merged == Merge({"topic": "学习条例", "place": "五楼"})


def test_one_field_changed_by_both_is_shown_and_not_overwritten():
    merged = merge(base={"topic": "学"}, mine={"topic": "学习"}, theirs={"topic": "学史"})

    assert merged == Merge({"topic": "学史"}, {"topic": ("学习", "学史")})


def test_both_typing_the_same_is_no_conflict():
    merged = merge(base={"topic": "学"}, mine={"topic": "学习"}, theirs={"topic": "学习"})

    assert merged == Merge({"topic": "学习"})


def test_emptying_a_field_is_a_change_like_any_other():
    merged = merge(base={"topic": "学"}, mine={"topic": ""}, theirs={"topic": "学"})

    assert merged == Merge({"topic": ""})


def test_what_the_form_does_not_have_is_kept():
    merged = merge(base={"topic": "学"}, mine={"topic": "学"}, theirs={"topic": "学", "photos": 3})

    assert merged == Merge({"topic": "学", "photos": 3})


@given(base=records, mine=records, theirs=records)
def test_no_change_is_lost_in_silence(base, mine, theirs):
    merged = merge(base=base, mine=mine, theirs=theirs)

    for name in FIELDS:
        if mine[name] != base[name]:
            assert mine[name] == merged.values[name] or name in merged.conflicts
        if theirs[name] != base[name]:
            assert theirs[name] == merged.values[name]


@given(base=records, mine=records, theirs=records)
def test_a_field_conflicts_exactly_when_both_changed_it_otherwise(base, mine, theirs):
    merged = merge(base=base, mine=mine, theirs=theirs)

    assert merged.conflicts == {
        name: (mine[name], theirs[name])
        for name in FIELDS
        if base[name] != mine[name] != theirs[name] != base[name]
    }


@given(base=records, other=records)
def test_an_editor_alone_gets_what_they_typed(base, other):
    assert merge(base=base, mine=other, theirs=base) == Merge(other)
    assert merge(base=base, mine=base, theirs=other) == Merge(other)


editors = st.lists(
    st.tuples(st.integers(min_value=0, max_value=4), st.booleans(), st.sampled_from(FIELDS), texts),
    max_size=30,
)


@given(acts=editors)
def test_any_interleaving_of_five_editors_overwrites_nothing_in_silence(acts):
    """Each act opens the form or saves it with one field changed; a stale form is merged."""
    stored, opened = dict.fromkeys(FIELDS, ""), {}

    for editor, opens, name, text in acts:
        base = opened.setdefault(editor, dict(stored))
        if opens:
            opened[editor] = dict(stored)
            continue
        before = dict(stored)
        merged = merge(base=base, mine={**base, name: text}, theirs=stored)
        changed = {field for field in FIELDS if merged.values[field] != before[field]}
        assert changed <= {name}
        if before[name] not in {base[name], text}:
            assert (changed, set(merged.conflicts)) == (
                set(),
                {name} if text != base[name] else set(),
            )
        stored = merged.values
        del opened[editor]
