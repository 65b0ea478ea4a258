"""Pages of drafts: what is typed is kept, what is wrong is named, and two people both keep their work."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.engine.editing import key_of
from assessments.engine.rules.base import KINDS
from assessments.models import Scheme, SchemeDraft
from assessments.services.drafts import copy_scheme, issue_draft
from branches.roles import Role
from partybuild.scoping import everything, scoped_to
from tests.cast import account
from tests.forms import as_shown

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def draft(zhao, committee, rubric):
    with scoped_to(zhao.scope_for("assessments.change_scheme")):
        return copy_scheme(actor=zhao, organization=committee, scheme=rubric, title="2027年办法")


@pytest.fixture
def office(client, zhao):
    client.force_login(zhao)
    return client


def now(draft):
    with everything(reason="the test looks at what was stored"):
        return SchemeDraft.objects.get(pk=draft.pk)


def at(name, draft, *arguments):
    return reverse(f"assessments:{name}", args=[draft.public_id, *arguments])


def words(response):
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def filled(client, url, **typed):
    """The post of a page with what is typed, by the names of the document's own fields."""
    page = client.get(url)
    fields = page.context["form"].fields
    return as_shown(page, **{_name(fields, name): text for name, text in typed.items()})


def _name(fields, name):
    return f"said_{name}" if f"said_{name}" in fields else name


def save(client, url, **typed):
    return client.post(url, filled(client, url, **typed), follow=True)


def category_page(draft):
    return at("draft_part", draft, "categories", key_of(draft.plan.categories[0]))


def line_page(draft):
    return at("draft_part", draft, "lines", key_of(draft.plan.lines[0]))


def test_last_years_scheme_is_copied_under_the_next_year(office, rubric):
    Scheme.objects.filter(pk=rubric.pk).update(title="2026年考核办法")
    url = reverse("assessments:copy_draft", args=[rubric.public_id])

    page = save(office, url)

    with everything(reason="the test looks at what was stored"):
        [made] = SchemeDraft.objects.all()
    assert (made.plan.title, made.copied_from) == ("2027年考核办法", rubric)
    assert "2027年考核办法" in words(page)


def test_a_copy_posted_twice_is_one_draft(office, rubric):
    url = reverse("assessments:copy_draft", args=[rubric.public_id])
    post = as_shown(office.get(url))

    office.post(url, post)
    office.post(url, post)

    with everything(reason="the test counts"):
        assert SchemeDraft.objects.count() == 1


def test_a_changed_weight_is_warned_of_beside_its_category_and_kept(office, draft):
    page = save(office, category_page(draft), max="7.50")

    assert str(now(draft).plan.categories[0].max) == "7.50"
    name = draft.plan.categories[0].name
    shown = page.content.decode().split(f'id="categories-{key_of(draft.plan.categories[0])}"')[1]
    assert f"类别“{name}”读到的满分合计" in shown.split("</section>")[0]


def test_what_cannot_be_read_is_named_at_its_field_and_everything_typed_stays(office, draft):
    before = now(draft)

    page = save(office, category_page(draft), max="很多", name="新的名称")

    assert "“满分”应是数字，写的是“很多”" in words(page)
    assert page.context["form"]["said_name"].value() == "新的名称"
    assert now(draft).document == before.document


def test_two_who_change_different_categories_both_keep_their_work(office, draft):
    first, second = draft.plan.categories[:2]
    url = at("draft_part", draft, "categories", key_of(second))
    slow = filled(office, url, name="第二个人改的")
    save(office, category_page(draft), name="第一个人改的")

    page = office.post(url, slow, follow=True)

    assert "两边的改动都已保存" in words(page) or "两边的改动都已保存" in page.content.decode()
    named = {one.code: one.name for one in now(draft).plan.categories}
    assert (named[first.code], named[second.code]) == ("第一个人改的", "第二个人改的")


def test_who_changes_the_same_field_second_is_told_what_stands_there(office, draft):
    slow = filled(office, category_page(draft), name="第二个人改的")
    save(office, category_page(draft), name="第一个人改的")

    page = office.post(category_page(draft), slow)

    assert "别人刚刚改成了“第一个人改的”" in words(page)
    assert now(draft).plan.categories[0].name == "第一个人改的"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_rule_has_its_form(office, draft, kind):
    page = office.get(at("add_draft_rule", draft, key_of(draft.plan.lines[0]), kind))

    labels = [field.label for field in page.context["form"]]
    assert labels[:1] == ["条件"]
    assert all(re.search("[\u4e00-\u9fff]", label) for label in labels)


def test_levels_are_typed_one_a_line_and_the_sentence_is_said_at_once(office, draft):
    line = draft.plan.lines[0]
    url = at("add_draft_rule", draft, key_of(line), "tiers")

    page = save(office, url, when="表彰", unit="次", tiers="国家级 10\n省级 5.5")

    rule = now(draft).plan.lines[0].rules[-1]
    assert [(one.name, one.points) for one in rule.tiers] == [
        ("国家级", Decimal(10)),
        ("省级", Decimal("5.5")),
    ]
    assert "表彰：每次加分按级别：国家级 10 分、省级 5.5 分" in page.content.decode()


