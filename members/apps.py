"""The app's entry for Django."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "党员"
    menu = (
        ("党员", "花名册", "members:members", "members.view_member"),
        ("党员", "我的档案", "members:own_file", "members.view_own_file"),
        ("服务群众", "先锋岗", "members:vanguard_posts", "members.view_vanguardpost"),
    )
