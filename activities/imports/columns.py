"""The columns of a ledger of meetings: headings they go by in the offices' many layouts."""

from import_export.resources import Resource

from activities.models import Activity
from members.imports.resources import BRANCH_PATTERN
from partybuild.cells import Column, NameWidget

WHAT = "(活动|会议|召开|开会|开展|举办|组织生活|学习|集中学习|党日|三会一课)"
ABSENT = "(缺席|缺勤|未到会?|未到场|未出席|未参会|未参加|请假|缺席请假|请假缺席|(缺席|请假)[及和与或](缺席|请假)|请假缺勤)"
WHY = "(原因|事由|理由|缘由)"
PEOPLE = "(人员|党员|人|名单|同志|情况|者)?(姓名|名单|情况)?"


class MeetingResource(Resource):
    """“三会一课”台账. Days, hours, figures and lists of people are read from the cells as they are."""

    branch = Column(None, "所在党支部", BRANCH_PATTERN + "|(填报|召开|主办|组织)(单位|支部|党支部)")
    # Both a day and an hour are called 时间; with a 日期 beside it, it is the hour.
    day = Column(None, "日期", f"{WHAT}?(日期|年月日)", free=True)
    time = Column(
        None,
        "时间",
        f"{WHAT}?(具体|起止|开始|日期)?(的)?时间(段|及地点)?|何时|时段|会期",
        free=True,
    )
    year = Column(None, "年", "年(度|份)?", free=True)
    month = Column(None, "月", "月(份)?", free=True)
    day_of_month = Column(None, "日", "日", free=True)
    kind = Column(
        None,
        "会议类型",
        f"({WHAT}|组织生活|党内政治生活)?(的)?(类型|类别|形式|种类|名目|性质)|{WHAT}(项目|类)|组织生活形式|会别|三会一课类(型|别)",
        free=True,
    )
    group = Column(None, "党小组", "(所属|所在)?党小组(名称)?|小组|组别", free=True)
    topic = Column(
        "topic", "主题", f"{WHAT}?(的)?(主题|题目|议题|名称|标题|课题)|党课(题目|主题)", free=True
    )
    place = Column("place", "地点", f"{WHAT}?(的)?(地点|地址|场所|场地|会场)", free=True)
    chair = Column(
        None,
        "主持人",
        "(会议)?(主持|召集)(人|者|人员)?(姓名)?|组织者",
        widget=NameWidget(),
        free=True,
    )
    recorder = Column(
        None, "记录人", "记录|(会议)?记录(人|员|者)(员)?(姓名)?", widget=NameWidget(), free=True
    )
    lecturer = Column(
        None, "主讲人", "(党课)?(主讲|授课|讲课|宣讲)(人|者|人员|教师)?(姓名)?|讲课老师", free=True
    )
    turnout = Column(
        None,
        "应到实到",
        "应(到|参加|出席)(会)?(人数|数|人)?[/／、和及与]?实(到|参加|出席)(会)?(人数|数|人)?|(到会|出席|出勤|参会|参加)情况",
        free=True,
    )
    expected = Column(
        None,
        "应到",
        "应(到|参加|出席|参会)(会)?(党员)?(人员|人)?(总)?(数|人数|人)?",
        free=True,
    )
    present = Column(
        None,
        "实到",
        "(实(到|际参加|参加|际到会|出席|际出席|参会)|参加|出席|到会|参会|参与|与会)(会)?(党员)?(人员|人)?(总)?(数|人数)|实到|实际(参加|到会)|实(参加|出席|参会)人?",
        free=True,
    )
    participants = Column(
        None,
        "参加人员",
        "(参加|出席|参会|到会|实到|与会|参与)(会议)?(的)?(人员|党员|对象|名单|同志|人|者)(姓名|名单|范围)?",
        free=True,
    )
    why = Column(None, "缺席原因", f"({ABSENT}(会议)?的?)?{WHY}(说明)?", free=True)
    absent = Column(
        None,
        "缺席人员",
        f"{ABSENT}(会议)?(的)?{PEOPLE}([及和与、])?(其)?({WHY})?(说明|情况)?",
        free=True,
    )
    minutes = Column(
        None,
        "主要内容",
        f"({WHAT}|主要|基本|学习|工作)*(内容|议程|概况|情况|纪要|记录|简介|摘要|内容摘要)(及(决议|议题))?|(主要|会议)?议程(及内容)?|议事内容",
        free=True,
    )
    resolution = Column(
        None,
        "决议",
        "(会议|形成)?(的)?(决议|决定|议定)(事项|情况|内容)?|(表决|落实|后续|会议)(结果|情况|事项|结论)|议定事项",
        free=True,
    )
    note = Column(None, "备注", "备注|说明|附注", free=True)

    class Meta:
        model = Activity