def said(client, address, page, **typed):
    """What the page would be answered while somebody types."""
    return client.post(address, filled(client, page, **typed)).json()["words"]


def test_the_sentence_of_a_rule_is_said_while_it_is_typed_and_nothing_is_kept(office, draft):
    line = key_of(draft.plan.lines[0])
    page = at("add_draft_rule", draft, line, "tiers")
    address = at("new_draft_rule_words", draft, line, "tiers")

    whole = said(office, address, page, when="表彰", unit="次", tiers="国家级 10\n省级 5.5")
    saved = save(office, page, when="表彰", unit="次", tiers="国家级 10\n省级 5.5")

    sentence = "表彰：每次加分按级别：国家级 10 分、省级 5.5 分"
    assert whole == f"这样填，保存以后写成：{sentence}"
    assert sentence in saved.content.decode()
    # One act of saving, none of asking.
    assert now(draft).version == 2


def test_the_sentence_of_a_rule_that_is_changed_keeps_what_the_form_does_not_ask(office, draft):
    line = draft.plan.lines[0]
    rule = line.rules[0]
    arguments = (key_of(line), key_of(rule))
    address, page = at("draft_rule_words", draft, *arguments), at("draft_rule", draft, *arguments)

    words_now = said(office, address, page, when="另有规定")

    assert words_now == f"这样填，保存以后写成：{replace(rule, when='另有规定').words}"
    assert now(draft).plan == draft.plan


def test_what_is_still_missing_or_wrong_is_named_instead_of_a_sentence(office, draft):
    line = key_of(draft.plan.lines[0])
    page = at("add_draft_rule", draft, line, "tiers")

    told = said(office, at("new_draft_rule_words", draft, line, "tiers"), page, tiers="国家级")

    assert told == "填好“各级分值”，这里写出整句话。"


def test_the_page_of_a_rule_works_without_its_script(office, draft):
    page = office.get(at("add_draft_rule", draft, key_of(draft.plan.lines[0]), "judged"))
    line = key_of(draft.plan.lines[0])

    assert f'data-words="{at("new_draft_rule_words", draft, line, "judged")}"' in (
        page.content.decode()
    )
    assert office.get(at("new_draft_rule_words", draft, line, "judged")).status_code == 405


def test_a_level_that_cannot_be_read_is_named_with_its_line(office, draft):
    url = at("add_draft_rule", draft, key_of(draft.plan.lines[0]), "tiers")

    page = save(office, url, tiers="国家级 10\n省级")

    assert "第 2 行“省级”：没有写“分值”" in words(page)
    assert page.context["form"]["said_tiers"].value() == "国家级 10\n省级"


def test_an_edited_rule_keeps_its_number_and_what_the_form_does_not_ask(office, draft):
    line = draft.plan.lines[0]
    rule = line.rules[0]
    url = at("draft_rule", draft, key_of(line), key_of(rule))

    save(office, url, note="看会议记录")

    changed = now(draft).plan.lines[0].rules[0]
    assert (changed.code, changed.note, changed.options) == (rule.code, "看会议记录", rule.options)


def test_an_indicator_is_chosen_by_its_title(office, draft):
    url = at("add_draft_rule", draft, key_of(draft.plan.lines[0]), "frequency")

    save(
        office,
        url,
        indicator="activities.party_days",
        rungs="5｜每月 1 次｜每月\n0｜没有｜没有｜0",
    )

    rule = now(draft).plan.lines[0].rules[-1]
    assert (rule.indicator, rule.rungs[0].per) == ("activities.party_days", "month")


def test_a_line_that_is_added_stands_in_its_category(office, draft):
    category = draft.plan.categories[-1]
    url = at("add_draft_part", draft, "lines")

    save(office, f"{url}?category={category.code}", title="新的项目")

    line = now(draft).plan.lines[-1]
    assert (line.title, line.category) == ("新的项目", category.code)
    assert line.code not in {one.code for one in draft.plan.lines}


def test_a_line_is_moved_by_its_number_and_none_is_lost(office, draft):
    category = draft.plan.categories[0]
    own = [line for line in draft.plan.lines if line.category == category.code]
    url = f"{at('order_draft_parts', draft, 'lines')}?category={category.code}"

    save(office, url, **{f"at_{key_of(own[-1])}": "1"})

    plan = now(draft).plan
    assert [x for x in plan.lines if x.category == category.code] == [own[-1], *own[:-1]]
    assert sorted(x.code for x in plan.lines) == sorted(x.code for x in draft.plan.lines)


