"""Queries of a ledger under a name: kept, opened, shared downwards, forgotten."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from partybuild.models import AuditEntry, SavedQuery
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.partybuild import SavedQueryFactory

pytestmark = pytest.mark.usefixtures("today")

CODE = "members.roster"
WOMEN = {"is.基本情况/性别": "女", "hide": "备注"}


def save(client, place, **details):
    """Press 保存 below the roster, narrowed to the women."""
    said = {"organization": place.public_id, "period": "2026", "name": "女党员", **WOMEN, **details}
    return client.post(reverse("partybuild:save_query", args=[CODE]), said, follow=True)


def opened(client, query):
    """Return where a query leads: the parameters of the address."""
    answer = client.get(reverse("partybuild:saved_query", args=[CODE, query.public_id]))
    if answer.status_code == 404:
        return None
    return dict(QueryDict(answer.url.partition("?")[2]).lists())


def names_on(client):
    """Return the queries that the page of the roster offers."""
    page = client.get(reverse("partybuild:ledger", args=[CODE]))
    return [query.name for query in page.context["queries"]]


def test_a_query_is_kept_with_its_conditions_and_columns_and_asks_for_the_running_year(
    client, li, first_branch
):
    client.force_login(li)

    page = save(client, first_branch)

    assert "已保存为“女党员”。" in page.text
    assert names_on(client) == ["女党员"]
    assert opened(client, SavedQuery.objects.get()) == {
        "is.基本情况/性别": ["女"],
        "hide": ["备注"],
    }


def test_a_query_may_stay_with_its_period(client, li, first_branch):
    client.force_login(li)
    save(client, first_branch, period="2025Q3", keep_period="1")

    assert opened(client, SavedQuery.objects.get())["period"] == ["2025Q3"]


def test_the_same_name_replaces_and_is_written_down(client, li, first_branch):
    client.force_login(li)
    save(client, first_branch)
    save(client, first_branch, hide="单位职务")

    assert [one.selection["hide"] for one in SavedQuery.objects.all()] == [["单位职务"]]
    with everything(reason="the test looks at the trail"):
        assert AuditEntry.objects.filter(action="partybuild.savedquery.saved").count() == 2


def test_what_is_shared_is_seen_below_and_nowhere_else(
    client, zhao, li, wang, qian, committee, first_branch
):
    client.force_login(zhao)
    save(client, committee, name="全机关女党员", shared="1")
    save(client, first_branch, name="一支部女党员", shared="1")
    save(client, committee, name="自己用的")

    seen = {}
    for user in (zhao, li, wang, qian):
        client.force_login(user)
        seen[user.name] = names_on(client)

    assert seen == {
        zhao.name: ["一支部女党员", "全机关女党员", "自己用的"],
        li.name: ["一支部女党员", "全机关女党员"],
        wang.name: ["全机关女党员"],
        qian.name: [],
    }


def test_a_shared_query_shows_everybody_what_is_theirs(client, zhao, wang, committee, first_branch):
    enrolled("安若水", first_branch, gender="female")
    client.force_login(zhao)
    save(client, committee, shared="1")
    query = SavedQuery.objects.get()
    client.force_login(wang)

    address = reverse("partybuild:saved_query", args=[CODE, query.public_id])
    page = client.get(address, follow=True)

    assert (wang.name in page.text, "安若水" in page.text) == (True, False)


def test_nobody_opens_or_drops_what_is_not_shared_or_not_theirs(client, zhao, li, committee):
    mine = SavedQueryFactory(owner=zhao, code=CODE)
    shared = SavedQueryFactory(owner=zhao, code=CODE, shared_from=committee.path)
    client.force_login(li)

    assert opened(client, mine) is None
    assert opened(client, shared) == {}
    for query in (mine, shared):
        client.post(reverse("partybuild:drop_query", args=[CODE, query.public_id]))
    assert SavedQuery.objects.count() == 2


def test_who_made_it_forgets_it(client, li):
    query = SavedQueryFactory(owner=li, code=CODE, name="女党员")
    client.force_login(li)

    page = client.post(reverse("partybuild:drop_query", args=[CODE, query.public_id]), follow=True)

    assert "已删除常用查询“女党员”，台账里的记录没有变。" in page.text
    assert names_on(client) == []


def test_a_query_whose_column_is_gone_says_so(client, li):
    query = SavedQueryFactory(
        owner=li, code=CODE, name="属马的", selection={"where": [["属相", "is", "马"]]}
    )
    client.force_login(li)

    page = client.get(reverse("partybuild:saved_query", args=[CODE, query.public_id]), follow=True)

    assert "“属马的”不能照原样打开：这本台账没有“属相”这一列。 请重新筛选并保存。" in page.text


@pytest.mark.parametrize("name", ["", "   "])
def test_a_query_without_a_name_is_refused_and_the_narrowing_kept(client, li, first_branch, name):
    client.force_login(li)

    page = save(client, first_branch, name=name)

    assert "请写一个名称，例如“女党员”。" in page.text
    assert [str(one) for one in page.context["asked"].selection.conditions] == ["性别为“女”"]
    assert SavedQuery.objects.count() == 0
