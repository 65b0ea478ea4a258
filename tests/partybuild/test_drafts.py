"""Drafts: what was typed is kept per user and form until it is saved for good."""

import pytest

from partybuild.drafts import drop_draft, find_draft, save_draft
from partybuild.models import Draft

FORM = "activities:record"


def content_of(user, form=FORM):
    draft = find_draft(user=user, form=form)
    return draft and draft.content


def test_the_newest_content_is_kept(li):
    save_draft(user=li, form=FORM, content={"topic": "学"})
    save_draft(user=li, form=FORM, content={"topic": "学习"})

    assert content_of(li) == {"topic": "学习"}
    assert Draft.objects.count() == 1


def test_drafts_of_other_people_and_forms_stay_apart(li, wang):
    save_draft(user=li, form=FORM, content={"topic": "甲"})
    save_draft(user=wang, form=FORM, content={"topic": "乙"})
    save_draft(user=li, form="activities:correct:x", content={"topic": "丙"})

    assert [content_of(li), content_of(wang)] == [{"topic": "甲"}, {"topic": "乙"}]
    assert content_of(li, "activities:correct:x") == {"topic": "丙"}


def test_a_draft_is_forgotten_when_its_form_was_saved(li, wang):
    save_draft(user=li, form=FORM, content={"topic": "甲"})
    save_draft(user=wang, form=FORM, content={"topic": "乙"})

    drop_draft(user=li, form=FORM)
    drop_draft(user=li, form=FORM)

    assert (content_of(li), content_of(wang)) == (None, {"topic": "乙"})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("半个表情\ud83d", "半个表情?"),
        ("空\x00字符", "空字符"),
        ("生僻字𫖯㛃、阿卜杜·热合曼", "生僻字𫖯㛃、阿卜杜·热合曼"),
    ],
)
def test_characters_that_no_database_takes_do_not_cost_the_rest(typed, kept, li):
    save_draft(user=li, form=FORM, content={typed: [typed, {"minutes": typed}], "rows": 3})

    assert content_of(li) == {kept: [kept, {"minutes": kept}], "rows": 3}
