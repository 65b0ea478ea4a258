"""The columns of register and roster: headings they go by, and how their cells are read."""

from typing import Any

from import_export.resources import Resource
from import_export.widgets import Widget

from branches.models import PartyOrganization
from branches.naming import canonical_name, group_name
from members.models import Member
from partybuild import values
from partybuild.cells import (
    Column,
    NameWidget,
    ParsedWidget,
    PartialDateColumn,
    PartialDateWidget,
    TextWidget,
    WordWidget,
    number_of,
)
from partybuild.masking import mask_id_number, mask_phone

Category, State, Gender = Member.Category, Member.State, Member.Gender

# 中共党员 says that somebody is a member, not whether in full.
SOME_MEMBER = "member"

CATEGORY_WORDS = {
    "(中共|中国共产党)?正式(党员)?": Category.FULL,
    "(中共)?党员[(](正式)(党员)?[)]": Category.FULL,
    "(中共|中国共产党)?预备(期)?(党员)?": Category.PROBATIONARY,
    "(中共)?党员[(](预备)(党员)?[)]": Category.PROBATIONARY,
    "(中共|中国共产党|共产)?党员": SOME_MEMBER,
    "(重点|拟)?发展对象": Category.CANDIDATE,
    "(入党|建党)?积极分子": Category.ACTIVIST,
    "(入党)?申请(入党)?(人|人员|者)?": Category.APPLICANT,
}
STATE_WORDS = {
    "正常|在册|在党|有效|正常在册": State.NORMAL,
    "停止党籍|停党": State.SUSPENDED,
    "(已|组织关系)?(已)?转(出|走)|转出(党员)?": State.TRANSFERRED,
    "(已|自愿|要求)?退党|退党除名": State.RESIGNED,
    "(按)?自行脱党(除名|处理)?": State.LAPSED,
    "劝退(除名)?|劝其?退党": State.REMOVED,
    "取消预备(党员)?资格": State.PROBATION_REVOKED,
    "(被)?开除(党籍)?": State.EXPELLED,
    "(已)?(死亡|去世|病逝|病故|逝世|身故|亡故)|已故": State.DECEASED,
}
YES_WORDS = {"是|有|设|设立|已设|√|1|Y|YES": True, "否|无|不设|未设|没有|×|X|0|N|NO": False}


def parse_gender(value: object) -> object:
    """Read 男 or 女 into the stored choice."""
    said = values.parse_sex(value)
    return (
        {"男": Gender.MALE, "女": Gender.FEMALE}.get(said, said) if isinstance(said, str) else said
    )


class IdNumberWidget(Widget):
    """身份证号: the number as read, with what is wrong with it; shown masked."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> values.IdNumber | None:
        return values.parse_id_number(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return mask_id_number(value or "")


BRANCH_PATTERN = (
    "(组织关系)?(所在|所属|隶属|现)?(的)?(基层)?(党支部|支部|党组织)(名称|全称|简称)?"
    "|(所在|所属)?单位党支部|组织关系所在(党)?支部"
)
DATE_WORD = "(时间|日期|年月日?|年份)"


class MemberResource(Resource):
    """党员花名册."""

    branch = Column(None, "所在党支部", BRANCH_PATTERN)
    name = Column("name", "姓名", "(党员)?(姓名|名字)|党员名单", widget=NameWidget(), free=True)
    gender = Column(
        "gender",
        "性别",
        "性别",
        widget=ParsedWidget(parse_gender),
    )
    born = PartialDateColumn("born_on", "出生日期", f"(出生|生日){DATE_WORD}?")
    ethnicity = Column(
        "ethnicity", "民族", "民族(成份|成分)?", widget=ParsedWidget(values.parse_ethnicity)
    )
    native_place = Column("native_place", "籍贯", "籍贯(地)?", free=True)
    education = Column(
        "education",
        "学历",
        "(最高|现有|第一|全日制)?学历(学位|层次|情况)?|文化程度|学历/?学位",
        free=True,
    )
    id_number = Column(
        "id_number",
        "身份证号码",
        "(公民|居民|二代|党员)?身份证(件)?(号码?|编号|信息)?|公民身份(证)?号码?|(有效)?证件号码?",
        widget=IdNumberWidget(),
    )
    phone = Column(
        "phone",
        "联系电话",
        "(本人|个人)?(联系|移动|手机|办公)?(电话|手机)(号码?|号)?|(手机|电话)号码?|联系方式|联系手机",
        widget=ParsedWidget(values.parse_phone, mask_phone),
    )
    category = Column(
        "category",
        "人员类别",
        "(党员|人员|政治)?(类别|类型|身份|性质)|政治面貌|党员情况|(发展)?阶段",
        widget=WordWidget(CATEGORY_WORDS, dict(Category.choices)),
    )
    applied = PartialDateColumn(
        "applied_on",
        "申请入党时间",
        f"(递交|提交|提出)?(入党)?申请(入党|书)?(的)?(递交|提交)?{DATE_WORD}|(递交|提交|提出)入党申请书?{DATE_WORD}?",
    )
    joined = PartialDateColumn(
        "joined_on",
        "入党时间",
        f"(加入(中国)?(共产党|党组织|中共)|入党|加入党)(组织)?(的)?{DATE_WORD}|入党|参加党组织{DATE_WORD}",
    )
    confirmed = PartialDateColumn(
        "confirmed_on",
        "转正时间",
        f"((转|成)?为?(中共)?正式党员|转正|党员转正)(的)?{DATE_WORD}|转正",
    )
    post = Column(
        None,
        "党内职务",
        "(现任|担任|现)?(党内|党务|党组织|支部|党内外)(内)?(职务|任职|职位)",
        free=True,
    )
    job_title = Column(
        "job_title",
        "单位职务",
        "(现任)?(工作)?(单位|行政)(及|和|、)?(行政)?(职务|职级)(职业|职级|岗位)?|工作岗位|(现任)?职务(职级|职称)?"
        "|职业|岗位|工作单位及职务|职务/职级|职称",
        free=True,
    )
    state = Column(
        "state",
        "党籍状态",
        "(党籍|党员|组织关系|当前)(状态|情况|状况)|状态",
        widget=WordWidget(STATE_WORDS, dict(State.choices)),
    )
    group = Column(None, "所在党小组", "(所在|所属)?(党)?小组(名称)?|组别")
    entered = Column(
        None,
        "进入当前党支部日期",
        f"(进入|转入|转到|编入|到|来)(当前|现|本|所在|现在)?(所在)?(党)?(支部|党组织)(的)?{DATE_WORD}|组织关系(转入|接转){DATE_WORD}",
        widget=PartialDateWidget(),
    )
    address = Column(
        "address",
        "现居住地",
        "(现|现在|家庭|常|经常)?(居住|住)(地|址|所|地址|所在地)|(家庭|现居住|通讯|联系|居住|家庭居住)?(住址|地址)",
        free=True,
    )
    exempt = Column(
        None, "免予参加组织生活", "(是否)?(免予|免于|不要求|不)(参加)?(党)?(的)?组织生活.*"
    )
    note = Column("note", "备注", "备注(说明)?|说明|其他(情况)?(说明)?", free=True)

    class Meta:
        model = Member


class RegisterNameWidget(TextWidget):
    """The name of an organisation in its everyday form."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return canonical_name(value) or None


