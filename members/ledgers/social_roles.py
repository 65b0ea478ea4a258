"""The ledger of social roles."""

from django.db.models import QuerySet

from members.models import Member, SocialRole
from members.models.social_roles import SocialKind
from members.queries.social_roles import roles_on
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period


class SocialRoleLedger(Ledger):
    code = "members.social_roles"
    title = "党员社会角色台账"
    permission = "members.view_member"
    about = "在册党员担任的网格员、联户长等角色，一个角色一行。"
    as_of = True
    record = "member__public_id"
    record_page = "members:member"
    conditions = {"kind": "kind"}
    order = ("place_path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Choice("角色", "kind", SocialKind, width=14),
        Text("服务区域", "area", width=20),
        Date("从哪天起", "started_on"),
        Date("到哪天止", "ended_on"),
    )

    def rows(self, period: Period) -> QuerySet[SocialRole]:
        day = self.day(period)
        return at_home(lambda: roles_on(day), day)
