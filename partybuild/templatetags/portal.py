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
    "branches.grant.withdrawn": "撤销授权",
    "partybuild.page.refused": "无权打开页面",
    "partybuild.ledgerfile.asked": "申请导出",
    "partybuild.ledgerfile.built": "生成台账文件",
    "partybuild.ledgerfile.downloaded": "下载台账文件",
    "partybuild.job.ordered_again": "重新运行作业",
    "partybuild.localregulation.laid_over": "增加本级规定",
    "partybuild.localregulation.ended": "停用本级规定",
    "partybuild.workdayoverride.set": "登记调休",
    "partybuild.import.applied": "导入",
    "partybuild.import.undone": "撤销导入",
    "activities.activity.recorded": "记录活动",
    "activities.activity.corrected": "更正活动",
    "activities.activity.deleted": "删除活动",
    "activities.activity.restored": "恢复活动",
    "activities.explanation.given": "说明原因",
    "members.vanguardpost.established": "设立先锋岗",
    "members.member.numbers_revealed": "查看完整号码",
    "members.member.account_linked": "关联账号",
    "assessments.mark.given": "评分",
    "assessments.scheme.loaded": "读入考核方案",
}
