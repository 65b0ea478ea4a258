"""Filters every template may use without loading them."""

import datetime as dt

from django import template

register = template.Library()
WEEKDAYS = "一二三四五六日"


@register.filter
def day(value: dt.date | None) -> str:
    """11月28日（周五）, with the year in front when it is not this one's; — for none."""
    if value is None:
        return "—"
    year = "" if value.year == dt.date.today().year else f"{value.year}年"  # noqa: DTZ011 -- shown in the server's zone
    return f"{year}{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


@register.filter
def get(mapping: dict, key: object) -> object:
    """Return mapping[key], None when it is missing."""
    return mapping.get(key)


@register.filter
def cell(value: object) -> str:
    """Show one cell of a table: dates in digits, — for none."""
    if value is None or value == "":
        return "—"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@register.filter
def is_day(value: object) -> bool:
    """Tell whether a cell is a date, which no line may break."""
    return isinstance(value, dt.date)


@register.filter
def audit_word(action: str) -> str:
    """Return what an audit action means, without naming anybody's business."""
    return AUDIT_WORDS.get(action, "其他操作")


AUDIT_WORDS = {
    "branches.user.opened": "开设账号",
    "branches.user.signed_in": "登录",
    "branches.user.sign_in_refused": "登录未成功",
    "branches.user.password_changed": "修改口令",
    "branches.user.closed": "停用账号",
    "branches.user.reopened": "启用账号",
    "branches.user.password_reset": "重设口令",
    "branches.grant.given": "授权",
    "branches.organization.founded": "设立党组织",
    "branches.organization.renamed": "党组织更名",
    "branches.organization.reparented": "调整隶属",
    "branches.organization.kind_changed": "类别变更",
    "branches.organization.merged": "合并党组织",
    "branches.organization.dissolved": "撤销党组织",
    "branches.organization.taken_back": "撤回沿革",
    "branches.organization.unit_joined": "增加联合单位",
    "branches.organization.unit_left": "联合单位退出",
    "branches.platform.registered": "登记平台",
    "branches.platform.corrected": "更正平台登记",
    "branches.platform.coverage_changed": "变动组织覆盖",
    "branches.platform.coverage_taken_back": "撤回覆盖变动",
    "branches.alliance.founded": "成立共同体",
    "branches.alliance.corrected": "更正共同体",
    "branches.alliance.member_joined": "加入共同体",
    "branches.alliance.member_left": "退出共同体",
    "branches.alliance.pledged": "登记共建项目",
    "branches.alliance.pledge_done": "共建项目完成",
    "members.liaison.assigned": "安排联系指导",
    "members.liaison.corrected": "更正联系指导",
    "members.liaison.visited": "登记走访",
    "members.liaison.visit_withdrawn": "撤回走访登记",
    "branches.grant.withdrawn": "撤销授权",
    "partybuild.page.refused": "无权打开页面",
    "partybuild.ledgerfile.asked": "申请导出",
    "partybuild.ledgerfile.built": "生成台账文件",
    "partybuild.ledgerfile.downloaded": "下载台账文件",
    "partybuild.ledgerfile.renewed": "更正后重新归档",
    "partybuild.ledger.copied": "复制台账",
    "partybuild.statistic.defined": "定义统计口径",
    "partybuild.statistic.dropped": "删除统计口径",
    "partybuild.savedquery.saved": "保存常用查询",
    "partybuild.savedquery.dropped": "删除常用查询",
    "partybuild.job.ordered_again": "重新运行作业",
    "partybuild.localregulation.laid_over": "增加本级规定",
    "partybuild.localregulation.ended": "停用本级规定",
    "partybuild.workdayoverride.set": "登记调休",
    "partybuild.import.applied": "导入",
    "partybuild.import.undone": "撤销导入",
    "activities.activity.recorded": "记录活动",
    "activities.activity.attached": "添加附件",
    "activities.activity.detached": "取下附件",
    "activities.activity.corrected": "更正活动",
    "activities.activity.deleted": "删除活动",
    "activities.activity.restored": "恢复活动",
    "activities.paper.written": "生成会议材料",
    "activities.explanation.given": "说明原因",
    "activities.reminder.sent": "提醒支部",
    "activities.reminder.seen": "知道了上级提醒",
    "activities.yearplan.opened": "开始制定年度计划",
    "activities.yearplan.written": "写年度计划",
    "activities.yearplan.sent": "下发年度计划",
    "activities.planned.year_arranged": "照计划安排全年",
    "activities.planned.added": "增加安排",
    "activities.planned.changed": "改安排",
    "activities.planned.cancelled": "取消安排",
    "activities.feed.made": "生成日历地址",
    "activities.feed.revoked": "停用日历地址",
    "activities.feed.guessing": "连续试错日历地址",
    "members.vanguardpost.established": "设立先锋岗",
    "members.developmentcase.opened": "建立培养档案",
    "members.developmentcase.step_recorded": "记录发展步骤",
    "members.developmentcase.step_corrected": "更正发展步骤",
    "members.developmentcase.reviewed": "记录半年考察",
    "members.developmentcase.extended": "延长预备期",
    "members.developmentcase.leaving_noted": "登记预计离开日期",
    "members.developmentcase.ended": "结束培养",
    "members.developmentcase.revoked": "取消预备党员资格",
    "members.developmentcase.paper_written": "生成发展党员材料",
    "members.vanguardpost.applied": "申报先锋岗",
    "members.vanguardpost.publicised": "公示先锋岗",
    "members.vanguardpost.awarded": "先锋岗授牌",
    "members.vanguardpost.refused": "先锋岗不予授牌",
    "members.vanguardpost.withdrawn": "先锋岗摘牌",
    "members.vanguardpost.handed_over": "先锋岗换人",
    "members.vanguardpost.pledged": "更新岗位承诺",
    "members.vanguardpost.corrected": "更正先锋岗",
    "members.vanguardpost.published": "打开岗位公开页",
    "members.vanguardpost.unpublished": "关闭岗位公开页",
    "members.vanguardpost.review_corrected": "更正岗位复核",
    "members.postreview.recorded": "登记岗位复核",
    "members.honour.recorded": "登记荣誉",
    "members.honour.corrected": "更正荣誉",
    "members.honour.revoked": "撤销荣誉",
    "members.honour.checked": "核对荣誉",
    "members.discipline.listed": "查看处分名单",
    "members.discipline.opened": "查看处分记录",
    "members.discipline.recorded": "登记处分",
    "members.discipline.corrected": "更正处分",
    "members.measure.opened": "查看组织处置记录",
    "members.measure.recorded": "登记组织处置",
    "members.measure.corrected": "更正组织处置",
    "members.office.filled": "登记任职",
    "members.office.left": "登记离任",
    "members.office.corrected": "更正任职",
    "members.office.resumed": "恢复任职",
    "members.term.opened": "登记换届",
    "members.term.corrected": "更正本届",
    "members.term.undone": "撤销换届登记",
    "members.termshift.approved": "登记换届提前或延期批复",
    "members.termshift.withdrawn": "撤销换届批复登记",
    "members.election.recorded": "登记选举",
    "members.election.corrected": "更正选举记录",
    "members.training.recorded": "登记班子成员培训",
    "members.training.removed": "删除班子成员培训",
    "members.duesstanding.fixed": "核定缴费标准",
    "members.duespayment.entered": "登记党费",
    "members.duespayment.recorded": "登记单笔党费",
    "members.duesremittance.recorded": "登记党费上缴",
    "members.duespublication.recorded": "登记党费公示",
    "members.fundrequest.requested": "申请经费",
    "members.fundrequest.requested_again": "重新提交经费申请",
    "members.fundrequest.withdrawn": "撤回经费申请",
    "members.fundrequest.agreed": "同意经费申请",
    "members.fundrequest.returned": "退回经费申请",
    "members.fundrequest.spent": "登记经费支出",
    "members.fundincome.recorded": "登记经费收入",
    "members.member.numbers_revealed": "查看完整号码",
    "members.member.account_linked": "关联账号",
    "members.membership.explained": "补写组织关系来源",
    "members.standing.changed": "办理党籍变动",
    "members.standing.corrected": "更正党籍变动",
    "members.standing.taken_back": "撤回党籍变动",
    "members.transfer.started": "发起组织关系转接",
    "members.transfer.reviewed": "审核组织关系转出",
    "members.transfer.accepted": "接收组织关系",
    "members.transfer.returned": "退回组织关系转接",
    "members.transfer.resent": "重新发起组织关系转接",
    "members.transfer.withdrawn": "撤回组织关系转接",
    "members.transfer.confirmed": "登记转出回执",
    "members.transfer.received": "登记转入",
    "members.member.opened": "建档",
    "members.member.corrected": "更正档案",
    "members.skill.set": "登记特长",
    "members.socialrole.begun": "登记社会角色",
    "members.socialrole.ended": "结束社会角色",
    "members.leadingpost.begun": "登记领导职务",
    "members.leadingpost.corrected": "更正领导职务",
    "members.socialroletotal.entered": "登记社会角色总数",
    "members.carerecord.begun": "列入关怀名单",
    "members.carerecord.corrected": "更正关怀记录",
    "members.carevisit.recorded": "登记慰问",
    "members.mobilemember.begun": "登记流动党员",
    "members.mobilemember.corrected": "更正流动党员",
    "members.mobilecontact.noted": "登记联系",
    "members.lostmember.reported": "登记失去联系",
    "members.lostmember.found": "登记恢复联系",
    "members.rostercheck.done": "核对名单",
    "members.rosterremark.settled": "处理名单疑问",
    "members.membership.second_begun": "编入第二党支部",
    "members.membership.second_ended": "结束第二组织关系",
    "members.attendanceexemption.granted": "登记免予参加",
    "members.attendanceexemption.ended": "结束免予参加",
    "assessments.mark.given": "评分",
    "assessments.scheme.loaded": "读入考核方案",
}