def test_a_category_with_lines_is_not_removed(office, draft):
    key = key_of(draft.plan.categories[0])

    page = save(office, at("remove_draft_part", draft, "categories", key))

    assert "个项目，请先删除或移到别的类别" in words(page)
    assert now(draft).plan == draft.plan


def test_a_line_is_removed_after_a_look_at_it(office, draft):
    line = draft.plan.lines[0]

    save(office, at("remove_draft_part", draft, "lines", key_of(line)))

    assert now(draft).plan.lines == draft.plan.lines[1:]


def test_a_line_is_tried_out_and_nothing_is_kept(office, draft):
    line = draft.plan.lines[0]
    best = str(line.rules[0].options[0].points)

    page = office.get(at("try_draft", draft, key_of(line)), {"points": best})

    assert f"得 {Decimal(best):.1f} 分" in words(page)
    assert now(draft).version == draft.version


def test_a_measured_line_is_tried_out_month_by_month(office, draft):
    line = next(one for one in draft.plan.lines if one.indicator)
    url = at("try_draft", draft, key_of(line))

    page = office.get(url, {"months_1": "1 " * 12})
    assert f"得 {line.full:.1f} 分" in words(page)
    assert "应写 12 个数，写了 2 个" in words(office.get(url, {"months_1": "1 1"}))


def test_an_issue_is_asked_for_with_the_remarks_and_leads_to_the_list(office, draft):
    save(office, category_page(draft), max="7")
    page = office.get(at("issue_draft", draft))
    assert "读到的满分合计" in words(page)

    listed = save(office, at("issue_draft", draft), begins="2027")

    assert "2027年办法" in words(listed)
    assert "未开始" in words(listed)
    assert office.get(at("draft", draft)).status_code == 404


def test_a_code_that_another_agency_has_is_told_and_changed_with_one_button(
    client, draft, zhao, foreign_committee
):
    with scoped_to(zhao.scope_for("assessments.change_scheme")):
        issued = issue_draft(actor=zhao, draft=draft, version=1, begins="2027")
    writer = account("han", "韩听澜", Role.OFFICE_STAFF, foreign_committee)
    with scoped_to(writer.scope_for("assessments.change_scheme")):
        theirs = copy_scheme(
            actor=writer, organization=foreign_committee, scheme=issued, title="云渚办法"
        )
    client.force_login(writer)

    page = client.get(at("issue_draft", theirs))
    refused = save(client, at("issue_draft", theirs), begins="2027")
    client.post(at("recode_draft", theirs), {"version": "1"})
    after = client.get(at("issue_draft", theirs))
    listed = save(client, at("issue_draft", theirs), begins="2027")

    assert f"代码改为“{issued.code}-2”" in words(page)
    assert "前一版用到这一期以前" not in words(page) + words(after)
    assert "所以没有下发，草稿都在" in words(refused)
    assert "另一个不相隶属的党组织" not in words(after)
    assert "云渚办法" in words(listed)
    issued.refresh_from_db()
    assert (issued.is_running, issued.ended_on) == (True, None)


def upload(client, name, data):
    url = reverse("assessments:file_draft")
    post = as_shown(client.get(url)) | {"file": SimpleUploadedFile(name, data)}
    return client.post(url, post, follow=True)


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_a_draft_goes_out_as_a_file_and_comes_back_the_same(office, draft, form):
    fetched = office.get(at("draft_file", draft, form))

    upload(office, f"方案.{form}", fetched.content)

    with everything(reason="the test looks at what was stored"):
        plans = [one.plan for one in SchemeDraft.objects.all()]
    assert plans == [draft.plan, draft.plan]


BOMB = "format: scheme/1\na: &a [x, x]\nb: &b [*a, *a]\ncode: [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB.encode(), "使用了引用"),
        (b"x: " + b"[" * 20000, "文件"),
        (b"a" * 600_000, "超过 512 KB"),
        (b"format: !!python/object/apply:os.system [ls]\n", "不认识的标记"),
        (
            b"format: scheme/1\ncode: a\ntitle: b\ncategories:\n- {code: A, name: x, max: 1e999999999}\n",
            "数字太长",
        ),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_hostile_file_is_refused_in_plain_words_and_nothing_is_kept(office, zhao, data, reason):
    page = upload(office, "方案.yaml", data)

    assert reason in words(page)
    with everything(reason="the test counts"):
        assert SchemeDraft.objects.count() == 0


def test_a_branch_and_another_agency_see_no_draft(client, li, draft, foreign_committee):
    client.force_login(li)
    assert client.get(at("draft", draft)).status_code == 403
    assert "方案草稿" not in client.get(reverse("assessments:schemes")).content.decode()


def test_a_draft_of_elsewhere_is_not_there(client, draft, foreign_committee):
    client.force_login(account("hu", "胡外单位", "office_staff", foreign_committee))

    assert client.get(at("draft", draft)).status_code == 404
    assert draft.plan.title not in client.get(reverse("assessments:drafts")).content.decode()
