"""Last year's scheme for another year: copied, one weight changed, the warning seen and mended, issued."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.engine.document import Category, Document, Line
from assessments.engine.editing import key_of
from assessments.engine.rules.choices import Option, Options
from assessments.engine.written import as_yaml
from assessments.models import Scheme, SchemeDraft
from assessments.services.drafts import blank_scheme, change_draft
from assessments.services.schemes import load_scheme
from partybuild.scoping import everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_INTERACTIONS = 13
SUM = "各类别满分合计 95 分，不是 100 分"


@pytest.fixture
def last_year():
    """A scheme of two categories, 60 and 40 points."""
    best = {"A": Decimal(60), "B": Decimal(40)}
    lines = tuple(
        Line(
            code=f"{code}1",
            title=f"项目{code}",
            category=code,
            rules=(Options(code="1", options=(Option(points=points), Option(points=Decimal(0)))),),
        )
        for code, points in best.items()
    )
    first = Category(code="A", name="组织生活", max=Decimal(60))
    document = Document(
        code="office",
        title=f"{timezone.localdate().year}年支部考核办法",
        categories=(first, replace(first, code="B", name="中心工作", max=Decimal(40))),
        lines=lines,
    )
    scheme, _ = load_scheme(actor=None, raw=as_yaml(document).encode())
    return scheme


def test_last_years_scheme_is_copied_changed_mended_and_issued(
    hand, page, sign_in, live_server, zhao, last_year
):
    main = page.get_by_role("main")
    sign_in(zhao)
    page.goto(f"{live_server.url}/assessments/")

    hand.click(main.get_by_role("link", name="照去年的办法起草"))
    hand.click(main.get_by_role("button", name="开始起草"))
    hand.click(main.get_by_role("link", name=re.compile("^改类别\\s*：中心工作$")))
    hand.type(main.get_by_label("满分"), "35")
    hand.click(main.get_by_role("button", name="保存"))
    main.get_by_text(SUM).wait_for()
    hand.click(main.get_by_role("link", name=re.compile("^改类别\\s*：中心工作$")))
    hand.type(main.get_by_label("满分"), "40")
    hand.click(main.get_by_role("button", name="保存"))
    main.get_by_text("没有发现前后不一致的地方").wait_for()
    hand.click(main.get_by_role("link", name="下发"))
    hand.click(main.get_by_role("button", name="下发"))
    page.get_by_text("已下发").first.wait_for()

    year = timezone.localdate().year
    former, issued = Scheme.objects.order_by("edition")
    assert (former.edition, issued.edition) == (1, 2)
    assert issued.title == f"{year + 1}年支部考核办法"
    assert (former.ended_on, issued.started_on) == (issued.started_on, former.ended_on)
    assert issued.plan == replace(former.plan, title=issued.title)
    assert hand.interactions <= MOST_INTERACTIONS


def test_the_sentence_of_a_rule_follows_what_is_typed(hand, page, sign_in, live_server, zhao):
    with everything(reason="the test arranges its draft"):
        draft = blank_scheme(
            actor=zhao,
            organization=zhao.grants.get().organization,
            title="新办法",
            subject="branch",
            period="year",
        )
        line = Line(code="A1", title="表彰", category="A")
        document = replace(draft.plan, categories=(Category(code="A", name="奖励"),), lines=(line,))
        change_draft(actor=zhao, draft=draft, version=1, document=document, what="改")
    address = reverse("assessments:add_draft_rule", args=[draft.public_id, key_of(line), "tiers"])
    sign_in(zhao)
    page.goto(f"{live_server.url}{address}")
    told = page.locator("[data-words]")
    assert told.inner_text() == ""

    hand.type(page.get_by_label("各级分值"), "国家级")
    page.get_by_text("填好“各级分值”，这里写出整句话。").wait_for()
    hand.type(page.get_by_label("各级分值"), "国家级 10")
    page.get_by_text("这样填，保存以后写成：加分按级别：国家级 10 分").wait_for()

    with everything(reason="the test looks at what was stored"):
        assert SchemeDraft.objects.get().plan == document
