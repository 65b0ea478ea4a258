"""The app's entry for Django."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "活动"
    menu = (
        ("", "首页", "activities:home", "partybuild.sign_in"),
        ("组织生活", "全年安排", "activities:branch_year", "activities.add_activity"),
        ("组织生活", "年度计划", "activities:year_plans", "activities.change_yearplan"),
        ("组织生活", "各支部安排", "activities:plan_matrix", "activities.view_committee_page"),
        ("组织生活", "会议与活动", "activities:activities", "activities.view_activity"),
        ("组织生活", "应办与缺项", "activities:due", "activities.view_activity"),
        ("组织生活", "已发提醒", "activities:reminders", "activities.send_reminder"),
        ("组织生活", "谈心谈话", "activities:talks", "activities.view_talk"),
        ("组织生活", "双重组织生活", "activities:leaders", "activities.view_activity"),
        ("组织生活", "民主评议党员", "activities:appraisals", "activities.view_appraisal"),
        ("组织生活", "议定事项", "activities:matters", "activities.view_activity"),
        ("组织生活", "审核记录", "activities:review", "activities.review_activity"),
        ("组织生活", "归档与更正", "activities:amendments", "activities.review_activity"),
        ("组织生活", "规定", "activities:rules", "activities.view_activity"),
        ("组织生活", "回收站", "activities:trash", "activities.delete_activity"),
        ("组织生活", "班子会议回收站", "activities:trash_body", "activities.record_body_meeting"),
        ("学习教育", "学时", "activities:study", "activities.view_activity"),
        (
            "学习教育",
            "各支部学时",
            "activities:study_branches",
            "activities.view_committee_page",
        ),
        ("学习教育", "学习资料", "activities:materials", "activities.view_material"),
        ("学习教育", "学习小测", "activities:quizzes", "activities.view_material"),
    )
