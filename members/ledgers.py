"""Ledgers of people."""

from django.db.models import QuerySet

from members.models import Member, Membership, PostHolder, VanguardPost
from members.queries import holders_on, roster_on
from partybuild.ledgers import Choice, Date, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period


class RosterLedger(Ledger):
    code = "members.roster"
    title = "党员花名册"
    permission = "members.view_member"
    about = "某一天在册的党员，一人一行。"
    as_of = True
    periodic = True
    record = "member__public_id"
    record_page = "members:member"
    conditions = {"category": "member__category"}
    order = ("organization__path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "organization__name", width=26),
        Text("党小组", "group__short_name", width=10),
        Text(("基本情况", "姓名"), "member__name", width=10),
        Choice(("基本情况", "性别"), "member__gender", Member.Gender, width=6),
        Date(("基本情况", "出生日期"), "member__born_on", "member__born_precision"),
        Text(("基本情况", "民族"), "member__ethnicity", width=8),
        Text(("基本情况", "籍贯"), "member__native_place", width=14),
        Text(("基本情况", "学历"), "member__education", width=12),
        Sensitive(("基本情况", "身份证号码"), "member__id_number", mask_id_number, width=21),
        Choice(("党内情况", "人员类别"), "member__category", Member.Category, width=11),
        Date(("党内情况", "入党时间"), "member__joined_on", "member__joined_precision"),
        Date(("党内情况", "转正时间"), "member__confirmed_on", "member__confirmed_precision"),
        Choice(("党内情况", "党籍状态"), "member__state", Member.State, width=10),
        Text("单位职务", "member__job_title", width=16),
        Sensitive("联系电话", "member__phone", mask_phone, width=14),
        Text("备注", "member__note", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        return roster_on(self.day(period))


class VanguardPostLedger(Ledger):
    code = "members.vanguard_posts"
    title = "党员先锋岗台账"
    permission = "members.view_vanguardpost"
    about = "岗位、人员和承诺，一人一行。"
    as_of = True
    periodic = True
    record = "post__public_id"
    record_page = "members:vanguard_post"
    order = ("post__organization__path", "post__awarded_on", "pk")
    columns = (
        Text("党支部", "post__organization__name", width=26),
        Text("岗位名称", "post__title", width=24),
        Choice("类别", "post__kind", VanguardPost.Kind, width=12),
        Text("党员", "member__name", width=10),
        Date("授牌时间", "post__awarded_on"),
        Date("任岗时间", "started_on"),
        Text("岗位承诺", "post__pledge", width=44, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[PostHolder]:
        return holders_on(self.day(period))
