"""Whatever stands in a sheet, an import answers with rows and reasons, never with an error."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import PartyOrganization
from partybuild.imports import Reading, find_table, outcome_of
from partybuild.journal import Journal
from partybuild.scoping import everything
from partybuild.sheets import recognise
from partybuild.tables import RawRow, RawSheet
from tests.members.samples import taken_back

AS_OF = dt.date(2026, 10, 31)
TITLES = {
    "member_roster": ["姓名", "性别", "民族", "出生日期", "身份证号", "党支部", "人员类别", "入党时间", "转正时间", "联系电话", "党内职务", "党籍状态", "党小组", "进入支部日期", "是否免予参加组织生活", "备注"],
    "org_register": ["党组织名称", "简称", "组织类别", "上级党组织", "成立日期", "当选时间", "任期", "书记", "副书记", "委员", "是否设支委会", "党小组数", "备注"],
    "vanguard_posts": ["所在党支部", "岗位名称", "党员姓名", "授牌时间", "岗位承诺", "上半年", "下半年", "调整情况"],
    "meeting_ledger": ["党支部", "日期", "时间", "地点", "会议类型", "党小组", "主题", "主持人", "记录人", "主讲人", "应到", "实到", "参加人员", "缺席人员", "缺席原因", "主要内容", "决议", "备注"],
    "honours": ["所在党支部", "获得者", "荣誉名称", "级别", "授予单位", "授予时间", "文号"],
}  # fmt: skip
WORDS = [
    "王小明", "张三、李四", "男", "女", "汉", "汉族", "正式党员", "预备", "积极分子", "党员", "第一党支部",
    "第一支部", "中共某局机关委员会", "某局机关党委", "机关党委", "党支部", "党总支", "631", "书记", "组织委员：王小明；宣传委员 李四",
    "是（年老体弱）", "否", "停止党籍", "2018.05", "2018年5月12日", "1985.1", "不详", "无", "合计", "小计 3人", "注：填表说明",
    "支部党员大会", "党课+主题党日", "党小组会（第二党小组）", "工会活动", "3月5日至7日", "2025年3月", "王小明（病假）", "27/25", "5人",
    "999001199001010029", "110105194912310021", "9.99E+17", "'110101900101001", "=1+1", "@SUM(A1)", "三年", "-5", "组织关系在第二党支部",
]  # fmt: skip
cells = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.integers(-10, 10**19),
    st.floats(),
    st.booleans(),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    st.datetimes(),
)
rows = st.lists(st.lists(cells, max_size=18), max_size=8)


@pytest.fixture
def branches(committee, first_branch, second_branch):
    with everything(reason="test"):
        return list(PartyOrganization.objects.all())


@pytest.mark.parametrize("name", sorted(TITLES))
@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=rows, shuffled=st.randoms(use_true_random=False))
def test_any_sheet_becomes_rows_with_reasons(name, branches, body, shuffled):
    table = find_table(name)
    titles = list(TITLES[name])
    shuffled.shuffle(titles)
    lines = [["某局名册"], titles, *body]
    raw = RawSheet("第一党支部", rows=[RawRow(n, cells) for n, cells in enumerate(lines, 1)])

    with everything(reason="test"), taken_back():
        sheet = recognise(raw, table.columns, table.required)
        planned = table.plan([sheet], as_of=AS_OF)
        table.write(planned, Journal(), as_of=AS_OF)
        outcome = outcome_of(Reading([sheet], []), planned)

    accounted = outcome["created"] + outcome["changed"] + outcome["unchanged"]
    assert accounted + outcome["rejected_rows"] == len(sheet.records)


@settings(max_examples=200)
@given(body=rows)
def test_a_sheet_without_headings_is_no_table(body):
    table = find_table("member_roster")
    raw = RawSheet("x", rows=[RawRow(n, cells) for n, cells in enumerate(body, 1)])

    assert recognise(raw, table.columns, table.required) is None
