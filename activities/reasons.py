"""The words people use for having been there or not: one list for imported ledgers and pasted names.

They are patterns for a whole remark, in the notation that Python and the browser share.
"""

from activities.models import Attendance

Reason = Attendance.Reason

PATTERNS: dict[str, str] = {
    Reason.OFFICIAL_BUSINESS: (
        "因?公(出|差|务)?(出差|外出|请假)?|出差(未归|中)?|(去|在|到)[^、，,;；]{1,6}出差|公务(活动|外出|出差)?"
    ),
    Reason.ILLNESS: (
        "因?(生?病|伤)(了|假|休|请假|住院)?|病休|住院|(因病)?就医|看病|手术|身体(不适|原因)"
    ),
    Reason.PERSONAL: "因?(私)?事(假|请假)?|私事",
    Reason.TRAINING: "(外出|脱产|参加|在外|党校)?(培训|学习)(班|假|学习|中)?|挂职学习",
    Reason.AWAY: "(在|因)?外(出|地)(务工|请假)?|在外",
    Reason.FRAIL: "年老体弱(免予[^、，,;；]*)?|年老(多病)?|年迈|体弱(多病)?|高龄|行动不便|免予(参加)?",
    Reason.NONE: "无故(缺席|不到|未到)?|旷会|无理由|[未没](有)?请假",
    Reason.OTHER: "其[他它]",
}
PRESENT = "到会?|已到会?|实到|出席|参加|参会|签到|已签到?|准时|报名|已报名|迟到|早退|线上(参加|参会)?|视频(参加|参会)?|是|√+"
ON_LEAVE = "(已|均|都)?请假|(请|休)?[年产婚丧探亲陪护育儿]{1,2}假|休假|调休|否|×+"
ABSENT = "缺席|缺勤|缺|[未没不]有?(到会?|参加|参会|出席|签到?|来)"

# What each choice of the people grid is called by those who write lists.
WORDS: dict[str, str] = {
    **PATTERNS,
    "present": PRESENT,
    "on_leave": ON_LEAVE,
    "absent": f"{ABSENT}|{PATTERNS[Reason.NONE]}",
    "exempt": PATTERNS[Reason.FRAIL],
}