class OrganizationResource(Resource):
    """党组织名册."""

    name = Column(
        "name",
        "党组织名称",
        "(党组织|党支部|支部|组织|机构)(名称|全称)|名称|党组织|组织名",
        widget=RegisterNameWidget(),
        free=True,
    )
    short_name = Column("short_name", "简称", "(党组织|组织|名称)?简称|短名", free=True)
    code = Column("code", "组织代码", "(党)?组织(代码|编码|编号)|(党组织)?(代码|编码)")
    kind = Column(None, "组织类别", "(党)?组织(类别|类型|形式|属性|设置)|类别|类型")
    superior = Column(
        None,
        "上级党组织",
        "(直接)?(上级|隶属|所属|主管)(的)?(党组织|组织|党委|单位)?(名称|简称|全称)?|隶属关系",
    )
    founded = PartialDateColumn(
        "founded_on", "成立日期", f"(成立|设立|建立|组建|批准成立|批准设立)(的)?{DATE_WORD}"
    )
    elected = PartialDateColumn(
        "elected_on",
        "当选时间",
        f"(本届)?(班子|委员会|领导班子)?(当选|换届|选举|换届选举|最近一次换届|上次换届|届始)(的)?{DATE_WORD}|本届{DATE_WORD}",
    )
    years = Column(
        "years", "任期", "(本届)?任期(年限|[(]年[)]|年)?|届期", widget=ParsedWidget(number_of)
    )
    secretary = Column(None, "书记", "(党支部|支部|党组织)?书记(姓名)?", free=True)
    deputy = Column(None, "副书记", "(党支部|支部|党组织)?副书记(姓名)?", free=True)
    others = Column(
        None,
        "委员",
        "(其他)?(支委|支部|支委会|班子)?(委员|成员)(姓名)?(及)?(分工)?|支委",
        free=True,
    )
    organization_member = Column(None, "组织委员", "组织委员(姓名)?", free=True)
    publicity_member = Column(None, "宣传委员", "宣传委员(姓名)?", free=True)
    discipline_member = Column(None, "纪检委员", "(纪检|纪律检查)委员(姓名)?", free=True)
    united_front_member = Column(None, "统战委员", "统战委员(姓名)?", free=True)
    youth_member = Column(None, "青年委员", "青年委员(姓名)?", free=True)
    has_committee = Column(
        "has_committee",
        "是否设支委会",
        "(是否)?(设|设立|成立|有)?(支委会|支部委员会|委员会)",
        widget=WordWidget(YES_WORDS, {True: "是", False: "否"}),
    )
    groups = Column(None, "党小组数", "(党)?小组(数|个数|数量)", widget=ParsedWidget(number_of))
    full_members = Column(
        None,
        "正式党员数",
        "正式(党员)?(数|人数)?",
        under=".*(党员|人数).*",
        widget=ParsedWidget(number_of),
    )
    note = Column("note", "备注", "备注(说明)?|说明", free=True)

    class Meta:
        model = PartyOrganization


def parse_group(value: object) -> str:
    """Read the name of a party group, "" for none."""
    return "" if values.is_blank(value) else group_name(value)
