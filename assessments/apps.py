"""The app's entry for Django."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "考核"
    menu = (
        ("考核与台账", "考核", "assessments:schemes", "assessments.view_scorecard"),
        ("评比创建", "考核批次", "assessments:cycles", "assessments.view_scorecard"),
        ("评比创建", "责任书", "assessments:letters", "assessments.view_letter"),
        ("评比创建", "请您评分", "assessments:ratings", "assessments.rate_subject"),
        ("评比创建", "创建活动", "assessments:campaigns", "assessments.view_campaign"),
    )
